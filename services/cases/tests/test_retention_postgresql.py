"""The end of a record on PostgreSQL, where the service's login may only append to the log of events."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kasane_cases.app import service
from kasane_kit.bus import outbox
from kasane_kit.db.engine import LOG_READER
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Workbench, build_workbench
from kasane_kit.web.kept_drafts import KeptDrafts, RecordIsOver
from kasane_runtime.postgres import vacuum_full
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres

FIRST, SECOND = "first".ljust(20, "0"), "second".ljust(20, "0")
CANARY = ("試験 よし子", "シケン ヨシコ", "試験町1番地", "外に出ていない", "食べるものが足りない")


@pytest.fixture
def postgres_bench(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Workbench]:
    """Cases on PostgreSQL with exactly the rights that a town's logins have."""
    plain = build_workbench(service, tmp_path)
    with on_postgres(plain, private_postgres, tmp_path) as bench:
        yield bench


def test_a_household_ends_on_postgresql_and_its_events_are_blanked_in_the_log(
    postgres_bench: Workbench, retaining_with, private_postgres: PrivatePostgres
) -> None:
    retaining = retaining_with(postgres_bench)
    case_id = retaining.over()
    retaining.due(case_id)
    number_events(postgres_bench)
    before = everything(postgres_bench)
    assert "試験 よし子" in before
    sequence = log_of(postgres_bench)

    retaining.work()

    left = everything(postgres_bench)
    assert [one for one in CANARY if one in left] == []
    assert log_of(postgres_bench)[: len(sequence)] == sequence
    address = f"postgresql://postgres@{private_postgres.host}:{private_postgres.port}/postgres"
    assert vacuum_full(address, TOWN) > 50


def test_what_was_typed_about_a_household_goes_with_it_on_postgresql(
    postgres_bench: Workbench, retaining_with
) -> None:
    retaining = retaining_with(postgres_bench)
    case_id = retaining.over()
    retaining.due(case_id)
    databases = postgres_bench.house.databases
    for draft, about in ((FIRST, case_id), (SECOND, new_id())):
        with municipality_scope(TOWN), databases.writing("cases") as connection:
            kept = KeptDrafts(connection, "who-types")
            kept.keep(draft, f"/cases/{TOWN}/cases/{about}/close", [("note", CANARY[0])], 1)
            connection.commit()
    before = everything(postgres_bench)

    retaining.work()

    left = everything(postgres_bench)
    assert [one in before for one in (FIRST, SECOND)] == [True, True]
    assert [one in left for one in (FIRST, SECOND)] == [False, True]
    with municipality_scope(TOWN), databases.writing("cases") as connection:
        kept = KeptDrafts(connection, "who-types")
        with pytest.raises(RecordIsOver):
            kept.keep(FIRST, f"/cases/{TOWN}/cases/{case_id}/close", [("note", "")], 2)


def test_the_login_cannot_change_what_an_event_is(
    postgres_bench: Workbench, retaining_with
) -> None:
    at_work = retaining_with(postgres_bench).at_work
    at_work.need(at_work.case("person-mother"), "person-mother")
    number_events(postgres_bench)
    before = everything(postgres_bench)

    for change in (
        "jsonb_set(body::jsonb, '{id}', '\"another\"')",
        "jsonb_set(body::jsonb, '{sequence}', '700000')",
        "jsonb_set(body::jsonb, '{data}', '{}')",
    ):
        with (
            pytest.raises(DBAPIError, match="only what an event says can be blanked"),
            municipality_scope(TOWN),
            postgres_bench.house.databases.writing("cases") as connection,
        ):
            connection.execute(
                text(
                    f"SELECT blank_event(epoch, sequence, ({change})::text) FROM event_log "
                    "WHERE type = 'cases.support_need.identified.v1'"
                )
            )
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        municipality_scope(TOWN),
        postgres_bench.house.databases.reading_log("cases") as connection,
    ):
        connection.execute(text("SELECT cases.blank_event('', 1, '{}')"))

    assert LOG_READER == "log"
    assert everything(postgres_bench) == before


def number_events(bench: Workbench) -> None:
    """Lets everything said so far get its place in the log."""
    with (
        municipality_scope(TOWN),
        bench.house.databases.writing("cases") as connection,
    ):
        assert outbox.lead(connection, "test", 60) is not None
        while outbox.number(connection):
            pass
        connection.commit()


def log_of(bench: Workbench) -> list[tuple[object, ...]]:
    """Place, id and type of every event."""
    with bench.reading() as connection:
        return [
            tuple(row)
            for row in connection.execute(
                text("SELECT epoch, sequence, event_id, type FROM event_log ORDER BY sequence")
            )
        ]


def everything(bench: Workbench) -> str:
    """Every cell as it lies in the database, and every row and event opened."""
    with bench.reading() as connection:
        names = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'cases'")
        ).all()
        found = [
            repr(tuple(row))
            for name in sorted(names)
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
        ]
        assert bench.service.columns is not None
        found += [
            repr(tuple(row))
            for table in bench.service.columns.sorted_tables
            for row in connection.execute(table.select())
        ]
    return "\n".join([*found, *(repr(one) for one in bench.said())])
