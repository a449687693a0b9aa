"""The whole house moves a town by its command: every service's tables, the trail, and the pages of both sides."""

from __future__ import annotations

import io
import shutil
import sqlite3
from pathlib import Path

import pytest
from werkzeug.test import Client

from kasane_kit.config import Settings
from kasane_runtime.cli import main
from kasane_runtime.compose import compose, load_services, make_app
from kasane_runtime.processes import settle

IKOMA = "292095"
TOWN_FILES = Path(__file__).parents[2] / "deploy/towns"


@pytest.fixture
def two_houses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A house in use by one town, and one that has its file and its key and nothing else."""
    found = {}
    for name in ("source", "target"):
        found[name] = tmp_path / name
        (found[name] / "towns").mkdir(parents=True)
        (file,) = TOWN_FILES.glob(f"{IKOMA}-*.toml")
        shutil.copy(file, found[name] / "towns")
    settings = tmp_path / "other.env"
    settings.write_text(
        f"KASANE_VAR={found['target']}/var\nKASANE_TOWN_FILES={found['target']}/towns\n"
    )
    enter(found["source"], monkeypatch)
    assert main(["migrate"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))
    wanted = ["accounts", "create", IKOMA, "desk-one", "窓口 一", "--role", "receiver"]
    assert main([*wanted, "--office", "tax_window"]) == 0
    composition = compose(Settings.from_env())
    settle(composition)
    composition.house.databases.dispose()
    keys = found["target"] / "var/keys"
    keys.mkdir(parents=True)
    shutil.copy(found["source"] / "var/keys" / f"{IKOMA}.key", keys)
    return {**found, "settings": settings}


def enter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets commands work in a house."""
    monkeypatch.setenv("KASANE_VAR", str(folder / "var"))
    monkeypatch.setenv("KASANE_TOWN_FILES", str(folder / "towns"))


def known(folder: Path) -> dict[str, list[str]]:
    """Who every service knows, and how far it has heard the portal."""
    found = {}
    for name in load_services():
        file = sqlite3.connect(folder / "var" / IKOMA / f"{name}.sqlite")
        rows = [
            *file.execute("SELECT display_name FROM account_projection"),
            *file.execute("SELECT producer || ' ' || sequence FROM cursor ORDER BY producer"),
        ]
        found[name] = [str(row[0]) for row in rows]
        file.close()
    return found


@pytest.mark.slow
def test_the_command_moves_a_town_of_the_whole_house(
    two_houses: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = known(two_houses["source"])
    told = ["--to", str(two_houses["settings"])]
    away = ["--address", "https://new.example"]
    capsys.readouterr()

    unready = main(["towns", "move", "012319", *told, *away])
    refusal = capsys.readouterr().err
    moved = main(["towns", "move", IKOMA, *told, *away])
    lines = capsys.readouterr().out.splitlines()
    taken_back = main(["towns", "abort", IKOMA, *told])

    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO("a long password\n"))
    wanted = ["accounts", "create", IKOMA, "desk-two", "窓口 二", "--role", "receiver"]
    too_late = main([*wanted, "--office", "tax_window"])

    assert (unready, moved, taken_back, too_late) == (2, 0, 2, 2)
    said = capsys.readouterr()
    assert said.err.startswith(f"kasane: {IKOMA} は https://new.example へ移りました。ここに書けず")
    assert "nothing was changed; run the same command there" in said.err
    assert said.out == ""
    assert refusal.startswith("kasane: 012319 を移していません。")
    assert [line[:3] for line in lines[:9]] == [f"{n}/9" for n in range(1, 10)]
    assert lines[-1].startswith(f"○ {IKOMA}: 書けなかった時間 ")
    assert known(two_houses["target"]) == before
    assert all(one[0] == "窓口 一" and len(one) >= 2 for one in before.values())
    old = Client(make_app(compose(Settings.from_env()), "all"))
    answers = [old.get(f"/{name}/{IKOMA}/-/drafts") for name in load_services()]
    assert {answer.status_code for answer in answers} == {302}
    assert answers[0].headers["Location"].startswith("https://new.example/")
    enter(two_houses["target"], monkeypatch)
    new = Client(make_app(compose(Settings.from_env()), "all"))
    assert "new.example" not in new.get(f"/cases/{IKOMA}/").headers.get("Location", "")
