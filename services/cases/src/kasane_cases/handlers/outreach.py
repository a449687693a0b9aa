"""Asks that somebody visits a person, when there is a basis for telling them who it is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kasane_cases.commands import RequestOutreach
from kasane_cases.domain.consent import AttendeeKind, ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import ClosedClass
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
from kasane_plugin_api import OutreachAgency

TOLD = (DataClass.IDENTITY, DataClass.CONTACT)


def request_outreach(command: RequestOutreach, uow: UnitOfWork, hooks: Any) -> str:
    """Asks for a visit and says so.

    A protected address, and that of who lives with somebody protected, goes sealed for the workers of that
    visit alone, and only where the table lets it go: to the town's own people, or on a legal basis (I-10).
    """
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
    hidden = case.keeps_address_back(person)
    sealed = replace(
        disclosing,
        closed_classes=(ClosedClass.PROTECTED_ADDRESS,),
        within_town=disclosing.within_town and _surely_of_town(command.agency, agencies, hooks),
    )
    goes_sealed = hidden and bool(person.address) and would_disclose(uow, hooks, sealed).allowed
    disclosed = disclose(uow, hooks, sealed if goes_sealed else disclosing)
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
            address="" if hidden else person.address,
            reason=request.reason,
            kana=person.kana,
            phone="" if person.phone_protected else person.phone,
            visit_address=person.address if goes_sealed else "",
        )
    )
    note(uow, case.id, TimelineKind.OUTREACH_REQUESTED, person.id, request.id, agency=label)
    if case.begin_outreach():
        Cases(uow.connection).save(case)
        uow.publish(events.CaseStatusChanged(case.id, case.status.value))
    uow.commit()
    return request.id


def _surely_of_town(code: str, agencies: Sequence[OutreachAgency], hooks: Any) -> bool:
    """Whether the town lists the office, or goes by a post of its own; an unlisted name is not enough."""
    listed = {office.code for office in hooks.organization(on=clock.today())}
    return code in listed or any(one.code == code and one.role for one in agencies)
