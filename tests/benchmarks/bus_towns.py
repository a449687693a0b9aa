"""Many towns on one pair of workers: how they are made quickly, and what they cost while nothing happens.

Every town is a database of its own. The tables are made once, in a database that nobody has rights in, and copied; the
logins and rights of each town are made by the product.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from kasane_kit.db.engine import PostgresAddresses, database_name, logins_key
from kasane_runtime import databases
from kasane_runtime.compose import Composition
from kasane_runtime.postgres import Server
from tests.support.private_postgres import PrivatePostgres

PATTERN = "pattern"
MADE_ALONE = 3
IDLE_SECONDS = 20.0
SETTLING_SECONDS = 30.0
TICKS = os.sysconf("SC_CLK_TCK")


def make_towns(
    composition: Composition, postgres: PrivatePostgres, say: Callable[[str], None]
) -> None:
    """Like ``migrate_postgres``; many towns are copies of one database."""
    codes = composition.municipalities()
    if len(codes) <= MADE_ALONE:
        databases.migrate_postgres(composition)
        return
    settings, keys, began = composition.settings, composition.house.keys, time.monotonic()
    keys.ensure("signing", *codes, PATTERN, *(logins_key(code) for code in (*codes, PATTERN)))
    addresses = PostgresAddresses(settings.database_url, keys)
    with (
        Server(settings.admin_database_url, addresses, tuple(composition.services)) as server,
        psycopg.connect(postgres.dsn, autocommit=True) as admin,
    ):
        server.make_owner()
        server.make_municipality(PATTERN)
        for name, source in databases.sources(composition):
            server.upgrade(PATTERN, name, source)
        for code in codes:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(database_name(code)), sql.Identifier(database_name(PATTERN))
                )
            )
            server.make_municipality(code)
            server.grant(code)
    took = time.monotonic() - began
    say(f"{len(codes)} databases made in {took:.0f} s, {took / len(codes):.2f} s each")


@contextmanager
def hurried(postgres: PrivatePostgres, towns: int) -> Iterator[None]:
    """Lets the server forget the disk while many databases are made; nothing is measured meanwhile."""
    if towns <= MADE_ALONE:
        yield
        return
    postgres.start_again(fsync="off", full_page_writes="off")
    yield
    postgres.start_again(fsync="on", full_page_writes="on")
    os.sync()


def idle(postgres: PrivatePostgres, workers: dict[str, int]) -> dict[str, float]:
    """What the workers (by service, process ids) cost while nothing is said; they have settled before."""
    assert postgres.process is not None
    server = postgres.process.pid
    time.sleep(SETTLING_SECONDS)
    before = {name: (_processor(pid), _wakings(pid)) for name, pid in workers.items()}
    of_server, opened, began = _family(server), _sessions(postgres), time.monotonic()
    held = []
    while time.monotonic() - began < IDLE_SECONDS:
        held.append(_held(postgres))
        time.sleep(1)
    took = time.monotonic() - began
    found: dict[str, float] = {}
    for name, pid in workers.items():
        processor, wakings = before[name]
        found[f"{name}_cpu_percent"] = round(100 * (_processor(pid) - processor) / took, 1)
        found[f"{name}_wakings_per_second"] = round((_wakings(pid) - wakings) / took)
        found[f"{name}_mb"] = round(_megabytes(pid))
    found["server_cpu_percent"] = round(100 * (_family(server) - of_server) / took, 1)
    found["connections_opened_per_second"] = round((_sessions(postgres) - opened) / took, 1)
    found["connections"] = max(held)
    return found


def some(codes: Sequence[str], many: int, seed: int = 7) -> list[str]:
    """So many towns, the same in every run."""
    return random.Random(seed).sample(list(codes), min(many, len(codes)))


def _held(postgres: PrivatePostgres) -> int:
    question = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kasane'"
    return int(postgres.psql(question))


def _sessions(postgres: PrivatePostgres) -> int:
    return int(postgres.psql("SELECT sum(sessions) FROM pg_stat_database"))


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _processor(pid: int) -> float:
    """Seconds of a process and of those of its children that have ended."""
    return sum(int(ticks) for ticks in _stat(pid)[11:15]) / TICKS


def _family(server: int) -> float:
    """Seconds of a server, its sessions and those that have ended."""
    total = _processor(server)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if int(_stat(int(folder.name))[1]) == server:
                    total += sum(int(ticks) for ticks in _stat(int(folder.name))[11:13]) / TICKS
            except OSError:
                continue
    return total


def _wakings(pid: int) -> int:
    total = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        total += int(status.read_text().partition("\nvoluntary_ctxt_switches:")[2].split()[0])
    return total


def _megabytes(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024
