"""The states of a consultation: emergency at any time, staying in touch, opening again."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kasane_contracts.intake import (
    ConsultationReopened,
    ContactContinued,
    EmergencyDeclared,
    EmergencySettled,
)
from kasane_intake.domain.consultation import (
    Consultation,
    ConsultationStatus,
    Escalation,
    Screening,
)
from kasane_intake.domain.errors import WrongStep
from kasane_intake.domain.sheet_errors import DayPassed, ReasonMissing
from kasane_kit.testing.workbench import Visitor, Workbench

CALL = {"channel": "telephone", "desk": "zei", "story": "話を聞いてほしい"}


def desk(bench: Workbench, office: str = "zei") -> Visitor:
    return bench.visit_as(bench.staff("receiver", office=office))


def received(bench: Workbench, **changes: str) -> str:
    answer = desk(bench, changes.get("desk", "zei")).post("/consultations/new", {**CALL, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].split("/292095", 1)[1].split("?")[0])


def now(bench: Workbench, path: str, office: str = "zei") -> dict[str, Any]:
    found: dict[str, Any] = desk(bench, office).get(f"/api/v1{path}").json
    return found


def consultation(status: ConsultationStatus = ConsultationStatus.RECEIVED) -> Consultation:
    from kasane_intake.domain.consultation import ContactPerson
    from kasane_intake.domain.reception import Channel

    found = Consultation.receive(
        consultation_id="c-1",
        number="2026-000001",
        received_at=datetime(2026, 11, 21, 1, tzinfo=UTC),
        received_by="a-1",
        desk="zei",
        channel=Channel.WINDOW,
        story="税が払えない",
        categories=(),
        main_category="",
        contact=ContactPerson(),
        persons=(),
        urgent=False,
        area="",
        screening=Screening(),
        extensions={},
    )
    found.status = status
    return found


OPEN_STATES = [
    s
    for s in ConsultationStatus
    if s
    not in (
        ConsultationStatus.EMERGENCY,
        ConsultationStatus.ANSWERED,
        ConsultationStatus.ACCEPTED_AS_CASE,
    )
]


@pytest.mark.parametrize("state", OPEN_STATES)
def test_an_emergency_is_possible_from_every_open_state(state: ConsultationStatus) -> None:
    found = consultation(state)
    found.declare_emergency()

    assert (found.status, found.urgent) == (ConsultationStatus.EMERGENCY, True)


@pytest.mark.parametrize(
    "state", [ConsultationStatus.ANSWERED, ConsultationStatus.ACCEPTED_AS_CASE]
)
def test_what_has_ended_becomes_no_emergency(state: ConsultationStatus) -> None:
    found = consultation(state)
    with pytest.raises(WrongStep):
        found.declare_emergency()

    assert found.status is state


def test_after_an_emergency_the_work_goes_on_where_it_stands() -> None:
    waiting, asked, plain = consultation(), consultation(), consultation()
    asked.screen(Screening(True))
    for one, on_their_way in ((waiting, True), (asked, False), (plain, False)):
        one.declare_emergency()
        one.settle_emergency("救急に引き継いだ", sheets_on_their_way=on_their_way)

    assert [one.status.value for one in (waiting, asked, plain)] == [
        "connecting",
        "triaged",
        "received",
    ]
    with pytest.raises(ReasonMissing):
        consultation(ConsultationStatus.EMERGENCY).settle_emergency(" ", sheets_on_their_way=False)


BEYOND = Escalation("multi_agency", "coordinator", "複数の課にまたがる")


def test_what_waits_for_a_post_waits_for_it_again_when_it_is_opened_again() -> None:
    found = consultation()
    found.screen(Screening(False))
    found.escalate(BEYOND)
    found.answer("制度を案内した", sheets_on_their_way=False)
    found.reopen("また困っている")

    assert (found.status, found.escalation) == (ConsultationStatus.ESCALATED, BEYOND)


def test_what_went_beyond_the_desk_while_a_sheet_was_on_its_way_waits_for_the_post_after_it() -> (
    None
):
    found = consultation()
    found.sheet_sent()
    found.escalate(BEYOND)
    found.sheet_settled(accepted=False, others_on_their_way=False)

    assert found.status is ConsultationStatus.ESCALATED


def test_what_the_desk_can_cope_with_after_all_is_in_its_hands_again() -> None:
    found = consultation()
    found.escalate(BEYOND)
    found.screen(Screening(True))
    found.escalate(Escalation())

    assert found.status is ConsultationStatus.TRIAGED


def test_the_next_contact_lies_not_before_today() -> None:
    found = consultation()
    with pytest.raises(DayPassed):
        found.continue_contact(date(2026, 11, 20), date(2026, 11, 21))

    assert (found.status, found.next_contact_on) == (ConsultationStatus.RECEIVED, None)


def test_a_connecting_consultation_stays_connecting_while_the_desk_stays_in_touch() -> None:
    found = consultation(ConsultationStatus.CONNECTING)
    found.continue_contact(date(2026, 11, 25), date(2026, 11, 21))

    assert found.status is ConsultationStatus.CONNECTING
    assert found.next_contact_on == date(2026, 11, 25)


def test_an_emergency_tells_the_named_posts_and_shows_them(workbench: Workbench) -> None:
    path = received(workbench)
    answer = desk(workbench).post(path + "/emergency", {"words": "首に跡がある", "version": "1"})

    assert answer.status_code == 303
    (said,) = workbench.said(EmergencyDeclared)
    assert (said.roles, said.within_minutes) == (("coordinator",), 30)
    page = desk(workbench).get(path).text
    assert "コーディネーター" in page
    assert "30分以内に知らせます。" in page
    assert "首に跡がある" in page

    desk(workbench).post(path + "/emergency/settle", {"words": "入院した", "version": "2"})
    assert [e.consultation_id for e in workbench.said(EmergencySettled)] == [said.consultation_id]
    assert now(workbench, path)["status"] == "received"


def test_declaring_an_emergency_is_one_press_from_the_page(workbench: Workbench) -> None:
    path = received(workbench)
    page = desk(workbench).get(path).text
    form = desk(workbench).get(path + "/emergency").text

    assert f'href="/292095{path}/emergency"' in page
    assert "どんな危険がありますか" in form
    assert "押すと、この町の決まりの連絡先にすぐ知らせます。" in form
    assert "<strong>コーディネーター</strong> 30分以内に知らせます。" in form
    assert workbench.said(EmergencyDeclared) == []


def test_an_urgent_consultation_tells_at_once_when_it_is_taken(workbench: Workbench) -> None:
    received(workbench, urgent="1")

    (said,) = workbench.said(EmergencyDeclared)
    assert said.roles == ("coordinator",)


def test_staying_in_touch_is_said_with_its_day(workbench: Workbench) -> None:
    path = received(workbench)
    answer = desk(workbench).post(
        path + "/contact",
        {"next_contact_on": "令和30年1月4日", "words": "受診したか聞く", "version": "1"},
    )

    assert answer.status_code == 303
    (said,) = workbench.said(ContactContinued)
    assert (said.desk, said.next_contact_on) == ("zei", date(2048, 1, 4))
    assert now(workbench, path)["status"] == "continuing_contact"


def test_an_ended_consultation_is_opened_again_and_its_first_outcome_stays(
    workbench: Workbench,
) -> None:
    path = received(workbench)
    desk(workbench).post(path + "/close", {"outcome": "制度を案内した", "version": "1"})
    desk(workbench).post(path + "/reopen", {"words": "また困っている", "version": "2"})

    found = now(workbench, path)
    assert (found["status"], found["outcome"]) == ("received", "")
    assert len(workbench.said(ConsultationReopened)) == 1
    steps = now(workbench, path + "/steps")["items"]
    assert [(s["from_status"], s["to_status"], s["note"]) for s in steps] == [
        ("", "received", ""),
        ("received", "answered", "制度を案内した"),
        ("answered", "received", "また困っている"),
    ]
    page = desk(workbench).get(path).text
    assert "制度を案内した" in page
    assert "職員 一郎" in page


@pytest.mark.parametrize(
    ("step", "form", "code"),
    [
        ("emergency", {"words": "", "version": "1"}, 422),
        ("emergency", {"words": "危険", "version": ""}, 422),
        ("emergency", {"words": "危険", "version": "7"}, 412),
        ("emergency/settle", {"words": "済んだ", "version": "1"}, 409),
        ("contact", {"words": "聞く", "next_contact_on": "1月32日", "version": "1"}, 422),
        ("contact", {"words": "聞く", "next_contact_on": "明治45年7月1日", "version": "1"}, 422),
        ("contact", {"words": "聞\x00く", "next_contact_on": "R30.1.4", "version": "1"}, 422),
        ("reopen", {"words": "また", "version": "1"}, 409),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_and_keeps_what_was_typed(
    workbench: Workbench, step: str, form: dict[str, str], code: int
) -> None:
    path = received(workbench)
    before = now(workbench, path)

    answer = desk(workbench).post(f"{path}/{step}", form)

    assert answer.status_code == code
    assert form["words"].replace("\x00", "\ufffd") in answer.text or "\x00" in form["words"]
    assert now(workbench, path) == before


def test_another_office_takes_no_step(workbench: Workbench) -> None:
    path = received(workbench)
    answer = desk(workbench, "kaigo").post(path + "/emergency", {"words": "x", "version": "1"})

    assert answer.status_code == 404
    assert now(workbench, path)["status"] == "received"


def test_a_program_takes_the_same_steps(workbench: Workbench) -> None:
    path = received(workbench)
    api = f"/api/v1{path}"

    def put(step: str, body: dict[str, str], version: int) -> int:
        return (
            desk(workbench)
            .send_json("PUT", f"{api}/{step}", body, headers={"If-Match": f'"{version}"'})
            .status_code
        )

    codes = [
        put("emergency", {"words": "危険"}, 1),
        put("emergency/end", {"words": "落ち着いた"}, 2),
        put("next-contact", {"words": "聞く", "next_contact_on": "2048-01-04"}, 3),
        put("outcome", {"outcome": "終わった"}, 4),
        put("reopening", {"words": "また"}, 5),
        put("next-contact", {"words": "聞く", "next_contact_on": "1999-01-04"}, 6),
        put("emergency", {"words": "  "}, 6),
        put("emergency", {"words": "危険"}, 5),
    ]

    assert codes == [200, 200, 200, 200, 200, 422, 422, 412]
