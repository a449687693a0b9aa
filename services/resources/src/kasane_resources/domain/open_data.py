"""Reads a municipal open-data file; what is wrong is said, never guessed away."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.layouts import Layout

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 20_000
HEADER_WITHIN = 20
LONGEST_LINE = 1_000_000
FORMULA_SIGNS = ("=", "@")


@dataclass(frozen=True)
class RowProblem:
    """One wrong value of a row; ``used`` stands instead, empty when the field is left out."""

    column: str
    code: str
    original: str
    used: str = ""


@dataclass(frozen=True)
class OpenDataRow:
    """One row of a file with its number in a spreadsheet; ``cells`` are as they were written.

    They are found by our names for the columns; ``headers`` are the file's own. ``joined`` are
    cells put together from others.
    """

    number: int
    cells: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)

    def written_column(self, column: str) -> str:
        """What the file itself calls a column."""
        return self.headers.get(column, column)

    @property
    def original(self) -> dict[str, str]:
        """The row under the file's own header."""
        return {self.written_column(name): cell for name, cell in self.cells.items()}

    def text(self, column: str) -> str:
        """The cell without the spaces around it; empty when the file does not have the column."""
        return (self.joined.get(column) or self.cells.get(column, "")).strip(" \t\r\n\u3000")


@dataclass(frozen=True)
class TableHeader:
    """The header of a file: where it stands, its layout, our name for each column and the file's own."""

    layout: Layout
    place: int
    names: tuple[str, ...]
    written: Mapping[str, str]

    @classmethod
    def of(cls, layout: Layout, place: int, line: Sequence[str]) -> "TableHeader":
        """The header that a line is. Raises FileRefused when two columns mean the same."""
        written = [name.strip(" \ufeff\u3000") for name in line]
        names = layout.ours(written)
        repeated = sorted({name for name in names if name and names.count(name) > 1})
        if repeated:
            raise FileRefused("file_repeated_columns", columns="、".join(repeated))
        theirs = {ours: own for ours, own in zip(names, written, strict=True) if ours}
        return cls(layout, place, tuple(names), theirs)

    def rows(self, lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[OpenDataRow]:
        """The rows of the numbered lines after the header; lines without any text are left out."""
        for number, line in lines:
            if not any(cell.strip() for cell in line):
                continue
            cells = {name: cell for name, cell in zip(self.names, line, strict=False) if name}
            extra = [cell for cell in line[len(self.names) :] if cell.strip()]
            if extra:
                cells["…"] = "、".join(extra)
            yield OpenDataRow(number, cells, self.written)


def read_table(
    content: bytes, candidates: Sequence[Layout]
) -> tuple[Layout, tuple[OpenDataRow, ...]]:
    """The layout of a CSV file and its rows; UTF-8 (with or without BOM) or CP932, any line ends.

    Columns are found by name, not by place. The header may follow other lines. The first of the
    candidates that fits is taken. Rows without any text are left out. Raises FileRefused with the
    code that says why nothing was read; the columns that it names are those of the first candidate.
    """
    lines = read_lines(content)
    header = find_header(lines, candidates)
    rows = enumerate(lines[header.place + 1 :], header.place + 2)
    return header.layout, tuple(header.rows(rows))


def find_header(lines: Sequence[Sequence[str]], candidates: Sequence[Layout]) -> "TableHeader":
    """The header among the first lines of a file, for the first candidate that fits. Raises FileRefused."""
    for layout in candidates:
        for place, line in enumerate(lines[:HEADER_WITHIN]):
            if not layout.missing(line):
                return TableHeader.of(layout, place, line)
    first = candidates[0]
    seen = {name for line in lines[:HEADER_WITHIN] for name in first.ours(line)}
    missing = [name for name in first.needed if name not in seen] or list(first.needed)
    raise FileRefused("file_wrong_columns", columns="、".join(missing))


def read_lines(content: bytes) -> list[list[str]]:
    """The cells of every line of a CSV file. Raises FileRefused."""
    if not content.strip():
        raise FileRefused("file_empty")
    if len(content) > LARGEST_FILE:
        raise FileRefused("file_too_large", most="20")
    return _lines(_decoded(content))


def _decoded(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileRefused("file_is_spreadsheet")
    if b"\x00" in content:
        raise FileRefused("file_nul_bytes")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("file_encoding")


def _lines(text: str) -> list[list[str]]:
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    if max(map(len, unified.split("\n"))) > LONGEST_LINE:
        raise FileRefused("file_not_csv")
    try:
        reader = csv.reader(io.StringIO(unified, newline=""), strict=True)
        lines = list(islice(reader, MOST_ROWS + 1))
    except csv.Error:
        raise FileRefused("file_not_csv") from None
    if len(lines) > MOST_ROWS:
        raise FileRefused("file_too_many_rows", most=MOST_ROWS)
    if max((len(line) for line in lines), default=0) < 2:
        raise FileRefused("file_not_csv")
    return lines


def formula_columns(row: OpenDataRow) -> tuple[str, ...]:
    """The columns whose cell a spreadsheet would run as a formula."""
    return tuple(
        name
        for name, cell in row.cells.items()
        if cell.lstrip().startswith(FORMULA_SIGNS) or _signed_formula(cell.lstrip())
    )


def _signed_formula(cell: str) -> bool:
    if cell[:1] not in ("+", "-") or len(cell) < 2:
        return False
    return "(" in cell or "!" in cell or "|" in cell
