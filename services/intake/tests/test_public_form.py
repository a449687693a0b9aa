"""Writes into the town's form as somebody without an account, and reads the queue as its desk."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.intake import ConsultationReceived
from kasane_intake.domain.public_form import WebMessageStatus
from kasane_intake.domain.receipt import Receipt, plain_number, sealed_word
from kasane_kit.testing.workbench import OTHER_TOWN, Workbench
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres
from tests.support.public_form import (
    KEY,
    OPEN,
    WORDS,
    Passerby,
    desk,
    open_form,
    queue,
    receipt_of,
)


@pytest.fixture
def town(workbench: Workbench) -> Workbench:
    """A town whose form is open and read by 福祉課."""
    return open_form(workbench)


def test_a_town_that_has_set_nothing_has_no_form(workbench: Workbench) -> None:
    passerby = Passerby(workbench)

    assert [
        passerby.open(path).status_code for path in ("/soudan", "/soudan/minsei", "/soudan/receipt")
    ] == [404, 404, 404]
    assert workbench.app.test_client().get("/host/soudan").status_code == 404


def test_the_form_shows_the_telephone_first_in_words_with_readings(town: Workbench) -> None:
    page = Passerby(town).open().text

    assert page.index("tel:000-0000-9999") < page.index("<textarea")
    assert "<ruby>相談<rp>（</rp><rt>そうだん</rt><rp>）</rp></ruby>" in page
    assert "《" not in page


def test_what_a_resident_sends_waits_for_the_desk_and_is_no_consultation_yet(
    town: Workbench,
) -> None:
    answer = Passerby(town).send({**WORDS, "family_must_not_know": "1"})

    number, word = receipt_of(answer)
    (line,) = queue(town)
    assert answer.status_code == 200
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", number)
    assert len(word.split("・")) == 3
    assert (line.receipt, line.beginning) == (number, "眠れません。")
    assert town.said(ConsultationReceived) == []
    assert "家族に知られたくない" in desk(town).get(f"/web-messages/{line.id}").text


def test_nothing_personal_has_to_be_told_but_how_to_answer(town: Workbench) -> None:
    passerby = Passerby(town)

    nothing = passerby.send({"story": "つらい"})
    no_number = passerby.send({"story": "つらい", "contact_way": "phone"})
    enough = passerby.send({"story": "つらい", "contact_way": "none"})

    assert (nothing.status_code, no_number.status_code, enough.status_code) == (422, 422, 200)
    assert "つらい" in nothing.text
    assert "選んだ方法の連絡先を書いてください。" in no_number.text
    assert len(queue(town)) == 1


def test_somebody_who_only_wants_a_call_need_not_write(town: Workbench) -> None:
    answer = Passerby(town).send({"contact_way": "phone", "contact": "000-1111-2222"})

    assert answer.status_code == 200


def test_the_desk_takes_it_up_as_a_consultation(town: Workbench) -> None:
    Passerby(town).send(
        {**WORDS, "name": "森田 とし", "brought_by": "person", "do_not_contact": "夜"}
    )
    (line,) = queue(town)

    answer = desk(town).post(
        f"/web-messages/{line.id}/confirm", {"desk": "fukushi", "version": "1", "urgent": "1"}
    )

    (said,) = town.said(ConsultationReceived)
    page = desk(town).get(answer.headers["Location"].split("/292095", 1)[1]).text
    assert answer.status_code == 303
    assert (said.channel, said.route, said.urgent) == ("web", "person", True)
    assert [p.name for p in said.persons] == ["森田 とし"]
    assert "連絡してはいけません：夜" in page
    assert queue(town) == []
    assert [line.consultation_id for line in queue(town, "confirmed")] == [said.consultation_id]


def test_a_number_with_a_long_note_around_it_is_taken_up_whole_as_the_way_to_answer(
    workbench: Workbench, private_postgres: PrivatePostgres, tmp_path: Path
) -> None:
    contact = (
        "000-1111-2222（平日の夜7時から9時まで。昼は仕事で出られません。留守電には入れないで）"
    )
    with on_postgres(workbench, private_postgres, tmp_path) as town:
        Passerby(open_form(town)).send({**WORDS, "contact": contact})
        (line,) = queue(town)

        answer = desk(town).post(
            f"/web-messages/{line.id}/confirm", {"desk": "fukushi", "version": "1"}
        )

        (said,) = town.said(ConsultationReceived)
        found = desk(town).get(f"/api/v1/consultations/{said.consultation_id}").json
        assert answer.status_code == 303
        assert found["reception"]["contact_by"] == contact
        assert found["contact"]["phone"] == ""


def test_taking_it_up_twice_makes_one_consultation(town: Workbench) -> None:
    Passerby(town).send(WORDS)
    (line,) = queue(town)
    form = {"desk": "fukushi", "version": "1"}

    first = desk(town).post(f"/web-messages/{line.id}/confirm", form)
    second = desk(town).post(f"/web-messages/{line.id}/confirm", form)

    assert (first.status_code, second.status_code) == (303, 412)
    assert len(town.said(ConsultationReceived)) == 1


def test_i_11_a_web_sender_who_wants_to_stay_hidden_is_in_no_event(town: Workbench) -> None:
    Passerby(town).send(
        {
            **WORDS,
            "story": "近田知子です。となりの家の子が泣いています。",
            "name": "近田 知子",
            "hidden": "1",
        }
    )
    (line,) = queue(town)

    desk(town).post(f"/web-messages/{line.id}/confirm", {"desk": "fukushi", "version": "1"})

    (said,) = town.said(ConsultationReceived)
    assert said.story == "（情報の提供者）です。となりの家の子が泣いています。"
    assert all("知子" not in str(event) for event in town.said())


@pytest.mark.parametrize(
    ("words", "after", "reason"),
    [({"homepage": "http://spam.example"}, 60, "trap"), ({}, 1, "too_fast")],
)
def test_what_a_machine_sent_is_set_aside_with_a_reason_and_can_come_back(
    town: Workbench, words: dict[str, str], after: float, reason: str
) -> None:
    answer = Passerby(town).send({**WORDS, **words}, after=after)

    (line,) = queue(town, "set_aside")
    assert answer.status_code == 200
    assert (line.reason, queue(town)) == (reason, [])
    back = desk(town).post(f"/web-messages/{line.id}/bring-back", {"version": "1"})
    assert back.status_code == 303
    assert [one.id for one in queue(town)] == [line.id]


def test_staff_set_aside_only_with_a_reason(town: Workbench) -> None:
    Passerby(town).send(WORDS)
    (line,) = queue(town)
    staff = desk(town)

    without = staff.post(f"/web-messages/{line.id}/set-aside", {"version": "1"})
    with_reason = staff.post(
        f"/web-messages/{line.id}/set-aside", {"version": "1", "reason": "同じ方から二通"}
    )

    assert (without.status_code, with_reason.status_code) == (422, 303)
    assert [one.reason for one in queue(town, "set_aside")] == ["同じ方から二通"]


def test_another_desk_and_another_town_see_nothing_of_the_queue(town: Workbench) -> None:
    Passerby(town).send(WORDS)
    (line,) = queue(town)
    stranger = town.visit_as(town.staff("receiver", office="fukushi", municipality=OTHER_TOWN))

    assert desk(town, "zei").get(f"/web-messages/{line.id}").status_code == 404
    assert "眠れません" not in desk(town, "zei").get("/web-messages").text
    assert "Webフォームから" not in desk(town, "zei").get("/consultations").text
    assert "Webフォームから 1件" in desk(town).get("/consultations").text
    real, invented = (stranger.get(f"/web-messages/{one}") for one in (line.id, "0" * 36))
    assert (real.status_code, invented.status_code) == (302, 302)
    assert real.location.replace(line.id, "0" * 36) == invented.location
    assert "眠れません" not in real.text


def test_the_form_opens_only_with_a_desk_and_a_telephone(workbench: Workbench) -> None:
    head = workbench.visit_as(workbench.staff("town_administrator"))

    refused = head.post("/web-form", {"enabled": "1", "office": "fukushi", "version": "0"})
    taken = head.post(
        "/web-form", {"enabled": "1", "office": "fukushi", "phone": "000-0000-9999", "version": "0"}
    )

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "フォームを開くには、読む窓口と電話番号が要ります。" in refused.text
    assert Passerby(workbench).open().status_code == 200


def test_a_number_for_emergencies_is_shown_only_with_its_source(town: Workbench) -> None:
    head = town.visit_as(town.staff("coordinator"))
    number = {
        "enabled": "1",
        "office": "fukushi",
        "phone": "000-0000-9999",
        "emergency_number": "000-0000-1190",
        "emergency_label": "夜間の相談",
        "version": "1",
    }

    refused = head.post("/web-form", number)
    assert "000-0000-1190" not in Passerby(town).open().text
    head.post("/web-form", {**number, "emergency_source": "市の資料"})

    assert refused.status_code == 422
    assert "出典がなければ載せられません" in refused.text
    assert "市の資料" in Passerby(town).open().text


def test_settings_typed_while_somebody_made_the_first_word_come_back_and_are_saved_then(
    workbench: Workbench,
) -> None:
    head = workbench.visit_as(workbench.staff("town_administrator"))
    typed = {"office": "fukushi", "phone": "000-0000-9999", "phone_hours": "平日の昼"}
    head.post("/web-form/commissioner-word")

    refused = head.post("/web-form", {**typed, "version": "0"})
    version = re.findall(r'name="version" value="(\d+)"', refused.text)[0]
    program = head.send_json("PUT", "/api/v1/public-form", typed, headers={"If-Match": '"0"'})
    saved = head.post("/web-form", {**typed, "version": version})

    assert [answer.status_code for answer in (refused, program, saved)] == [412, 412, 303]
    assert "まだ保存していません" in refused.text
    assert "平日の昼" in refused.text


def test_settings_that_lack_something_keep_the_version_from_which_they_were_typed(
    town: Workbench,
) -> None:
    head = town.visit_as(town.staff("coordinator"))
    head.post("/web-form/commissioner-word")

    refused = head.post("/web-form", {"enabled": "1", "office": "fukushi", "version": "1"})

    assert refused.status_code == 422
    assert 'name="version" value="1"' in refused.text


def test_a_receiver_does_not_set_the_form(town: Workbench) -> None:
    answer = desk(town).post("/web-form", {"enabled": "", "version": "1"})

    assert answer.status_code == 403
    assert Passerby(town).open().status_code == 200


def test_more_than_the_form_has_room_for_is_refused(town: Workbench) -> None:
    passerby = Passerby(town)

    long = passerby.send({**WORDS, "story": "あ" * 4001})
    huge = passerby.send({**WORDS, "story": "あ" * 100_000})

    assert (long.status_code, huge.status_code) == (422, 413)
    assert "4000文字までです" in long.text
    assert "あ" * 4001 in long.text
    assert queue(town) == []


@pytest.mark.parametrize(
    "bad", ["\x00", "<script>alert(1)</script>", "ﾔﾏ\U000e0100①", "' OR 1=1 --"]
)
def test_odd_words_are_kept_as_typed_or_refused_never_run(town: Workbench, bad: str) -> None:
    answer = Passerby(town).send({**WORDS, "story": bad})

    if "\x00" in bad:
        assert answer.status_code == 422
    else:
        (line,) = queue(town)
        assert line.beginning == bad
        assert "<script>alert" not in desk(town).get(f"/web-messages/{line.id}").text


def test_the_public_pages_tell_no_other_site_and_load_nothing_from_elsewhere(
    town: Workbench,
) -> None:
    answer = Passerby(town).open()

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert re.findall(r'(?:src|href)="(?:https?:)?//', answer.text) == []


@pytest.mark.parametrize("path", ["/soudan", "/soudan/minsei", "/soudan/receipt"])
def test_nothing_that_was_typed_stays_in_a_browser_that_the_family_uses_too(
    town: Workbench, path: str
) -> None:
    page = Passerby(town).open(path).text

    assert '<form class="k-form" method="post" data-draft="off" novalidate>' in page
    assert 'autocomplete="on"' not in page


def test_every_step_of_somebody_without_an_account_is_in_the_trail(town: Workbench) -> None:
    passerby = Passerby(town)
    number, word = receipt_of(passerby.send(WORDS))
    passerby.send({"number": number, "word": word}, "/soudan/receipt")

    trail = [(one.action, one.actor) for one in town.said(AuditEntryRecorded)]
    assert trail[-2:] == [
        ("intake.web_message.arrived", "platform:intake"),
        ("intake.web_message.looked", "platform:intake"),
    ]


def test_a_receipt_is_the_same_for_one_form_and_opens_nothing_by_what_is_kept() -> None:
    one, other = Receipt.of(KEY, "a"), Receipt.of(KEY, "b")

    assert Receipt.of(KEY, "a") == one
    assert one.number != other.number
    assert plain_number(" k7qm３3xwb 9t4p") == "K7QM-3XWB-9T4P"
    assert one.word not in sealed_word(KEY, one.number, one.word)
    assert sealed_word(KEY, one.number, one.word) != sealed_word(KEY, other.number, one.word)


def test_a_confirmed_message_is_not_set_aside() -> None:
    assert replace(OPEN, enabled=False).phone == "000-0000-9999"
    assert [status.value for status in WebMessageStatus] == ["waiting", "confirmed", "set_aside"]
