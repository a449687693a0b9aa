"""Prepares the whole demonstration in a folder of its own and reads what it shows."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from werkzeug.test import Client

from kasane_kit.config import Settings
from kasane_runtime import demo, rebuild
from kasane_runtime.compose import Composition, compose, make_app
from tests.figures import recount
from tests.figures.sealed_words import words_found_plain
from tests.figures.typed_twice import asked_again, fields_seen
from tests.support.own_processes import LOOPBACK, again, end, free_port, start, tail, wait_until
from tests.support.said_events import read_models

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

pytestmark = [pytest.mark.slow]


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
    for town in demo.towns():
        assert_the_portal_counts_what_the_services_hold(var / town)
        assert_a_rebuild_changes_nothing(composition, town)
        found, looked = words_found_plain(composition, var / town, town)
        assert (found, sorted(looked)) == ({}, ["cases", "intake", "outreach", "resources"])
    assert_no_field_is_typed_twice(composition, var / "292095")


@pytest.mark.allow_hosts([LOOPBACK])
def test_what_a_running_demonstration_stands_on_is_not_deleted(tmp_path: Path) -> None:
    """One process after the other on one folder; what held it is free as soon as its process is gone."""
    var, log = tmp_path / "var", tmp_path / "log"
    environment = {
        "PATH": os.environ["PATH"],
        "KASANE_VAR": str(var),
        "KASANE_TOWN_FILES": str(ROOT / "deploy/towns"),
    }
    kasane = Path(sys.executable).with_name("kasane")
    port, other = str(free_port()), str(free_port())

    def asked(*words: str) -> tuple[int, str]:
        ended = subprocess.run(
            [kasane, "demo", *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return ended.returncode, ended.stderr

    def begun(command: str) -> subprocess.Popen[bytes]:
        return start(
            [kasane, command, "--port", port], environment=environment, log=log, folder=tmp_path
        )

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/portal/-/health") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    interrupted = begun("demo")
    assert wait_until(again((var / demo.MARK).exists), seconds=240)
    assert_refused(asked("--reset-only"), var)
    end(interrupted, signal.SIGKILL, group=True)
    assert asked("--reset-only") == (0, "")
    assert list(var.iterdir()) == []

    (var / demo.MARK).write_text(demo.READY, "utf-8")
    serving = begun("demo")
    try:
        assert wait_until(again(answers), seconds=200), tail(log)
        files = set(var.rglob("*.sqlite"))
        for words in (("--reset-only",), ("--reset", "--port", other), ("--port", other)):
            assert_refused(asked(*words), var)
        assert (set(var.rglob("*.sqlite")), answers()) == (files, True)
        assert (var / demo.MARK).read_text("utf-8") == demo.READY
    finally:
        end(serving, signal.SIGTERM)
    serving = begun("serve")
    try:
        assert wait_until(again(answers), seconds=200), tail(log)
        assert_refused(asked("--reset-only"), var)
        assert files <= set(var.rglob("*.sqlite"))
    finally:
        end(serving, signal.SIGTERM)
    assert asked("--reset-only") == (0, "")
    assert list(var.iterdir()) == []


def assert_refused(answer: tuple[int, str], var: Path) -> None:
    """What happened, that nothing was deleted or begun, and what to do."""
    status, said = answer
    assert status == 2
    assert f"{var} では見本かサーバーが動いています。何も消さず、何も始めていません。" in said
    assert "KASANE_VAR に別のフォルダーを書いてください。" in said


def assert_the_portal_counts_what_the_services_hold(town: Path) -> None:
    """The figures equal a count from the services' own tables, made by other statements."""
    with sqlite3.connect(town / "portal.sqlite") as portal:
        months = portal.execute(
            "SELECT kind, month, count(*) FROM portal_counted_fact GROUP BY 1, 2"
        ).fetchall()
        states = portal.execute(
            "SELECT value, count(*) FROM portal_measured_mark WHERE kind = 'case_state' GROUP BY 1"
        ).fetchall()
        (waiting,) = portal.execute(
            "SELECT count(*) FROM portal_task_copy WHERE kind = 'sheet_acknowledgement' "
            "AND opened_at IS NOT NULL AND closed_at IS NULL"
        ).fetchone()
    assert {(kind, month): number for kind, month, number in months} == recount.by_month(town)
    assert dict(states) == recount.cases_by_state(town)
    assert waiting == recount.sheets_waiting(town)


def assert_a_rebuild_changes_nothing(composition: Composition, town: str) -> None:
    """Everything the whole house said, heard again in the order in which it was said, makes the same rows."""
    live = read_models(composition, town)

    done = rebuild.rebuild(composition, "portal", town)

    assert (done.rows, read_models(composition, town)) == (0, live)


def assert_no_field_is_typed_twice(composition: Composition, town: Path) -> None:
    """Who took a household in typed its people once: no form behind it asks for the same again."""
    browser = Client(make_app(composition, "all"))
    page = browser.get("/portal/292095/sign-in").get_data(as_text=True)
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    signs_in = {**form, "login_name": "ikoma-coordinator", "password": demo.PASSWORD}
    assert browser.post("/portal/292095/sign-in", data=signs_in).status_code == 303
    cases, taken = (
        [row[0] for row in sqlite3.connect(town / f"{name}.sqlite").execute(f"SELECT id FROM {of}")]
        for name, of in (("cases", "cases_case"), ("intake", "intake_consultation"))
    )
    starts = [
        *(f"/cases/292095/cases/{case}" for case in cases),
        *(f"/intake/292095/consultations/{consultation}" for consultation in taken),
        "/outreach/292095/households",
    ]

    found, forms = asked_again(browser, starts, [*cases, *taken, "/outreach/"])

    assert found == []
    assert forms >= 60
    assert len(fields_seen(browser, "/intake/292095/consultations/new")) == 5
