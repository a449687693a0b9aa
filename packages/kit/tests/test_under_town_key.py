"""Checks what lies directly under the town's key on both databases: which version seals, and sealing it anew."""

import base64
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from kasane_kit.db import Databases, FieldSeals, key_versions, renewing, seals_of
from kasane_kit.db.key_versions import BELIEVED_SECONDS, version_in_use
from kasane_kit.db.resealing import take_into_use
from kasane_kit.db.typed import KEPT_DRAFTS
from kasane_kit.db.under_town_key import Resealed, reseal, versions_of
from kasane_kit.keys import KeyMissing, KeyRing
from kasane_kit.tenancy import municipality_scope
from kasane_kit.web.kept_drafts import KeptDrafts
from tests.support.sealed_lamps import (
    OTHER_TOWN,
    PICTURES,
    TOWN,
    Ground,
    OneDatabase,
    a_lamp,
    beside,
    picture,
    place_of_picture,
    until_somebody_waits,
)

ROOT = Path(__file__).parents[3]
COLUMNS = (PICTURES, KEPT_DRAFTS)
FORM = "/lamps/292095/lamps/new"
KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import make_url
from kasane_kit.db import Databases, FieldSeals, renewing, under_town_key
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from tests.support.sealed_lamps import PICTURES, TOWN, OneDatabase

address, folder, step, number = sys.argv[1:]
holder = renewing if step == "rest" else FieldSeals
whole, left = getattr(holder, step), [int(number)]

def dies(*given):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*given)

setattr(holder, step, dies)
under_town_key.FILES_AT_ONCE = 2
with municipality_scope(TOWN):
    databases = Databases(OneDatabase(make_url(address)), KeyRing(Path(folder)))
    under_town_key.reseal(databases, "lamps", [PICTURES])
"""


def sealed_by(connection: Connection, lamp_id: str, picture_id: str, content: bytes) -> bytes:
    """The content as a handler seals it."""
    place = place_of_picture(lamp_id, picture_id)
    return seals_of(connection).seal(connection, PICTURES.purpose, content, place)


def hang(databases: Databases, *picture_ids: str, content: str = "絵") -> None:
    """Keeps pictures, each with its own content."""
    with databases.writing("lamps") as connection:
        for one in picture_ids:
            sealed = sealed_by(connection, "a", one, f"{content}{one}".encode())
            connection.execute(insert(picture).values(id=one, lamp_id="a", title="", sealed=sealed))
        connection.commit()


def paint(databases: Databases, picture_id: str, content: str) -> None:
    """Somebody puts another picture in the place of one."""
    with databases.writing("lamps") as connection:
        sealed = sealed_by(connection, "a", picture_id, content.encode())
        connection.execute(
            update(picture).where(picture.c.id == picture_id).values(sealed=sealed, title=content)
        )
        connection.commit()


def pictures(databases: Databases) -> dict[str, str]:
    """Everything that hangs there, opened."""
    with databases.reading("lamps") as connection:
        rows = connection.execute(select(picture).where(picture.c.sealed.is_not(None))).all()
        seals = seals_of(connection)
        return {
            row.id: seals.unseal(
                PICTURES.purpose, row.sealed, place_of_picture(row.lamp_id, row.id)
            ).decode()
            for row in rows
            if row.sealed
        }


def versions(databases: Databases) -> dict[int, int]:
    """How many cells lie under which version."""
    with databases.reading("lamps") as connection:
        return versions_of(connection, COLUMNS)


def rotated(ground: Ground) -> int:
    """Another version of the key, taken into use."""
    version = ground.keys.make_version(TOWN)
    take_into_use(ground.databases, "lamps", version)
    return version


@pytest.fixture(autouse=True)
def without_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else needs the database."""
    monkeypatch.setattr(renewing, "rest", lambda _seconds: None)


def test_a_version_that_was_only_made_is_not_sealed_with(ground: Ground) -> None:
    ground.keys.make_version(TOWN)
    hang(ground.databases, "p1")
    with ground.databases.writing("lamps") as connection:
        connection.execute(a_lamp())  # type: ignore[call-overload]
        connection.commit()
        assert version_in_use(connection) == 1

    assert versions(ground.databases) == {1: 1}
    assert ground.raw("SELECT DISTINCT version FROM field_key") == [(1,)]


def test_what_is_sealed_from_then_on_says_its_version_and_the_old_opens(ground: Ground) -> None:
    hang(ground.databases, "p1")
    rotated(ground)
    hang(ground.databases, "p2")
    paint(ground.databases, "p1", "塗り直した")
    rotated(ground)
    hang(ground.databases, "p3")
    with ground.databases.writing("lamps") as connection:
        KeptDrafts(connection, "who").keep("d1", FORM, [("note", "灯り")], 1)
        connection.commit()

    assert versions(ground.databases) == {2: 2, 3: 2}
    assert pictures(ground.databases) == {"p1": "塗り直した", "p2": "絵p2", "p3": "絵p3"}
    with ground.databases.reading("lamps") as connection:
        assert KeptDrafts(connection, "who").typed("d1") == [("note", "灯り")]
        assert KeptDrafts(connection, "another").typed("d1") is None


def test_the_version_in_use_never_goes_back(ground: Ground) -> None:
    rotated(ground)
    rotated(ground)

    take_into_use(ground.databases, "lamps", 2)

    with ground.databases.reading("lamps") as connection:
        assert version_in_use(connection) == 3
    assert ground.raw("SELECT id, version FROM key_in_use") == [(1, 3)]


def test_a_version_that_is_not_here_is_not_taken_into_use(ground: Ground) -> None:
    with pytest.raises(KeyMissing, match=f"{TOWN}v2"):
        take_into_use(ground.databases, "lamps", 2)

    assert ground.raw("SELECT * FROM key_in_use") == []
    hang(ground.databases, "p1")
    assert versions(ground.databases) == {1: 1}


def test_another_process_follows_within_the_stated_time_without_a_restart(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Databases(OneDatabase(ground.address), KeyRing(ground.keys._folder))
    hang(other, "p1")
    rotated(ground)
    hang(other, "p2")
    now = time.monotonic()
    monkeypatch.setattr(key_versions.time, "monotonic", lambda: now + BELIEVED_SECONDS + 0.01)
    hang(other, "p3")

    assert versions(ground.databases) == {1: 2, 2: 1}
    assert pictures(other) == pictures(ground.databases)
    other.dispose()


def test_a_machine_without_the_version_writes_nothing_until_it_is_copied(
    ground: Ground, tmp_path: Path
) -> None:
    hang(ground.databases, "p1")
    shutil.copytree(ground.keys._folder, tmp_path / "other")
    other = Databases(OneDatabase(ground.address), KeyRing(tmp_path / "other"))
    rotated(ground)
    hang(ground.databases, "p2")
    before = ground.raw("SELECT id FROM lamp_picture ORDER BY id")

    with pytest.raises(KeyMissing, match=f"{TOWN}v2 is not in .*; nothing was read or written"):
        hang(other, "p3")
    with pytest.raises(KeyMissing, match=f"{TOWN}v2"):
        pictures(other)
    assert ground.raw("SELECT id FROM lamp_picture ORDER BY id") == before
    place, keys = place_of_picture("a", "x"), other.keys
    sealed = keys.seal(OTHER_TOWN, "pictures", b"elsewhere", place, 1)
    assert keys.unseal(OTHER_TOWN, "pictures", sealed, place) == b"elsewhere"

    shutil.copy(ground.keys._folder / f"{TOWN}v2.key", tmp_path / "other")
    hang(other, "p3")
    assert pictures(other) == {one: f"絵{one}" for one in ("p1", "p2", "p3")}
    other.dispose()


def test_everything_is_sealed_anew_and_a_second_run_finds_nothing(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kasane_kit.db.under_town_key.READ_AT_ONCE", 4)
    hang(ground.databases, *(f"p{n:02}" for n in range(11)))
    with ground.databases.writing("lamps") as connection:
        connection.execute(insert(picture).values(id="none", lamp_id="a", title=""))
        connection.execute(insert(picture).values(id="empty", lamp_id="a", title="", sealed=b""))
        for number in range(3):
            KeptDrafts(connection, "who").keep(f"d{number}", FORM, [("note", f"灯{number}")], 1)
        KeptDrafts(connection, "who").throw_away("d2")
        connection.commit()
    assert reseal(ground.databases, "lamps", COLUMNS) == Resealed(0)
    rotated(ground)
    hang(ground.databases, "q")
    said = pictures(ground.databases)

    assert reseal(ground.databases, "lamps", COLUMNS) == Resealed(13)

    assert versions(ground.databases) == {2: 14}
    assert pictures(ground.databases) == said
    with ground.databases.reading("lamps") as connection:
        drafts = KeptDrafts(connection, "who")
        assert [drafts.typed(f"d{n}") for n in range(3)] == [
            [("note", "灯0")],
            [("note", "灯1")],
            None,
        ]
    assert reseal(ground.databases, "lamps", COLUMNS) == Resealed(0)
    rotated(ground)
    assert reseal(ground.databases, "lamps", COLUMNS) == Resealed(14)
    assert pictures(ground.databases) == said


def test_what_does_not_open_is_named_and_left_and_the_others_go_on(ground: Ground) -> None:
    hang(ground.databases, "p1", "p2", "p3")
    with ground.databases.writing("lamps") as connection:
        KeptDrafts(connection, "who").keep("d1", FORM, [("note", "灯り")], 1)
        connection.commit()
    ground.raw(
        "UPDATE lamp_picture SET sealed = (SELECT o.sealed FROM lamp_picture o WHERE o.id = 'p1') "
        "WHERE id = 'p2'"
    )
    ground.raw("UPDATE kept_draft SET sealed = '灯り'")
    rotated(ground)

    done = reseal(ground.databases, "lamps", COLUMNS)

    assert done == Resealed(
        2,
        (
            "lamp_picture.sealed p2: the seal does not open with this key at this place",
            "kept_draft.sealed who|d1: the seal is not a text in Base64",
        ),
    )
    assert versions(ground.databases) == {1: 2, 2: 2}


def test_a_version_that_was_lost_leaves_its_cells_alone(ground: Ground) -> None:
    hang(ground.databases, "p1")
    rotated(ground)
    hang(ground.databases, "p2")
    rotated(ground)
    (ground.keys._folder / f"{TOWN}v2.key").unlink()
    again = Databases(OneDatabase(ground.address), KeyRing(ground.keys._folder))

    done = reseal(again, "lamps", COLUMNS)

    assert done.cells == 1
    assert [f"the key {TOWN}v2 is not in" in one for one in done.shut] == [True]
    assert versions(again) == {2: 1, 3: 1}
    again.dispose()


def test_people_put_other_pictures_in_their_places_meanwhile(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"p{n:02}" for n in range(20)]
    hang(ground.databases, *ids)
    over, wrong = threading.Event(), []
    last: dict[str, str] = {}

    def edit(worker: int) -> None:
        try:
            with municipality_scope(TOWN):
                for round_ in count():
                    if over.is_set() and round_ > 2:
                        return
                    one = ids[(3 * round_ + worker * 10) % 10 + worker * 10]
                    paint(ground.databases, one, f"{worker}-{round_}")
                    last[one] = f"{worker}-{round_}"
                    assert pictures(ground.databases)[one] == last[one]
        except Exception as error:
            wrong.append(error)

    monkeypatch.setattr("kasane_kit.db.under_town_key.FILES_AT_ONCE", 2)
    workers = [threading.Thread(target=edit, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    rotated(ground)
    reseal(ground.databases, "lamps", COLUMNS)
    over.set()
    for worker in workers:
        worker.join(60)

    assert wrong == []
    assert pictures(ground.databases) == {one: f"絵{one}" for one in ids} | last
    reseal(ground.databases, "lamps", COLUMNS)
    assert versions(ground.databases) == {2: 20}


def test_an_edit_that_comes_while_a_cell_is_sealed_anew_is_not_lost(
    server: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang(server.databases, "p1", "p2")
    rotated(server)
    whole = FieldSeals.unseal
    threads: list[Any] = []

    def while_it_is_sealed(self: FieldSeals, *given: Any) -> Any:
        if not threads:
            editing = beside(lambda: paint(server.databases, "p1", "新しい"))
            threads.append((editing, editing.__enter__()))
            until_somebody_waits(server, threads[0][1])
        return whole(self, *given)

    monkeypatch.setattr(FieldSeals, "unseal", while_it_is_sealed)
    done = reseal(server.databases, "lamps", COLUMNS)
    ((editing, came),) = threads
    editing.__exit__(None, None, None)

    assert (done, came) == (Resealed(2), [None])
    assert pictures(server.databases) == {"p1": "新しい", "p2": "絵p2"}
    assert versions(server.databases) == {2: 2}


def test_a_row_that_somebody_holds_is_taken_when_they_let_go_and_nobody_waits_for_the_others(
    server: Ground,
) -> None:
    hang(server.databases, "p1", "p2", "p3")
    rotated(server)
    with server.databases.writing("lamps") as connection:
        sealed = sealed_by(connection, "a", "p1", "持っている".encode())
        connection.execute(update(picture).where(picture.c.id == "p1").values(title="先に"))
        with beside(lambda: reseal(server.databases, "lamps", COLUMNS)) as came:
            until_somebody_waits(server, came)
            assert versions(server.databases) == {1: 1, 2: 2}
            paint(server.databases, "p3", "次に")
            connection.execute(update(picture).where(picture.c.id == "p1").values(sealed=sealed))
            connection.commit()

    assert came == [Resealed(2)]
    assert pictures(server.databases) == {"p1": "持っている", "p2": "絵p2", "p3": "次に"}
    assert versions(server.databases) == {2: 3}


@pytest.mark.parametrize(("step", "number"), [("seal", 4), ("unseal", 6), ("rest", 2)])
def test_a_process_that_is_killed_leaves_everything_readable_and_the_next_goes_on(
    ground: Ground, step: str, number: int
) -> None:
    hang(ground.databases, *(f"p{n}" for n in range(8)))
    rotated(ground)
    said = pictures(ground.databases)

    address = ground.address.render_as_string(hide_password=False)
    arguments = [address, str(ground.keys._folder), step, str(number)]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments], cwd=ROOT, timeout=100, check=False
    )

    assert done.returncode == -signal.SIGKILL
    assert pictures(ground.databases) == said
    left = versions(ground.databases)
    assert left[1] + left[2] == 8
    assert reseal(ground.databases, "lamps", COLUMNS).cells == left[1] > 0
    assert pictures(ground.databases) == said
    assert versions(ground.databases) == {2: 8}


def test_a_mark_that_is_changed_in_the_database_does_not_open(ground: Ground) -> None:
    rotated(ground)
    rotated(ground)
    with ground.databases.writing("lamps") as connection:
        KeptDrafts(connection, "who").keep("d1", FORM, [("note", "灯り")], 1)
        connection.commit()
    ((stored,),) = ground.raw("SELECT sealed FROM kept_draft")
    sealed = base64.b64decode(str(stored))
    for changed in (sealed[12:], sealed[:11] + b"\x02" + sealed[12:]):
        told = base64.b64encode(changed).decode()
        ground.raw(f"UPDATE kept_draft SET sealed = '{told}'")
        with ground.databases.reading("lamps") as connection:
            assert KeptDrafts(connection, "who").typed("d1") is None
