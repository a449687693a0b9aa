"""What is due is proposed for an agenda, and an agenda is built as a whole."""

from datetime import timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.agenda import LegalKind
from kasane_cases.domain.case import ClosingOutcome
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import (
    ConsentNeeded,
    SupportNotDecided,
)
from kasane_cases.domain.plan_records import GoalCheck, GoalResult
from kasane_cases.domain.support_plan import PlanOutcome
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"

CONTACT = commands.AttendeeAsked(account_id="account-contact")
FAMILY = commands.AttendeeAsked(AttendeeKind.PERSON_OR_FAMILY, name="試験 次郎")


def proposals(at_work, session_id):
    with at_work.bench.reading() as connection:
        session = at_work.read_session(session_id)
        found = queries.agenda_proposals(connection, at_work.coordinator, session)
    return [(one.kind.value, one.person_id) for one in found]


def test_what_is_due_is_proposed_with_its_reason(at_work):
    case_id = at_work.case(MOTHER)
    held = at_work.session()
    item_id = at_work.item(held, case_id, MOTHER)
    at_work.open(held)
    at_work.do(handlers.record_decision, at_work.decision(held, item_id))
    at_work.do(handlers.hold_session, commands.HoldSession(held))
    at_work.plan(case_id, MOTHER)
    session_id = at_work.session(on=clock.today() + timedelta(days=30))

    assert proposals(at_work, session_id) == [
        ("plan_to_decide", MOTHER),
        ("decision_open", MOTHER),
    ]
    at_work.item(session_id, case_id, MOTHER)
    assert proposals(at_work, session_id) == []


def test_a_running_plan_is_proposed_when_somebody_has_to_look_and_an_evaluated_one_no_more(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)
    due = at_work.read_plan(case_id, plan_id).review_on
    before = at_work.session(on=due - timedelta(days=1))
    session_id = at_work.session(on=due)
    assert proposals(at_work, before) == []
    assert proposals(at_work, session_id) == [("plan_review", MOTHER)]

    at_work.do(
        handlers.evaluate_plan,
        commands.EvaluatePlan(
            evaluation_id=new_id(),
            case_id=case_id,
            plan_id=plan_id,
            version=at_work.read_plan(case_id, plan_id).version,
            outcome=PlanOutcome.END,
            summary="目標に届いた",
            checks=(GoalCheck(1, GoalResult.ACHIEVED),),
            on=clock.today(),
        ),
    )

    assert proposals(at_work, session_id) == []


def test_i_04_a_support_conference_proposes_nothing_to_others_but_the_consent_gained(at_work):
    case_id = at_work.case(MOTHER)
    support = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(support, case_id, SON)
    at_work.open(support)
    at_work.do(handlers.record_decision, at_work.decision(support, item_id))
    at_work.do(handlers.hold_session, commands.HoldSession(support))
    session_id = at_work.session()

    before = proposals(at_work, session_id)
    at_work.consent(case_id, SON)

    assert (before, proposals(at_work, session_id)) == ([], [("consent_gained", SON)])
    assert proposals(at_work, at_work.session(LegalKind.SUPPORT_CONFERENCE)) == [
        ("decision_open", SON)
    ]


def test_drafts_of_closed_cases_crowd_no_open_case_out(at_work, monkeypatch):
    monkeypatch.setattr(queries.proposals, "MOST", 2)
    closed = at_work.case(MOTHER)
    for _ in range(2):
        at_work.draft(closed, MOTHER)
    version = at_work.read_case(closed).version
    at_work.do(
        handlers.close_case,
        commands.CloseCase(closed, ClosingOutcome.ROLES_SETTLED, "落ち着いた", version, "福祉課"),
    )
    at_work.plan(at_work.case(MOTHER), MOTHER)

    assert proposals(at_work, at_work.session()) == [("plan_to_decide", MOTHER)]


def test_who_did_not_consent_yet_crowds_nobody_out_who_did(at_work, monkeypatch):
    monkeypatch.setattr(queries.proposals, "MOST", 1)
    cases = [at_work.case() for _ in range(3)]
    for case_id in cases:
        at_work.held(case_id, SON, legal_kind=LegalKind.SUPPORT_CONFERENCE)
    at_work.consent(cases[-1], SON)

    assert proposals(at_work, at_work.session()) == [("consent_gained", SON)]


def test_many_proposals_of_one_reason_leave_room_for_the_others(at_work, monkeypatch):
    monkeypatch.setattr(queries.proposals, "MOST", 1)
    case_id = at_work.case(MOTHER)
    held = at_work.session()
    item_id = at_work.item(held, case_id, MOTHER)
    at_work.open(held)
    at_work.do(handlers.record_decision, at_work.decision(held, item_id))
    for _ in range(2):
        at_work.plan(case_id, MOTHER)

    assert proposals(at_work, at_work.session()) == [
        ("plan_to_decide", MOTHER),
        ("decision_open", MOTHER),
    ]


def test_an_agenda_is_built_as_a_whole_or_not_at_all(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    good = commands.AddAgendaItem(new_id(), session_id, "方針", case_id, MOTHER)
    bad = commands.AddAgendaItem(new_id(), session_id, "方針", case_id, SON)

    with pytest.raises(ConsentNeeded):
        at_work.do(handlers.build_agenda, commands.BuildAgenda(session_id, (good, bad)))
    assert at_work.read_session(session_id).items == []
    at_work.do(handlers.build_agenda, commands.BuildAgenda(session_id, (good,)))
    at_work.do(handlers.build_agenda, commands.BuildAgenda(session_id, (good,)))

    assert [item.person_id for item in at_work.read_session(session_id).items] == [MOTHER]


def test_i_06_a_proposal_of_an_undecided_case_is_refused(at_work):
    case_id = at_work.case(MOTHER, support_decided=False)
    session_id = at_work.session()
    item = commands.AddAgendaItem(new_id(), session_id, "方針", case_id, MOTHER)

    with pytest.raises(SupportNotDecided):
        at_work.do(handlers.build_agenda, commands.BuildAgenda(session_id, (item,)))

    assert at_work.read_session(session_id).items == []
