"""Finding entries: one box over everything that is said of them, and filters."""

from collections.abc import Iterator, Sequence
from math import cos, radians
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from kasane_resources import tables
from kasane_resources.domain.columns import day_bits
from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.domain.location import KM_PER_DEGREE, Position, box_around
from kasane_resources.domain.need import Need
from kasane_resources.domain.schedule import DAYS
from kasane_resources.domain.searching import DirectorySearch, SearchWord, week_bits
from kasane_resources.repository import HumanServices, of_kind, usable_in

MOST_COUNTED = 1000
Place = tuple[Any, ...]


def found(
    connection: Connection,
    visible: frozenset[Visibility],
    search: DirectorySearch,
    *,
    after: Place | None = None,
    most: int = 50,
) -> list[HumanService]:
    """Entries in the order of the list: what the words name first, then by reading, or the nearest first."""
    ids = found_ids(connection, visible, search, after=after, most=most)
    return HumanServices(connection).load(ids)


def found_ids(
    connection: Connection,
    visible: frozenset[Visibility],
    search: DirectorySearch,
    *,
    after: Place | None = None,
    most: int = 50,
) -> Sequence[str]:
    """The ids of ``found``."""
    f = tables.finding.c
    place = _rank(connection, search), f.sort_key, f.human_service_id
    statement = select(f.human_service_id).where(*_wanted(connection, visible, search))
    if after:
        statement = statement.where(tuple_(*place) > tuple_(*after))
    return connection.scalars(statement.order_by(*place).limit(most)).all()


def place_in(connection: Connection, search: DirectorySearch, human_service_id: str) -> Place:
    """The place of an entry in the order of ``found``."""
    f = tables.finding.c
    row = connection.execute(
        select(_rank(connection, search), f.sort_key).where(f.human_service_id == human_service_id)
    ).one()
    return row[0], row[1], human_service_id


def how_many(
    connection: Connection, visible: frozenset[Visibility], search: DirectorySearch
) -> int:
    """How many entries there are, counted up to one more than ``MOST_COUNTED``."""
    some: Select[Any] = (
        select(tables.finding.c.number)
        .where(*_wanted(connection, visible, search))
        .limit(MOST_COUNTED + 1)
    )
    return connection.scalar(select(func.count()).select_from(some.subquery())) or 0


def _wanted(
    connection: Connection, visible: frozenset[Visibility], search: DirectorySearch
) -> Iterator[ColumnElement[bool]]:
    f = tables.finding.c
    yield f.visibility.in_(sorted(one.value for one in visible))
    if search.in_use:
        yield f.active.is_(True)
    for word in search.each_word:
        yield or_(
            *(_holds(connection, f.text, spelling) for spelling in word.spellings),
            *([of_kind(f.human_service_id, word.kinds)] if word.kinds else ()),
        )
    if search.category:
        yield of_kind(f.human_service_id, [search.category])
    if search.usable_in:
        town = Need("", (), search.usable_in, town_name=search.town_name)
        yield f.active
        yield usable_in(connection, town)
    if search.near:
        yield from _near(search.near, search.within_km)
    yield from _when(search)
    for asked, holds in (
        (search.without_referral, f.referral_needed.is_(False)),
        (search.by_line, f.by_line),
        (search.visits, f.visits),
        (search.free, f.free),
    ):
        if asked:
            yield holds


def _near(home: Position, km: float) -> Iterator[ColumnElement[bool]]:
    f = tables.finding.c
    south_west, north_east = box_around(home, km)
    yield f.latitude.between(south_west.latitude, north_east.latitude)
    yield f.longitude.between(south_west.longitude, north_east.longitude)
    yield _square(home) <= (km / KM_PER_DEGREE) ** 2


def _square(home: Position) -> ColumnElement[float]:
    """The square of the distance in degrees of latitude, for ordering what is near."""
    f = tables.finding.c
    up = f.latitude - home.latitude
    along = (f.longitude - home.longitude) * cos(radians(home.latitude))
    return up * up + along * along


def _when(search: DirectorySearch) -> Iterator[ColumnElement[bool]]:
    f = tables.finding.c
    if search.day:
        yield f.days.bitwise_and(day_bits((search.day,))) != 0
    now = search.open_at
    if now is None:
        return
    minute, today = now.hour * 60 + now.minute, now.date()
    by_day = and_(
        f.days.bitwise_and(day_bits((DAYS[today.weekday()],))) != 0,
        or_(f.weeks == 0, f.weeks.bitwise_and(week_bits(today)) != 0),
    )
    yield f.active
    yield f.every_time
    yield or_(by_day, f.monthdays.bitwise_and(1 << today.day) != 0)
    yield and_(f.opens >= 0, f.opens <= minute, minute < f.closes)
    yield or_(f.valid_from.is_(None), f.valid_from <= today)
    yield or_(f.valid_to.is_(None), f.valid_to >= today)


def _rank(connection: Connection, search: DirectorySearch) -> ColumnElement[int]:
    """Nearest first, else 0 for a word in name or reading, 1 in the text, 2 by its meaning; added up."""
    if search.near:
        return cast(_square(search.near) * 1e8, Integer)
    if not search.each_word:
        return cast(literal_column("0"), Integer)
    ranks = [_rank_of(connection, word) for word in search.each_word]
    return sum(ranks[1:], ranks[0])


def _rank_of(connection: Connection, word: SearchWord) -> ColumnElement[int]:
    f = tables.finding.c
    named = or_(*(_holds(connection, f.name, spelling) for spelling in word.spellings))
    told = or_(*(_holds(connection, f.text, spelling) for spelling in word.spellings))
    return case((named, 0), (told, 1), else_=2)


def _holds(connection: Connection, column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Whether a text holds a part of any length; the same answer on every database, without an index of words."""
    place = func.strpos if connection.dialect.name == "postgresql" else func.instr
    return place(column, part) > 0
