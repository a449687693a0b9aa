"""Takes consultations through gunicorn: the product, a bare program of two inserts, one of the product's statements."""

from __future__ import annotations

import json
import pickle
import signal
import statistics
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import psycopg
from sqlalchemy import Engine, event

from kasane_kit.auth import COOKIE
from kasane_kit.db.engine import database_name, login_name
from kasane_kit.ids import new_id
from tests.benchmarks.bare_writing import RECORDED, SERVER, Recorded
from tests.benchmarks.driving import drive, post, spending
from tests.benchmarks.installation import Installation, Seat
from tests.benchmarks.measuring import Times
from tests.benchmarks.pages import PAGES, TAKE, Known, payload, typed
from tests.support import own_processes
from tests.support.own_processes import LOOPBACK, free_port

ROOT = Path(__file__).parents[2]
CLIENTS = 8
FORM = "application/x-www-form-urlencoded"
HOUSE, API, BARE, SAME = "page", "api", "bare", "same_statements"


@dataclass
class Measured:
    """Requests a second of each turn, their times, and what one request cost the two servers."""

    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    web_seconds: float = 0.0
    database_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """The median of the turns."""
        return statistics.median(self.rates)

    @property
    def cost(self) -> float:
        """Milliseconds of processor time of one request, the database's included."""
        return 1000 * (self.web_seconds + self.database_seconds) / len(self.times)

    def lines(self) -> dict[str, float]:
        """What is told of it."""
        return {
            "a_second": round(self.rate, 1),
            "p50_ms": round(Times.at(self.times, 0.5), 2),
            "p99_ms": round(Times.at(self.times, 0.99), 2),
            "cpu_ms": round(self.cost, 2),
            "cpu_ms_database": round(1000 * self.database_seconds / len(self.times), 2),
        }


def measure_writing(
    installation: Installation, *, seconds: float, turns: int, seed: int
) -> dict[str, Any]:
    """All four in turns over the large towns; the ratio of each turn's rates, the medians are told."""
    seats = {town: seat for (town, name), seat in installation.seats().items() if name == "clerk"}
    towns, folder = installation.large, installation.folder
    known = {town: Known.of(installation.databases, town, Random(seed), 400) for town in towns}
    requests = Requests([seats[town] for town in towns], known)
    recorded, round_trips = record(installation, seats[towns[0]], known[towns[0]])
    (folder / "recorded").write_bytes(pickle.dumps(recorded))
    for town in towns:
        _make_bare_tables(installation.dsn(town), town)
    bare = {SERVER: installation.address, RECORDED: str(folder / "recorded")}
    with ExitStack() as stack:
        ports, programs = {}, {}
        for name, application, environment in (
            (
                HOUSE,
                "kasane_runtime.wsgi:application()",
                {**installation.environment, "KASANE_TARGET": "intake"},
            ),
            (BARE, "tests.benchmarks.bare_writing:two_inserts()", bare),
            (SAME, "tests.benchmarks.bare_writing:same_statements()", bare),
        ):
            ports[name] = free_port()
            programs[name] = stack.enter_context(
                gunicorn(application, ports[name], environment, folder / f"{name}.log")
            )
        ports[API], programs[API] = ports[HOUSE], programs[HOUSE]
        found = {name: Measured() for name in (HOUSE, API, BARE, SAME)}
        for turn in range(-1, turns):
            for name, one in found.items():
                request, expected = requests.of(name)
                lasting = seconds if turn >= 0 else seconds / 2
                with spending(web=programs[name], database=installation.server_process) as spent:
                    times = drive(ports[name], request, expected, clients=CLIENTS, seconds=lasting)
                if turn >= 0:
                    one.rates.append(len(times) / lasting)
                    one.times += times
                    one.web_seconds += spent.seconds["web"]
                    one.database_seconds += spent.seconds["database"]
    statements = sum(len(one.statements) for one in recorded)
    return {
        **{name: one.lines() for name, one in found.items()},
        "statements": statements,
        "round_trips": round_trips,
        "request_ratio": _paired(found[HOUSE], found[BARE]),
        "request_ratio_api": _paired(found[API], found[BARE]),
        "request_ratio_same_statements": _paired(found[HOUSE], found[SAME]),
        "request_cpu_ratio": round(found[BARE].cost / found[HOUSE].cost, 3),
        "request_cpu_ratio_same_statements": round(found[SAME].cost / found[HOUSE].cost, 3),
    }


class Requests:
    """What is sent, the n-th time: town after town."""

    def __init__(self, seats: Sequence[Seat], known: dict[str, Known]) -> None:
        self._seats = [(seat, known[seat.town], _cookie(seat)) for seat in seats]

    def of(self, name: str) -> tuple[Callable[[int], bytes], int]:
        """How a request of one kind is made, and the status that answers it."""
        return (self._api, 201) if name == API else (self._page, 303)

    def _page(self, number: int) -> bytes:
        turn, place = divmod(number, len(self._seats))
        seat, known, cookie = self._seats[place]
        body = urlencode(typed(seat, known, turn), doseq=True).encode()
        return post(f"/intake/{seat.town}/consultations/new", body, FORM, Cookie=cookie)

    def _api(self, number: int) -> bytes:
        turn, place = divmod(number, len(self._seats))
        seat, known, cookie = self._seats[place]
        body = json.dumps(payload(known, turn)).encode()
        return post(
            f"/intake/{seat.town}/api/v1/consultations",
            body,
            "application/json",
            Authorization=f"Bearer {cookie.partition('=')[2]}",
            Idempotency_Key=new_id(),
        )


@contextmanager
def gunicorn(
    application: str, port: int, environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """One web process with the product's settings."""
    process = own_processes.start(
        [
            str(Path(sys.executable).parent / "gunicorn"),
            *("--config", str(ROOT / "deploy/gunicorn.conf.py")),
            *("--bind", f"{LOOPBACK}:{port}", application),
        ],
        environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **environment},
        log=log,
        folder=ROOT,
    )
    try:
        if not own_processes.wait_until(own_processes.again(lambda: _listens(port)), seconds=120):
            raise SystemExit(f"gunicorn did not answer\n{own_processes.tail(log)}")
        yield process
    finally:
        own_processes.end(process, signal.SIGTERM)


def record(installation: Installation, seat: Seat, known: Known) -> tuple[list[Recorded], float]:
    """The statements of one consultation, transaction by transaction, and how often the server was waited for."""
    page = PAGES[TAKE]
    page.ask(seat, known, 0)
    said: list[Recorded] = []
    asking = threading.current_thread()
    current = Recorded()

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, many: bool) -> None:
        if threading.current_thread() is asking:
            current.statements.append((statement, values, many))

    def end(committed: bool) -> Callable[[Any], None]:
        def ended(_connection: Any) -> None:
            nonlocal current
            if threading.current_thread() is not asking:
                return
            if current.statements:
                current.committed = committed
                said.append(current)
            current = Recorded()

        return ended

    listeners = (
        ("before_cursor_execute", note),
        ("commit", end(True)),
        ("rollback", end(False)),
    )
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        answer = page.ask(seat, known, 1)
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)
    assert answer.status_code == page.expected, answer.get_data(as_text=True)
    return said, waits(installation, lambda: page.ask(seat, known, 2))


def waits(installation: Installation, act: Callable[[], Any]) -> float:
    """How often the server was waited for, as libpq's own trace of the protocol tells it.

    What other threads say on connections of their own is not counted: no answer waits for it.
    """
    # The middle of five: every few seconds a request also asks whether something has changed.
    return statistics.median(
        _ready(installation, act, 2) - _ready(installation, act, 1) for _ in range(5)
    )


def _ready(installation: Installation, act: Callable[[], Any], times: int) -> int:
    """How often the server was ready for so many acts on new connections; the trace is whole once they are closed."""
    asking = threading.current_thread()
    trace = own_processes.make_folder("kasane-trace-") / "trace"

    def listen(connection: Any, _record: Any) -> None:
        if threading.current_thread() is asking:
            connection.pgconn.trace(file.fileno())

    installation.close()
    with trace.open("wb") as file:
        event.listen(Engine, "connect", listen)
        try:
            for _ in range(times):
                act()
        finally:
            event.remove(Engine, "connect", listen)
            installation.close()
    found = trace.read_bytes().count(b"ReadyForQuery")
    own_processes.delete_folder(trace.parent)
    return found


def _make_bare_tables(dsn: str, town: str) -> None:
    """Tables like the product's, with their indexes, for the two inserts."""
    with psycopg.connect(dsn, options="-csearch_path=intake") as connection:
        for bare, like in (("bare_consultation", "intake_consultation"), ("bare_outbox", "outbox")):
            connection.execute(f"CREATE TABLE {bare} (LIKE {like} INCLUDING ALL)")
            connection.execute(f'GRANT ALL ON {bare} TO "{login_name(town, "intake")}"')
        connection.execute(
            f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake TO "{login_name(town, "intake")}"'
        )
        assert connection.info.dbname == database_name(town)


def _paired(ours: Measured, other: Measured) -> float:
    pairs = zip(ours.rates, other.rates, strict=True)
    return round(statistics.median(one / two for one, two in pairs), 4)


def _cookie(seat: Seat) -> str:
    found = seat.client.get_cookie(COOKIE)
    assert found is not None
    return f"{COOKIE}={found.value}"


def _listens(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/intake/-/health", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
