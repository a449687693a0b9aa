"""Programs that send requests to a server over connections that stay open, and what processes cost meanwhile."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.own_processes import LOOPBACK

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
PATIENCE_SECONDS = 60


class WrongAnswer(RuntimeError):
    """A server answered something else than it should, so nothing was measured."""


@dataclass(frozen=True)
class Answer:
    """What a server said: the head in small letters."""

    status: int
    head: bytes
    body: bytes


class Line:
    """One connection that is kept open and opened again when the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def send(self, request: bytes, expected: int) -> bytes:
        """The head of the answer, in small letters, once all of it is there; raises WrongAnswer."""
        answer = self.ask(request)
        if answer.status != expected:
            words = answer.body.decode()[:2000]
            raise WrongAnswer(f"{answer.status} instead of {expected}\n{words}")
        return answer.head

    def ask(self, request: bytes) -> Answer:
        """Whatever is answered, once all of it is there."""
        if self._socket is not None and select.select([self._socket], [], [], 0)[0]:
            # The server has closed it; a request that was sent is never sent again.
            self.close()
        head, body = self._asked(request)
        head = head.lower()
        if b"connection: close" in head:
            self.close()
        return Answer(int(head[9:12]), head, body)

    def close(self) -> None:
        """Ends the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _asked(self, request: bytes) -> tuple[bytes, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection((LOOPBACK, self._port), PATIENCE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._received()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = _length(head)
        while len(body) < length:
            body += self._received()
        return head, body

    def _received(self) -> bytes:
        assert self._socket is not None
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionResetError(
                "the server closed the connection before its answer was whole"
            )
        return part


def post(path: str, body: bytes, kind: str, **headers: str) -> bytes:
    """A POST as it is sent; underscores in the names of headers become hyphens."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {LOOPBACK}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(
    port: int, request: Callable[[int], bytes], expected: int, *, clients: int, seconds: float
) -> list[float]:
    """Milliseconds of every request of so many clients, each asking again as soon as it is answered."""
    times: list[float] = []
    failures: list[BaseException] = []
    numbers, guard = iter(range(10**9)), threading.Lock()
    end = time.perf_counter() + seconds

    def ask() -> None:
        line = Line(port)
        try:
            while time.perf_counter() < end and not failures:
                with guard:
                    number = next(numbers)
                wanted = request(number)
                began = time.perf_counter()
                line.send(wanted, expected)
                times.append(1000 * (time.perf_counter() - began))
        except BaseException as error:
            failures.append(error)
        finally:
            line.close()

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return times


@dataclass
class Spent:
    """Processor seconds of groups of processes, by name."""

    seconds: dict[str, float] = field(default_factory=dict)


@contextmanager
def spending(**groups: subprocess.Popen[bytes]) -> Iterator[Spent]:
    """What each program and everything it started cost inside the block."""
    spent = Spent()
    before = {name: cpu_seconds(process.pid) for name, process in groups.items()}
    yield spent
    spent.seconds |= {
        name: cpu_seconds(process.pid) - before[name] for name, process in groups.items()
    }


def cpu_seconds(pid: int) -> float:
    """Of a process, of the children that it has, and of those that have ended."""
    ticks = 0
    for one in family(pid):
        values = _stat(one)
        # utime and stime of every one, cutime and cstime of whoever waited for its own.
        ticks += sum(int(value) for value in values[11:15])
    return ticks / TICKS


def resident_megabytes(pid: int) -> float:
    """The memory of a process and its children that is not shared with others, in MB."""
    total = 0
    for one in family(pid):
        try:
            _, resident, shared, *_ = Path(f"/proc/{one}/statm").read_text().split()
        except OSError:
            continue
        total += (int(resident) - int(shared)) * PAGE_BYTES
    return total / 1e6


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (values := _stat(int(folder.name))):
            children.setdefault(int(values[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/…/stat from the state on; none when the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
