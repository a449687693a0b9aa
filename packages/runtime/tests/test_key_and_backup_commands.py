"""Plays ``kasane keys`` and ``kasane backup`` as an operator types them, in a folder with one town."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from kasane_contracts.cases import SupportNeedIdentified
from kasane_kit.auth import platform_actor
from kasane_kit.config import Settings
from kasane_kit.db import renewing
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_runtime import commands, key_commands
from kasane_runtime.cli import main
from kasane_runtime.compose import Composition, compose

TOWN = "292095"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
TOWN_FILES = Path(__file__).parents[3] / "deploy/towns"

pytestmark = [pytest.mark.slow]


def stop(_seconds: float) -> None:
    """An operator who presses Ctrl-C."""
    raise KeyboardInterrupt


def write_a_word(composition: Composition) -> None:
    """A record with two sealed cells."""
    columns = composition.services["cases"].columns
    assert columns is not None
    row = {
        "id": "f1",
        "case_id": "c1",
        "text": "夜は眠れない",
        "told_by": "母",
        "told_on": NOW.date(),
    }
    row |= {"recorded_at": NOW, "recorded_by": "a1", "recorder_name": "調整 花子"}
    with municipality_scope(TOWN), composition.house.databases.writing("cases") as connection:
        connection.execute(insert(columns.tables["cases_fact_origin"]), row)
        connection.commit()


def attach(composition: Composition, file_id: str) -> None:
    """A file of a case, sealed directly under the town's key, and an event with a personal field."""
    house, columns = composition.house, composition.services["cases"].columns
    assert columns is not None
    row = dict.fromkeys(("person_id", "reference", "note", "added_by", "added_by_name"), "")
    row |= {"kind": "document", "name": "", "media_type": "application/pdf", "size": 4}
    row |= {"digest": hashlib.sha256(b"%PDF").hexdigest()}
    with (
        municipality_scope(TOWN),
        UnitOfWork(house, "cases", platform_actor("cases", TOWN)) as uow,
    ):
        sealed = uow.seal("attachments", b"%PDF", f"cases_attachment|c1|{file_id}")
        uow.connection.execute(
            insert(columns.tables["cases_attachment"]).values(
                id=file_id, case_id="c1", added_at=NOW, sealed=sealed, **row
            )
        )
        uow.publish(
            SupportNeedIdentified(f"n-{file_id}", "c1", "p1", "no_food", description="食べ物がない")
        )
        uow.record("cases.attachment.added", "attachment", file_id)
        uow.commit()


def opened(composition: Composition) -> dict[str, bytes]:
    """The files of the case."""
    columns = composition.services["cases"].columns
    assert columns is not None
    file = columns.tables["cases_attachment"].c
    with municipality_scope(TOWN), composition.house.databases.reading("cases") as connection:
        return {
            row.id: composition.house.unseal(
                "attachments", row.sealed, f"cases_attachment|c1|{row.id}"
            )
            for row in connection.execute(select(file.id, file.sealed))
        }


def test_an_operator_changes_a_key_takes_a_backup_tries_it_and_restores_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "towns").mkdir()
    (file,) = TOWN_FILES.glob(f"{TOWN}-*.toml")
    shutil.copy(file, tmp_path / "towns")
    monkeypatch.setenv("KASANE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("KASANE_TOWN_FILES", str(tmp_path / "towns"))
    monkeypatch.delenv("KASANE_MODE", raising=False)

    made: list[Composition] = []

    def composed(settings: Settings) -> Composition:
        made.append(compose(settings))
        return made[-1]

    monkeypatch.setattr(commands, "compose", composed)
    monkeypatch.setattr(key_commands, "BELIEVED_SECONDS", 0)

    def typed(*words: str) -> tuple[int, str]:
        status = main(list(words))
        # Each command is a process of its own, which leaves nothing open.
        while made:
            made.pop().house.databases.dispose()
        said = capsys.readouterr()
        return status, said.out + said.err

    assert typed("migrate")[0] == 0
    status, said = typed("keys", "status")
    assert (status, f"○ {TOWN} cases: 封 0、封なし 0、鍵 —" in said) == (0, True)
    attach(composed(Settings.from_env()), "f-1")
    status, said = typed("keys", "rotate", TOWN, "--only-make")
    assert (status, "鍵 v2 を作りました" in said, "包み直し" in said) == (0, True, False), said
    assert (tmp_path / "var" / "keys" / f"{TOWN}v2.key").exists()
    attach(composed(Settings.from_env()), "f-2")
    status, said = typed("keys", "status")
    assert f"{TOWN} cases: 町の鍵でじかに封をしたもの v1: 2 /" in said, said
    assert f"△ {TOWN} cases: 使っている世代は v1、作ってある世代は v2。" in said
    status, said = typed("keys", "rotate", TOWN, "--only-wrap")
    assert status == 0
    assert f"{TOWN} cases: 0 件を包み直し、じかの封 2 個をし直し、0 行に札をつけ直しました" in said
    attach(composed(Settings.from_env()), "f-3")
    status, said = typed("keys", "status")
    assert f"{TOWN} cases: 町の鍵でじかに封をしたもの v2: 3 /" in said, said
    assert "△" not in said
    status, said = typed("keys", "rotate", TOWN)
    assert "じかの封 3 個をし直し、" in said
    status, said = typed("keys", "status")
    assert f"{TOWN} cases: 町の鍵でじかに封をしたもの v3: 3 /" in said, said
    assert f"△ {TOWN}: v2 の下に 出来事 / events" in said
    assert opened(composed(Settings.from_env())) == {one: b"%PDF" for one in ("f-1", "f-2", "f-3")}
    the_key = tmp_path / "var" / "keys" / f"{TOWN}v3.key"
    the_key.rename(tmp_path / "v3.key")
    status, said = typed("keys", "rotate", TOWN)
    assert (status, f"copy {TOWN}v3.key from the machine" in said) == (2, True), said
    status, said = typed("keys", "status")
    assert f"✗ {TOWN} cases: 使っている世代 v3 の鍵が、この機械にありません" in said
    (tmp_path / "v3.key").rename(the_key)
    assert not (tmp_path / "var" / "keys" / f"{TOWN}v4.key").exists()
    assert typed("keys", "seal", TOWN)[0] == 0
    write_a_word(composed(Settings.from_env()))
    with monkeypatch.context() as stopped:
        stopped.setattr(renewing, "rest", stop)
        assert typed("keys", "renew", TOWN)[0] == 130
    status, said = typed("keys", "status")
    assert (status, "cases: 鍵を新しくしている途中の記録が 1 件" in said) == (0, True), said
    status, said = typed("keys", "renew", TOWN, "--service", "intake")
    assert f"{TOWN} intake: 記録 0 件の鍵を新しくし、0 個の欄に" in said, said
    assert f"{TOWN} cases" not in said
    with closing(sqlite3.connect(tmp_path / "var" / TOWN / "cases.sqlite")) as later:
        later.execute("INSERT INTO schema_version VALUES ('of a later release')")
        later.commit()
        status, said = typed("keys", "renew", TOWN)
        assert (status, "tables of cases are not those of this release" in said) == (2, True), said
        later.execute("DELETE FROM schema_version WHERE version_num = 'of a later release'")
        later.commit()

    status, said = typed("backup", "create", TOWN, "--into", str(tmp_path / "backups"))
    (backup,) = (tmp_path / "backups").iterdir()
    assert (status, "5 個" in said) == (0, True), said
    assert typed("backup", "verify", str(backup))[0] == 0
    status, said = typed("backup", "drill", TOWN)
    assert (status, "この町は戻せます" in said) == (0, True), said
    status, said = typed("backup", "restore", TOWN, str(backup))
    assert (status, "控えより先へ進んでいるものはありません" in said) == (0, True), said

    # The backup was taken between the two keys; what came back goes on from there.
    status, said = typed("keys", "renew", TOWN, "--owner-limit", "1")
    assert f"{TOWN} cases: 記録 0 件の鍵を新しくし、2 個の欄に封をし直し、古い鍵を 1 個" in said, (
        said
    )
    status, said = typed("keys", "status")
    assert (status, f"○ {TOWN} cases: 封 2、" in said, "途中の記録" in said) == (0, True, False)

    assert len(list((tmp_path / "var" / TOWN).glob("before-*"))) == 1
    status, said = typed("backup", "clear", TOWN)
    assert (status, "before-" in said) == (0, True), said
    assert list((tmp_path / "var" / TOWN).glob("before-*")) == []

    for refused in (
        ("keys", "rotate", "999999"),
        ("keys", "renew", "999999"),
        ("keys", "renew", TOWN, "--service", "nobody"),
        ("keys", "renew", TOWN, "--owner-limit", "0"),
        ("backup", "create", "999999", "--into", str(tmp_path)),
        ("backup", "restore", "host", str(backup)),
        ("backup", "restore", TOWN, str(tmp_path)),
        ("backup", "restore", TOWN, str(backup), "--service", "nobody"),
        ("backup", "restore", TOWN, str(backup), "--skip-numbers", "-1"),
        ("backup", "clear", "999999"),
        ("backup", "drill", "999999"),
    ):
        status, said = typed(*refused)
        assert (status, "nothing was changed" in said) == (2, True), said


def test_one_command_backs_up_the_host_and_every_town_and_goes_on_past_one_that_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other, into, keys = "012319", tmp_path / "backups", tmp_path / "var" / "keys"
    (tmp_path / "towns").mkdir()
    for code in (TOWN, other):
        (file,) = TOWN_FILES.glob(f"{code}-*.toml")
        shutil.copy(file, tmp_path / "towns")
    monkeypatch.setenv("KASANE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("KASANE_TOWN_FILES", str(tmp_path / "towns"))
    monkeypatch.delenv("KASANE_MODE", raising=False)

    def taken() -> list[str]:
        return sorted(folder.name.partition("-")[0] for folder in into.iterdir())

    assert main(["migrate"]) == 0
    assert main(["backup", "create", "--into", str(into)]) == 0
    assert taken() == [other, TOWN, "host"]
    for folder in into.iterdir():
        assert main(["backup", "verify", str(folder)]) == 0
    shutil.rmtree(into)
    (keys / f"{other}.key").rename(keys / "away")
    capsys.readouterr()

    assert main(["backup", "create", "--into", str(into)]) == 1

    assert taken() == [TOWN, "host"]
    assert f"✗ {other}: 控えを取れませんでした。" in capsys.readouterr().out
