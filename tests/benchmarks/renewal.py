"""New keys for every record while users read and edit the same records: how long, how many errors, how long they wait.

A part of `make bench-sealing`; SEALING='--renewed-cells 100000 --users 20' asks for more.
"""

from __future__ import annotations

import statistics
import threading
import time
from random import Random
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from kasane_kit.db import Databases, Sealed
from kasane_kit.db.renewing import renew
from kasane_kit.db.sealed import field_key, is_set_aside, sealed_columns, stored_key_id
from kasane_kit.tenancy import municipality_scope

CELLS, ROWS_OF_A_RECORD = 4, 5
THINKING_S = 0.02
TEXT = "家賃を三か月滞納し、体調も崩して仕事を休んでいる。電気も止まりそうで、相談できる身内は近くにいない。"

metadata = MetaData()
page = Table(
    "bench_renewed",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("record", String(36), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    *(Column(f"cell{n}", Sealed("record"), nullable=False) for n in range(CELLS)),
)


class _Users:
    """So many people at one server, each with a thread; an edit names the version that it makes."""

    def __init__(self, databases: Databases, town: str, rows: int) -> None:
        self._databases, self._town, self._rows = databases, town, rows
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.reads: list[float] = []
        self.edits: list[float] = []
        self.made = 0
        self.errors: list[str] = []

    def begin(self, many: int) -> None:
        """They begin to work."""
        for number in range(many):
            self._threads.append(threading.Thread(target=self._work, args=(Random(number),)))
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Everybody ends what they are at."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, random: Random) -> None:
        with municipality_scope(self._town):
            while not self._over.wait(THINKING_S):
                try:
                    self._once(random.randrange(self._rows))
                except Exception as error:
                    with self._guard:
                        self.errors.append(f"{type(error).__name__}: {error}"[:200])

    def _once(self, number: int) -> None:
        begun = time.perf_counter()
        with self._databases.reading("bench") as connection:
            of_record = page.c.record == _record(number)
            rows = connection.execute(select(page).where(of_record)).all()
        (known,) = [row for row in rows if row.id == _row(number)]
        read = time.perf_counter()
        with self._databases.writing("bench") as connection:
            done = connection.execute(
                update(page)
                .where(page.c.id == known.id, page.c.version == known.version)
                .values(version=known.version + 1, cell0=f"{known.version + 1} {TEXT}")
            )
            connection.commit()
        edited = time.perf_counter()
        with self._guard:
            self.reads.append(read - begun)
            self.edits.append(edited - read)
            self.made += done.rowcount


def measure(own: Databases, server: Databases, town: str, cells: int, users: int) -> dict[str, Any]:
    """Renews so many cells in a database with no others; ``own`` is the command's, ``server`` that of the users."""
    rows = max(ROWS_OF_A_RECORD, cells // CELLS)
    with own.writing("bench") as connection:
        for number in range(rows):
            values = {f"cell{n}": f"0 {TEXT}" for n in range(CELLS)}
            place = {"id": _row(number), "record": _record(number), "version": 0}
            connection.execute(insert(page), place | values)
        before = set(connection.scalars(select(field_key.c.id)))
        connection.commit()
    at_work = _Users(server, town, rows)
    at_work.begin(users)
    begun = time.perf_counter()
    try:
        done = renew(own, "bench", [page])
        spent = time.perf_counter() - begun
    finally:
        at_work.end()
        server.dispose()
    with own.reading("bench") as connection:
        left = sum(
            connection.scalar(
                select(func.count()).select_from(page).where(stored_key_id(one).in_(before))
            )
            or 0
            for one in sealed_columns(page)
        )
        gone = lost(connection, at_work.made)
        aside = connection.scalar(select(func.count()).select_from(field_key).where(is_set_aside))
    return {
        "renewal_users": users,
        "renewal_records": done.records,
        "renewal_cells": done.cells,
        "renewal_s": round(spent, 2),
        "renewal_cells_per_s": round(done.cells / spent),
        "renewal_user_errors": len(at_work.errors),
        "renewal_user_edits": at_work.made,
        "renewal_lost_edits": gone,
        "renewal_cells_left": left + (aside or 0),
        "renewal_read_p95_ms": _p95(at_work.reads),
        "renewal_edit_p95_ms": _p95(at_work.edits),
        "renewal_edit_longest_ms": round(max(at_work.edits, default=0) * 1000, 1),
    }


def lost(connection: Connection, made: int) -> int:
    """How many of so many edits are not there, counted by the versions and by what the cells say of theirs."""
    rows = connection.execute(select(page)).all()
    overwritten = sum(not row.cell0.startswith(f"{row.version} ") for row in rows)
    there: int = sum(row.version for row in rows)
    return made - there + overwritten


def _p95(times: list[float]) -> float:
    found = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else sum(times)
    return round(found * 1000, 1)


def _row(number: int) -> str:
    return f"n{number:035}"


def _record(number: int) -> str:
    return f"m{number // ROWS_OF_A_RECORD:035}"
