"""Imports through the pages: what would change, what is gone, what is kept apart, long ones in the worker."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources import queries
from kasane_resources.commands import ApplyImport, StopImport
from kasane_resources.domain.directory_import import ImportState
from kasane_resources.domain.human_service import HumanService, ServiceStatus
from kasane_resources.domain.profile import HostContact
from kasane_resources.handlers import (
    apply_import,
    forget_imports,
    run_imports,
    running_imports,
    stop_import,
)
from kasane_resources.repository import DirectoryImports, Quarantine

HEADER = "全国地方公共団体コード,ID,市区町村名,名称,住所,緯度,経度,開催曜日,電話番号1,備考,メールアドレス1"
ONE = "292095,1,生駒市,ひだまり食堂,生駒市東新町8-38,34.6919,135.7006,土,0743-00-0000,,"
TWO = "292095,2,生駒市,あおぞら食堂,生駒市元町1-6,34.6933,135.6970,日,,,"
PERSONAL = "292095,3,生駒市,こもれび食堂,生駒市元町2-1,34.6930,135.6971,日,,,hanako@example.jp"


@pytest.fixture
def second_workbench(make_workbench: Callable[[str], Workbench]) -> Workbench:
    """Another installation, with nothing in it."""
    return make_workbench("resources")


def file_of(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows)).encode()


def visitor(bench: Workbench, function: str = "coordinator") -> Visitor:
    return bench.visit_as(bench.staff(function))


def upload(bench: Workbench, content: bytes, name: str = "kodomo.csv") -> str:
    answer = visitor(bench).post(
        "/human-services/import", {"source": "open_data", "file": (io.BytesIO(content), name)}
    )
    assert answer.status_code == 303, re.findall(r"error[^>]*>.*?<span>(.*?)</span>", answer.text)
    return answer.location.rpartition("/")[2]


def apply(bench: Workbench, import_id: str, *, retires: bool = False) -> None:
    answer = visitor(bench).post(
        f"/human-services/import/{import_id}/apply", {"retires": "1"} if retires else {}
    )
    assert answer.status_code == 303


def imported(bench: Workbench, *rows: str) -> None:
    apply(bench, upload(bench, file_of(*rows)))


def found(bench: Workbench) -> dict[str, HumanService]:
    with bench.reading() as connection:
        services = queries.human_services(connection, bench.staff("coordinator"))
    return {service.entry.name: service for service in services}


def state_of(bench: Workbench, import_id: str) -> tuple[ImportState, int, int]:
    with bench.reading() as connection:
        one = DirectoryImports(connection).get(import_id)
    return one.state, one.done, one.rows


def work(bench: Workbench) -> None:
    with municipality_scope(bench.municipality):
        run_imports(bench.house, bench.municipality)


def test_a_changed_row_shows_each_field_with_its_old_and_its_new_words(
    workbench: Workbench,
) -> None:
    imported(workbench, ONE, TWO)
    import_id = upload(workbench, file_of(ONE.replace("0743-00-0000", "0743-00-9999"), TWO))

    page = visitor(workbench).get(f"/human-services/import/{import_id}").text

    assert "<dt>電話</dt><dd><del>0743-00-0000</del> → <ins>0743-00-9999</ins></dd>" in page
    assert page.count("<del>") == 1
    assert found(workbench)["ひだまり食堂"].entry.phone == "0743-00-0000"


def test_an_entry_that_the_file_no_longer_lists_is_retired_and_comes_back(
    workbench: Workbench,
) -> None:
    imported(workbench, ONE, TWO)
    without = upload(workbench, file_of(ONE))
    page = visitor(workbench).get(f"/human-services/import/{without}").text
    assert "この表に載っていない1件を「掲載終了」にする" in page

    apply(workbench, without, retires=True)

    assert found(workbench)["あおぞら食堂"].entry.status is ServiceStatus.RETIRED
    assert found(workbench)["ひだまり食堂"].entry.status is ServiceStatus.ACTIVE
    imported(workbench, ONE, TWO)
    assert found(workbench)["あおぞら食堂"].entry.status is ServiceStatus.ACTIVE


def test_nothing_is_retired_without_the_tick_and_what_staff_wrote_stays(
    workbench: Workbench,
) -> None:
    imported(workbench, ONE, TWO)

    imported(workbench, ONE)

    assert found(workbench)["あおぞら食堂"].entry.status is ServiceStatus.ACTIVE


def test_a_file_that_lacks_most_rows_asks_before_it_retires(workbench: Workbench) -> None:
    imported(workbench, ONE, TWO, PERSONAL)

    page = visitor(workbench).get(f"/human-services/import/{upload(workbench, file_of(ONE))}").text

    assert 'name="retires" value="1">' in page
    assert "これまでの3件のうち2件が載っていません" in page


def test_a_refused_row_is_kept_as_it_was_written_until_it_is_mended(workbench: Workbench) -> None:
    import_id = upload(workbench, file_of(ONE, TWO.replace("あおぞら食堂", "=1+1")))
    apply(workbench, import_id)

    page = visitor(workbench).get(f"/human-services/import/{import_id}").text

    assert "取り込めなかった行" in page
    assert "計算式として動くおそれのある値です" in page
    assert "<dt>住所</dt><dd>生駒市元町1-6</dd>" in page
    again = upload(workbench, file_of(ONE, TWO))
    apply(workbench, again)
    assert (
        "取り込めなかった行" not in visitor(workbench).get(f"/human-services/import/{again}").text
    )
    assert set(found(workbench)) == {"ひだまり食堂", "あおぞら食堂"}


def test_a_personal_contact_stands_nowhere_but_sealed_in_quarantine(workbench: Workbench) -> None:
    imported(workbench, PERSONAL)

    service = found(workbench)["こもれび食堂"]
    assert service.source is not None
    assert "hanako" not in repr(service)
    with workbench.reading() as connection:
        [cell] = Quarantine(connection).waiting(10)
    assert b"hanako" not in cell.sealed
    page = visitor(workbench).get("/human-services/quarantine").text
    assert "hanako@example.jp" in page
    assert visitor(workbench, "receiver").get("/human-services/quarantine").status_code == 403
    assert (
        visitor(workbench, "town_administrator").get("/human-services/quarantine").status_code
        == 403
    )


@pytest.mark.parametrize("decision", ["for_supporters", "released", "dropped"])
def test_a_decision_about_a_contact_holds_and_the_same_file_does_not_ask_again(
    workbench: Workbench, decision: str
) -> None:
    imported(workbench, PERSONAL)
    with workbench.reading() as connection:
        [cell] = Quarantine(connection).waiting(10)
    address = f"/human-services/quarantine/{cell.id}"

    answer = visitor(workbench).post(address, {"decision": decision})

    assert answer.status_code == 303
    again = visitor(workbench).post(address, {"decision": "dropped"})
    assert (again.status_code, "もうほかの人が決めています" in again.text) == (409, True)
    imported(workbench, PERSONAL.replace(",日,", ",土,"))
    service = found(workbench)["こもれび食堂"]
    with workbench.reading() as connection:
        assert Quarantine(connection).count_waiting() == 0
        [kept] = Quarantine(connection).of_row("open_data", cell.row_key)
        contact = queries.host_contact(connection, service.id)
    assert kept.sealed == b""
    told = HostContact(note="メールアドレス1：hanako@example.jp")
    assert contact == (told if decision == "for_supporters" else HostContact())


def test_a_contact_that_was_released_stands_in_the_row_of_the_next_file_too(
    workbench: Workbench,
) -> None:
    imported(workbench, PERSONAL)
    with workbench.reading() as connection:
        [cell] = Quarantine(connection).waiting(10)
    visitor(workbench).post(f"/human-services/quarantine/{cell.id}", {"decision": "released"})

    imported(workbench, PERSONAL.replace(",日,", ",土,"))
    source = found(workbench)["こもれび食堂"].source
    imported(workbench, PERSONAL.replace("hanako", "taro"))

    assert source is not None
    assert source.original["開催曜日"] == "土"
    assert source.original[cell.column] == "hanako@example.jp"
    assert [problem for problem in source.problems if problem.column == cell.column] == []
    other = found(workbench)["こもれび食堂"].source
    assert other is not None
    assert "taro@example.jp" not in repr(other)
    with workbench.reading() as connection:
        assert Quarantine(connection).count_waiting() == 1


def test_a_contact_given_to_supporters_is_not_lost_to_whoever_had_the_page_open(
    workbench: Workbench,
) -> None:
    imported(workbench, PERSONAL)
    service = found(workbench)["こもれび食堂"]
    with workbench.reading() as connection:
        [cell] = Quarantine(connection).waiting(10)
    address = f"/human-services/quarantine/{cell.id}"
    visitor(workbench).post(address, {"decision": "for_supporters"})

    refused = visitor(workbench).post(
        f"/human-services/{service.id}/host-contact", {"host_name": "架空 花子", "version": "0"}
    )

    assert refused.status_code == 412
    assert ("hanako@example.jp" in refused.text, "架空 花子" in refused.text) == (True, True)
    with workbench.reading() as connection:
        contact = queries.host_contact(connection, service.id)
    assert contact == HostContact(note="メールアドレス1：hanako@example.jp")


def test_a_table_of_the_towns_own_is_read_once_its_columns_are_explained(
    workbench: Workbench,
) -> None:
    own = (
        "通いの場の一覧,,\n施設の名前,どこ,でんわ\nゆうゆう会,生駒市元町1-6,0743-00-0001\n".encode()
    )
    who = visitor(workbench)
    answer = who.post(
        "/human-services/import", {"source": "open_data", "file": (io.BytesIO(own), "own.csv")}
    )
    assert answer.status_code == 422
    [address] = re.findall(
        r"/resources/292095(/human-services/import/[^\"]+/columns)", answer.text
    ) or (re.findall(r"/292095(/human-services/import/[^\"]+/columns)", answer.text))
    form = who.get(address).text
    assert "ゆうゆう会" in form

    wrong = who.post(address, {"column-1": "住所"})
    unreadable = who.post(address, {"name": "通い\0の場", "column-0": "名称"})
    right = who.post(
        address,
        {
            "name": "通いの場",
            "kind": "salon",
            "column-0": "名称",
            "column-1": "住所",
            "column-2": "電話番号1",
        },
    )

    assert (wrong.status_code, unreadable.status_code, right.status_code) == (422, 422, 303)
    apply(workbench, right.location.rpartition("/")[2])
    entry = found(workbench)["ゆうゆう会"].entry
    assert (entry.location.address, entry.phone, entry.categories) == (
        "生駒市元町1-6",
        "0743-00-0001",
        ("salon",),
    )
    apply(workbench, upload(workbench, own.replace("ゆうゆう会".encode(), "にこにこ会".encode())))
    assert set(found(workbench)) == {"ゆうゆう会", "にこにこ会"}


def test_an_export_changes_nothing_where_it_came_from_and_fills_an_empty_town(
    workbench: Workbench, second_workbench: Workbench
) -> None:
    imported(workbench, ONE, TWO)
    package = visitor(workbench).get("/api/v1/export").data

    same = upload(workbench, package, "hsds.zip")
    page = visitor(workbench).get(f"/human-services/import/{same}").text
    assert "取り込んでも一覧は変わりません" in page
    apply(second_workbench, upload(second_workbench, package, "hsds.zip"))

    before, after = found(workbench), found(second_workbench)
    assert {name: (s.id, s.entry, s.location_id) for name, s in after.items()} == {
        name: (s.id, s.entry, s.location_id) for name, s in before.items()
    }


def test_the_tables_of_an_export_read_like_its_json(
    workbench: Workbench, second_workbench: Workbench
) -> None:
    imported(workbench, ONE, TWO)
    package = zipfile.ZipFile(io.BytesIO(visitor(workbench).get("/api/v1/export").data))
    only_tables = io.BytesIO()
    with zipfile.ZipFile(only_tables, "w") as written:
        for name in package.namelist():
            if name != "services.json":
                written.writestr(name, package.read(name))

    apply(second_workbench, upload(second_workbench, only_tables.getvalue(), "tables.zip"))

    assert {name: s.entry for name, s in found(second_workbench).items()} == {
        name: s.entry for name, s in found(workbench).items()
    }


def test_a_foreign_service_that_contradicts_itself_is_kept_as_a_refused_row(
    workbench: Workbench,
) -> None:
    foreign = json.dumps(
        [{"id": "x", "name": "訪問相談", "status": "active", "minimum_age": 40, "maximum_age": 20}]
    ).encode()
    import_id = upload(workbench, foreign, "services.json")
    apply(workbench, import_id)

    page = visitor(workbench).get(f"/human-services/import/{import_id}").text

    assert "上の年齢が、下の年齢より小さくなっています" in page
    assert found(workbench) == {}


def long_file(rows: int) -> bytes:
    return file_of(
        *(ONE.replace(",1,", f",{n},").replace("ひだまり", f"第{n}") for n in range(rows))
    )


def test_a_long_import_goes_on_in_the_worker_and_shows_how_far_it_is(
    workbench: Workbench,
) -> None:
    import_id = upload(workbench, long_file(501))
    apply(workbench, import_id)
    assert state_of(workbench, import_id) == (ImportState.QUEUED, 0, 501)
    assert found(workbench) == {}
    page = visitor(workbench).get(f"/human-services/import/{import_id}").text
    assert '<progress class="k-progress" max="501" value="0"' in page

    work(workbench)

    assert state_of(workbench, import_id) == (ImportState.APPLIED, 501, 501)
    said = visitor(workbench).get(f"/human-services/import/{import_id}/progress").json
    assert (said["done"], said["rows"], said["over"]) == (501, 501, True)
    with workbench.reading() as connection:
        assert queries.count_human_services(connection, workbench.staff("coordinator")) == 501


def test_a_stopped_import_keeps_what_is_in_and_the_same_file_goes_on(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = upload(workbench, long_file(501))
    apply(workbench, import_id)
    taken = running_imports._take_batch

    def stop_after_the_first(*arguments):
        done = taken(*arguments)
        monkeypatch.setattr(running_imports, "_take_batch", taken)
        raise ConnectionError(f"killed before {done} rows were committed")

    monkeypatch.setattr(running_imports, "_take_batch", stop_after_the_first)
    with pytest.raises(ConnectionError):
        work(workbench)
    assert state_of(workbench, import_id)[1] == 0  # a killed batch leaves nothing half done

    with workbench.unit(workbench.staff("coordinator")) as uow:
        stop_import(StopImport(import_id), uow, workbench.hooks)
    work(workbench)
    assert state_of(workbench, import_id) == (ImportState.CANCELLED, 0, 501)
    assert found(workbench) == {}
    answer = visitor(workbench).post(f"/human-services/import/{import_id}/stop")
    assert answer.status_code == 409

    again = upload(workbench, long_file(501))
    with workbench.unit(workbench.staff("coordinator")) as uow:
        apply_import(ApplyImport(again), uow, workbench.hooks)
    work(workbench)
    assert state_of(workbench, again) == (ImportState.APPLIED, 501, 501)


def test_a_file_that_nobody_applies_is_let_go_after_two_weeks(
    workbench: Workbench, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(datetime(2026, 11, 1, 3, tzinfo=UTC))
    import_id = upload(workbench, file_of(PERSONAL))

    def content_on(day: int) -> bytes:
        clock_at(datetime(2026, 11, day, 3, tzinfo=UTC))
        with municipality_scope(workbench.municipality):
            forget_imports(workbench.house, workbench.municipality)
        with workbench.reading() as connection:
            return DirectoryImports(connection).get(import_id).content

    assert b"hanako" in content_on(15)
    assert content_on(16) == b""
    assert state_of(workbench, import_id) == (ImportState.CANCELLED, 0, 1)
    assert found(workbench) == {}
