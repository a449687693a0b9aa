"""Consent of one person, without a database."""

from datetime import UTC, date, datetime

import pytest

from kasane_cases.domain.consent import (
    AttendeeKind,
    Consent,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
    state_on,
)
from kasane_cases.domain.errors import ConsentIncomplete, NothingToWithdraw, WrongStep

SCOPE = ConsentScope(
    (ConsentPurpose.MULTI_AGENCY,),
    (AttendeeKind.MUNICIPAL_STAFF, AttendeeKind.PARTNER_AGENCY),
    (DataClass.IDENTITY,),
)
DAY = date(2026, 11, 21)


def entry(state=ConsentState.GIVEN, **changes):
    facts = {
        "id": "consent-1",
        "case_id": "case-1",
        "person_id": "person-1",
        "number": 1,
        "state": state,
        "recorded_at": datetime(2026, 11, 1, tzinfo=UTC),
        "recorded_by": "account-1",
        "scope": SCOPE,
        "method": "written",
        "valid_from": date(2026, 11, 1),
        "expires_on": DAY,
    }
    return Consent(**{**facts, **changes})


def test_a_person_without_an_entry_was_not_asked():
    assert state_on(None, DAY) is ConsentState.NOT_ASKED


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 10, 31), ConsentState.PENDING),
        (date(2026, 11, 1), ConsentState.GIVEN),
        (date(2026, 11, 21), ConsentState.GIVEN),
        (date(2026, 11, 22), ConsentState.EXPIRED),
    ],
)
def test_a_consent_holds_from_its_first_to_its_last_day(day, state):
    assert entry().state_on(day) is state


@pytest.mark.parametrize(
    ("purpose", "recipients", "data", "covered"),
    [
        (ConsentPurpose.MULTI_AGENCY, (), (), True),
        (ConsentPurpose.MULTI_AGENCY, (AttendeeKind.PARTNER_AGENCY,), (DataClass.IDENTITY,), True),
        (ConsentPurpose.HANDOFF, (), (), False),
        (ConsentPurpose.MULTI_AGENCY, (AttendeeKind.RESIDENT,), (), False),
        (ConsentPurpose.MULTI_AGENCY, (), (DataClass.HEALTH,), False),
    ],
)
def test_a_consent_covers_what_its_scope_names_and_nothing_else(purpose, recipients, data, covered):
    assert entry().covers(DAY, purpose, recipients, data) is covered


def test_an_expired_consent_covers_nothing():
    assert entry().covers(date(2026, 11, 22), ConsentPurpose.MULTI_AGENCY) is False


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": ConsentScope()},
        {"scope": ConsentScope((), SCOPE.recipients, SCOPE.data_classes)},
        {"scope": ConsentScope(SCOPE.purposes, (), SCOPE.data_classes)},
        {"scope": ConsentScope(SCOPE.purposes, SCOPE.recipients, ())},
        {"method": ""},
    ],
)
def test_a_consent_with_something_missing_is_none(changes):
    with pytest.raises(ConsentIncomplete):
        entry(**changes).check_after(None, DAY)


@pytest.mark.parametrize("before", [None, entry(ConsentState.REFUSED)])
def test_only_a_given_consent_can_be_withdrawn(before):
    with pytest.raises(NothingToWithdraw):
        entry(ConsentState.WITHDRAWN).check_after(before, DAY)


def test_an_expiry_is_never_written_by_hand():
    with pytest.raises(WrongStep):
        entry(ConsentState.EXPIRED).check_after(entry(), DAY)
