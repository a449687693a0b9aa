"""A case from its opening to its end, without a database."""

from datetime import date

import pytest

from kasane_cases.domain.case import (
    NEXT_STATUS,
    Case,
    CaseStatus,
    ClosingOutcome,
)
from kasane_cases.domain.errors import (
    ClosingIncomplete,
    NobodyConcerned,
    NobodyConsents,
    RecordNotFound,
    ReviewDateMissing,
    WrongStep,
)
from kasane_cases.domain.household import Household, Membership, Person

DAY = date(2026, 11, 21)


TARO = Person("person-1", "試験 太郎")


def case(status=CaseStatus.IDENTIFIED, persons=(TARO,)):
    return Case(
        id="case-1",
        number="C2026-0001",
        consultation_id="",
        household=Household("household-1", (Membership("person-1", "長男", DAY),)),
        persons=persons,
        opened_on=DAY,
        opened_by="account-1",
        status=status,
    )


def close(one, **changes):
    facts = {
        "evaluation": "落ち着いた",
        "next_contact": "包括支援センター",
        "no_contact_needed": False,
        "review_on": None,
        "review_date_required": False,
    }
    facts |= changes
    one.close(
        ClosingOutcome.ROLES_SETTLED,
        facts.pop("evaluation"),
        facts.pop("next_contact"),
        day=DAY,
        **facts,
    )


def test_a_case_has_somebody():
    with pytest.raises(NobodyConcerned):
        case(persons=())


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(1972, 11, 21), 54), (date(1972, 11, 22), 53), (None, None)],
)
def test_an_age_is_in_full_years(born, age):
    assert Person("person-1", birth_date=born).age_on(DAY) == age


def test_a_membership_holds_between_its_days():
    member = Membership("person-1", "長男", DAY, date(2026, 12, 1))

    assert [
        member.holds_on(day)
        for day in (date(2026, 11, 20), DAY, date(2026, 12, 1), date(2026, 12, 2))
    ] == [False, True, True, False]


def test_somebody_else_is_not_found_in_a_case():
    with pytest.raises(RecordNotFound):
        case().person("person-2")


@pytest.mark.parametrize("status", list(CaseStatus))
def test_only_the_states_that_follow_can_be_chosen(status):
    for wanted in CaseStatus:
        one = case(status)
        if wanted in NEXT_STATUS[status]:
            one.change_status(wanted, DAY, somebody_consents=True, day=DAY)
            assert one.status is wanted
        else:
            with pytest.raises(WrongStep):
                one.change_status(wanted, DAY, somebody_consents=True, day=DAY)
            assert one.status is status


def test_multi_agency_work_needs_somebodys_consent():
    one = case(CaseStatus.IDENTIFIED)

    with pytest.raises(NobodyConsents):
        one.change_status(CaseStatus.ASSESSMENT, None, somebody_consents=False, day=DAY)

    assert one.status is CaseStatus.IDENTIFIED


@pytest.mark.parametrize(
    "status",
    [CaseStatus.PLAN_DRAFT, CaseStatus.IN_SUPPORT, CaseStatus.CLOSED, CaseStatus.TRANSFERRED],
)
def test_states_that_follow_from_what_happens_cannot_be_chosen(status):
    assert not any(status in following for following in NEXT_STATUS.values())


def test_a_household_that_another_town_took_over_ends_as_transferred_and_may_come_back():
    one = case(CaseStatus.IN_SUPPORT)

    one.transferred("落ち着いた", "北栄町　C2026-0009", DAY)

    assert (one.status, one.open, one.closing_outcome) == (
        CaseStatus.TRANSFERRED,
        False,
        "handed_over",
    )
    assert (one.closed_on, one.next_contact) == (DAY, "北栄町　C2026-0009")
    for act in (one.begin_outreach, one.begin_assessment, one.begin_plan, lambda: close(one)):
        with pytest.raises(WrongStep):
            act()
    one.change_status(CaseStatus.REOPENED, None, somebody_consents=True, day=DAY)
    assert (one.episode, one.open) == (2, True)


def test_observation_needs_the_day_on_which_somebody_looks_again():
    one = case(CaseStatus.IN_SUPPORT)

    with pytest.raises(ReviewDateMissing):
        one.change_status(CaseStatus.OBSERVING, None, somebody_consents=True, day=DAY)
    one.change_status(CaseStatus.OBSERVING, DAY, somebody_consents=True, day=DAY)

    assert (one.status, one.review_on) == (CaseStatus.OBSERVING, DAY)


def test_a_closed_case_can_be_reopened_and_then_worked_on():
    one = case(CaseStatus.IN_SUPPORT)
    close(one)

    one.change_status(CaseStatus.REOPENED, None, somebody_consents=True, day=DAY)

    assert (one.status, one.open, one.closed_on) == (CaseStatus.REOPENED, True, None)


def test_nothing_begins_in_a_closed_case():
    one = case(CaseStatus.IN_SUPPORT)
    close(one)

    for act in (one.begin_outreach, one.begin_plan, lambda: close(one)):
        with pytest.raises(WrongStep):
            act()
    with pytest.raises(WrongStep):
        one.plan_agreed(DAY)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"evaluation": " "}, ("evaluation",)),
        ({"next_contact": ""}, ("next_contact",)),
        ({"no_contact_needed": True}, ("next_contact",)),
        ({"review_date_required": True}, ("review_date",)),
        ({"evaluation": "", "next_contact": ""}, ("evaluation", "next_contact")),
    ],
)
def test_an_end_names_what_it_still_needs(changes, missing):
    one = case(CaseStatus.IN_SUPPORT)

    with pytest.raises(ClosingIncomplete) as refused:
        close(one, **changes)

    assert refused.value.missing == missing
    assert one.status is CaseStatus.IN_SUPPORT


def test_a_decision_to_support_keeps_its_first_day():
    one = case()

    one.decide_support(DAY, "支援会議")
    one.decide_support(date(2027, 1, 1), "もう一度")

    assert (one.support_decided_on, one.support_reason) == (DAY, "支援会議")
