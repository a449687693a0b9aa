"""What must never happen to a plan and at the end of a case."""

from datetime import timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus, ClosingOutcome
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.errors import (
    ClosingIncomplete,
    NobodyConsents,
    PlanNotDeliberated,
)
from kasane_cases.domain.support_plan import PlanKind, PlanStatus
from kasane_contracts import cases as says
from kasane_kit import clock

MOTHER, SON = "person-mother", "person-son"
SUPPORT = LegalKind.SUPPORT_CONFERENCE
MULTI_AGENCY = LegalKind.MULTI_AGENCY_CONFERENCE


def test_i_14_a_plan_is_not_decided_by_a_session_that_did_not_speak_of_the_person(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    plan_id = at_work.plan(case_id, MOTHER, SON)
    session_id = at_work.held(case_id, MOTHER)

    with pytest.raises(PlanNotDeliberated):
        at_work.do(
            handlers.decide_plan,
            commands.DecidePlan(case_id, plan_id, session_id, (MOTHER, SON)),
        )

    assert at_work.bench.said(says.SupportPlanAgreed) == []
    assert at_work.read_case(case_id).status is CaseStatus.PLAN_DRAFT


def test_i_14_a_plan_is_not_decided_by_a_support_conference(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER, legal_kind=SUPPORT)

    with pytest.raises(PlanNotDeliberated):
        at_work.do(
            handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,))
        )

    assert at_work.bench.said(says.SupportPlanAgreed) == []


def test_i_14_a_plan_is_not_decided_before_the_session_is_over(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.session(MULTI_AGENCY)
    at_work.item(session_id, case_id, MOTHER)

    with pytest.raises(PlanNotDeliberated):
        at_work.do(
            handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,))
        )

    assert at_work.bench.said(says.SupportPlanAgreed) == []


def test_i_14_a_decided_plan_holds_for_nobody_before_they_agree(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER)

    at_work.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id))

    plan = at_work.read_plan(case_id, plan_id)
    assert (plan.status, plan.not_agreed) == (PlanStatus.DECIDED, (MOTHER,))
    assert at_work.bench.said(says.SupportPlanAgreed) == []
    assert at_work.read_case(case_id).status is CaseStatus.PLAN_DRAFT


def test_i_14_a_plan_is_decided_at_a_held_session_with_consent_and_agreement(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER)

    at_work.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,)))

    (event,) = at_work.bench.said(says.SupportPlanAgreed)
    assert (event.plan_id, event.session_id, event.decided_on) == (
        plan_id,
        session_id,
        clock.today(),
    )
    assert event.review_on == clock.today() + timedelta(days=90)
    case = at_work.read_case(case_id)
    assert (case.status, case.review_on) == (CaseStatus.IN_SUPPORT, event.review_on)
    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert page.plan(plan_id).status is PlanStatus.ACTIVE


@pytest.mark.parametrize(
    ("evaluation", "next_contact", "nobody", "missing"),
    [
        ("", "包括支援センター", False, "closing_needs_evaluation"),
        ("落ち着いた", "", False, "closing_needs_next_contact"),
        ("落ち着いた", "包括支援センター", True, "closing_needs_next_contact"),
    ],
)
def test_i_15_a_case_does_not_end_without_evaluation_and_next_contact(
    at_work, evaluation, next_contact, nobody, missing
):
    case_id = at_work.case(MOTHER)

    with pytest.raises(ClosingIncomplete) as refused:
        at_work.do(
            handlers.close_case,
            commands.CloseCase(
                case_id,
                ClosingOutcome.ROLES_SETTLED,
                evaluation,
                1,
                next_contact,
                no_contact_needed=nobody,
            ),
        )

    assert refused.value.code == missing
    assert at_work.read_case(case_id).status is CaseStatus.IDENTIFIED
    assert at_work.bench.said(says.CaseClosed) == []


def test_i_15_a_case_ends_with_an_explicit_none_needed(at_work):
    case_id = at_work.case(MOTHER)

    at_work.do(
        handlers.close_case,
        commands.CloseCase(
            case_id, ClosingOutcome.ROLES_SETTLED, "落ち着いた", 1, no_contact_needed=True
        ),
    )

    (event,) = at_work.bench.said(says.CaseClosed)
    assert (event.case_id, event.outcome) == (case_id, "roles_settled")
    assert event.closed_on == clock.today()
    assert at_work.read_case(case_id).status is CaseStatus.CLOSED


def test_outreach_becomes_multi_agency_only_with_somebodys_consent(at_work):
    case_id = at_work.case()

    with pytest.raises(NobodyConsents):
        at_work.do(handlers.change_status, commands.ChangeStatus(case_id, CaseStatus.ASSESSMENT, 1))
    at_work.consent(case_id, SON)
    at_work.do(handlers.change_status, commands.ChangeStatus(case_id, CaseStatus.ASSESSMENT, 1))

    assert at_work.read_case(case_id).status is CaseStatus.ASSESSMENT


ONE_BODY = "comprehensive_support_conference"


def held_before_the_one_body(town, case_id, *person_ids):
    session_id = town.session(SUPPORT, body=ONE_BODY)
    for person_id in person_ids:
        town.item(session_id, case_id, person_id)
    town.open(session_id)
    town.do(handlers.hold_session, commands.HoldSession(session_id))
    return session_id


def test_i_14_the_one_body_that_a_town_names_decides_for_who_consented(at_work_in):
    town = at_work_in("hokuei", "292095")
    case_id = town.case(MOTHER)
    plan_id = town.plan(case_id, MOTHER)
    session_id = held_before_the_one_body(town, case_id, MOTHER, SON)

    town.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,)))

    (said,) = town.bench.said(says.SupportPlanAgreed)
    assert (said.plan_id, said.session_id) == (plan_id, session_id)


def test_i_14_the_one_body_of_a_town_does_not_decide_for_who_did_not_consent(at_work_in):
    town = at_work_in("hokuei", "292095")
    case_id = town.case(MOTHER)
    plan_id = town.plan(case_id, MOTHER, SON)
    session_id = held_before_the_one_body(town, case_id, MOTHER, SON)

    with pytest.raises(PlanNotDeliberated):
        town.do(
            handlers.decide_plan,
            commands.DecidePlan(case_id, plan_id, session_id, (MOTHER, SON)),
        )

    assert town.bench.said(says.SupportPlanAgreed) == []


def test_i_16_in_kasugai_a_participation_waits_for_the_conferences_judgement(at_work_in):
    town = at_work_in("kasugai", "292095")
    case_id = town.case(MOTHER)
    plan_id = town.plan(case_id, MOTHER, kind=PlanKind.PARTICIPATION)
    closed = town.held(case_id, MOTHER, legal_kind=SUPPORT)

    with pytest.raises(PlanNotDeliberated):
        town.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, closed, (MOTHER,)))
    assert town.read_plan(case_id, plan_id).status is PlanStatus.SUBMITTED

    judged = town.held(case_id, MOTHER)
    town.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, judged, (MOTHER,)))
    assert town.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE
