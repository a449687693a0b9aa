"""Two consumers of one service at the very first event of a producer: the second waits for the first."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url

from kasane_kit.bus import cursor
from kasane_kit.bus.tables import cursor as cursor_table
from kasane_kit.bus.tables import metadata
from tests.support.private_postgres import PrivatePostgres


@pytest.fixture
def engine(private_postgres: PrivatePostgres) -> Iterator[Engine]:
    engine = create_engine(make_url(private_postgres.dsn).set(drivername="postgresql+psycopg"))
    metadata.create_all(engine, tables=[cursor_table])
    yield engine
    metadata.drop_all(engine, tables=[cursor_table])
    engine.dispose()


@pytest.mark.postgresql
def test_the_second_consumer_waits_also_when_nothing_was_applied_yet(
    engine: Engine,
) -> None:
    seen: list[int] = []
    asked = threading.Event()

    def second() -> None:
        with engine.begin() as connection:
            asked.set()
            place = cursor.read(connection, "intake", "epoch", for_update=True)
            seen.append(place.sequence)
            cursor.advance(connection, place, 7)

    waiting = threading.Thread(target=second)
    with engine.begin() as connection:
        place = cursor.read(connection, "intake", "epoch", for_update=True)
        waiting.start()
        assert asked.wait(10)
        waiting.join(0.3)
        assert seen == []
        cursor.advance(connection, place, 3)
    waiting.join(10)

    with engine.begin() as connection:
        assert cursor.read(connection, "intake", "epoch").sequence == 7
    assert seen == [3]


@pytest.mark.postgresql
def test_a_cursor_that_was_not_read_for_update_does_not_move_in_silence(engine: Engine) -> None:
    with engine.begin() as connection:
        place = cursor.read(connection, "intake", "epoch")
        with pytest.raises(RuntimeError, match="not there"):
            cursor.advance(connection, place, 1)
