"""Finds what people left that became no consultation, begins its end, and keeps the town's terms and holds."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Join,
    Table,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from kasane_intake import tables
from kasane_intake.domain.arrival import Arrival, ArrivalHold, ArrivalKind, ArrivalTerm, TermUnit
from kasane_intake.domain.arrival_errors import ArrivalDestroyed, ArrivalNotFound
from kasane_intake.domain.consultation_day import BookingStatus
from kasane_intake.domain.public_form import WebMessageStatus
from kasane_intake.repository.moments import moment, moment_or_none
from kasane_kit import clock
from kasane_kit.db.shredding import is_shredded

MOST_LISTED = 100
_TABLES = {ArrivalKind.WEB_MESSAGE: tables.web_message, ArrivalKind.BOOKING: tables.booking}
_m, _b, _s = tables.web_message.c, tables.booking.c, tables.day_slot.c
_d, _h = tables.consultation_day.c, tables.arrival_hold.c
_unseen = exists().where(
    tables.web_addition.c.message_id == _m.id, tables.web_addition.c.seen.is_(False)
)

Wanted = dict[ArrivalKind, ColumnElement[bool]]


def is_gone(table: Table) -> ColumnElement[bool]:
    """Whether the end of a row was begun, or nothing personal is left of it."""
    return or_(table.c.ending_id != "", is_shredded(table.c.id))


class ArrivalTerms:
    """The terms that the town's administrators entered; the newest one replaces those before."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, term_id: str, term: ArrivalTerm, by: str, at: datetime) -> None:
        """Keeps a term."""
        values = {**vars(term), "unit": term.unit.value, "id": term_id, "set_by": by, "set_at": at}
        self._connection.execute(insert(tables.arrival_term).values(**values))

    def all(self) -> tuple[ArrivalTerm, ...]:
        """Every term that was entered, the one that holds first."""
        t = tables.arrival_term.c
        rows = self._connection.execute(
            select(tables.arrival_term).order_by(t.set_at.desc(), t.id.desc())
        )
        return tuple(
            ArrivalTerm(
                row.length,
                TermUnit(row.unit),
                row.source,
                row.source_date,
                row.valid_from,
                row.set_by_name,
            )
            for row in rows
        )


class ArrivalHolds:
    """What is kept on although its time is over."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def place(self, hold: ArrivalHold) -> None:
        """Keeps something on; raises ArrivalNotFound, and ArrivalDestroyed when its end was begun."""
        table = _TABLES[hold.kind]
        # Whoever begins its end at this moment waits here, or is waited for.
        row = self._connection.execute(
            select(table.c.consultation_id).where(table.c.id == hold.arrival_id).with_for_update()
        ).one_or_none()
        if row is None or row.consultation_id:
            raise ArrivalNotFound
        if self._connection.scalar(select(is_gone(table)).where(table.c.id == hold.arrival_id)):
            raise ArrivalDestroyed
        values = {**vars(hold), "kind": hold.kind.value}
        self._connection.execute(insert(tables.arrival_hold).values(**values))

    def running(self) -> tuple[ArrivalHold, ...]:
        """Every hold that was not lifted, oldest first."""
        rows = self._connection.execute(
            select(tables.arrival_hold).where(_h.lifted_at.is_(None)).order_by(_h.placed_at, _h.id)
        )
        return tuple(
            ArrivalHold(
                **{
                    **row._mapping,
                    "kind": ArrivalKind(row.kind),
                    "placed_at": moment(row.placed_at),
                }
            )
            for row in rows
        )

    def lift(self, hold_id: str, name: str, at: datetime) -> str:
        """Ends a hold; returns what it kept; raises ArrivalNotFound when none is running."""
        found = self._connection.scalar(
            update(tables.arrival_hold)
            .where(_h.id == hold_id, _h.lifted_at.is_(None))
            .values(lifted_by_name=name, lifted_at=at)
            .returning(_h.arrival_id)
        )
        if found is None:
            raise ArrivalNotFound
        return str(found)


def handled(latest: date | None = None) -> Wanted:
    """What a person dealt with, up to a day where one is given, and nobody keeps on."""
    message = and_(
        _m.status == WebMessageStatus.SET_ASIDE.value, _m.settled_at.is_not(None), ~_unseen
    )
    booking: ColumnElement[bool] = _b.status.in_(
        (BookingStatus.CANCELLED.value, BookingStatus.MISSED.value)
    )
    if latest is not None:
        end = _end_of(latest)
        message = and_(message, _m.settled_at < end)
        settled = or_(_b.settled_at.is_(None), _b.settled_at < end)
        booking = and_(booking, _d.held_on <= latest, settled)
    return {
        ArrivalKind.WEB_MESSAGE: and_(message, ~_held(_m.id)),
        ArrivalKind.BOOKING: and_(booking, ~_held(_b.id)),
    }


def unhandled(latest: date) -> Wanted:
    """What came, or was booked for a day, up to a day, and nobody is known to have dealt with."""
    nobody = or_(
        _m.status == WebMessageStatus.WAITING.value,
        and_(_m.status == WebMessageStatus.SET_ASIDE.value, or_(_m.settled_at.is_(None), _unseen)),
    )
    open_ones = (BookingStatus.BOOKED.value, BookingStatus.WAITING.value)
    return {
        ArrivalKind.WEB_MESSAGE: and_(nobody, _m.arrived_at < _end_of(latest)),
        ArrivalKind.BOOKING: and_(_b.status.in_(open_ones), _d.held_on <= latest),
    }


def among(ids: Sequence[str]) -> Wanted:
    """These, whatever became of them."""
    return {ArrivalKind.WEB_MESSAGE: _m.id.in_(ids), ArrivalKind.BOOKING: _b.id.in_(ids)}


class Arrivals:
    """What people left that belongs to no consultation and whose end was not begun."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def those(self, wanted: Wanted, most: int = MOST_LISTED) -> tuple[Arrival, ...]:
        """The wanted ones, the longest ago first."""
        messages = (
            select(_m.id, _m.receipt, _m.settled_at, _m.arrived_at)
            .where(wanted[ArrivalKind.WEB_MESSAGE], _alone(tables.web_message))
            .order_by(func.coalesce(_m.settled_at, _m.arrived_at), _m.id)
        )
        bookings = (
            select(_b.id, _b.receipt, _b.settled_at, _s.day_id, _d.held_on)
            .select_from(_booked_days())
            .where(wanted[ArrivalKind.BOOKING], _alone(tables.booking))
            .order_by(_d.held_on, _b.id)
        )
        found = [_message(row) for row in self._connection.execute(messages.limit(most))]
        found += [_booking(row) for row in self._connection.execute(bookings.limit(most))]
        return tuple(sorted(found, key=lambda one: (one.day, one.id))[:most])

    def count(self, wanted: Wanted) -> int:
        """How many the wanted ones are."""
        messages = select(func.count()).where(
            wanted[ArrivalKind.WEB_MESSAGE], _alone(tables.web_message)
        )
        bookings = (
            select(func.count())
            .select_from(_booked_days())
            .where(wanted[ArrivalKind.BOOKING], _alone(tables.booking))
        )
        return sum(self._connection.scalar(one) or 0 for one in (messages, bookings))

    def begin(self, due: Sequence[Arrival], latest: date, ending_id: str) -> tuple[Arrival, ...]:
        """Makes the end of the due ones final, but for those that changed meanwhile; returns which."""
        ids = sorted(one.id for one in due)
        for table in _TABLES.values():
            # Who adds, brings back or keeps on at this moment is waited for, and then it is looked again.
            locked = select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id)
            self._connection.execute(locked.with_for_update()).all()
        still, named = handled(latest), among(ids)
        found = self.those({kind: and_(still[kind], named[kind]) for kind in still}, len(ids))
        for kind, table in _TABLES.items():
            mine = [one.id for one in found if one.kind is kind]
            self._connection.execute(
                update(table)
                .where(table.c.id.in_(mine))
                .values(ending_id=ending_id, version=table.c.version + 1)
            )
        return found

    def ending(self) -> int:
        """Of how many the end was begun and not carried out yet."""
        return sum(
            self._connection.scalar(
                select(func.count()).where(table.c.ending_id != "", ~is_shredded(table.c.id))
            )
            or 0
            for table in _TABLES.values()
        )

    def destroyed(self) -> int:
        """How many ended without having been a consultation."""
        return sum(
            self._connection.scalar(
                select(func.count()).where(table.c.consultation_id == "", is_shredded(table.c.id))
            )
            or 0
            for table in _TABLES.values()
        )


def _alone(table: Table) -> ColumnElement[bool]:
    return and_(table.c.consultation_id == "", ~is_gone(table))


def _held(arrival: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(_h.arrival_id == arrival, _h.lifted_at.is_(None))


def _booked_days() -> Join:
    return tables.booking.join(tables.day_slot, _s.id == _b.slot_id).join(
        tables.consultation_day, _d.id == _s.day_id
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), clock.JAPAN).astimezone(UTC)


def _japan_day(at: datetime) -> date:
    return moment(at).astimezone(clock.JAPAN).date()


def _message(row: Any) -> Arrival:
    day = _japan_day(moment_or_none(row.settled_at) or row.arrived_at)
    return Arrival(ArrivalKind.WEB_MESSAGE, row.id, row.receipt, day)


def _booking(row: Any) -> Arrival:
    settled = _japan_day(row.settled_at) if row.settled_at else row.held_on
    return Arrival(
        ArrivalKind.BOOKING, row.id, row.receipt or "", max(row.held_on, settled), row.day_id
    )
