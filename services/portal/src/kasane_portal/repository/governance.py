"""Loads and saves rosters, evaluations and the way of a report."""

from dataclasses import asdict

from sqlalchemy import Connection, insert, select, update

from kasane_portal import tables
from kasane_portal.domain.errors import SeatNotFound
from kasane_portal.domain.roster import EvaluationEntry, ReportedStep, Seat
from kasane_portal.repository.moments import aware


class Seats:
    """Every seat of every body, past terms too."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, body: str) -> tuple[Seat, ...]:
        """The seats of a body, the earliest term first."""
        seat = tables.seat
        rows = self._connection.execute(
            select(seat).where(seat.c.body == body).order_by(seat.c.first_day, seat.c.id)
        )
        return tuple(Seat(**row._mapping) for row in rows)

    def get(self, seat_id: str) -> Seat:
        """One seat; raises SeatNotFound."""
        row = self._connection.execute(
            select(tables.seat).where(tables.seat.c.id == seat_id)
        ).one_or_none()
        if row is None:
            raise SeatNotFound
        return Seat(**row._mapping)

    def add(self, seat: Seat) -> None:
        """Saves a new seat."""
        self._connection.execute(insert(tables.seat).values(**asdict(seat)))

    def save_last_day(self, seat: Seat) -> None:
        """Saves when the seat was given up."""
        self._connection.execute(
            update(tables.seat).where(tables.seat.c.id == seat.id).values(last_day=seat.last_day)
        )


class Evaluations:
    """What was found, every version kept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: EvaluationEntry) -> None:
        """Saves a new version."""
        self._connection.execute(insert(tables.evaluation_entry).values(**asdict(entry)))

    def of(self, framework: str, year: int) -> tuple[EvaluationEntry, ...]:
        """Every version of a year, the latest first."""
        entry = tables.evaluation_entry
        rows = self._connection.execute(
            select(entry)
            .where(entry.c.framework == framework, entry.c.year == year)
            .order_by(entry.c.entered_at.desc(), entry.c.id.desc())
        )
        return tuple(
            EvaluationEntry(**{**row._mapping, "entered_at": aware(row.entered_at)}) for row in rows
        )


class ReportedSteps:
    """Before which bodies the report of a year came."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, step: ReportedStep) -> None:
        """Saves a step."""
        self._connection.execute(insert(tables.reported_step).values(**asdict(step)))

    def of(self, year: int) -> tuple[ReportedStep, ...]:
        """The steps of a year in the order in which they were made."""
        step = tables.reported_step
        rows = self._connection.execute(
            select(step).where(step.c.year == year).order_by(step.c.held_on, step.c.entered_at)
        )
        return tuple(
            ReportedStep(**{**row._mapping, "entered_at": aware(row.entered_at)}) for row in rows
        )
