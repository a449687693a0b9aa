"""What a person took back holds nowhere, also where they no longer live; no session keeps a stale consent."""

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import ConsentPurpose, ConsentState, DataClass
from kasane_cases.domain.disclosure import Destination
from kasane_cases.domain.errors import DisclosureRefused, SessionNotReady
from kasane_cases.repository import Ledger
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
