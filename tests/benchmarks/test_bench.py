"""The benchmark itself: it runs at a small size, and its rows are those that the product writes."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, select

from kasane_intake import tables
from kasane_intake.repository import Consultations
from kasane_kit.db import FieldSeals
from kasane_kit.db.sealed import metadata as key_metadata
from kasane_kit.keys import KeyRing
from tests.benchmarks import bench, bus_towns
from tests.benchmarks.consultations import Desk
from tests.benchmarks.pages import PAGES
from tests.benchmarks.residents import households, ordered_id
from tests.support.missing import find_epmd, find_postgres_folder, find_rabbitmq_folder

TOWN = "292095"
NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.rabbitmq
@pytest.mark.skipif(
    None in (find_postgres_folder(), find_rabbitmq_folder(), find_epmd()),
    reason="needs PostgreSQL and RabbitMQ",
)
@pytest.mark.usefixtures("socket_enabled")
def test_every_page_is_measured_at_two_sizes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As few towns as these would not be copies of one database; ten are.
    monkeypatch.setattr(bus_towns, "MADE_ALONE", 0)
    sizes = ["--scale", "0.002", "--repetitions", "4", "--towns", "1"]
    lengths = ["--seconds", "0.3", "--turns", "1", "--events", "20", "--bus-seconds", "0.5"]
    lengths += ["--bus-towns", "2"]
    bench.main([*sizes, *lengths])

    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(result["pages"]) == set(PAGES)
    assert (result["people"], result["consultations"], result["cases"]) == (200, 400, 40)
    for page in result["pages"].values():
        assert 0 < page["p50_ms"] <= page["p95_ms"] <= page["p99_ms"]
        assert page["ratio_to_sql"] > 0
    assert result["read_ratio"] > 0
    assert result["bus_ratio"] > 0
    for program in ("page", "api", "bare", "same_statements"):
        assert result[program]["a_second"] > 0
        assert result[program]["cpu_ms"] > result[program]["cpu_ms_database"] >= 0
    assert 0 < result["statements"] < 7
    assert 0 < result["round_trips"] < 10
    assert result["request_ratio"] > 0


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    one, again, other = (households(Random(seed), 50, NOW.date()) for seed in ("a", "a", "b"))
    assert one == again != other
    assert sum(len(home) for home in one) == 50


def test_ids_are_ordered_by_their_moment() -> None:
    ids = [ordered_id(Random(1), NOW.replace(minute=minute)) for minute in (1, 2, 30)]
    assert ids == sorted(ids)
    assert [(len(one), one[14]) for one in ids] == [(36, "7")] * 3


def test_generated_rows_are_those_that_the_repository_writes(tmp_path: Path) -> None:
    homes = households(Random("rows"), 20, NOW.date())
    desk = Desk(Random("rows"), homes, 30, NOW)
    engine = create_engine(f"sqlite:///{tmp_path / 'intake.sqlite'}")
    keys = KeyRing(tmp_path / "keys")
    keys.ensure(TOWN)
    FieldSeals(keys, TOWN).install(engine)
    for one_of_both in (tables.metadata, key_metadata):
        one_of_both.create_all(engine)
    generated: dict[str, list[dict[str, object]]] = defaultdict(list)
    with engine.begin() as connection:
        for one, about in desk.consultations():
            Consultations(connection).add(one)
            for table, row in desk.rows(one, about, "received"):
                generated[table].append(row)
        for name in set(generated) - {"intake_step", "intake_search_text"}:
            table = tables.metadata.tables[name]
            columns = [table.c[column] for column in generated[name][0]]
            written = {str(tuple(row)) for row in connection.execute(select(*columns))}
            dates = ("received_at",)
            made = {
                str(tuple(_plain(row[c.name]) if c.name in dates else row[c.name] for c in columns))
                for row in generated[name]
            }
            assert written == made, name
            unnamed = [c for c in table.c if c.name not in generated[name][0] and not c.nullable]
            for row in connection.execute(select(*unnamed)) if unnamed else ():
                assert not any(row), f"{name}: {row}"
    engine.dispose()


def _plain(moment: object) -> object:
    assert isinstance(moment, datetime)
    return moment.replace(tzinfo=None)
