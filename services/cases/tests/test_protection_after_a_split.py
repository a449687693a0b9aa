"""The protection of somebody who fled lives on in their own case, whatever becomes of the household they left."""

from datetime import datetime, time, timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import ClosingOutcome
from kasane_cases.domain.errors import PersonLeft
from kasane_cases.domain.gap import GapKind
from kasane_cases.repository import Protections, Tasks
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope

MOTHER = "person-mother"


@pytest.fixture
def go(clock_at):
    """A function that lets days pass."""
    return lambda days: clock_at(
        datetime.combine(clock.today() + timedelta(days=days), time(12), clock.JAPAN)
    )


def protect(at_work, case_id, from_on=None):
    first = from_on or clock.today()
    command = commands.ProtectAddress(
        new_id(), case_id, MOTHER, first, "試験警察署", "支援第1号", "夫からの暴力"
    )
    at_work.do(handlers.protect_address, command)


def flee(at_work, case_id):
    """She leaves with a case of her own that only a named team sees."""
    command = commands.SplitHousehold(
        new_id(),
        case_id,
        new_id(),
        (MOTHER,),
        clock.today(),
        "避難",
        at_work.read_case(case_id).version,
        restricted=True,
    )
    return at_work.do(handlers.split_household, command)


def close_as_moved_away(at_work, case_id):
    command = commands.CloseCase(
        case_id,
        ClosingOutcome.MOVED_AWAY,
        "転居",
        at_work.read_case(case_id).version,
        "転居先の窓口",
    )
    at_work.do(handlers.close_case, command)


def tasks(at_work, case_id):
    with municipality_scope(at_work.bench.municipality):
        handlers.remind_of_protections(at_work.bench.house, at_work.bench.municipality)
    with at_work.bench.reading() as connection:
        return [task.kind.value for task in Tasks(connection).open_of_case(case_id)]


def ending(at_work, viewer=None):
    """The cases listed because a protection ends."""
    with at_work.bench.reading() as connection:
        lines = queries.gaps(
            connection,
            viewer or at_work.coordinator,
            clock.today(),
            GapKind.PROTECTION_ENDING,
        )
    return [line.case_id for line in lines]


def test_the_household_that_moves_away_does_not_end_the_protection_of_who_fled_from_it(at_work):
    left = at_work.case(MOTHER)
    protect(at_work, left)
    own = flee(at_work, left)

    close_as_moved_away(at_work, left)

    with at_work.bench.reading() as connection:
        term = Protections(connection).running(MOTHER)
    assert (term.ended_on, term.end_reason) == (None, "")
    assert tasks(at_work, left) == []

    close_as_moved_away(at_work, own)
    assert tasks(at_work, own) == ["ask_protection_again"]


@pytest.mark.parametrize("moved_out", [True, False])
def test_the_household_that_was_left_ends_no_protection_of_who_fled_from_it(at_work, moved_out):
    left = at_work.case(MOTHER)
    protect(at_work, left)
    own = flee(at_work, left)

    by_who_was_left = commands.EndProtection(left, MOTHER, moved_out, "もう要らない")
    with pytest.raises(PersonLeft):
        at_work.do(handlers.end_protection, by_who_was_left)

    assert at_work.read_case(own).person(MOTHER).address_protected is True
    at_work.do(
        handlers.end_protection, commands.EndProtection(own, MOTHER, moved_out, "本人の申し出")
    )
    assert tasks(at_work, own) == (["ask_protection_again"] if moved_out else [])


def test_the_renewal_is_asked_in_the_case_of_who_fled_and_not_where_they_left(at_work, go):
    left = at_work.case(MOTHER)
    protect(at_work, left)
    own = flee(at_work, left)
    other = at_work.bench.staff("coordinator", account_id="account-other", name="隣 十子")
    go(350)

    assert (tasks(at_work, left), tasks(at_work, own)) == ([], ["renew_protection"])
    assert (ending(at_work), ending(at_work, other)) == ([own], [])
    protect(at_work, own)
    assert (tasks(at_work, left), tasks(at_work, own), ending(at_work)) == ([], [], [])


def test_a_term_that_was_renewed_before_the_flight_is_not_asked_for_again_after_it(at_work, go):
    left = at_work.case(MOTHER)
    protect(at_work, left)
    go(350)
    assert tasks(at_work, left) == ["renew_protection"]
    protect(at_work, left)

    own = flee(at_work, left)

    assert (tasks(at_work, left), tasks(at_work, own)) == ([], [])


def test_who_lives_in_no_household_is_asked_about_where_the_term_was_written_down(at_work, go):
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    leaving = commands.EndMembership(new_id(), case_id, MOTHER, clock.today(), "施設に入った")
    at_work.do(handlers.end_membership, leaving)
    go(350)

    assert (tasks(at_work, case_id), ending(at_work)) == (["renew_protection"], [case_id])
