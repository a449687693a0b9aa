"""Plans: tracks per member and agency, agreement, editions, looks, evaluation and what follows."""

from datetime import timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import AccessGrant, CaseStatus, GrantBasis, GrantSubject
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import ConsentState, GivenBy
from kasane_cases.domain.errors import (
    AgreementMissing,
    ChangedMeanwhile,
    DatesBackward,
    NotEntitledToAgree,
    NotTheAuthor,
    PlanIncomplete,
    PlanNotDeliberated,
    PlanReasonMissing,
    RecordNotFound,
    ReviewDateMissing,
    WrongStep,
)
from kasane_cases.domain.plan_records import AgreementWay, GoalCheck, GoalResult
from kasane_cases.domain.support_plan import PlanGoal, PlanKind, PlanOutcome, PlanStatus, PlanTrack
from kasane_cases.repository import Grants
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
HOUSEHOLD = {
    "goals": (
        PlanGoal("家の中で安心して過ごす"),
        PlanGoal("週に1回は訪問看護を受ける", person_id=MOTHER),
        PlanGoal("就労準備に通う", person_id=SON),
    ),
    "tracks": (
        PlanTrack(MOTHER, "薬の管理を手伝う", "訪問看護ステーション"),
        PlanTrack(SON, "朝の身支度の練習", "社会福祉協議会"),
    ),
}


def both(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, MOTHER)
    at_work.consent(case_id, SON)
    return case_id


def agree(at_work, case_id, plan_id, person_id, **changes):
    facts = {
        "agreement_id": new_id(),
        "case_id": case_id,
        "plan_id": plan_id,
        "person_id": person_id,
        "agreed": True,
        "way": AgreementWay.SPOKEN,
        "on": clock.today(),
    }
    at_work.do(handlers.record_agreement, commands.RecordAgreement(**{**facts, **changes}))


def decide(at_work, case_id, plan_id, *person_ids, agreed_by=()):
    session_id = at_work.held(case_id, *person_ids)
    command = commands.DecidePlan(case_id, plan_id, session_id, agreed_by)
    at_work.do(handlers.decide_plan, command)


def look(at_work, case_id, plan_id, person_id, actor=None, **changes):
    facts = {
        "monitoring_id": new_id(),
        "case_id": case_id,
        "plan_id": plan_id,
        "person_id": person_id,
        "on": clock.today(),
        "condition": "玄関まで出てきた",
    }
    command = commands.RecordMonitoring(**{**facts, **changes})
    at_work.do(handlers.record_monitoring, command, actor)


def evaluate(at_work, case_id, plan_id, outcome, **changes):
    plan = at_work.read_plan(case_id, plan_id)
    facts = {
        "evaluation_id": new_id(),
        "case_id": case_id,
        "plan_id": plan_id,
        "on": clock.today(),
        "outcome": outcome,
        "summary": "生活は落ち着いてきた",
        "checks": tuple(GoalCheck(goal.number, GoalResult.PROGRESSING) for goal in plan.goals),
        "version": plan.version,
    }
    at_work.do(handlers.evaluate_plan, commands.EvaluatePlan(**{**facts, **changes}))


def finish(at_work, case_id, plan_id, **changes):
    version = at_work.read_plan(case_id, plan_id).version
    command = commands.FinishPlan(case_id, plan_id, version, **changes)
    return at_work.do(handlers.finish_plan, command)


def read(at_work, case_id, plan_id, actor=None):
    with at_work.bench.reading() as connection:
        return queries.plan_file(
            connection, actor or at_work.coordinator, case_id, plan_id, clock.today()
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"goals": ()}, "plan_needs_goals"),
        ({"goals": (PlanGoal("　"),)}, "plan_needs_goals"),
        ({"persons": ()}, "plan_needs_persons"),
        ({"goals": (PlanGoal("外に出る", person_id=SON),)}, "plan_needs_members"),
    ],
)
def test_a_plan_that_nobody_could_follow_is_not_saved(at_work, changes, code):
    case_id = at_work.case(MOTHER)

    with pytest.raises(PlanIncomplete) as refused:
        at_work.draft(case_id, MOTHER, **changes)

    assert refused.value.code == code
    assert at_work.read_case(case_id).status is CaseStatus.IDENTIFIED


def test_a_plan_does_not_end_before_it_begins(at_work):
    case_id = at_work.case(MOTHER)
    today = clock.today()

    with pytest.raises(DatesBackward):
        at_work.draft(case_id, MOTHER, starts_on=today, ends_on=today - timedelta(days=1))
    early = PlanTrack(MOTHER, "相談", "税の窓口", today - timedelta(days=1))
    with pytest.raises(DatesBackward):
        at_work.draft(case_id, MOTHER, starts_on=today, tracks=(early,))


def test_somebody_who_is_not_of_the_household_is_not_in_the_plan(at_work):
    case_id = at_work.case(MOTHER)

    with pytest.raises(RecordNotFound):
        at_work.draft(case_id, MOTHER, "person-elsewhere")
    with pytest.raises(RecordNotFound):
        at_work.draft(case_id, MOTHER, tracks=(PlanTrack("person-elsewhere", "相談", "窓口"),))


def test_every_edition_stays_readable_with_who_when_and_why(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.draft(case_id, MOTHER)
    revision = commands.RevisePlan(
        case_id, plan_id, (MOTHER,), (PlanGoal("滞納を分けて払う"),), 1, "本人の希望"
    )

    at_work.do(handlers.revise_plan, revision)

    new, old = read(at_work, case_id, plan_id).editions
    assert (new.number, new.reason, new.writer_name) == (2, "本人の希望", "調整 花子")
    assert [goal.text for goal in new.content.goals] == ["滞納を分けて払う"]
    assert (old.number, old.written_on) == (1, clock.today())
    assert [goal.text for goal in old.content.goals] == ["家計が落ち着く"]


def test_a_revision_without_a_reason_is_refused(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.draft(case_id, MOTHER)

    with pytest.raises(PlanReasonMissing):
        at_work.do(
            handlers.revise_plan,
            commands.RevisePlan(case_id, plan_id, (MOTHER,), (PlanGoal("別"),), 1, " "),
        )

    assert at_work.read_plan(case_id, plan_id).edition == 1


def test_only_the_post_that_the_town_names_submits_a_plan(at_work_in):
    at_work = at_work_in("ikoma")
    case_id = at_work.case(MOTHER)
    plan_id = at_work.draft(case_id, MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="tax")
    member = commands.TeamMember(GrantSubject.ACCOUNT, "account-contact")
    at_work.do(handlers.assign_team, commands.AssignTeam(new_id(), case_id, member))

    with pytest.raises(NotTheAuthor):
        at_work.do(handlers.submit_plan, commands.SubmitPlan(case_id, plan_id, 1), contact)

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.DRAFT


def test_i_14_a_draft_that_nobody_submitted_is_not_decided(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.draft(case_id, MOTHER)

    with pytest.raises(WrongStep):
        decide(at_work, case_id, plan_id, MOTHER, agreed_by=(MOTHER,))

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.DRAFT


def test_i_14_a_session_before_the_plan_was_submitted_did_not_decide_it(at_work, clock_at):
    case_id = at_work.case(MOTHER)
    session_id = at_work.held(case_id, MOTHER)
    clock_at(clock.now() + timedelta(days=1))
    plan_id = at_work.plan(case_id, MOTHER)

    with pytest.raises(PlanNotDeliberated):
        at_work.do(
            handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,))
        )

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.SUBMITTED
    assert at_work.bench.said(says.SupportPlanAgreed) == []


def test_i_14_agreement_alone_does_not_make_a_plan_hold(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)

    agree(at_work, case_id, plan_id, MOTHER)

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.SUBMITTED
    decide(at_work, case_id, plan_id, MOTHER)
    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE


@pytest.mark.parametrize("kind", [PlanKind.OUTREACH, PlanKind.PARTICIPATION])
def test_i_16_a_plan_of_participation_holds_only_after_the_bodys_judgement(at_work, kind):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER, kind=kind)
    agree(at_work, case_id, plan_id, MOTHER)
    closed = at_work.held(case_id, MOTHER, legal_kind=LegalKind.SUPPORT_CONFERENCE)

    with pytest.raises(PlanNotDeliberated):
        at_work.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, closed, (MOTHER,)))

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.SUBMITTED
    decide(at_work, case_id, plan_id, MOTHER)
    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE


def test_only_the_tracks_of_who_agreed_hold(at_work):
    case_id = both(at_work)
    plan_id = at_work.plan(case_id, MOTHER, SON, **HOUSEHOLD)

    decide(at_work, case_id, plan_id, MOTHER, SON, agreed_by=(MOTHER,))
    agree(at_work, case_id, plan_id, SON, agreed=False)

    plan = at_work.read_plan(case_id, plan_id)
    assert (plan.status, plan.not_agreed) == (PlanStatus.ACTIVE, (SON,))
    assert (plan.holds_for(MOTHER), plan.holds_for(SON)) == (True, False)
    with pytest.raises(AgreementMissing) as refused:
        look(at_work, case_id, plan_id, SON)
    assert refused.value.facts == {"person": "試験 太郎"}
    agree(at_work, case_id, plan_id, SON)
    assert at_work.read_plan(case_id, plan_id).holds_for(SON) is True
    agreed = [one.persons for one in at_work.bench.said(says.SupportPlanAgreed)]
    assert agreed == [(MOTHER,), (MOTHER, SON)]


def test_a_plan_that_everybody_leaves_holds_no_longer(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)

    agree(at_work, case_id, plan_id, MOTHER, agreed=False)

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.DECIDED
    said = [(one.agreed, one.edition) for one in read(at_work, case_id, plan_id).agreements]
    assert said == [(False, 1), (True, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"given_by": GivenBy.PARENT, "giver_name": "試験 よし子"},
        {"given_by": GivenBy.GUARDIAN, "giver_name": "後見 一郎"},
        {"given_by": GivenBy.OTHER_REPRESENTATIVE, "giver_name": "姉"},
    ],
)
def test_nobody_agrees_for_a_person_of_full_age(at_work, changes):
    case_id = both(at_work)
    plan_id = at_work.plan(case_id, MOTHER, SON)

    with pytest.raises(NotEntitledToAgree):
        agree(at_work, case_id, plan_id, SON, **changes)

    assert read(at_work, case_id, plan_id).agreements == ()


def test_a_guardian_who_is_named_agrees_for_somebody_who_is_not_able(at_work):
    case_id = both(at_work)
    plan_id = at_work.plan(case_id, SON)
    at_work.consent(case_id, SON, state=ConsentState.UNABLE)

    with pytest.raises(NotEntitledToAgree):
        agree(at_work, case_id, plan_id, SON, given_by=GivenBy.GUARDIAN)
    agree(at_work, case_id, plan_id, SON, given_by=GivenBy.GUARDIAN, giver_name="後見 一郎")

    (said,) = read(at_work, case_id, plan_id).agreements
    assert (said.given_by, said.giver_name) == (GivenBy.GUARDIAN, "後見 一郎")


@pytest.mark.parametrize("days", [1, -1])
def test_nobody_agrees_tomorrow_or_before_the_plan_was_written(at_work, days):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)

    with pytest.raises(DatesBackward):
        agree(at_work, case_id, plan_id, MOTHER, on=clock.today() + timedelta(days=days))

    assert read(at_work, case_id, plan_id).agreements == ()


def test_somebody_whom_the_plan_does_not_concern_cannot_agree_to_it(at_work):
    case_id = both(at_work)
    plan_id = at_work.plan(case_id, MOTHER)

    with pytest.raises(RecordNotFound):
        agree(at_work, case_id, plan_id, SON)


def test_an_agreement_to_an_earlier_edition_does_not_count(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    agree(at_work, case_id, plan_id, MOTHER)
    version = at_work.read_plan(case_id, plan_id).version

    at_work.do(
        handlers.revise_plan,
        commands.RevisePlan(case_id, plan_id, (MOTHER,), (PlanGoal("別の目標"),), version, "変更"),
    )

    assert at_work.read_plan(case_id, plan_id).agreed_by == ()
    assert read(at_work, case_id, plan_id).standing_agreement(MOTHER) is None


def agency_of_the_son(at_work, case_id):
    actor = at_work.bench.staff(
        "outreach_worker", account_id="account-job", office="job_preparation"
    )
    with at_work.unit() as uow:
        Grants(uow.connection).add(
            AccessGrant(
                new_id(),
                case_id,
                GrantSubject.OFFICE,
                "job_preparation",
                GrantBasis.CONSENT,
                clock.today(),
                person_id=SON,
            )
        )
        uow.record("cases.case.assigned", "case", case_id)
        uow.commit()
    return actor


def test_a_look_at_the_plan_also_moves_the_day_on_which_the_case_is_seen_again(at_work):
    case_id = both(at_work)
    plan_id = at_work.active(case_id, MOTHER)
    next_on = clock.today() + timedelta(days=28)

    look(at_work, case_id, plan_id, MOTHER, next_on=next_on)

    assert at_work.read_plan(case_id, plan_id).review_on == next_on
    assert at_work.read_case(case_id).review_on == next_on


def test_i_07_the_mothers_track_does_not_open_to_the_sons_agency(at_work):
    case_id = both(at_work)
    plan_id = at_work.active(case_id, MOTHER, SON, **HOUSEHOLD)
    look(at_work, case_id, plan_id, MOTHER, condition="薬を飲めている")
    agency = agency_of_the_son(at_work, case_id)

    found = read(at_work, case_id, plan_id, agency)
    shown = at_work.bench.visit_as(agency).get(f"/cases/{case_id}/plans/{plan_id}").text
    answered = at_work.bench.visit_as(agency).get(f"/api/v1/cases/{case_id}/plans/{plan_id}")

    assert found.whole is False
    assert [goal.text for goal in found.plan.goals] == ["就労準備に通う"]
    assert [track.agency for track in found.plan.tracks] == ["社会福祉協議会"]
    assert (found.plan.persons, found.plan.agreed_by, found.monitorings) == ((SON,), (SON,), ())
    for text in (shown, answered.text):
        assert "就労準備に通う" in text
        for secret in ("訪問看護", "薬", "安心して", "試験 よし子"):
            assert secret not in text


def test_the_sons_agency_looks_at_his_part_and_at_no_other(at_work):
    case_id = both(at_work)
    plan_id = at_work.active(case_id, MOTHER, SON, **HOUSEHOLD)
    agency = agency_of_the_son(at_work, case_id)
    checks = (GoalCheck(3, GoalResult.PROGRESSING, "2回来た"),)

    look(at_work, case_id, plan_id, SON, agency, checks=checks)
    with pytest.raises(RecordNotFound):
        look(at_work, case_id, plan_id, MOTHER, agency)
    wrong = (GoalCheck(2, GoalResult.HARDER),)
    with pytest.raises(RecordNotFound):
        look(at_work, case_id, plan_id, SON, agency, checks=wrong)

    (kept,) = read(at_work, case_id, plan_id, agency).monitorings
    assert (kept.person_id, kept.checks) == (SON, checks)


def test_the_next_look_follows_the_interval_and_forgets_no_member(at_work):
    case_id = both(at_work)
    plan_id = at_work.active(case_id, MOTHER, SON, **HOUSEHOLD)
    first = at_work.read_plan(case_id, plan_id).review_on
    today = clock.today()
    assert first == today + timedelta(days=90)

    look(at_work, case_id, plan_id, MOTHER, next_on=today + timedelta(days=100))
    assert at_work.read_plan(case_id, plan_id).review_on == first
    look(at_work, case_id, plan_id, SON)

    assert at_work.read_plan(case_id, plan_id).review_on == today + timedelta(days=90)
    look(at_work, case_id, plan_id, SON, next_on=today + timedelta(days=120))
    assert at_work.read_plan(case_id, plan_id).review_on == today + timedelta(days=100)
    assert [one.review_on for one in at_work.bench.said(says.SupportPlanMonitored)][-1] == (
        today + timedelta(days=100)
    )


@pytest.mark.parametrize(("on", "next_on"), [(-1, 30), (1, 30), (0, 0)])
def test_a_look_on_an_impossible_day_is_refused(at_work, on, next_on):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)

    days = {"on": clock.today() + timedelta(on), "next_on": clock.today() + timedelta(next_on)}
    with pytest.raises(DatesBackward):
        look(at_work, case_id, plan_id, MOTHER, **days)

    assert read(at_work, case_id, plan_id).monitorings == ()


def test_plans_are_listed_a_fortnight_before_somebody_has_to_look(at_work, clock_at):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)
    started = clock.now()

    def due(actor=at_work.coordinator):
        with at_work.bench.reading() as connection:
            found = queries.plans_due(connection, actor, clock.today())
        return [(one.plan.id, one.late) for one in found]

    clock_at(started + timedelta(days=75))
    assert due() == []
    clock_at(started + timedelta(days=76))
    assert due() == [(plan_id, False)]
    clock_at(started + timedelta(days=91))
    assert due() == [(plan_id, True)]
    assert due(at_work.bench.staff("contact", account_id="account-contact")) == []
    page = at_work.bench.visit_as(at_work.coordinator).get("/plans/due").text
    assert "予定日を過ぎています" in page
    assert "試験" not in page


def test_an_evaluation_needs_a_result_for_every_goal(at_work):
    case_id = both(at_work)
    plan_id = at_work.active(case_id, MOTHER, SON, **HOUSEHOLD)

    one = (GoalCheck(1, GoalResult.ACHIEVED),)
    with pytest.raises(PlanIncomplete) as refused:
        evaluate(at_work, case_id, plan_id, PlanOutcome.END, checks=one)

    assert refused.value.code == "plan_needs_results"
    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE


def test_a_session_that_did_not_speak_of_everybody_is_no_place_of_an_evaluation(at_work):
    case_id = both(at_work)
    plan_id = at_work.active(case_id, MOTHER, SON)
    session_id = at_work.held(case_id, MOTHER)

    with pytest.raises(PlanNotDeliberated):
        evaluate(at_work, case_id, plan_id, PlanOutcome.END, session_id=session_id)

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE


def test_an_item_that_left_the_agenda_was_not_spoken_of_for_an_evaluation(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    at_work.do(handlers.remove_item, commands.RemoveItem(session_id, item_id, "時間がない"))
    at_work.open(session_id)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))

    with pytest.raises(PlanNotDeliberated):
        evaluate(at_work, case_id, plan_id, PlanOutcome.END, session_id=session_id)

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE


@pytest.mark.parametrize("outcome", [PlanOutcome.INTERRUPT, PlanOutcome.TRANSFER])
def test_an_interruption_and_a_transfer_say_why(at_work, outcome):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)

    with pytest.raises(PlanReasonMissing):
        evaluate(at_work, case_id, plan_id, outcome)

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE


@pytest.mark.parametrize(
    ("outcome", "plan_status", "case_status"),
    [
        (PlanOutcome.END, PlanStatus.ENDED, CaseStatus.IN_SUPPORT),
        (PlanOutcome.TRANSFER, PlanStatus.ENDED, CaseStatus.IN_SUPPORT),
        (PlanOutcome.OBSERVE, PlanStatus.ENDED, CaseStatus.OBSERVING),
        (PlanOutcome.INTERRUPT, PlanStatus.INTERRUPTED, CaseStatus.SUSPENDED),
        (PlanOutcome.CONTINUE, PlanStatus.RENEWED, CaseStatus.PLAN_DRAFT),
    ],
)
def test_a_plan_ends_as_it_was_evaluated_and_the_case_follows(
    at_work, outcome, plan_status, case_status
):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)
    evaluate(at_work, case_id, plan_id, outcome, reason="本人の希望")

    day = clock.today() + timedelta(days=60)
    finish(at_work, case_id, plan_id, new_plan_id=new_id(), review_on=day)

    assert at_work.read_plan(case_id, plan_id).status is plan_status
    assert at_work.read_case(case_id).status is case_status
    (event,) = at_work.bench.said(says.SupportPlanEnded)
    assert (event.plan_id, event.status) == (plan_id, plan_status.value)


def test_observation_after_a_plan_names_the_day_to_look_again(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)
    evaluate(at_work, case_id, plan_id, PlanOutcome.OBSERVE)

    with pytest.raises(ReviewDateMissing):
        finish(at_work, case_id, plan_id)

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.EVALUATED
    assert at_work.bench.said(says.SupportPlanEnded) == []


def test_a_renewed_plan_carries_over_what_was_not_reached(at_work):
    case_id = both(at_work)
    plan_id = at_work.active(case_id, MOTHER, SON, **HOUSEHOLD)
    checks = (
        GoalCheck(1, GoalResult.PROGRESSING),
        GoalCheck(2, GoalResult.ACHIEVED),
        GoalCheck(3, GoalResult.HARDER),
    )
    evaluate(at_work, case_id, plan_id, PlanOutcome.CONTINUE, checks=checks)

    going_on = new_id()
    finish(at_work, case_id, plan_id, new_plan_id=going_on)

    new = at_work.read_plan(case_id, going_on)
    assert (new.status, new.follows, new.agreed_by) == (PlanStatus.DRAFT, plan_id, ())
    assert [(goal.number, goal.text) for goal in new.goals] == [
        (1, "家の中で安心して過ごす"),
        (2, "就労準備に通う"),
    ]
    assert [track.agency for track in new.tracks] == ["訪問看護ステーション", "社会福祉協議会"]


def test_a_case_with_another_running_plan_stays_in_support(at_work):
    case_id = at_work.case(MOTHER)
    ending = at_work.active(case_id, MOTHER)
    at_work.active(case_id, MOTHER)
    evaluate(at_work, case_id, ending, PlanOutcome.INTERRUPT, reason="入院した")

    finish(at_work, case_id, ending)

    assert at_work.read_case(case_id).status is CaseStatus.IN_SUPPORT


def test_an_evaluation_of_a_plan_that_changed_meanwhile_is_refused(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)

    with pytest.raises(ChangedMeanwhile):
        evaluate(at_work, case_id, plan_id, PlanOutcome.END, version=1)

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE
