"""The report of a year: figures with how they were counted, frozen as versions that nobody changes any more.

What is heard later about a frozen time goes to its corrections; the printed figures stay as they were.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from kasane_portal.domain.errors import AlreadyFrozen, NothingToFreeze, WordsMissing


@dataclass(frozen=True)
class ReportCell:
    """A figure as it is printed; ``value`` is its number as text, empty where there is none to reckon with.

    ``words`` name its time where it is another than the column's; ``period`` is the code it was counted for.
    """

    period: str
    printed: str
    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class ReportRow:
    """A metric with what it counts in words (``how``) and its figures, one for each column."""

    code: str
    label: str
    kind: str
    unit: str
    how: tuple[str, ...]
    note: str
    footnote: str
    source: str
    cells: tuple[ReportCell, ...]


@dataclass(frozen=True)
class ReportTable:
    """Rows under one heading."""

    label: str
    rows: tuple[ReportRow, ...]

    @property
    def footnotes(self) -> tuple[str, ...]:
        """Every footnote once, in the order of the rows."""
        return tuple(dict.fromkeys(row.footnote for row in self.rows if row.footnote))


@dataclass(frozen=True)
class ReportLine:
    """An item of the year's evaluation: what the document has, what was found, what agencies said of it."""

    part: str
    label: str
    printed: str
    result: str
    words: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportContent:
    """All that stands in a report; ``first`` and ``last`` are the days of its own period, both included.

    ``columns`` are times in words, the report's own the last. ``definitions`` say which plugins and which wording of
    their metrics it was counted by.
    """

    period: str
    words: str
    first: date
    last: date
    columns: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    framework: str = ""
    evaluation: tuple[ReportLine, ...] = ()
    actions: tuple[ReportLine, ...] = ()
    definitions: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing at all was collected in the report's own period."""
        return not any(
            cell.period == self.period and cell.value
            for _, row in self.rows()
            for cell in row.cells
        )

    def rows(self) -> Iterator[tuple[ReportTable, ReportRow]]:
        """Every row with its table, in the order in which they are printed."""
        for table in self.tables:
            for row in table.rows:
                yield table, row

    def as_data(self) -> dict[str, Any]:
        """The content as plain values that JSON can hold."""
        return {**asdict(self), "first": self.first.isoformat(), "last": self.last.isoformat()}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "ReportContent":
        """The content of what ``as_data`` gave, also after a way through JSON."""
        return cls(
            **{
                **data,
                "first": date.fromisoformat(data["first"]),
                "last": date.fromisoformat(data["last"]),
                "columns": tuple(data["columns"]),
                "definitions": tuple(data["definitions"]),
                "tables": tuple(
                    ReportTable(table["label"], tuple(map(_row, table["rows"])))
                    for table in data["tables"]
                ),
                "evaluation": tuple(map(_line, data["evaluation"])),
                "actions": tuple(map(_line, data["actions"])),
            }
        )

    @property
    def seal(self) -> str:
        """A digest of everything in the report: two that print the same have the same."""
        written = json.dumps(self.as_data(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True)
class ReportVersion:
    """A report as it was frozen, by whom, when and why; nothing of it is changed later."""

    id: str
    year: int
    number: int
    content: ReportContent
    reason: str
    frozen_by: str
    frozen_at: datetime
    seal: str = ""

    @property
    def intact(self) -> bool:
        """Whether the stored copy is still what was frozen."""
        return self.seal == self.content.seal


@dataclass(frozen=True)
class LateFact:
    """Something that can be counted was heard, changed or taken back about a time that is already frozen.

    ``change`` is ``heard``, ``changed``, ``gone`` or ``joined`` (two records are of one person).
    """

    id: str
    kind: str
    fact_id: str
    day: date
    change: str
    heard_at: datetime


@dataclass(frozen=True)
class ReportDifference:
    """A figure that is counted otherwise today than it stands in a frozen version."""

    code: str
    label: str
    words: str
    frozen: str
    today: str


def check_freeze(
    content: ReportContent, latest: ReportVersion | None, seen: int, reason: str
) -> int:
    """The number of the version that may be frozen now.

    ``seen`` is the number of the latest version that the person had before the eyes. Raises AlreadyFrozen when
    somebody froze another one since, WordsMissing for a correction without its reason and NothingToFreeze.
    """
    number = latest.number if latest else 0
    if latest is not None and seen != number:
        raise AlreadyFrozen(number=latest.number, name=latest.frozen_by)
    if content.empty:
        raise NothingToFreeze(period=content.words)
    if latest is not None and not reason.strip():
        raise WordsMissing
    return number + 1


def differences(frozen: ReportContent, today: ReportContent) -> tuple[ReportDifference, ...]:
    """What is counted otherwise today, in the order of the frozen report; what was added since is none."""
    now = {(row.code, cell.period): cell.printed for _, row in today.rows() for cell in row.cells}
    return tuple(
        ReportDifference(row.code, row.label, cell.words or column, cell.printed, now[key])
        for _, row in frozen.rows()
        for column, cell in zip(frozen.columns, row.cells, strict=True)
        if (key := (row.code, cell.period)) in now and now[key] != cell.printed
    )


def late_for(facts: Iterable[LateFact], version: ReportVersion) -> tuple[LateFact, ...]:
    """What was heard about the report's own period after it was frozen, the latest first."""
    return tuple(
        sorted(
            (
                one
                for one in facts
                if one.heard_at > version.frozen_at
                and version.content.first <= one.day <= version.content.last
            ),
            key=lambda one: one.heard_at,
            reverse=True,
        )
    )


def _row(data: Mapping[str, Any]) -> ReportRow:
    cells: Sequence[Mapping[str, str]] = data["cells"]
    return ReportRow(
        **{
            **data,
            "how": tuple(data["how"]),
            "cells": tuple(ReportCell(**cell) for cell in cells),
        }
    )


def _line(data: Mapping[str, Any]) -> ReportLine:
    return ReportLine(**{**data, "remarks": tuple(data["remarks"])})
