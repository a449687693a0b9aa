"""The steps of multi-agency work follow from what happened; each test plays one transition."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus, ClosingOutcome
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import NO_SCOPE, ConsentState
from kasane_cases.domain.plan_records import GoalCheck, GoalResult
from kasane_cases.domain.steps import LINE, WorkStep
from kasane_cases.domain.support_plan import PlanKind, PlanOutcome
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


@pytest.fixture
def walk(at_work):
    return Walk(at_work)


class Walk:
    """One case on its way, and what the page says about it."""

    def __init__(self, town):
        self.town = town
        self.case_id = town.case()

    def steps(self):
        with self.town.bench.reading() as connection:
            file = queries.case_file(connection, self.town.coordinator, self.case_id, clock.today())
            return queries.case_steps(connection, file)

    @property
    def current(self):
        return next((one.step for one in self.steps() if one.current), None)

    @property
    def reached(self):
        return [one.step for one in self.steps() if one.reached_on]

    @property
    def status(self):
        return self.town.read_case(self.case_id).status

    def consent(self):
        self.town.consent(self.case_id, MOTHER)

    def assess(self):
        self.town.do(
            handlers.record_assessment,
            commands.RecordAssessment(
                assessment_id=new_id(),
                case_id=self.case_id,
                person_id=MOTHER,
                form_id="kasane_member",
                form_version=1,
                answers={"opinion": "疲れている"},
            ),
        )

    def decided(self, *agreed):
        plan_id = self.town.plan(self.case_id, MOTHER)
        session_id = self.town.held(self.case_id, MOTHER)
        command = commands.DecidePlan(self.case_id, plan_id, session_id, agreed)
        self.town.do(handlers.decide_plan, command)
        return plan_id

    def evaluated(self, outcome):
        plan_id = self.town.active(self.case_id, MOTHER)
        self.town.do(
            handlers.evaluate_plan,
            commands.EvaluatePlan(
                new_id(),
                self.case_id,
                plan_id,
                on=clock.today(),
                outcome=outcome,
                summary="通えた",
                checks=(GoalCheck(1, GoalResult.PROGRESSING),),
                version=self.town.read_plan(self.case_id, plan_id).version,
                reason="本人の希望",
            ),
        )
        self.town.do(
            handlers.finish_plan,
            commands.FinishPlan(
                self.case_id,
                plan_id,
                self.town.read_plan(self.case_id, plan_id).version,
                new_plan_id=new_id(),
                review_on=clock.today() + timedelta(days=60),
            ),
        )


def test_nothing_has_begun_before_somebody_consents(walk):
    assert (walk.current, walk.reached) == (None, [])
    assert [one.step for one in walk.steps()] == list(LINE)


def test_consent_begins_the_intake(walk):
    walk.consent()

    assert (walk.current, walk.reached) == (WorkStep.INTAKE, [WorkStep.INTAKE])


def test_a_refusal_begins_nothing(walk):
    walk.town.consent(walk.case_id, MOTHER, state=ConsentState.REFUSED, scope=NO_SCOPE, method="")

    assert (walk.current, walk.reached) == (None, [])


def test_an_assessment_with_consent_moves_the_case_to_assessment(walk):
    walk.consent()
    walk.assess()

    assert (walk.current, walk.status) == (WorkStep.ASSESSMENT, CaseStatus.ASSESSMENT)


def test_an_assessment_without_consent_moves_nothing(walk):
    walk.assess()

    assert (walk.current, walk.status) == (None, CaseStatus.IDENTIFIED)


def test_a_draft_moves_the_case_to_the_plan(walk):
    walk.consent()
    walk.assess()
    walk.town.draft(walk.case_id, MOTHER)

    assert (walk.current, walk.status) == (WorkStep.PLAN_DRAFT, CaseStatus.PLAN_DRAFT)


def test_a_step_that_was_left_out_stays_open(walk):
    walk.consent()
    walk.town.draft(walk.case_id, MOTHER)

    assert walk.current is WorkStep.PLAN_DRAFT
    assert walk.reached == [WorkStep.INTAKE, WorkStep.PLAN_DRAFT]


def test_a_held_conference_after_the_plan_was_laid_before_it_is_the_next_step(walk):
    walk.consent()
    walk.town.plan(walk.case_id, MOTHER)
    walk.town.held(walk.case_id, MOTHER)

    assert walk.current is WorkStep.CONFERENCE


def test_a_support_conference_is_no_step_of_multi_agency_work(walk):
    walk.consent()
    walk.town.plan(walk.case_id, MOTHER)
    walk.town.held(walk.case_id, MOTHER, legal_kind=LegalKind.SUPPORT_CONFERENCE)

    assert walk.current is WorkStep.PLAN_DRAFT


def test_a_session_without_a_plan_before_it_decides_none(walk):
    walk.consent()
    walk.town.draft(walk.case_id, MOTHER)
    walk.town.held(walk.case_id, MOTHER)

    assert walk.current is WorkStep.PLAN_DRAFT


def test_a_decision_without_agreement_stays_at_decided(walk):
    walk.consent()
    walk.decided()

    assert (walk.current, walk.status) == (WorkStep.PLAN_DECIDED, CaseStatus.PLAN_DRAFT)


def test_the_persons_agreement_begins_the_support(walk):
    walk.consent()
    walk.decided(MOTHER)

    assert (walk.current, walk.status) == (WorkStep.IN_SUPPORT, CaseStatus.IN_SUPPORT)


def test_a_look_at_the_plan_is_monitoring(walk):
    walk.consent()
    plan_id = walk.decided(MOTHER)
    walk.town.do(
        handlers.record_monitoring,
        commands.RecordMonitoring(
            new_id(), walk.case_id, plan_id, MOTHER, on=clock.today(), condition="元気そう"
        ),
    )

    assert walk.current is WorkStep.MONITORING
    assert [one.reached_on for one in walk.steps() if one.step is WorkStep.MONITORING] == [
        clock.today()
    ]


def test_a_renewed_plan_begins_the_line_anew_at_its_draft(walk):
    walk.consent()
    walk.evaluated(PlanOutcome.CONTINUE)

    assert (walk.current, walk.status) == (WorkStep.PLAN_DRAFT, CaseStatus.PLAN_DRAFT)
    assert walk.reached == [WorkStep.INTAKE, WorkStep.PLAN_DRAFT, WorkStep.REPLAN]


def test_thinking_the_plan_over_is_a_step_while_it_lasts(walk):
    walk.consent()
    walk.decided(MOTHER)
    walk.town.do(
        handlers.change_status,
        commands.ChangeStatus(
            walk.case_id,
            CaseStatus.REPLANNING,
            walk.town.read_case(walk.case_id).version,
        ),
    )

    assert walk.current is WorkStep.REPLAN


def test_a_decided_plan_of_taking_part_is_participation(walk):
    walk.consent()
    walk.town.active(walk.case_id, MOTHER, kind=PlanKind.PARTICIPATION)

    assert walk.current is WorkStep.PARTICIPATION


@pytest.mark.parametrize(
    ("outcome", "step"),
    [(PlanOutcome.OBSERVE, WorkStep.OBSERVE), (PlanOutcome.INTERRUPT, WorkStep.SUSPEND)],
)
def test_an_evaluation_leads_to_observation_or_interruption(walk, outcome, step):
    walk.consent()
    walk.evaluated(outcome)

    assert walk.current is step
    assert [one.reached_on for one in walk.steps() if one.step is step] == [clock.today()]


def test_an_evaluated_end_closes_the_line_and_a_reopened_case_begins_anew(walk):
    walk.consent()
    walk.decided(MOTHER)
    walk.town.do(
        handlers.close_case,
        commands.CloseCase(
            walk.case_id,
            ClosingOutcome.ROLES_SETTLED,
            "落ち着いた",
            walk.town.read_case(walk.case_id).version,
            no_contact_needed=True,
        ),
    )
    assert walk.current is WorkStep.CLOSE

    clock_of_tomorrow = clock.today() + timedelta(days=1)
    case = walk.town.read_case(walk.case_id)
    case.reopen(clock_of_tomorrow)
    with walk.town.bench.reading() as connection:
        file = queries.case_file(connection, walk.town.coordinator, walk.case_id, clock.today())
        steps = queries.case_steps(connection, replace(file, case=case))

    assert [one.step for one in steps if one.reached_on] == [WorkStep.INTAKE]
    assert [one.step for one in steps if one.current] == [WorkStep.INTAKE]


def test_who_sees_one_member_only_is_told_no_steps(walk):
    walk.consent()
    with walk.town.bench.reading() as connection:
        file = queries.case_file(connection, walk.town.coordinator, walk.case_id, clock.today())
        limited = replace(file, admission=replace(file.admission, whole=False))
        assert queries.case_steps(connection, limited) == ()
