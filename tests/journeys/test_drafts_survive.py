"""Types into a form in a real browser while the server dies, comes back, and other people use the same computer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from kasane_kit.strings import Strings
from tests.journeys.houses import PASSWORD, House
from tests.journeys.workers import Desk, eventually
from tests.support.chromium import axe

IKOMA = "292095"
WORDS = Strings("kasane_kit").text
INTAKE = Strings("kasane_intake").text
STORY = "夜に眠れず、家賃が三か月払えていない。"
MORE = "\n停電のあいだに聞いたこと：弟が遠くにいる。"
OFFER = "section.k-draft-offer"
STATE = ".k-draft"

pytestmark = [pytest.mark.slow]


@pytest.fixture
def desk(chromium: Browser, embedded_house: House) -> Iterator[Desk]:
    """The tax window of 生駒市."""
    found = Desk(chromium, embedded_house, IKOMA, "ikoma-desk")
    yield found
    found.leave()


@pytest.fixture
def form(desk: Desk) -> Callable[[], Page]:
    """A function that opens the form for a new consultation as if for the first time."""

    def open_form() -> Page:
        desk.go("intake", "consultations/new")
        desk.page.wait_for_load_state("networkidle")
        return desk.page

    return open_form


def type_story(page: Page, words: str) -> None:
    """Types at the end of the story, key by key."""
    field = page.locator("[name=story]")
    field.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def kept(page: Page) -> None:
    """Waits until the form says that everything is kept at the server."""
    page.locator(STATE, has_text=re.compile(r"下書きを保存しました \d\d:\d\d")).wait_for()


def copies(page: Page) -> list[str]:
    """What this browser holds of drafts, as it lies there."""
    return list(
        page.evaluate(
            "Object.entries(localStorage).filter(([n]) => n.startsWith('kasane.draft.')).map(e => e.join('='))"
        )
    )


def throw_all_away(page: Page) -> None:
    """Leaves no draft of the form behind."""
    lines = page.locator(OFFER).locator("li")
    while count := lines.count():
        lines.first.get_by_role("button", name=WORDS("draft.throw")).click()
        eventually(lambda count=count: lines.count() == count - 1, "one draft fewer")


def test_words_typed_before_during_and_after_an_outage_are_all_there(
    desk: Desk, form: Callable[[], Page], embedded_house: House
) -> None:
    page = form()
    type_story(page, STORY)
    page.get_by_role("button", name=INTAKE("action.add_person")).click()
    desk.fill_named({"persons-0-name": "川辺 ゆみ", "persons-1-name": "川辺 そら"})
    page.locator("[name=categories][value=taxes_utilities]").check()
    kept(page)
    # What was saved may have been the words before the last ones; in the end nothing stays here.
    eventually(lambda: copies(page) == [], "nothing left in the browser")

    embedded_house.kill()
    type_story(page, MORE)
    page.locator(STATE, has_text="サーバーにつながりません。この端末に保存しています").wait_for()
    assert len(copies(page)) == 1
    for piece in ("停電", "川辺", "家賃", "consultations"):
        assert piece not in copies(page)[0]
    page.close(run_before_unload=False)

    embedded_house.start_again()
    desk.page = desk.page.context.new_page()
    again = form()
    offer = again.locator(OFFER)
    offer.wait_for()
    assert axe(again) == []
    assert copies(again) == []
    offer.get_by_role("button", name=WORDS("draft.take")).click()
    again.locator(STATE, has_text="下書きを保存しました").wait_for()
    assert again.locator("[name=story]").input_value() == STORY + MORE
    assert again.locator("[name=persons-0-name]").input_value() == "川辺 ゆみ"
    assert again.locator("[name=persons-1-name]").input_value() == "川辺 そら"
    assert again.locator("[name=categories][value=taxes_utilities]").is_checked()
    assert not again.locator("[name=categories][value=child_rearing]").is_checked()

    # Once it is saved the draft is gone.
    desk.fill(channel="window", desk="tax_window", main_category="taxes_utilities")
    desk.submit(INTAKE("action.save"))
    assert desk.sees("家賃が三か月払えていない")
    assert form().locator(OFFER).count() == 0


def test_an_outage_that_ends_while_the_page_is_open_brings_the_words_home(
    form: Callable[[], Page], embedded_house: House
) -> None:
    page = form()
    embedded_house.kill()
    type_story(page, STORY)
    page.locator(STATE, has_text="この端末に保存しています").wait_for()
    embedded_house.start_again()

    kept(page)

    assert copies(page) == []
    throw_all_away(form())


def test_another_account_at_the_same_computer_sees_nothing_and_signing_out_forgets(
    desk: Desk, form: Callable[[], Page], embedded_house: House
) -> None:
    page = form()
    embedded_house.kill()
    type_story(page, STORY)
    page.locator(STATE, has_text="この端末に保存しています").wait_for()
    left_behind = page.evaluate("JSON.stringify(localStorage)")
    embedded_house.start_again()
    kept(page)
    page.evaluate("text => Object.assign(localStorage, JSON.parse(text))", left_behind)
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url("**/sign-in*")
    assert copies(page) == []

    page.evaluate("text => Object.assign(localStorage, JSON.parse(text))", left_behind)
    desk.fill(login_name="ikoma-coordinator", password=PASSWORD)
    desk.submit("サインイン")
    other = form()
    type_story(other, "別の人の相談")
    kept(other)
    assert other.locator(OFFER).count() == 0
    assert len(copies(other)) == 1
    other.locator("form[data-sign-out] button").click()
    other.wait_for_url("**/sign-in*")

    desk.fill(login_name="ikoma-desk", password=PASSWORD)
    desk.submit("サインイン")
    mine = form()
    mine.locator(OFFER).get_by_role("button", name=WORDS("draft.take")).first.click()
    kept(mine)
    assert mine.locator("[name=story]").input_value() == STORY
    throw_all_away(form())


def test_another_computer_of_the_same_account_goes_on_and_two_windows_lose_nothing(
    chromium: Browser, form: Callable[[], Page], embedded_house: House
) -> None:
    here = form()
    type_story(here, STORY)
    kept(here)
    elsewhere = Desk(chromium, embedded_house, IKOMA, "ikoma-desk")
    try:
        elsewhere.go("intake", "consultations/new")
        there = elsewhere.page
        there.locator(OFFER).get_by_role("button", name=WORDS("draft.take")).first.click()
        kept(there)
        assert there.locator("[name=story]").input_value() == STORY

        type_story(here, "ここで続ける。")
        type_story(there, "あちらで続ける。")
        # Each window has a draft of its own from now on.
        eventually(lambda: _offered(elsewhere) == 2, "both windows' drafts")
        throw_all_away(elsewhere.page)
    finally:
        elsewhere.leave()


def _offered(desk: Desk) -> int:
    page = desk.page.context.new_page()
    page.goto(desk.page.url)
    page.wait_for_load_state("networkidle")
    count = page.locator(OFFER).locator("li").count()
    page.close()
    return count


def test_a_form_that_is_closed_in_the_middle_of_a_word_is_offered_again(
    desk: Desk, form: Callable[[], Page]
) -> None:
    page = form()
    before = _offered(desk)
    type_story(page, "途中で")
    page.close(run_before_unload=False)
    desk.page = page.context.new_page()
    form()
    # What the page sent while it went away arrives when it arrives.
    eventually(lambda: _offered(desk) == before + 1, "the words of the closed page")

    again = form()

    again.locator(OFFER).get_by_role("button", name=WORDS("draft.take")).first.click()
    kept(again)
    assert again.locator("[name=story]").input_value() == "途中で"
    throw_all_away(form())


def test_a_session_that_ends_while_somebody_talks_loses_nothing_and_the_page_goes_on(
    desk: Desk, form: Callable[[], Page]
) -> None:
    page = form()
    type_story(page, STORY)
    kept(page)
    page.context.clear_cookies(name="kasane_session")
    type_story(page, MORE)
    page.locator(STATE, has_text="サインインの時間が切れました").wait_for()
    assert len(copies(page)) == 1

    door = page.context.new_page()
    door.goto(page.url)
    door.locator("[name=login_name]").fill("ikoma-desk")
    door.locator("[name=password]").fill(PASSWORD)
    door.get_by_role("button", name="サインイン").click()
    door.wait_for_url("**/consultations/new*")
    door.close()

    kept(page)
    eventually(lambda: copies(page) == [], "nothing left in the browser")
    desk.fill(channel="window", desk="tax_window", main_category="taxes_utilities")
    desk.submit(INTAKE("action.save"))
    assert desk.sees("弟が遠くにいる")
    assert form().locator(OFFER).count() == 0


def test_a_form_that_is_sent_after_the_session_ended_comes_back_with_its_words(
    desk: Desk, form: Callable[[], Page]
) -> None:
    page = form()
    type_story(page, STORY)
    desk.fill(channel="window", desk="tax_window", main_category="taxes_utilities")
    kept(page)
    page.context.clear_cookies(name="kasane_session")

    desk.submit(INTAKE("action.save"))
    assert desk.sees(WORDS("draft.comes_back"))
    page.get_by_role("link", name=WORDS("kit.sign_in")).click()
    desk.fill(login_name="ikoma-desk", password=PASSWORD)
    desk.submit("サインイン")

    page.wait_for_url("**/consultations/new*")
    page.locator(OFFER).get_by_role("button", name=WORDS("draft.take")).first.click()
    kept(page)
    assert page.locator("[name=story]").input_value() == STORY
    throw_all_away(form())


def test_signing_in_and_searching_are_not_kept(desk: Desk, form: Callable[[], Page]) -> None:
    form()
    desk.go("intake", "consultations")
    page = desk.page.context.new_page()
    page.clock.install()
    page.goto(desk.page.url)
    page.wait_for_load_state("networkidle")
    page.locator("main form[role=search] input").first.fill("川辺")
    page.clock.run_for(60_000)

    # A page that goes away sends what it still keeps.
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.locator(STATE).count() == 0
    assert page.locator(OFFER).count() == 0
    assert copies(page) == []
    page.close()


def test_on_a_phone_the_buttons_keep_their_room_beside_the_state(
    chromium: Browser, embedded_house: House
) -> None:
    phone = Desk(chromium, embedded_house, IKOMA, "ikoma-desk", phone=True)
    try:
        phone.go("intake", "consultations/new")
        button = phone.page.locator(".k-actions button").first
        before = button.bounding_box()
        type_story(phone.page, STORY)
        kept(phone.page)
        after = button.bounding_box()
        phone.page.goto(phone.page.url)
        throw_all_away(phone.page)
    finally:
        phone.leave()

    assert before is not None
    assert after is not None
    assert min(before["width"], after["width"]) > 150
