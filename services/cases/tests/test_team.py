"""A case is open to its team, person by person to an agency outside, and to nobody else."""

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import GrantSubject
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import (
    ConsentScope,
    ConsentState,
)
from kasane_cases.domain.errors import (
    CaseNotFound,
    DisclosureRefused,
    RecordNotFound,
)
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
SUPPORT = LegalKind.SUPPORT_CONFERENCE
MULTI_AGENCY = LegalKind.MULTI_AGENCY_CONFERENCE


def test_a_case_is_open_to_its_team_and_to_nobody_else(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")

    with at_work.bench.reading() as connection, pytest.raises(CaseNotFound):
        queries.case_file(connection, contact, case_id, clock.today())
    grant_id = new_id()
    at_work.do(
        handlers.assign_team,
        commands.AssignTeam(
            grant_id, case_id, commands.TeamMember(GrantSubject.ACCOUNT, "account-contact")
        ),
    )
    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, contact, case_id, clock.today())
        lines = queries.case_lines(connection, contact, clock.today())
    at_work.do(handlers.end_team, commands.EndTeam(case_id, grant_id))

    assert page.admission.whole is True
    assert [line.id for line in lines] == [case_id]
    with at_work.bench.reading() as connection, pytest.raises(CaseNotFound):
        queries.case_file(connection, contact, case_id, clock.today())


def test_who_has_no_right_to_a_case_cannot_write_into_it(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")

    with pytest.raises(CaseNotFound):
        at_work.do(
            handlers.identify_need,
            commands.IdentifyNeed(new_id(), case_id, SON, "no_food", "?"),
            contact,
        )

    assert at_work.bench.said(says.SupportNeedIdentified) == []


def test_a_person_of_another_case_is_not_found(at_work):
    case_id = at_work.case(MOTHER)

    with pytest.raises(RecordNotFound):
        at_work.consent(case_id, "person-elsewhere")

    assert [c.person_id for c in at_work.consents(case_id)] == [MOTHER]


def test_i_01_an_outside_agency_in_the_team_reads_only_who_consented_to_it(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(
        MOTHER,
        team=(commands.TeamMember(GrantSubject.OFFICE, "community_support_center_1"),),
    )
    outside = at_work.bench.staff(
        "contact", account_id="account-outside", office="community_support_center_1"
    )

    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, outside, case_id, clock.today())

    assert page.admission.whole is False
    assert [person.id for person in page.persons] == [MOTHER]


def test_i_07_the_list_names_to_an_outside_agency_only_who_consented_to_it(at_work_in):
    at_work = at_work_in("eniwa")
    office = "community_support_center_1"
    case_id = at_work.case(MOTHER, team=(commands.TeamMember(GrantSubject.OFFICE, office),))
    outside = at_work.bench.staff("contact", account_id="account-outside", office=office)

    with at_work.bench.reading() as connection:
        [theirs] = queries.case_lines(connection, outside, clock.today())
        [own] = queries.case_lines(connection, at_work.coordinator, clock.today())
    page = at_work.bench.visit_as(outside).get("/cases")

    assert (theirs.id, theirs.persons, theirs.unmet) == (case_id, ("試験 よし子",), ())
    assert (own.persons, own.unmet) == (("試験 よし子", "試験 太郎"), ("consent_open",))
    assert "試験 太郎" not in page.text


def test_i_08_the_right_of_an_outside_agency_ends_with_the_consent(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(
        MOTHER,
        team=(commands.TeamMember(GrantSubject.OFFICE, "community_support_center_1"),),
    )
    outside = at_work.bench.staff(
        "contact", account_id="account-outside", office="community_support_center_1"
    )

    at_work.consent(case_id, MOTHER, state=ConsentState.WITHDRAWN, scope=ConsentScope(), method="")

    with at_work.bench.reading() as connection, pytest.raises(CaseNotFound):
        queries.case_file(connection, outside, case_id, clock.today())


def test_i_01_an_outside_agency_is_not_in_the_team_when_nobody_consented(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case()

    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.assign_team,
            commands.AssignTeam(
                new_id(),
                case_id,
                commands.TeamMember(GrantSubject.OFFICE, "community_support_center_1"),
            ),
        )

    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert page.team == ()


ONE_BODY = "comprehensive_support_conference"
