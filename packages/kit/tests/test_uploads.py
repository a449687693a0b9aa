"""A file is what its content says; what hides more, lies or is too large is refused in a sentence."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from kasane_kit.strings import Strings
from kasane_kit.uploads import (
    DOCUMENTS,
    LARGEST_UNPACKED,
    LARGEST_UPLOAD,
    LONGEST_NAME,
    PAPERS,
    FileKind,
    UploadRefused,
    check_upload,
    safe_name,
)
from kasane_kit.web.factory import LARGEST_REQUEST

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + b"\x00" * 17
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40
HEIC = struct.pack(">I", 24) + b"ftypheic" + b"\x00" * 32


def package(parts, *, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def workbook(*, compression=zipfile.ZIP_DEFLATED, **parts):
    parts = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>", **parts}
    return package(parts, compression=compression)


DOCUMENT = package({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})


def refusal(name, content, allowed=DOCUMENTS, **more):
    with pytest.raises(UploadRefused) as refused:
        check_upload(name, content, allowed, **more)
    return refused.value


def refusal_and_peak(name, content):
    """The refusal, and the bytes that were held at once until it came."""
    tracemalloc.start()
    try:
        refused = refusal(name, content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return refused, peak


def named(value: object) -> str:
    """A name of a case that is the same in every run: made files hold the time they were made."""
    return value if isinstance(value, str) else type(value).__name__


@pytest.mark.parametrize(
    ("name", "content", "kind", "media_type"),
    [
        ("同意書.pdf", PDF, FileKind.PDF, "application/pdf"),
        ("写真.JPG", JPEG, FileKind.JPEG, "image/jpeg"),
        ("scan.png", PNG, FileKind.PNG, "image/png"),
        ("IMG_1.heic", HEIC, FileKind.HEIC, "image/heic"),
        ("メモ.txt", "本人の言葉\r\n".encode("cp932"), FileKind.TEXT, "text/plain"),
        ("list.csv", "氏名,年齢\n".encode("utf-8-sig"), FileKind.CSV, "text/csv"),
        ("表.xlsx", workbook(), FileKind.XLSX, None),
        ("文書.docx", DOCUMENT, FileKind.DOCX, None),
    ],
    ids=named,
)
def test_each_kind_is_told_by_its_content(name, content, kind, media_type):
    upload = check_upload(name, content)

    assert (upload.name, upload.kind, upload.size) == (name, kind, len(content))
    assert media_type is None or upload.media_type == media_type
    assert len(upload.digest) == 64


def test_a_name_without_an_ending_gets_the_one_of_its_content():
    assert check_upload("同意書", PDF).name == "同意書.pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("virus.exe", b"MZ\x90\x00" + b"\x00" * 60),
        ("同意書.pdf", b"MZ\x90\x00" + b"\x00" * 60),
        ("half.pdf", b"%PDF-1.7\n"),
        ("script.js", b"alert(1)"),
        ("picture.svg", b"<svg onload='x()'/>"),
        ("archive.zip", package({"a.txt": "a"})),
        ("macro.xlsx", workbook(**{"xl/vbaProject.bin": "x"})),
        ("notes.bin", b"\x00\x01\x02text"),
    ],
    ids=named,
)
def test_what_is_not_on_the_list_is_refused_whatever_it_is_called(name, content):
    assert refusal(name, content).code in ("upload_wrong_type", "upload_name_and_content_differ")


def test_a_kind_that_the_caller_does_not_take_is_refused_with_those_it_takes():
    refused = refusal("表.xlsx", workbook(), PAPERS)

    assert (refused.code, refused.status) == ("upload_wrong_type", 422)
    assert refused.facts == {"name": "表.xlsx", "allowed": "PDF、JPEG、PNG、HEIC"}


def test_a_picture_that_is_called_a_pdf_is_refused():
    refused = refusal("同意書.pdf", PNG)

    assert refused.code == "upload_name_and_content_differ"
    assert refused.facts == {"name": "同意書.pdf", "content_type": "PNG"}


def test_an_empty_file_is_refused():
    assert refusal("同意書.pdf", b"").code == "upload_empty"


def test_a_file_over_the_limit_is_refused_with_the_limit():
    refused = refusal("scan.pdf", PDF + b"\x00" * 1024 * 1024, largest=1024 * 1024)

    assert (refused.code, refused.facts["most"]) == ("upload_too_large", "1")


def test_a_bomb_is_refused_without_being_held_in_memory():
    bomb = workbook(**{"xl/worksheets/sheet1.xml": b"0" * (LARGEST_UNPACKED + 1)})
    assert len(bomb) < 1024 * 1024

    refused, peak = refusal_and_peak("表.xlsx", bomb)

    assert refused.code == "upload_hides_more"
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_that_could_not_be_unpacked_in_chunks_is_not_unpacked(compression):
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": "<workbook/>",
        "xl/sheet.xml": b"0" * (32 * 1024 * 1024),
    }
    bomb = package(parts, compression=compression)
    assert len(bomb) < 64 * 1024

    refused, peak = refusal_and_peak("表.xlsx", bomb)

    assert refused.code == "upload_hides_more"
    assert peak < 8 * 1024 * 1024


def test_a_bomb_that_lies_about_its_size_is_refused():
    honest = workbook(**{"xl/sheet.xml": b"0" * (8 * 1024 * 1024)})
    said, lied = struct.pack("<I", 8 * 1024 * 1024), struct.pack("<I", 10)

    refused = refusal("表.xlsx", honest.replace(said, lied))

    assert refused.code in ("upload_hides_more", "upload_damaged")


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/embeddings/inner.zip": package({"x": b"0" * 100})},
        {"xl/media/picture.png": package({"x": b"0" * 100})},
        {"xl/media/packed.bin": b"\x1f\x8b\x08\x00"},
    ],
    ids=named,
)
def test_an_archive_inside_an_archive_is_refused(parts):
    assert refusal("表.xlsx", workbook(**parts)).code == "upload_hides_more"


def test_a_package_of_thousands_of_parts_is_refused():
    parts = {f"xl/part{number}.xml": "" for number in range(2001)}

    assert refusal("表.xlsx", workbook(**parts)).code == "upload_hides_more"


def test_a_damaged_package_is_refused():
    whole = bytearray(workbook(**{"xl/a.xml": bytes(range(256)) * 64}))
    at = bytes(whole).index(b"xl/a.xml") + 60
    whole[at : at + 8] = b"\xff" * 8

    assert refusal("表.xlsx", bytes(whole)).code == "upload_damaged"


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"]
)
def test_a_damaged_package_that_is_packed_in_another_way_is_refused(compression):
    whole = bytearray(workbook(compression=compression, **{"xl/a.xml": bytes(range(256)) * 64}))
    at = bytes(whole).index(b"xl/a.xml") + 60
    whole[at : at + 8] = b"\xff" * 8

    assert refusal("表.xlsx", bytes(whole)).code == "upload_hides_more"


def test_a_ten_megabyte_note_is_taken_as_text_when_the_limit_allows_it():
    note = ("世帯の様子。" * 1000 + "\n").encode() * 590

    assert check_upload("note.txt", note).kind is FileKind.TEXT
    assert refusal("note.txt", note, largest=10 * 1024 * 1024).code == "upload_too_large"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\同意書.pdf", "同意書.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("...", "file"),
        ("", "file"),
        ("長" * 300 + ".pdf", "長" * (LONGEST_NAME - 4) + ".pdf"),
    ],
    ids=named,
)
def test_a_hostile_name_is_made_harmless(name, kept):
    assert safe_name(name) == kept


def test_every_refusal_has_its_sentences():
    strings = Strings("kasane_kit")
    codes = ("empty", "too_large", "wrong_type", "name_and_content_differ")
    for code in (*codes, "hides_more", "locked", "damaged"):
        for part in ("why", "not_done", "next"):
            assert strings.has(f"refusal.upload_{code}.{part}")


def test_the_largest_upload_fits_into_the_largest_request():
    assert LARGEST_UPLOAD < LARGEST_REQUEST
