"""Connections to PostgreSQL: looking cannot write, what is prepared stays, a dead one is never handed out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import InternalError

from kasane_kit.db import Databases, engine
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
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
