"""Hostile files: refused with a sentence, within two seconds, with bounded memory, and nothing is kept."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from kasane_kit.testing.workbench import Workbench
from kasane_resources import tables

SECONDS = 2.0
MEGABYTE = 1024 * 1024
MOST_MEMORY = 250 * MEGABYTE


def _archive(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


def _sheet(cell: str = "施設") -> bytes:
    book = Workbook()
    book.active.append([cell, "住所"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _sheet_with(extra: dict[str, bytes]) -> bytes:
    parts = {}
    with zipfile.ZipFile(io.BytesIO(_sheet())) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return _archive({**parts, **extra})


LAUGHS = b"<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;&b;'>]><sst>&c;</sst>"
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "bomb": (
        "a.xlsx",
        lambda: _sheet_with({"xl/media/a.bin": bytes(30 * MEGABYTE)}),
        "開くと異常に大きくなる",
    ),
    "json-bomb": (
        "a.zip",
        lambda: _archive({"services.json": b"[" + b" " * (62 * MEGABYTE)}),
        "ファイルが大きすぎます",
    ),
    "entities": (
        "a.xlsx",
        lambda: _sheet_with({"xl/sharedStrings.xml": LAUGHS}),
        "ほかの場所の中身を読み込ませる仕掛け",
    ),
    "deep-json": ("a.json", lambda: b"[" * 300_000, "HSDS の支援サービスとして読めません"),
    "many-objects": ("a.json", lambda: b"[" + b"{}," * 2_000_000 + b"{}]", "行が多すぎます"),
    "not-services": ("a.json", lambda: b'{"a": 1}', "HSDS の支援サービスとして読めません"),
    "one-line": ("a.csv", lambda: b"a,b\n" + b"," * (8 * MEGABYTE), "CSVの表として読めません"),
    "one-cell": ("a.csv", lambda: b'a,b\n"' + b"x" * (8 * MEGABYTE), "CSVの表として読めません"),
    "many-lines": ("a.csv", lambda: b"a,b\n" * 1_000_000, "行が多すぎます"),
    "nobodys": ("a.csv", lambda: b"foo,bar\n1,2\n", "まだ知らないものです"),
    "binary": ("a.csv", lambda: b"\x00" * MEGABYTE, "文字ではない値"),
    "old-excel": ("a.xls", lambda: b"\xd0\xcf\x11\xe0" + bytes(MEGABYTE), "古い形式"),
}


def _send(bench: Workbench, name: str, content: bytes):
    who = bench.visit_as(bench.staff("coordinator"))
    answer = who.post(
        "/human-services/import", {"source": "open_data", "file": (io.BytesIO(content), name)}
    )
    answer.request.environ["wsgi.input"].close()  # the test client spools it to a file of its own
    return answer


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_within_two_seconds(workbench: Workbench, case: str) -> None:
    name, make, sentence = HOSTILE[case]
    content = make()
    before = time.thread_time()

    answer = _send(workbench, name, content)

    taken = time.thread_time() - before
    assert answer.status_code == 422
    assert sentence in answer.text, answer.text[answer.text.find("k-field__error") :][:400]
    assert taken < SECONDS
    with workbench.reading() as connection:
        services = connection.scalar(select(func.count()).select_from(tables.human_service))
        kept = connection.scalar(select(func.count()).select_from(tables.directory_import))
    assert (services, kept) == (0, 1 if case == "nobodys" else 0)


@pytest.mark.parametrize("case", ["json-bomb", "many-objects"])
def test_its_memory_is_bounded(workbench: Workbench, case: str) -> None:
    name, make, _sentence = HOSTILE[case]
    content = make()
    tracemalloc.start()
    try:
        assert _send(workbench, name, content).status_code == 422
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < MOST_MEMORY


def test_two_gigabytes_are_refused_before_they_are_read(workbench: Workbench) -> None:
    who = workbench.visit_as(workbench.staff("coordinator"))

    answer = who.client.post(
        "/292095/human-services/import",
        input_stream=io.BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(2 * 1024 * MEGABYTE)},
    )

    assert answer.status_code == 413
    assert "大きすぎます" in answer.text
