"""Checks sealed columns on both databases: what lies there, who opens it, and what may go wrong."""

import base64
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import (
    URL,
    insert,
    select,
    update,
)
from sqlalchemy.exc import StatementError

from kasane_kit.db import Databases, FieldSeals, NotSealed
from kasane_kit.db.engine import open_engine
from kasane_kit.db.opening import PREFIX, PlainRefused
from kasane_kit.db.resealing import (
    Standing,
    Wrapped,
    refuse_plain,
    seal_plain,
    standing,
    take_into_use,
    take_plain,
    wrap_anew,
)
from kasane_kit.db.sealed import TownSeals, field_key
from kasane_kit.db.sealed import metadata as key_metadata
from kasane_kit.keys import KeyMissing, KeyRing, SealBroken
from kasane_kit.tenancy import municipality_scope
from tests.support.sealed_lamps import (
    OTHER_TOWN,
    TOWN,
    WORDS,
    Ground,
    OneDatabase,
    a_lamp,
    lamp,
    metadata,
    notes,
    turn,
    write,
)


def test_what_is_written_is_read_again_and_lies_sealed(ground: Ground) -> None:
    write(ground, a_lamp(), insert(turn).values(lamp_id="a", number=1, words="つけた"))

    assert notes(ground) == [(WORDS, [{"傘": "割れた"}])]
    ((note, parts),) = ground.raw("SELECT note, CAST(parts AS TEXT) FROM lamp")
    assert str(note).startswith(PREFIX)
    assert str(parts).strip('"').startswith(PREFIX)
    with ground.databases.reading("lamps") as connection:
        assert connection.scalars(select(turn.c.words)).all() == ["つけた"]


def test_no_letter_of_it_is_in_the_file_nor_beside_it(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path / "keys")
    keys.ensure(TOWN)
    address = URL.create("sqlite", database=str(tmp_path / "data" / "lamps.sqlite"))
    (tmp_path / "data").mkdir()
    ground = Ground(Databases(OneDatabase(address), keys), keys, address)
    with municipality_scope(TOWN):
        engine = open_engine(address)
        with engine.begin() as connection:
            metadata.create_all(connection)
            key_metadata.create_all(connection)
        write(ground, a_lamp(), update(lamp).where(lamp.c.id == "a").values(note="canary-2"))

        files = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
        assert "lamps.sqlite-wal" in files
        found = [
            n for n, b in files.items() for w in (WORDS, "canary-2", "割れた") if w.encode() in b
        ]
        assert found == []
        assert any("電灯".encode() in content for content in files.values())
        engine.dispose()
        ground.databases.dispose()


def test_several_rows_at_once_have_the_keys_of_their_houses(ground: Ground) -> None:
    rows = [
        {"id": str(n), "house": f"h{n % 2}", "name": "", "note": f"灯{n}", "parts": []}
        for n in range(4)
    ]
    with ground.databases.writing("lamps") as connection:
        connection.execute(insert(lamp), rows)
        connection.commit()

    assert [note for note, _ in notes(ground)] == ["灯0", "灯1", "灯2", "灯3"]
    assert ground.raw("SELECT owner FROM field_key ORDER BY owner") == [("h0",), ("h1",)]


def test_it_is_read_through_an_alias_a_join_and_a_subquery(ground: Ground) -> None:
    write(ground, a_lamp(), insert(turn).values(lamp_id="a", number=7, words="消した"))
    other, inner = turn.alias("other"), select(lamp).subquery()
    with ground.databases.reading("lamps") as connection:
        joined = connection.execute(
            select(lamp.c.note, other.c.words).outerjoin(other, other.c.lamp_id == lamp.c.id)
        ).all()
        through = connection.execute(select(inner.c.note)).all()
        nobody = connection.execute(
            select(lamp.c.id, other.c.words).outerjoin(other, other.c.number == 99)
        ).all()

    assert joined == [(WORDS, "消した")]
    assert through == [(WORDS,)]
    assert nobody == [("a", None)]


def test_an_empty_cell_stays_empty_and_needs_no_key(ground: Ground) -> None:
    write(ground, a_lamp(note="", parts=[]))

    assert notes(ground) == [("", [])]
    assert ground.raw("SELECT * FROM field_key") == []


def test_an_update_by_the_key_and_by_another_column_of_one_row_is_sealed(ground: Ground) -> None:
    write(
        ground,
        a_lamp(),
        update(lamp).where(lamp.c.id == "a", lamp.c.version == 0).values(note="一", version=1),
        update(lamp).where(lamp.c.name == "電灯").values(parts=["二"]),
    )

    assert notes(ground) == [("一", ["二"])]


@pytest.mark.parametrize(
    "statement",
    [
        update(lamp).values(note="みな同じ"),
        select(lamp.c.id).where(lamp.c.note == WORDS),
        insert(lamp).values([{"id": "c", "note": "x"}]),
        select(select(lamp.c.note).subquery()),
    ],
    ids=["many rows", "looking for it", "several in one statement", "without its row"],
)
def test_what_cannot_be_sealed_is_refused_and_nothing_is_sent(
    ground: Ground, statement: object
) -> None:
    write(ground, a_lamp(), a_lamp("b"))
    before = ground.raw("SELECT * FROM lamp ORDER BY id")

    with pytest.raises((NotSealed, StatementError)) as refused:
        write(ground, statement)

    assert isinstance(refused.value, NotSealed) or isinstance(refused.value.__cause__, NotSealed)
    assert ground.raw("SELECT * FROM lamp ORDER BY id") == before


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE lamp SET note = (SELECT o.note FROM lamp o WHERE o.id = 'b') WHERE id = 'a'",
        "UPDATE lamp SET note = substr(note, 1, length(note) - 5) || 'AAAA=' WHERE id = 'a'",
        "UPDATE lamp SET note = substr(note, 1, 20) WHERE id = 'a'",
        "UPDATE field_key SET wrapped = (SELECT k.wrapped FROM field_key k WHERE k.owner = 'h2') "
        "WHERE owner = 'h1'",
        "DELETE FROM field_key WHERE owner = 'h1'",
    ],
    ids=["another row's", "changed", "cut off", "another record's key", "without key"],
)
def test_what_was_moved_or_changed_in_the_database_does_not_open(
    ground: Ground, attack: str
) -> None:
    write(ground, a_lamp(), a_lamp("b", house="h2", note="灯り二つ"))
    ground.raw(attack)

    with ground.databases.reading("lamps") as connection:
        with pytest.raises(SealBroken):
            connection.scalars(select(lamp.c.note).where(lamp.c.id == "a")).all()
        assert connection.scalars(select(lamp.c.note).where(lamp.c.id == "b")).all() == ["灯り二つ"]


def test_the_key_of_another_town_opens_nothing(ground: Ground) -> None:
    write(ground, a_lamp())
    with (ground.keys._folder / f"{TOWN}.key").open("wb") as file:
        file.write(ground.keys.key(OTHER_TOWN))

    again = Databases(OneDatabase(ground.address), KeyRing(ground.keys._folder))
    with again.reading("lamps") as connection, pytest.raises(SealBroken):
        connection.scalars(select(lamp.c.note)).all()
    again.dispose()


def test_without_the_key_nothing_is_read_or_written_and_what_is_not_sealed_is(
    ground: Ground,
) -> None:
    write(ground, a_lamp())
    (ground.keys._folder / f"{TOWN}.key").unlink()
    again = Databases(OneDatabase(ground.address), KeyRing(ground.keys._folder))

    with again.reading("lamps") as connection:
        assert connection.scalars(select(lamp.c.name)).all() == ["電灯"]
        with pytest.raises(KeyMissing, match="292095"):
            connection.scalars(select(lamp.c.note)).all()
    with again.writing("lamps") as connection, pytest.raises(KeyMissing):
        connection.execute(a_lamp("b", house="h9"))  # type: ignore[call-overload]
    assert ground.raw("SELECT id FROM lamp") == [("a",)]
    again.dispose()


def test_what_was_written_before_is_read_and_then_sealed_and_a_second_run_finds_nothing(
    ground: Ground,
) -> None:
    for number in range(450):
        ground.raw(
            "INSERT INTO lamp (id, house, name, note, parts) "
            f"VALUES ('{number:03}', 'h{number % 3}', '', '灯{number}', '[\"傘\"]')"
        )
    before = notes(ground)

    assert before[7] == ("灯7", ["傘"])
    assert seal_plain(ground.databases, "lamps", [lamp, turn]) == 450
    assert notes(ground) == before
    with ground.databases.reading("lamps") as connection:
        assert standing(connection, [lamp, turn]) == Standing(900, 0, {1: 3})
    assert seal_plain(ground.databases, "lamps", [lamp, turn]) == 0


def test_the_town_s_key_is_changed_while_somebody_reads_and_writes(ground: Ground) -> None:
    seals = FieldSeals(ground.keys, TOWN)
    write(ground, *(a_lamp(str(n), house=f"h{n}", note=f"灯{n}") for n in range(30)))
    over, wrong, written = threading.Event(), [], []

    def work(worker: int) -> None:
        number = 0
        try:
            with municipality_scope(TOWN):
                while not over.is_set() or number < 3:
                    number += 1
                    lamp_id = f"w{worker}-{number}"
                    write(ground, a_lamp(lamp_id, house=lamp_id, note=lamp_id))
                    written.append(lamp_id)
                    found = [str(note) for note, _ in notes(ground)]
                    assert {f"灯{n}" for n in range(30)} <= set(found)
        except Exception as error:
            wrong.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    take_into_use(ground.databases, "lamps", ground.keys.make_version(TOWN))
    wrapped = wrap_anew(ground.databases, seals, "lamps").keys
    over.set()
    for worker in workers:
        worker.join(60)
    wrap_anew(ground.databases, seals, "lamps")

    assert wrong == []
    assert wrapped >= 30
    with ground.databases.reading("lamps") as connection:
        versions = set(connection.scalars(select(field_key.c.version)))
    assert versions == {2}
    assert {str(note) for note, _ in notes(ground)} == {*written, *(f"灯{n}" for n in range(30))}


def test_a_change_of_the_key_that_was_cut_off_leaves_everything_readable(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(ground, *(a_lamp(str(n), house=f"h{n}", note=f"灯{n}") for n in range(5)))
    before = notes(ground)
    seals = FieldSeals(ground.keys, TOWN)
    take_into_use(ground.databases, "lamps", ground.keys.make_version(TOWN))
    whole, done = seals.wrap, []

    def dies(key_id: str, key: bytes, version: int) -> str:
        done.append(key_id)
        if len(done) == 4:
            raise sqlite3.OperationalError("the machine went away")
        return whole(key_id, key, version)

    monkeypatch.setattr("kasane_kit.db.resealing.AT_ONCE", 2)
    monkeypatch.setattr(seals, "wrap", dies)
    with pytest.raises(sqlite3.OperationalError):
        wrap_anew(ground.databases, seals, "lamps")

    with ground.databases.reading("lamps") as connection:
        assert standing(connection, [lamp]).keys == {1: 3, 2: 2}
    assert notes(ground) == before
    monkeypatch.setattr(seals, "wrap", whole)
    assert wrap_anew(ground.databases, seals, "lamps") == Wrapped(3)
    assert notes(ground) == before


def test_a_key_of_a_record_that_does_not_open_is_named_and_keeps_no_other_back(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(ground, *(a_lamp(str(n), house=f"h{n}", note=f"灯{n}") for n in range(5)))
    with ground.databases.writing("lamps") as connection:
        first = connection.scalars(select(field_key.c.id).order_by(field_key.c.id)).first()
        other = update(field_key).where(field_key.c.id == first)
        connection.execute(other.values(wrapped=f"1:{base64.b64encode(bytes(60)).decode()}"))
        connection.commit()
    take_into_use(ground.databases, "lamps", ground.keys.make_version(TOWN))
    monkeypatch.setattr("kasane_kit.db.resealing.AT_ONCE", 2)

    done = wrap_anew(ground.databases, FieldSeals(ground.keys, TOWN), "lamps")

    assert done == Wrapped(4, (f"field_key|{first}: the key of this record does not open",))
    with ground.databases.reading("lamps") as connection:
        assert standing(connection, [lamp]).keys == {1: 1, 2: 4}


def test_what_a_process_remembers_of_records_is_bounded_for_all_its_towns_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, towns = KeyRing(tmp_path / "keys"), ("012319", TOWN, "313721")
    keys.ensure(*towns)
    seals = TownSeals(keys)
    monkeypatch.setattr("kasane_kit.db.sealed.MOST_OPENED", 4)
    asked: list[str] = []
    unwrap = FieldSeals.unwrap

    def counted(self: FieldSeals, key_id: str, wrapped: str) -> bytes:
        asked.append(key_id)
        return unwrap(self, key_id, wrapped)

    monkeypatch.setattr(FieldSeals, "unwrap", counted)
    wrapped = {
        (town, name): seals.of(town).wrap(name, bytes(32), 1) for town in towns for name in "ab"
    }
    for (town, name), content in [*wrapped.items(), *wrapped.items()]:
        assert seals.of(town).opener(name, content) is seals.of(town).opener(name, content)

    # Each was asked for twice in a row and opened once; six do not fit, so the first were opened again.
    assert len(asked) > len(wrapped)


def test_a_key_that_one_town_has_opened_opens_in_no_other(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path / "keys")
    keys.ensure(TOWN, OTHER_TOWN)
    seals = TownSeals(keys)
    wrapped = seals.of(TOWN).wrap("a", bytes(32), 1)
    seals.of(TOWN).opener("a", wrapped)

    with pytest.raises(SealBroken):
        seals.of(OTHER_TOWN).opener("a", wrapped)


def test_where_everything_is_sealed_a_planted_plain_text_is_refused(ground: Ground) -> None:
    write(ground, a_lamp(), a_lamp("b", note=""))

    assert refuse_plain(ground.databases, "lamps", [lamp, turn]) == []
    ground.raw("UPDATE lamp SET note = 'にせの記録' WHERE id = 'a'")

    with ground.databases.reading("lamps") as connection:
        with pytest.raises(PlainRefused, match="keys status"):
            connection.scalars(select(lamp.c.note).where(lamp.c.id == "a")).all()
        assert connection.scalars(select(lamp.c.note).where(lamp.c.id == "b")).all() == [""]
        found = standing(connection, [lamp, turn])
    assert (found.plain, found.closed, found.refused) == (1, 3, 1)
    # Who migrates again takes nothing over that nobody has looked at.
    assert seal_plain(ground.databases, "lamps", [lamp, turn]) == 0
    assert ground.raw("SELECT note FROM lamp WHERE id = 'a'") == [("にせの記録",)]


def test_the_mark_that_is_taken_away_with_the_plain_text_planted_still_holds(
    ground: Ground,
) -> None:
    write(ground, a_lamp())
    refuse_plain(ground.databases, "lamps", [lamp, turn])
    ground.raw("DELETE FROM only_sealed")
    ground.raw("UPDATE lamp SET note = 'にせの記録'")

    with ground.databases.reading("lamps") as connection, pytest.raises(PlainRefused):
        connection.scalars(select(lamp.c.note)).all()


def test_an_operator_who_knows_whose_it_is_takes_the_plain_text_over(ground: Ground) -> None:
    write(ground, a_lamp())
    refuse_plain(ground.databases, "lamps", [lamp, turn])
    ground.raw("UPDATE lamp SET note = '控えから'")

    take_plain(ground.databases, "lamps", [lamp, turn])
    assert seal_plain(ground.databases, "lamps", [lamp, turn]) == 1
    assert refuse_plain(ground.databases, "lamps", [lamp, turn]) == []

    assert [note for note, _ in notes(ground)] == ["控えから"]


def test_a_column_with_something_plain_stays_open_until_it_is_sealed(ground: Ground) -> None:
    ground.raw(
        "INSERT INTO lamp (id, house, name, note, parts) VALUES ('a', 'h', '', '古い', '[]')"
    )

    assert refuse_plain(ground.databases, "lamps", [lamp, turn]) == ["lamp.note"]
    assert [note for note, _ in notes(ground)] == ["古い"]
    assert seal_plain(ground.databases, "lamps", [lamp, turn]) == 1
    assert refuse_plain(ground.databases, "lamps", [lamp, turn]) == []


def test_a_key_made_in_a_savepoint_that_was_taken_back_is_made_anew(ground: Ground) -> None:
    with ground.databases.writing("lamps") as connection:
        connection.execute(insert(turn).values(lamp_id="x", number=1, words="前"))
        inner = connection.begin_nested()
        connection.execute(a_lamp())  # type: ignore[call-overload]
        inner.rollback()
        connection.execute(a_lamp())  # type: ignore[call-overload]
        connection.commit()

    assert notes(ground) == [(WORDS, [{"傘": "割れた"}])]
