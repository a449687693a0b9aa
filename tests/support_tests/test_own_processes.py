"""Proves that nothing the tests start outlives them, even when they are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import own_processes
from tests.support.own_processes import again

REPOSITORY = Path(__file__).resolve().parents[2]

STARTER = """
import os, signal
from tests.support import own_processes

folder = own_processes.make_folder("kasane-guarded-")
process = own_processes.start(
    ["sleep", "600"], environment=os.environ, log=folder / "log", folder=folder
)
print(process.pid, folder, flush=True)
signal.pause()
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_a_killed_test_run_started_is_ended_and_deleted() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as starter:
        assert starter.stdout is not None
        words = starter.stdout.readline().split()
        pid, folder = int(words[0]), Path(words[1])
        assert is_alive(pid)
        assert folder.is_dir()

        starter.send_signal(signal.SIGKILL)

    assert own_processes.wait_until(again(lambda: not is_alive(pid)), seconds=240)
    assert own_processes.wait_until(again(lambda: not folder.exists()), seconds=240)


def test_end_kills_what_does_not_listen(tmp_path: Path) -> None:
    process = own_processes.start(
        ["sh", "-c", "trap '' TERM; echo deaf; while true; do sleep 1; done"],
        environment=os.environ,
        log=tmp_path / "log",
        folder=tmp_path,
    )
    log = tmp_path / "log"
    assert own_processes.wait_until(again(lambda: log.read_text() == "deaf\n"), seconds=240)

    own_processes.end(process, signal.SIGTERM, patience=0.2)

    assert process.returncode == -signal.SIGKILL


def test_end_leaves_alone_what_has_ended_by_itself(tmp_path: Path) -> None:
    process = own_processes.start(
        ["true"], environment=os.environ, log=tmp_path / "log", folder=tmp_path
    )
    process.wait()

    own_processes.end(process, signal.SIGKILL)

    assert process.returncode == 0


@pytest.mark.postgresql
def test_free_ports_are_given_once() -> None:
    ports = [own_processes.free_port() for _ in range(50)]

    assert len(set(ports)) == 50
    assert all(port in own_processes.PORTS for port in ports)
