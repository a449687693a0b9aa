"""The pages of cases: what they show, what they refuse and why, and that a wrong form is kept."""

import re

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus, GrantSubject
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import ConsentState
from kasane_contracts import cases as says
from kasane_kit import clock

MOTHER, SON = "person-mother", "person-son"


def read(at_work, case_id):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, at_work.coordinator, case_id, clock.today())


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


def test_the_list_shows_what_waits_and_what_is_open(at_work, browser):
    case_id = at_work.case()
    waiting = at_work.consultation(number="2026-000077", urgent=True)

    shown = browser.get("/cases").text

    assert "2026-000077" in shown
    assert f"/cases/new?consultation={waiting}" in shown
    assert f"/cases/292095/cases/{case_id}" in shown
    assert "同意を確かめていない人がいる" in shown
    assert "試験町1番地" not in shown


def test_who_does_not_coordinate_gets_no_button_to_open_a_case(at_work):
    at_work.consultation(target_role="contact", urgent=True)
    contact = at_work.bench.visit_as(
        at_work.bench.staff("contact", account_id="account-contact", roles=("contact",))
    )

    assert "/cases/new" not in contact.get("/cases").text
    assert contact.get("/cases/new").status_code == 403


def test_a_case_is_opened_from_the_form_once_however_often_it_is_sent(at_work, browser):
    consultation_id = at_work.consultation()
    form = {
        "consultation_id": consultation_id,
        "submission": "submission-1",
        "consent_confirmed": [MOTHER],
        "support_decided": "1",
        "support_reason": "支援決定",
    }

    first = browser.post("/cases", form)
    second = browser.post("/cases", form)
    third = browser.post("/cases", {**form, "submission": "submission-2"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert third.status_code == 409
    assert "すでにケースが開かれています" in third.text
    assert first.location == second.location
    assert len(at_work.bench.said(says.CaseOpened)) == 1
    page = read(at_work, first.location.rsplit("/", 1)[1])
    assert page.consent_state(MOTHER, clock.today()) is ConsentState.GIVEN
    assert page.case.support_decided is True


def test_a_consultation_that_has_a_case_leads_to_it(at_work, browser):
    consultation_id = at_work.consultation()
    case_id = at_work.case(consultation_id=consultation_id)

    answer = browser.get(f"/cases/new?consultation={consultation_id}")

    assert answer.location.endswith(f"/cases/{case_id}")


def test_opening_without_anybody_says_so(at_work, browser):
    answer = browser.post("/cases", {"submission": "s", "support_reason": "残る言葉"})

    assert answer.status_code == 422
    assert "世帯の人を1人以上入力してください" in answer.text
    assert "残る言葉" in answer.text
    assert at_work.bench.said(says.CaseOpened) == []


def test_a_wrong_birth_date_is_shown_at_its_row(at_work, browser):
    answer = browser.post(
        "/cases",
        {"submission": "s", "persons-0-name": "試験 三郎", "persons-0-birth_date": "昨日"},
    )

    assert answer.status_code == 422
    assert "生年月日を日付として読み取れません" in answer.text
    assert 'value="試験 三郎"' in answer.text
    assert at_work.bench.said(says.CaseOpened) == []


def test_a_case_shows_each_persons_consent_and_why_a_conference_is_closed_to_them(at_work, browser):
    case_id = at_work.case(MOTHER)

    shown = browser.get(f"/cases/{case_id}").text

    assert re.search(r"k-consent--given.*同意あり", shown)
    assert re.search(r"k-consent--not_asked.*未確認", shown)
    assert "重層的支援会議</strong>：かけられません" in shown
    assert "試験 太郎さんの有効な本人同意がありません（未確認）。" in shown


def test_ikomas_case_page_says_that_the_city_has_not_decided(at_work_in):
    at_work = at_work_in("ikoma")
    case_id = at_work.case(MOTHER)

    shown = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}").text

    assert "町が決めていません" in shown
    assert "本人同意のない方のことを検討する会議体を定めていません" in shown


def test_a_case_that_is_not_open_to_somebody_is_not_found(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.visit_as(at_work.bench.staff("contact", account_id="account-contact"))

    for path in (
        f"/cases/{case_id}",
        f"/cases/{case_id}/needs/fragment",
        f"/cases/{case_id}/consents/{SON}",
        f"/cases/{case_id}/needs/new",
        f"/cases/{case_id}/outreach/new",
        f"/cases/{case_id}/plans/new",
    ):
        assert contact.get(path).status_code == 404
    answer = contact.post(f"/cases/{case_id}/consents/{SON}", given())
    assert answer.status_code == 404
    assert [c.person_id for c in at_work.consents(case_id)] == [MOTHER]


def test_who_sees_one_person_does_not_read_the_others_name_or_the_story(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")
    session_id = at_work.session(
        LegalKind.MULTI_AGENCY_CONFERENCE, commands.AttendeeAsked(account_id="account-contact")
    )
    at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)

    shown = at_work.bench.visit_as(contact).get(f"/cases/{case_id}").text

    assert "試験 よし子" in shown
    assert "試験 太郎" not in shown
    assert "長男は外に出ていない" not in shown


def test_a_plan_is_written_decided_and_the_case_observed_and_closed(at_work, browser):
    case_id = at_work.case(MOTHER)
    browser.post(
        f"/cases/{case_id}/plans",
        {
            "kind": "multi_agency",
            "persons": [MOTHER],
            "goals-0-goal": "家計が落ち着く",
            "goals-0-long_term": "1",
            "goals-1-goal": "滞納を分けて払う",
            "goals-1-goal_person": MOTHER,
            "tracks-0-person_id": MOTHER,
            "tracks-0-what": "分納の相談",
            "tracks-0-who": "税の窓口",
            "tracks-0-due_on": "2027-01-31",
            "submission": "a",
        },
    )
    plan = read(at_work, case_id).plans[0]
    assert [(g.text, g.term.value, g.person_id) for g in plan.goals] == [
        ("家計が落ち着く", "long", ""),
        ("滞納を分けて払う", "short", MOTHER),
    ]
    assert [(t.what, t.agency, t.due_on.isoformat()) for t in plan.tracks] == [
        ("分納の相談", "税の窓口", "2027-01-31")
    ]
    greyed = browser.get(f"/cases/{case_id}/plans/{plan.id}/decision").text
    assert "このケースを扱って終わった重層的支援会議がありません" in greyed
    session_id = at_work.held(case_id, MOTHER)
    browser.post(f"/cases/{case_id}/plans/{plan.id}/submission", {"version": "1"})
    browser.post(f"/cases/{case_id}/plans/{plan.id}/decision", {"session_id": session_id})
    waiting = browser.get(f"/cases/{case_id}/plans/{plan.id}").text
    assert "試験 よし子さんの合意が記録されていないため" in waiting
    browser.post(
        f"/cases/{case_id}/plans/{plan.id}/persons/{MOTHER}/agreement",
        {
            "agreed": "1",
            "way": "spoken",
            "on": clock.today().isoformat(),
            "given_by": "self",
            "edition": "1",
            "submission": "b",
        },
    )
    case = at_work.read_case(case_id)
    assert case.status is CaseStatus.IN_SUPPORT
    no_date = browser.post(
        f"/cases/{case_id}/status", {"status": "observing", "version": str(case.version)}
    )
    assert no_date.status_code == 422
    assert "経過観察には、次に見直す日を入力してください" in no_date.text
    browser.post(
        f"/cases/{case_id}/status",
        {"status": "observing", "review_on": "2027-03-01", "version": str(case.version)},
    )
    assert at_work.read_case(case_id).status is CaseStatus.OBSERVING
    version = str(at_work.read_case(case_id).version)
    nothing = browser.post(
        f"/cases/{case_id}/close",
        {"outcome": "roles_settled", "evaluation": "", "version": version},
    )
    assert nothing.status_code == 422
    assert 'id="field-evaluation-error"' in nothing.text
    assert 'id="field-next_contact-error"' in nothing.text
    browser.post(
        f"/cases/{case_id}/close",
        {
            "outcome": "roles_settled",
            "evaluation": "落ち着いた",
            "next_contact": "生活支援課",
            "version": version,
        },
    )

    assert at_work.read_case(case_id).status is CaseStatus.CLOSED
    assert "落ち着いた" in browser.get(f"/cases/{case_id}").text
    assert f"/cases/{case_id}" in browser.get("/cases?closed=1").text


def test_a_state_that_somebody_else_changed_meanwhile_is_refused(at_work, browser):
    case_id = at_work.case(MOTHER)

    answer = browser.post(f"/cases/{case_id}/status", {"status": "assessment", "version": "9"})

    assert answer.status_code == 412
    assert at_work.read_case(case_id).status is CaseStatus.IDENTIFIED


def test_multi_agency_states_are_greyed_without_consent(at_work, browser):
    case_id = at_work.case()

    shown = browser.get(f"/cases/{case_id}/status").text

    assert re.search(r'value="assessment" required disabled', shown)
    assert "世帯のだれの同意もないため" in shown


def test_eniwas_words_for_the_states_are_shown(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER)
    at_work.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,)))

    shown = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}/status").text

    assert "支援方針の再検討" in shown


def test_the_team_is_added_and_taken_off(at_work, browser):
    case_id = at_work.case()
    at_work.bench.staff("contact", account_id="account-contact", name="担当 次郎")

    browser.post(f"/cases/{case_id}/team", {"member": "account:account-contact", "submission": "a"})
    (grant,) = read(at_work, case_id).team
    shown = browser.get(f"/cases/{case_id}").text
    browser.post(f"/cases/{case_id}/team/{grant.id}/end")

    assert grant.subject_kind is GrantSubject.ACCOUNT
    assert "担当 次郎" in shown
    assert read(at_work, case_id).team == ()


def test_somebody_unknown_is_not_added_to_the_team(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(f"/cases/{case_id}/team", {"member": "account:nobody"})

    assert answer.status_code == 422
    assert read(at_work, case_id).team == ()


def test_the_decision_to_support_is_recorded_on_the_case(at_work, browser):
    case_id = at_work.case(support_decided=False)

    empty = browser.post(f"/cases/{case_id}/support-decision", {"support_reason": ""})
    browser.post(f"/cases/{case_id}/support-decision", {"support_reason": "支援決定会議"})

    assert empty.status_code == 422
    assert at_work.read_case(case_id).support_reason == "支援決定会議"


def test_what_somebody_told_leads_to_the_service_it_came_from(at_work, browser):
    consultation_id = at_work.consultation()
    case_id = at_work.case(consultation_id=consultation_id)
    session_id = at_work.held(case_id)

    shown = browser.get(f"/cases/{case_id}").text

    assert f"/intake/292095/consultations/{consultation_id}" in shown
    assert f"/cases/292095/conferences/{session_id}" not in shown
