"""The rules of a consultation and of a つなぐシート, without a database."""

from datetime import UTC, date, datetime

import pytest

from kasane_intake.domain.consultation import (
    Channel,
    Consultation,
    ConsultationStatus,
    ContactPerson,
    Escalation,
    Screening,
)
from kasane_intake.domain.errors import (
    ArrearsNotShared,
    ConsentMissing,
    OutcomeMissing,
    StillOnItsWay,
    WrongStep,
)
from kasane_intake.domain.folding import fold
from kasane_intake.domain.referral_sheet import ReferralSheet, SheetStatus
from kasane_intake.handlers import working_days_after


def received(*, urgent: bool = False) -> Consultation:
    return Consultation.receive(
        consultation_id="c-1",
        number="2026-000001",
        received_at=datetime(2026, 11, 21, 1, tzinfo=UTC),
        received_by="a-1",
        desk="zei",
        channel=Channel.WINDOW,
        story="税が払えない",
        categories=("income",),
        main_category="debt",
        contact=ContactPerson(),
        persons=(),
        urgent=urgent,
        area="",
        screening=Screening(),
        extensions={},
    )


def sent_sheet() -> ReferralSheet:
    return ReferralSheet(
        id="s-1",
        consultation_id="c-1",
        from_office="zei",
        to_office="seikatsu",
        reason="生活費",
        consent=True,
        companionship="accompany",
        sent_on=date(2026, 11, 20),
        acknowledge_by=date(2026, 11, 25),
        overdue_role="responsible",
    )


def test_the_most_troubling_category_is_one_of_the_categories() -> None:
    assert received().categories == ("income", "debt")


def test_an_urgent_consultation_starts_as_an_emergency() -> None:
    assert received(urgent=True).status is ConsultationStatus.EMERGENCY


def test_there_is_no_rejected() -> None:
    assert "rejected" not in {status.value for status in ConsultationStatus}


def test_beyond_the_single_agency_it_waits_for_the_target_role() -> None:
    consultation = received()

    consultation.escalate(Escalation("multi_agency", "coordinator", "通常の連携では難しい"))

    assert consultation.status is ConsultationStatus.ESCALATED


@pytest.mark.parametrize("outcome", ["", "   "])
def test_i_13_a_consultation_does_not_end_without_an_outcome(outcome: str) -> None:
    consultation = received()

    with pytest.raises(OutcomeMissing):
        consultation.answer(outcome, sheets_on_their_way=False)

    assert consultation.status is ConsultationStatus.RECEIVED


def test_i_13_a_consultation_does_not_end_while_a_sheet_has_no_taker() -> None:
    consultation = received()
    consultation.sheet_sent()

    with pytest.raises(StillOnItsWay):
        consultation.answer("案内した", sheets_on_their_way=True)

    assert consultation.status is ConsultationStatus.CONNECTING


def test_connected_needs_a_taker_for_every_sheet() -> None:
    consultation = received()
    consultation.sheet_sent()

    consultation.sheet_settled(accepted=True, others_on_their_way=True)
    between = consultation.status
    consultation.sheet_settled(accepted=True, others_on_their_way=False)

    assert between is ConsultationStatus.CONNECTING
    assert consultation.status is ConsultationStatus.CONNECTED


def test_an_ended_consultation_takes_no_step() -> None:
    consultation = received()
    consultation.answer("案内した", sheets_on_their_way=False)

    with pytest.raises(WrongStep):
        consultation.screen(Screening(True, True))


def test_a_sheet_without_consent_cannot_be_made() -> None:
    with pytest.raises(ConsentMissing):
        ReferralSheet(**{**vars(sent_sheet()), "consent": False})


def test_i_21_arrears_go_along_only_with_their_own_consent() -> None:
    with pytest.raises(ArrearsNotShared):
        ReferralSheet(**{**vars(sent_sheet()), "includes_arrears": True})


def test_the_sender_is_responsible_until_the_sheet_is_accepted() -> None:
    sheet = sent_sheet()
    responsible = [sheet.on_its_way]

    sheet.acknowledge(date(2026, 12, 1))
    responsible.append(sheet.on_its_way)
    sheet.accept()
    responsible.append(sheet.on_its_way)

    assert responsible == [True, True, False]


def test_an_accepted_sheet_is_not_given_back() -> None:
    sheet = sent_sheet()
    sheet.accept()

    with pytest.raises(WrongStep):
        sheet.give_back("担当が違う")

    assert sheet.status is SheetStatus.ACCEPTED


def test_a_sheet_is_overdue_the_day_after_its_term() -> None:
    sheet = sent_sheet()

    assert not sheet.overdue(date(2026, 11, 25))
    assert sheet.overdue(date(2026, 11, 26))


def test_two_working_days_pass_over_a_weekend_and_a_holiday() -> None:
    assert working_days_after(date(2026, 11, 20), 2) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("ﾔﾏｶﾜ", "山川 やまかわ"), ("やまかわ", "ヤマカワ"), ("ＡＢ１", "ab1"), ("山　川", "山川")],
)
def test_search_does_not_mind_width_kana_case_and_spaces(typed: str, stored: str) -> None:
    assert fold(typed) in fold(stored)
