"""A faulty line passes, holds back, swallows and resets as it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.support.faulty_line import FaultyLine
from tests.support.own_processes import LOOPBACK

# Loopback is open to tests of servers only; this one is a server of its own.
pytestmark = pytest.mark.allow_hosts([LOOPBACK])


def echo(listener: socket.socket) -> None:
    while True:
        try:
            one, _ = listener.accept()
        except OSError:
            return
        with one, suppress(OSError):
            while data := one.recv(100):
                one.sendall(data)


@pytest.fixture
def line() -> Iterator[FaultyLine]:
    """A line to a server that says everything once more."""
    listener = socket.create_server((LOOPBACK, 0))
    threading.Thread(target=echo, args=(listener,), daemon=True).start()
    line = FaultyLine(listener.getsockname()[1])
    yield line
    line.close()
    listener.close()


def test_bytes_pass_and_wait_while_the_line_is_stalled(line: FaultyLine) -> None:
    with socket.create_connection((LOOPBACK, line.port), timeout=10) as near:
        near.sendall(b"one")
        assert near.recv(100) == b"one"
        line.stalled = True
        near.sendall(b"two")
        near.settimeout(0.2)
        with pytest.raises(TimeoutError):
            near.recv(100)
        near.settimeout(10)
        line.mend()
        assert near.recv(100) == b"two"


@pytest.mark.parametrize("way", ["swallow_to", "swallow_from"])
def test_what_is_swallowed_never_comes(line: FaultyLine, way: str) -> None:
    with socket.create_connection((LOOPBACK, line.port), timeout=10) as near:
        near.sendall(b"one")
        assert near.recv(100) == b"one"
        setattr(line, way, True)
        near.sendall(b"two")
        near.settimeout(0.3)
        with pytest.raises(TimeoutError):
            near.recv(100)
        line.reset()
        near.settimeout(10)
        with pytest.raises(ConnectionResetError):
            near.recv(100)
