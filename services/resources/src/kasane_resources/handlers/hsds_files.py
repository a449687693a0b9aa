"""Makes a JSON list of HSDS services of a file that is JSON or a zip archive, with bounded memory."""

import csv
import io
import json
import zipfile
import zlib
from typing import Any

from kasane_kit.uploads import unpacks_in_chunks
from kasane_resources.domain import hsds
from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.open_data import LARGEST_FILE, MOST_ROWS

LARGEST_UNPACKED = 3 * LARGEST_FILE
_CHUNK = 64 * 1024
_LOCKED = 0x1
_JSON = "services.json"
_TABLE = "services.csv"


def is_hsds(content: bytes) -> bool:
    """Whether a file looks like HSDS: JSON, or an archive with services in it."""
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                return bool({_JSON, _TABLE} & set(package.namelist()))
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")


def as_services(content: bytes) -> bytes:
    """The services as a JSON list. Raises FileRefused for what is no HSDS, or hides more than it shows."""
    if len(content) > LARGEST_FILE:
        raise FileRefused("file_too_large", most="20")
    if not content.startswith(b"PK\x03\x04"):
        return content.removeprefix(b"\xef\xbb\xbf")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            if _JSON in names:
                return _unpacked(package, [_JSON])[_JSON]
            wanted = [name for name in names if name.removesuffix(".csv") in hsds.COLUMNS]
            tables = _unpacked(package, wanted)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise FileRefused("file_not_hsds") from error
    rows = {name.removesuffix(".csv"): _rows(table) for name, table in tables.items()}
    return json.dumps(list(hsds.from_tables(rows)), ensure_ascii=False).encode()


def _unpacked(package: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    found, room = {}, LARGEST_UNPACKED
    for name in names:
        parts = []
        entry = package.getinfo(name)
        if entry.flag_bits & _LOCKED or not unpacks_in_chunks(entry):
            raise FileRefused("file_not_hsds")
        with package.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                room -= len(chunk)
                if room < 0:
                    raise FileRefused("file_too_large", most=str(LARGEST_UNPACKED // 1024 // 1024))
                parts.append(chunk)
        found[name] = b"".join(parts)
    return found


def _rows(table: bytes) -> list[dict[str, Any]]:
    try:
        rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise FileRefused("file_not_hsds") from None
    if len(rows) > 20 * MOST_ROWS:
        raise FileRefused("file_too_many_rows", most=MOST_ROWS)
    return rows
