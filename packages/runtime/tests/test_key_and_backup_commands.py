"""Plays ``kasane keys`` and ``kasane backup`` as an operator types them, in a folder with one town."""

import shutil
from pathlib import Path

import pytest

from kasane_kit.config import Settings
from kasane_runtime import commands
from kasane_runtime.cli import main
from kasane_runtime.compose import Composition, compose

TOWN = "292095"
TOWN_FILES = Path(__file__).parents[3] / "deploy/towns"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


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
    status, said = typed("keys", "rotate", TOWN)
    assert (status, "鍵 v2 を作りました" in said) == (0, True), said
    assert (tmp_path / "var" / "keys" / f"{TOWN}v2.key").exists()
    assert typed("keys", "seal", TOWN)[0] == 0

    status, said = typed("backup", "create", TOWN, "--into", str(tmp_path / "backups"))
    (backup,) = (tmp_path / "backups").iterdir()
    assert (status, "5 個" in said) == (0, True), said
    assert typed("backup", "verify", str(backup))[0] == 0
    status, said = typed("backup", "drill", TOWN)
    assert (status, "この町は戻せます" in said) == (0, True), said
    status, said = typed("backup", "restore", TOWN, str(backup))
    assert (status, "控えより先へ進んでいるものはありません" in said) == (0, True), said

    assert len(list((tmp_path / "var" / TOWN).glob("before-*"))) == 1
    status, said = typed("backup", "clear", TOWN)
    assert (status, "before-" in said) == (0, True), said
    assert list((tmp_path / "var" / TOWN).glob("before-*")) == []

    for refused in (
        ("keys", "rotate", "999999"),
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
