"""Keeps the history of states."""

from sqlalchemy import Connection, select

from kasane_intake import tables
from kasane_intake.domain.step import Step
from kasane_intake.repository.moments import moment
from kasane_kit.db import write_later
from kasane_kit.ids import new_id


def add_step(connection: Connection, step: Step) -> None:
    """Adds one line; lines are never changed."""
    write_later(
        connection,
        tables.step,
        {
            "id": new_id(),
            "consultation_id": step.consultation_id,
            "sheet_id": step.sheet_id,
            "from_status": step.from_status,
            "to_status": step.to_status,
            "note": step.note,
            "by_account": step.by,
            "by_name": step.by_name,
            "at": step.at,
        },
    )


def steps_of(connection: Connection, consultation_id: str) -> tuple[Step, ...]:
    """The history of a consultation and of its sheets, oldest first."""
    rows = connection.execute(
        select(tables.step)
        .where(tables.step.c.consultation_id == consultation_id)
        .order_by(tables.step.c.at, tables.step.c.id)
    )
    return tuple(
        Step(
            row.consultation_id,
            row.sheet_id,
            row.from_status,
            row.to_status,
            row.note,
            row.by_account,
            row.by_name,
            moment(row.at),
        )
        for row in rows
    )
