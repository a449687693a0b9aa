"""A worker at a door with a telephone: no line, a full store, a clock that jumps, signing out, reassignment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from kasane_kit.testing.workbench import TOWN
from tests.doorstep.browser import BrowserTelephone
from tests.doorstep.line import Line
from tests.doorstep.office import Office, open_office
from tests.support.chromium import axe

pytestmark = [pytest.mark.slow]
NOTE = "玄関で10分話した。"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Line]]:
    office = open_office(tmp_path_factory.mktemp("office"))
    made = Line(office.bench.app)
    yield office, made
    made.close()
    office.bench.house.databases.dispose()


@pytest.fixture
def visit(line: tuple[Office, Line]) -> str:
    """One visit of today."""
    line[1].kind = "good"
    return line[0].new_visits(1)[0]


@pytest.fixture
def telephone(
    chromium: Browser, line: tuple[Office, Line], visit: str
) -> Iterator[BrowserTelephone]:
    found = BrowserTelephone(chromium, *line, background=False)
    yield found
    found.context.close()


def look(telephone: BrowserTelephone) -> None:
    """No violation, nothing wider than the screen."""
    assert axe(telephone.page) == []
    assert telephone.page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_visit_is_opened_and_recorded_without_a_line_and_arrives_afterwards(
    telephone: BrowserTelephone, line: tuple[Office, Line], visit: str
) -> None:
    page = telephone.page
    telephone.cut()
    telephone.reload()
    page.get_by_role("link", name="見本 花子").last.wait_for()
    look(telephone)
    telephone.show(f"visit/{visit}")
    telephone.sees("奈良県生駒市東新町8番38号")
    assert page.get_by_role("link", name="電話する").get_attribute("href") == "tel:0743-00-0000"
    page.get_by_label("見聞きしたこと").fill(NOTE)
    page.get_by_role("button", name="記録する").click()
    telephone.sees("結果を選んでください。")
    page.get_by_label("会えた（状況を確認）").or_(page.get_by_label("会えた")).first.check()
    look(telephone)
    page.get_by_role("button", name="記録する").click()
    telephone.sees("圏外のため、つながったら送ります")
    telephone.kept("waiting")
    look(telephone)

    # Nothing was tried yet, so it can be rewritten.
    page.get_by_role("button", name="書き直す").click()
    telephone.until("document.querySelector('[name=note]')?.value === arg", NOTE)
    page.get_by_label("見聞きしたこと").fill(NOTE + "声は元気。")
    page.get_by_role("button", name="記録する").click()
    telephone.kept("superseded", "waiting")
    assert line[0].visit(visit).record is None

    telephone.mend()
    telephone.kept("superseded", "accepted")
    telephone.sees("届きました")
    record = line[0].visit(visit).record
    assert record is not None
    assert (record.result.value, record.note) == ("met", NOTE + "声は元気。")


def test_words_half_typed_survive_the_end_of_the_page(
    telephone: BrowserTelephone, visit: str
) -> None:
    telephone.cut()
    telephone.show(f"visit/{visit}")
    page = telephone.page
    page.get_by_label("見聞きしたこと").fill(NOTE)
    telephone.until("DoorApp.draftOf(arg).then((kept) => kept?.note)", visit)

    telephone.reload()

    telephone.show(f"visit/{visit}")
    telephone.until("document.querySelector('[name=note]')?.value === arg", NOTE)


def test_a_visit_that_went_to_somebody_else_has_its_own_screen_with_a_way_on(
    telephone: BrowserTelephone, line: tuple[Office, Line], visit: str
) -> None:
    office, page = line[0], telephone.page
    telephone.cut()
    telephone.write("record", visit, {"result": "met", "note": NOTE})
    office.hand_over(visit)
    telephone.mend()

    telephone.kept("rejected")
    telephone.show("round")
    telephone.sees("担当が変わった訪問や、とりやめになった訪問があります")
    telephone.show(f"gone/{visit}")
    telephone.sees("訪問 二郎さんの担当になりました")
    look(telephone)
    page.get_by_role("button", name="追記として送る").click()
    telephone.until("document.querySelector('[name=text]')?.value.includes(arg)", NOTE)
    page.get_by_role("button", name="追記を送る").click()
    telephone.kept("rejected", "accepted")

    assert [NOTE in one.text for one in office.addenda(visit)] == [True]
    assert not any(item.waits for item in office.items(visit).values())


def test_what_lies_in_the_telephone_is_not_readable_and_signing_out_takes_it_away(
    telephone: BrowserTelephone, line: tuple[Office, Line], visit: str
) -> None:
    telephone.cut()
    telephone.write("record", visit, {"result": "met", "note": NOTE})
    kept = telephone.page.evaluate(
        "async () => JSON.stringify([await DoorApp.store.all(), await DoorApp.store.read('round')])"
    )
    telephone.page.evaluate("() => DoorApp.wipe('')")

    left = telephone.page.evaluate(
        "async () => [await DoorApp.store.read('round'), sessionStorage.length,"
        " (await DoorApp.store.all()).map(one => one.state)]"
    )
    for piece in ("見本", "東新町", "0743", "玄関"):
        assert piece not in kept
    assert left == [None, 0, ["waiting"]]
    # The key is gone from here, and what waits arrives all the same.
    telephone.mend_quietly()
    telephone.send()
    telephone.kept("accepted")
    record = line[0].visit(visit).record
    assert record is not None
    assert record.note == NOTE


def test_a_full_telephone_says_so_and_the_words_stay_on_the_screen(
    telephone: BrowserTelephone, visit: str
) -> None:
    page = telephone.page
    telephone.show(f"visit/{visit}")
    page.evaluate(
        "() => { DoorApp.store.add = () =>"
        " Promise.reject(new DOMException('', 'QuotaExceededError')); }"
    )
    page.get_by_label("見聞きしたこと").fill(NOTE)
    page.get_by_label("会えた").first.check()
    page.get_by_role("button", name="記録する").click()

    telephone.sees("端末の空きが足りず、保存できませんでした")
    assert page.get_by_label("見聞きしたこと").input_value() == NOTE
    telephone.until("!document.querySelector('[data-act=record] [type=submit]').disabled")
    look(telephone)


def test_a_clock_set_back_keeps_the_round_shut_until_the_server_speaks_and_loses_nothing(
    telephone: BrowserTelephone, visit: str
) -> None:
    page = telephone.page
    telephone.cut()
    telephone.write("record", visit, {"result": "met", "note": NOTE})
    telephone.stop_the_clock()
    # The day ends later too: in its last hour this would be a clock past its end.
    page.evaluate(
        "async () => { const kept = await DoorApp.store.read('clock'), hour = 3600000;"
        " await DoorApp.store.write('clock', { ...kept, seen: kept.seen + hour, ends: kept.ends + hour }); }"
    )

    telephone.reload()
    telephone.sees("時計が前に戻っています")
    telephone.sees("届いていないものが1件あります")
    look(telephone)

    telephone.mend()
    page.get_by_role("link", name="見本 花子").last.wait_for()
    telephone.kept("accepted")


def test_a_clock_past_the_end_of_the_day_takes_the_round_away_and_keeps_what_was_written(
    telephone: BrowserTelephone, visit: str
) -> None:
    page = telephone.page
    telephone.cut()
    telephone.write("record", visit, {"result": "met", "note": NOTE})
    telephone.stop_the_clock()
    page.evaluate(
        "async () => { const kept = await DoorApp.store.read('clock');"
        " await DoorApp.store.write('clock', { ...kept, ends: kept.server }); }"
    )

    telephone.reload()
    telephone.sees("今日の分は終わり、端末から消しました")

    left = page.evaluate(
        "async () => [await DoorApp.store.read('round'), sessionStorage.length,"
        " (await DoorApp.store.all()).length]"
    )
    assert left == [None, 0, 1]


def test_the_pass_code_opens_the_round_without_a_line_and_is_gone_after_five_wrong_ones(
    telephone: BrowserTelephone, visit: str
) -> None:
    page = telephone.page
    page.evaluate("() => DoorApp.setPass('さくらの道を歩く')")
    telephone.cut()
    page.evaluate("() => sessionStorage.clear()")
    telephone.reload()
    page.get_by_label("今日の合言葉").fill("さくらの道を走る")
    page.get_by_role("button", name="開く", exact=True).click()
    telephone.sees("合言葉が違います")
    page.get_by_label("今日の合言葉").fill("さくらの道を歩く")
    page.get_by_role("button", name="開く", exact=True).click()
    page.get_by_role("link", name="見本 花子").last.wait_for()

    said = page.evaluate(
        "async () => { const said = [];"
        " for (let n = 0; n < 6; n++) said.push(await DoorApp.unlock('違う言葉です' + n));"
        " return said; }"
    )

    assert said == ["wrong_pass"] * 4 + ["pass_gone"] * 2


def test_a_stopped_telephone_is_wiped_at_its_next_contact_and_what_it_held_is_at_the_office(
    telephone: BrowserTelephone, line: tuple[Office, Line], visit: str
) -> None:
    office = line[0]
    telephone.cut()
    telephone.write("record", visit, {"result": "met", "note": NOTE})
    device = telephone.page.evaluate("() => DoorApp.state.day.device_id")
    desk = office.bench.visit_as(office.coordinator)
    assert desk.post(f"/telephones/{device}/stop").status_code == 303

    telephone.mend()

    telephone.sees("この端末は事務所が止めました")
    telephone.until("DoorApp.store.read('round').then((round) => round === null)")
    telephone.kept("rejected")
    assert [item.reason for item in office.items(visit).values()] == ["device_stopped"]


def test_the_first_show_comes_from_the_telephone_itself_without_asking_the_office(
    telephone: BrowserTelephone, line: tuple[Office, Line]
) -> None:
    """How soon it comes is measured by `make bench-door`, on a machine that does nothing else."""
    telephone.settle()
    telephone.cut()
    asked = len(line[1].asked)

    telephone.reload()

    telephone.page.get_by_role("link", name="見本 花子").last.wait_for()
    shown = "performance.getEntriesByName('door-shown').length"
    assert telephone.page.evaluate(shown) == 1
    assert line[1].asked[asked:] == []


def test_no_telephone_keeps_anything_after_the_office_pages_signed_it_out(
    telephone: BrowserTelephone, line: tuple[Office, Line]
) -> None:
    page = telephone.context.new_page()
    page.goto(f"{line[1].address}/{TOWN}/telephones")
    page.wait_for_load_state("networkidle")
    page.route("**/sign-out", lambda route: route.fulfill(status=200, body="out"))

    page.locator("form[data-sign-out] button").click()

    telephone.until("DoorApp.store.read('round').then((round) => round === null)")
    telephone.until("sessionStorage.length === 0")
