"""Checks new keys of records on both databases: while people work, cut off anywhere, when a record ends meanwhile."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text, update

from kasane_kit.db import Databases, FieldSeals, NotSealed, renewing
from kasane_kit.db.renewing import Renewed, renew
from kasane_kit.db.resealing import standing, take_into_use, wrap_anew
from kasane_kit.db.sealed import field_key
from kasane_kit.db.shredding import Personal, Rules, left_over, shred
from kasane_kit.keys import KeyMissing, KeyRing, SealBroken
from kasane_kit.tenancy import municipality_scope
from tests.support.sealed_lamps import (
    TOWN,
    WORDS,
    Ground,
    OneDatabase,
    a_lamp,
    beside,
    lamp,
    notes,
    turn,
    until_somebody_waits,
    write,
)

ROOT = Path(__file__).parents[3]
TABLES = [lamp, turn]
RULES = Rules(
    personal=(
        Personal(lamp, of=("house",), stays=("name",), holds=True),
        Personal(turn, of=("lamp_id",)),
    )
)
KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import make_url
from kasane_kit.db import Databases, FieldSeals, renewing
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from tests.support.sealed_lamps import TOWN, OneDatabase, lamp, turn

address, folder, step, number = sys.argv[1:]
holder = renewing if step == "rest" else FieldSeals
whole, left = getattr(holder, step), [int(number)]

def dies(*given):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*given)

setattr(holder, step, dies)
renewing.AT_ONCE = 3
with municipality_scope(TOWN):
    renewing.renew(Databases(OneDatabase(make_url(address)), KeyRing(Path(folder))), "lamps", [lamp, turn])
"""


class CutOff(Exception):
    """The run ended here."""


def fill(ground: Ground, lamps: int = 6) -> None:
    """Two lamps in each house, each with a turn; houses and lamps are records with keys."""
    for number in range(lamps):
        write(
            ground,
            a_lamp(f"a{number:02}", house=f"h{number // 2}", note=f"灯{number}"),
            insert(turn).values(lamp_id=f"a{number:02}", number=1, words=f"つけた{number}"),
        )


def renewed(ground: Ground, most: int | None = None) -> Renewed:
    return renew(ground.databases, "lamps", TABLES, most)


def words(ground: Ground) -> list[Any]:
    """Everything that is written, opened."""
    with ground.databases.reading("lamps") as connection:
        turns = connection.scalars(select(turn.c.words).order_by(turn.c.lamp_id, turn.c.number))
        return [*notes(ground), *turns]


def keys_of_cells(ground: Ground) -> set[object]:
    """The ids that lie in the cells."""
    found = [
        ground.raw(f"SELECT substr({cell}, 9, 36) FROM {table} WHERE {cell} NOT IN ('', '[]')")
        for table, cell in (
            ("lamp", "note"),
            ("lamp", "trim(CAST(parts AS TEXT), '\"')"),
            ("lamp_turn", "words"),
        )
    ]
    return {key_id for rows in found for (key_id,) in rows}


def key_rows(ground: Ground) -> dict[object, object]:
    """The keys that there are: id to owner."""
    return dict(ground.raw("SELECT id, owner FROM field_key"))  # type: ignore[arg-type]


def assert_whole(ground: Ground) -> None:
    """Nothing of a renewal is left to do."""
    keys = key_rows(ground)
    assert not [owner for owner in keys.values() if str(owner).startswith("~")]
    assert keys_of_cells(ground) <= keys.keys()


def at_rest(monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], None]) -> list[int]:
    """Acts behind the numbered transaction of a run; the list that is returned counts them."""
    counted = [0]

    def rest(_seconds: float) -> None:
        counted[0] += 1
        if counted[0] == number:
            act()

    monkeypatch.setattr(renewing, "rest", rest)
    return counted


def cut() -> None:
    raise CutOff


def end(ground: Ground, *records: str) -> None:
    """Destroys what is personal in these records."""
    with ground.databases.writing("lamps") as connection:
        shred(connection, RULES, records, "shredding-1", datetime(2026, 4, 1, tzinfo=UTC))
        connection.commit()


def of_ended(ground: Ground, *records: str) -> dict[str, int]:
    with ground.databases.reading("lamps") as connection:
        return dict(left_over(connection, RULES, records))


def test_every_record_has_a_new_key_and_every_cell_lies_under_it(ground: Ground) -> None:
    fill(ground)
    write(ground, a_lamp("empty", house="h0", note="", parts=[]))
    before, said = key_rows(ground), words(ground)

    assert renewed(ground) == Renewed(records=9, cells=18, retired=9)

    after = key_rows(ground)
    assert sorted(map(str, after.values())) == sorted(map(str, before.values()))
    assert not after.keys() & before.keys()
    assert keys_of_cells(ground) == after.keys()
    assert words(ground) == said
    assert ground.raw("SELECT DISTINCT version FROM lamp") == [(0,)]
    assert_whole(ground)


def test_where_nothing_is_sealed_there_is_nothing_to_renew(ground: Ground) -> None:
    assert renewed(ground) == Renewed(0, 0, 0)


def test_a_row_that_went_to_another_record_takes_the_key_of_that_record(ground: Ground) -> None:
    fill(ground, 4)
    ground.raw("UPDATE lamp SET house = 'h1' WHERE id = 'a00'")
    said = words(ground)

    renewed(ground)

    (key_id,) = [one for one, owner in key_rows(ground).items() if owner == "h1"]
    assert ground.raw("SELECT substr(note, 9, 36) FROM lamp WHERE id = 'a00'") == [(key_id,)]
    assert words(ground) == said
    assert_whole(ground)


def test_with_a_limit_the_oldest_keys_are_renewed_first(ground: Ground) -> None:
    write(ground, *(a_lamp(f"a{n}", house=f"h{n}") for n in range(3)))
    first = sorted(map(str, key_rows(ground)))

    for left in (2, 1, 0):
        assert renewed(ground, 1).records == 1
        assert sorted(first[3 - left :]) == sorted(first & key_rows(ground).keys())
    assert_whole(ground)


def test_cut_off_behind_any_step_everything_opens_and_the_next_run_goes_on(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ground)
    monkeypatch.setattr(renewing, "AT_ONCE", 2)
    monkeypatch.setattr(renewing, "READ_AT_ONCE", 3)
    for number in count(1):
        before, said = key_rows(ground), words(ground)
        steps = at_rest(monkeypatch, number, cut)
        try:
            renewed(ground)
        except CutOff:
            assert words(ground) == said
            write(ground, update(lamp).where(lamp.c.id == "a03").values(note=f"変えた{number}"))
            at_rest(monkeypatch, 0, cut)
            said = words(ground)
            renewed(ground)
            assert words(ground) == said
            assert not keys_of_cells(ground) & before.keys()
            assert_whole(ground)
        else:
            break

    # 9 keys set aside, 12 rows and 9 keys deleted, two at a time.
    assert steps[0] >= 16


@pytest.mark.parametrize(("step", "number"), [("fresh", 5), ("close", 8), ("rest", 7), ("rest", 9)])
def test_a_process_that_is_killed_leaves_everything_readable(
    ground: Ground, step: str, number: int
) -> None:
    fill(ground)
    before, said = key_rows(ground), words(ground)

    address = ground.address.render_as_string(hide_password=False)
    arguments = [address, str(ground.keys._folder), step, str(number)]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments], cwd=ROOT, timeout=100, check=False
    )

    assert done.returncode == -signal.SIGKILL
    assert words(ground) == said
    assert any(str(owner).startswith("~") for owner in key_rows(ground).values())
    renewed(ground)
    assert words(ground) == said
    assert not keys_of_cells(ground) & before.keys()
    assert_whole(ground)


def test_how_many_stand_between_two_keys_is_told_until_none_does(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ground)
    at_rest(monkeypatch, 1, cut)
    with pytest.raises(CutOff):
        renewed(ground, 4)

    def between() -> int:
        with ground.databases.reading("lamps") as connection:
            return standing(connection, TABLES).set_aside

    assert between() == 4
    at_rest(monkeypatch, 0, cut)
    renewed(ground)
    assert between() == 0


def test_the_town_s_key_may_change_before_the_rest_is_renewed(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ground)
    said = words(ground)
    at_rest(monkeypatch, 3, cut)
    with pytest.raises(CutOff):
        renewed(ground)
    take_into_use(ground.databases, "lamps", ground.keys.make_version(TOWN))
    wrap_anew(ground.databases, FieldSeals(ground.keys, TOWN), "lamps")
    assert words(ground) == said

    at_rest(monkeypatch, 0, cut)
    renewed(ground)

    assert words(ground) == said
    assert ground.raw("SELECT DISTINCT version FROM field_key") == [(2,)]
    assert_whole(ground)


def test_people_read_and_edit_the_same_records_meanwhile(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ground, 40)
    before = key_rows(ground)
    monkeypatch.setattr(renewing, "AT_ONCE", 3)
    over, wrong, edits = threading.Event(), [], [0] * 4

    def edit(worker: int) -> None:
        for round_ in count():
            if over.is_set() and round_ > 2:
                return
            lamp_id = f"a{(7 * round_ + worker) % 40:02}"
            with ground.databases.reading("lamps") as connection:
                known = connection.execute(select(lamp).where(lamp.c.id == lamp_id)).one()
            assert known.note == (f"{lamp_id} {known.version}" if known.version else known.note)
            assert known.parts == [{"傘": "割れた"}]
            with ground.databases.writing("lamps") as connection:
                done = connection.execute(
                    update(lamp)
                    .where(lamp.c.id == lamp_id, lamp.c.version == known.version)
                    .values(note=f"{lamp_id} {known.version + 1}", version=known.version + 1)
                )
                if worker % 2:
                    number = 1000 * worker + round_ + 2
                    connection.execute(
                        insert(turn).values(lamp_id=lamp_id, number=number, words="夜")
                    )
                connection.commit()
            edits[worker] += done.rowcount

    def work(worker: int) -> None:
        try:
            with municipality_scope(TOWN):
                edit(worker)
        except Exception as error:
            wrong.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    try:
        done = renewed(ground)
    finally:
        over.set()
        for worker in workers:
            worker.join(60)

    assert wrong == []
    assert done.shut == ()
    assert ground.raw("SELECT sum(version) FROM lamp") == [(sum(edits),)]
    with ground.databases.reading("lamps") as connection:
        for row in connection.execute(select(lamp).where(lamp.c.version > 0)):
            assert row.note == f"{row.id} {row.version}"
    words(ground)
    assert not keys_of_cells(ground) & before.keys()
    assert_whole(ground)


def test_two_at_the_same_time_do_it_together(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ground, 20)
    before, said = key_rows(ground), words(ground)
    monkeypatch.setattr(renewing, "AT_ONCE", 3)

    with beside(lambda: renewed(ground)) as came:
        done = renewed(ground)

    (other,) = came
    assert isinstance(other, Renewed), other
    assert other.records + done.records >= 30
    assert words(ground) == said
    assert not keys_of_cells(ground) & before.keys()
    assert_whole(ground)


def test_it_waits_for_whoever_is_writing_and_holds_up_nobody_else(server: Ground) -> None:
    fill(server, 4)
    before = key_rows(server)
    with server.databases.writing("lamps") as connection:
        connection.execute(update(lamp).where(lamp.c.id == "a00").values(note="書いている"))
        with beside(lambda: renewed(server)) as came:
            until_somebody_waits(server, came)
            write(
                server,
                update(lamp).where(lamp.c.id == "a01").values(note="同じ家"),
                update(lamp).where(lamp.c.id == "a02").values(note="ほかの家"),
            )
            connection.commit()

    # The cell of the other house was written under its new key already.
    assert came == [Renewed(records=6, cells=11, retired=6)]
    assert [note for note, _ in notes(server)][:3] == ["書いている", "同じ家", "ほかの家"]
    assert not keys_of_cells(server) & before.keys()
    assert_whole(server)


def test_a_row_that_somebody_holds_and_then_edits_is_no_deadlock(server: Ground) -> None:
    fill(server, 4)
    hold = select(lamp.c.id).where(lamp.c.id == "a00").with_for_update()
    with server.databases.writing("lamps") as connection:
        connection.execute(hold)
        with beside(lambda: renewed(server)) as came:
            until_somebody_waits(server, came)
            # Everything else is done, and no lock of it is kept.
            under = "SELECT count(*) FROM lamp JOIN field_key k ON k.id = substr(note, 9, 36)"
            assert server.raw(f"{under} WHERE owner LIKE '~%'") == [(1,)]
            connection.execute(update(lamp).where(lamp.c.id == "a00").values(note="先に"))
            connection.execute(update(lamp).where(lamp.c.id == "a03").values(note="次に"))
            connection.commit()

    (done,) = came
    assert isinstance(done, Renewed), done
    assert [note for note, _ in notes(server)] == ["先に", "灯1", "灯2", "次に"]
    assert_whole(server)


def test_an_edit_that_comes_while_a_cell_is_sealed_anew_is_not_lost(
    server: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server, 2)
    whole = FieldSeals.opened
    threads: list[Any] = []
    edit = update(lamp).where(lamp.c.id == "a00", lamp.c.version == 0)

    def while_it_is_sealed(self: FieldSeals, *given: Any) -> Any:
        if not threads:
            editing = beside(lambda: write(server, edit.values(note="新しい", version=1)))
            threads.append((editing, editing.__enter__()))
            until_somebody_waits(server, threads[0][1])
        return whole(self, *given)

    monkeypatch.setattr(FieldSeals, "opened", while_it_is_sealed)
    renewed(server)
    ((editing, came),) = threads
    editing.__exit__(None, None, None)

    assert came == [None]
    assert notes(server)[0] == ("新しい", [{"傘": "割れた"}])
    assert_whole(server)


def test_a_record_that_ends_between_any_two_steps_leaves_no_key(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ground)
    monkeypatch.setattr(renewing, "AT_ONCE", 2)
    for number in count(1):
        house = f"ends{number}"
        write(
            ground,
            a_lamp("ends", house=house),
            insert(turn).values(lamp_id="ends", number=1, words=WORDS),
        )
        steps = at_rest(monkeypatch, number, lambda house=house: end(ground, house))  # type: ignore[misc]
        renewed(ground)
        if steps[0] < number:
            break
        assert of_ended(ground, house) == {}
        assert {house, "ends"} & {*key_rows(ground).values()} == set()
        assert_whole(ground)
        ground.raw("DELETE FROM lamp WHERE id = 'ends'")
        ground.raw("DELETE FROM lamp_turn WHERE lamp_id = 'ends'")

    assert number > 12
    assert [note for note, _ in notes(ground)][:6] == [f"灯{n}" for n in range(6)]


def test_the_end_of_a_record_takes_the_key_that_was_set_aside_and_spares_what_went_elsewhere(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ground, 4)
    ground.raw("UPDATE lamp SET house = 'h1' WHERE id = 'a00'")
    at_rest(monkeypatch, 1, cut)
    with pytest.raises(CutOff):
        renewed(ground)
    assert of_ended(ground, "h0") == {"field_key": 4, "lamp": 1, "lamp_turn": 1}

    end(ground, "h0")

    assert of_ended(ground, "h0") == {}
    assert {"h0", "~h0", "a01", "~a01"} & {*key_rows(ground).values()} == set()
    assert [note for note, _ in notes(ground)] == ["灯0", "", "灯2", "灯3"]
    at_rest(monkeypatch, 0, cut)
    renewed(ground)
    assert [note for note, _ in notes(ground)] == ["灯0", "", "灯2", "灯3"]
    assert_whole(ground)


def test_a_record_that_is_ending_while_it_is_renewed_gets_no_new_key(server: Ground) -> None:
    fill(server, 4)
    with server.databases.writing("lamps") as connection:
        shred(connection, RULES, ["h0"], "shredding-1", datetime(2026, 4, 1, tzinfo=UTC))
        with beside(lambda: renewed(server)) as came:
            until_somebody_waits(server, came)
            connection.commit()

    assert [type(one) for one in came] == [Renewed]
    assert of_ended(server, "h0") == {}
    assert {"h0", "a00", "a01"} & {*key_rows(server).values()} == set()
    assert_whole(server)


def test_the_end_of_a_record_waits_for_its_new_key_and_takes_both(
    server: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server, 2)
    whole = FieldSeals.fresh
    threads: list[Any] = []

    def while_it_is_made(self: FieldSeals, connection: Connection, owner: str) -> Any:
        if not threads:
            ending = beside(lambda: end(server, "h0"))
            threads.append((ending, ending.__enter__()))
            until_somebody_waits(server, threads[0][1])
        return whole(self, connection, owner)

    monkeypatch.setattr(FieldSeals, "fresh", while_it_is_made)
    done = renewed(server)
    ((ending, came),) = threads
    ending.__exit__(None, None, None)

    assert (done.records, came) == (3, [None])
    assert of_ended(server, "h0") == {}
    assert key_rows(server) == {}


def test_a_cell_that_does_not_open_is_told_and_left_with_its_key(ground: Ground) -> None:
    fill(ground, 4)
    ((good,),) = ground.raw("SELECT note FROM lamp WHERE id = 'a00'")
    ground.raw(
        "UPDATE lamp SET note = substr(note, 1, length(note) - 5) || 'AAAA=' WHERE id = 'a00'"
    )

    done = renewed(ground)

    assert (done.records, done.cells, done.retired) == (6, 11, 5)
    (place,) = done.shut
    assert place.startswith(f"{TOWN}|lamp|note|a00|")
    assert [owner for owner in key_rows(ground).values() if str(owner).startswith("~")] == ["~h0"]
    with ground.databases.reading("lamps") as connection:
        with pytest.raises(SealBroken):
            connection.scalars(select(lamp.c.note).where(lamp.c.id == "a00")).all()
        assert connection.scalars(select(lamp.c.note).where(lamp.c.id == "a01")).all() == ["灯1"]

    with ground.databases.writing("lamps") as connection:
        _put_back(connection, str(good))
    assert renewed(ground).shut == ()
    assert [note for note, _ in notes(ground)] == [f"灯{n}" for n in range(4)]
    assert_whole(ground)


def _put_back(connection: Connection, good: str) -> None:
    connection.execute(text("UPDATE lamp SET note = :good WHERE id = 'a00'"), {"good": good})
    connection.commit()


def test_a_key_that_does_not_open_is_not_replaced(ground: Ground) -> None:
    fill(ground, 4)
    ground.raw(
        "UPDATE field_key SET wrapped = (SELECT k.wrapped FROM field_key k WHERE k.owner = 'h1') "
        "WHERE owner = 'h0'"
    )
    ((key_id,),) = ground.raw("SELECT id FROM field_key WHERE owner = 'h0'")

    done = renewed(ground)

    assert (done.records, done.retired) == (5, 5)
    assert done.shut == (f"field_key|{key_id}: the key of this record does not open",)
    assert key_rows(ground)[key_id] == "h0"


def test_without_a_version_of_the_town_s_key_nothing_is_begun(ground: Ground) -> None:
    fill(ground, 2)
    take_into_use(ground.databases, "lamps", ground.keys.make_version(TOWN))
    write(ground, a_lamp("b", house="h9"))
    before = key_rows(ground)
    (ground.keys._folder / f"{TOWN}v2.key").unlink()
    again = Databases(OneDatabase(ground.address), KeyRing(ground.keys._folder))

    with pytest.raises(KeyMissing, match=f"{TOWN}v2"):
        renew(again, "lamps", TABLES)

    assert key_rows(ground) == before
    again.dispose()


def test_a_record_with_the_name_of_a_key_that_is_being_replaced_is_refused(ground: Ground) -> None:
    fill(ground, 2)
    with pytest.raises(NotSealed, match="nothing was written"):
        write(ground, a_lamp("b", house="~h0"))

    assert ground.raw("SELECT id FROM lamp WHERE id = 'b'") == []
    with ground.databases.reading("lamps") as connection:
        assert set(connection.scalars(select(field_key.c.owner))) == {"h0", "a00", "a01"}
