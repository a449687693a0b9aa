"""The JSON API of cases: the journey in short, and what it refuses."""

import pytest

from kasane_cases.domain.case import CaseStatus
from kasane_cases.domain.conference import SessionStatus
from kasane_contracts import cases as says
from kasane_kit import clock

MOTHER, SON = "person-mother", "person-son"
API = "/api/v1"
SCOPE = {
    "purposes": ["multi_agency", "handoff"],
    "recipients": ["municipal_staff", "partner_agency"],
    "data_classes": ["identity", "contact", "record"],
}


@pytest.fixture
def program(at_work):
    return at_work.bench.visit_as(at_work.coordinator)


def send(program, method, path, body=None, **headers):
    return program.send_json(method, f"{API}{path}", body, headers=headers)


def opened(at_work, program, **changes):
    body = {"consultation_id": at_work.consultation(), "support_decided": True, **changes}
    return send(program, "POST", "/cases", body).json


def test_a_case_is_opened_once_for_one_key(at_work, program):
    body = {"consultation_id": at_work.consultation(), "consent_confirmed": [MOTHER]}

    first = send(program, "POST", "/cases", body, **{"Idempotency-Key": "key-1"})
    second = send(program, "POST", "/cases", body, **{"Idempotency-Key": "key-1"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] == second.json["id"]
    assert len(at_work.bench.said(says.CaseOpened)) == 1
    assert [p["consent_state"] for p in first.json["persons"]] == ["given", "not_asked"]


def test_what_waits_is_listed_without_a_name(at_work, program):
    consultation_id = at_work.consultation()

    answer = program.get(f"{API}/waiting")

    assert [one["id"] for one in answer.json["items"]] == [consultation_id]
    assert "試験" not in answer.text


def test_cases_are_listed_page_by_page(at_work, program):
    first = opened(at_work, program)
    second = opened(at_work, program, consultation_id="", persons=[{"name": "試験 三郎"}])

    page = program.get(f"{API}/cases?limit=1").json
    rest = program.get(f"{API}/cases?limit=1&cursor={page['next_cursor']}").json

    assert [one["id"] for one in page["items"]] == [second["id"]]
    assert [one["id"] for one in rest["items"]] == [first["id"]]
    assert rest["next_cursor"] == ""


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/cases", {"persons": "nobody"}, "persons"),
        ("/cases", {"surprise": 1}, "surprise"),
        ("/cases/{case}/consents", {"person_id": SON}, "state"),
        ("/cases/{case}/consents", {"person_id": SON, "state": "perhaps"}, "state"),
        ("/cases/{case}/needs", {"person_id": SON, "category": "no_food"}, "description"),
        ("/cases/{case}/outreach-requests", {"person_id": SON, "agency": "x"}, "purpose"),
        ("/cases/{case}/plans", {"persons": [], "goals": [{"text": "x"}]}, "persons"),
        ("/conferences", {"body": "x", "legal_kind": "club", "planned_for": "x"}, "legal_kind"),
        ("/conferences", {"appointed": 3_000_000_000}, "appointed"),
        ("/conferences", {"appointed": -1}, "appointed"),
    ],
)
def test_a_malformed_call_names_its_field_and_changes_nothing(at_work, program, path, body, field):
    case = opened(at_work, program)
    before = len(at_work.bench.said())

    answer = send(program, "POST", path.format(case=case["id"]), body)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in answer.json["errors"]
    assert len(at_work.bench.said()) == before


def test_i_02_through_the_api_with_the_reason(at_work, program):
    case = opened(at_work, program, consent_confirmed=[MOTHER])
    session_id = at_work.session()

    answer = send(
        program,
        "POST",
        f"/conferences/{session_id}/items",
        {"topic": "方針", "case_id": case["id"], "person_id": SON},
    )

    assert answer.status_code == 409
    assert answer.json["type"] == "urn:kasane:problem:consent_needed"
    assert "試験 太郎さんの有効な本人同意がない" in answer.json["title"]
    assert at_work.read_session(session_id).items == []


def test_i_01_through_the_api(at_work, program):
    case = opened(at_work, program)
    need_id = at_work.need(case["id"], SON)

    answer = send(
        program,
        "POST",
        f"/cases/{case['id']}/referrals",
        {"need_id": need_id, "human_service_id": "service-1"},
    )

    assert answer.status_code == 409
    assert answer.json["type"] == "urn:kasane:problem:disclosure_consent_missing"
    assert at_work.bench.said(says.ReferralRequested) == []


def test_from_consent_to_a_decided_plan(at_work, program):
    case = opened(at_work, program)
    at = f"/cases/{case['id']}"
    send(
        program,
        "POST",
        f"{at}/consents",
        {"person_id": SON, "number": 0, "state": "given", "method": "written", "scope": SCOPE},
    )
    session = send(
        program,
        "POST",
        "/conferences",
        {
            "body": "multi_agency_conference",
            "legal_kind": "multi_agency_conference",
            "planned_for": clock.today().isoformat(),
        },
    ).json
    here = f"/conferences/{session['id']}"
    (own,) = session["attendees"]
    early = send(program, "POST", f"{here}/opening")
    assert early.status_code == 409
    assert early.json["type"] == "urn:kasane:problem:not_ready_secrecy_missing"
    send(program, "POST", f"{here}/attendees/{own['id']}/secrecy", {})
    send(
        program,
        "POST",
        f"{here}/items",
        {"topic": "プラン", "case_id": case["id"], "person_id": SON},
    )
    assert send(program, "POST", f"{here}/opening").status_code == 200
    goals = [{"text": "外に出る", "person_id": SON}]
    drafted = send(program, "POST", f"{at}/plans", {"persons": [SON], "goals": goals})
    plan = drafted.json
    submission = f"{at}/plans/{plan['id']}/submission"
    submitted = send(program, "PUT", submission, **{"If-Match": drafted.headers["ETag"]})
    assert submitted.json["status"] == "submitted"
    send(program, "POST", f"{here}/holding", {})
    decided = send(
        program,
        "POST",
        f"{at}/plans/{plan['id']}/decision",
        {"session_id": session["id"], "agreed_by": [SON]},
    )

    assert decided.status_code == 200
    assert decided.json["status"] == "active"
    assert program.get(f"{API}{at}").json["status"] == "in_support"
    assert at_work.read_session(session["id"]).status is SessionStatus.HELD
    assert len(at_work.bench.said(says.SupportPlanAgreed)) == 1


def test_a_state_is_changed_only_from_the_version_that_was_read(at_work, program):
    case = opened(at_work, program, consent_confirmed=[MOTHER])
    path = f"/cases/{case['id']}/status"
    tag = program.get(f"{API}/cases/{case['id']}").headers["ETag"]

    without = send(program, "PUT", path, {"status": "assessment"})
    wrong = send(program, "PUT", path, {"status": "assessment"}, **{"If-Match": '"99"'})
    right = send(program, "PUT", path, {"status": "assessment"}, **{"If-Match": tag})

    assert (without.status_code, wrong.status_code, right.status_code) == (428, 412, 200)
    assert at_work.read_case(case["id"]).status is CaseStatus.ASSESSMENT


def test_a_case_ends_through_the_api_only_with_an_evaluation(at_work, program):
    case = opened(at_work, program)
    path = f"/cases/{case['id']}/closing"
    body = {"outcome": "roles_settled", "no_contact_needed": True}

    without = send(program, "PUT", path, body, **{"If-Match": '"1"'})
    ended = send(program, "PUT", path, {**body, "evaluation": "落ち着いた"}, **{"If-Match": '"1"'})

    assert without.status_code == 422
    assert without.json["type"] == "urn:kasane:problem:closing_needs_evaluation"
    assert (ended.status_code, ended.json["status"]) == (200, "closed")


def test_a_support_conference_gives_its_material_to_nobody_else(at_work, program):
    case = opened(at_work, program)
    session = send(
        program,
        "POST",
        "/conferences",
        {
            "body": "support_conference",
            "legal_kind": "support_conference",
            "planned_for": clock.today().isoformat(),
        },
    ).json
    here = f"/conferences/{session['id']}"
    send(program, "POST", f"{here}/attendees/{session['attendees'][0]['id']}/secrecy", {})
    item = send(
        program, "POST", f"{here}/items", {"topic": "x", "case_id": case["id"], "person_id": SON}
    ).json["items"][0]
    send(program, "POST", f"{here}/opening")
    send(
        program,
        "POST",
        f"{here}/items/{item['id']}/facts",
        {"text": "受診が中断している", "source": "包括"},
    )
    other = at_work.bench.visit_as(at_work.bench.staff("coordinator", account_id="account-other"))

    assert "受診が中断している" in program.get(f"{API}{here}").text
    assert other.get(f"{API}{here}").json["items"][0]["facts"] == []


def test_a_case_that_is_not_open_to_somebody_is_not_found(at_work, program):
    case = opened(at_work, program)
    contact = at_work.bench.visit_as(at_work.bench.staff("contact", account_id="account-contact"))

    looked = contact.get(f"{API}/cases/{case['id']}")
    written = send(
        contact,
        "POST",
        f"/cases/{case['id']}/needs",
        {"person_id": SON, "category": "no_food", "description": "x"},
    )

    assert (looked.status_code, written.status_code) == (404, 404)
    assert at_work.bench.said(says.SupportNeedIdentified) == []


def test_a_refusal_writes_days_as_people_do(at_work, program):
    case = opened(at_work, program)
    body = {
        "person_id": MOTHER,
        "number": 0,
        "state": "given",
        "scope": SCOPE,
        "method": "written",
        "valid_from": "2026-11-21",
        "expires_on": "2031-01-01",
    }

    japanese = send(program, "POST", f"/cases/{case['id']}/consents", body)
    english = send(
        program, "POST", f"/cases/{case['id']}/consents", body, **{"Accept-Language": "en"}
    )

    assert (japanese.status_code, english.status_code) == (422, 422)
    assert "令和9年11月21日" in japanese.json["title"]
    assert "2027-11-21" not in japanese.text
    assert "2027-11-21" in english.json["title"]
