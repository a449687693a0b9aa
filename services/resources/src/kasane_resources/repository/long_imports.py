"""Keeps long files in pieces, and their rows once they are read, until the import is over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select

from kasane_resources import tables
from kasane_resources.domain.directory_import import (
    DirectoryImport,
    ImportPlan,
    KnownRow,
    NoLongerListed,
    RowOutcome,
    plan_import,
)
from kasane_resources.domain.file_facts import RowFacts
from kasane_resources.domain.human_service import ServiceStatus, Visibility
from kasane_resources.domain.layout_rows import joined_columns, layouts_in_turn, read_row
from kasane_resources.domain.layouts import CAFETERIAS, Layout
from kasane_resources.domain.long_files import LongRow
from kasane_resources.domain.open_data import OpenDataRow
from kasane_resources.repository.human_services import HumanServices
from kasane_resources.repository.quarantine import ColumnMappings
from kasane_resources.tables import imports


class LongImports:
    """The pieces and rows of long files of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, import_id: str, pieces: Iterable[bytes]) -> None:
        """Keeps a file in pieces, in their order."""
        for position, content in enumerate(pieces):
            self._connection.execute(
                insert(imports.import_piece).values(
                    import_id=import_id, position=position, content=content
                )
            )

    def pieces(self, import_id: str) -> Iterator[bytes]:
        """The file piece by piece; only one is in memory."""
        c = imports.import_piece.c
        position = 0
        while True:
            where = (c.import_id == import_id, c.position == position)
            content = self._connection.scalar(select(c.content).where(*where))
            if content is None:
                return
            yield content
            position += 1

    def forget_pieces(self, import_id: str) -> None:
        """Lets the file go."""
        table = imports.import_piece
        self._connection.execute(delete(table).where(table.c.import_id == import_id))

    def forget(self, import_id: str) -> None:
        """Lets the file and its rows go."""
        self.forget_pieces(import_id)
        table = imports.import_row
        self._connection.execute(delete(table).where(table.c.import_id == import_id))

    def put(self, one: DirectoryImport, rows: Sequence[LongRow], today: date) -> None:
        """Keeps rows that were read, with what applying them would do."""
        read = [(row.row.number, dict(row.row.cells), asdict(row.facts)) for row in rows]
        plan = self._planned(
            one, [(n, cells, RowFacts(**facts)) for n, cells, facts in read], today
        )
        self._connection.execute(
            insert(imports.import_row),
            [
                {
                    "import_id": one.id,
                    "position": one.done + at,
                    "number": number,
                    "row_key": planned.row.key,
                    "outcome": planned.outcome.value,
                    "wrong": bool(planned.row.problems),
                    "private": bool(planned.row.private),
                    "cells": cells,
                    "facts": facts,
                }
                for at, ((number, cells, facts), planned) in enumerate(
                    zip(read, plan.rows, strict=True)
                )
            ],
        )

    def batch(self, one: DirectoryImport, today: date, most: int) -> ImportPlan:
        """The next rows to be taken in, compared with the directory as it is now."""
        c = imports.import_row.c
        return self._plan(
            one, select(imports.import_row).where(c.position >= one.done), today, most
        )

    def page(
        self, one: DirectoryImport, show: str, after: int, today: date, most: int
    ) -> tuple[ImportPlan, int | None]:
        """Some rows of one outcome, or the ``wrong`` ones, behind a position; and where more of them begin."""
        c = imports.import_row.c
        wanted: ColumnElement[bool] = c.wrong if show == "wrong" else c.outcome == show
        where = (c.import_id == one.id, wanted, c.position > after)
        positions = list(
            self._connection.scalars(
                select(c.position).where(*where).order_by(c.position).limit(most + 1)
            )
        )
        shown = positions[:most]
        statement = select(imports.import_row).where(c.position.in_(shown))
        plan = self._plan(one, statement, today, most).with_entries(
            HumanServices(self._connection).entries_of
        )
        return plan, shown[-1] if len(positions) > most else None

    def counts(self, import_id: str) -> dict[str, int]:
        """How many rows have each outcome, a wrong value, or a personal contact."""
        c = imports.import_row.c
        by_outcome = select(c.outcome, func.count()).where(c.import_id == import_id)
        found = {outcome.value: 0 for outcome in RowOutcome}
        found |= {o: n for o, n in self._connection.execute(by_outcome.group_by(c.outcome))}
        for name, mark in (("wrong", c.wrong), ("private", c.private)):
            counted = select(func.count()).where(c.import_id == import_id, mark)
            found[name] = self._connection.scalar(counted) or 0
        return found

    def gone(self, one: DirectoryImport, most: int) -> NoLongerListed:
        """What the file no longer lists, of the towns that it lists, as far as it is in use."""
        s, h = tables.source_row.c, tables.human_service.c
        missing = self._missing(one)

        def counted(*where: ColumnElement[bool]) -> int:
            statement = missing.where(*where).with_only_columns(func.count())
            return self._connection.scalar(statement) or 0

        known = select(func.count()).where(s.source == one.source)
        first = missing.where(h.hand_edited.is_(False)).order_by(s.row_key).limit(most)
        return NoLongerListed(
            counted(h.hand_edited.is_(False)),
            counted(h.hand_edited.is_(True)),
            self._connection.scalar(known) or 0,
            tuple(
                KnownRow(row.human_service_id, row.name, row.digest, row.hand_edited)
                for row in self._connection.execute(first)
            ),
        )

    def _missing(self, one: DirectoryImport) -> Select[tuple[str, str, str, bool]]:
        s, h, r = tables.source_row.c, tables.human_service.c, imports.import_row.c
        town = func.substr(r.row_key, 1, _slash(self._connection, r.row_key))
        towns = select(town).where(r.import_id == one.id).distinct()
        listed = select(r.position).where(r.import_id == one.id, r.row_key == s.row_key)
        return (
            select(s.human_service_id, h.name, s.digest, h.hand_edited)
            .join(tables.human_service, h.id == s.human_service_id)
            .where(
                s.source == one.source,
                h.status != ServiceStatus.RETIRED.value,
                ~listed.exists(),
                func.substr(s.row_key, 1, _slash(self._connection, s.row_key)).in_(towns),
            )
        )

    def _plan(
        self, one: DirectoryImport, statement: Select[tuple[object, ...]], today: date, most: int
    ) -> ImportPlan:
        c = imports.import_row.c
        rows = self._connection.execute(
            statement.where(c.import_id == one.id).order_by(c.position).limit(most)
        )
        read = [(row.number, row.cells, RowFacts(**row.facts)) for row in rows]
        return self._planned(one, read, today)

    def _planned(
        self,
        one: DirectoryImport,
        rows: Sequence[tuple[int, Mapping[str, str], RowFacts]],
        today: date,
    ) -> ImportPlan:
        layout, visibility = self._layout(one), Visibility(one.visibility)
        read = [
            read_row(
                joined_columns(OpenDataRow(number, cells, one.headers), layout),
                layout,
                visibility,
                facts,
                today,
            )
            for number, cells, facts in rows
        ]
        keys = [row.key for row in read]
        known = HumanServices(self._connection).known_rows(one.source, keys)
        return plan_import(read, known)

    def _layout(self, one: DirectoryImport) -> Layout:
        own = ColumnMappings(self._connection).layouts()
        return next(c for c in layouts_in_turn(CAFETERIAS, own) if c.code == one.layout)


def _slash(connection: Connection, column: ColumnElement[str]) -> ColumnElement[int]:
    """Where the town ends in the key of a row."""
    place = func.strpos if connection.dialect.name == "postgresql" else func.instr
    return place(column, "/")
