"""The agenda of a session: gates on each item, who takes part, what leaves it, what comes on it."""

from datetime import date

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.agenda import ItemState, LegalKind
from kasane_cases.domain.conference import SessionStatus
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import (
    AlreadyOnAgenda,
    ConsentNeeded,
    NoPersonsHere,
    NotInSession,
    SessionNotReady,
    UnknownBody,
    WordsMissing,
    WrongStep,
)
from kasane_cases.domain.obstacle import ObstacleCode
from kasane_cases.repository import standings
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"

CONTACT = commands.AttendeeAsked(account_id="account-contact")
FAMILY = commands.AttendeeAsked(AttendeeKind.PERSON_OR_FAMILY, name="試験 次郎")


@pytest.fixture
def contact(at_work):
    return at_work.bench.staff("contact", account_id="account-contact", office="care")


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
    at_work.withdraw(case_id, SON)

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
    at_work.withdraw(case_id, MOTHER)

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
    at_work.do(handlers.record_fact, at_work.fact(session_id, mother, "母のこと"))
    at_work.do(handlers.record_fact, at_work.fact(session_id, son, "息子のこと"))

    seen = at_work.file_of(contact, session_id)

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
        at_work.do(handlers.record_fact, at_work.fact(session_id, item_id))

    assert at_work.read_session(session_id).item(item_id).facts == ()


def test_a_session_of_many_persons_costs_no_more_questions(at_work, statements):
    asked = []
    for households in (1, 6):
        session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
        for _ in range(households):
            at_work.item(session_id, at_work.case(), MOTHER)
        session = at_work.read_session(session_id)
        with at_work.bench.reading() as connection, statements() as said:
            known = standings(connection, session.items)
        asked.append(len(said))
        assert {one.who for one in known.values()} == {"試験 よし子"}
        assert len(known) == households

    assert asked == [4, 4], "the start of the transaction and three questions"


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
