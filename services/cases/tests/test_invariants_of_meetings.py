"""What must never happen around a meeting."""

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.errors import (
    CaseNotFound,
    ConsentNeeded,
    HostNotMunicipal,
    NoPersonsHere,
    NotInSession,
    SessionNotFound,
    SharedWithoutIdentity,
    SupportNotDecided,
)
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
SUPPORT = LegalKind.SUPPORT_CONFERENCE
MULTI_AGENCY = LegalKind.MULTI_AGENCY_CONFERENCE


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


ONE_BODY = "comprehensive_support_conference"
