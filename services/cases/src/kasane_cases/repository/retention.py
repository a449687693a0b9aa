"""Loads and saves terms, holds and the ends of records; finds what is over and what stands against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from kasane_cases import tables
from kasane_cases.domain.case import CaseStatus
from kasane_cases.domain.errors import ChangedMeanwhile, RecordNotFound
from kasane_cases.domain.retention import (
    CountedFrom,
    RetainedKind,
    RetentionObstacle,
    RetentionRule,
    Shredding,
    ShreddingPart,
    ShreddingStatus,
)
from kasane_cases.domain.transfer import TransferStatus
from kasane_cases.repository.holds import heard_persons, is_held, members_of, persons_of
from kasane_cases.repository.rows import as_utc, columns, moment
from kasane_kit.db.shredding import shredded_record

MOST_LISTED = 100
_ENDED = (CaseStatus.CLOSED.value, CaseStatus.TRANSFERRED.value)
_GOING = (
    TransferStatus.DRAFT.value,
    TransferStatus.APPROVED.value,
    TransferStatus.OFFERED.value,
    TransferStatus.WITHDRAWING.value,
)
_GONE = (
    ShreddingStatus.BEGUN.value,
    ShreddingStatus.CARRIED_OUT.value,
    ShreddingStatus.DONE.value,
)


@dataclass(frozen=True)
class EndedRecord:
    """A case, or a consultation without one, that ended; nothing of a person is in it."""

    kind: RetainedKind
    id: str
    number: str
    ended_on: date


def is_gone(connection: Connection, record_id: str) -> bool:
    """Whether the end of a record was begun: it is neither read nor written any more."""
    s = tables.shredding.c
    found = select(s.id).where(s.record_id == record_id, s.status.in_(_GONE)).limit(1)
    return connection.scalar(found) is not None


def retention_rules(
    entered: dict[RetainedKind, RetentionRule], hooks: Any
) -> dict[RetainedKind, RetentionRule]:
    """The term of each kind: what a plugin found in the town's documents, else what an administrator entered."""
    found = dict(entered)
    for kind in RetainedKind:
        said = hooks.retention_period(kind=kind.value)
        if said is not None and said.years:
            found[kind] = RetentionRule(
                kind,
                said.years,
                CountedFrom(said.counted_from.value),
                said.source,
                said.source_date,
                from_plugin=True,
            )
    return found


class RetentionRules:
    """The terms that the town's administrators entered; what was entered stays, the newest one holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, rule_id: str, rule: RetentionRule, by: str, at: datetime) -> None:
        """Keeps a term from a day on."""
        values = columns(rule, "from_plugin")
        self._connection.execute(
            insert(tables.retention_rule).values(id=rule_id, set_by=by, set_at=at, **values)
        )

    def on(self, day: date) -> dict[RetainedKind, RetentionRule]:
        """The term of each kind that holds on a day."""
        r = tables.retention_rule.c
        rows = self._connection.execute(
            select(tables.retention_rule)
            .where(r.valid_from <= day)
            .order_by(r.valid_from, r.set_at)
        )
        return {RetainedKind(row.kind): _rule(row) for row in rows}

    def all(self) -> tuple[RetentionRule, ...]:
        """Every term that was entered, newest first."""
        r = tables.retention_rule.c
        rows = self._connection.execute(
            select(tables.retention_rule).order_by(r.valid_from.desc(), r.set_at.desc())
        )
        return tuple(_rule(row) for row in rows)


class Shreddings:
    """The ends of records, with the answers of the services."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, shredding: Shredding) -> None:
        """Keeps a proposal."""
        self._connection.execute(insert(tables.shredding).values(**columns(shredding, "parts")))

    def find(self, shredding_id: str) -> Shredding | None:
        """One end of a record, or None."""
        return next(iter(self._where(tables.shredding.c.id == shredding_id)), None)

    def get(self, shredding_id: str) -> Shredding:
        """One end of a record; raises RecordNotFound."""
        found = self.find(shredding_id)
        if found is None:
            raise RecordNotFound
        return found

    def save(self, shredding: Shredding) -> None:
        """Saves a step; raises ChangedMeanwhile when somebody else took one."""
        s, expected = tables.shredding.c, shredding.version
        shredding.version = expected + 1
        saved = self._connection.execute(
            update(tables.shredding)
            .where(s.id == shredding.id, s.version == expected)
            .values(**columns(shredding, "parts"))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def answer(self, shredding_id: str, part: ShreddingPart) -> None:
        """Keeps what a service destroyed; a second answer changes nothing."""
        p = tables.shredding_part.c
        known = self._connection.scalar(
            select(p.service).where(p.shredding_id == shredding_id, p.service == part.service)
        )
        if known is None:
            self._connection.execute(
                insert(tables.shredding_part).values(shredding_id=shredding_id, **columns(part))
            )

    def of_record(self, record_id: str) -> Shredding | None:
        """The end of a record that was not taken back, or None."""
        s = tables.shredding.c
        found = self._where(
            and_(s.record_id == record_id, s.status != ShreddingStatus.WITHDRAWN.value)
        )
        return next(iter(found), None)

    def mark_changed(self, record_id: str) -> None:
        """Lets who begins to destroy a record at this moment find that something now stands against it.

        Raises ChangedMeanwhile when they were first.
        """
        waiting = self.of_record(record_id)
        if waiting is not None and waiting.may_be_taken_back:
            self.save(waiting)

    def with_status(self, *statuses: ShreddingStatus) -> tuple[Shredding, ...]:
        """Those in one of the states, oldest first."""
        return self._where(tables.shredding.c.status.in_([one.value for one in statuses]))

    def finished(self, most: int = MOST_LISTED) -> tuple[Shredding, ...]:
        """The last ones of which nothing is outstanding."""
        return self._where(tables.shredding.c.status == ShreddingStatus.DONE.value, most)

    def _where(self, condition: ColumnElement[bool], most: int = 0) -> tuple[Shredding, ...]:
        s, p = tables.shredding.c, tables.shredding_part.c
        asked = select(tables.shredding).where(condition)
        ordered = (
            asked.order_by(s.done_at.desc(), s.id).limit(most)
            if most
            else asked.order_by(s.proposed_at, s.id)
        )
        rows = self._connection.execute(ordered).all()
        parts: dict[str, list[ShreddingPart]] = {}
        for row in self._connection.execute(
            select(tables.shredding_part)
            .where(p.shredding_id.in_([row.id for row in rows]))
            .order_by(p.at, p.service)
        ):
            parts.setdefault(row.shredding_id, []).append(
                ShreddingPart(row.service, moment(row.at), row.rows, row.keys, row.events)
            )
        return tuple(_shredding(row, tuple(parts.get(row.id, ()))) for row in rows)


def ended_records(
    connection: Connection, kind: RetainedKind, latest_end: date, most: int = MOST_LISTED
) -> Sequence[EndedRecord]:
    """What ended on or before a day and has no end of its own proposed, oldest first."""
    s = tables.shredding.c
    if kind is RetainedKind.CASE:
        c = tables.case.c
        over = and_(c.closed_on <= latest_end, c.status.in_(_ENDED))
        asked = select(c.id, c.number, c.closed_on).where(over)
        record, ended = c.id, c.closed_on
    else:
        c = tables.consultation_summary.c
        over = and_(c.closed_on <= latest_end, c.closed.is_(True), c.case_id == "")
        asked = select(c.id, c.number, c.closed_on).where(over)
        record, ended = c.id, c.closed_on
    proposed = exists().where(s.record_id == record, s.status != ShreddingStatus.WITHDRAWN.value)
    rows = connection.execute(asked.where(~proposed).order_by(ended, record).limit(most))
    return [EndedRecord(kind, row.id, row.number, row.closed_on) for row in rows]


def ended_record(connection: Connection, kind: RetainedKind, record_id: str) -> EndedRecord | None:
    """One record that ended, or None while it is open or unknown."""
    if kind is RetainedKind.CASE:
        c = tables.case.c
        ended: ColumnElement[bool] = c.status.in_(_ENDED)
    else:
        c = tables.consultation_summary.c
        ended = and_(c.closed.is_(True), c.case_id == "")
    row = connection.execute(
        select(c.id, c.number, c.closed_on).where(
            c.id == record_id, ended, c.closed_on.is_not(None)
        )
    ).one_or_none()
    return None if row is None else EndedRecord(kind, row.id, row.number, row.closed_on)


def without_a_day(connection: Connection) -> int:
    """How many consultations ended at a moment that is not known here; nothing of them is ever over by itself."""
    c = tables.consultation_summary.c
    return (
        connection.scalar(
            select(func.count()).where(c.closed.is_(True), c.closed_on.is_(None), c.case_id == "")
        )
        or 0
    )


def obstacles(
    connection: Connection, kind: RetainedKind, record_id: str, ended_on: date
) -> tuple[RetentionObstacle, ...]:
    """What stands against the end of a record now, when its term was counted from ``ended_on``."""
    found = []
    ended = ended_record(connection, kind, record_id)
    t, g = tables.transfer.c, tables.legal_ground.c
    going = exists().where(t.case_id == record_id, t.status.in_(_GOING))
    asked = exists().where(g.case_id == record_id, g.answered_at.is_(None))
    row = connection.execute(select(going, asked)).one()
    same, consultations = _same_persons(connection, kind, record_id)
    for obstacle, stands in (
        (RetentionObstacle.RECORD_REOPENED, ended is None or ended.ended_on != ended_on),
        (RetentionObstacle.SAME_PERSON_OPEN, _any_open(connection, record_id, same, consultations)),
        (RetentionObstacle.ON_HOLD, is_held(connection, record_id, same)),
        (RetentionObstacle.TRANSFER_RUNNING, row[0]),
        (RetentionObstacle.GROUND_UNANSWERED, row[1]),
    ):
        if stands:
            found.append(obstacle)
    return tuple(found)


def standing_against(connection: Connection, shredding: Shredding) -> tuple[RetentionObstacle, ...]:
    """What stands now against the end that was proposed."""
    return obstacles(connection, shredding.kind, shredding.record_id, shredding.ended_on)


def ids_of(connection: Connection, kind: RetainedKind, record_id: str) -> tuple[str, ...]:
    """The ids that end with a record: its household, its consultations, and the persons of no other kept case."""
    if kind is RetainedKind.CONSULTATION:
        return (record_id, *heard_persons(connection, [record_id]))
    c = tables.case.c
    row = connection.execute(
        select(c.household_id, c.consultation_id).where(c.id == record_id)
    ).one()
    summary = tables.consultation_summary.c
    consultations = sorted(
        {
            *connection.scalars(select(summary.id).where(summary.case_id == record_id)),
            *([row.consultation_id] if row.consultation_id else []),
        }
    )
    members = members_of(connection, row.household_id)
    kept = _persons_of_kept_cases(connection, members, record_id)
    return (
        record_id,
        row.household_id,
        *consultations,
        *sorted({*members, *heard_persons(connection, consultations)} - kept),
    )


def _persons_of_kept_cases(
    connection: Connection, persons: Iterable[str], record_id: str
) -> set[str]:
    """Of the persons, those of another case of which the end was not carried out."""
    m, c = tables.membership.c, tables.case.c
    gone = exists().where(shredded_record.c.id == c.id)
    return set(
        connection.scalars(
            select(m.person_id)
            .join(tables.case, c.household_id == m.household_id)
            .where(m.person_id.in_(sorted(persons)), c.id != record_id, ~gone)
        )
    )


def _same_persons(
    connection: Connection, kind: RetainedKind, record_id: str
) -> tuple[set[str], set[str]]:
    """The people of a record and who was found to be the same as one of them, with the consultations that say so."""
    link, same = tables.person_link.c, persons_of(connection, kind, record_id)
    linked = connection.execute(
        select(tables.person_link).where(
            link.undone.is_(False),
            or_(link.one_person_id.in_(sorted(same)), link.other_person_id.in_(sorted(same))),
        )
    ).all()
    consultations: set[str] = set()
    for one in linked:
        same |= {one.one_person_id, one.other_person_id}
        consultations |= {one.one_consultation_id, one.other_consultation_id}
    return same, consultations


def _any_open(
    connection: Connection, record_id: str, same: set[str], consultations: set[str]
) -> bool:
    """Whether one of the people is in another case or consultation that is open."""
    m, c = tables.membership.c, tables.case.c
    open_case = connection.scalar(
        select(c.id)
        .join(tables.membership, c.household_id == m.household_id)
        .where(m.person_id.in_(sorted(same)), c.id != record_id, c.status.not_in(_ENDED))
        .limit(1)
    )
    summary = tables.consultation_summary.c
    open_consultation = connection.scalar(
        select(summary.id)
        .where(
            summary.id.in_(sorted(consultations - {record_id})),
            summary.closed.is_(False),
            summary.case_id == "",
        )
        .limit(1)
    )
    return open_case is not None or open_consultation is not None


def _rule(row: Row[tuple[object, ...]]) -> RetentionRule:
    return RetentionRule(
        RetainedKind(row.kind),
        row.years,
        CountedFrom(row.counted_from),
        row.source,
        row.source_date,
        row.valid_from,
        row.waiting_days,
        row.set_by_name,
    )


def _shredding(row: Row[tuple[object, ...]], parts: tuple[ShreddingPart, ...]) -> Shredding:
    values = dict(row._mapping)
    for name in ("proposed_at", "confirmed_at", "withdrawn_at", "begun_at", "done_at"):
        values[name] = as_utc(values[name])
    return Shredding(
        **{
            **values,
            "kind": RetainedKind(row.kind),
            "counted_from": CountedFrom(row.counted_from),
            "status": ShreddingStatus(row.status),
        },
        parts=parts,
    )
