"""Starts programs that never outlive the tests, and ends only those it started.

A guard process reads a pipe that only this process writes to. When the pipe closes, because the
tests are over or were killed, the guard ends what is still registered and deletes the registered
folders.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

LOOPBACK = "127.0.0.1"
# Below the range from which the kernel takes ports for outgoing connections, so that a server can
# be stopped and started again on its own port.
PORTS = range(20_000, 32_000)

_given_ports: set[int] = set()
_guard: subprocess.Popen[str] | None = None


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on, given once in this process."""
    for port in random.sample(PORTS, k=200):
        if port in _given_ports:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        _given_ports.add(port)
        return port
    raise RuntimeError(
        f"No free port was found on {LOOPBACK} between {PORTS.start} and {PORTS.stop}, "
        "so no server was started. End what listens there and run the tests again."
    )


def wait_until(ready: Iterator[bool], *, seconds: float) -> bool:
    """Whether `ready` said yes within the time; asks again every 50 ms."""
    deadline = time.monotonic() + seconds
    for answer in ready:
        if answer:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return False


def again(ready: Callable[[], bool]) -> Iterator[bool]:
    """Asks the same question for ever, for wait_until()."""
    while True:
        yield ready()


def make_folder(prefix: str, within: Path | None = None) -> Path:
    """A new folder for one server, deleted by delete_folder() or else when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=within))
    _tell_guard(f"folder {folder}")
    return folder


def delete_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _tell_guard(f"forget {folder}")


def start(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path,
    folder: Path,
    user: str | None = None,
    signal_at_the_end: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, registered with the guard; `log` gets its output.

    `user` is the account to run it as, for programs that refuse to run as root.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            start_new_session=True,
        )
    _tell_guard(f"watch {process.pid} {int(signal_at_the_end)}")
    return process


def end(
    process: subprocess.Popen[bytes],
    by: signal.Signals,
    *,
    patience: float = 30,
    group: bool = False,
) -> None:
    """Send `by` to a process this module started and wait; what does not end in time is killed.

    With `group` the signal goes to everything the process started in its own group.
    """
    if process.poll() is None:
        _send(process.pid, by, group=group)
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            _send(process.pid, signal.SIGKILL, group=True)
            process.wait()
    _tell_guard(f"release {process.pid}")


def end_all(
    processes: Sequence[subprocess.Popen[bytes]], by: signal.Signals, *, patience: float = 30
) -> None:
    """Like end() for programs that may end side by side; everything in their groups gets the signal."""
    for process in processes:
        if process.poll() is None:
            _send(process.pid, by, group=True)
    for process in processes:
        end(process, by, patience=patience, group=True)


def _send(pid: int, number: int, *, group: bool) -> None:
    with contextlib.suppress(ProcessLookupError):
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, for an error message."""
    if not log.exists():
        return "(it wrote nothing)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) or "(it wrote nothing)"


def _tell_guard(line: str) -> None:
    global _guard
    if _guard is None:
        _guard = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
    assert _guard.stdin is not None
    _guard.stdin.write(line + "\n")
    _guard.stdin.flush()


def dismiss_guard() -> None:
    """Let the guard end whatever is left, and wait until it has."""
    global _guard
    if _guard is not None:
        assert _guard.stdin is not None
        _guard.stdin.close()
        _guard.wait()
        _guard = None


# ---- the guard's side ----------------------------------------------------------------------------


def _started_at(pid: int) -> str | None:
    """What tells this process from a later one of the same number; None when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def guard(orders: IO[str]) -> None:
    """Read orders until the pipe closes, then end what is watched and delete the folders."""
    watched: dict[int, tuple[int, str | None]] = {}
    folders: set[str] = set()
    for order in orders:
        word, _, rest = order.rstrip("\n").partition(" ")
        if word == "watch":
            pid, number = (int(part) for part in rest.split())
            watched[pid] = (number, _started_at(pid))
        elif word == "release":
            watched.pop(int(rest), None)
        elif word == "folder":
            folders.add(rest)
        elif word == "forget":
            folders.discard(rest)
    alive = {
        pid: (number, born)
        for pid, (number, born) in watched.items()
        if born is not None and _started_at(pid) == born
    }
    for pid, (number, _) in alive.items():
        _send(pid, number, group=True)
    deadline = time.monotonic() + 5
    while alive and time.monotonic() < deadline:
        alive = {pid: kept for pid, kept in alive.items() if _started_at(pid) == kept[1]}
        time.sleep(0.05)
    for pid in alive:
        _send(pid, signal.SIGKILL, group=True)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    guard(sys.stdin)
