"""Prepares the whole demonstration in a folder of its own and reads what it shows."""

import sqlite3
from pathlib import Path

import pytest

from kasane_kit.config import Settings
from kasane_runtime import demo
from kasane_runtime.compose import compose

ROOT = Path(__file__).parents[3]

SHOWN = {
    ("cases", "292095", "SELECT count(*) FROM cases_case"): 4,
    ("cases", "292095", "SELECT count(*) FROM cases_monitoring"): 1,
    ("cases", "292095", "SELECT count(*) FROM cases_address_protection"): 1,
    ("cases", "292095", "SELECT count(*) FROM cases_transfer WHERE approved_at IS NOT NULL"): 1,
    ("cases", "012319", "SELECT count(*) FROM cases_session WHERE status = 'minutes_fixed'"): 1,
    ("resources", "292095", "SELECT count(*) FROM resources_participation_step"): 6,
    ("resources", "292095", "SELECT count(*) FROM resources_community_issue"): 3,
    ("resources", "292095", "SELECT count(*) FROM resources_gathering"): 2,
    ("intake", "292095", "SELECT count(*) FROM intake_person_merge"): 1,
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def counted(folder: Path, service: str, municipality: str, question: str) -> int:
    """The one number that a question finds in a service's file of a town."""
    with sqlite3.connect(folder / municipality / f"{service}.sqlite") as connection:
        return int(connection.execute(question).fetchone()[0])


def test_every_step_is_accepted_and_both_towns_are_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KASANE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("KASANE_TOWN_FILES", str(ROOT / "deploy/towns"))
    monkeypatch.delenv("KASANE_MODE", raising=False)
    composition = compose(Settings.from_env())
    said: list[str] = []

    demo.prepare(composition, said.append)
    demo.prepare(composition, said.append)

    var = tmp_path / "var"
    assert (var / demo.MARK).read_text("utf-8") == demo.READY
    assert {question: counted(var, *question) for question in SHOWN} == SHOWN
