"""Files too long to read while somebody waits: read in the worker, looked at in pages, stopped, gone on with."""

import io
import re
import threading
import tracemalloc
from collections.abc import Iterator
from tempfile import TemporaryFile

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources import queries
from kasane_resources.domain import long_files
from kasane_resources.domain.directory_import import DirectoryImport, ImportState
from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.human_service import ServiceStatus, Visibility
from kasane_resources.domain.layout_rows import read_file, read_row
from kasane_resources.domain.long_files import LongTable, QuickLook
from kasane_resources.handlers import long_imports, run_imports
from kasane_resources.repository import DirectoryImports, Quarantine
from kasane_resources.tables import imports as tables

MEGABYTE = 1024 * 1024
HEADER = "全国地方公共団体コード,ID,市区町村名,名称,住所,緯度,経度,開催曜日,電話番号1,備考,メールアドレス1"
TAIL = "34.6919,135.7006,土,0743-00-0000,,"


@pytest.fixture(autouse=True)
def few_lines_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eleven lines are a long file here, and pieces and batches are small, so that every border is met."""
    monkeypatch.setattr(long_files, "LONG_FROM_LINES", 10)
    monkeypatch.setattr(long_imports, "CHUNK", 100)
    monkeypatch.setattr(long_imports, "READ_AT_ONCE", 4)
    monkeypatch.setattr(long_imports, "TAKEN_AT_ONCE", 3)


def rows_of(names: Iterator[str] | list[str]) -> list[str]:
    return [f"292095,{n},生駒市,{name},生駒市元町{n}-6,{TAIL}" for n, name in enumerate(names)]


def file_of(rows: list[str]) -> bytes:
    return "\n".join((HEADER, *rows)).encode()


TWELVE = rows_of([f"第{n}食堂" for n in range(12)])


def visitor(bench: Workbench) -> Visitor:
    return bench.visit_as(bench.staff("coordinator"))


def send(bench: Workbench, content: bytes, name: str = "long.csv"):
    return visitor(bench).post(
        "/human-services/import", {"source": "open_data", "file": (io.BytesIO(content), name)}
    )


def upload(bench: Workbench, content: bytes, name: str = "long.csv") -> str:
    answer = send(bench, content, name)
    assert answer.status_code == 303, re.findall(r"error[^>]*>.*?<span>(.*?)</span>", answer.text)
    return answer.location.rpartition("/")[2]


def work(bench: Workbench) -> None:
    with municipality_scope(bench.municipality):
        run_imports(bench.house, bench.municipality)


def import_of(bench: Workbench, import_id: str) -> DirectoryImport:
    with bench.reading() as connection:
        return DirectoryImports(connection).get(import_id)


def kept(bench: Workbench) -> tuple[int, int]:
    """How many pieces and rows of long files are kept."""
    with bench.reading() as connection:
        pieces, rows = (
            connection.scalar(select(func.count()).select_from(table))
            for table in (tables.import_piece, tables.import_row)
        )
    return pieces, rows


def names(bench: Workbench) -> list[str]:
    with bench.reading() as connection:
        services = queries.human_services(connection, bench.staff("coordinator"), most=200)
    return sorted(service.entry.name for service in services)


def page(bench: Workbench, import_id: str, ask: str = "") -> str:
    return visitor(bench).get(f"/human-services/import/{import_id}{ask}").text


def apply(bench: Workbench, import_id: str, **form: str) -> None:
    assert visitor(bench).post(f"/human-services/import/{import_id}/apply", form).status_code == 303


def imported(bench: Workbench, content: bytes, **form: str) -> str:
    import_id = upload(bench, content)
    work(bench)
    apply(bench, import_id, **form)
    work(bench)
    return import_id


def test_a_long_file_is_read_in_the_worker_looked_at_and_taken_in(workbench: Workbench) -> None:
    import_id = upload(workbench, file_of([*TWELVE, TWELVE[0], "292095,99,生駒市,=1+1,x," + TAIL]))
    assert import_of(workbench, import_id).state is ImportState.READING
    assert "表を読み取っています" in page(workbench, import_id)
    said = visitor(workbench).get(f"/human-services/import/{import_id}/progress").json
    assert (said["done"], said["over"]) == (0, False)
    assert "表の行を数えています" in said["words"]

    work(workbench)

    one = import_of(workbench, import_id)
    assert (one.state, one.rows, one.counts["added"], one.counts["refused"]) == (
        ImportState.LOOKED_AT,
        14,
        12,
        2,
    )
    assert kept(workbench) == (0, 14)
    assert names(workbench) == []
    seen = page(workbench, import_id)
    assert "計算式として動くおそれのある値です" in seen
    assert "同じ行" in seen
    assert "第3食堂" in page(workbench, import_id, "?show=added")

    apply(workbench, import_id)
    assert import_of(workbench, import_id).state is ImportState.QUEUED
    work(workbench)

    one = import_of(workbench, import_id)
    assert (one.state, one.done, one.counts["added"], one.counts["refused"]) == (
        ImportState.APPLIED,
        14,
        12,
        2,
    )
    assert len(names(workbench)) == 12
    assert kept(workbench) == (0, 0)
    assert "取り込めなかった行" in page(workbench, import_id)


def test_the_same_long_file_changes_nothing_and_a_changed_row_says_what(
    workbench: Workbench,
) -> None:
    imported(workbench, file_of(TWELVE))

    again = imported(workbench, file_of(TWELVE) + b"\n")
    counts = import_of(workbench, again).counts
    assert (counts["unchanged"], counts["added"], counts["changed"]) == (12, 0, 0)

    changed = [*TWELVE[:-1], TWELVE[-1].replace("0743-00-0000", "0743-00-9999")]
    import_id = upload(workbench, file_of(changed))
    work(workbench)
    seen = page(workbench, import_id, "?show=changed")
    assert "<dt>電話</dt><dd><del>0743-00-0000</del> → <ins>0743-00-9999</ins></dd>" in seen


def test_what_a_long_file_no_longer_lists_is_retired_when_ticked(workbench: Workbench) -> None:
    imported(workbench, file_of(TWELVE))
    import_id = upload(workbench, file_of(TWELVE[1:]))
    work(workbench)
    assert "この表に載っていない1件を「掲載終了」にする" in page(workbench, import_id)

    apply(workbench, import_id, retires="1")
    work(workbench)

    with workbench.reading() as connection:
        services = queries.human_services(connection, workbench.staff("coordinator"), most=50)
    retired = [s.entry.name for s in services if s.entry.status is ServiceStatus.RETIRED]
    assert retired == ["第0食堂"]
    assert import_of(workbench, import_id).counts["retired"] == 1


def test_rows_are_shown_a_page_after_the_other(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kasane_resources.pages.imports.MOST_SHOWN", 5)
    import_id = upload(workbench, file_of(TWELVE))
    work(workbench)
    shown, ask = [], "?show=added"
    while ask:
        seen = page(workbench, import_id, ask)
        shown.append(re.findall(r"(第\d+食堂)</th>", seen))
        further = re.search(r'href="[^"]*(\?show=added&amp;after=\d+)#rows"', seen)
        ask = further[1].replace("&amp;", "&") if further else ""

    assert [len(rows) for rows in shown] == [5, 5, 2]
    assert sorted(name for rows in shown for name in rows) == sorted(
        f"第{n}食堂" for n in range(12)
    )


@pytest.mark.parametrize("step", ["reading", "taking in"])
def test_a_killed_worker_loses_nothing_and_takes_nothing_in_twice(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    import_id = upload(workbench, file_of(TWELVE))
    if step == "taking in":
        work(workbench)
        apply(workbench, import_id)
    name = "clock" if step == "reading" else "take_in"
    real, calls = getattr(long_imports, name), []

    def killed(*given):
        calls.append(given)
        if len(calls) == 2:
            raise ConnectionError("killed in the second batch")
        return real(*given)

    if step == "reading":
        real = long_imports.LongImports.put
        monkeypatch.setattr(long_imports.LongImports, "put", killed)
    else:
        monkeypatch.setattr(long_imports, "take_in", killed)
    with pytest.raises(ConnectionError):
        work(workbench)
    halfway = import_of(workbench, import_id)
    assert 0 < halfway.done < 12

    work(workbench)

    if step == "reading":
        assert import_of(workbench, import_id).counts["added"] == 12
        apply(workbench, import_id)
        work(workbench)
    assert import_of(workbench, import_id).counts["added"] == 12
    assert names(workbench) == sorted(f"第{n}食堂" for n in range(12))


def test_reading_can_be_stopped_and_then_nothing_of_the_file_is_kept(workbench: Workbench) -> None:
    import_id = upload(workbench, file_of(TWELVE))
    assert kept(workbench)[0] > 5

    answer = visitor(workbench).post(f"/human-services/import/{import_id}/stop")
    work(workbench)

    assert answer.status_code == 303
    assert "読み取りをやめました。何も取り込んでいません。" in page(workbench, import_id)
    assert (kept(workbench), names(workbench)) == ((0, 0), [])


def test_a_stop_between_two_batches_holds(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = upload(workbench, file_of(TWELVE))
    real = LongTable.read

    def stopped_meanwhile(table: LongTable):
        for number, row in enumerate(real(table)):
            if number == 5:
                thread = threading.Thread(target=stop)
                thread.start()
                thread.join()
            yield row

    def stop() -> None:
        visitor(workbench).post(f"/human-services/import/{import_id}/stop")

    monkeypatch.setattr(LongTable, "read", stopped_meanwhile)
    work(workbench)

    assert import_of(workbench, import_id).state is ImportState.CANCELLED
    assert kept(workbench) == (0, 0)


def test_what_the_worker_cannot_read_is_refused_with_the_sentence(workbench: Workbench) -> None:
    broken = file_of(TWELVE) + b'\n"' + b"x" * 200_000
    import_id = upload(workbench, broken)

    work(workbench)

    assert import_of(workbench, import_id).state is ImportState.REFUSED
    assert "CSVの表として読めません" in page(workbench, import_id)
    assert kept(workbench) == (0, 0)
    answer = visitor(workbench).post(f"/human-services/import/{import_id}/apply")
    assert answer.status_code == 409


def test_more_rows_than_the_ceiling_are_refused_by_the_worker(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_files, "MOST_LONG_ROWS", 11)
    import_id = upload(workbench, file_of(TWELVE))

    work(workbench)

    assert "行が多すぎます（11行まで）" in page(workbench, import_id)
    assert kept(workbench) == (0, 0)


def test_a_header_that_is_nobodys_is_mapped_and_then_read(workbench: Workbench) -> None:
    own = "\n".join(("施設の名前,どこ", *(f"ゆうゆう会{n},生駒市元町{n}-6" for n in range(12))))
    answer = send(workbench, own.encode("cp932"))
    assert answer.status_code == 422
    assert "まだ知らないものです" in answer.text
    [address] = re.findall(r"/292095(/human-services/import/[^\"]+/columns)", answer.text)
    assert "ゆうゆう会0" in visitor(workbench).get(address).text

    answer = visitor(workbench).post(
        address, {"name": "通いの場", "kind": "salon", "column-0": "名称", "column-1": "住所"}
    )

    import_id = answer.location.rpartition("/")[2]
    work(workbench)
    apply(workbench, import_id)
    work(workbench)
    assert names(workbench) == sorted(f"ゆうゆう会{n}" for n in range(12))


def test_a_long_sheet_is_read_like_a_long_table(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_imports, "LONG_SHEET", 1000)
    book, written = Workbook(), io.BytesIO()
    for line in (HEADER, *TWELVE):
        book.active.append(line.split(","))
    book.save(written)
    import_id = upload(workbench, written.getvalue(), "long.xlsx")
    assert import_of(workbench, import_id).state is ImportState.READING

    work(workbench)

    assert import_of(workbench, import_id).counts["added"] == 12


def test_a_long_sheet_whose_header_nobody_knows_waits_for_its_columns(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_imports, "LONG_SHEET", 1000)
    book, written = Workbook(), io.BytesIO()
    for line in ("施設の名前,どこ", *(f"会{n},元町{n}" for n in range(12))):
        book.active.append(line.split(","))
    book.save(written)
    import_id = upload(workbench, written.getvalue(), "long.xlsx")

    work(workbench)

    assert import_of(workbench, import_id).state is ImportState.UNMAPPED
    assert visitor(workbench).get(f"/human-services/import/{import_id}").status_code == 303
    seen = visitor(workbench).get(f"/human-services/import/{import_id}/columns").text
    assert "施設の名前" in seen


def test_a_personal_contact_of_a_long_file_ends_in_quarantine_alone(workbench: Workbench) -> None:
    private = f"292095,77,生駒市,こもれび,生駒市元町9-9,{TAIL}hanako@example.jp"
    imported(workbench, file_of([*TWELVE, private]))

    assert kept(workbench) == (0, 0)
    with workbench.reading() as connection:
        [cell] = Quarantine(connection).waiting(10)
    assert b"hanako" not in cell.sealed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_long_file_is_read_exactly_like_a_short_one(encoding: str, ends: str) -> None:
    shared = [f"292095,{n},生駒市,館{n},元町{n},34.5,135.5,土,,,"  # one point, many addresses
              for n in range(20, 24)]  # fmt: skip
    far = "292095,50,生駒市,遠い館,元町50,43.0,141.3,土,,,"
    lines = [HEADER, *TWELVE, *shared, far, TWELVE[3], '292095,60,生駒市,"二行の\n名",元町,,,,,,']
    content = ends.join(lines).encode(encoding)
    short = read_file(content, Visibility.PUBLIC)

    with TemporaryFile() as file:
        file.write(content)
        table = LongTable(file, "kodomo_shokudo", ())
        long = [
            read_row(one.row, table.header.layout, Visibility.PUBLIC, one.facts, None)
            for one in table.read()
        ]

    assert tuple(long) == short
    assert table.rows == len(short) == 19


def test_reading_a_long_file_needs_little_memory_for_each_row() -> None:
    rows = 6_000
    with TemporaryFile() as file:
        file.write(HEADER.encode() + b"\n")
        for n in range(rows):
            row = f"292095,{n},生駒市,第{n}食堂,生駒市元町{n}-6,34.{n:06},135.{n:06},土,,{'長い備考' * 300},\n"
            file.write(row.encode())
        size = file.tell()
        tracemalloc.start()
        try:
            table = LongTable(file, "kodomo_shokudo", ())
            for _row in table.read():
                pass
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert table.rows == rows
    assert peak < size / 3


def test_the_quick_look_refuses_by_bytes_alone() -> None:
    with pytest.raises(FileRefused, match="file_too_large"):
        _see((b"a," * 500 + b"\n") * 1000, 200)
    with pytest.raises(FileRefused, match="file_too_many_rows"):
        _see(b"a,b\n" * 100_000, 9)
    with pytest.raises(FileRefused, match="file_not_csv"):
        _see(b"," * MEGABYTE, 4)


def _see(chunk: bytes, times: int) -> None:
    look = QuickLook()
    for _time in range(times):
        look.see(chunk)


def test_a_request_larger_than_the_ceiling_is_refused_before_it_is_read(
    workbench: Workbench,
) -> None:
    for size, refused in ((101 * MEGABYTE, True), (60 * MEGABYTE, False)):
        answer = visitor(workbench).client.post(
            "/292095/human-services/import",
            input_stream=io.BytesIO(b"--x"),
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"CONTENT_LENGTH": str(size)},
        )
        assert (answer.status_code == 413) is refused
