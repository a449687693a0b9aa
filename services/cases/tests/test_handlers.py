"""What a person can do in cases, on a real database."""

from datetime import timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import HEARD_AT_INTAKE, INTAKE_SCOPE, ConsentScope, ConsentState
from kasane_cases.domain.errors import (
    AlreadyOpened,
    ChangedMeanwhile,
    ConsentIncomplete,
    RecordNotFound,
    ReviewDateMissing,
    SessionNotReady,
    TermTooLong,
    UnknownBody,
    UnknownChoice,
    WrongStep,
)
from kasane_cases.domain.support_plan import PlanGoal, PlanStatus
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def read(at_work, case_id):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, at_work.coordinator, case_id, clock.today())


def test_opening_takes_the_household_over_and_only_the_confirmed_consent(at_work):
    case_id = at_work.case(MOTHER)

    page = read(at_work, case_id)
    (event,) = at_work.bench.said(says.CaseOpened)
    assert (event.case_id, event.members, event.status) == (case_id, 2, "identified")
    assert event.number == page.case.number
    assert [(p.id, p.name) for p in page.persons] == [(MOTHER, "試験 よし子"), (SON, "試験 太郎")]
    assert [page.case.relation(p.id) for p in page.persons] == ["母", "長男"]
    assert page.consent_state(MOTHER, clock.today()) is ConsentState.GIVEN
    assert page.consent_state(SON, clock.today()) is ConsentState.NOT_ASKED
    (consent,) = page.history
    assert (consent.method, consent.scope) == (HEARD_AT_INTAKE, INTAKE_SCOPE)
    assert consent.expires_on == clock.today() + timedelta(days=365)


def test_a_consent_that_the_desk_did_not_hear_cannot_be_confirmed(at_work):
    with pytest.raises(UnknownChoice):
        at_work.case(SON)

    assert at_work.bench.said(says.CaseOpened) == []


def test_a_case_is_opened_once_from_a_consultation(at_work):
    consultation_id = at_work.consultation()
    at_work.case(consultation_id=consultation_id)

    with pytest.raises(AlreadyOpened):
        at_work.case(consultation_id=consultation_id)

    assert len(at_work.bench.said(says.CaseOpened)) == 1


def test_a_consultation_that_nobody_knows_opens_nothing(at_work):
    with pytest.raises(RecordNotFound):
        at_work.case(consultation_id="consultation-elsewhere")

    assert at_work.bench.said(says.CaseOpened) == []


def test_a_case_can_be_opened_without_a_consultation(at_work):
    case_id = at_work.case(
        consultation_id="",
        persons=(commands.PersonOfCase("person-new", "試験 三郎", relation="本人"),),
    )

    page = read(at_work, case_id)
    assert [(p.id, p.name) for p in page.persons] == [("person-new", "試験 三郎")]
    assert page.case.consultation_id == ""


def test_case_numbers_follow_one_another(at_work):
    first = at_work.case()
    second = at_work.case(
        consultation_id="", persons=(commands.PersonOfCase("person-new", "試験 三郎"),)
    )

    numbers = [read(at_work, one).case.number for one in (first, second)]
    year = clock.today().year if clock.today().month >= 4 else clock.today().year - 1
    assert numbers == [f"C{year}-0001", f"C{year}-0002"]


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": ConsentScope()},
        {"method": ""},
    ],
)
def test_an_incomplete_consent_is_not_recorded(at_work, changes):
    case_id = at_work.case()

    with pytest.raises(ConsentIncomplete):
        at_work.consent(case_id, SON, **changes)

    assert at_work.consents(case_id) == ()


def test_a_way_of_consenting_that_the_town_does_not_have_is_refused(at_work):
    case_id = at_work.case()

    with pytest.raises(UnknownChoice):
        at_work.consent(case_id, SON, method="telepathy")

    assert at_work.consents(case_id) == ()


def test_a_consent_does_not_hold_longer_than_the_towns_term(at_work):
    case_id = at_work.case()

    with pytest.raises(TermTooLong):
        at_work.consent(case_id, SON, expires_on=clock.today() + timedelta(days=366))

    assert at_work.consents(case_id) == ()


def test_recording_a_consent_says_so(at_work):
    case_id = at_work.case()

    at_work.consent(case_id, SON, state=ConsentState.REFUSED, scope=ConsentScope(), method="")

    (event,) = at_work.bench.said(says.ConsentRecorded)
    assert (event.case_id, event.person_id, event.state) == (case_id, SON, "refused")


def test_a_need_goes_out_with_age_and_area_and_no_name(at_work, clock_at):
    case_id = at_work.case()

    need_id = at_work.need(case_id, SON)

    (event,) = at_work.bench.said(says.SupportNeedIdentified)
    born_1972 = clock.today().year - 1972
    assert (event.need_id, event.category, event.area, event.age) == (
        need_id,
        "no_food",
        "1",
        born_1972,
    )
    assert (event.latitude, event.longitude) == (None, None)


def test_a_need_of_an_unknown_kind_is_refused(at_work):
    case_id = at_work.case()

    with pytest.raises(UnknownChoice):
        at_work.do(
            handlers.identify_need,
            commands.IdentifyNeed(new_id(), case_id, SON, "no-such-kind", "?"),
        )

    assert at_work.bench.said(says.SupportNeedIdentified) == []


def test_a_request_to_visit_moves_an_identified_case_to_outreach(at_work):
    case_id = at_work.case()

    at_work.do(
        handlers.request_outreach,
        commands.RequestOutreach(
            new_id(), case_id, MOTHER, "様子を見る", "coordinator", "玄関先で", two_person=True
        ),
    )

    (event,) = at_work.bench.said(says.OutreachRequested)
    assert (event.name, event.address, event.reason) == ("試験 よし子", "試験町1番地", "玄関先で")
    assert (event.two_person, event.minutes, event.agency) == (True, 45, "coordinator")
    (change,) = at_work.bench.said(says.CaseStatusChanged)
    assert change.status == "outreach"


def test_an_agency_that_the_town_does_not_have_is_refused(at_work):
    case_id = at_work.case()

    with pytest.raises(UnknownChoice):
        at_work.do(
            handlers.request_outreach,
            commands.RequestOutreach(new_id(), case_id, MOTHER, "様子を見る", "nobody"),
        )

    assert at_work.bench.said(says.OutreachRequested) == []


def test_a_session_is_planned_opened_held_and_its_minutes_fixed(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)
    at_work.do(
        handlers.record_decision,
        commands.RecordDecision(new_id(), session_id, item_id, "家計を見る", "care", "主担当"),
    )
    next_on = clock.today() + timedelta(days=30)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id, next_on))
    at_work.do(handlers.fix_minutes, commands.FixMinutes(session_id, "議事録"))

    session = at_work.read_session(session_id)
    assert (session.status, session.next_on) == (SessionStatus.MINUTES_FIXED, next_on)
    assert [d.text for d in session.items[0].decisions] == ["家計を見る"]
    (held,) = at_work.bench.said(says.ConferenceHeld)
    assert held.case_ids == (case_id,)
    assert (held.session_id, held.items, held.held_on) == (session_id, 1, clock.today())
    (planned,) = at_work.bench.said(says.ConferencePlanned)
    assert planned.legal_kind == "multi_agency_conference"


def test_a_body_that_the_town_does_not_have_cannot_be_planned(at_work):
    with pytest.raises(UnknownBody):
        at_work.session(LegalKind.GOVERNANCE)

    assert at_work.bench.said(says.ConferencePlanned) == []


def test_a_body_with_a_quorum_does_not_open_with_too_few(at_work_in):
    at_work = at_work_in("eniwa")
    session_id = at_work.session(LegalKind.GOVERNANCE, body="review_panel")

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert at_work.read_session(session_id).appointed == 12
    assert refused.value.code == "not_ready_no_quorum"
    assert "6名足りない" in refused.value.facts["detail"]


def test_a_body_with_a_quorum_opens_with_seven_of_twelve(at_work_in):
    at_work = at_work_in("eniwa")
    guests = [commands.AttendeeAsked(name=f"委員 {n}") for n in range(6)]
    session_id = at_work.session(LegalKind.GOVERNANCE, *guests, body="review_panel")

    at_work.open(session_id)

    assert at_work.read_session(session_id).status is SessionStatus.OPEN


def test_a_draft_can_be_written_anew_by_who_read_it_last(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    goals = (PlanGoal("滞納を分けて払う"),)
    revision = commands.RevisePlan(case_id, plan_id, (MOTHER,), goals, 2, "本人と話した")

    at_work.do(handlers.revise_plan, revision)
    with pytest.raises(ChangedMeanwhile):
        at_work.do(handlers.revise_plan, revision)

    plan = at_work.read_plan(case_id, plan_id)
    assert [goal.text for goal in plan.goals] == ["滞納を分けて払う"]
    assert (plan.edition, plan.status) == (2, PlanStatus.DRAFT)


def test_a_decided_plan_is_not_written_anew(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER)
    at_work.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,)))

    with pytest.raises(WrongStep):
        at_work.do(
            handlers.revise_plan,
            commands.RevisePlan(case_id, plan_id, (MOTHER,), (PlanGoal("別の目標"),), 3, "見直し"),
        )

    assert [g.text for g in at_work.read_plan(case_id, plan_id).goals] == ["家計が落ち着く"]


def test_ikomas_plan_is_looked_at_again_after_a_month(at_work_in):
    at_work = at_work_in("ikoma")
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER)

    at_work.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,)))

    (event,) = at_work.bench.said(says.SupportPlanAgreed)
    assert event.review_on == clock.today() + timedelta(days=30)


def test_observation_without_a_review_date_is_refused(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER)
    at_work.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id, (MOTHER,)))
    version = at_work.read_case(case_id).version

    with pytest.raises(ReviewDateMissing):
        at_work.do(
            handlers.change_status,
            commands.ChangeStatus(case_id, CaseStatus.OBSERVING, version),
        )
    day = clock.today() + timedelta(days=90)
    at_work.do(
        handlers.change_status,
        commands.ChangeStatus(case_id, CaseStatus.OBSERVING, version, day),
    )

    case = at_work.read_case(case_id)
    assert (case.status, case.review_on) == (CaseStatus.OBSERVING, day)


def test_a_case_that_somebody_else_changed_is_not_closed(at_work):
    case_id = at_work.case(MOTHER)

    with pytest.raises(ChangedMeanwhile):
        at_work.do(
            handlers.close_case,
            commands.CloseCase(case_id, ClosingOutcome.DIED, "永眠された", 7, "ご遺族"),
        )

    assert at_work.bench.said(says.CaseClosed) == []


def test_the_list_shows_what_is_still_to_do(at_work):
    case_id = at_work.case(support_decided=False)

    with at_work.bench.reading() as connection:
        (line,) = queries.case_lines(connection, at_work.coordinator, clock.today())

    assert line.id == case_id
    assert line.persons == ("試験 よし子", "試験 太郎")
    assert line.unmet == ("support_not_decided", "consent_open")


def test_lists_go_on_behind_the_last_one_seen(at_work):
    first = at_work.case()
    second = at_work.case(
        consultation_id="", persons=(commands.PersonOfCase("person-new", "試験 三郎"),)
    )

    with at_work.bench.reading() as connection:
        page = queries.case_lines(connection, at_work.coordinator, clock.today(), limit=1)
        rest = queries.case_lines(connection, at_work.coordinator, clock.today(), after=second)

    assert [line.id for line in page] == [second]
    assert [line.id for line in rest] == [first]


def test_an_office_that_the_town_does_not_have_is_not_in_the_team(at_work):
    case_id = at_work.case()

    with pytest.raises(UnknownChoice):
        at_work.do(
            handlers.assign_team,
            commands.AssignTeam(
                new_id(), case_id, commands.TeamMember(GrantSubject.OFFICE, "no-such-office")
            ),
        )

    assert read(at_work, case_id).team == ()


def test_one_towns_case_is_not_in_another_town(at_work):
    case_id = at_work.case(MOTHER)
    at_work.bench.municipality = "012319"

    with at_work.bench.reading() as connection:
        assert queries.case_lines(connection, at_work.coordinator, clock.today()) == []
    with pytest.raises(RecordNotFound):
        at_work.case(consultation_id=case_id)
