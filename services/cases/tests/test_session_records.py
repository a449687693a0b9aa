"""What is decided and written at a session, and what of it stays when a consent ends."""

from datetime import timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.agenda import LegalKind, RolePart
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import (
    ChangedMeanwhile,
    ConsentEnded,
    ConsentNeeded,
    NotInSession,
    OneLeads,
    SessionNotFound,
    UnknownChoice,
    WordsMissing,
    WrongStep,
)
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"

CONTACT = commands.AttendeeAsked(account_id="account-contact")
FAMILY = commands.AttendeeAsked(AttendeeKind.PERSON_OR_FAMILY, name="試験 次郎")


@pytest.fixture
def contact(at_work):
    return at_work.bench.staff("contact", account_id="account-contact", office="care")


def test_i_08_a_consent_withdrawn_during_the_session_closes_its_item_at_once(at_work, contact):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, CONTACT)
    item_id = at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)
    at_work.do(handlers.record_fact, at_work.fact(session_id, item_id))
    with at_work.bench.reading() as connection:
        assert queries.case_file(connection, contact, case_id, clock.today()).case.id == case_id

    at_work.withdraw(case_id, MOTHER)

    with pytest.raises(ConsentEnded):
        at_work.do(handlers.record_fact, at_work.fact(session_id, item_id, "もう一つ"))
    with pytest.raises(ConsentEnded):
        at_work.do(handlers.record_decision, at_work.decision(session_id, item_id))
    with pytest.raises(ConsentEnded):
        at_work.do(
            handlers.share_roles,
            commands.ShareRoles(session_id, item_id, (RolePart("包括", "訪問"),)),
        )
    for viewer in (contact, at_work.coordinator):
        seen = at_work.file_of(viewer, session_id)
        assert (seen.readable, seen.ended) == (frozenset(), frozenset({item_id}))
        assert seen.session.item(item_id).facts == ()
    with at_work.bench.reading() as connection, pytest.raises(Exception, match="not_found"):
        queries.case_file(connection, contact, case_id, clock.today())
    stored = at_work.read_session(session_id).item(item_id)
    assert (len(stored.facts), stored.decisions, stored.roles) == (1, (), ())


def test_a_consent_that_expires_overnight_closes_its_item(at_work, clock_at):
    case_id = at_work.case(MOTHER)
    today = clock.today()
    at_work.consent(case_id, MOTHER, expires_on=today)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)

    clock_at(clock.now() + timedelta(days=1))

    with pytest.raises(ConsentEnded):
        at_work.do(handlers.record_fact, at_work.fact(session_id, item_id))
    assert at_work.file_of(at_work.coordinator, session_id).readable == frozenset()


def test_i_08_the_towns_own_record_of_a_held_session_stays_after_the_withdrawal(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)
    at_work.do(handlers.record_fact, at_work.fact(session_id, item_id))
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))

    at_work.withdraw(case_id, MOTHER)

    seen = at_work.file_of(at_work.coordinator, session_id)
    assert [one.text for one in seen.session.item(item_id).facts] == ["受診が中断している"]


def test_i_04_a_matter_goes_on_after_consent_and_the_earlier_material_stays_closed(at_work):
    case_id = at_work.case(MOTHER)
    support = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(support, case_id, SON)
    at_work.open(support)
    at_work.do(handlers.record_fact, at_work.fact(support, item_id, "借金の話"))
    at_work.do(handlers.hold_session, commands.HoldSession(support))
    multi = at_work.session()
    go_on = commands.ContinueItem(new_id(), support, item_id, multi, "支援の方針")
    with pytest.raises(ConsentNeeded):
        at_work.do(handlers.continue_item, go_on)
    at_work.consent(case_id, SON)

    new = at_work.do(handlers.continue_item, go_on)

    stored = at_work.read_session(multi).item(new)
    assert (stored.follows, stored.facts, stored.legal_kind) == (
        item_id,
        (),
        LegalKind.MULTI_AGENCY_CONFERENCE,
    )
    later = at_work.bench.staff("coordinator", account_id="account-later")
    assert at_work.file_of(later, support).readable == frozenset()
    assert [one.text for one in at_work.read_session(support).item(item_id).facts] == ["借金の話"]


def test_a_matter_does_not_go_on_before_the_session_is_over(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    support, multi = at_work.session(LegalKind.SUPPORT_CONFERENCE), at_work.session()
    item_id = at_work.item(support, case_id, SON)

    with pytest.raises(WrongStep):
        at_work.do(
            handlers.continue_item,
            commands.ContinueItem(new_id(), support, item_id, multi, "支援の方針"),
        )

    assert at_work.read_session(multi).items == []


def test_a_decision_becomes_a_task_of_its_owner_and_is_carried_over_until_done(at_work, contact):
    case_id = at_work.case(MOTHER)
    first = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, CONTACT)
    item_id = at_work.item(first, case_id, MOTHER)
    at_work.open(first)
    wanted = at_work.decision(first, item_id, owner="account-contact")
    at_work.do(handlers.record_decision, wanted)
    at_work.do(handlers.hold_session, commands.HoldSession(first))
    second = at_work.session()
    again = at_work.item(second, case_id, MOTHER)

    def carried():
        with at_work.bench.reading() as connection:
            item = at_work.read_session(second).item(again)
            found = queries.carried_over(
                connection, at_work.coordinator, item, second, clock.today()
            )
        return [one.decision.text for one in found]

    before = carried()
    done = commands.FinishDecision(first, item_id, wanted.decision_id, "同行した")
    at_work.do(handlers.finish_decision, done, contact)

    assert (before, carried()) == (["受診に同行する"], [])
    (made,) = at_work.bench.said(says.DecisionMade)
    assert (made.targets, made.due_on) == (("account:account-contact",), clock.today())
    assert [one.decision_id for one in at_work.bench.said(says.DecisionDone)] == [
        wanted.decision_id
    ]
    with pytest.raises(WrongStep):
        at_work.do(handlers.finish_decision, done, contact)


def test_i_04_a_decision_of_a_support_conference_is_nobodys_who_was_not_there(at_work, contact):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)

    with pytest.raises(UnknownChoice):
        at_work.do(
            handlers.record_decision, at_work.decision(session_id, item_id, owner="account-contact")
        )
    wanted = at_work.decision(session_id, item_id)
    at_work.do(handlers.record_decision, wanted)

    (made,) = at_work.bench.said(says.DecisionMade)
    assert made.targets == ("account:account-coordinator",)
    other = at_work.bench.staff("coordinator", account_id="account-later")
    for viewer in (contact, other):
        with at_work.bench.reading() as connection, pytest.raises(SessionNotFound):
            queries.one_decision(connection, viewer, wanted.decision_id)
    with pytest.raises(SessionNotFound):
        at_work.do(
            handlers.finish_decision,
            commands.FinishDecision(session_id, item_id, wanted.decision_id),
            other,
        )


def test_a_table_of_roles_has_one_lead(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)
    parts = (RolePart("包括", "訪問", leads=True), RolePart("社協", "家計", leads=True))

    with pytest.raises(OneLeads):
        at_work.do(handlers.share_roles, commands.ShareRoles(session_id, item_id, parts))
    shared = (parts[0], RolePart("社協", "家計"))
    at_work.do(handlers.share_roles, commands.ShareRoles(session_id, item_id, shared))

    assert at_work.read_session(session_id).item(item_id).roles == shared


def test_the_second_of_two_who_write_the_minutes_is_told(at_work):
    session_id = at_work.held(at_work.case(MOTHER), MOTHER)
    read = at_work.read_session(session_id).version
    at_work.do(handlers.draft_minutes, commands.DraftMinutes(session_id, "一人目", expected=read))

    with pytest.raises(ChangedMeanwhile):
        at_work.do(
            handlers.draft_minutes, commands.DraftMinutes(session_id, "二人目", expected=read)
        )
    with pytest.raises(ChangedMeanwhile):
        at_work.do(handlers.fix_minutes, commands.FixMinutes(session_id, "二人目", expected=read))

    assert at_work.read_session(session_id).minutes == "一人目"


def test_fixed_minutes_are_corrected_only_by_a_dated_addition(at_work):
    session_id = at_work.held(at_work.case(MOTHER), MOTHER)
    added = commands.AddAddendum(new_id(), session_id, "日付の誤りを訂正")
    with pytest.raises(WrongStep):
        at_work.do(handlers.add_addendum, added)
    at_work.do(handlers.fix_minutes, commands.FixMinutes(session_id, "議事録"))
    with pytest.raises(WrongStep):
        at_work.do(handlers.draft_minutes, commands.DraftMinutes(session_id, "書き換え"))

    with pytest.raises(WordsMissing):
        at_work.do(handlers.add_addendum, commands.AddAddendum(new_id(), session_id, " "))
    at_work.do(handlers.add_addendum, added)

    seen = at_work.file_of(at_work.coordinator, session_id)
    assert seen.session.minutes == "議事録"
    assert [(one.text, one.added_by) for one in seen.addenda] == [("日付の誤りを訂正", "調整 花子")]


def test_i_04_the_minutes_of_an_item_are_read_by_those_who_took_part_in_it(at_work, contact):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, CONTACT)
    item_id = at_work.item(session_id, case_id, SON)
    lead, _ = at_work.read_session(session_id).attendees
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, (lead.id,)))
    at_work.open(session_id)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))
    at_work.do(
        handlers.fix_minutes, commands.FixMinutes(session_id, "全体", {item_id: "息子のこと"})
    )
    at_work.do(handlers.add_addendum, commands.AddAddendum(new_id(), session_id, "追記", item_id))

    theirs = at_work.file_of(contact, session_id)
    own = at_work.file_of(at_work.coordinator, session_id)

    assert (theirs.session.minutes, theirs.session.items, theirs.addenda) == ("全体", [], ())
    assert own.session.item(item_id).minutes == "息子のこと"
    with pytest.raises(NotInSession):
        at_work.do(
            handlers.add_addendum,
            commands.AddAddendum(new_id(), session_id, "追記", item_id),
            contact,
        )
