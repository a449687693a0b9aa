"""Takes consultations through the pages as a desk worker does."""

from typing import Any

from kasane_contracts.intake import ConsultationClosed, ConsultationReceived, ReferralSheetSent
from kasane_intake.commands import SendReferralSheet
from kasane_intake.domain.consultation import ConsultationStatus
from kasane_intake.handlers import send_referral_sheet
from kasane_kit.testing.workbench import OTHER_TOWN, Visitor, Workbench

WALK_IN: dict[str, Any] = {
    "channel": "window",
    "desk": "zei",
    "story": "税が払えない。病気で働けず、子どもが学校に行けていない。",
    "persons-0-name": "山川 花子",
    "persons-0-kana": "やまかわ はなこ",
    "persons-0-birth_date": "S60.4.2",
    "persons-0-given_consent": "1",
    "persons-1-name": "山川 一",
    "persons-1-relation": "長男",
}


def test_a_walk_in_is_saved_with_every_person_and_said(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    answer = desk.post("/consultations/new", WALK_IN)

    (said,) = workbench.said(ConsultationReceived)
    assert answer.status_code == 303
    assert [(p.name, p.given_consent) for p in said.persons] == [
        ("山川 花子", True),
        ("山川 一", False),
    ]
    assert said.persons[0].birth_date == "1985-04-02"
    page = desk.get(answer.headers["Location"].split("/292095", 1)[1]).text
    assert "<ruby>山川 花子" in page
    assert said.number in page


def test_a_malformed_form_shows_every_problem_at_its_field_and_keeps_what_was_typed(
    workbench: Workbench,
) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    answer = desk.post(
        "/consultations/new",
        {**WALK_IN, "story": "", "channel": "pigeon", "persons-0-birth_date": "S60.13.40"},
    )

    assert answer.status_code == 422
    assert "お話の内容を入力してください。" in answer.text
    assert "受付の方法は一覧から選んでください。" in answer.text
    assert "生年月日を日付として読み取れません。" in answer.text
    assert 'value="S60.13.40"' in answer.text
    assert 'value="山川 花子"' in answer.text
    assert workbench.said() == []


def test_the_same_submission_sent_twice_makes_one_consultation(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    first = desk.post("/consultations/new", {**WALK_IN, "submission": "s-1"})
    second = desk.post("/consultations/new", {**WALK_IN, "submission": "s-1"})

    assert first.headers["Location"] == second.headers["Location"]
    assert len(workbench.said(ConsultationReceived)) == 1


def test_a_form_without_its_token_changes_nothing(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))

    answer = desk.client.post("/292095/consultations/new", data=WALK_IN)

    assert answer.status_code == 403
    assert workbench.said() == []


def test_another_office_does_not_see_the_consultation(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    path = desk.post("/consultations/new", WALK_IN).headers["Location"].split("/292095", 1)[1]

    other = workbench.visit_as(workbench.staff("receiver", office="kaigo"))

    assert other.get(path).status_code == 404
    assert "山川" not in other.get("/consultations").text


def test_another_town_gets_nothing(workbench: Workbench) -> None:
    stranger = workbench.visit_as(workbench.staff("coordinator", municipality=OTHER_TOWN))

    # To this town whoever signed in at another is nobody: led to signing in, whatever was asked for.
    assert stranger.get("/consultations").status_code == 302
    assert stranger.get(f"/consultations/{'0' * 36}").status_code == 302
    assert stranger.post("/consultations/new", WALK_IN).status_code == 401
    assert workbench.said() == []


def test_without_an_account_one_is_led_to_sign_in(workbench: Workbench) -> None:
    answer = workbench.app.test_client().get("/292095/consultations")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/portal/292095/sign-in?next=")


def test_looking_at_a_consultation_leaves_a_trace(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    path = desk.post("/consultations/new", WALK_IN).headers["Location"].split("/292095", 1)[1]

    desk.get(path)

    from kasane_contracts.audit import AuditEntryRecorded

    actions = [entry.action for entry in workbench.said(AuditEntryRecorded)]
    assert actions == ["intake.consultation.received", "intake.consultation.read"]


def test_opening_the_empty_sheet_is_not_recorded_as_sending_one(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    path = desk.post("/consultations/new", WALK_IN).headers["Location"].split("/292095", 1)[1]

    desk.get(path.partition("?")[0] + "/sheets/new")

    from kasane_contracts.audit import AuditEntryRecorded

    actions = [entry.action for entry in workbench.said(AuditEntryRecorded)]
    assert actions[1:] == ["intake.referral_sheet.send.form_opened"]


def test_a_sheet_without_consent_is_refused_at_its_field(workbench: Workbench) -> None:
    actor = workbench.staff("receiver", office="zei")
    desk = workbench.visit_as(actor)
    path = (
        desk.post("/consultations/new", WALK_IN)
        .headers["Location"]
        .split("/292095", 1)[1]
        .split("?")[0]
    )

    answer = desk.post(
        f"{path}/sheets/new",
        {"to_office": "x", "reason": "生活の相談", "companionship": "accompany"},
    )

    assert answer.status_code == 422
    assert workbench.said(ReferralSheetSent) == []
    assert ConsultationStatus.RECEIVED.value == "received"


def opened(workbench: Workbench) -> tuple[Visitor, str]:
    """A desk worker and the address of a consultation that was just taken."""
    desk = workbench.visit_as(workbench.staff("receiver", office="zei"))
    location = desk.post("/consultations/new", WALK_IN).headers["Location"]
    return desk, location.split("/292095", 1)[1].split("?")[0]


def test_an_outcome_on_an_old_version_comes_back_with_its_text(workbench: Workbench) -> None:
    desk, path = opened(workbench)
    desk.post(f"{path}/screening", {"single_agency": "yes", "version": "1"})

    answer = desk.post(f"{path}/close", {"outcome": "分けて納めることになった", "version": "1"})

    assert answer.status_code == 412
    assert "分けて納めることになった" in answer.text
    assert "ほかの人がこの相談を変えました" in answer.text
    assert workbench.said(ConsultationClosed) == []


def test_a_screening_without_an_answer_keeps_the_earlier_answers(workbench: Workbench) -> None:
    desk, path = opened(workbench)
    desk.post(f"{path}/screening", {"single_agency": "no", "version": "1"})

    answer = desk.post(f"{path}/screening", {"version": "2"})

    assert answer.status_code == 303
    assert '<option value="no" selected>' in desk.get(path).text


def test_the_receiving_office_is_led_to_the_answer(workbench: Workbench) -> None:
    bench_desk, path = opened(workbench)
    with workbench.unit(workbench.staff("receiver", office="zei")) as uow:
        send_referral_sheet(
            SendReferralSheet(
                "s-1", path.rsplit("/", 1)[1], "seikatsu", "生活費", True, "accompanied"
            ),
            uow,
            workbench.hooks,
        )

    receiver = workbench.visit_as(workbench.staff("contact", office="seikatsu"))

    page = receiver.get(path).text
    assert "このつなぐシートに答える" in page
    assert "結果を残して終える" not in page
    assert "結果を残して終える" in bench_desk.get(path).text
