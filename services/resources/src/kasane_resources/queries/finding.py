"""Finding entries: one box over everything that is said of them, and filters.

A statement is made once for each shape of a search and then only given its values.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, radians
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from kasane_resources import tables
from kasane_resources.domain.columns import day_bits
from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.domain.location import KM_PER_DEGREE, Position, box_around
from kasane_resources.domain.need import Need
from kasane_resources.domain.schedule import DAYS, week_bits
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.repository import HumanServices, of_kind, usable_in

MOST_COUNTED = 1000
_BEYOND = literal_column("4.0", Float)
_Columns = ReadOnlyColumnCollection[str, ColumnElement[Any]]
Place = tuple[Any, ...]


@dataclass(frozen=True)
class _Shape:
    """Which conditions a search has, without their values: for each word its spellings and whether kinds answer it."""

    dialect: str
    words: tuple[tuple[int, bool], ...]
    category: bool
    near: bool
    day: bool
    now: bool
    without_referral: bool
    by_line: bool
    visits: bool
    free: bool
    in_use: bool
    elsewhere: bool = False

    @property
    def by_opening(self) -> bool:
        """Whether it depends on times or places, of which an entry may have several."""
        return self.near or self.day or self.now

    @classmethod
    def of(cls, connection: Connection, search: DirectorySearch) -> "_Shape":
        """The shape of a search on the database of a connection.

        ``elsewhere`` says that a further time or place of some entry answers it, which costs a statement of its own.
        """
        shape = cls(
            dialect=connection.dialect.name,
            words=tuple((len(one.spellings), bool(one.kinds)) for one in search.each_word),
            category=bool(search.category),
            near=search.near is not None,
            day=bool(search.day),
            now=search.open_at is not None,
            without_referral=search.without_referral,
            by_line=search.by_line,
            visits=search.visits,
            free=search.free,
            in_use=search.in_use,
        )
        if not shape.by_opening:
            return shape
        values = _values(frozenset(), search)
        elsewhere = connection.scalar(_anywhere_else(shape), values) is not None
        return replace(shape, elsewhere=elsewhere)


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
    shape = _Shape.of(connection, search)
    statement = _ids(shape)
    if search.usable_in:
        statement = statement.where(*_usable(connection, search))
    if after:
        statement = statement.where(tuple_(*_order(shape)) > tuple_(*after))
    return connection.scalars(statement, _values(visible, search) | {"most": most}).all()


def place_in(connection: Connection, search: DirectorySearch, human_service_id: str) -> Place:
    """The place of an entry in the order of ``found``."""
    f = tables.finding.c
    rank, sort_key, _ = _order(_Shape.of(connection, search))
    row = connection.execute(
        select(rank, sort_key).where(f.human_service_id == human_service_id),
        _values(frozenset(), search),
    ).one()
    return row[0], row[1], human_service_id


def how_many(
    connection: Connection, visible: frozenset[Visibility], search: DirectorySearch
) -> int:
    """How many entries there are, counted up to one more than ``MOST_COUNTED``."""
    some: Select[Any] = select(tables.finding.c.number).where(
        *_wanted(_Shape.of(connection, search))
    )
    if search.usable_in:
        some = some.where(*_usable(connection, search))
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())
    return connection.scalar(counted, _values(visible, search)) or 0


@lru_cache(512)
def _ids(shape: _Shape) -> Select[Any]:
    f = tables.finding.c
    most = bindparam("most", type_=Integer)
    return select(f.human_service_id).where(*_wanted(shape)).order_by(*_order(shape)).limit(most)


def _order(shape: _Shape) -> tuple[ColumnElement[Any], ...]:
    f = tables.finding.c
    return _rank(shape), f.sort_key, f.human_service_id


def _usable(connection: Connection, search: DirectorySearch) -> Iterator[ColumnElement[bool]]:
    town = Need("", (), search.usable_in, town_name=search.town_name)
    yield tables.finding.c.active
    yield usable_in(connection, town)


def _values(visible: frozenset[Visibility], search: DirectorySearch) -> dict[str, Any]:
    """The values of every parameter that the conditions of the search have."""
    values: dict[str, Any] = {
        "visible": sorted(one.value for one in visible),
        "category": [search.category],
        "day": day_bits((search.day,)) if search.day else 0,
    }
    for number, word in enumerate(search.each_word):
        values |= {f"word_{number}_{at}": one for at, one in enumerate(word.spellings)}
        values[f"kinds_{number}"] = word.kinds
    if search.near:
        values |= _near_values(search.near, search.within.km)
    if search.open_at:
        now, today = search.open_at, search.open_at.date()
        values |= {
            "minute": now.hour * 60 + now.minute,
            "today": today,
            "week": week_bits(today),
            "weekday": day_bits((DAYS[today.weekday()],)),
            "monthday": 1 << today.day,
        }
    return values


def _near_values(home: Position, km: float) -> dict[str, float]:
    south_west, north_east = box_around(home, km)
    return {
        "south": south_west.latitude,
        "north": north_east.latitude,
        "west": south_west.longitude,
        "east": north_east.longitude,
        "home_up": home.latitude,
        "home_along": home.longitude,
        "across": cos(radians(home.latitude)),
        "reach": (km / KM_PER_DEGREE) ** 2,
    }


def _wanted(shape: _Shape) -> Iterator[ColumnElement[bool]]:
    f = tables.finding.c
    yield f.visibility.in_(bindparam("visible", expanding=True))
    if shape.in_use:
        yield f.active.is_(True)
    for number, (_, by_meaning) in enumerate(shape.words):
        kinds: BindParameter[Any] = bindparam(f"kinds_{number}", expanding=True)
        yield or_(
            *_holding(shape, number, f.text),
            *([of_kind(f.human_service_id, kinds)] if by_meaning else ()),
        )
    if shape.category:
        yield of_kind(f.human_service_id, bindparam("category", expanding=True))
    if shape.now:
        yield f.active
    if shape.elsewhere:
        o = tables.opening.c
        others = select(o.number).where(*_at_opening(shape, o))
        yield or_(and_(*_at_opening(shape, f)), f.number.in_(others))
    else:
        yield from _at_opening(shape, f)
    for asked, holds in (
        (shape.without_referral, f.referral_needed.is_(False)),
        (shape.by_line, f.by_line),
        (shape.visits, f.visits),
        (shape.free, f.free),
    ):
        if asked:
            yield holds


@lru_cache(64)
def _anywhere_else(shape: _Shape) -> Select[Any]:
    o = tables.opening.c
    return select(o.number).where(*_at_opening(shape, o)).limit(1)


def _at_opening(shape: _Shape, c: _Columns) -> Iterator[ColumnElement[bool]]:
    """Whether one time and place answers what is asked of times and places."""
    if shape.near:
        yield c.latitude.between(_number("south"), _number("north"))
        yield c.longitude.between(_number("west"), _number("east"))
        yield _square(c) <= _number("reach")
    if shape.day:
        yield c.days.bitwise_and(_whole("day")) != 0
    if shape.now:
        yield from _open_now(c)


def _open_now(f: _Columns) -> Iterator[ColumnElement[bool]]:
    minute, today = _whole("minute"), bindparam("today", type_=f.valid_from.type)
    by_day = and_(
        f.days.bitwise_and(_whole("weekday")) != 0,
        or_(f.weeks == 0, f.weeks.bitwise_and(_whole("week")) != 0),
    )
    yield f.every_time
    yield or_(by_day, f.monthdays.bitwise_and(_whole("monthday")) != 0)
    yield and_(f.opens >= 0, f.opens <= minute, minute < f.closes)
    yield or_(f.valid_from.is_(None), f.valid_from <= today)
    yield or_(f.valid_to.is_(None), f.valid_to >= today)


def _number(name: str) -> BindParameter[float]:
    return bindparam(name, type_=Float)


def _whole(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)


def _square(f: _Columns) -> ColumnElement[float]:
    """The square of the distance in degrees of latitude, for ordering what is near."""
    up = f.latitude - _number("home_up")
    along = (f.longitude - _number("home_along")) * _number("across")
    return up * up + along * along


def _rank(shape: _Shape) -> ColumnElement[int]:
    """Nearest first, else 0 for a word in name or reading, 1 in the text, 2 by its meaning; added up."""
    if shape.near:
        finely = _nearest(shape) * 1e8
        # PostgreSQL rounds where SQLite cuts off.
        return cast(func.trunc(finely) if shape.dialect == "postgresql" else finely, Integer)
    if not shape.words:
        return cast(literal_column("0"), Integer)
    ranks = [_rank_of(shape, number) for number in range(len(shape.words))]
    return sum(ranks[1:], ranks[0])


def _nearest(shape: _Shape) -> ColumnElement[float]:
    """The square of the distance to the nearest place that answers."""
    f, o = tables.finding.c, tables.opening.c
    if not shape.elsewhere:
        return _square(f)
    first = case((and_(*_at_opening(shape, f)), _square(f)), else_=_BEYOND)
    nearest = (
        select(func.min(_square(o)))
        .where(o.number == f.number, *_at_opening(shape, o))
        .correlate(tables.finding)
        .scalar_subquery()
    )
    other = func.coalesce(nearest, _BEYOND)
    return case((other < first, other), else_=first)


def _rank_of(shape: _Shape, number: int) -> ColumnElement[int]:
    f = tables.finding.c
    named = or_(*_holding(shape, number, f.name))
    told = or_(*_holding(shape, number, f.text))
    return case((named, 0), (told, 1), else_=2)


def _holding(
    shape: _Shape, number: int, column: ColumnElement[str]
) -> Iterator[ColumnElement[bool]]:
    """Whether a text holds a word in one of its spellings, of any length; alike on every database."""
    place = func.strpos if shape.dialect == "postgresql" else func.instr
    for at in range(shape.words[number][0]):
        yield place(column, bindparam(f"word_{number}_{at}", type_=String)) > 0
