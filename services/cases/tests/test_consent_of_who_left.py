"""What a person took back holds nowhere, also where they no longer live; no session keeps a stale consent."""

import re
from datetime import timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus, GrantSubject
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
    Elsewhere,
)
from kasane_cases.domain.disclosure import Destination
from kasane_cases.domain.errors import DisclosureRefused, SessionNotReady
from kasane_cases.repository import Grants, Ledger
from kasane_contracts.intake import PersonsMerged
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def divided(at_work, case_id):
    command = commands.SplitHousehold(
        new_id(),
        case_id,
        new_id(),
        (SON,),
        clock.today(),
        "別居",
        at_work.read_case(case_id).version,
    )
    return at_work.do(handlers.split_household, command)


def withdrawn(at_work, case_id):
    at_work.do(
        handlers.record_consent,
        commands.RecordConsent(new_id(), case_id, SON, ConsentState.WITHDRAWN),
    )


def telling(case_id):
    return commands.TellSomebody(
        new_id(),
        case_id,
        SON,
        Destination.PARTNER_AGENCY,
        "試験病院",
        ConsentPurpose.HANDOFF,
        (DataClass.IDENTITY,),
    )


def test_a_plan_begins_nothing_on_the_consent_of_somebody_who_left(at_work):
    case_id = at_work.case(MOTHER)
    leaving = commands.EndMembership(new_id(), case_id, MOTHER, clock.today(), "転居")
    at_work.do(handlers.end_membership, leaving)

    at_work.draft(case_id, SON)
    assert at_work.read_case(case_id).status is CaseStatus.IDENTIFIED

    at_work.consent(case_id, SON)
    at_work.draft(case_id, SON)
    assert at_work.read_case(case_id).status is CaseStatus.PLAN_DRAFT


def test_i_08_a_withdrawal_in_the_new_household_holds_in_the_case_that_was_left(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    new_case = divided(at_work, case_id)
    withdrawn(at_work, new_case)

    with pytest.raises(DisclosureRefused) as refused:
        at_work.do(handlers.tell_somebody, telling(case_id))

    assert refused.value.code == "disclosure_consent_missing"
    with at_work.bench.reading() as connection:
        assert Ledger(connection).of_case(case_id) == ()
    states = [one.state.value for one in at_work.consents(case_id) if one.person_id == SON]
    assert states == ["given", "withdrawn"]


def test_i_08_what_somebody_says_holds_under_their_other_record_in_the_same_case(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    at_work.consent(case_id, MOTHER)
    at_work.bench.hear(PersonsMerged(new_id(), MOTHER, SON, "consultation-1", "consultation-2"))

    at_work.consent(case_id, MOTHER, scope=NARROW)
    narrower = standing_of_son(at_work, case_id)
    command = commands.RecordConsent(new_id(), case_id, MOTHER, ConsentState.WITHDRAWN)
    at_work.do(handlers.record_consent, command)

    assert (narrower.state, narrower.scope) == (ConsentState.GIVEN, NARROW)
    assert standing_of_son(at_work, case_id).state is ConsentState.WITHDRAWN
    with pytest.raises(DisclosureRefused):
        at_work.do(handlers.tell_somebody, telling(case_id))


def test_i_08_somebody_who_left_the_household_can_still_withdraw(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    at_work.do(
        handlers.end_membership,
        commands.EndMembership(new_id(), case_id, SON, clock.today(), "転出"),
    )

    withdrawn(at_work, case_id)

    with pytest.raises(DisclosureRefused):
        at_work.do(handlers.tell_somebody, telling(case_id))


def test_i_08_a_confirmed_session_follows_the_person_into_the_new_case_and_its_consent(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE)
    at_work.item(session_id, case_id, SON)
    at_work.do(handlers.confirm_members, commands.ConfirmMembers(session_id))
    new_case = divided(at_work, case_id)
    withdrawn(at_work, new_case)

    with pytest.raises(SessionNotReady):
        at_work.open(session_id)

    session = at_work.read_session(session_id)
    assert session.status is SessionStatus.NOTICES_SIGNED
    assert [item.case_id for item in session.items] == [new_case]


NARROW = ConsentScope(
    (ConsentPurpose.MULTI_AGENCY,), (AttendeeKind.MUNICIPAL_STAFF,), (DataClass.IDENTITY,)
)


def standing_of_son(at_work, case_id):
    return [one for one in at_work.consents(case_id) if one.person_id == SON][-1]


def test_i_08_a_narrower_consent_ends_what_a_conference_let_others_read(at_work):
    at_work.bench.staff("partner", account_id="account-resident", office="neighbours")
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    session_id = at_work.session(
        LegalKind.MULTI_AGENCY_CONFERENCE,
        commands.AttendeeAsked(AttendeeKind.RESIDENT, account_id="account-resident"),
    )
    at_work.item(session_id, case_id, SON)
    at_work.open(session_id)

    def readers():
        with at_work.bench.reading() as connection:
            grants = Grants(connection).of_case(case_id, clock.today())
        return [one.subject for one in grants if one.person_id == SON]

    before = readers()
    at_work.consent(case_id, SON, scope=NARROW)

    assert (before, readers()) == (["account-coordinator", "account-resident"], [])


def test_i_08_a_narrower_consent_in_the_new_case_leaves_no_wider_one_in_the_old(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    new_case = divided(at_work, case_id)
    at_work.consent(new_case, SON, scope=NARROW)

    with pytest.raises(DisclosureRefused) as refused:
        at_work.do(handlers.tell_somebody, telling(case_id))

    assert refused.value.code == "disclosure_consent_purpose"
    old = standing_of_son(at_work, case_id)
    assert (old.state, old.scope, old.number) == (ConsentState.GIVEN, NARROW, 2)
    with at_work.bench.reading() as connection:
        assert Ledger(connection).of_case(case_id) == ()


def test_a_person_who_wants_it_keeps_the_wider_consent_in_the_old_case(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    new_case = divided(at_work, case_id)
    at_work.consent(new_case, SON, scope=NARROW, elsewhere=Elsewhere.KEEP)

    old = standing_of_son(at_work, case_id)

    assert (old.number, old.scope.purposes) == (1, tuple(ConsentPurpose))


def test_a_wider_consent_widens_no_other_case(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON, scope=NARROW)
    new_case = divided(at_work, case_id)
    at_work.consent(new_case, SON)

    old = standing_of_son(at_work, case_id)

    assert (old.number, old.scope) == (1, NARROW)


def test_a_consent_with_nothing_in_common_ends_the_one_in_the_old_case(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON, scope=NARROW)
    new_case = divided(at_work, case_id)
    handoff = ConsentScope(
        (ConsentPurpose.HANDOFF,), (AttendeeKind.PARTNER_AGENCY,), (DataClass.FINANCE,)
    )
    at_work.consent(new_case, SON, scope=handoff)

    assert standing_of_son(at_work, case_id).state is ConsentState.WITHDRAWN
    assert standing_of_son(at_work, new_case).scope == handoff


def test_a_shorter_term_is_narrower_too(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    new_case = divided(at_work, case_id)
    last = clock.today() + timedelta(days=7)
    at_work.consent(new_case, SON, expires_on=last)

    assert standing_of_son(at_work, case_id).expires_on == last


def test_the_consent_page_asks_about_other_cases_and_takes_the_narrower_unasked(at_work):
    case_id = at_work.case(MOTHER)
    browser = at_work.bench.visit_as(at_work.coordinator)

    shown = browser.get(f"/cases/{case_id}/consents/{SON}").text

    assert "ほかのケースにも" in shown
    assert re.search(r'value="narrow"[^>]*(checked|selected)', shown)


def test_i_04_a_case_carries_no_material_of_a_session_to_who_was_not_there(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    at_work.do(
        handlers.record_fact,
        commands.RecordFact(new_id(), session_id, item_id, "手帳を失効している", "病院"),
    )
    head = at_work.bench.staff("coordinator", account_id="account-head", name="課長 次子")

    with at_work.bench.reading() as connection:
        seen = queries.case_file(connection, head, case_id, clock.today())
        own = queries.case_file(connection, at_work.coordinator, case_id, clock.today())

    assert "手帳" not in repr(seen)
    assert "手帳" in repr(own)


def test_i_01_an_agency_that_joins_the_team_later_reads_nothing_of_who_left(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, MOTHER)
    at_work.consent(case_id, SON)
    at_work.do(
        handlers.end_membership,
        commands.EndMembership(new_id(), case_id, SON, clock.today(), "転出"),
    )
    office = "community_support_center_1"
    outside = at_work.bench.staff("contact", account_id="account-outside", office=office)

    at_work.do(
        handlers.assign_team,
        commands.AssignTeam(new_id(), case_id, commands.TeamMember(GrantSubject.OFFICE, office)),
    )

    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, outside, case_id, clock.today())
        told = {line.person_id for line in Ledger(connection).of_case(case_id)}
    assert [person.id for person in page.persons] == [MOTHER]
    assert told == {MOTHER}


def test_i_10_a_session_and_its_pack_say_nothing_of_where_anybody_lives(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)
    at_work.do(handlers.issue_pack, commands.IssuePack(session_id))

    with at_work.bench.reading() as connection:
        seen = queries.session_file(connection, at_work.coordinator, session_id)
        pack = queries.own_pack(connection, at_work.coordinator, session_id)

    assert "試験 よし子" in repr(seen)
    assert "試験 よし子" in repr(pack)
    assert "試験町1番地" not in repr(seen)
    assert "試験町1番地" not in repr(pack)
