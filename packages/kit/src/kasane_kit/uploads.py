"""Checks a file that somebody hands in: what it is by its content, how large, and whether it hides more.

Also the doors through which files come and go: base64 in the API, and answers that a browser saves.

Nothing of a file is unpacked to disk, and never more than one chunk of it is unpacked in memory.
"""

import base64
import binascii
import hashlib
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Response
from marshmallow import ValidationError, fields

from kasane_kit.web.context import text
from kasane_kit.web.errors import Refusal

LARGEST_UPLOAD = 15 * 1024 * 1024
LARGEST_UNPACKED = 120 * 1024 * 1024
MOST_PARTS = 2000
LARGEST_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024
LONGEST_NAME = 120
_CHUNK = 64 * 1024
View = TypeVar("View", bound=Callable[..., Any])


class FileKind(StrEnum):
    """A kind of file that can be told by its content."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    TEXT = "text"
    CSV = "csv"
    XLSX = "xlsx"
    DOCX = "docx"


MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.HEIC: "image/heic",
    FileKind.TEXT: "text/plain",
    FileKind.CSV: "text/csv",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
EXTENSIONS = {
    FileKind.PDF: ("pdf",),
    FileKind.JPEG: ("jpg", "jpeg"),
    FileKind.PNG: ("png",),
    FileKind.HEIC: ("heic", "heif"),
    FileKind.TEXT: ("txt",),
    FileKind.CSV: ("csv",),
    FileKind.XLSX: ("xlsx",),
    FileKind.DOCX: ("docx",),
}
PAPERS = (FileKind.PDF, FileKind.JPEG, FileKind.PNG, FileKind.HEIC)
"""What a scanner or a telephone makes: evidence on paper."""
DOCUMENTS = (*PAPERS, FileKind.TEXT, FileKind.CSV, FileKind.XLSX, FileKind.DOCX)
"""Everything that can be told by its content."""

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_OFFICE_PARTS = {FileKind.XLSX: "xl/workbook.xml", FileKind.DOCX: "word/document.xml"}
_ARCHIVE_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
)
_ARCHIVE_NAMES = (
    ".zip",
    ".gz",
    ".7z",
    ".rar",
    ".bz2",
    ".xz",
    ".tar",
    ".tgz",
    ".xlsx",
    ".docx",
    ".jar",
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


@dataclass(frozen=True)
class Upload:
    """A checked file: a harmless name, the type told by its content, and the bytes as they came."""

    name: str
    kind: FileKind
    content: bytes
    digest: str

    @property
    def media_type(self) -> str:
        """The media type of the content."""
        return MEDIA_TYPES[self.kind]

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.content)


class UploadRefused(Refusal):
    """A file was not taken; the sentence says why."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"upload_{code}", 422, **facts)


class Base64(fields.Field[bytes]):
    """Bytes written as base64 in the API."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise ValidationError(text("upload.not_base64")) from None


def largest_request(size: int) -> Callable[[View], View]:
    """Lets one route take requests of up to ``size`` bytes, where every other takes what the application allows."""

    def mark(view: View) -> View:
        view.largest_request = size  # type: ignore[attr-defined]
        return view

    return mark


def as_download(content: bytes, name: str, media_type: str) -> Response:
    """An answer that a browser saves under the name, and never opens in the place of a page."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def check_upload(
    name: str,
    content: bytes,
    allowed: Iterable[FileKind] = DOCUMENTS,
    largest: int = LARGEST_UPLOAD,
) -> Upload:
    """The file as it may be kept; raises UploadRefused with a sentence.

    The type is told by the content; the name decides only between plain text and CSV and has to
    agree with the content otherwise. The name of the answer holds no path and no control character.
    """
    kinds = tuple(allowed)
    shown = safe_name(name)
    if not content:
        raise UploadRefused("empty", name=shown)
    if len(content) > largest:
        raise UploadRefused("too_large", name=shown, most=_megabytes(largest))
    kind = _kind_of(shown, content)
    if kind is None or kind not in kinds:
        raise UploadRefused("wrong_type", name=shown, allowed=_words(kinds))
    extension = shown.rpartition(".")[2].lower() if "." in shown else ""
    if extension and extension not in EXTENSIONS[kind]:
        raise UploadRefused("name_and_content_differ", name=shown, content_type=_words((kind,)))
    if kind in _OFFICE_PARTS:
        _check_package(shown, content)
    named = shown if extension else f"{shown}.{EXTENSIONS[kind][0]}"
    return Upload(named, kind, content, hashlib.sha256(content).hexdigest())


def unpacks_in_chunks(part: zipfile.ZipInfo) -> bool:
    """Whether a part is packed as everybody packs: of others a few bytes may unpack to gigabytes at one reading."""
    return part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def safe_name(name: str) -> str:
    """The last part of a file name without what could mislead a reader or a file system."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    kept = _NOT_IN_NAMES.sub("_", kept).strip(" .")
    stem, dot, extension = kept.rpartition(".")
    if dot and len(kept) > LONGEST_NAME:
        kept = f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"
    return kept[:LONGEST_NAME] or "file"


def _kind_of(name: str, content: bytes) -> FileKind | None:
    if b"%PDF-" in content[:1024] and b"%%EOF" in content[-2048:]:
        return FileKind.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return FileKind.PNG
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return FileKind.HEIC
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    if _is_text(content):
        return FileKind.CSV if name.lower().endswith(".csv") else FileKind.TEXT
    return None


def _office_kind(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any("vbaproject" in n.lower() for n in names):
        return None
    return next((kind for kind, part in _OFFICE_PARTS.items() if part in names), None)


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _CONTROLS.search(text) is None
    return False


def _check_package(name: str, content: bytes) -> None:
    """Unpacks every part in chunks and throws it away; what a directory claims is not believed."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS:
                raise UploadRefused("hides_more", name=name)
            unpacked = 0
            for part in parts:
                if part.flag_bits & 0x1:
                    raise UploadRefused("locked", name=name)
                unpacked += _size_of_part(package, part, name, LARGEST_UNPACKED - unpacked)
                if unpacked > RATIO_COUNTS_FROM and unpacked > LARGEST_RATIO * len(content):
                    raise UploadRefused("hides_more", name=name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise UploadRefused("damaged", name=name) from error


def _size_of_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, most: int) -> int:
    if not unpacks_in_chunks(part) or part.filename.lower().endswith(_ARCHIVE_NAMES):
        raise UploadRefused("hides_more", name=name)
    size = 0
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if size == 0 and chunk.startswith(_ARCHIVE_STARTS):
                raise UploadRefused("hides_more", name=name)
            size += len(chunk)
            if size > most:
                raise UploadRefused("hides_more", name=name)
    return size


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):g}"


def _words(kinds: Iterable[FileKind]) -> str:
    return "、".join(_NAMES[kind] for kind in kinds)


_NAMES = {
    FileKind.PDF: "PDF",
    FileKind.JPEG: "JPEG",
    FileKind.PNG: "PNG",
    FileKind.HEIC: "HEIC",
    FileKind.TEXT: "テキスト (TXT)",
    FileKind.CSV: "CSV",
    FileKind.XLSX: "Excel (XLSX)",
    FileKind.DOCX: "Word (DOCX)",
}
