"""Long files: kept in pieces when they come, read by the worker row by row, then taken in like any other."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_resources.commands import KeepLongFile
from kasane_resources.domain.directory_import import HSDS, DirectoryImport, ImportState
from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.layouts import CAFETERIAS
from kasane_resources.domain.long_files import (
    CHUNK,
    HEAD,
    MOST_LONG_ROWS,
    LongRow,
    LongTable,
    QuickLook,
    head_of,
    must_have_a_header,
)
from kasane_resources.domain.open_data import LARGEST_FILE
from kasane_resources.handlers.hsds_files import is_hsds
from kasane_resources.handlers.imports import OBJECT, source_named, uploaded
from kasane_resources.handlers.spreadsheets import must_be_harmless, sheet_lines
from kasane_resources.handlers.taking_in import retire, take_in
from kasane_resources.repository import ColumnMappings, DirectoryImports, LongImports

SERVICE = "resources"
READ_AT_ONCE = 1000
TAKEN_AT_ONCE = 200
LONG_SHEET = 8 * 1024 * 1024
_ZIP = b"PK\x03\x04"


def is_long(stream: IO[bytes]) -> bool:
    """Whether a file is read in the worker; leaves the stream at its beginning. Raises FileRefused.

    Looks at its bytes once and keeps none of them.
    """
    start = stream.read(4096)
    stream.seek(0)
    if start.startswith(_ZIP):
        return _is_long_archive(stream)
    if is_hsds(start):
        _must_fit(stream)
        return False
    look = QuickLook()
    while chunk := stream.read(CHUNK):
        look.see(chunk)
    stream.seek(0)
    return look.long


def keep_long_file(command: KeepLongFile, uow: UnitOfWork, hooks: Any) -> str:
    """Keeps a long file for the worker to read; the same file sent twice is one import.

    Returns its id. A CSV table whose header nobody knows is kept to have its columns mapped. Raises FileRefused,
    UploadRefused or SourceUnknown; then nothing is kept.
    """
    source = source_named(command.source, hooks)
    digest = _digest(command.stream)
    imports, long_imports = DirectoryImports(uow.connection), LongImports(uow.connection)
    twin = imports.waiting_twin(source.code, digest, uow.actor.account_id)
    if twin is not None:
        return twin
    one = uploaded(command.import_id, source, command.file_name, b"", uow)
    one.layout = source.layout if source.layout != HSDS else CAFETERIAS
    one.digest, one.long = digest, True
    start = command.stream.read(HEAD)
    one.begin_reading()
    if start.startswith(_ZIP):
        command.stream.seek(0)
        must_be_harmless(command.file_name, command.stream.read(LARGEST_FILE + 1))
    else:
        _must_be_known(one, head_of(start), ColumnMappings(uow.connection))
    command.stream.seek(0)
    long_imports.keep(one.id, iter(lambda: command.stream.read(CHUNK), b""))
    imports.add(one)
    uow.record("resources.import.previewed", OBJECT, one.id)
    uow.commit()
    return one.id


def read_long(house: House, municipality: str, import_id: str) -> None:
    """Reads a long file to its end and keeps each row, a batch in each transaction.

    May be cut off at any moment: the next time it goes on behind the last row that was kept.
    """
    with TemporaryFile() as file, TemporaryFile() as sheet:
        with house.databases.reading(SERVICE) as connection:
            one = DirectoryImports(connection).get(import_id)
            own = ColumnMappings(connection).layouts()
            for piece in LongImports(connection).pieces(import_id):
                file.write(piece)
        file.seek(0)
        is_sheet = file.read(len(_ZIP)) == _ZIP
        table = sheet if is_sheet else file
        try:
            if is_sheet:
                _write_sheet(file, sheet)
            _keep_rows(house, municipality, one, LongTable(table, one.layout, own))
        except FileRefused as refused:
            with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
                _refuse(import_id, refused, table, uow)


def take_long_batch(one: DirectoryImport, uow: UnitOfWork) -> None:
    """Takes the next rows of a long file in, or retires the next entries, or ends it. Does not commit."""
    long_imports = LongImports(uow.connection)
    if one.done < one.rows:
        plan = long_imports.batch(one, clock.today(), TAKEN_AT_ONCE)
        take_in(one, plan.rows, uow)
        one.took_in(plan.rows)
    elif one.retires and (gone := long_imports.gone(one, TAKEN_AT_ONCE).first):
        retire(gone, uow)
        one.retired(len(gone))
    else:
        long_imports.forget(one.id)
        one.finish(clock.now())
        uow.record("resources.import.applied", OBJECT, one.id)
        return
    uow.record("resources.import.advanced", OBJECT, one.id)


def _is_long_archive(stream: IO[bytes]) -> bool:
    _must_fit(stream)
    try:
        with zipfile.ZipFile(stream) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        parts = []
    finally:
        stream.seek(0)
    unpacked = sum(part.file_size for part in parts if part.filename.endswith(".xml"))
    return unpacked > LONG_SHEET


def _must_fit(stream: IO[bytes]) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > LARGEST_FILE:
        raise FileRefused("file_too_large", most=str(LARGEST_FILE // 1024 // 1024))


def _digest(stream: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        found.update(chunk)
    stream.seek(0)
    return found.hexdigest()


def _must_be_known(one: DirectoryImport, head: bytes, mappings: ColumnMappings) -> None:
    try:
        must_have_a_header(head, one.layout, mappings.layouts())
    except FileRefused as refused:
        if refused.code != "file_wrong_columns":
            raise
        one.state, one.content = ImportState.UNMAPPED, head


def _keep_rows(house: House, municipality: str, one: DirectoryImport, table: LongTable) -> None:
    with closing(table.read()) as every:
        rows = islice(every, one.done, None)
        while batch := list(islice(rows, READ_AT_ONCE)):
            if not _keep_batch(house, municipality, one, table, batch):
                return  # stopped, or another worker is ahead
            one.done += len(batch)
    _keep_batch(house, municipality, one, table, ())


def _keep_batch(
    house: House,
    municipality: str,
    before: DirectoryImport,
    table: LongTable,
    batch: Sequence[LongRow],
) -> bool:
    """Keeps rows behind those of ``before``, or ends reading without any; whether nothing else happened meanwhile."""
    with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
        imports, long_imports = DirectoryImports(uow.connection), LongImports(uow.connection)
        one = imports.get(before.id, for_update=True)
        if one.state is not ImportState.READING or one.done != before.done:
            return False
        one.layout, one.headers = table.header.layout.code, table.header.written
        one.rows = table.rows
        if batch:
            long_imports.put(one, batch, clock.today())
            one.done += len(batch)
        else:
            one.read(long_imports.counts(one.id))
            long_imports.forget_pieces(one.id)
        imports.save(one)
        uow.record("resources.import.advanced", OBJECT, one.id)
        uow.commit()
    return True


def _refuse(import_id: str, refused: FileRefused, table: IO[bytes], uow: UnitOfWork) -> None:
    imports = DirectoryImports(uow.connection)
    one = imports.get(import_id, for_update=True)
    if one.state is not ImportState.READING:
        return
    if refused.code == "file_wrong_columns":
        table.seek(0)
        one.state, one.content = ImportState.UNMAPPED, head_of(table.read(HEAD))
    else:
        LongImports(uow.connection).forget(one.id)
        one.refuse(refused.code, refused.facts, clock.now())
    imports.save(one)
    uow.record("resources.import.stopped", OBJECT, one.id)
    uow.commit()


def _write_sheet(book: IO[bytes], table: IO[bytes]) -> None:
    """Writes the first sheet of an Excel file as CSV."""
    text = io.TextIOWrapper(table, "utf-8", newline="")
    try:
        lines = csv.writer(text, lineterminator="\n")
        lines.writerows(sheet_lines(book, MOST_LONG_ROWS))
        text.flush()
    finally:
        text.detach()
