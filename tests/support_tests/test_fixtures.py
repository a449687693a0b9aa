"""Proves what the fixtures do without their programs, and who runs which test under xdist."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.missing import PROGRAMS

REPOSITORY = Path(__file__).resolve().parents[2]

TESTS = """
import pytest

def test_of_a_broker(private_rabbitmq):
    raise AssertionError("ran without its broker")

@pytest.mark.rabbitmq
def test_marked_only():
    raise AssertionError("ran without its broker")

def test_of_a_page(phone_page):
    raise AssertionError("ran without its browser")

def test_of_nothing_special():
    pass
"""


WORKERS_OF_TESTS = """
import os
import pytest

@pytest.mark.rabbitmq
@pytest.mark.parametrize("number", range(6))
def test_of_a_broker(number):
    with open("workers", "a") as workers:
        print(os.environ["PYTEST_XDIST_WORKER"], file=workers)
"""


def run_pytest(
    folder: Path, tests: str, *options: str, without: str, required: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run tests with this workspace's settings as if the programs in `without` were missing."""
    file = folder / "test_example.py"
    file.write_text(tests)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    environment |= {
        "PYTHONPATH": str(REPOSITORY),
        "KASANE_WITHOUT": without,
        "KASANE_REQUIRE_SERVICES": required,
    }
    settings = ["-c", str(REPOSITORY / "pyproject.toml"), "-p", "no:cacheprovider"]
    plugin = ["-p", "tests.support.fixtures"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings, *plugin, *options, str(file)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
    )


@pytest.mark.parametrize("options", [[], ["-n", "2", "--dist", "loadgroup"]], ids=["one", "xdist"])
def test_the_summary_ends_with_what_is_missing(tmp_path: Path, options: list[str]) -> None:
    done = run_pytest(tmp_path, TESTS, *options, without="rabbitmq,browser")

    assert done.returncode == 0, done.stdout + done.stderr
    *_, japanese_browser, browser, japanese_rabbit, rabbit, outcome = done.stdout.splitlines()
    assert japanese_browser == (
        "Chromium が無いため、browser の印のテスト 1 件は実行していません。"
        "Debian の root で「make services」を実行するか、chromium-headless-shell を入れてください。"
    )
    assert browser == (
        "Chromium was not found, so 1 tests marked browser did not run: "
        "run `make services` as root on Debian, or install chromium-headless-shell."
    )
    assert japanese_rabbit.startswith("RabbitMQ が無いため、rabbitmq の印のテスト 2 件は")
    assert rabbit.startswith("RabbitMQ was not found, so 2 tests marked rabbitmq did not run")
    assert "1 passed, 3 skipped" in outcome


def test_a_required_program_that_is_missing_fails_its_tests(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, TESTS, without="rabbitmq,browser", required="1")

    assert done.returncode == 1
    assert "1 passed, 3 errors" in done.stdout.splitlines()[-1]
    assert done.stdout.count(f"\n{PROGRAMS['rabbitmq'].reason}\n") == 2


def test_every_program_says_how_to_get_it() -> None:
    assert {marker: program.debian_package for marker, program in PROGRAMS.items()} == {
        "postgresql": "postgresql-15",
        "rabbitmq": "rabbitmq-server",
        "browser": "chromium-headless-shell",
        "npm": "npm",
    }


@pytest.mark.rabbitmq
def test_all_tests_of_the_broker_go_to_one_worker(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, WORKERS_OF_TESTS, "-n", "2", "--dist", "loadgroup", without="")

    workers = (tmp_path / "workers").read_text().split()
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(workers) == 6
    assert len(set(workers)) == 1, "xdist_group has no effect: see requirements/dev.in"
