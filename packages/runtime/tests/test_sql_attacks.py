"""What a login of one town could try with any SQL to see or touch another town, tried; on PostgreSQL.

The kinds are those of a published list of 41 attacks: other databases, other roles, code of the owner, shared
counters and statistics, other people's statements, locks, notices, files and programs of the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from kasane_kit.db.engine import PostgresAddresses
from kasane_runtime import databases
from kasane_runtime.compose import Composition
from tests.faults.conftest import drop_our_databases
from tests.faults.running_house import write_town_files
from tests.faults.small_house import small_house
from tests.support.private_postgres import PrivatePostgres

pytestmark = pytest.mark.postgresql

TOWN, OTHER_TOWN = "292095", "012319"
OTHER = f"kasane_{OTHER_TOWN}"
CANARY = "カナリア山川"
LOCK = 4711

# What must end in a refusal or show nothing of the other town.
ATTACKS = {
    "another database by its name": f"SELECT body FROM {OTHER}.intake.outbox",
    "a link to another database": "CREATE EXTENSION dblink",
    "a foreign server": "CREATE EXTENSION postgres_fdw",
    "files as tables": "CREATE EXTENSION file_fdw",
    "another language": "CREATE EXTENSION plpython3u",
    "a server for foreign tables": "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
    "a setting that names the town": f"SELECT set_config('app.town', '{OTHER_TOWN}', false), body FROM outbox",
    "two statements in one": f"SELECT set_config('app.town', '{OTHER_TOWN}', false); SELECT body FROM outbox",
    "the other town's login": f"SET ROLE {OTHER}_intake",
    "the owner's role": "SET ROLE kasane_owner",
    "the other town's session": f"SET SESSION AUTHORIZATION {OTHER}_intake",
    "the search path": f"SET search_path = {OTHER}, intake, pg_catalog; SELECT body FROM outbox",
    "a view of the owner": "CREATE VIEW intake.v AS SELECT * FROM intake.outbox",
    "a kept view": "CREATE MATERIALIZED VIEW intake.v AS SELECT * FROM intake.outbox",
    "code with the owner's rights": (
        "CREATE FUNCTION intake.f() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'"
    ),
    "a rule on a table": "CREATE RULE r AS ON SELECT TO outbox DO INSTEAD SELECT 1",
    "a trigger on a table": (
        "CREATE TRIGGER t BEFORE UPDATE ON outbox "
        "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "emptying a table": "TRUNCATE outbox",
    "a reference to a table": "CREATE TABLE intake.r (id bigint REFERENCES intake.outbox (id))",
    "a table of one's own": "CREATE TABLE own (id int)",
    "a temporary table": "CREATE TEMPORARY TABLE own (id int)",
    "a value that exists there": (
        "INSERT INTO outbox (id, body) VALUES (4711, 'own') ON CONFLICT DO NOTHING RETURNING body"
    ),
    "the counters": "SELECT last_value FROM pg_sequences WHERE last_value = 4711",
    "how many rows there are": f"SELECT relname FROM pg_class WHERE relname LIKE '%{CANARY}%'",
    "the names of schemas": f"SELECT nspname FROM pg_namespace WHERE nspname LIKE '%{CANARY}%'",
    "the statistics of columns": "SELECT most_common_vals::text FROM pg_stats WHERE schemaname <> 'pg_catalog'",
    "the raw statistics": "SELECT * FROM pg_statistic",
    "what the planner expects": f"EXPLAIN SELECT * FROM outbox WHERE body = '{OTHER_TOWN}'",
    "other people's statements": "SELECT query FROM pg_stat_activity WHERE usename <> current_user",
    "the size of the other database": f"SELECT pg_database_size('{OTHER}')",
    "large objects": "SELECT convert_from(lo_get(4711), 'UTF8')",
    "all large objects": "SELECT data FROM pg_largeobject",
    "a file of the server": "SELECT pg_read_file('PG_VERSION')",
    "a folder of the server": "SELECT pg_ls_dir('base')",
    "a file into a large object": "SELECT lo_import('/etc/hostname')",
    "a program of the server": "COPY outbox (body) FROM PROGRAM 'id'",
    "a file into a table": "COPY outbox (body) FROM '/etc/hostname'",
    "a table into a file": "COPY outbox TO '/tmp/kasane-canary'",
    "the passwords": "SELECT rolpassword FROM pg_authid",
    "the shadow of the passwords": "SELECT passwd FROM pg_shadow",
    "more rights for oneself": f"ALTER ROLE kasane_{TOWN}_intake SUPERUSER",
    "past the policies": f"ALTER ROLE kasane_{TOWN}_intake BYPASSRLS",
    "membership for oneself": f"GRANT {OTHER}_intake TO kasane_{TOWN}_intake",
    "a right for everybody": "GRANT ALL ON outbox TO PUBLIC",
    "the server's settings": "ALTER SYSTEM SET log_statement = 'all'",
    "ending the other's connection": (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{OTHER}_intake'"
    ),
    "another's stream of changes": "SELECT pg_create_logical_replication_slot('s', 'pgoutput')",
    "publishing a table": "CREATE PUBLICATION p FOR ALL TABLES",
    "a trigger on the whole": "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()",
    "a new database": f"CREATE DATABASE own TEMPLATE {OTHER}",
    "another's prepared work": f"SELECT gid FROM pg_prepared_xacts WHERE database = '{OTHER}'",
}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, private_postgres: PrivatePostgres
) -> Iterator[tuple[URL, URL, PrivatePostgres]]:
    """The login of a town and that of another, whose data hold the canary wherever SQL can put one."""
    folder: Path = tmp_path_factory.mktemp("attacks")
    drop_our_databases(private_postgres)
    house: Composition = small_house(
        {
            "KASANE_MODE": "distributed",
            "KASANE_KEYS": str(folder / "keys"),
            "KASANE_TOWN_FILES": str(write_town_files(folder / "towns")),
            "KASANE_DATABASE_URL": private_postgres.dsn,
            "KASANE_ADMIN_DATABASE_URL": private_postgres.dsn,
            "KASANE_BROKER_URL": "amqp://127.0.0.1:1",
        }
    )
    databases.migrate_postgres(house)
    addresses = PostgresAddresses(private_postgres.dsn, house.house.keys)
    private_postgres.psql(
        f"INSERT INTO intake.outbox (id, body) SELECT 4711 + n, '{CANARY}' FROM generate_series(0, 200) n;"
        f'CREATE TABLE intake."{CANARY}" (id int); CREATE SCHEMA "{CANARY}"; ANALYZE;'
        f"SELECT lo_from_bytea(4711, convert_to('{CANARY}', 'UTF8'))",
        database=OTHER,
    )
    yield addresses.url("intake", TOWN), addresses.url("intake", OTHER_TOWN), private_postgres
    house.house.databases.dispose()
    drop_our_databases(private_postgres)


def connect(url: URL) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of a login, every statement a transaction of its own."""
    return psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    )


def tried(connection: psycopg.Connection[tuple[object, ...]], statement: str) -> str:
    """Everything that the server answers to a statement, a refusal too."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement.encode())
            said = []
            while True:
                if cursor.description:
                    said += [repr(row) for row in cursor.fetchall()]
                if not cursor.nextset():
                    return "\n".join(said)
    except psycopg.Error as refused:
        return f"refused: {refused}"


def test_no_statement_of_one_towns_login_shows_or_changes_the_other(
    server: tuple[URL, URL, PrivatePostgres],
) -> None:
    own, other, private_postgres = server
    with connect(other) as there, connect(own) as here:
        there.execute(f"SELECT '{CANARY}'".encode())
        before = private_postgres.psql(
            "SELECT md5(string_agg(t::text, '')) FROM intake.outbox t", database=OTHER
        )
        said = {name: tried(here, statement) for name, statement in ATTACKS.items()}
        alive = there.execute("SELECT 1").fetchone()

    assert [
        name for name, answer in said.items() if CANARY in answer.replace(ATTACKS[name], "")
    ] == []
    assert alive == (1,)
    assert (
        private_postgres.psql(
            "SELECT md5(string_agg(t::text, '')) FROM intake.outbox t", database=OTHER
        )
        == before
    )
    assert len(ATTACKS) >= 41


def test_what_is_no_question_about_data_is_refused(
    server: tuple[URL, URL, PrivatePostgres],
) -> None:
    own, _, _ = server
    harmless = {
        "a setting that names the town",
        "two statements in one",
        "the search path",
        "a value that exists there",
        "the counters",
        "how many rows there are",
        "the names of schemas",
        "the statistics of columns",
        "what the planner expects",
        "other people's statements",
        "ending the other's connection",
        "a right for everybody",
        "another's prepared work",
    }

    with connect(own) as here:
        allowed = {
            name
            for name, statement in ATTACKS.items()
            if not tried(here, statement).startswith("refused")
        }

    assert allowed - harmless == set()


def test_locks_notices_and_names_of_rows_are_those_of_one_town(
    server: tuple[URL, URL, PrivatePostgres],
) -> None:
    own, other, _ = server
    with connect(other) as there, connect(own) as here:
        here.execute("LISTEN town")
        there.execute(f"SELECT pg_advisory_lock({LOCK})".encode())
        there.execute(f"NOTIFY town, '{CANARY}'".encode())

        taken = here.execute(f"SELECT pg_try_advisory_lock({LOCK})".encode()).fetchone()
        heard = list(here.notifies(timeout=0.2, stop_after=1))
        made = here.execute(
            b"INSERT INTO outbox (id, body) VALUES (4712, 'own') RETURNING body"
        ).fetchone()
        here.execute(b"DELETE FROM outbox WHERE id = 4712")

    assert (taken, heard, made) == ((True,), [], ("own",))


def test_the_canary_is_where_the_attacks_look(server: tuple[URL, URL, PrivatePostgres]) -> None:
    _, other, private_postgres = server
    with connect(other) as there:
        there.execute(f"SELECT '{CANARY}'".encode())
        seen = {
            name: private_postgres.psql(ATTACKS[name], database=OTHER)
            for name in (
                "how many rows there are",
                "the names of schemas",
                "the statistics of columns",
                "other people's statements",
                "large objects",
            )
        }

    assert [name for name, answer in seen.items() if CANARY not in answer] == []
