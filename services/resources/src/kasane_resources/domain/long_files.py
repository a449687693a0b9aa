"""Files too long to be read while somebody waits: judged by a quick look, then read line by line from disk."""

import codecs
import csv
import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.file_facts import FileFacts, RowFacts
from kasane_resources.domain.layout_rows import joined_columns, key_of, layouts_in_turn
from kasane_resources.domain.layouts import Layout
from kasane_resources.domain.open_data import (
    HEADER_WITHIN,
    LONGEST_LINE,
    OpenDataRow,
    TableHeader,
    find_header,
    read_lines,
)

LONG_FROM = 1024 * 1024
LONG_FROM_LINES = 3_000
LARGEST_LONG = 100 * 1024 * 1024
MOST_LONG_ROWS = 200_000
HEAD = 256 * 1024
CHUNK = 1024 * 1024
_ENCODINGS = ("utf-8-sig", "cp932")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_BYTES_OF_A_SIGN = 3
_LINES_OF_A_ROW = 4


@dataclass(frozen=True)
class LongRow:
    """A row of a long file with what the whole file says of it."""

    row: OpenDataRow
    key: str
    facts: RowFacts


class QuickLook:
    """What can be said of a CSV file by its bytes alone, chunk by chunk. Raises FileRefused."""

    def __init__(self) -> None:
        self.size = 0
        self.lines = 0
        self._open_line = 0

    @property
    def long(self) -> bool:
        """Whether it is read in the worker."""
        return self.size > LONG_FROM or self.lines > LONG_FROM_LINES

    def see(self, chunk: bytes) -> None:
        """Looks at the next bytes."""
        if not self.size and chunk.startswith(_OLD_EXCEL):
            raise FileRefused("file_is_spreadsheet")
        if b"\x00" in chunk:
            raise FileRefused("file_nul_bytes")
        self.size += len(chunk)
        if self.size > LARGEST_LONG:
            raise FileRefused("file_too_large", most=str(LARGEST_LONG // 1024 // 1024))
        unified = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self.lines += unified.count(b"\n")
        if self.lines > _LINES_OF_A_ROW * MOST_LONG_ROWS:
            raise FileRefused("file_too_many_rows", most=MOST_LONG_ROWS)
        parts = unified.split(b"\n")
        lengths = [self._open_line + len(parts[0]), *map(len, parts[1:])]
        self._open_line = lengths[-1]
        if max(lengths) > LONGEST_LINE * _BYTES_OF_A_SIGN:
            raise FileRefused("file_not_csv")


def head_of(content: bytes) -> bytes:
    """The first lines of a CSV file by its first bytes, as UTF-8. Raises FileRefused."""
    text = ""
    for encoding in _ENCODINGS:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(content[:HEAD])
        except UnicodeDecodeError:
            continue
        break
    else:
        raise FileRefused("file_encoding")
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unified[: unified.rfind("\n") + 1].encode()


def must_have_a_header(head: bytes, preferred: str, own: Sequence[Layout]) -> None:
    """Raises FileRefused when nobody knows the header among the first lines."""
    find_header(read_lines(head), layouts_in_turn(preferred, own))


class LongTable:
    """A CSV file on disk, read line by line as often as needed; its memory does not grow with its columns' texts.

    Making one reads it once. Raises FileRefused.
    """

    def __init__(self, file: IO[bytes], preferred: str, own: Sequence[Layout]) -> None:
        self._file = file
        self._encoding = _encoding(file)
        top = list(islice(self._lines(), HEADER_WITHIN))
        if max(map(len, top), default=0) < 2:
            raise FileRefused("file_not_csv")
        self.header: TableHeader = find_header(top, layouts_in_turn(preferred, own))
        self._facts = FileFacts(self.header.layout)
        self.rows = 0
        for row in self._rows():
            self.rows += 1
            if self.rows > MOST_LONG_ROWS:
                raise FileRefused("file_too_many_rows", most=MOST_LONG_ROWS)
            self._facts.note(row)

    def read(self) -> Generator[LongRow, None, None]:
        """Every row in the order of the file, with what the file says of it."""
        seen: set[int] = set()
        for row in self._rows():
            facts = self._facts.of(row)
            key = key_of(row, self.header.layout, facts)
            mark = hash(key)
            if mark in seen:
                facts = RowFacts(facts.own_identity, facts.shared_point, facts.far, repeated=True)
            seen.add(mark)
            yield LongRow(row, key, facts)

    def _rows(self) -> Iterator[OpenDataRow]:
        place = self.header.place
        numbered = enumerate(islice(self._lines(), place + 1, None), place + 2)
        for row in self.header.rows(numbered):
            yield joined_columns(row, self.header.layout)

    def _lines(self) -> Iterator[list[str]]:
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, self._encoding, newline=None)
        try:
            yield from csv.reader(_bounded(text), strict=True)
        except csv.Error:
            raise FileRefused("file_not_csv") from None
        finally:
            text.detach()


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > LONGEST_LINE:
            raise FileRefused("file_not_csv")
        yield line


def _encoding(file: IO[bytes]) -> str:
    for encoding in _ENCODINGS:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileRefused("file_encoding")
