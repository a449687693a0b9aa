"""What sealed columns cost: a page, a search inside stories, sealing of earlier rows, new keys while people work.

Run by `make bench-sealing`. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    and_,
    insert,
    make_url,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from kasane_intake import tables as intake
from kasane_intake.domain.search import findable, grams_of, grams_to_find, read_query, text_of
from kasane_intake.queries import searching
from kasane_intake.repository import Consultations
from kasane_kit.auth import Actor
from kasane_kit.db import Databases, FieldSeals, Sealed
from kasane_kit.db.engine import open_engine
from kasane_kit.db.resealing import seal_plain, take_into_use, wrap_anew
from kasane_kit.db.sealed import metadata as kit_metadata
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from tests.benchmarks import renewal
from tests.benchmarks.consultations import Desk
from tests.benchmarks.installation import start_server
from tests.benchmarks.residents import households

TOWN = "292095"
ROWS, CELLS = 50, 8
WORDS = ("家賃", "眠れない", "家賃 眠れない", "滞", "宇宙船")
VIEWER = Actor("a", "調整 花子", TOWN, ("coordinator",), frozenset({"coordinator"}), "")
TEXT = (
    "家賃を三か月滞納し、体調も崩して仕事を休んでいる。"
    "電気も止まりそうで、相談できる身内は近くにいない。夜は週に二度しか眠れない。"
)[:60]


metadata = MetaData()


def _page(name: str, kind: Callable[[], Any]) -> Table:
    cells = (Column(f"cell{n}", kind(), nullable=False) for n in range(CELLS))
    key = Column("id", String(36), primary_key=True)
    return Table(name, metadata, key, Column("record", String(36), nullable=False), *cells)


sealed_page = _page("bench_sealed", lambda: Sealed("record"))
plain_page = _page("bench_plain", Text)
plain_text = Table(
    "bench_text",
    metadata,
    Column("consultation_id", String(36), primary_key=True),
    Column("received_at", String(40), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("grams", Text().with_variant(ARRAY(Text), "postgresql")),
)


@dataclass
class OneDatabase:
    """The database of the one town that is measured."""

    address: URL

    def url(self, service: str, municipality: str) -> URL:
        """The database."""
        return self.address

    def log_url(self, producer: str, municipality: str) -> URL:
        """The database."""
        return self.address


def main(arguments: list[str] | None = None) -> int:
    """Measures on one database after the other; each figure is printed as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consultations", type=int, default=5000)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--renewed-cells", type=int, default=2000)
    parser.add_argument("--users", type=int, default=4)
    parser.add_argument("--on", nargs="+", choices=list(MADE), default=list(MADE))
    options = parser.parse_args(arguments)
    figures: dict[str, Any] = {}
    for name in options.on:
        figures[name] = {}
        with MADE[name]() as databases, municipality_scope(TOWN):
            for found in _measured(databases, options):
                figures[name].update(found)
                for what, figure in found.items():
                    sys.stdout.write(f"{name:>12} {what:<34} {figure}\n")
                sys.stdout.flush()
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    return 0


def _measured(databases: Databases, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    # First, while no other table has a sealed cell.
    server = Databases(databases._addresses, databases.keys)
    yield renewal.measure(databases, server, TOWN, options.renewed_cells, options.users)
    yield _measure_page(databases, options.repetitions)
    yield _measure_search(databases, options.consultations)
    yield _measure_sealing(databases)


@contextmanager
def _made(address: URL, folder: Path) -> Iterator[Databases]:
    keys = KeyRing(folder / "keys")
    keys.ensure(TOWN)
    engine = open_engine(address)
    FieldSeals(keys, TOWN).install(engine)
    with engine.begin() as connection:
        for one in (metadata, renewal.metadata, intake.metadata, kit_metadata):
            one.create_all(connection)
        # The indexes of the migrations, which the tables do not name.
        for line in (
            "CREATE INDEX s1 ON intake_search_text (received_at, consultation_id)",
            "CREATE INDEX s2 ON intake_search_text (tag_version)",
            "CREATE INDEX s3 ON intake_search_term (consultation_id)",
        ):
            connection.exec_driver_sql(line)
        if address.get_backend_name() == "postgresql":
            connection.exec_driver_sql("CREATE INDEX s4 ON intake_search_text USING gin (tags)")
            connection.exec_driver_sql("CREATE INDEX s5 ON bench_text USING gin (grams)")
    engine.dispose()
    databases = Databases(OneDatabase(address), keys)
    try:
        yield databases
    finally:
        databases.dispose()


@contextmanager
def _sqlite() -> Iterator[Databases]:
    with tempfile.TemporaryDirectory() as folder:
        file = URL.create("sqlite", database=str(Path(folder) / "bench.sqlite"))
        with _made(file, Path(folder)) as databases:
            yield databases


@contextmanager
def _postgresql() -> Iterator[Databases]:
    server = start_server()
    try:
        with tempfile.TemporaryDirectory() as folder:
            address = make_url(server.dsn).set(drivername="postgresql+psycopg")
            with _made(address, Path(folder)) as databases:
                yield databases
    finally:
        server.close()


MADE = {"sqlite": _sqlite, "postgresql": _postgresql}


def _measure_page(databases: Databases, times: int) -> dict[str, float]:
    with databases.writing("bench") as connection:
        for number in range(ROWS):
            row = {"id": f"{number:036}", "record": f"r{number:035}"}
            cells = {f"cell{n}": TEXT for n in range(CELLS)}
            connection.execute(insert(sealed_page), row | cells)
            connection.execute(insert(plain_page), row | cells)
        connection.commit()
    spent: dict[str, list[float]] = {"sealed": [], "plain": []}
    with databases.reading("bench") as connection:
        for _ in range(times):
            for name, table in (("sealed", sealed_page), ("plain", plain_page)):
                begun = time.process_time()
                rows = connection.execute(select(table)).all()
                spent[name].append(time.process_time() - begun)
                assert [len(rows), rows[0].cell0] == [ROWS, TEXT]
    sealed, plain = (statistics.median(spent[one]) * 1000 for one in ("sealed", "plain"))
    return {
        "page_sealed_cpu_ms": round(sealed, 2),
        "page_plain_cpu_ms": round(plain, 2),
        "page_more_cpu_ms": round(sealed - plain, 2),
    }


def _measure_search(databases: Databases, many: int) -> dict[str, Any]:
    now = datetime(2026, 4, 1, tzinfo=UTC)
    desk = Desk(Random(7), households(Random(7), many, now.date()), many, now)
    taking = {"sealed": 0.0, "plain": 0.0}
    with databases.writing("bench") as connection:
        for one, _ in desk.consultations():
            begun = time.process_time()
            Consultations(connection).add(one)
            taking["sealed"] += time.process_time() - begun
            text = text_of(findable(one))
            grams = list(grams_of(text)) if connection.dialect.name == "postgresql" else None
            connection.execute(
                insert(plain_text).values(
                    consultation_id=one.id, received_at=str(one.received_at), text=text, grams=grams
                )
            )
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    figures: dict[str, Any] = {
        "consultations": many,
        "add_cpu_ms": round(taking["sealed"] / many * 1000, 2),
    }
    state = searching._in_state("")
    with databases.reading("bench") as connection:
        for word in WORDS:
            query = read_query(word, {})

            def sealed(query: Any = query) -> list[str]:
                makers = tuple(searching.tags_in(connection, intake.search_text))
                found = searching._in_newest(connection, VIEWER, state, query, makers, 51)
                if len(found) < 51:
                    found = searching._anywhere(connection, VIEWER, state, query, makers, 51)
                return found

            def plain(query: Any = query) -> list[str]:
                return _plain_search(connection, query)

            by = {name: _timed(one) for name, one in (("sealed", sealed), ("plain", plain))}
            assert set(by["sealed"][1]) == set(by["plain"][1]), word
            figures[f"search {word}"] = {
                "found": len(by["sealed"][1]),
                "sealed_ms": round(by["sealed"][0] * 1000, 1),
                "plain_ms": round(by["plain"][0] * 1000, 1),
            }
    return figures


def _timed(search: Callable[[], list[str]]) -> tuple[float, list[str]]:
    spent, found = [], search()
    for _ in range(15):
        begun = time.perf_counter()
        search()
        spent.append(time.perf_counter() - begun)
    return min(spent), found


def _plain_search(connection: Connection, query: Any) -> list[str]:
    """The search as it was while the texts lay plain."""
    x, c = plain_text.c, intake.consultation.c
    forms = [list(word.forms) for word in query.words]
    newest = (
        select(x.consultation_id, x.received_at, x.text)
        .order_by(x.received_at.desc())
        .limit(searching.NEWEST_READ)
        .subquery()
    )

    def has(text: Any) -> Any:
        return and_(
            *(or_(*(text.contains(form, autoescape=True) for form in one)) for one in forms)
        )

    def of(hits: Any, *criteria: Any) -> list[str]:
        return list(
            connection.scalars(
                select(hits.consultation_id)
                .join(intake.consultation, c.id == hits.consultation_id)
                .where(*criteria)
                .order_by(hits.received_at.desc())
                .limit(51)
            )
        )

    found = of(newest.c, has(newest.c.text))
    if len(found) < 51:
        matches = has(x.text)
        if connection.dialect.name == "postgresql":
            matches = and_(
                *(or_(*(x.grams.op("@>")(list(grams_to_find(f))) for f in one)) for one in forms),
                matches,
            )
        hits = select(x.consultation_id, x.received_at).where(matches).cte("hits")
        found = of(hits.prefix_with("MATERIALIZED", dialect="postgresql").c)
    return found


def _measure_sealing(databases: Databases) -> dict[str, float]:
    plain = Table(
        "bench_sealed",
        MetaData(),
        Column("id", String(36)),
        *(Column(f"cell{n}", Text) for n in range(CELLS)),
        Column("record", String(36)),
    )
    many = 1000
    with databases.writing("bench") as connection:
        connection.execute(
            insert(plain),
            [
                {"id": f"p{n:035}", "record": f"q{n // 4:035}"}
                | {f"cell{m}": TEXT for m in range(CELLS)}
                for n in range(many)
            ],
        )
        connection.commit()
    begun = time.perf_counter()
    assert seal_plain(databases, "bench", [sealed_page]) == many
    sealing = many / (time.perf_counter() - begun)
    take_into_use(databases, "bench", databases.keys.make_version(TOWN))
    begun = time.perf_counter()
    wrapped = wrap_anew(databases, FieldSeals(databases.keys, TOWN), "bench")
    wrapping = wrapped.keys / (time.perf_counter() - begun)
    return {"sealed_rows_per_s": round(sealing), "wrapped_keys_per_s": round(wrapping)}


if __name__ == "__main__":
    raise SystemExit(main())
