"""Makes a CSV table of the first sheet of an Excel file, with bounded memory and no formula run."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any

from openpyxl import load_workbook

from kasane_kit.uploads import FileKind, check_upload
from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.open_data import LARGEST_FILE, MOST_ROWS

MOST_COLUMNS = 300
_CHUNK = 256 * 1024
_DECLARATIONS = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)


def as_csv(file_name: str, content: bytes) -> bytes:
    """The table as CSV; what is no Excel file comes back as it is.

    Formulas stay text, so that their rows are refused. Raises UploadRefused for an archive that
    hides more than it shows, FileRefused for one that declares entities or is no table.
    """
    if not content.startswith(b"PK\x03\x04"):
        return content
    checked = must_be_harmless(file_name, content)
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(sheet_lines(io.BytesIO(checked), MOST_ROWS))
    return written.getvalue().encode()


def must_be_harmless(file_name: str, content: bytes) -> bytes:
    """The content of an Excel file that hides nothing. Raises UploadRefused or FileRefused."""
    checked = check_upload(file_name, content, (FileKind.XLSX,), LARGEST_FILE)
    _refuse_declarations(checked.content)
    return checked.content


def sheet_lines(book: IO[bytes], most: int) -> Iterator[list[str]]:
    """The cells of every line of the first sheet, read as they are asked for. Raises FileRefused past ``most``."""
    try:
        sheet = load_workbook(book, read_only=True, data_only=False).worksheets[0]
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)):
            if number >= most:
                raise FileRefused("file_too_many_rows", most=most)
            cells = [_text(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield cells
    except FileRefused:
        raise
    except Exception as error:  # a damaged part makes openpyxl raise whatever it meets
        raise FileRefused("file_not_csv") from error


def _refuse_declarations(content: bytes) -> None:
    longest = max(map(len, _DECLARATIONS))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for part in package.infolist():
            before = b""
            with package.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    seen = before + chunk
                    if any(word in seen for word in _DECLARATIONS):
                        raise FileRefused("file_declares_entities")
                    before = seen[-longest:]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
