"""Reads a municipal open-data file; what is wrong is said, never guessed away."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kasane_resources.domain.errors import FileRefused

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 20_000
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
    """One row of a file with its number in a spreadsheet; ``cells`` are as they were written."""

    number: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell without the spaces around it; empty when the file does not have the column."""
        return self.cells.get(column, "").strip(" \t\r\n\u3000")


def read_table(
    content: bytes, needed: Sequence[str], other_names: Mapping[str, str]
) -> tuple[OpenDataRow, ...]:
    """The rows of a CSV file in UTF-8 (with or without BOM) or CP932, with any line ends.

    Columns are found by name, not by place; ``other_names`` maps what some towns call them. The
    header may follow other lines. Rows without any text are left out. Raises FileRefused with the
    code that says why nothing was read.
    """
    if not content.strip():
        raise FileRefused("file_empty")
    if len(content) > LARGEST_FILE:
        raise FileRefused("file_too_large", most="20")
    lines = _lines(_decoded(content))
    seen: set[str] = set()
    for place, line in enumerate(lines[:20]):
        names = [_column(cell) for cell in line]
        names = [other_names.get(name, name) for name in names]
        if set(needed) <= set(names):
            return _rows(lines, place, names)
        seen.update(names)
    missing = [name for name in needed if name not in seen] or list(needed)
    raise FileRefused("file_wrong_columns", columns="、".join(missing))


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
    try:
        lines = list(csv.reader(io.StringIO(unified, newline=""), strict=True))
    except csv.Error:
        raise FileRefused("file_not_csv") from None
    if len(lines) > MOST_ROWS:
        raise FileRefused("file_too_many_rows", most=MOST_ROWS)
    if max((len(line) for line in lines), default=0) < 2:
        raise FileRefused("file_not_csv")
    return lines


def _rows(
    lines: Sequence[Sequence[str]], header_at: int, names: Sequence[str]
) -> tuple[OpenDataRow, ...]:
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise FileRefused("file_repeated_columns", columns="、".join(repeated))
    rows = []
    for place in range(header_at + 1, len(lines)):
        line = lines[place]
        if not any(cell.strip() for cell in line):
            continue
        cells = {name: cell for name, cell in zip(names, line, strict=False) if name}
        extra = [cell for cell in line[len(names) :] if cell.strip()]
        if extra:
            cells["…"] = "、".join(extra)
        rows.append(OpenDataRow(place + 1, cells))
    return tuple(rows)


def _column(name: str) -> str:
    """The name of a column without the ways in which towns spell it differently."""
    return "".join(unicodedata.normalize("NFKC", name).lstrip("\ufeff?#").split())


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
