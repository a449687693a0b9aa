"""Books a 相談会 as somebody without an account: what is free, what is kept once, and what is refused."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest

from kasane_intake import queries
from kasane_intake.domain.consultation_day import DaySlot
from kasane_kit import clock
from kasane_kit.testing.workbench import TOWN, Workbench
from tests.support.consultation_days import (
    HALF_PAST_TEN,
    LINK,
    NOW,
    bookings,
    planned,
)
from tests.support.public_form import open_form, receipt_of


@pytest.fixture(autouse=True)
def _december() -> Iterator[None]:
    with clock.fixed(lambda: NOW):
        yield


def book_in_public(bench: Workbench, **about: str) -> Any:
    """The answer to somebody without an account who books the noon slot."""
    client = bench.app.test_client()
    page = client.get(f"/{TOWN}/soudan").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    form = {**hidden, "slot": "noon", "phone": "000-1111-2222", **about}
    with clock.fixed(lambda: NOW + timedelta(seconds=30)):
        return client.post(f"/{TOWN}/soudan/soudankai", data=form), client


def sent_from_one_page(
    bench: Workbench, *forms: dict[str, str], path: str = "/soudan/soudankai"
) -> list[Any]:
    """The answers to what somebody without an account sends from one opened page."""
    client = bench.app.test_client()
    page = client.get(f"/{TOWN}{path}").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    with clock.fixed(lambda: NOW + timedelta(seconds=30)):
        return [client.post(f"/{TOWN}{path}", data={**hidden, **form}) for form in forms]


@pytest.fixture
def open_town(workbench: Workbench) -> Workbench:
    """A town whose public form is open."""
    return open_form(workbench)


def test_somebody_without_an_account_books_and_only_they_see_the_entrance(
    open_town: Workbench,
) -> None:
    planned(open_town)
    listed = open_town.app.test_client().get(f"/{TOWN}/soudan/soudankai").text

    answer, client = book_in_public(open_town, name="呼び名")
    number, word = re.findall(r'class="i-receipt">([^<]+)<', answer.text)
    page = client.get(f"/{TOWN}/soudan/receipt").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    opened = client.post(
        f"/{TOWN}/soudan/receipt",
        data={**hidden, "number": number, "word": word, "addition": "車いすです。"},
    ).text

    assert LINK not in listed
    assert "空き2" in listed
    assert (answer.status_code, bookings(open_town)) == (200, {"呼び名": ("booked", 1)})
    assert LINK in answer.text
    assert LINK in opened
    assert "11:00–11:50" in opened
    with open_town.reading() as connection:
        line = queries.consultation_day(connection, "day-1")
    assert line.slots[1].seated[0].note == "車いすです。"


@pytest.mark.parametrize(
    "changed",
    [
        {"slot": "morning"},
        {"do_not_contact": "家の電話にはかけないで"},
        {"note": "夫に知られたくない"},
        {"kana": "よびな"},
    ],
)
def test_a_booking_sent_again_with_a_change_is_not_called_booked_and_loses_no_word(
    open_town: Workbench, changed: dict[str, str]
) -> None:
    planned(open_town)
    form = {"slot": "noon", "phone": "000-1111-2222", "name": "呼び名"}

    first, again, other = sent_from_one_page(open_town, form, form, {**form, **changed})

    assert receipt_of(first) == receipt_of(again)
    assert other.status_code == 422
    assert "もう入っています。あとから変えた分は受け取っていません。" in other.text
    assert all(words in other.text for words in changed.values())
    assert bookings(open_town) == {"呼び名": ("booked", 1)}


def test_words_added_since_do_not_make_it_another_sending(open_town: Workbench) -> None:
    planned(open_town)
    page = open_town.app.test_client().get(f"/{TOWN}/soudan/soudankai").text
    opened = re.findall(r'name="opened" value="([^"]*)"', page)[0]
    form = {"slot": "noon", "phone": "000-1111-2222", "note": "眠れない。", "opened": opened}
    (first,) = sent_from_one_page(open_town, form)
    number, word = receipt_of(first)
    sent_from_one_page(
        open_town,
        {"number": number, "word": word, "addition": "車いすです。"},
        path="/soudan/receipt",
    )

    (again,) = sent_from_one_page(open_town, form)

    assert receipt_of(again) == (number, word)


def test_words_added_twice_from_one_page_are_kept_once_with_the_booking(
    open_town: Workbench,
) -> None:
    planned(open_town)
    (first,) = sent_from_one_page(open_town, {"slot": "noon", "phone": "000-1111-2222"})
    number, word = receipt_of(first)
    words = {"number": number, "word": word, "addition": "車いすです。"}

    answers = sent_from_one_page(
        open_town,
        words,
        words,
        {**words, "addition": "付き添いがいます。"},
        path="/soudan/receipt",
    )

    with open_town.reading() as connection:
        line = queries.consultation_day(connection, "day-1")
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert line.slots[1].seated[0].note == "車いすです。\n\n付き添いがいます。"


def test_a_full_slot_puts_somebody_without_an_account_on_the_waiting_list_without_the_entrance(
    open_town: Workbench,
) -> None:
    planned(open_town, slots=(DaySlot("noon", time(11, 0), time(11, 50), 1),))
    book_in_public(open_town, name="一人め")

    answer, _ = book_in_public(open_town, name="二人め")

    assert bookings(open_town)["二人め"] == ("waiting", None)
    assert LINK not in answer.text
    assert "キャンセル待" in answer.text


def test_days_that_only_staff_book_and_closed_forms_are_not_shown_to_the_public(
    open_town: Workbench,
) -> None:
    planned(open_town, public=False)

    page = open_town.app.test_client().get(f"/{TOWN}/soudan/soudankai").text
    answer, _ = book_in_public(open_town)

    assert "11:00" not in page
    assert answer.status_code == 422
    assert bookings(open_town) == {}


def test_a_slot_that_has_begun_is_not_booked_in_public_and_the_later_ones_of_the_day_are(
    open_town: Workbench,
) -> None:
    planned(open_town)
    client = open_town.app.test_client()

    with clock.fixed(lambda: HALF_PAST_TEN):
        page = client.get(f"/{TOWN}/soudan/soudankai").text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    with clock.fixed(lambda: HALF_PAST_TEN + timedelta(seconds=30)):
        answers = [
            client.post(
                f"/{TOWN}/soudan/soudankai", data={**hidden, "slot": slot, "phone": "000-1111-2222"}
            ).status_code
            for slot in ("morning", "noon")
        ]
    with clock.fixed(lambda: HALF_PAST_TEN + timedelta(hours=6)):
        evening = [client.get(f"/{TOWN}{path}").text for path in ("/soudan", "/soudan/soudankai")]

    assert ("10:00" in page, "11:00" in page) == (False, True)
    assert answers == [422, 200]
    assert "soudankai" not in evening[0]
    assert "電話してください。" in re.sub(r"<rp>.*?</rp>|<rt>.*?</rt>|<[^>]+>", "", evening[1])
