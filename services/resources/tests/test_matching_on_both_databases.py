"""The same ids, points and sentences for every need on SQLite and on PostgreSQL."""

import importlib.util
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Connection, create_engine

from kasane_contracts.resources import Suggestion
from kasane_kit import clock
from kasane_resources import tables
from kasane_resources.domain.comparing import GOES, NeedComparison
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanService,
    HumanServiceEntry,
    Visibility,
)
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.matching import (
    CandidateShelf,
    ExclusionReason,
    MatchingPolicy,
    match_rows,
)
from kasane_resources.domain.need import CIRCUMSTANCES, TIMES, Availability, Need
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.profile import Accessibility, Vacancy
from kasane_resources.domain.ranking import FIRST, TownAddition, ranked_by_town
from kasane_resources.domain.schedule import DAYS, Schedule
from kasane_resources.domain.scoring import Scorer, outweighed
from kasane_resources.domain.searching import DirectorySearch, opening_found
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.domain.thesaurus import thesaurus
from kasane_resources.domain.travel import REACHES
from kasane_resources.handlers.needs import suggestion
from kasane_resources.queries.finding import found_ids, how_many
from kasane_resources.repository import candidates
from kasane_resources.repository.human_services import HumanServices
from tests.support.private_postgres import PrivatePostgres

TODAY = date(2026, 11, 21)
BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "matching.py"
LABELLED = Path(__file__).parents[4] / "shared" / "eval" / "matching"
SCHEMA = "resources_matching"
MOST = 10
Answer = tuple[tuple[Suggestion, ...], tuple[tuple[str, ExclusionReason], ...]]
TOWN_RULE = [
    TownAddition(f"s{number:03d}", points, "この町では、はじめにここへ相談します。")
    for number, points in ((3, 8.0), (14, -4.0), (27, 10.0), (66, 2.5), (90, 6.0))
]


@contextmanager
def sqlite() -> Iterator[Connection]:
    """An empty directory in memory."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        yield connection
    engine.dispose()


@contextmanager
def postgresql(server: PrivatePostgres) -> Iterator[Connection]:
    """An empty directory in a schema of its own."""
    server.psql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    engine = create_engine(
        server.dsn.replace("postgresql://", "postgresql+psycopg://", 1),
        connect_args={"options": f"-c search_path={SCHEMA}"},
    )
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        yield connection
    engine.dispose()


def answers(
    connection: Connection, services: Sequence[HumanService], needs: Sequence[Need]
) -> list[Answer]:
    """What is suggested for each need in the sentences that a person reads, and what is left out and why."""
    HumanServices(connection).add(services)
    policy = MatchingPolicy(taxonomy(), TODAY, most=FIRST, most_left_out=30)
    found = [match_rows(need, candidates(connection, need), policy) for need in needs]
    return [
        (
            tuple(
                suggestion(match, "困りごと")
                for match in ranked_by_town(one.matches, TOWN_RULE, MOST)
            ),
            tuple((out.human_service.id, out.reason) for out in one.exclusions),
        )
        for one in found
    ]


def found_by(
    connection: Connection, services: Sequence[HumanService], searches: Sequence[DirectorySearch]
) -> list[tuple[int, list[str]]]:
    """How many entries answer each search, and the first ids in their order."""
    HumanServices(connection).add(services)
    everybody = frozenset(Visibility)
    return [
        (how_many(connection, everybody, one), list(found_ids(connection, everybody, one)))
        for one in searches
    ]


def made_up_searches(chance: random.Random) -> list[DirectorySearch]:
    """Searches for words of one character and more, with every filter."""
    words = (
        *("", "食", "室", "就労", "送迎", "居場所", "ごみ", "さーどぷれいす", "ｺﾄﾞﾓ", "支援室1"),
        *("ひきこもり 訪問", "ゴミ屋敷", "%", "_", "\\", "'"),
    )
    return [
        DirectorySearch(
            words=chance.choice(words),
            category=chance.choice((*[""] * 300, *taxonomy())),
            usable_in=chance.choice(("", "", "292095")),
            town_name="生駒市",
            near=chance.choice((None, None, Position(34.70, 135.71))),
            within=chance.choice((REACHES["5"], REACHES["foot30"], REACHES["10"])),
            day=chance.choice((*[""] * 30, *DAYS)),
            open_at=chance.choice((*[None] * 6, datetime(2026, 11, 16, 11, 0, tzinfo=clock.JAPAN))),
            without_referral=chance.random() < 0.05,
            by_line=chance.random() < 0.05,
            visits=chance.random() < 0.05,
            free=chance.random() < 0.05,
        )
        for _ in range(200)
    ]


def further_of(chance: random.Random, number: int) -> tuple[FurtherOpening, ...]:
    """Other times at the same place, and other places near and far."""
    near = Position(34.69 + chance.uniform(-0.5, 0.5), 135.70 + chance.uniform(-0.5, 0.5))
    return (
        FurtherOpening(Schedule((chance.choice(DAYS),), "9:00", "21:00", interval=number % 3 + 1)),
        FurtherOpening(
            Schedule((chance.choice(DAYS),), "10:30", "12:00"),
            Location("分室", "", chance.choice(("", "292095")), chance.choice((near, None))),
        ),
    )


def made_up_services(chance: random.Random) -> list[HumanService]:
    """An invented directory over two towns in every kind of area."""
    kinds, situations = list(taxonomy()), thesaurus().situations
    areas = (
        ServiceArea(),
        ServiceArea(AreaKind.TOWNS, ("生駒市",)),
        ServiceArea(AreaKind.TOWNS, ("生駒市北部",)),
        ServiceArea(AreaKind.TOWNS, ("生駒市南部",)),
        ServiceArea(AreaKind.TOWNS, ("奈良県",)),
        ServiceArea(AreaKind.RADIUS, radius_km=8),
        ServiceArea(AreaKind.ONLINE),
    )
    made = []
    for number in range(120):
        low = chance.choice((None, 0, 15, 18, 65))
        words = [word for one in chance.sample(situations, 3) for word in one.offered[:2]]
        place = Position(34.69 + chance.uniform(-0.2, 0.2), 135.70 + chance.uniform(-0.2, 0.2))
        entry = HumanServiceEntry(
            name=f"支援室{number}",
            description="。".join(words),
            categories=tuple(chance.sample(kinds, chance.randint(0, 2))),
            contact_modes=tuple(chance.sample(list(ContactMode), 2)),
            capacity=chance.choice((None, 10)),
            vacancy=chance.choice(
                (
                    Vacancy(),
                    Vacancy(0, date(2026, 11, 1)),
                    Vacancy(3, date(2026, 11, 1)),
                    Vacancy(3, date(2026, 1, 1)),
                )
            ),
            accessibility=tuple(chance.sample(list(Accessibility), chance.randint(0, 2))),
            referral_needed=chance.choice((None, True, False)),
            fees_description=chance.choice(("", "無料", "1回300円")),
            application_process=chance.choice(("", "", "要介護認定", "受給者証")),
            last_confirmed_on=chance.choice((None, date(2026, 9, 1), date(2023, 1, 1))),
            eligibility=Eligibility(low, None, chance.choice(("", "高齢者")), chance.choice(areas)),
            schedule=chance.choice(
                (
                    Schedule(),
                    Schedule(tuple(chance.sample(DAYS, 2)), "10:00", "16:00"),
                    Schedule(tuple(chance.sample(DAYS, 2)), "17:30", "20:00", weeks=(1, 3)),
                    Schedule(description="日時は電話で確かめてください"),
                )
            ),
            location=Location("", "", chance.choice(("292095", "292010")), place),
        )
        if number % 4 == 0:
            entry = replace(entry, further=further_of(chance, number))
        made.append(HumanService(f"s{number:03d}", entry))
    return made


def made_up_needs(chance: random.Random) -> list[Need]:
    """Two hundred needs written with the words of the thesaurus."""
    situations = thesaurus().situations
    return [
        Need(
            category="income",
            categories=chance.choice(((), ("income",), ("nursing_care",))),
            municipality="292095",
            town_name="生駒市",
            area=chance.choice(("", "壱分", "中央")),
            age=chance.choice((None, 8, 24, 52, 82)),
            ages=chance.choice(((), (8, 40), (82, 52))),
            position=chance.choice((None, Position(34.70, 135.71))),
            description="。".join(
                "".join(chance.choice(one.said).together) for one in chance.sample(situations, 3)
            ),
            without_car=chance.random() < 0.5,
            contact=chance.choice((None, *ContactMode)),
            fits=tuple(chance.sample(list(CIRCUMSTANCES.values()), chance.randint(0, 2))),
            unborn=chance.random() < 0.2,
            availability=Availability.read(chance.choice(("", *TIMES.values()))),
        )
        for _ in range(200)
    ]


def test_two_hundred_made_up_needs_are_answered_alike(private_postgres: PrivatePostgres) -> None:
    chance = random.Random(20261121)
    services, needs = made_up_services(chance), made_up_needs(chance)

    with sqlite() as connection:
        on_sqlite = answers(connection, services, needs)
    with postgresql(private_postgres) as connection:
        on_postgresql = answers(connection, services, needs)

    assert on_sqlite == on_postgresql
    assert sum(bool(found) for found, _ in on_sqlite) > 190
    told = [reason for found, _ in on_sqlite for one in found for reason in one.reasons]
    assert any(reason.startswith("【ほかの場所】「分室」") for reason in told)
    assert any("「分室」では" in reason for reason in told)
    sentences = {reason for found, _ in on_sqlite for one in found for reason in one.reasons}
    fields = (
        "空き",
        "バリアフリー",
        "連絡の方法",
        "開催曜日",
        "利用の条件",
        "町の決めごと",
        "対象",
    )
    assert [
        field
        for field in fields
        if not any(reason.startswith(f"【{field}】") for reason in sentences)
    ] == []
    assert {reason for _, out in on_sqlite for _, reason in out} >= {
        ExclusionReason.AGE_OUTSIDE,
        ExclusionReason.AREA_OUTSIDE,
        ExclusionReason.MUCH_WEAKER,
    }


def test_two_hundred_made_up_searches_find_the_same_in_the_same_order(
    private_postgres: PrivatePostgres,
) -> None:
    chance = random.Random(20261122)
    services, searches = made_up_services(chance), made_up_searches(chance)

    with sqlite() as connection:
        on_sqlite = found_by(connection, services, searches)
    with postgresql(private_postgres) as connection:
        on_postgresql = found_by(connection, services, searches)

    assert on_sqlite == on_postgresql
    assert sum(count > 0 for count, _ in on_sqlite) > 30
    elsewhere = 0
    by_id = {one.id: one for one in services}
    for search, (_, ids) in zip(searches, on_sqlite, strict=True):
        for found in (opening_found(search, by_id[one_id]) for one_id in ids):
            assert found.km is None or found.km <= search.within.km * 1.01
            assert not search.day or search.day in found.opening.schedule.byday
            assert search.open_at is None or found.opening.schedule.open_at(search.open_at)
        elsewhere += sum(
            opening_found(search, by_id[one_id]).opening != by_id[one_id].entry.openings[0]
            for one_id in ids
        )
    assert elsewhere >= 5


def benchmark() -> ModuleType:
    """The benchmark's module, which reads the labelled files."""
    spec = importlib.util.spec_from_file_location("resources_benchmark_matching", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not LABELLED.is_dir(), reason="the labelled needs are not at hand")
def test_the_labelled_needs_are_answered_alike_and_as_without_a_database(
    private_postgres: PrivatePostgres,
) -> None:
    bench = benchmark().Bench(benchmark().read(LABELLED, "dev"))
    needs = list(bench.needs.values())

    with sqlite() as connection:
        on_sqlite = answers(connection, bench.services, needs)
    with postgresql(private_postgres) as connection:
        on_postgresql = answers(connection, bench.services, needs)

    in_memory = bench.product()
    assert on_sqlite == on_postgresql
    assert [[one.human_service_id for one in found] for found, _ in on_sqlite] == [
        in_memory(key) for key in bench.needs
    ]


def compared(need: Need, services: Sequence[HumanService]) -> NeedComparison:
    shelf = CandidateShelf.of(services)
    scorer = Scorer(need, taxonomy(), TODAY)
    return NeedComparison(shelf.columns, shelf.rows, scorer, frozenset(Visibility), shelf.fetch)


@pytest.mark.parametrize("seed", range(4))
def test_the_points_of_the_columns_are_the_sum_of_the_parts_of_each_entry(seed: int) -> None:
    chance = random.Random(seed)
    services = made_up_services(chance)
    checked = 0
    for need in made_up_needs(chance)[:40]:
        wished = replace(
            need, availability=Availability.read(chance.choice(("", "土日", "平日夜", "日中")))
        )
        comparison = compared(wished, services)
        found = comparison.compared()
        for row, one in enumerate(services):
            if found.reason[row] != GOES:
                continue
            parts = comparison.scorer.parts(one, float(found.similar[row]))
            assert round(sum(part.points for part in parts), 1) == pytest.approx(found.points[row])
            assert parts
            assert not outweighed(parts)
            checked += 1

    assert checked > 200
