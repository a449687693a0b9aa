"""Lets those who give out visits of one day go one after the other."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from kasane_outreach import tables

ROWS_AT_ONCE = 400


def hold_days(connection: Connection, days: Iterable[date]) -> None:
    """Waits until nobody else books a visit on these days, and keeps them until the transaction ends.

    Called before looking whether a worker is free or somebody goes to the household on that day already; what is
    read afterwards is what the others left behind. Days are taken in their order, so nobody waits for each other.
    """
    ordered = sorted(set(days))
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for begin in range(0, len(ordered), ROWS_AT_ONCE):
        some = ordered[begin : begin + ROWS_AT_ONCE]
        rows = dialect.insert(tables.booking_day).values([{"on_day": day} for day in some])
        connection.execute(rows.on_conflict_do_nothing())
        day = tables.booking_day.c.on_day
        connection.execute(select(day).where(day.in_(some)).order_by(day).with_for_update())
