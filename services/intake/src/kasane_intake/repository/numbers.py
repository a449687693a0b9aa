"""Says which receipt numbers were given last, and leaves some out after a restore."""

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from kasane_intake import tables


def numbers_given(connection: Connection) -> dict[int, int]:
    """The last number given, by fiscal year."""
    counter = tables.counter.c
    rows = connection.execute(select(counter.year, counter.last))
    return {row.year: row.last for row in rows}


def go_on_behind(connection: Connection, last: Mapping[int, int]) -> None:
    """Lets the numbers of each year go on behind these; a year that was not begun here begins there."""
    known = numbers_given(connection)
    for year, number in last.items():
        if year not in known:
            connection.execute(tables.counter.insert().values(year=year, last=number))
        elif number > known[year]:
            connection.execute(
                update(tables.counter).where(tables.counter.c.year == year).values(last=number)
            )
