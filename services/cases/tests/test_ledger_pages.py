"""The ledger through pages and API: told or refused in a sentence, and a second person approves."""

import pytest

from kasane_cases.domain.consent import ConsentState
from kasane_cases.repository import Ledger, LegalGrounds

MOTHER, SON = "person-mother", "person-son"
HOSPITAL = "試験病院"


@pytest.fixture
def head(at_work):
    return at_work.bench.visit_as(
        at_work.bench.staff("coordinator", account_id="account-head", name="課長 次子")
    )


def told(at_work, case_id):
    with at_work.bench.reading() as connection:
        return Ledger(connection).of_case(case_id)


def grounds(at_work, case_id):
    with at_work.bench.reading() as connection:
        return LegalGrounds(connection).of_case(case_id)


def telling(**changes):
    return {
        "person_id": SON,
        "destination": "partner_agency",
        "to_whom": HOSPITAL,
        "told_for": "handoff",
        "told_classes": ["identity", "health"],
        "submission": "submission-1",
        **changes,
    }


def asking(**changes):
    return {
        "person_id": SON,
        "destination": "partner_agency",
        "to_whom": HOSPITAL,
        "told_classes": ["identity", "health"],
        "legal_basis": "pipa_69_1",
        "ground_reason": "意識がなく、同意を得られない",
        "submission": "submission-2",
        **changes,
    }


def test_telling_without_a_basis_is_refused_with_what_would_make_it_possible(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(f"/cases/{case_id}/disclosures", telling(telling_note="残る言葉"))

    assert answer.status_code == 409
    assert "試験 太郎さんの有効な同意がありません（今の状態：未確認）" in answer.text
    assert "ほかの法的根拠を記録して承認を受けてください" in answer.text
    assert "残る言葉" in answer.text
    assert f"/cases/{case_id}/legal-grounds/new?" in answer.text
    assert told(at_work, case_id) == ()


def test_what_was_told_stands_in_the_ledger_of_the_case_and_of_the_person_once(at_work, browser):
    case_id = at_work.case()
    at_work.consent(case_id, SON)

    first = browser.post(f"/cases/{case_id}/disclosures", telling())
    again = browser.post(f"/cases/{case_id}/disclosures", telling())

    assert (first.status_code, again.status_code) == (303, 303)
    (line,) = told(at_work, case_id)
    assert (line.recipient, line.act.value, line.basis.value) == (HOSPITAL, "told", "consent")
    shown = browser.get(f"/cases/{case_id}/disclosures").text
    assert HOSPITAL in shown
    assert "氏名など本人が分かること、健康・病気" in shown
    assert HOSPITAL in browser.get(f"/cases/{case_id}/persons/{SON}/disclosures").text
    assert HOSPITAL not in browser.get(f"/cases/{case_id}/persons/{MOTHER}/disclosures").text
    assert "試験 太郎さんのことを試験病院に伝えた" in browser.get(f"/cases/{case_id}").text


def test_another_legal_basis_takes_a_reason_and_a_second_person(at_work, browser, head):
    case_id = at_work.case()
    browser.post(f"/cases/{case_id}/legal-grounds", asking())
    (ground,) = grounds(at_work, case_id)
    at = f"/cases/{case_id}/legal-grounds/{ground.id}/answer"
    assert "承認が求められています" in browser.get(f"/cases/{case_id}").text
    assert browser.post(f"/cases/{case_id}/disclosures", telling()).status_code == 409

    own = browser.post(at, {"answer": "approve"})

    assert own.status_code == 409
    assert "あなた自身が求めたものです" in own.text
    assert grounds(at_work, case_id)[0].answered_at is None
    assert head.post(at, {"answer": "approve", "answer_note": "緊急のため"}).status_code == 303
    assert head.post(at, {"answer": "refuse"}).status_code == 409
    assert grounds(at_work, case_id)[0].approved is True

    done = browser.post(f"/cases/{case_id}/disclosures", telling(submission="submission-3"))

    assert done.status_code == 303
    (line,) = told(at_work, case_id)
    assert (line.basis.value, line.basis_reference) == ("other_law", ground.id)
    assert (line.reason, line.approver) == ("意識がなく、同意を得られない", "account-head")
    shown = browser.get(f"/cases/{case_id}/disclosures").text
    assert "個人情報保護法69条1項：法令に基づく場合" in shown
    assert "承認：課長 次子" in shown
    assert "承認が求められています" not in browser.get(f"/cases/{case_id}").text


def test_an_approved_basis_serves_no_other_recipient_and_no_other_content(at_work, browser, head):
    case_id = at_work.case()
    browser.post(f"/cases/{case_id}/legal-grounds", asking())
    (ground,) = grounds(at_work, case_id)
    head.post(f"/cases/{case_id}/legal-grounds/{ground.id}/answer", {"answer": "approve"})

    other = browser.post(f"/cases/{case_id}/disclosures", telling(to_whom="別の病院"))
    more = browser.post(f"/cases/{case_id}/disclosures", telling(told_classes=["finance"]))

    assert "認められた法的根拠の相手は「試験病院」です" in other.text
    assert "認められた法的根拠は、この内容（収入・滞納など家計）を含んでいません" in more.text
    assert told(at_work, case_id) == ()


def test_a_refused_basis_is_none(at_work, browser, head):
    case_id = at_work.case()
    browser.post(f"/cases/{case_id}/legal-grounds", asking())
    (ground,) = grounds(at_work, case_id)
    at = f"/cases/{case_id}/legal-grounds/{ground.id}/answer"

    head.post(at, {"answer": "refuse", "answer_note": "まず本人に聞く"})

    assert browser.post(f"/cases/{case_id}/disclosures", telling()).status_code == 409
    assert "まず本人に聞く" in browser.get(f"/cases/{case_id}/disclosures").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ground_reason": ""}, "理由を入力してください"),
        ({"legal_basis": "made_up"}, "法的根拠"),
        ({"to_whom": ""}, "相手の名前を入力してください"),
        ({"told_classes": []}, "伝える内容を選んでください"),
        ({"ground_until": "1月32日"}, "いつまでを日付として読み取れません"),
        ({"destination": "municipal_staff"}, "相手の種類"),
    ],
)
def test_a_wrong_request_for_a_basis_is_shown_again(at_work, browser, changes, sentence):
    case_id = at_work.case()

    answer = browser.post(f"/cases/{case_id}/legal-grounds", asking(**changes))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert grounds(at_work, case_id) == ()


def test_an_answer_that_says_neither_is_shown_again(at_work, browser, head):
    case_id = at_work.case()
    browser.post(f"/cases/{case_id}/legal-grounds", asking())
    (ground,) = grounds(at_work, case_id)

    answer = head.post(f"/cases/{case_id}/legal-grounds/{ground.id}/answer", {"answer": "?"})

    assert answer.status_code == 422
    assert "「承認する」か「認めない」を選んでください" in answer.text
    assert grounds(at_work, case_id)[0].answered_at is None


def test_who_has_no_right_to_the_whole_case_does_not_see_its_ledger(at_work):
    case_id = at_work.case()
    stranger = at_work.bench.visit_as(
        at_work.bench.staff("contact", account_id="account-contact", office="care")
    )

    assert stranger.get(f"/cases/{case_id}/disclosures").status_code == 404
    assert stranger.post(f"/cases/{case_id}/disclosures", telling()).status_code == 404
    assert stranger.get(f"/cases/{case_id}/legal-grounds/new").status_code == 404


def test_the_ledger_through_the_api(at_work, browser, head):
    case_id = at_work.case()
    at = f"/api/v1/cases/{case_id}"
    about = {
        "person_id": SON,
        "destination": "partner_agency",
        "recipient": HOSPITAL,
        "data_classes": ["identity"],
    }

    refused = browser.send_json("POST", f"{at}/disclosures", {**about, "purpose": "handoff"})
    asked = browser.send_json(
        "POST", f"{at}/legal-grounds", {**about, "code": "pipa_69_1", "reason": "照会"}
    )
    ground_id = asked.json["legal_grounds"][0]["id"]
    answered = head.send_json("PUT", f"{at}/legal-grounds/{ground_id}/answer", {"approved": True})
    made = browser.send_json("POST", f"{at}/disclosures", {**about, "purpose": "handoff"})

    assert refused.status_code == 409
    assert refused.json["type"] == "urn:kasane:problem:disclosure_consent_missing"
    assert (asked.status_code, answered.status_code, made.status_code) == (201, 200, 201)
    (line,) = made.json["disclosures"]
    assert (line["basis"], line["approver"]) == ("other_law", "account-head")
    assert browser.get(f"{at}/disclosures").json["disclosures"] == [line]
    wrong = browser.send_json("POST", f"{at}/disclosures", {**about, "destination": "moon"})
    assert wrong.status_code == 422
    assert len(told(at_work, case_id)) == 1


def test_a_withdrawn_consent_is_named_in_the_refusal(at_work, browser):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    at_work.consent(case_id, SON, state=ConsentState.WITHDRAWN)

    answer = browser.post(f"/cases/{case_id}/disclosures", telling())

    assert "（今の状態：撤回）" in answer.text
