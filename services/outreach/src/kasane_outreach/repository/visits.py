"""Loads and saves whole visits, and the attempts at which nobody was met."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from kasane_outreach import tables
from kasane_outreach.domain.contact_attempt import ContactAttempt, VisitResult
from kasane_outreach.domain.disruption import VisitPin
from kasane_outreach.domain.errors import ChangedMeanwhile, VisitNotFound
from kasane_outreach.domain.visit import Visit, VisitRecord, VisitStatus


class Visits:
    """The visits of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, visit_id: str, *, to_change: bool = False) -> Visit:
        """The visit; raises VisitNotFound. ``to_change`` lets others who want to change it wait."""
        if to_change:
            self._connection.execute(
                select(tables.visit.c.id).where(tables.visit.c.id == visit_id).with_for_update()
            )
        found = self.those([visit_id])
        if not found:
            raise VisitNotFound
        return found[0]

    def those(self, visit_ids: Sequence[str]) -> tuple[Visit, ...]:
        """The visits with these ids, in the order of their days."""
        return self._load(tables.visit.c.id.in_(visit_ids))

    def of_household(self, request_id: str) -> tuple[Visit, ...]:
        """All visits of a household to reach, by day."""
        return self.of_households([request_id])

    def of_households(self, request_ids: Collection[str]) -> tuple[Visit, ...]:
        """All visits of these households to reach, by day."""
        return self._load(tables.visit.c.request_id.in_(request_ids))

    def due_of_case(self, case_id: str) -> tuple[Visit, ...]:
        """The visits of a case that are still to be made."""
        return self._load(
            tables.visit.c.case_id == case_id, tables.visit.c.status == VisitStatus.SCHEDULED.value
        )

    def scheduled_on(self, day: date) -> tuple[Visit, ...]:
        """The visits of a day that stand."""
        return self._load(
            tables.visit.c.on_day == day, tables.visit.c.status != VisitStatus.CANCELLED.value
        )

    def standing_between(self, first: date, last: date) -> tuple[Visit, ...]:
        """The visits from one day to another that stand, both days included."""
        v = tables.visit.c
        return self._load(
            v.on_day >= first, v.on_day <= last, v.status != VisitStatus.CANCELLED.value
        )

    def add(self, visit: Visit) -> None:
        """Saves a new visit."""
        self._connection.execute(insert(tables.visit).values(**_columns(visit)))
        self._add_workers(visit)

    def save(self, visit: Visit, read_version: int | None = None) -> None:
        """Saves a changed visit; raises ChangedMeanwhile when its version is not the one that
        was read.
        """
        expected = visit.version if read_version is None else read_version
        visit.version = expected + 1
        saved = self._connection.execute(
            update(tables.visit)
            .where(tables.visit.c.id == visit.id, tables.visit.c.version == expected)
            .values(**_columns(visit))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile
        self._remember_former(visit)
        self._connection.execute(
            delete(tables.visit_worker).where(tables.visit_worker.c.visit_id == visit.id)
        )
        self._add_workers(visit)

    def _remember_former(self, visit: Visit) -> None:
        """Who had the visit and has it no more is told so by their calendar."""
        w, f = tables.visit_worker.c, tables.former_worker.c
        before = set(self._connection.scalars(select(w.account_id).where(w.visit_id == visit.id)))
        if before == set(visit.workers):
            return
        known = set(self._connection.scalars(select(f.account_id).where(f.visit_id == visit.id)))
        self._connection.execute(
            delete(tables.former_worker).where(
                f.visit_id == visit.id, f.account_id.in_(visit.workers)
            )
        )
        if gone := sorted(before - set(visit.workers) - known):
            self._connection.execute(
                insert(tables.former_worker),
                [{"visit_id": visit.id, "account_id": one} for one in gone],
            )

    def _add_workers(self, visit: Visit) -> None:
        self._connection.execute(
            insert(tables.visit_worker),
            [
                {"visit_id": visit.id, "account_id": account_id, "position": position}
                for position, account_id in enumerate(visit.workers)
            ],
        )

    def _load(self, *conditions: Any) -> tuple[Visit, ...]:
        v = tables.visit.c
        rows = self._connection.execute(
            select(tables.visit).where(*conditions).order_by(v.on_day, v.starts_at, v.id)
        ).all()
        if not rows:
            return ()
        w = tables.visit_worker.c
        workers: dict[str, list[str]] = {row.id: [] for row in rows}
        for worker in self._connection.execute(
            select(w.visit_id, w.account_id).where(w.visit_id.in_(workers)).order_by(w.position)
        ):
            workers[worker.visit_id].append(worker.account_id)
        return tuple(_visit(row, workers[row.id]) for row in rows)


class ContactAttempts:
    """The visits at which nobody was met."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_household(self, request_id: str) -> tuple[ContactAttempt, ...]:
        """All attempts of a household, by number."""
        a = tables.contact_attempt.c
        rows = self._connection.execute(
            select(tables.contact_attempt).where(a.request_id == request_id).order_by(a.number)
        )
        return tuple(
            ContactAttempt(
                visit_id=row.visit_id,
                request_id=row.request_id,
                number=row.number,
                on=row.on_day,
                result=VisitResult(row.result),
                note=row.note,
                recorded_by=row.recorded_by,
                recorded_at=in_utc(row.recorded_at),
            )
            for row in rows
        )

    def add(self, attempt: ContactAttempt) -> None:
        """Saves an attempt; a visit is one attempt at most."""
        values = {**vars(attempt), "on_day": attempt.on, "result": attempt.result.value}
        del values["on"]
        self._connection.execute(insert(tables.contact_attempt).values(**values))


def in_utc(moment: datetime) -> datetime:
    """The moment with its zone; SQLite gives back what was UTC without one."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _columns(visit: Visit) -> dict[str, object]:
    record = visit.record
    return {
        "id": visit.id,
        "request_id": visit.request_id,
        "case_id": visit.case_id,
        "person_id": visit.person_id,
        "on_day": visit.on,
        "starts_at": visit.starts_at,
        "minutes": visit.minutes,
        "two_person": visit.two_person,
        "round_id": visit.round_id,
        "status": visit.status.value,
        "cancel_reason": visit.cancel_reason,
        "result": record.result.value if record else "",
        "made_on": record.made_on if record else None,
        "note": record.note if record else "",
        "consent_heard": record.consent_heard if record else False,
        "accompanied_to": record.accompanied_to if record else "",
        "next_wish": record.next_wish if record else "",
        "recorded_by": record.recorded_by if record else "",
        "recorded_at": record.recorded_at if record else None,
        "submission": record.submission if record else "",
        "version": visit.version,
        "pin": visit.pin.value,
    }


def _visit(row: Row[Any], workers: Iterable[str]) -> Visit:
    record = None
    if row.result:
        record = VisitRecord(
            result=VisitResult(row.result),
            made_on=row.made_on,
            recorded_by=row.recorded_by,
            recorded_at=in_utc(row.recorded_at),
            note=row.note,
            consent_heard=row.consent_heard,
            accompanied_to=row.accompanied_to,
            next_wish=row.next_wish,
            submission=row.submission,
        )
    return Visit(
        id=row.id,
        request_id=row.request_id,
        case_id=row.case_id,
        person_id=row.person_id,
        on=row.on_day,
        starts_at=row.starts_at,
        minutes=row.minutes,
        workers=tuple(workers),
        two_person=row.two_person,
        round_id=row.round_id,
        status=VisitStatus(row.status),
        cancel_reason=row.cancel_reason,
        record=record,
        version=row.version,
        pin=VisitPin(row.pin),
    )
