"""What services do by themselves is done in every town, again and again, whatever fails in one."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import pytest

from kasane_kit.config import Settings
from kasane_kit.service import Job
from kasane_kit.tenancy import current_municipality
from kasane_runtime import jobs
from kasane_runtime.compose import compose, load_services
from kasane_runtime.jobs import JobLoop, run_jobs
from tests.faults.running_house import write_town_files


@pytest.fixture
def composition(tmp_path: Path):
    settings = Settings.from_env(
        {
            "KASANE_VAR": str(tmp_path / "var"),
            "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
        }
    )
    return compose(settings)


def with_job(composition, job):
    services = load_services()
    services["intake"] = dataclasses.replace(services["intake"], jobs=(job,))
    services["cases"] = dataclasses.replace(services["cases"], jobs=(), parcels={})
    return dataclasses.replace(composition, services=services)


def test_a_job_runs_inside_the_scope_of_each_town_and_never_in_the_host(composition):
    seen = []
    job = Job("look", 60, lambda _house, code: seen.append((code, current_municipality())))

    ended = run_jobs(with_job(composition, job), ["intake"], fail_on_error)

    towns = sorted(town.code for town in composition.directory.towns())
    assert sorted(seen) == [(code, code) for code in towns]
    assert ended == len(towns)


def test_a_job_that_fails_in_one_town_is_told_and_runs_in_the_others(composition):
    seen, told = [], []
    towns = sorted(town.code for town in composition.directory.towns())

    def run(_house, code):
        if code == towns[0]:
            raise LookupError("the shelf is empty")
        seen.append(code)

    composition = with_job(composition, Job("look", 60, run))
    ended = run_jobs(composition, ["intake"], lambda what, error: told.append((what, str(error))))

    assert seen == towns[1:]
    assert ended == len(towns) - 1
    assert told == [(f"job look of intake in {towns[0]}", "the shelf is empty")]


def test_the_loop_runs_a_job_again_after_its_time_and_ends_when_told(composition):
    stop = threading.Event()
    towns = [town.code for town in composition.directory.towns()]
    seen = []

    def run(_house, code):
        seen.append(code)
        if len(seen) == 3 * len(towns):
            stop.set()

    JobLoop(with_job(composition, Job("look", 0.001, run)), ["intake"], stop, fail_on_error).run()

    assert sorted(seen) == sorted(towns * 3)


def test_a_loop_without_jobs_ends_at_once(composition):
    quiet = with_job(composition, Job("look", 60, fail_on_error))

    JobLoop(quiet, ["cases"], threading.Event(), fail_on_error).run()


def fail_on_error(what, error):
    raise AssertionError(what) from error


def test_where_towns_are_too_many_a_quiet_one_waits_longer_than_one_in_which_something_was_said(
    composition, monkeypatch
):
    monkeypatch.setattr(jobs, "TOWNS_PER_SECOND", 0.001)
    stop = threading.Event()
    talkative, quiet = sorted(town.code for town in composition.directory.towns())
    seen = []

    def run(_house, code):
        seen.append(code)
        composition.wake.here(talkative)
        if seen.count(talkative) == 4:
            stop.set()

    JobLoop(with_job(composition, Job("look", 0.001, run)), ["intake"], stop, fail_on_error).run()

    assert (seen.count(talkative), seen.count(quiet)) == (4, 1)


def test_the_post_goes_where_something_was_said_and_through_all_towns_in_turn(
    composition, monkeypatch
):
    rounds = []
    stop = threading.Event()
    first, second = sorted(town.code for town in composition.directory.towns())

    def carry(_composition, _services, towns):
        rounds.append(list(towns))
        if len(rounds) == 1:
            composition.wake.here(second)
        if len(rounds) == 3:
            stop.set()

    monkeypatch.setattr(jobs, "carry_parcels", carry)
    monkeypatch.setattr(jobs, "POST_SECONDS", 1.5)
    monkeypatch.setattr(jobs, "TOWNS_PER_SECOND", 0.67)
    monkeypatch.setattr(jobs, "IDLE_SECONDS", 0.05)
    services = {"cases": dataclasses.replace(composition.services["cases"], jobs=())}
    only_post = dataclasses.replace(composition, services=services)
    JobLoop(only_post, ["cases"], stop, fail_on_error).run()

    assert rounds == [[first], [second], [second]]
