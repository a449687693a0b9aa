"""A session and its gates, without a database."""

from datetime import UTC, date, datetime

import pytest

from kasane_cases.domain.conference import (
    AgendaItem,
    Attendee,
    ConferenceSession,
    ItemFact,
    LegalKind,
    PersonStanding,
    SecrecyDuty,
    SessionStatus,
    obstacles_of_item,
)
from kasane_cases.domain.consent import (
    AttendeeKind,
    Consent,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.errors import (
    NoPersonsHere,
    NotInSession,
    SessionNotReady,
    SharedWithoutIdentity,
    SignatureNeeded,
    WrongStep,
)
from kasane_cases.domain.obstacle import Obstacle, ObstacleCode

DAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def session(kind=LegalKind.MULTI_AGENCY_CONFERENCE, *attendees):
    return ConferenceSession(
        "session-1", "body", "会議", kind, DAY, "account-1", attendees=list(attendees)
    )


def attendee(needs_signature=False, account_id="account-1", kind=AttendeeKind.MUNICIPAL_STAFF):
    duty = SecrecyDuty("伝えません", "誓約", needs_signature)
    return Attendee(f"attendee-{account_id}", "職員", kind, duty, account_id)


def consent(purposes=(ConsentPurpose.MULTI_AGENCY,), state=ConsentState.GIVEN):
    scope = ConsentScope(purposes, (AttendeeKind.MUNICIPAL_STAFF,), (DataClass.IDENTITY,))
    return Consent("c", "case-1", "person-1", 1, state, NOW, "a", scope, method="written")


@pytest.mark.parametrize("kind", [k for k in LegalKind if not k.takes_persons])
def test_a_body_that_takes_nobody_by_name_refuses_a_person_and_takes_a_topic(kind):
    one = session(kind)
    refusal = SharedWithoutIdentity if kind is LegalKind.POLICY_SHARING else NoPersonsHere

    with pytest.raises(refusal):
        one.add_item(AgendaItem("item-1", "方針", "case-1", "person-1"))
    one.add_item(AgendaItem("item-2", "3件"))

    assert [item.id for item in one.items] == ["item-2"]


def test_the_support_conference_has_no_gate_for_a_person():
    standing = PersonStanding(None, support_decided=False)

    assert obstacles_of_item(LegalKind.SUPPORT_CONFERENCE, standing, (), DAY) == ()


def test_the_multi_agency_conference_names_every_gate_that_fails():
    standing = PersonStanding(None, support_decided=False, who="試験 太郎")

    found = obstacles_of_item(LegalKind.MULTI_AGENCY_CONFERENCE, standing, (), DAY, "item-1")

    assert found == (
        Obstacle(ObstacleCode.CONSENT_MISSING, "試験 太郎", "item-1", "not_asked"),
        Obstacle(ObstacleCode.SUPPORT_NOT_DECIDED, "試験 太郎", "item-1"),
    )


def test_a_consent_to_handing_over_is_none_to_a_conference():
    standing = PersonStanding(consent((ConsentPurpose.HANDOFF,)), support_decided=True)

    found = obstacles_of_item(LegalKind.MULTI_AGENCY_CONFERENCE, standing, (), DAY)

    assert [one.code for one in found] == [ObstacleCode.CONSENT_SCOPE]


def test_each_kind_of_recipient_outside_the_consent_is_named_once():
    standing = PersonStanding(consent(), support_decided=True)
    kinds = (AttendeeKind.MUNICIPAL_STAFF, AttendeeKind.RESIDENT, AttendeeKind.RESIDENT)

    found = obstacles_of_item(LegalKind.MULTI_AGENCY_CONFERENCE, standing, kinds, DAY)

    assert [one.detail for one in found] == ["resident"]


def test_a_session_with_nobody_and_without_quorum_does_not_open():
    one = session()

    obstacles = one.obstacles({}, False, "過半数に足りません", DAY)
    with pytest.raises(SessionNotReady) as refused:
        one.open(obstacles, DAY)

    assert [o.code for o in obstacles] == [ObstacleCode.NOBODY_ATTENDS, ObstacleCode.NO_QUORUM]
    assert refused.value.facts["others"] == 1
    assert one.status is SessionStatus.PLANNED


def test_who_is_absent_keeps_nobody_from_opening():
    bound, absent = attendee(), attendee(account_id="account-2")
    bound.acknowledge(NOW, signed=False)
    one = session(LegalKind.SUPPORT_CONFERENCE, bound, absent)

    one.mark_presence(absent.id, False)

    assert one.obstacles({}, True, "", DAY) == ()
    assert one.shows_material_to("account-2") is False


def test_a_pledge_needs_a_signature():
    one = attendee(needs_signature=True)

    with pytest.raises(SignatureNeeded):
        one.acknowledge(NOW, signed=False)
    assert one.bound is False
    one.acknowledge(NOW, signed=True)

    assert one.bound is True


def test_an_account_attends_once():
    one = session(LegalKind.STAFF, attendee())

    one.add_attendee(attendee())

    assert len(one.attendees) == 1


def test_only_who_is_present_and_bound_writes():
    bound, unbound = attendee(), attendee(account_id="account-2")
    bound.acknowledge(NOW, signed=False)
    one = session(LegalKind.SUPPORT_CONFERENCE, bound, unbound)
    one.items.append(AgendaItem("item-1", "方針", "case-1", "person-1"))
    one.status = SessionStatus.OPEN
    fact = ItemFact("fact-1", "受診中断", "包括", NOW, "account-2")

    with pytest.raises(NotInSession):
        one.record_fact("item-1", fact, "account-2")
    with pytest.raises(NotInSession):
        one.record_fact("item-1", fact, "")
    one.record_fact("item-1", fact, "account-1")

    assert one.item("item-1").facts == (fact,)


def test_fixed_minutes_change_no_more():
    bound = attendee()
    bound.acknowledge(NOW, signed=False)
    one = session(LegalKind.SUPPORT_CONFERENCE, bound)
    one.open((), DAY)
    one.hold(None)

    one.fix_minutes("議事録", NOW, "account-1")
    with pytest.raises(WrongStep):
        one.fix_minutes("書き換え", NOW, "account-1")
    with pytest.raises(WrongStep):
        one.add_item(AgendaItem("item-9", "あとから"))

    assert (one.minutes, one.status) == ("議事録", SessionStatus.MINUTES_FIXED)
