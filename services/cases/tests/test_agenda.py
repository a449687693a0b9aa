"""The agenda of a session: gates on each item, who takes part, what leaves it, what comes on it."""

from datetime import date, timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.agenda import ItemState, LegalKind, RolePart
from kasane_cases.domain.conference import SessionStatus
from kasane_cases.domain.consent import AttendeeKind, ConsentState
from kasane_cases.domain.errors import (
    AlreadyOnAgenda,
    ChangedMeanwhile,
    ConsentEnded,
    ConsentNeeded,
    NoPersonsHere,
    NotInSession,
    OneLeads,
    SessionNotFound,
    SessionNotReady,
    SupportNotDecided,
    UnknownBody,
    UnknownChoice,
    WordsMissing,
    WrongStep,
)
from kasane_cases.domain.obstacle import ObstacleCode
from kasane_cases.domain.plan_records import GoalCheck, GoalResult
from kasane_cases.domain.support_plan import PlanOutcome
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"

CONTACT = commands.AttendeeAsked(account_id="account-contact")
FAMILY = commands.AttendeeAsked(AttendeeKind.PERSON_OR_FAMILY, name="試験 次郎")


@pytest.fixture
def contact(at_work):
    return at_work.bench.staff("contact", account_id="account-contact", office="care")


def file_of(at_work, viewer, session_id):
    with at_work.bench.reading() as connection:
        return queries.session_file(connection, viewer, session_id)


def withdraw(at_work, case_id, person_id):
    at_work.consent(case_id, person_id, state=ConsentState.WITHDRAWN, method="")


def fact(session_id, item_id, told="受診が中断している"):
    return commands.RecordFact(new_id(), session_id, item_id, told, "包括")


def decision(session_id, item_id, **changes):
    facts = {"text": "受診に同行する", "in_charge": "care", "due_on": clock.today()}
    return commands.RecordDecision(new_id(), session_id, item_id, **{**facts, **changes})


def test_a_session_passes_through_every_state(at_work):
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, bound=False)
    states = [at_work.read_session(session_id).status]

    at_work.do(handlers.confirm_members, commands.ConfirmMembers(session_id))
    states.append(at_work.read_session(session_id).status)
    (own,) = at_work.read_session(session_id).attendees
    at_work.do(handlers.record_secrecy, commands.RecordSecrecy(session_id, own.id, signed=True))
    states.append(at_work.read_session(session_id).status)
    at_work.open(session_id)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))
    at_work.do(handlers.draft_minutes, commands.DraftMinutes(session_id, "下書き"))
    states.append(at_work.read_session(session_id).status)
    at_work.do(handlers.fix_minutes, commands.FixMinutes(session_id, "確定"))
    states.append(at_work.read_session(session_id).status)

    assert states == [
        SessionStatus.PLANNED,
        SessionStatus.MEMBERS_CONFIRMED,
        SessionStatus.NOTICES_SIGNED,
        SessionStatus.MINUTES_DRAFT,
        SessionStatus.MINUTES_FIXED,
    ]


def test_somebody_asked_later_makes_the_members_open_again(at_work, contact):
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    at_work.do(handlers.confirm_members, commands.ConfirmMembers(session_id))

    at_work.do(handlers.add_attendee, commands.AddAttendee(new_id(), session_id, CONTACT))

    assert at_work.read_session(session_id).status is SessionStatus.PLANNED


def test_members_are_confirmed_once(at_work):
    session_id = at_work.session()
    at_work.do(handlers.confirm_members, commands.ConfirmMembers(session_id))

    with pytest.raises(WrongStep):
        at_work.do(handlers.confirm_members, commands.ConfirmMembers(session_id))


def test_one_failing_item_is_named_and_the_session_opens_without_it(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    session_id = at_work.session()
    at_work.item(session_id, case_id, MOTHER)
    failing = at_work.item(session_id, case_id, SON)
    withdraw(at_work, case_id, SON)

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)
    at_work.do(
        handlers.remove_item, commands.RemoveItem(session_id, failing, "同意が撤回されたため")
    )
    at_work.open(session_id)

    assert [(one.code, one.item_id) for one in refused.value.obstacles] == [
        (ObstacleCode.CONSENT_MISSING, failing)
    ]
    session = at_work.read_session(session_id)
    assert session.status is SessionStatus.OPEN
    assert [item.state for item in session.items] == [ItemState.ON_AGENDA, ItemState.REMOVED]
    assert session.items[1].state_reason == "同意が撤回されたため"


def test_an_item_leaves_the_agenda_only_with_a_reason_and_before_the_session(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)

    with pytest.raises(WordsMissing):
        at_work.do(handlers.remove_item, commands.RemoveItem(session_id, item_id, "　"))
    at_work.open(session_id)
    with pytest.raises(WrongStep):
        at_work.do(handlers.remove_item, commands.RemoveItem(session_id, item_id, "後で"))

    assert at_work.read_session(session_id).item(item_id).on_agenda is True


def test_an_item_moves_to_the_support_conference_when_consent_is_withdrawn(at_work):
    case_id = at_work.case(MOTHER)
    multi, support = at_work.session(), at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(multi, case_id, MOTHER)
    withdraw(at_work, case_id, MOTHER)

    new = at_work.do(
        handlers.move_item,
        commands.MoveItem(new_id(), multi, item_id, support, "同意が撤回されたため"),
    )

    assert at_work.read_session(multi).items[0].state is ItemState.MOVED
    moved = at_work.read_session(support).item(new)
    assert (moved.person_id, moved.follows, moved.legal_kind) == (
        MOTHER,
        item_id,
        LegalKind.SUPPORT_CONFERENCE,
    )


def test_i_02_an_item_without_consent_does_not_move_to_the_multi_agency_conference(at_work):
    case_id = at_work.case(MOTHER)
    support, multi = at_work.session(LegalKind.SUPPORT_CONFERENCE), at_work.session()
    item_id = at_work.item(support, case_id, SON)

    with pytest.raises(ConsentNeeded):
        at_work.do(handlers.move_item, commands.MoveItem(new_id(), support, item_id, multi, "移す"))

    assert at_work.read_session(support).item(item_id).on_agenda is True
    assert at_work.read_session(multi).items == []


def test_a_person_is_on_one_agenda_once(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    at_work.item(session_id, case_id, MOTHER)

    with pytest.raises(AlreadyOnAgenda):
        at_work.item(session_id, case_id, MOTHER)

    assert len(at_work.read_session(session_id).items) == 1


def test_i_07_an_attendee_sees_only_the_items_they_are_admitted_to(at_work, contact):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, CONTACT)
    mother = at_work.item(session_id, case_id, MOTHER)
    son = at_work.item(session_id, case_id, SON)
    lead, other = at_work.read_session(session_id).attendees
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, son, (lead.id,)))
    at_work.open(session_id)
    at_work.do(handlers.record_fact, fact(session_id, mother, "母のこと"))
    at_work.do(handlers.record_fact, fact(session_id, son, "息子のこと"))

    seen = file_of(at_work, contact, session_id)

    assert [item.id for item in seen.session.items] == [mother]
    assert seen.readable == frozenset({mother})
    with at_work.bench.reading() as connection:
        case = queries.case_file(connection, contact, case_id, clock.today())
    assert [person.id for person in case.persons] == [MOTHER]
    assert other.id not in at_work.read_session(session_id).item(son).admitted


def test_i_03_who_is_not_admitted_to_an_item_cannot_write_into_it(at_work, contact):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, CONTACT)
    item_id = at_work.item(session_id, case_id, SON)
    _, other = at_work.read_session(session_id).attendees
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, (other.id,)))
    at_work.open(session_id)

    with pytest.raises(NotInSession):
        at_work.do(handlers.record_fact, fact(session_id, item_id))

    assert at_work.read_session(session_id).item(item_id).facts == ()


def test_only_who_attends_is_admitted(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)

    with pytest.raises(Exception, match="not_found"):
        at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, ("nobody",)))

    assert at_work.read_session(session_id).item(item_id).admitted == ()


def test_family_is_let_into_no_item_without_consent(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, FAMILY)
    item_id = at_work.item(session_id, case_id, SON)
    lead, family = at_work.read_session(session_id).attendees
    admit = commands.AdmitToItem(session_id, item_id, (lead.id, family.id))
    at_work.do(handlers.admit_to_item, admit)

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, ()))
    at_work.open(session_id)

    assert refused.value.code == "not_ready_family_without_consent"
    session = at_work.read_session(session_id)
    assert [a.id for a in session.admitted_to(session.item(item_id))] == [lead.id]


def test_i_02_a_resident_who_takes_no_part_in_an_item_asks_nothing_of_its_consent(at_work):
    case_id = at_work.case(MOTHER)
    resident = commands.AttendeeAsked(AttendeeKind.RESIDENT, name="地域 食子")
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, resident)
    item_id = at_work.item(session_id, case_id, MOTHER)
    lead, _ = at_work.read_session(session_id).attendees

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, (lead.id,)))
    at_work.open(session_id)

    assert refused.value.code == "not_ready_consent_recipients"
    assert at_work.read_session(session_id).status is SessionStatus.OPEN


def test_an_item_that_nobody_takes_part_in_keeps_the_session_closed(at_work, contact):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, CONTACT)
    item_id = at_work.item(session_id, case_id, SON)
    _, other = at_work.read_session(session_id).attendees
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, (other.id,)))
    at_work.do(handlers.mark_presence, commands.MarkPresence(session_id, other.id, False))

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert refused.value.code == "not_ready_nobody_admitted"


def test_i_08_a_consent_withdrawn_during_the_session_closes_its_item_at_once(at_work, contact):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, CONTACT)
    item_id = at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)
    at_work.do(handlers.record_fact, fact(session_id, item_id))
    with at_work.bench.reading() as connection:
        assert queries.case_file(connection, contact, case_id, clock.today()).case.id == case_id

    withdraw(at_work, case_id, MOTHER)

    with pytest.raises(ConsentEnded):
        at_work.do(handlers.record_fact, fact(session_id, item_id, "もう一つ"))
    with pytest.raises(ConsentEnded):
        at_work.do(handlers.record_decision, decision(session_id, item_id))
    with pytest.raises(ConsentEnded):
        at_work.do(
            handlers.share_roles,
            commands.ShareRoles(session_id, item_id, (RolePart("包括", "訪問"),)),
        )
    for viewer in (contact, at_work.coordinator):
        seen = file_of(at_work, viewer, session_id)
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
        at_work.do(handlers.record_fact, fact(session_id, item_id))
    assert file_of(at_work, at_work.coordinator, session_id).readable == frozenset()


def test_i_08_the_towns_own_record_of_a_held_session_stays_after_the_withdrawal(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    at_work.open(session_id)
    at_work.do(handlers.record_fact, fact(session_id, item_id))
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))

    withdraw(at_work, case_id, MOTHER)

    seen = file_of(at_work, at_work.coordinator, session_id)
    assert [one.text for one in seen.session.item(item_id).facts] == ["受診が中断している"]


def test_i_04_a_matter_goes_on_after_consent_and_the_earlier_material_stays_closed(at_work):
    case_id = at_work.case(MOTHER)
    support = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(support, case_id, SON)
    at_work.open(support)
    at_work.do(handlers.record_fact, fact(support, item_id, "借金の話"))
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
    assert file_of(at_work, later, support).readable == frozenset()
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


def test_an_item_is_spoken_of_only_on_a_basis_that_its_body_has(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()

    with pytest.raises(UnknownBody):
        at_work.item(session_id, case_id, SON, legal_kind=LegalKind.SUPPORT_CONFERENCE)

    assert at_work.read_session(session_id).items == []


@pytest.mark.parametrize(
    "kind",
    [
        LegalKind.CHILD_PROTECTION_COUNCIL,
        LegalKind.COMMUNITY_CARE_CONFERENCE,
        LegalKind.LONELINESS_COUNCIL,
    ],
)
def test_i_12_bodies_of_other_laws_take_nobody_by_name(kind):
    from kasane_cases.domain.agenda import AgendaItem
    from kasane_cases.domain.conference import ConferenceSession

    session = ConferenceSession("s", "b", "会議", kind, date(2026, 11, 21), "a")

    with pytest.raises(NoPersonsHere):
        session.add_item(AgendaItem("i", "方針", "case-1", "person-1"))

    assert session.items == []


def test_the_support_conference_of_the_livelihood_act_does_not_inherit_the_exception():
    kind = LegalKind.SELF_RELIANCE_CONFERENCE

    assert (kind.asks_consent, kind.closed, kind.asks_support_decision) == (True, True, False)


def test_a_decision_becomes_a_task_of_its_owner_and_is_carried_over_until_done(at_work, contact):
    case_id = at_work.case(MOTHER)
    first = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, CONTACT)
    item_id = at_work.item(first, case_id, MOTHER)
    at_work.open(first)
    wanted = decision(first, item_id, owner="account-contact")
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
        at_work.do(handlers.record_decision, decision(session_id, item_id, owner="account-contact"))
    wanted = decision(session_id, item_id)
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

    seen = file_of(at_work, at_work.coordinator, session_id)
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

    theirs = file_of(at_work, contact, session_id)
    own = file_of(at_work, at_work.coordinator, session_id)

    assert (theirs.session.minutes, theirs.session.items, theirs.addenda) == ("全体", [], ())
    assert own.session.item(item_id).minutes == "息子のこと"
    with pytest.raises(NotInSession):
        at_work.do(
            handlers.add_addendum,
            commands.AddAddendum(new_id(), session_id, "追記", item_id),
            contact,
        )


def proposals(at_work, session_id):
    with at_work.bench.reading() as connection:
        found = queries.agenda_proposals(connection, at_work.read_session(session_id))
    return [(one.kind.value, one.person_id) for one in found]


def test_what_is_due_is_proposed_with_its_reason(at_work):
    case_id = at_work.case(MOTHER)
    held = at_work.session()
    item_id = at_work.item(held, case_id, MOTHER)
    at_work.open(held)
    at_work.do(handlers.record_decision, decision(held, item_id))
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
    at_work.do(handlers.record_decision, decision(support, item_id))
    at_work.do(handlers.hold_session, commands.HoldSession(support))
    session_id = at_work.session()

    before = proposals(at_work, session_id)
    at_work.consent(case_id, SON)

    assert (before, proposals(at_work, session_id)) == ([], [("consent_gained", SON)])
    assert proposals(at_work, at_work.session(LegalKind.SUPPORT_CONFERENCE)) == [
        ("decision_open", SON)
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
