"""Checks that whoever changes the trail behind our back is found, on a real file, with the triggers gone."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, make_url, text
from sqlalchemy.event import listen, remove
from sqlalchemy.exc import DBAPIError

from kasane_kit import audit
from kasane_kit.audit.chain import LINKED_FIELDS
from kasane_kit.audit.tables import audit_entry, audit_head
from kasane_kit.audit.tables import metadata as trail_tables
from kasane_kit.db import Databases, MigrationSource, upgrade, write_now
from kasane_kit.db.engine import SqliteAddresses, open_engine
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from tests.support.private_postgres import PrivatePostgres

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ENTRIES = 6
COLUMNS = (*LINKED_FIELDS, "digest")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a trail with six entries, as a restore would bring it back, without its triggers."""
    folder = tmp_path_factory.mktemp("trail")
    addresses = SqliteAddresses(folder)
    nothing = folder / "none"
    (nothing / "versions").mkdir(parents=True)
    engine = open_engine(addresses.url("intake", "292095"))
    with engine.connect() as connection:
        upgrade(connection, MigrationSource(nothing))
        for number in range(ENTRIES):
            _record(connection, number)
        connection.commit()
    engine.dispose()
    path = folder / "292095" / "intake.sqlite"
    with sqlite3.connect(path) as attacker:
        triggers = [
            row[0]
            for row in attacker.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
        ]
        for name in triggers:
            attacker.execute(f"DROP TRIGGER {name}")
    attacker.close()
    return path.read_bytes()


@pytest.fixture
def trail(tmp_path: Path, written: bytes) -> "Trail":
    """A trail of this test."""
    return Trail(tmp_path / "trail.sqlite", written)


class Trail:
    """A file with a trail, an attacker who may write whatever SQLite lets him, and the check."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self.content = content
        self.restore()

    def restore(self) -> None:
        """The file as it was written."""
        for path in self.path.parent.glob(self.path.name + "*"):
            path.unlink()
        self.path.write_bytes(self.content)

    def attack(self, *statements: tuple[str, tuple[Any, ...]]) -> int:
        """Runs statements straight on the file; returns how many rows the last one changed."""
        connection = sqlite3.connect(self.path)
        try:
            for statement, values in statements:
                changed = connection.execute(statement, values).rowcount
            connection.commit()
        finally:
            connection.close()
        return changed

    def rows(self) -> list[tuple[Any, ...]]:
        """Everything in the trail and its head."""
        connection = sqlite3.connect(self.path)
        try:
            return [
                *connection.execute("SELECT * FROM audit_entry ORDER BY position"),
                *connection.execute("SELECT * FROM audit_head"),
            ]
        finally:
            connection.close()

    def verify(self, key: bytes = KEY) -> audit.Break | None:
        """What the house says about the file."""
        engine = open_engine(
            SqliteAddresses(self.path.parent).url("x", "y").set(database=str(self.path))
        )
        try:
            with engine.connect().execution_options(kasane_reads=True) as connection:
                return audit.verify(connection, key)
        finally:
            engine.dispose()


def test_a_trail_that_nobody_touched_is_whole(trail: Trail) -> None:
    assert trail.verify() is None
    assert len(trail.rows()) == ENTRIES + 1


def test_an_empty_trail_is_whole(tmp_path: Path) -> None:
    databases = _databases(tmp_path)

    with municipality_scope("292095"), databases.reading("intake") as connection:
        assert audit.verify(connection, KEY) is None
    databases.dispose()


def test_another_key_does_not_fit(trail: Trail) -> None:
    found = trail.verify(OTHER_KEY)

    assert found is not None
    assert found.position == 1


def test_a_break_is_named_by_its_place(trail: Trail) -> None:
    trail.attack(("UPDATE audit_entry SET actor = 'nobody' WHERE position = 4", ()))

    found = trail.verify()

    assert found == audit.Break(4, "4 番目の記録は、書かれたときと違う内容か、別の場所の記録です。")


_values = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
    | st.integers(-(2**63), 2**63 - 1)
    | st.binary(max_size=4)
    | st.floats(allow_nan=False)
)
_anything = settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_anything
@given(st.integers(1, ENTRIES), st.sampled_from(COLUMNS), _values)
def test_any_edit_of_any_column_of_any_entry_is_found(
    trail: Trail, position: int, column: str, value: Any
) -> None:
    trail.restore()
    before = trail.rows()
    try:
        trail.attack((f"UPDATE audit_entry SET {column} = ? WHERE position = ?", (value, position)))
    except sqlite3.Error:
        assume(False)
    assume(trail.rows() != before)

    assert trail.verify() is not None


@_anything
@given(st.sampled_from(["position", "digest", "seal"]), _values)
def test_any_edit_of_the_head_is_found(trail: Trail, column: str, value: Any) -> None:
    trail.restore()
    before = trail.rows()
    trail.attack((f"UPDATE audit_head SET {column} = ?", (value,)))
    assume(trail.rows() != before)

    assert trail.verify() is not None


@_anything
@given(st.sets(st.integers(1, ENTRIES), min_size=1), st.booleans())
def test_any_deletion_is_found_even_when_the_gap_is_closed(
    trail: Trail, positions: set[int], close_gap: bool
) -> None:
    trail.restore()
    kept = [n for n in range(1, ENTRIES + 1) if n not in positions]
    statements = [("DELETE FROM audit_entry WHERE position = ?", (n,)) for n in sorted(positions)]
    if close_gap:
        statements += [
            ("UPDATE audit_entry SET position = ? WHERE position = ?", (place, n))
            for place, n in enumerate(kept, 1)
        ]
        statements += [("UPDATE audit_head SET position = ?", (len(kept),))]
    trail.attack(*statements)

    assert trail.verify() is not None


@_anything
@given(st.integers(1, ENTRIES + 1), st.integers(1, ENTRIES), st.booleans())
def test_any_insertion_is_found_even_when_it_copies_an_entry(
    trail: Trail, place: int, model: int, move_head: bool
) -> None:
    trail.restore()
    statements: list[tuple[str, tuple[Any, ...]]] = [
        ("UPDATE audit_entry SET position = -position WHERE position >= ?", (place,)),
        ("UPDATE audit_entry SET position = 1 - position WHERE position < 0", ()),
        (
            f"INSERT INTO audit_entry SELECT ?, 'new-' || entry_id, {', '.join(COLUMNS[2:])} "
            "FROM audit_entry WHERE position = ?",
            (place, model if model < place else model + 1),
        ),
    ]
    if move_head:
        statements += [("UPDATE audit_head SET position = position + 1", ())]
    trail.attack(*statements)
    assert len(trail.rows()) == ENTRIES + 2

    assert trail.verify() is not None


@_anything
@given(st.permutations(range(1, ENTRIES + 1)))
def test_any_other_order_is_found(trail: Trail, order: list[int]) -> None:
    assume(order != sorted(order))
    trail.restore()
    trail.attack(
        ("UPDATE audit_entry SET position = -position", ()),
        *(
            ("UPDATE audit_entry SET position = ? WHERE position = ?", (place, -n))
            for place, n in enumerate(order, 1)
        ),
    )

    assert trail.verify() is not None


@_anything
@given(st.integers(0, ENTRIES - 1), st.booleans())
def test_a_tail_that_was_cut_off_is_found(trail: Trail, kept: int, move_head: bool) -> None:
    trail.restore()
    statements: list[tuple[str, tuple[Any, ...]]] = [
        ("DELETE FROM audit_entry WHERE position > ?", (kept,))
    ]
    if move_head:
        statements += [
            (
                "UPDATE audit_head SET position = ?, "
                "digest = coalesce((SELECT digest FROM audit_entry WHERE position = ?), '')",
                (kept, kept),
            )
        ]
    trail.attack(*statements)

    found = trail.verify()

    assert found is not None


def test_a_gap_is_named_with_what_comes_behind_it(trail: Trail) -> None:
    trail.attack(("DELETE FROM audit_entry WHERE position IN (3, 4)", ()))

    assert trail.verify() == audit.Break(3, "3 番目の記録がありません（次にあるのは 5 番目です）。")


def test_an_emptied_table_is_found(trail: Trail) -> None:
    trail.attack(("DELETE FROM audit_entry", ()))

    assert trail.verify() == audit.Break(
        1, f"末尾の印は {ENTRIES} 番目を指しますが、記録は 0 番目で終わっています。"
    )


def test_a_head_that_is_gone_is_found(trail: Trail) -> None:
    trail.attack(("DELETE FROM audit_head", ()))

    found = trail.verify()

    assert found is not None
    assert found.sentence == "監査記録の末尾の印がありません。"


@pytest.mark.parametrize("table", ["audit_entry", "event_log"])
@pytest.mark.parametrize("verb", ["UPDATE {0} SET {1} = 'x'", "DELETE FROM {0}"])
def test_the_database_itself_refuses_to_change_the_past(
    tmp_path: Path, table: str, verb: str
) -> None:
    databases = _databases(tmp_path)
    column = "actor" if table == "audit_entry" else "type"
    with municipality_scope("292095"), databases.writing("intake") as connection:
        _record(connection, 1)
        connection.execute(
            text(
                "INSERT INTO event_log (epoch, sequence, event_id, type, body) VALUES ('e',1,'i','t','{}')"
            )
        )
        connection.commit()

    with municipality_scope("292095"), databases.writing("intake") as connection:
        before = connection.execute(text(f"SELECT * FROM {table}")).all()
        with pytest.raises(DBAPIError, match=f"{table} is append-only"):
            connection.execute(text(verb.format(table, column)))
        connection.rollback()
        assert connection.execute(text(f"SELECT * FROM {table}")).all() == before
        assert audit.verify(connection, KEY) is None
    databases.dispose()


_SAID = '{"id":"i","at":"2026-04-01","data":{"name":"架空 花子","count":2}}'


@pytest.mark.parametrize(
    "fresh",
    [
        '{"id":"j","at":"2026-04-01","data":{"name":"","count":2}}',
        '{"id":"i","data":{"name":"","count":2}}',
        '{"id":"i","at":"2026-04-01","more":1,"data":{"name":"","count":2}}',
        '{"id":"i","at":"2026-04-01","data":{"count":2}}',
        '{"id":"i","at":"2026-04-01","data":{"name":"","count":2,"more":1}}',
        '{"id":"i","at":"2026-04-01"}',
        "nothing",
    ],
    ids=["id", "missing", "added", "field-missing", "field-added", "no-data", "no-json"],
)
def test_of_an_event_in_the_log_only_what_it_says_can_be_blanked(
    tmp_path: Path, fresh: str
) -> None:
    databases = _databases(tmp_path)
    blank = text("UPDATE event_log SET body = :body")
    with municipality_scope("292095"), databases.writing("intake") as connection:
        connection.execute(
            text(
                "INSERT INTO event_log (epoch, sequence, event_id, type, body) "
                "VALUES ('e', 1, 'i', 't', :body)"
            ),
            {"body": _SAID},
        )
        connection.commit()
        with pytest.raises(DBAPIError):
            connection.execute(blank, {"body": fresh})
        connection.rollback()
        assert connection.scalar(text("SELECT body FROM event_log")) == _SAID

        blanked = '{"at":"2026-04-01","id":"i","data":{"name":"","count":0}}'
        connection.execute(blank, {"body": blanked})
        assert connection.scalar(text("SELECT body FROM event_log")) == blanked
    databases.dispose()


def test_an_entry_that_cannot_be_written_takes_the_act_with_it(tmp_path: Path) -> None:
    databases = _databases(tmp_path)
    with municipality_scope("292095"), databases.writing("intake") as connection:
        connection.execute(text("DROP TABLE audit_head"))
        connection.commit()

    with municipality_scope("292095"), databases.writing("intake") as connection:
        with pytest.raises(DBAPIError):
            _record(connection, 1)
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM audit_entry")) == 0
    databases.dispose()


def test_the_entries_of_one_object_are_read_oldest_first(tmp_path: Path) -> None:
    databases = _databases(tmp_path)
    with municipality_scope("292095"), databases.writing("intake") as connection:
        for number in range(4):
            _record(connection, number)
        connection.commit()
        found = audit.read(connection, "lamp", "lamp-1")
    databases.dispose()

    assert [(entry.position, entry.action, entry.actor_name) for entry in found] == [
        (2, "tests.lamp.lit", "職員 1"),
        (4, "tests.lamp.lit", "職員 3"),
    ]


def test_many_objects_are_entries_of_their_own_in_one_chain_at_the_cost_of_one(
    tmp_path: Path,
) -> None:
    statements: list[str] = []
    needed: list[int] = []

    def look(*event: Any) -> None:
        statements.append(str(event[2]))

    databases = _databases(tmp_path)
    who = {"actor": "a", "actor_name": "職員", "action": "tests.lamp.seen", "object_kind": "lamp"}
    with municipality_scope("292095"), databases.writing("intake") as connection:
        _record(connection, 0)
        write_now(connection)
        listen(connection, "before_cursor_execute", look)
        for ids in (["a"], ["b", "c", "d"], []):
            before = len(statements)
            audit.enter(connection, KEY, [audit.draft(**who, object_id=one) for one in ids])
            write_now(connection)
            needed.append(len(statements) - before)
        remove(connection, "before_cursor_execute", look)
        _record(connection, 1)

        assert needed == [3, 3, 0]
        assert audit.verify(connection, KEY) is None
        found = [audit.read(connection, "lamp", one)[0].position for one in "abcd"]
        assert found == [2, 3, 4, 5]
    databases.dispose()


@pytest.mark.postgresql
@pytest.mark.parametrize("there_already", [0, 2])
def test_a_trail_that_goes_on_while_it_is_checked_is_whole(
    private_postgres: PrivatePostgres, there_already: int
) -> None:
    engine = open_engine(make_url(private_postgres.dsn).set(drivername="postgresql+psycopg"))
    asked = []

    def write(number: int) -> None:
        with engine.begin() as beside:
            _record(beside, number)

    def go_on(*_what: object) -> None:
        asked.append(len(asked))
        write(10 * len(asked))
        write(10 * len(asked) + 1)

    with engine.begin() as connection:
        trail_tables.drop_all(connection)
        trail_tables.create_all(connection)
        nothing = {"id": 1, "position": 0, "digest": "", "seal": ""}
        connection.execute(insert(audit_head), nothing)
    try:
        for number in range(there_already):
            write(number)
        with engine.connect() as connection:
            listen(connection, "after_cursor_execute", go_on)
            assert audit.verify(connection, KEY) is None
            remove(connection, "after_cursor_execute", go_on)
        assert asked
        with engine.begin() as connection:
            assert audit.verify(connection, KEY) is None
            connection.execute(delete(audit_entry).where(audit_entry.c.position == 1))
            assert audit.verify(connection, KEY) == audit.Break(
                1, "1 番目の記録がありません（次にあるのは 2 番目です）。"
            )
            connection.execute(delete(audit_head))
            connection.execute(delete(audit_entry))
            assert audit.verify(connection, KEY) == audit.Break(
                1, "監査記録の末尾の印がありません。"
            )
    finally:
        with engine.begin() as connection:
            trail_tables.drop_all(connection)
        engine.dispose()


def _record(connection: Any, number: int) -> None:
    audit.record(
        connection,
        KEY,
        actor=f"account-{number}",
        actor_name=f"職員 {number}",
        action="tests.lamp.lit",
        object_kind="lamp",
        object_id=f"lamp-{number % 2}",
        basis="team",
        correlation_id=f"thread-{number}",
        causation_id=f"event-{number}",
    )


def _databases(folder: Path) -> Databases:
    addresses = SqliteAddresses(folder)
    nothing = folder / "none"
    (nothing / "versions").mkdir(parents=True)
    engine = open_engine(addresses.url("intake", "292095"))
    with engine.connect() as connection:
        upgrade(connection, MigrationSource(nothing))
        connection.commit()
    engine.dispose()
    return Databases(addresses, KeyRing(Path("unused")))


@pytest.mark.parametrize(("written", "kept"), [(200, 200), (201, 200), (400, 200)])
def test_a_reason_longer_than_a_line_of_the_trail_is_cut_with_a_mark(
    written: int, kept: int
) -> None:
    reason = "事" * written
    drafted = audit.draft(
        actor="a1",
        actor_name="窓口 一",
        action="cases.case.opened_for_a_day",
        object_kind="case",
        object_id="c1",
        basis=reason,
    )

    assert len(drafted.basis) == kept
    assert drafted.basis.endswith("…") == (written > kept)
    assert reason.startswith(drafted.basis.removesuffix("…"))
