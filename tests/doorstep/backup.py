"""A backup of outreach on a bench, and its return in place of what is there: the database as it was, in a new epoch."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import text

from kasane_kit.bus import outbox
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Workbench


class OutreachBackup:
    """The town's outreach as it stood when the backup was taken last."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def take(self) -> None:
        """Takes a backup; as with `kasane backup` the stream has an epoch before."""
        with (
            municipality_scope(TOWN),
            self._bench.house.databases.writing("outreach") as connection,
        ):
            if outbox.head(connection) is None:
                outbox.begin_epoch(connection)
            connection.commit()
        _copy(self._file(), f"{self._file()}.backup")

    def put_back(self) -> None:
        """Puts the backup in place of what is there now, and begins a new epoch."""
        file = self._file()
        self._bench.house.databases.dispose()
        _copy(f"{file}.backup", file)
        with (
            municipality_scope(TOWN),
            self._bench.house.databases.writing("outreach") as connection,
        ):
            outbox.begin_epoch(connection)
            connection.commit()

    def epoch_of(self, town: str) -> str:
        """The present epoch of a town's outreach; "" before the first."""
        databases = self._bench.house.databases
        with municipality_scope(town), databases.reading("outreach") as connection:
            head = outbox.head(connection)
        return head.epoch if head else ""

    def _file(self) -> str:
        with self._bench.reading() as connection:
            return str(connection.execute(text("PRAGMA database_list")).one()[2])


def _copy(source: str, target: str) -> None:
    with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(target)) as writer:
        reader.backup(writer)
