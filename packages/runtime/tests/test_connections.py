"""Connections to PostgreSQL: looking cannot write, what is prepared stays, a dead one is never handed out."""

from collections.abc import Iterator
from contextvars import Context
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import InternalError

from kasane_kit.db import Databases, engine
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from tests.support import own_processes
from tests.support.private_postgres import PrivatePostgres

TOWN = "292095"
PID = text("SELECT pg_backend_pid()")
pytestmark = [pytest.mark.postgresql, pytest.mark.allow_hosts(["127.0.0.1"])]


class OneDatabase:
    """The same database for every service."""

    def __init__(self, server: PrivatePostgres) -> None:
        self._server = server

    def url(self, _service: str, _municipality: str) -> URL:
        """The server's own database, as its superuser."""
        return URL.create(
            "postgresql+psycopg", "postgres", None, self._server.host, self._server.port, "postgres"
        )

    log_url = url


@pytest.fixture
def databases(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Databases]:
    """Connections in the scope of a town."""
    keys = KeyRing(tmp_path)
    keys.ensure(TOWN)
    found = Databases(OneDatabase(private_postgres), keys)
    with municipality_scope(TOWN):
        yield found
    found.dispose()


def test_what_is_written_while_looking_is_refused(databases: Databases) -> None:
    with databases.reading("intake") as connection, pytest.raises(InternalError, match="read-only"):
        connection.execute(text("CREATE TABLE written (id int)"))
    with databases.reading("intake") as connection:
        assert connection.scalar(text("SELECT to_regclass('written')")) is None


def test_statements_that_the_server_prepared_outlive_a_look(databases: Databases) -> None:
    for _ in range(8):
        with databases.reading("intake") as connection:
            connection.execute(text("SELECT 1 AS often"))
    with databases.reading("intake") as connection:
        prepared = connection.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert "SELECT 1 AS often" in prepared


def test_one_question_opens_no_transaction_and_the_next_writer_has_one(
    databases: Databases,
) -> None:
    with databases.asking("intake") as connection:
        first = connection.scalar(PID)
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.info.transaction_status.name == "IDLE"
    with databases.writing("intake") as connection:
        assert connection.scalar(PID) == first
        connection.execute(text("CREATE TABLE not_committed (id int)"))
    with databases.reading("intake") as connection:
        assert connection.scalar(text("SELECT to_regclass('not_committed')")) is None


def test_a_connection_that_the_server_closed_is_not_handed_out(
    databases: Databases, private_postgres: PrivatePostgres
) -> None:
    with databases.reading("intake") as one, databases.reading("intake") as other:
        pids = {one.scalar(PID), other.scalar(PID)}
    for pid in pids:
        private_postgres.psql(f"SELECT pg_terminate_backend({pid}, 10000)")
    for _ in range(3):
        with databases.writing("intake") as connection:
            assert connection.scalar(PID) not in pids


def test_what_was_idle_for_long_is_asked_before_work(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with databases.reading("intake") as connection:
        pid = connection.scalar(PID)
    monkeypatch.setattr(engine, "ASKED_AFTER_SECONDS", -1)
    with databases.reading("intake") as connection:
        assert connection.scalar(PID) == pid
        assert connection.scalar(text("SHOW transaction_read_only")) == "on"


def test_the_server_is_told_to_close_what_nobody_takes(databases: Databases) -> None:
    with databases.reading("intake") as connection:
        assert connection.scalar(text("SHOW idle_session_timeout")) == "10min"


TOWNS = ("292095", "012319", "232068", "052159", "312029", "313726")


def in_each(databases: Databases) -> None:
    for town in TOWNS:
        with municipality_scope(town), databases.reading("intake") as connection:
            connection.scalar(PID)


def held(server: PrivatePostgres) -> int:
    counted = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kasane'"
    return int(server.psql(counted))


@pytest.fixture
def few(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Databases]:
    """Connections of a process that may keep three."""
    keys = KeyRing(tmp_path)
    keys.ensure(*TOWNS)
    found = Databases(OneDatabase(private_postgres), keys, kept=3)
    yield found
    found.dispose()


def test_a_process_keeps_as_many_connections_as_it_may_and_those_used_last(
    few: Databases, private_postgres: PrivatePostgres
) -> None:
    before = held(private_postgres)
    in_each(few)
    assert own_processes.wait_until(
        own_processes.again(lambda: held(private_postgres) == before + 3), seconds=60
    )
    assert [town for _, town in few._engines] == list(TOWNS[-3:])


def test_a_connection_that_somebody_works_with_is_not_taken_away(few: Databases) -> None:
    with municipality_scope(TOWNS[0]), few.writing("intake") as mine:
        pid = mine.scalar(PID)
        Context().run(in_each, few)
        assert mine.scalar(PID) == pid
        mine.commit()
    with municipality_scope(TOWNS[0]), few.reading("intake") as again:
        assert again.scalar(PID) == pid


def test_a_glance_goes_to_its_own_town_and_keeps_nothing(
    tmp_path: Path, private_postgres: PrivatePostgres
) -> None:
    class Named(OneDatabase):
        def url(self, service: str, municipality: str) -> URL:
            found = super().url(service, municipality)
            return found.update_query_dict({"options": f"-csearch_path=of_{municipality}"})

        log_url = url

    keys = KeyRing(tmp_path)
    keys.ensure(*TOWNS)
    databases = Databases(Named(private_postgres), keys, kept=3)
    seen = []
    for town in TOWNS:
        with municipality_scope(town), databases.glancing("intake") as connection:
            seen.append(connection.scalar(text("SHOW search_path")))
            with pytest.raises(InternalError, match="read-only"):
                connection.execute(text("CREATE TABLE public.glanced (id int)"))
    assert seen == [f"of_{town}" for town in TOWNS]
    assert not databases._engines


def test_a_glance_takes_the_connection_that_is_kept(few: Databases) -> None:
    with municipality_scope(TOWNS[0]):
        with few.reading("intake") as connection:
            pid = connection.scalar(PID)
        with few.glancing("intake") as connection:
            assert connection.scalar(PID) == pid
