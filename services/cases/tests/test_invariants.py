"""The invariants of the domain report that live in cases, each by its number."""

from datetime import timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.errors import (
    CaseNotFound,
    ClosingIncomplete,
    ConsentNeeded,
    DisclosureRefused,
    HostNotMunicipal,
    NobodyConsents,
    NoPersonsHere,
    NotInSession,
    PlanNotDeliberated,
    RecordNotFound,
    SessionNotFound,
    SessionNotReady,
    SharedWithoutIdentity,
    SupportNotDecided,
    UnknownBody,
)
from kasane_cases.domain.support_plan import PlanStatus
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
SUPPORT = LegalKind.SUPPORT_CONFERENCE
MULTI_AGENCY = LegalKind.MULTI_AGENCY_CONFERENCE


def test_i_01_a_referral_without_this_persons_consent_is_refused(at_work):
    case_id = at_work.case(MOTHER)
    need_id = at_work.need(case_id, SON)

    with pytest.raises(DisclosureRefused) as refused:
        at_work.do(
            handlers.request_referral,
            commands.RequestReferral(new_id(), case_id, need_id, "service-1"),
        )

    assert refused.value.code == "disclosure_consent_missing"
    assert refused.value.facts == {
        "person": "試験 太郎",
        "recipient": "支援関係機関",
        "missing": "未確認",
    }
    assert at_work.bench.said(says.ReferralRequested) == []
    with at_work.bench.reading() as connection:
        found = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert found.referrals == ()


def test_i_01_a_consent_that_does_not_name_the_kind_of_recipient_does_not_cover_it(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    at_work.consent(
        case_id,
        SON,
        scope=ConsentScope(
            (ConsentPurpose.HANDOFF,), (AttendeeKind.MUNICIPAL_STAFF,), tuple(DataClass)
        ),
    )

    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.request_referral,
            commands.RequestReferral(
                new_id(), case_id, need_id, "service-1", recipient=AttendeeKind.RESIDENT
            ),
        )

    assert at_work.bench.said(says.ReferralRequested) == []


def test_i_01_a_referral_that_the_consent_covers_goes_out(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    at_work.consent(case_id, SON)

    referral_id = at_work.do(
        handlers.request_referral,
        commands.RequestReferral(new_id(), case_id, need_id, "service-1", message="週1回"),
    )

    (event,) = at_work.bench.said(says.ReferralRequested)
    assert (event.referral_id, event.name, event.message) == (referral_id, "試験 太郎", "週1回")


def test_i_01_an_outside_agency_is_not_told_who_it_is_without_a_basis(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(MOTHER)

    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.request_outreach,
            commands.RequestOutreach(
                new_id(), case_id, SON, "顔を合わせる", "community_support_center_1"
            ),
        )

    assert at_work.bench.said(says.OutreachRequested) == []
    assert at_work.read_case(case_id).status is CaseStatus.IDENTIFIED


def test_i_01_a_support_conference_that_the_agency_attended_bound_is_a_basis(at_work_in):
    at_work = at_work_in("eniwa")
    at_work.bench.staff("contact", account_id="account-center", office="community_support_center_1")
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(SUPPORT, commands.AttendeeAsked(account_id="account-center"))
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    at_work.do(
        handlers.record_decision,
        commands.RecordDecision(
            new_id(), session_id, item_id, "入口になる", "community_support_center_1"
        ),
    )
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))

    at_work.do(
        handlers.request_outreach,
        commands.RequestOutreach(
            new_id(), case_id, SON, "顔を合わせる", "community_support_center_1"
        ),
    )

    (event,) = at_work.bench.said(says.OutreachRequested)
    assert (event.person_id, event.agency) == (SON, "community_support_center_1")
    assert at_work.read_case(case_id).status is CaseStatus.OUTREACH


def test_i_02_a_person_without_consent_cannot_be_put_on_a_multi_agency_agenda(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(ConsentNeeded) as refused:
        at_work.item(session_id, case_id, SON)

    assert refused.value.facts["person"] == "試験 太郎"
    assert refused.value.facts["suggestion"].endswith("（支援会議）")
    assert at_work.read_session(session_id).items == []


@pytest.mark.parametrize(
    "state",
    [ConsentState.REFUSED, ConsentState.PENDING, ConsentState.UNABLE],
)
def test_i_02_every_state_but_given_keeps_a_person_off_the_agenda(at_work, state):
    case_id = at_work.case()
    at_work.consent(case_id, SON, state=state)
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(ConsentNeeded):
        at_work.item(session_id, case_id, SON)

    assert at_work.read_session(session_id).items == []


def test_i_02_an_expired_consent_is_none(at_work, clock_at):
    case_id = at_work.case()
    at_work.consent(case_id, SON, expires_on=clock.today() + timedelta(days=10))
    clock_at(clock.now() + timedelta(days=11))
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(ConsentNeeded):
        at_work.item(session_id, case_id, SON)


def test_i_02_a_session_does_not_open_when_a_consent_was_withdrawn_meanwhile(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    session_id = at_work.session(MULTI_AGENCY)
    at_work.item(session_id, case_id, SON)
    at_work.consent(case_id, SON, state=ConsentState.WITHDRAWN, scope=ConsentScope(), method="")

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert refused.value.code == "not_ready_consent_missing"
    assert refused.value.facts["who"] == "試験 太郎"
    assert at_work.read_session(session_id).status is SessionStatus.PLANNED


def test_i_02_residents_at_the_table_must_be_named_in_the_consent(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    session_id = at_work.session(
        MULTI_AGENCY,
        commands.AttendeeAsked(AttendeeKind.RESIDENT, name="町内 次郎", affiliation="自治会"),
    )
    at_work.item(session_id, case_id, SON)

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert refused.value.code == "not_ready_consent_recipients"
    assert refused.value.facts["detail"] == "resident"


def test_the_support_conference_takes_a_person_without_consent(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(SUPPORT)

    at_work.item(session_id, case_id, SON)
    at_work.open(session_id)

    session = at_work.read_session(session_id)
    assert session.status is SessionStatus.OPEN
    assert [item.consent_state for item in session.items] == ["not_asked"]


def test_where_the_town_has_not_decided_a_person_must_say_why_they_choose_a_body(at_work_in):
    at_work = at_work_in("ikoma")
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(ConsentNeeded) as refused:
        at_work.item(session_id, case_id, SON)

    assert "定めていません" in refused.value.facts["suggestion"]
    with pytest.raises(UnknownBody):
        at_work.session(SUPPORT)


def test_i_03_a_session_does_not_open_before_everybodys_secrecy_is_recorded(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(
        SUPPORT,
        commands.AttendeeAsked(AttendeeKind.PARTNER_AGENCY, name="外部 三郎", affiliation="法人"),
        bound=False,
    )
    at_work.item(session_id, case_id, SON)
    planner = at_work.read_session(session_id).attendees[0]
    at_work.do(handlers.record_secrecy, commands.RecordSecrecy(session_id, planner.id))

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert refused.value.code == "not_ready_secrecy_missing"
    assert refused.value.facts["who"] == "外部 三郎"
    assert at_work.read_session(session_id).status is SessionStatus.PLANNED


def test_i_03_an_attendee_whose_secrecy_is_not_recorded_sees_nobodys_name(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")
    session_id = at_work.session(
        SUPPORT, commands.AttendeeAsked(account_id="account-contact"), bound=False
    )
    at_work.item(session_id, case_id, SON)

    with at_work.bench.reading() as connection:
        found = queries.session_file(connection, contact, session_id)

    assert (found.identities, found.material) == (False, False)
    assert [(i.person_id, i.topic) for i in found.session.items] == [("", "")]
    assert found.cases == {}


def _support_conference_with_a_fact(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(SUPPORT)
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    at_work.do(
        handlers.record_fact,
        commands.RecordFact(new_id(), session_id, item_id, "受診が中断している", "包括"),
    )
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))
    at_work.do(handlers.fix_minutes, commands.FixMinutes(session_id, "閉じた議事録"))
    return case_id, session_id, item_id


def test_i_04_a_coordinator_who_was_not_there_reads_nothing_of_a_support_conference(at_work):
    case_id, session_id, _ = _support_conference_with_a_fact(at_work)
    other = at_work.bench.staff("coordinator", account_id="account-other")

    with at_work.bench.reading() as connection:
        shell = queries.session_file(connection, other, session_id)
        page = queries.case_file(connection, other, case_id, clock.today())
        own = queries.session_file(connection, at_work.coordinator, session_id)

    assert shell.material is False
    assert shell.session.minutes == ""
    assert [(i.facts, i.decisions) for i in shell.session.items] == [((), ())]
    assert [(s.material, s.items[0].facts) for s in page.sessions] == [(False, ())]
    assert own.session.minutes == "閉じた議事録"
    assert own.session.items[0].facts[0].text == "受診が中断している"


def test_i_04_who_attends_a_later_multi_agency_conference_reads_nothing_of_the_earlier(at_work):
    case_id, session_id, _ = _support_conference_with_a_fact(at_work)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")
    at_work.consent(case_id, SON)
    later = at_work.session(MULTI_AGENCY, commands.AttendeeAsked(account_id="account-contact"))
    at_work.item(later, case_id, SON)
    at_work.open(later)

    with at_work.bench.reading() as connection:
        with pytest.raises(SessionNotFound):
            queries.session_file(connection, contact, session_id)
        page = queries.case_file(connection, contact, case_id, clock.today())

    assert [(s.session.id, s.material) for s in page.sessions] == [
        (later, True),
        (session_id, False),
    ]
    assert page.sessions[1].items[0].facts == ()


def test_i_04_who_was_not_there_cannot_write_into_it(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(SUPPORT)
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    other = at_work.bench.staff("coordinator", account_id="account-other")

    with pytest.raises(NotInSession):
        at_work.do(
            handlers.record_fact,
            commands.RecordFact(new_id(), session_id, item_id, "聞いた話", "?"),
            other,
        )

    assert at_work.read_session(session_id).items[0].facts == ()


def test_i_05_a_contractor_does_not_convene_a_support_conference(at_work_in):
    at_work = at_work_in("eniwa")
    contractor = at_work.bench.staff(
        "coordinator", account_id="account-contractor", office="community_support_center_1"
    )

    with pytest.raises(HostNotMunicipal):
        at_work.do(
            handlers.plan_session,
            commands.PlanSession(new_id(), "support_conference", SUPPORT, clock.today()),
            contractor,
        )

    assert at_work.bench.said(says.ConferencePlanned) == []


def test_i_05_a_support_conference_of_another_host_is_refused(at_work_in):
    at_work = at_work_in("eniwa", municipality="292095")

    with pytest.raises(HostNotMunicipal) as refused:
        at_work.session(SUPPORT)

    assert refused.value.facts["host"] == "恵庭市"


def test_i_06_a_multi_agency_conference_handles_only_what_the_town_decided_to_support(at_work):
    case_id = at_work.case(support_decided=False)
    at_work.consent(case_id, SON)
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(SupportNotDecided):
        at_work.item(session_id, case_id, SON)
    at_work.do(handlers.decide_support, commands.DecideSupport(case_id, "支援決定会議"))
    at_work.item(session_id, case_id, SON)

    assert len(at_work.read_session(session_id).items) == 1


def test_i_07_one_members_consent_is_not_another_members(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, MOTHER)
    session_id = at_work.session(MULTI_AGENCY)

    at_work.item(session_id, case_id, MOTHER)
    with pytest.raises(ConsentNeeded):
        at_work.item(session_id, case_id, SON)

    assert [i.person_id for i in at_work.read_session(session_id).items] == [MOTHER]


def test_i_07_a_session_about_one_member_opens_only_that_members_record(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")
    at_work.need(case_id, SON)
    session_id = at_work.session(MULTI_AGENCY, commands.AttendeeAsked(account_id="account-contact"))
    at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)

    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, contact, case_id, clock.today())

    assert page.admission.whole is False
    assert [person.id for person in page.persons] == [MOTHER]
    assert (page.needs, page.team) == ((), ())
    assert {entry.person_id for entry in page.timeline} == {MOTHER}


def test_a_right_from_a_session_ends_with_the_session(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")
    session_id = at_work.session(MULTI_AGENCY, commands.AttendeeAsked(account_id="account-contact"))
    at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))

    with at_work.bench.reading() as connection, pytest.raises(CaseNotFound):
        queries.case_file(connection, contact, case_id, clock.today())


def test_i_08_a_withdrawal_is_added_and_the_past_stays(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    first = at_work.consent(case_id, SON)
    at_work.do(
        handlers.request_referral,
        commands.RequestReferral(new_id(), case_id, need_id, "service-1"),
    )

    second = at_work.consent(
        case_id, SON, state=ConsentState.WITHDRAWN, scope=ConsentScope(), method=""
    )

    history = at_work.consents(case_id)
    assert [(c.id, c.number, c.state) for c in history] == [
        (first, 1, ConsentState.GIVEN),
        (second, 2, ConsentState.WITHDRAWN),
    ]
    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.request_referral,
            commands.RequestReferral(new_id(), case_id, need_id, "service-2"),
        )
    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert [r.human_service_id for r in page.referrals] == ["service-1"]


def test_i_10_a_protected_address_does_not_leave_with_a_request_to_visit(at_work):
    case_id = at_work.case(MOTHER, address_protected=(MOTHER,))

    at_work.do(
        handlers.request_outreach,
        commands.RequestOutreach(new_id(), case_id, MOTHER, "様子を見る", "coordinator"),
    )

    (event,) = at_work.bench.said(says.OutreachRequested)
    assert (event.address_protected, event.address, event.name) == (True, "", "試験 よし子")


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
    assert at_work.read_case(case_id).status is CaseStatus.CLOSED


def test_i_20_a_community_body_takes_no_identified_person(at_work_in):
    at_work = at_work_in("ikoma")
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.COMMUNITY, body="community_project")

    with pytest.raises(NoPersonsHere):
        at_work.item(session_id, case_id, MOTHER)
    at_work.do(
        handlers.add_agenda_item,
        commands.AddAgendaItem(new_id(), session_id, "ひきこもりの相談 3件（個人は特定しない）"),
    )

    (item,) = at_work.read_session(session_id).items
    assert (item.person_id, item.topic) == ("", "ひきこもりの相談 3件（個人は特定しない）")


def test_a_body_that_shares_policies_learns_no_identity(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.POLICY_SHARING, body="contact_meeting")

    with pytest.raises(SharedWithoutIdentity):
        at_work.item(session_id, case_id, MOTHER)

    assert at_work.read_session(session_id).items == []


def test_outreach_becomes_multi_agency_only_with_somebodys_consent(at_work):
    case_id = at_work.case()

    with pytest.raises(NobodyConsents):
        at_work.do(handlers.change_status, commands.ChangeStatus(case_id, CaseStatus.ASSESSMENT, 1))
    at_work.consent(case_id, SON)
    at_work.do(handlers.change_status, commands.ChangeStatus(case_id, CaseStatus.ASSESSMENT, 1))

    assert at_work.read_case(case_id).status is CaseStatus.ASSESSMENT


def test_a_case_is_open_to_its_team_and_to_nobody_else(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")

    with at_work.bench.reading() as connection, pytest.raises(CaseNotFound):
        queries.case_file(connection, contact, case_id, clock.today())
    grant_id = new_id()
    at_work.do(
        handlers.assign_team,
        commands.AssignTeam(
            grant_id, case_id, commands.TeamMember(GrantSubject.ACCOUNT, "account-contact")
        ),
    )
    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, contact, case_id, clock.today())
        lines = queries.case_lines(connection, contact, clock.today())
    at_work.do(handlers.end_team, commands.EndTeam(case_id, grant_id))

    assert page.admission.whole is True
    assert [line.id for line in lines] == [case_id]
    with at_work.bench.reading() as connection, pytest.raises(CaseNotFound):
        queries.case_file(connection, contact, case_id, clock.today())


def test_who_has_no_right_to_a_case_cannot_write_into_it(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")

    with pytest.raises(CaseNotFound):
        at_work.do(
            handlers.identify_need,
            commands.IdentifyNeed(new_id(), case_id, SON, "no_food", "?"),
            contact,
        )

    assert at_work.bench.said(says.SupportNeedIdentified) == []


def test_a_person_of_another_case_is_not_found(at_work):
    case_id = at_work.case(MOTHER)

    with pytest.raises(RecordNotFound):
        at_work.consent(case_id, "person-elsewhere")

    assert [c.person_id for c in at_work.consents(case_id)] == [MOTHER]


def test_i_01_an_outside_agency_in_the_team_reads_only_who_consented_to_it(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(
        MOTHER,
        team=(commands.TeamMember(GrantSubject.OFFICE, "community_support_center_1"),),
    )
    outside = at_work.bench.staff(
        "contact", account_id="account-outside", office="community_support_center_1"
    )

    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, outside, case_id, clock.today())

    assert page.admission.whole is False
    assert [person.id for person in page.persons] == [MOTHER]


def test_i_08_the_right_of_an_outside_agency_ends_with_the_consent(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(
        MOTHER,
        team=(commands.TeamMember(GrantSubject.OFFICE, "community_support_center_1"),),
    )
    outside = at_work.bench.staff(
        "contact", account_id="account-outside", office="community_support_center_1"
    )

    at_work.consent(case_id, MOTHER, state=ConsentState.WITHDRAWN, scope=ConsentScope(), method="")

    with at_work.bench.reading() as connection, pytest.raises(CaseNotFound):
        queries.case_file(connection, outside, case_id, clock.today())


def test_i_01_an_outside_agency_is_not_in_the_team_when_nobody_consented(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case()

    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.assign_team,
            commands.AssignTeam(
                new_id(),
                case_id,
                commands.TeamMember(GrantSubject.OFFICE, "community_support_center_1"),
            ),
        )

    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert page.team == ()


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
