"""Loads and saves what is kept on although its time is over, and says of whom it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.retention import RetainedKind, RetentionHold
from kasane_cases.repository.rows import columns, moment


class Holds:
    """What is kept on although its time is over."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def place(self, hold: RetentionHold) -> None:
        """Keeps a record on."""
        self._connection.execute(insert(tables.retention_hold).values(**columns(hold)))

    def running(self, record_id: str) -> tuple[RetentionHold, ...]:
        """The holds of a record that were not lifted, oldest first."""
        h = tables.retention_hold.c
        rows = self._connection.execute(
            select(tables.retention_hold)
            .where(h.record_id == record_id, h.lifted_at.is_(None))
            .order_by(h.placed_at)
        )
        return tuple(_hold(row) for row in rows)

    def all_running(self) -> tuple[tuple[RetentionHold, str], ...]:
        """Every hold that was not lifted with the number of its record, oldest first."""
        h = tables.retention_hold.c
        rows = self._connection.execute(
            select(tables.retention_hold).where(h.lifted_at.is_(None)).order_by(h.placed_at, h.id)
        ).all()
        numbers: dict[str, str] = {}
        for table in (tables.case, tables.consultation_summary):
            held = table.c.id.in_([row.record_id for row in rows])
            numbers.update(
                (row.id, row.number)
                for row in self._connection.execute(select(table.c.id, table.c.number).where(held))
            )
        return tuple((_hold(row), numbers.get(row.record_id, "")) for row in rows)

    def lift(self, hold_id: str, name: str, at: datetime) -> str:
        """Ends a hold; returns its record; raises RecordNotFound when none is running."""
        h = tables.retention_hold.c
        record_id = self._connection.scalar(
            update(tables.retention_hold)
            .where(h.id == hold_id, h.lifted_at.is_(None))
            .values(lifted_by_name=name, lifted_at=at)
            .returning(h.record_id)
        )
        if record_id is None:
            raise RecordNotFound
        return str(record_id)


def is_held(connection: Connection, record_id: str, persons: set[str]) -> bool:
    """Whether a record, one of its consultations, or any record of one of its people is kept on.

    Who asks to see what the town has of a person asks for all of it, so one hold keeps every record of that person.
    """
    held = tuple(hold for hold, _number in Holds(connection).all_running())
    if not held:
        return False
    summary = tables.consultation_summary.c
    ids = {hold.record_id for hold in held}
    of_cases = set(connection.scalars(select(summary.case_id).where(summary.id.in_(sorted(ids)))))
    if record_id in ids | of_cases:
        return True
    return any(
        not persons.isdisjoint(persons_of(connection, hold.kind, hold.record_id)) for hold in held
    )


def number_to_id(connection: Connection, kind: RetainedKind, number: str) -> str:
    """The record with a number; raises RecordNotFound."""
    table = tables.case if kind is RetainedKind.CASE else tables.consultation_summary
    found = connection.scalar(select(table.c.id).where(table.c.number == number))
    if found is None:
        raise RecordNotFound
    return str(found)


def is_recorded(connection: Connection, kind: RetainedKind, record_id: str) -> bool:
    """Whether there is such a record, open or ended."""
    table = tables.case if kind is RetainedKind.CASE else tables.consultation_summary
    return connection.scalar(select(table.c.id).where(table.c.id == record_id)) is not None


def knows_any(connection: Connection, ids: Iterable[str]) -> bool:
    """Whether one of the ids is a case, a household, a consultation or a person here."""
    wanted = sorted(ids)
    columns = (
        tables.case.c.id,
        tables.case.c.household_id,
        tables.consultation_summary.c.id,
        tables.person.c.id,
    )
    return any(
        connection.scalar(select(column).where(column.in_(wanted)).limit(1)) for column in columns
    )


def persons_of(connection: Connection, kind: RetainedKind, record_id: str) -> set[str]:
    """The people of a case or of a consultation."""
    if kind is not RetainedKind.CASE:
        return heard_persons(connection, [record_id])
    c = tables.case.c
    household = connection.scalar(select(c.household_id).where(c.id == record_id))
    return members_of(connection, household or "")


def members_of(connection: Connection, household_id: str) -> set[str]:
    """The persons of a household, those who left it too."""
    m = tables.membership.c
    return set(connection.scalars(select(m.person_id).where(m.household_id == household_id)))


def heard_persons(connection: Connection, consultation_ids: Iterable[str]) -> set[str]:
    """The persons whom consultations told of."""
    summary = tables.consultation_summary
    rows = connection.execute(
        select(summary.c.id, summary.c.persons).where(summary.c.id.in_(list(consultation_ids)))
    )
    return {str(person["id"]) for row in rows for person in row.persons or ()}


def _hold(row: Row[Any]) -> RetentionHold:
    return RetentionHold(
        **{**row._mapping, "kind": RetainedKind(row.kind), "placed_at": moment(row.placed_at)}
    )
