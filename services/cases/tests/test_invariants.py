"""The invariants of the domain report that live in cases, each by its number."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.disclosure import ClosedClass
from kasane_cases.domain.errors import (
    ConsentNeeded,
    DisclosureRefused,
    SessionNotReady,
    UnknownBody,
)
from kasane_cases.repository import Ledger
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.bus.tables import outbox
from kasane_kit.ids import new_id
from kasane_plugin_api import Office, OfficeKind, OutreachAgency

MOTHER, SON = "person-mother", "person-son"
SUPPORT = LegalKind.SUPPORT_CONFERENCE
MULTI_AGENCY = LegalKind.MULTI_AGENCY_CONFERENCE


def test_i_01_a_referral_without_this_persons_consent_is_refused(at_work):
    case_id = at_work.case(MOTHER)
    need_id = at_work.need(case_id, SON)

    with pytest.raises(DisclosureRefused) as refused:
        at_work.do(
            handlers.request_referral,
            commands.RequestReferral(new_id(), case_id, need_id, "service-1"),
        )

    assert refused.value.code == "disclosure_consent_missing"
    assert refused.value.facts == {
        "person": "試験 太郎",
        "recipient": "支援関係機関",
        "missing": "未確認",
    }
    assert at_work.bench.said(says.ReferralRequested) == []
    with at_work.bench.reading() as connection:
        found = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert found.referrals == ()


def test_i_01_a_consent_that_does_not_name_the_kind_of_recipient_does_not_cover_it(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    at_work.consent(
        case_id,
        SON,
        scope=ConsentScope(
            (ConsentPurpose.HANDOFF,), (AttendeeKind.MUNICIPAL_STAFF,), tuple(DataClass)
        ),
    )

    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.request_referral,
            commands.RequestReferral(
                new_id(), case_id, need_id, "service-1", recipient=AttendeeKind.RESIDENT
            ),
        )

    assert at_work.bench.said(says.ReferralRequested) == []


def test_i_01_a_referral_that_the_consent_covers_goes_out(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    at_work.consent(case_id, SON)

    referral_id = at_work.do(
        handlers.request_referral,
        commands.RequestReferral(new_id(), case_id, need_id, "service-1", message="週1回"),
    )

    (event,) = at_work.bench.said(says.ReferralRequested)
    assert (event.referral_id, event.name, event.message) == (referral_id, "試験 太郎", "週1回")


def test_i_01_an_outside_agency_is_not_told_who_it_is_without_a_basis(at_work_in):
    at_work = at_work_in("eniwa")
    case_id = at_work.case(MOTHER)

    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.request_outreach,
            commands.RequestOutreach(
                new_id(), case_id, SON, "顔を合わせる", "community_support_center_1"
            ),
        )

    assert at_work.bench.said(says.OutreachRequested) == []
    assert at_work.read_case(case_id).status is CaseStatus.IDENTIFIED


def test_i_01_a_support_conference_that_the_agency_attended_bound_is_a_basis(at_work_in):
    at_work = at_work_in("eniwa")
    at_work.bench.staff("contact", account_id="account-center", office="community_support_center_1")
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(SUPPORT, commands.AttendeeAsked(account_id="account-center"))
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    at_work.do(
        handlers.record_decision,
        commands.RecordDecision(
            new_id(), session_id, item_id, "入口になる", "community_support_center_1"
        ),
    )
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))

    at_work.do(
        handlers.request_outreach,
        commands.RequestOutreach(
            new_id(), case_id, SON, "顔を合わせる", "community_support_center_1"
        ),
    )

    (event,) = at_work.bench.said(says.OutreachRequested)
    assert (event.person_id, event.agency) == (SON, "community_support_center_1")
    assert at_work.read_case(case_id).status is CaseStatus.OUTREACH


def test_i_02_a_person_without_consent_cannot_be_put_on_a_multi_agency_agenda(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(ConsentNeeded) as refused:
        at_work.item(session_id, case_id, SON)

    assert refused.value.facts["person"] == "試験 太郎"
    assert refused.value.facts["suggestion"].endswith("（支援会議）")
    assert at_work.read_session(session_id).items == []


@pytest.mark.parametrize(
    "state",
    [ConsentState.REFUSED, ConsentState.PENDING, ConsentState.UNABLE],
)
def test_i_02_every_state_but_given_keeps_a_person_off_the_agenda(at_work, state):
    case_id = at_work.case()
    at_work.consent(case_id, SON, state=state)
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(ConsentNeeded):
        at_work.item(session_id, case_id, SON)

    assert at_work.read_session(session_id).items == []


def test_i_02_an_expired_consent_is_none(at_work, clock_at):
    case_id = at_work.case()
    at_work.consent(case_id, SON, expires_on=clock.today() + timedelta(days=10))
    clock_at(clock.now() + timedelta(days=11))
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(ConsentNeeded):
        at_work.item(session_id, case_id, SON)


def test_i_02_a_session_does_not_open_when_a_consent_was_withdrawn_meanwhile(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    session_id = at_work.session(MULTI_AGENCY)
    at_work.item(session_id, case_id, SON)
    at_work.consent(case_id, SON, state=ConsentState.WITHDRAWN, scope=ConsentScope(), method="")

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert refused.value.code == "not_ready_consent_missing"
    assert refused.value.facts["who"] == "試験 太郎"
    assert at_work.read_session(session_id).status is SessionStatus.PLANNED


def test_i_02_residents_at_the_table_must_be_named_in_the_consent(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON)
    session_id = at_work.session(
        MULTI_AGENCY,
        commands.AttendeeAsked(AttendeeKind.RESIDENT, name="町内 次郎", affiliation="自治会"),
    )
    at_work.item(session_id, case_id, SON)

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert refused.value.code == "not_ready_consent_recipients"
    assert refused.value.facts["detail"] == "resident"


def test_the_support_conference_takes_a_person_without_consent(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(SUPPORT)

    at_work.item(session_id, case_id, SON)
    at_work.open(session_id)

    session = at_work.read_session(session_id)
    assert session.status is SessionStatus.OPEN
    assert [item.consent_state for item in session.items] == ["not_asked"]


def test_where_the_town_has_not_decided_a_person_must_say_why_they_choose_a_body(at_work_in):
    at_work = at_work_in("ikoma")
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(MULTI_AGENCY)

    with pytest.raises(ConsentNeeded) as refused:
        at_work.item(session_id, case_id, SON)

    assert "定めていません" in refused.value.facts["suggestion"]
    with pytest.raises(UnknownBody):
        at_work.session(SUPPORT)


def test_i_03_a_session_does_not_open_before_everybodys_secrecy_is_recorded(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(
        SUPPORT,
        commands.AttendeeAsked(AttendeeKind.PARTNER_AGENCY, name="外部 三郎", affiliation="法人"),
        bound=False,
    )
    at_work.item(session_id, case_id, SON)
    planner = at_work.read_session(session_id).attendees[0]
    at_work.do(handlers.record_secrecy, commands.RecordSecrecy(session_id, planner.id))

    with pytest.raises(SessionNotReady) as refused:
        at_work.open(session_id)

    assert refused.value.code == "not_ready_secrecy_missing"
    assert refused.value.facts["who"] == "外部 三郎"
    assert at_work.read_session(session_id).status is SessionStatus.PLANNED


def test_i_03_an_attendee_whose_secrecy_is_not_recorded_sees_nobodys_name(at_work):
    case_id = at_work.case(MOTHER)
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")
    session_id = at_work.session(
        SUPPORT, commands.AttendeeAsked(account_id="account-contact"), bound=False
    )
    at_work.item(session_id, case_id, SON)

    with at_work.bench.reading() as connection:
        found = queries.session_file(connection, contact, session_id)

    assert (found.identities, found.material) == (False, False)
    assert [(i.person_id, i.topic) for i in found.session.items] == [("", "")]
    assert found.cases == {}


def test_i_08_a_withdrawal_is_added_and_the_past_stays(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    first = at_work.consent(case_id, SON)
    at_work.do(
        handlers.request_referral,
        commands.RequestReferral(new_id(), case_id, need_id, "service-1"),
    )

    second = at_work.consent(
        case_id, SON, state=ConsentState.WITHDRAWN, scope=ConsentScope(), method=""
    )

    history = at_work.consents(case_id)
    assert [(c.id, c.number, c.state) for c in history] == [
        (first, 1, ConsentState.GIVEN),
        (second, 2, ConsentState.WITHDRAWN),
    ]
    with pytest.raises(DisclosureRefused):
        at_work.do(
            handlers.request_referral,
            commands.RequestReferral(new_id(), case_id, need_id, "service-2"),
        )
    with at_work.bench.reading() as connection:
        page = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert [r.human_service_id for r in page.referrals] == ["service-1"]


def test_i_10_a_protected_address_does_not_leave_with_a_request_to_visit(at_work):
    case_id = at_work.case(MOTHER, address_protected=(MOTHER,))

    at_work.do(
        handlers.request_outreach,
        commands.RequestOutreach(new_id(), case_id, MOTHER, "様子を見る", "coordinator"),
    )

    (event,) = at_work.bench.said(says.OutreachRequested)
    assert (event.address_protected, event.address, event.name) == (True, "", "試験 よし子")
    assert event.visit_address == "試験町1番地"
    with at_work.bench.reading() as connection:
        (line,) = Ledger(connection).of_case(case_id)
        lying = connection.execute(select(outbox)).all()
    assert (line.closed_classes, line.basis.value) == ((ClosedClass.PROTECTED_ADDRESS,), "own_duty")
    assert "試験町1番地" not in repr(lying)


def test_i_10_a_protected_address_does_not_go_to_an_agency_outside_on_consent(at_work):
    case_id = at_work.case(MOTHER, address_protected=(MOTHER,))
    at_work.consent(case_id, MOTHER)
    outside = OutreachAgency("outside", "訪問看護ステーション")
    office = Office("outside", "訪問看護ステーション", OfficeKind.PARTNER_AGENCY)
    hooks = at_work.bench.hooks

    class WithAgency:
        def __getattr__(self, name):
            return getattr(hooks, name)

        def outreach_agencies(self, area, need):
            return (outside,)

        def organization(self, on):
            return (office,)

    with at_work.unit() as uow:
        command = commands.RequestOutreach(new_id(), case_id, MOTHER, "様子を見る", "outside")
        handlers.request_outreach(command, uow, WithAgency())

    (event,) = at_work.bench.said(says.OutreachRequested)
    assert (event.address, event.visit_address, event.name) == ("", "", "試験 よし子")


ONE_BODY = "comprehensive_support_conference"
