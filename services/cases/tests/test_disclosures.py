"""Every way out of cases writes the ledger, or is refused and writes nothing."""

import pytest

from kasane_cases import commands, handlers
from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import AttendeeKind, ConsentPurpose, ConsentState, DataClass
from kasane_cases.domain.disclosure import Destination, DisclosureBasis
from kasane_cases.domain.errors import DisclosureRefused, SessionNotReady
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.handlers.disclosures import Disclosing, Recipient, disclose
from kasane_cases.repository import Ledger
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
SUPPORT = LegalKind.SUPPORT_CONFERENCE
OUTSIDE = commands.AttendeeAsked(
    AttendeeKind.PARTNER_AGENCY, name="外部 三郎", affiliation="試験法人"
)


def ledger(at_work, case_id):
    with at_work.bench.reading() as connection:
        return Ledger(connection).of_case(case_id)


def lines(at_work, case_id):
    return sorted(
        (one.person_id, one.act.value, one.recipient, one.basis.value)
        for one in ledger(at_work, case_id)
    )


def told(at_work, case_id, person_id, **changes):
    facts = {
        "case": at_work.read_case(case_id),
        "person_id": person_id,
        "recipient": Recipient(Destination.PARTNER_AGENCY, "試験病院"),
        "purpose": ConsentPurpose.HANDOFF,
        "data_classes": (DataClass.IDENTITY,),
        "act": DisclosureAct.TOLD,
    }
    with at_work.unit() as uow:
        done = disclose(uow, at_work.bench.hooks, Disclosing(**{**facts, **changes}))
        uow.commit()
    return done


def test_a_referral_leaves_a_line_with_the_consent_it_went_out_on(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    consent_id = at_work.consent(case_id, SON)

    referral_id = at_work.do(
        handlers.request_referral,
        commands.RequestReferral(new_id(), case_id, need_id, "service-1", "試験食堂"),
    )

    (line,) = ledger(at_work, case_id)
    assert (line.person_id, line.recipient, line.recipient_code) == (SON, "試験食堂", "service-1")
    assert (line.basis, line.basis_reference) == (DisclosureBasis.CONSENT, consent_id)
    assert (line.act, line.reference) == (DisclosureAct.REFERRAL, referral_id)
    assert line.data_classes == (DataClass.IDENTITY, DataClass.RECORD)
    assert (line.disclosed_by, line.disclosed_by_name) == ("account-coordinator", "調整 花子")


def test_a_referral_that_says_it_goes_to_the_towns_own_staff_still_needs_consent(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)

    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.request_referral,
            commands.RequestReferral(
                new_id(), case_id, need_id, "s", recipient=AttendeeKind.MUNICIPAL_STAFF
            ),
        )

    assert ledger(at_work, case_id) == ()


def test_an_opened_support_conference_leaves_a_line_for_each_person_and_each_attendee(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(SUPPORT, OUTSIDE)
    at_work.item(session_id, case_id, SON)
    assert ledger(at_work, case_id) == ()

    at_work.open(session_id)

    assert lines(at_work, case_id) == [
        (SON, "session", "外部 三郎", "support_conference"),
        (SON, "session", "調整 花子", "support_conference"),
    ]
    assert {one.basis_reference for one in ledger(at_work, case_id)} == {session_id}


def test_a_multi_agency_session_leaves_lines_with_each_persons_own_consent(at_work):
    case_id = at_work.case()
    mothers = at_work.consent(case_id, MOTHER)
    sons = at_work.consent(case_id, SON)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, OUTSIDE)
    at_work.item(session_id, case_id, MOTHER)
    at_work.item(session_id, case_id, SON)

    at_work.open(session_id)

    assert {(one.person_id, one.basis_reference) for one in ledger(at_work, case_id)} == {
        (MOTHER, mothers),
        (SON, sons),
    }


def test_the_family_is_not_let_into_a_support_conference(at_work):
    case_id = at_work.case(MOTHER)
    family = commands.AttendeeAsked(AttendeeKind.PERSON_OR_FAMILY, name="試験 よし子")
    session_id = at_work.session(SUPPORT, family)
    item_id = at_work.item(session_id, case_id, SON)
    _, mother = at_work.read_session(session_id).attendees
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, (mother.id,)))

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert refused.value.code == "not_ready_family_without_consent"
    assert at_work.read_session(session_id).status is SessionStatus.PLANNED
    assert ledger(at_work, case_id) == ()


def test_an_ended_case_is_put_on_no_agenda_until_it_is_reopened(at_work):
    case_id = at_work.case(MOTHER)
    at_work.do(
        handlers.close_case,
        commands.CloseCase(case_id, ClosingOutcome.OTHER, "落ち着いた", 1, no_contact_needed=True),
    )
    session_id = at_work.session(SUPPORT)

    with pytest.raises(DisclosureRefused) as refused:
        at_work.item(session_id, case_id, SON)

    assert refused.value.code == "disclosure_case_ended"
    assert at_work.read_session(session_id).items == []
    assert at_work.read_case(case_id).status is CaseStatus.CLOSED


def test_an_outside_office_joins_the_team_for_those_who_consented_only(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case()
    at_work.consent(case_id, MOTHER)
    office = commands.TeamMember(GrantSubject.OFFICE, "community_support_center_1")

    at_work.do(handlers.assign_team, commands.AssignTeam(new_id(), case_id, office))

    assert [(one.person_id, one.act.value) for one in ledger(at_work, case_id)] == [
        (MOTHER, "team")
    ]


def test_i_08_a_withdrawal_keeps_the_ledger_and_stops_the_next_disclosure(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    first = told(at_work, case_id, SON)
    at_work.consent(case_id, SON, state=ConsentState.WITHDRAWN)

    with pytest.raises(DisclosureRefused):
        told(at_work, case_id, SON)

    assert [one.id for one in ledger(at_work, case_id)] == [first.id]


def test_i_07_a_mothers_consent_tells_nobody_about_the_son(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, MOTHER)

    with pytest.raises(DisclosureRefused) as refused:
        told(at_work, case_id, SON)

    assert refused.value.facts == {
        "person": "試験 太郎",
        "recipient": "試験病院",
        "missing": "未確認",
    }


def test_a_line_that_is_not_committed_is_not_there(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    with at_work.unit() as uow:
        disclose(
            uow,
            at_work.bench.hooks,
            Disclosing(
                at_work.read_case(case_id),
                SON,
                Recipient(Destination.CONTRACTOR, "試験社協"),
                ConsentPurpose.MULTI_AGENCY,
                (DataClass.PLAN,),
                DisclosureAct.PLAN,
            ),
        )

    assert ledger(at_work, case_id) == ()
