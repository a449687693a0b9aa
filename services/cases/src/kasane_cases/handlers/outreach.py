"""Asks that somebody visits a person, when there is a basis for telling them who it is."""

from dataclasses import replace
from typing import Any

from kasane_cases.commands import RequestOutreach
from kasane_cases.domain.consent import AttendeeKind, ConsentPurpose, DataClass
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.requests import OutreachRequest
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.disclosures import Disclosing, Recipient, disclose, would_disclose
from kasane_cases.handlers.views import known_choice, need_view, office_kind
from kasane_cases.repository import Cases, Needs, OutreachRequests
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork

TOLD = (DataClass.IDENTITY, DataClass.CONTACT)


def request_outreach(command: RequestOutreach, uow: UnitOfWork, hooks: Any) -> str:
    """Asks for a visit and says so; a protected address stays here (I-10)."""
    case, _ = open_for_change(command.case_id, uow)
    person = case.member(command.person_id, clock.today())
    need = need_view(case, Needs(uow.connection).of_case(case.id), person.id)
    agencies = hooks.outreach_agencies(area=case.area, need=need)
    label = known_choice(command.agency, {one.code: one.label for one in agencies})
    today = clock.today()
    kind = office_kind(command.agency, today, hooks)
    to = Recipient.of_kind(kind, label, command.agency)
    disclosing = Disclosing(
        case=case,
        person_id=person.id,
        recipient=to,
        purpose=ConsentPurpose.HANDOFF,
        data_classes=TOLD,
        act=DisclosureAct.OUTREACH_REQUEST,
        reference=command.request_id,
        within_town=kind is AttendeeKind.MUNICIPAL_STAFF,
    )
    if not would_disclose(uow, hooks, disclosing).allowed:
        disclosing = replace(disclosing, purpose=ConsentPurpose.MULTI_AGENCY)
    disclosed = disclose(uow, hooks, disclosing)
    basis = f"{disclosed.basis.value}:{disclosed.basis_reference}".rstrip(":")
    request = OutreachRequest(
        id=command.request_id,
        case_id=case.id,
        person_id=person.id,
        purpose=command.purpose,
        reason=command.reason,
        agency=command.agency,
        agency_label=label,
        basis=basis,
        requested_on=today,
        requested_by=uow.actor.account_id,
        by_when=command.by_when,
        minutes=command.minutes,
        two_person=command.two_person,
    )
    OutreachRequests(uow.connection).add(request)
    uow.record("cases.outreach.requested", OBJECT, case.id, basis=basis)
    uow.publish(
        events.OutreachRequested(
            request_id=request.id,
            case_id=case.id,
            person_id=person.id,
            purpose=request.purpose,
            by_when=request.by_when,
            minutes=request.minutes,
            two_person=request.two_person,
            area=case.area,
            agency=request.agency,
            category=need.category,
            address_protected=person.address_protected,
            name=person.name,
            address="" if case.keeps_address_back(person) else person.address,
            reason=request.reason,
            kana=person.kana,
            phone="" if person.phone_protected else person.phone,
        )
    )
    note(uow, case.id, TimelineKind.OUTREACH_REQUESTED, person.id, request.id, agency=label)
    if case.begin_outreach():
        Cases(uow.connection).save(case)
        uow.publish(events.CaseStatusChanged(case.id, case.status.value))
    uow.commit()
    return request.id
