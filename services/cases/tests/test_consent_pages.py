"""Consent, needs, referrals and requests for visits on their pages."""

import re

import pytest

from kasane_cases import queries
from kasane_cases.domain.consent import ConsentState
from kasane_contracts import cases as says
from kasane_contracts.resources import HumanServicesSuggested, Suggestion
from kasane_kit import clock

MOTHER, SON = "person-mother", "person-son"


def read(at_work, case_id):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, at_work.coordinator, case_id, clock.today())


def hidden(page, name):
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)[1]


def given(**changes):
    return {
        "state": "given",
        "purposes": ["multi_agency", "handoff"],
        "recipients": ["municipal_staff", "partner_agency"],
        "data_classes": ["identity", "contact", "record"],
        "given_by": "self",
        "method": "spoken",
        **changes,
    }


def test_consent_is_recorded_and_the_history_stays(at_work, browser):
    case_id = at_work.case()

    saved = browser.post(f"/cases/{case_id}/consents/{SON}", given(submission="a"))
    browser.post(f"/cases/{case_id}/consents/{SON}", {"state": "withdrawn", "number": "1"})

    assert saved.status_code == 303
    assert [c.state for c in at_work.consents(case_id)] == [
        ConsentState.GIVEN,
        ConsentState.WITHDRAWN,
    ]
    shown = browser.get(f"/cases/{case_id}/consents/{SON}").text
    assert "撤回" in shown
    assert "口頭（記録を残す）" in shown


def test_i_08_a_consent_is_not_written_over_a_withdrawal_that_was_not_read(at_work, browser):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    path = f"/cases/{case_id}/consents/{SON}"
    read = hidden(browser.get(path).text, "number")
    at_work.withdraw(case_id, SON)

    stale = browser.post(path, given(number=read, note="電話で聞いた"))
    unread = browser.post(path, given())
    refused = [one.state.value for one in at_work.consents(case_id)]
    again = browser.post(path, given(number=hidden(stale.text, "number")))

    assert (stale.status_code, unread.status_code) == (412, 412)
    assert refused == ["given", "withdrawn"]
    assert "電話で聞いた" in stale.text
    assert "撤回" in stale.text
    assert again.status_code == 303
    assert [one.number for one in at_work.consents(case_id)] == [1, 2, 3]


@pytest.mark.parametrize("missing", ["purposes", "recipients", "data_classes", "method"])
def test_a_consent_with_something_missing_is_shown_at_its_field(at_work, browser, missing):
    case_id = at_work.case()

    answer = browser.post(
        f"/cases/{case_id}/consents/{SON}", given(note="聞いた言葉", **{missing: []})
    )

    assert answer.status_code == 422
    assert f'id="field-{missing}-error"' in answer.text
    assert "聞いた言葉" in answer.text
    assert at_work.consents(case_id) == ()


def test_a_consent_that_is_too_long_is_refused_with_the_towns_last_day(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(f"/cases/{case_id}/consents/{SON}", given(expires_on="2099-01-01"))

    assert answer.status_code == 422
    assert "同意の期間が町の定めより長くなっています" in answer.text
    assert at_work.consents(case_id) == ()


def test_a_first_day_out_of_bounds_is_shown_again_with_what_was_typed(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(
        f"/cases/{case_id}/consents/{SON}", given(valid_from="9999-12-01", note="聞いた言葉")
    )

    assert answer.status_code == 422
    assert 'id="field-valid_from-error"' in answer.text
    assert "聞いた言葉" in answer.text
    assert at_work.consents(case_id) == ()


def test_a_need_is_written_and_its_suggestions_arrive_in_the_fragment(at_work, browser):
    case_id = at_work.case()

    browser.post(
        f"/cases/{case_id}/needs",
        {"person_id": SON, "category": "no_food", "description": "食べ物", "submission": "a"},
    )
    before = browser.get(f"/cases/{case_id}/needs/fragment").text
    need = read(at_work, case_id).needs[0]
    suggestion = Suggestion("service-1", "フードバンク見本", 80.0, ("食べ物に合います",))
    at_work.bench.hear(HumanServicesSuggested(need.id, case_id, (suggestion,), ("夜の場所",)))
    after = browser.get(f"/cases/{case_id}/needs/fragment").text

    assert "data-done" not in before
    assert "候補を探しています" in before
    assert "data-done" in after
    assert "フードバンク見本" in after
    assert "食べ物に合います" in after
    assert "夜の場所" in after
    assert "disabled" in after
    assert "試験 太郎さんの同意が、この依頼（つなぎ）を含んでいない" in after


def test_a_need_without_words_is_refused_at_its_field(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(f"/cases/{case_id}/needs", {"person_id": SON, "category": "no_food"})

    assert answer.status_code == 422
    assert "どんな困りごとかを入力してください" in answer.text
    assert at_work.bench.said(says.SupportNeedIdentified) == []


def test_a_referral_without_consent_is_refused_with_its_reason(at_work, browser):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)

    answer = browser.post(
        f"/cases/{case_id}/needs/{need_id}/referral",
        {"human_service_id": "service-1", "recipient": "partner_agency", "submission": "a"},
    )

    assert answer.status_code == 409
    assert "試験 太郎さんの有効な同意がありません（今の状態：未確認）。" in answer.text
    assert at_work.bench.said(says.ReferralRequested) == []


def test_a_referral_with_consent_goes_out(at_work, browser):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    at_work.consent(case_id, SON)

    answer = browser.post(
        f"/cases/{case_id}/needs/{need_id}/referral",
        {"human_service_id": "service-1", "recipient": "partner_agency", "submission": "a"},
    )

    assert answer.status_code == 303
    assert len(at_work.bench.said(says.ReferralRequested)) == 1


@pytest.mark.parametrize("minutes", ["4", "481", "ながく"])
def test_a_visit_of_an_impossible_length_is_refused(at_work, browser, minutes):
    case_id = at_work.case()

    answer = browser.post(
        f"/cases/{case_id}/outreach",
        {"person_id": SON, "purpose": "訪問", "agency": "coordinator", "duration": minutes},
    )

    assert answer.status_code == 422
    assert 'id="field-duration-error"' in answer.text
    assert at_work.bench.said(says.OutreachRequested) == []


def test_a_visit_is_asked_for(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(
        f"/cases/{case_id}/outreach",
        {
            "person_id": SON,
            "purpose": "顔を合わせる",
            "agency": "coordinator",
            "duration": "60",
            "by_when": "R8.12.1",
            "submission": "a",
        },
    )

    assert answer.status_code == 303
    (event,) = at_work.bench.said(says.OutreachRequested)
    assert (event.minutes, event.by_when.isoformat()) == (60, "2026-12-01")
    assert "顔を合わせる" in browser.get(f"/cases/{case_id}").text
