"""Loads and saves participation support with its history, its visits and the support for hosts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kasane_resources.domain.errors import ChangedMeanwhile, ParticipationNotFound
from kasane_resources.domain.host_support import HostSupport, HostSupportKind, SettlingVisit
from kasane_resources.domain.participation import (
    Judgement,
    Participation,
    ParticipationStatus,
    ParticipationStep,
    Telling,
)
from kasane_resources.repository.moments import with_zone
from kasane_resources.tables.participation import (
    host_support,
    participation,
    participation_step,
    settling_visit,
)


class Participations:
    """Participation support of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, participation_id: str) -> Participation | None:
        """The participation with its history, or None."""
        return next(iter(self._loaded(participation.c.id == participation_id)), None)

    def get(self, participation_id: str) -> Participation:
        """The participation with its history; raises ParticipationNotFound."""
        found = self.find(participation_id)
        if found is None:
            raise ParticipationNotFound
        return found

    def of_case(self, case_id: str) -> Sequence[Participation]:
        """Those of one case, oldest first."""
        return self._loaded(participation.c.case_id == case_id)

    def add(self, one: Participation) -> None:
        """Saves a new one with its history."""
        self._connection.execute(insert(participation).values(**_columns(one)))
        self._add_steps(one, 0)

    def save(self, one: Participation, expected: int | None = None) -> None:
        """Saves a changed one and the new lines of its history; raises ChangedMeanwhile."""
        before = one.version if expected is None else expected
        one.version = before + 1
        saved = self._connection.execute(
            update(participation)
            .where(participation.c.id == one.id, participation.c.version == before)
            .values(**_columns(one))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile
        kept = self._connection.scalar(
            select(func.count()).where(participation_step.c.participation_id == one.id)
        )
        self._add_steps(one, kept or 0)

    def _add_steps(self, one: Participation, kept: int) -> None:
        rows = [
            {**asdict(step), "status": step.status.value, "participation_id": one.id, "number": n}
            for n, step in enumerate(one.steps, 1)
            if n > kept
        ]
        if rows:
            self._connection.execute(insert(participation_step), rows)

    def _loaded(self, wanted: Any) -> list[Participation]:
        rows = self._connection.execute(
            select(participation)
            .where(wanted)
            .order_by(participation.c.proposed_at, participation.c.id)
        ).all()
        step = participation_step.c
        steps: dict[str, list[ParticipationStep]] = {row.id: [] for row in rows}
        for row in self._connection.execute(
            select(participation_step)
            .where(step.participation_id.in_(list(steps)))
            .order_by(step.participation_id, step.number)
        ):
            steps[row.participation_id].append(_step(row))
        return [participation_from(row, tuple(steps[row.id])) for row in rows]


class SettlingVisits:
    """The visits asked of outreach."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, request_id: str) -> SettlingVisit | None:
        """One visit, or None."""
        row = self._connection.execute(
            select(settling_visit).where(settling_visit.c.id == request_id)
        ).one_or_none()
        return None if row is None else SettlingVisit(**row._mapping)

    def of(self, participation_id: str) -> Sequence[SettlingVisit]:
        """Those of one participation, newest first."""
        rows = self._connection.execute(
            select(settling_visit)
            .where(settling_visit.c.participation_id == participation_id)
            .order_by(settling_visit.c.by_when.desc(), settling_visit.c.id)
        )
        return [SettlingVisit(**row._mapping) for row in rows]

    def add(self, visit: SettlingVisit) -> None:
        """Saves a new visit."""
        self._connection.execute(insert(settling_visit).values(**asdict(visit)))

    def made(self, request_id: str, on: date, result: str) -> None:
        """Notes that it was made, with what came of it."""
        self._connection.execute(
            update(settling_visit)
            .where(settling_visit.c.id == request_id)
            .values(made_on=on, result=result)
        )

    def call_off(self, participation_id: str) -> Sequence[str]:
        """Calls off what is still due; returns the ids."""
        due = [visit.id for visit in self.of(participation_id) if visit.due]
        if due:
            self._connection.execute(
                update(settling_visit).where(settling_visit.c.id.in_(due)).values(called_off=True)
            )
        return due


class HostSupports:
    """What happened with the hosts of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, support_id: str) -> HostSupport:
        """One line; raises ParticipationNotFound."""
        row = self._connection.execute(
            select(host_support).where(host_support.c.id == support_id)
        ).one_or_none()
        if row is None:
            raise ParticipationNotFound
        return _support(row)

    def of(self, host_id: str) -> Sequence[HostSupport]:
        """Everything with one host, newest first."""
        rows = self._connection.execute(
            select(host_support)
            .where(host_support.c.host_id == host_id)
            .order_by(host_support.c.on.desc(), host_support.c.recorded_at.desc())
        )
        return [_support(row) for row in rows]

    def waiting(self) -> Sequence[HostSupport]:
        """Worries without an answer, oldest first."""
        c = host_support.c
        rows = self._connection.execute(
            select(host_support)
            .where(c.kind == HostSupportKind.WORRY.value, c.answered_on.is_(None))
            .order_by(c.on, c.id)
        )
        return [_support(row) for row in rows]

    def add(self, support: HostSupport) -> None:
        """Saves a new line."""
        values = {**vars(support), "kind": support.kind.value}
        self._connection.execute(insert(host_support).values(**values))

    def save(self, support: HostSupport, expected: int) -> None:
        """Saves an answered worry; raises ChangedMeanwhile."""
        support.version = expected + 1
        saved = self._connection.execute(
            update(host_support)
            .where(host_support.c.id == support.id, host_support.c.version == expected)
            .values(**{**vars(support), "kind": support.kind.value})
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile


def participation_from(row: Row[Any], steps: tuple[ParticipationStep, ...] = ()) -> Participation:
    """A participation out of its row."""
    values = dict(row._mapping)
    found = values["judgement"]
    values |= {
        "proposed_at": with_zone(values["proposed_at"]),
        "status": ParticipationStatus(values["status"]),
        "telling": Telling(values["telling"]),
        "judgement": found
        and Judgement(**{**found, "judged_on": date.fromisoformat(found["judged_on"])}),
        "steps": steps,
    }
    return Participation(**values)


def _columns(one: Participation) -> dict[str, Any]:
    values = {**vars(one), "status": one.status.value, "telling": one.telling.value}
    del values["steps"]
    judged = one.judgement
    values["judgement"] = judged and {**asdict(judged), "judged_on": judged.judged_on.isoformat()}
    return values


def _step(row: Row[Any]) -> ParticipationStep:
    at = with_zone(row.at)
    assert at is not None
    return ParticipationStep(
        ParticipationStatus(row.status), at, row.by, row.by_name, row.reason, row.facts
    )


def _support(row: Row[Any]) -> HostSupport:
    values = dict(row._mapping)
    values["kind"] = HostSupportKind(values["kind"])
    values["recorded_at"] = with_zone(values["recorded_at"])
    return HostSupport(**values)
