"""A right to a case that is given for a time: it ends by itself, is given again, and gets another last day."""

from datetime import datetime, time, timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import GrantBasis, GrantSubject
from kasane_cases.domain.errors import CaseNotFound, DatesBackward
from kasane_cases.repository import Grants
from kasane_contracts.portal import StaffAccountChanged
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER = "person-mother"
CONTACT = "account-contact"


def days(number):
    return timedelta(days=number)


@pytest.fixture
def go(clock_at):
    """A function that lets days pass."""
    return lambda passed: clock_at(
        datetime.combine(clock.today() + days(passed), time(12), clock.JAPAN)
    )


@pytest.fixture
def contact(at_work):
    """A contact person who has no right to any case."""
    return at_work.bench.staff("contact", account_id=CONTACT, name="担当 二郎", office="care")


def assign(at_work, case_id, account_id=CONTACT, valid_to=None):
    member = commands.TeamMember(GrantSubject.ACCOUNT, account_id)
    command = commands.AssignTeam(new_id(), case_id, member, valid_to)
    at_work.do(handlers.assign_team, command)


def restrict(at_work, case_id):
    version = at_work.read_case(case_id).version
    at_work.do(handlers.restrict_case, commands.RestrictCase(case_id, True, version))


def terms(at_work, case_id):
    with at_work.bench.reading() as connection:
        found = Grants(connection).of_case(case_id, clock.today())
    return [(one.subject, one.valid_to) for one in found if one.basis is GrantBasis.TEAM]


def read(at_work, case_id, viewer):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, viewer, case_id, clock.today())


def test_a_right_whose_last_day_is_over_is_given_again(at_work, contact, go):
    case_id = at_work.case(MOTHER)
    assign(at_work, case_id, valid_to=clock.today() + days(3))
    go(4)
    with pytest.raises(CaseNotFound):
        read(at_work, case_id, contact)

    assign(at_work, case_id)

    assert read(at_work, case_id, contact).admission.whole is True
    assert terms(at_work, case_id) == [(CONTACT, None)]


@pytest.mark.parametrize(("first", "second"), [(3, 30), (30, 3), (3, None), (None, 3)])
def test_a_running_right_gets_the_last_day_that_was_given_last(at_work, contact, first, second):
    case_id = at_work.case(MOTHER)
    last = [None if one is None else clock.today() + days(one) for one in (first, second)]

    for valid_to in last:
        assign(at_work, case_id, valid_to=valid_to)

    assert terms(at_work, case_id) == [(CONTACT, last[1])]


def test_who_restricts_a_case_keeps_it_although_a_term_of_theirs_is_over_or_ends_soon(at_work, go):
    cases = [at_work.case(MOTHER) for _ in range(2)]
    mine = at_work.coordinator.account_id
    for case_id, term in zip(cases, (3, 10), strict=True):
        assign(at_work, case_id, mine, clock.today() + days(term))
    go(5)

    for case_id in cases:
        restrict(at_work, case_id)
    go(30)

    assert [terms(at_work, one) for one in cases] == [[(mine, None)]] * 2
    assert read(at_work, cases[0], at_work.coordinator).admission.whole is True


def test_a_restricted_case_is_handed_to_who_had_a_term_that_is_over(at_work, go):
    case_id = at_work.case(MOTHER)
    at_work.bench.staff("coordinator", account_id="account-near", name="近く 三郎")
    assign(at_work, case_id, "account-near", clock.today() + days(3))
    restrict(at_work, case_id)
    go(5)

    leaves = StaffAccountChanged(
        account_id=at_work.coordinator.account_id,
        display_name=at_work.coordinator.display_name,
        roles=(),
        functions=("coordinator",),
        office="",
        active=False,
        revision=2,
    )
    at_work.bench.hear(leaves)

    assert terms(at_work, case_id) == [("account-near", None)]


def test_a_last_day_that_is_over_is_refused_and_the_form_keeps_what_was_typed(
    at_work, contact, browser
):
    case_id = at_work.case(MOTHER)
    yesterday = clock.today() - days(1)

    with pytest.raises(DatesBackward):
        assign(at_work, case_id, valid_to=yesterday)
    answer = browser.post(
        f"/cases/{case_id}/team",
        {"member": f"account:{CONTACT}", "valid_to": yesterday.isoformat(), "submission": "a"},
    )

    assert (answer.status_code, "日付を確かめてください" in answer.text) == (422, True)
    assert f'value="{yesterday}"' in answer.text
    assert terms(at_work, case_id) == []
