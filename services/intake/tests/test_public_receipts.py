"""The receipt of who has no account, the word of 民生委員, and the counts that keep floods out."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest

from kasane_contracts.intake import ConsultationReceived
from kasane_intake.commands.public_form import SendWebMessage
from kasane_intake.domain.public_form import ContactWay, Sender
from kasane_intake.domain.receipt import bucket
from kasane_intake.handlers.public_form import (
    SENT_PER_ADDRESS,
    TRIED_PER_ADDRESS,
    renew_commissioner_word,
    send_web_message,
)
from kasane_kit.testing.workbench import Workbench
from tests.support.public_form import (
    KEY,
    WORDS,
    Passerby,
    desk,
    key_of,
    open_form,
    queue,
    receipt_of,
)


@pytest.fixture
def town(workbench: Workbench) -> Workbench:
    """A town whose form is open and read by 福祉課."""
    return open_form(workbench)


def test_a_form_sent_twice_is_kept_once_under_the_same_receipt(town: Workbench) -> None:
    passerby = Passerby(town)
    opened = re.findall(r'name="opened" value="([^"]*)"', passerby.open().text)[0]

    first = passerby.send(WORDS, opened=opened)
    again = passerby.send(WORDS, opened=opened)
    other = passerby.send({**WORDS, "story": "別のこと"}, opened=opened)

    assert receipt_of(first) == receipt_of(again)
    assert other.status_code == 422
    assert "もう受け取っています" in other.text
    assert "別のこと" in other.text
    assert len(queue(town)) == 1


@pytest.mark.parametrize("opened", ["", "x", "WyJhIiwxXQ.abc"])
def test_a_form_that_was_not_opened_here_is_not_taken(town: Workbench, opened: str) -> None:
    passerby = Passerby(town)

    answer = passerby.send({**WORDS, "opened": opened})

    assert answer.status_code == 422
    assert "もう一度「送る」を押してください。" in answer.text
    assert "眠れません。" in answer.text
    assert queue(town) == []


def test_a_form_left_open_for_a_day_comes_back_with_its_words_and_goes_through_then(
    town: Workbench,
) -> None:
    passerby = Passerby(town)

    late = passerby.send(WORDS, after=24 * 3600)
    renewed = re.findall(r'name="opened" value="([^"]*)"', late.text)[0]
    now = passerby.send(WORDS, opened=renewed)

    assert (late.status_code, now.status_code) == (422, 200)


def test_the_receipt_shows_only_that_it_is_looked_at_and_takes_an_addition(
    town: Workbench,
) -> None:
    passerby = Passerby(town)
    number, word = receipt_of(passerby.send(WORDS))
    keys = {"number": number.lower().replace("-", " "), "word": word.replace("・", " ")}

    before = passerby.send(keys, "/soudan/receipt")
    added = passerby.send({**keys, "addition": "夫も病気です。"}, "/soudan/receipt")
    (line,) = queue(town)
    desk(town).post(f"/web-messages/{line.id}/confirm", {"desk": "fukushi", "version": "2"})
    after = passerby.send(keys, "/soudan/receipt")

    assert "<ruby>受<rp>" in before.text
    assert "眠れません" not in before.text + added.text + after.text
    assert "書<rp>（</rp><rt>か</rt>" in added.text
    assert "これから" in before.text
    assert "担当者" in after.text
    (said,) = town.said(ConsultationReceived)
    assert said.story == "眠れません。\n\n夫も病気です。"


def test_an_addition_after_taking_up_is_news_for_the_desk_until_somebody_read_it(
    town: Workbench,
) -> None:
    passerby = Passerby(town)
    number, word = receipt_of(passerby.send(WORDS))
    (line,) = queue(town)
    path = (
        desk(town)
        .post(f"/web-messages/{line.id}/confirm", {"desk": "fukushi", "version": "1"})
        .headers["Location"]
        .split("/292095", 1)[1]
    )

    passerby.send({"number": number, "word": word, "addition": "追伸"}, "/soudan/receipt")

    assert [(one.id, one.news) for one in queue(town)] == [(line.id, 1)]
    assert "書き足しあり（1件）" in desk(town).get(path).text
    desk(town).post(f"/web-messages/{line.id}/seen", {"version": "3"})
    assert queue(town) == []


def test_an_addition_sent_twice_from_one_page_is_kept_once_and_other_words_are_kept_too(
    town: Workbench,
) -> None:
    passerby = Passerby(town)
    number, word = receipt_of(passerby.send(WORDS))
    opened = re.findall(r'name="opened" value="([^"]*)"', passerby.open("/soudan/receipt").text)[0]
    words = {"number": number, "word": word, "addition": "夫も病気です。"}

    answers = [
        passerby.send({**words, **typed}, "/soudan/receipt", opened=opened)
        for typed in ({}, {}, {"addition": "電話は昼にください。"}, {})
    ]
    answers += [passerby.send(words, "/soudan/receipt")]

    (line,) = queue(town)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert all("書<rp>（</rp><rt>か</rt>" in answer.text for answer in answers)
    assert line.news == 3


def test_an_addition_from_a_page_that_was_not_opened_here_comes_back_and_goes_through_then(
    town: Workbench,
) -> None:
    passerby = Passerby(town)
    number, word = receipt_of(passerby.send(WORDS))
    words = {"number": number, "word": word, "addition": "夫も病気です。"}

    refused = passerby.send(words, "/soudan/receipt", opened="x")
    renewed = re.findall(r'name="opened" value="([^"]*)"', refused.text)[0]
    now = passerby.send(words, "/soudan/receipt", opened=renewed)

    assert (refused.status_code, now.status_code) == (422, 200)
    assert "夫も病気です。" in refused.text
    assert [line.news for line in queue(town)] == [1]


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("confirm", {"desk": "fukushi"}),
        ("set-aside", {"reason": "宣伝でした"}),
        ("seen", {}),
    ],
)
def test_what_the_sender_adds_while_the_desk_reads_is_shown_before_anything_is_done(
    town: Workbench, act: str, typed: dict[str, str]
) -> None:
    passerby = Passerby(town)
    number, word = receipt_of(passerby.send(WORDS))
    keys = {"number": number, "word": word}
    passerby.send({**keys, "addition": "夫も病気です。"}, "/soudan/receipt")
    (line,) = queue(town)
    page = desk(town).get(f"/web-messages/{line.id}").text
    version = re.findall(rf'/{act}".*?name="version" value="(\d+)"', page, re.DOTALL)[0]
    passerby.send({**keys, "addition": "今夜がつらいです。"}, "/soudan/receipt")

    refused = desk(town).post(f"/web-messages/{line.id}/{act}", {**typed, "version": version})
    (after,) = queue(town)
    again = re.findall(rf'/{act}".*?name="version" value="(\d+)"', refused.text, re.DOTALL)[0]
    done = desk(town).post(f"/web-messages/{line.id}/{act}", {**typed, "version": again})

    assert "今夜がつらいです。" not in page
    assert refused.status_code == 412
    assert "今夜がつらいです。" in refused.text
    assert "いまの内容を読んでから、もう一度押してください。" in refused.text
    assert all(words in refused.text for words in typed.values())
    assert (after.status, after.news) == ("waiting", 2)
    assert done.status_code == 303


def test_a_program_says_which_additions_it_read(town: Workbench) -> None:
    passerby = Passerby(town)
    number, word = receipt_of(passerby.send(WORDS))
    passerby.send({"number": number, "word": word, "addition": "追伸"}, "/soudan/receipt")
    (line,) = queue(town)
    path = f"/api/v1/web-messages/{line.id}"
    found = desk(town).get(path)

    old = desk(town).send_json("PUT", f"{path}/seen", {}, headers={"If-Match": '"1"'})
    without = desk(town).send_json("PUT", f"{path}/seen", {})
    read = desk(town).send_json(
        "PUT", f"{path}/seen", {}, headers={"If-Match": found.headers["ETag"]}
    )

    assert [answer.status_code for answer in (old, without, read)] == [412, 428, 200]
    assert [one["seen"] for one in found.json["additions"]] == [False]
    assert [one["seen"] for one in read.json["additions"]] == [True]


def test_a_wrong_word_tells_nothing_and_too_many_are_stopped(town: Workbench) -> None:
    passerby = Passerby(town)
    number, _word = receipt_of(passerby.send(WORDS))
    wrong = {"number": number, "word": "あさひ"}

    known = passerby.send(wrong, "/soudan/receipt")
    unknown = passerby.send({**wrong, "number": "2222-2222-2222"}, "/soudan/receipt", after=0)
    for _ in range(TRIED_PER_ADDRESS - 2):
        passerby.send(wrong, "/soudan/receipt", after=0)
    stopped = passerby.send(wrong, "/soudan/receipt", after=0)

    assert "番号か合言葉が違います。" in known.text
    assert known.text.replace(number, "").count("違います") == unknown.text.count("違います")
    assert (known.status_code, unknown.status_code, stopped.status_code) == (422, 422, 429)


def test_who_was_wrong_too_often_is_not_told_the_right_word_of_a_receipt_either(
    town: Workbench,
) -> None:
    passerby = Passerby(town)
    number, word = receipt_of(passerby.send(WORDS))
    for n in range(TRIED_PER_ADDRESS):
        passerby.send({"number": number, "word": f"あさひ{n}"}, "/soudan/receipt", after=0)
    keys = {"number": number, "word": word, "addition": "夫も病気です。"}

    right = passerby.send(keys, "/soudan/receipt", after=0)
    elsewhere = Passerby(town, moment=passerby.moment, address="198.51.100.4")
    later = Passerby(town, moment=passerby.moment + timedelta(hours=1))

    assert right.status_code == 429
    assert "夫も病気です。" in right.text
    assert elsewhere.send(keys, "/soudan/receipt").status_code == 200
    assert later.send({"number": number, "word": word}, "/soudan/receipt").status_code == 200


def test_who_guesses_the_commissioners_word_is_not_told_the_right_one_either(
    town: Workbench,
) -> None:
    with town.unit(town.staff("coordinator")) as uow:
        word = renew_commissioner_word(uow, key_of(town))
    seen = {**WORDS, "name": "民生 花子"}
    passerby = Passerby(town)

    wrong = [
        passerby.send({**seen, "commissioner_word": f"あさひ{n}"}, "/soudan/minsei", after=5)
        for n in range(TRIED_PER_ADDRESS)
    ]
    right = passerby.send({**seen, "commissioner_word": word}, "/soudan/minsei", after=5)
    elsewhere = Passerby(town, moment=passerby.moment, address="198.51.100.4")

    assert {answer.status_code for answer in wrong} == {422}
    assert right.status_code == 429
    assert queue(town) == []
    assert elsewhere.send({**seen, "commissioner_word": word}, "/soudan/minsei").status_code == 200


def test_one_address_cannot_flood_the_town_and_another_still_gets_through(town: Workbench) -> None:
    passerby = Passerby(town)
    answers = [passerby.send({**WORDS, "story": f"{n}"}, after=5) for n in range(SENT_PER_ADDRESS)]

    stopped = passerby.send({**WORDS, "story": "六つめ"}, after=5)
    other = Passerby(town, moment=passerby.moment, address="198.51.100.4").send(WORDS)
    later = Passerby(town, moment=passerby.moment + timedelta(hours=1)).send(WORDS)

    assert {answer.status_code for answer in answers} == {200}
    assert stopped.status_code == 429
    assert "六つめ" in stopped.text
    assert "000-0000-9999" in stopped.text
    assert (other.status_code, later.status_code) == (200, 200)


def test_two_applications_on_one_database_count_together(town: Workbench) -> None:
    other = Workbench(town.service, town.house)

    answers = [
        Passerby(bench).send({**WORDS, "story": f"{n}"}, after=5).status_code
        for n in range(SENT_PER_ADDRESS)
        for bench in ((town, other)[n % 2],)
    ]
    stopped = [Passerby(bench).send(WORDS, after=5).status_code for bench in (town, other)]

    assert answers == [200] * SENT_PER_ADDRESS
    assert stopped == [429, 429]


def test_addresses_are_kept_neither_plainly_nor_for_long(town: Workbench) -> None:
    passerby = Passerby(town)
    passerby.send(WORDS)
    with town.reading() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM intake_web_count").all()
    Passerby(town, moment=passerby.moment + timedelta(hours=3), address="198.51.100.4").send(WORDS)
    with town.reading() as connection:
        later = connection.exec_driver_sql("SELECT bucket FROM intake_web_count").all()

    assert len(kept) == 2
    assert "192.0.2.7" not in str(kept)
    assert not {row[0] for row in later} & {row[0] for row in kept}
    assert bucket(KEY, "send", "192.0.2.7", 1) != bucket(KEY, "send", "192.0.2.7", 2)


def test_households_behind_one_ipv6_network_are_counted_together(town: Workbench) -> None:
    moment = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    answers = [
        Passerby(town, moment=moment, address=f"2001:db8::{n}").send({**WORDS, "story": f"{n}"})
        for n in range(1, SENT_PER_ADDRESS + 2)
    ]

    assert [answer.status_code for answer in answers] == [200] * SENT_PER_ADDRESS + [429]


def test_many_at_once_are_counted_exactly(town: Workbench) -> None:
    """Six threads send from one address at the same moment; as many as are allowed get through."""
    outcomes: list[str] = []

    def send(number: int) -> None:
        command = SendWebMessage(
            f"form-{number}", 60, "", "192.0.2.7", Sender.RESIDENT, "", ContactWay.NONE
        )
        try:
            with town.unit(town.staff("receiver", account_id=f"a{number}")) as uow:
                send_web_message(command, uow, KEY)
            outcomes.append("kept")
        except Exception as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(SENT_PER_ADDRESS + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["FloodRefused"] * 3 + ["kept"] * SENT_PER_ADDRESS
    assert len(queue(town)) == SENT_PER_ADDRESS


def test_a_commissioner_needs_the_towns_word_and_is_counted_by_route(town: Workbench) -> None:
    with town.unit(town.staff("coordinator")) as uow:
        renew_commissioner_word(uow, key_of(town))
    with town.unit(town.staff("coordinator")) as uow:
        word = renew_commissioner_word(uow, key_of(town))
    seen = {**WORDS, "name": "民生 花子", "commissioner_word": word}
    passerby = Passerby(town)

    wrong = passerby.send({**seen, "commissioner_word": "さくら・さくら"}, "/soudan/minsei")
    right = passerby.send(seen, "/soudan/minsei")
    (line,) = queue(town)
    desk(town).post(f"/web-messages/{line.id}/confirm", {"desk": "fukushi", "version": "1"})

    (said,) = town.said(ConsultationReceived)
    assert (wrong.status_code, right.status_code) == (422, 200)
    assert "民生 花子" in wrong.text
    assert (said.channel, said.route) == ("web_commissioner", "commissioner")


def test_a_new_word_ends_the_one_before(town: Workbench) -> None:
    with town.unit(town.staff("coordinator")) as uow:
        before = renew_commissioner_word(uow, key_of(town))
    page = town.visit_as(town.staff("coordinator")).post("/web-form/commissioner-word").text
    seen = {**WORDS, "name": "民生 花子", "commissioner_word": before}

    assert Passerby(town).send(seen, "/soudan/minsei").status_code == 422
    assert re.search(r"<strong>[ぁ-ん]+・[ぁ-ん]+・[ぁ-ん]+</strong>", page)
    assert (
        "<strong>"
        not in town.visit_as(town.staff("coordinator")).get("/web-form").text.split('id="word"')[1]
    )
