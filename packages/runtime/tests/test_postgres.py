"""The town wall on PostgreSQL: what migrate gives, what a login cannot, what check_rights finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from kasane_kit.bus import outbox
from kasane_kit.db.engine import PostgresAddresses
from kasane_kit.tenancy import municipality_scope
from kasane_runtime import databases
from kasane_runtime.compose import Composition
from tests.faults.conftest import drop_our_databases
from tests.faults.running_house import write_town_files
from tests.faults.small_house import small_house
from tests.support.private_postgres import PrivatePostgres

TOWN, OTHER_TOWN = "292095", "012319"


@pytest.fixture
def house(tmp_path: Path, private_postgres: PrivatePostgres) -> Iterator[Composition]:
    """The small house on an empty server, not yet migrated."""
    drop_our_databases(private_postgres)
    composition = small_house(
        {
            "KASANE_MODE": "distributed",
            "KASANE_KEYS": str(tmp_path / "keys"),
            "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
            "KASANE_DATABASE_URL": private_postgres.dsn,
            "KASANE_ADMIN_DATABASE_URL": private_postgres.dsn,
            "KASANE_BROKER_URL": "amqp://127.0.0.1:1",
        }
    )
    yield composition
    composition.house.databases.dispose()


def run_as(house: Composition, service: str, statement: str, *, database: str = TOWN) -> None:
    """One statement with a service's own login of the town."""
    addresses = PostgresAddresses(house.settings.database_url, house.house.keys)
    url = addresses.url(service, TOWN) if service != "log" else addresses.log_url("intake", TOWN)
    engine = create_engine(url.set(database=f"kasane_{database}"))
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def test_after_migrate_every_right_is_as_it_should_be_also_the_second_time(house):
    said: list[str] = []
    databases.migrate_postgres(house, said.append)
    databases.migrate_postgres(house, said.append)

    assert said == ["○ 1/3 host", f"○ 2/3 {OTHER_TOWN}", f"○ 3/3 {TOWN}"] * 2
    assert databases.check_rights(house) == []


def test_before_migrate_the_missing_databases_are_named(house):
    house.house.keys.ensure("signing")

    found = databases.check_rights(house)

    assert [one.database for one in found] == [
        "kasane_host",
        f"kasane_{OTHER_TOWN}",
        f"kasane_{TOWN}",
    ]


FORBIDDEN = [
    ("intake", "SELECT * FROM cases.outbox"),
    ("intake", "CREATE TABLE intake.own (id int)"),
    ("intake", "CREATE TABLE public.own (id int)"),
    ("intake", "CREATE TEMPORARY TABLE own (id int)"),
    ("intake", "CREATE SCHEMA own"),
    ("intake", "TRUNCATE intake_small_said"),
    ("intake", "UPDATE audit_entry SET actor = 'nobody'"),
    ("intake", "DELETE FROM audit_entry"),
    ("intake", "UPDATE event_log SET body = ''"),
    ("intake", "DELETE FROM event_log"),
    ("intake", "UPDATE schema_version SET version_num = ''"),
    ("intake", "ALTER TABLE outbox ADD COLUMN more int"),
    ("intake", "SET ROLE kasane_owner"),
    ("log", "SELECT * FROM intake.outbox"),
    ("log", "SELECT * FROM intake.audit_entry"),
    ("log", "DELETE FROM intake.event_log"),
]


def test_a_login_cannot_do_more_than_its_work(house):
    databases.migrate_postgres(house)

    allowed = [
        (service, statement) for service, statement in FORBIDDEN if may(house, service, statement)
    ]

    assert allowed == []


def may(house: Composition, service: str, statement: str) -> bool:
    """Whether the server lets a login do it; another error than a missing right is a mistake here."""
    try:
        run_as(house, service, statement)
    except ProgrammingError as refused:
        if isinstance(refused.orig, InsufficientPrivilege):
            return False
        raise
    return True


def test_what_an_earlier_release_said_without_id_and_type_beside_it_is_numbered_all_the_same(house):
    databases.migrate_postgres(house)
    said = """INSERT INTO outbox (body) VALUES ('{"id":"event-1","type":"intake.consultation.closed.v1"}')"""
    run_as(house, "intake", said)

    with municipality_scope(TOWN), house.house.databases.writing("intake") as connection:
        outbox.number(connection)
        connection.commit()
        numbered = connection.execute(text("SELECT event_id, type FROM event_log")).all()

    assert [tuple(row) for row in numbered] == [("event-1", "intake.consultation.closed.v1")]


def test_a_login_works_in_its_own_schema_and_reads_logs_through_the_other(house):
    databases.migrate_postgres(house)

    run_as(house, "intake", "INSERT INTO outbox (body) VALUES ('{}')")
    run_as(house, "intake", "DELETE FROM outbox")
    run_as(house, "log", "SELECT * FROM intake.event_log, cases.stream")
    with municipality_scope(TOWN), house.house.databases.reading_log("cases") as connection:
        assert connection.scalar(text("SELECT count(*) FROM event_log")) == 0


def test_a_login_of_one_town_cannot_connect_to_another(house):
    databases.migrate_postgres(house)

    with pytest.raises(OperationalError, match="permission denied for database"):
        run_as(house, "intake", "SELECT 1", database=OTHER_TOWN)


CHANGES = [
    (
        "GRANT SELECT ON cases.outbox TO kasane_292095_intake",
        "the table cases.outbox: kasane_292095_intake has SELECT and should not",
    ),
    (
        "GRANT UPDATE ON intake.audit_entry TO kasane_292095_intake",
        "the table intake.audit_entry: kasane_292095_intake has UPDATE and should not",
    ),
    (
        "GRANT SELECT ON intake.event_log TO PUBLIC",
        "the table intake.event_log: PUBLIC has SELECT and should not",
    ),
    (
        "REVOKE INSERT ON intake.stream FROM kasane_292095_intake",
        "the table intake.stream: kasane_292095_intake has no INSERT",
    ),
    (
        "GRANT CREATE ON SCHEMA intake TO kasane_292095_intake",
        "the schema intake: kasane_292095_intake has CREATE and should not",
    ),
    (
        "GRANT CONNECT ON DATABASE kasane_292095 TO kasane_012319_intake",
        "the database: kasane_012319_intake has CONNECT and should not",
    ),
    (
        "GRANT TEMPORARY ON DATABASE kasane_292095 TO PUBLIC",
        "the database: PUBLIC has TEMPORARY and should not",
    ),
    (
        "ALTER ROLE kasane_292095_intake CREATEDB",
        "kasane_292095_intake has an attribute of an administrator",
    ),
    (
        "ALTER ROLE kasane_292095_intake RESET statement_timeout",
        "kasane_292095_intake has no statement_timeout of 15s",
    ),
    (
        "ALTER ROLE kasane_292095_log CONNECTION LIMIT -1",
        "kasane_292095_log may open -1 connections, not 24",
    ),
    (
        "GRANT pg_read_all_data TO kasane_292095_intake",
        "kasane_292095_intake is a member of other roles",
    ),
    (
        "ALTER TABLE intake.outbox OWNER TO kasane_292095_intake",
        "kasane_292095_intake owns the table intake.outbox",
    ),
]


def test_every_right_that_was_changed_is_found(house, private_postgres):
    databases.migrate_postgres(house)

    for statement, _sentence in CHANGES:
        private_postgres.psql(statement, database=f"kasane_{TOWN}")
    found = databases.check_rights(house)
    private_postgres.psql("REVOKE pg_read_all_data FROM kasane_292095_intake")

    here = {one.sentence for one in found if one.database == f"kasane_{TOWN}"}
    assert [sentence for _, sentence in CHANGES if sentence not in here] == []
    assert [one for one in found if one.database == "kasane_host"] == []


def test_a_town_that_fails_is_named_and_taken_up_by_the_next_run(house, private_postgres):
    private_postgres.psql(f"CREATE DATABASE kasane_{OTHER_TOWN}")
    private_postgres.psql(
        "CREATE SCHEMA intake; CREATE TABLE intake.outbox (id int)",
        database=f"kasane_{OTHER_TOWN}",
    )
    said: list[str] = []

    with pytest.raises(
        databases.NotMigrated, match=f"1 of 3 were not brought up to date: {OTHER_TOWN};"
    ):
        databases.migrate_postgres(house, said.append)

    assert (said[0], said[2]) == ("○ 1/3 host", f"○ 3/3 {TOWN}")
    assert said[1].startswith(f"✗ 2/3 {OTHER_TOWN}: intake の移行 k0001 で止まりました。")
    private_postgres.psql("DROP SCHEMA intake CASCADE", database=f"kasane_{OTHER_TOWN}")
    databases.migrate_postgres(house)
    assert databases.check_rights(house) == []


@pytest.mark.parametrize("answers_again", [True, False])
def test_a_town_whose_database_does_not_answer_is_tried_once_more_behind_the_others(
    house, private_postgres, monkeypatch, answers_again
):
    databases.migrate_postgres(house)
    private_postgres.psql(f"ALTER DATABASE kasane_{TOWN} ALLOW_CONNECTIONS false")
    private_postgres.psql(f"ALTER DATABASE kasane_{OTHER_TOWN} ALLOW_CONNECTIONS false")
    said: list[str] = []

    def answer(line: str) -> None:
        said.append(line)
        if len(said) == 3:
            private_postgres.psql(f"ALTER DATABASE kasane_{OTHER_TOWN} ALLOW_CONNECTIONS true")
            if answers_again:
                private_postgres.psql(f"ALTER DATABASE kasane_{TOWN} ALLOW_CONNECTIONS true")

    with (
        nullcontext()
        if answers_again
        else pytest.raises(databases.NotMigrated, match=f"1 of 3 were not .*: {TOWN};")
    ):
        databases.migrate_postgres(house, answer)

    assert [line[0] for line in said] == ["○", "…", "…", "○", "○" if answers_again else "✗"]
    assert "あとでもう一度" in said[1]
    assert "not currently accepting connections" in said[1]
    assert "sqlalche.me" not in "".join(said)
    private_postgres.psql(f"ALTER DATABASE kasane_{TOWN} ALLOW_CONNECTIONS true")


def test_the_server_never_sees_a_password(house, private_postgres):
    databases.migrate_postgres(house)

    kept = private_postgres.psql(
        "SELECT rolpassword FROM pg_authid WHERE rolname = 'kasane_292095_intake'"
    )

    assert kept.startswith("SCRAM-SHA-256$")
