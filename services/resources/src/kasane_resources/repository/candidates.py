"""Finds in SQL the human services worth comparing with a need, alike on every database."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Float,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    union_all,
)

from kasane_resources import tables
from kasane_resources.domain.eligibility import AreaKind
from kasane_resources.domain.human_service import OLDEST_AGE
from kasane_resources.domain.location import KM_PER_DEGREE, box_around
from kasane_resources.domain.matching import REACHABLE_KM, CandidateShelf, Need
from kasane_resources.domain.suitability import could_hold
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.repository.human_services import HumanServices
from kasane_resources.repository.memory import Choice, Chosen, DirectoryMemory, memory_of

FARTHEST_DEGREES = 1000 / KM_PER_DEGREE
MOST_OF_A_KIND = 20_000


def candidates(connection: Connection, need: Need) -> CandidateShelf:
    """Entries worth comparing with a need: whose area can hold the home, usable now at that age.

    With them come those of a kind that meets the need and that are closed or for other ages, so
    that ``match_rows`` can say why they are left out.
    """
    ages = need.known_ages or (0, OLDEST_AGE)
    parameters = {
        "youngest": min(ages),
        "oldest": max(ages),
        "kinds": _kinds(need),
        **_of_area(connection, need),
    }
    chosen = Chosen(_choice(need.position is not None), parameters)
    return _memory(connection).shelf(connection, chosen)


def candidates_of_kind(connection: Connection, need: Need) -> CandidateShelf:
    """Entries anywhere, in whatever state, whose kind meets the need."""
    return _memory(connection).shelf(connection, Chosen(_choice_of_kind(), {"kinds": _kinds(need)}))


def usable_in(connection: Connection, town: Need) -> ColumnElement[bool]:
    """Whether the area of an entry can hold a home in a town."""
    return or_(*_areas(positioned=False, given=_of_area(connection, town).__getitem__))


def of_kind(
    human_service_id: ColumnElement[str], kinds: Sequence[str] | BindParameter[Sequence[str]]
) -> ColumnElement[bool]:
    """Whether the entry of this column is of one of these kinds."""
    c = tables.service_category.c
    return exists().where(c.human_service_id == human_service_id, c.category.in_(kinds))


@cache
def _choice(positioned: bool) -> Choice:
    f = tables.finding.c
    usable = and_(
        f.active,
        or_(f.minimum_age.is_(None), f.minimum_age <= bindparam("oldest")),
        or_(f.maximum_age.is_(None), f.maximum_age >= bindparam("youngest")),
    )
    wanted = or_(usable, of_kind(f.human_service_id, bindparam("kinds", expanding=True)))
    chosen = select(f.number, f.mark, f.human_service_id)
    return Choice(
        union_all(*(chosen.where(area, wanted) for area in _areas(positioned, _parameter)))
    )


def _parameter(name: str) -> BindParameter[Any]:
    if name == "words":
        return bindparam(name, expanding=True)
    return bindparam(name, type_=Float) if name == "home" else bindparam(name)


@cache
def _choice_of_kind() -> Choice:
    f = tables.finding.c
    return Choice(
        select(f.number, f.mark, f.human_service_id)
        .where(of_kind(f.human_service_id, bindparam("kinds", expanding=True)))
        .order_by(f.number)
        .limit(MOST_OF_A_KIND)
    )


def _areas(positioned: bool, given: Callable[[str], Any]) -> Iterator[ColumnElement[bool]]:
    """Conditions that exclude each other and of which one holds for every area that can hold the home.

    They are coarse: they never leave out what ``match_rows`` would keep. Each begins with a column of
    an index.
    """
    f = tables.finding.c
    link = tables.finding_area.c
    nowhere = f.area_kind == AreaKind.NOT_STATED.value
    radius = f.area_kind == AreaKind.RADIUS.value
    same = f.municipality.between(given("first_town"), given("last_town"))
    of_words = select(link.number).where(link.area_word_id.in_(given("words")))
    yield and_(f.number.in_(of_words), f.area_kind == AreaKind.TOWNS.value)
    yield f.area_kind == AreaKind.ONLINE.value
    if not positioned:
        yield radius
        yield and_(nowhere, f.municipality == "")
        yield and_(nowhere, same)
        return
    o, home = tables.opening.c, given("home")
    near = and_(
        f.latitude.between(given("south"), given("north")),
        f.longitude.between(given("west"), given("east")),
    )
    unknown = and_(f.latitude.is_(None), or_(f.municipality == "", same))
    within = and_(
        f.latitude.between(given("farthest_south"), given("farthest_north")),
        func.abs(f.latitude - home) * KM_PER_DEGREE <= f.radius_km * 1.01,
    )
    placed = f.latitude.is_not(None)
    yield and_(nowhere, near)
    yield and_(nowhere, unknown)
    yield and_(radius, within)
    # What only another place of the entry brings near; such entries are few, and an index leads to them.
    others = select(o.number).where(
        o.latitude.between(given("south"), given("north")),
        o.longitude.between(given("west"), given("east")),
    )
    yield and_(f.number.in_(others), nowhere, not_(and_(placed, near)), not_(unknown))
    farther = select(o.number).where(
        o.latitude.between(given("farthest_south"), given("farthest_north"))
    )
    yield and_(f.number.in_(farther), radius, not_(and_(placed, within)))


def _of_area(connection: Connection, need: Need) -> dict[str, Any]:
    """The parameters of ``_areas``."""
    prefecture = need.municipality[:2]
    found: dict[str, Any] = {
        "first_town": f"{prefecture}0000",
        "last_town": f"{prefecture}9999",
        "words": _words_holding(connection, need),
    }
    if need.position is not None:
        south_west, north_east = box_around(need.position, REACHABLE_KM)
        home = need.position.latitude
        found |= {
            "south": south_west.latitude,
            "north": north_east.latitude,
            "west": south_west.longitude,
            "east": north_east.longitude,
            "home": home,
            "farthest_south": home - FARTHEST_DEGREES,
            "farthest_north": home + FARTHEST_DEGREES,
        }
    return found


def _kinds(need: Need) -> Sequence[str]:
    return [code for code, term in taxonomy().items() if set(term.meets) & set(need.categories)]


def _words_holding(connection: Connection, need: Need) -> Sequence[int]:
    """The words of areas, of which there are few, that could hold the home."""
    w = tables.area_word.c
    rows = connection.execute(select(w.id, w.word))
    return [number for number, word in rows if could_hold(need, word)]


def _memory(connection: Connection) -> DirectoryMemory:
    return memory_of(connection, lambda open_one, ids: HumanServices(open_one).load(ids))
