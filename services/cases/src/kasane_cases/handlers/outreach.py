"""Asks that somebody visits a person, when there is a basis for telling them who it is."""

from typing import Any

from kasane_cases.commands import RequestOutreach
from kasane_cases.domain.case import Case
from kasane_cases.domain.consent import AttendeeKind, ConsentPurpose, DataClass
from kasane_cases.domain.errors import NoBasisForSharing
from kasane_cases.domain.requests import OutreachRequest
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.views import known_choice, need_view, office_kind
from kasane_cases.repository import Cases, Consents, Needs, OutreachRequests, Sessions
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork

TOLD = (DataClass.IDENTITY, DataClass.CONTACT)


def request_outreach(command: RequestOutreach, uow: UnitOfWork, hooks: Any) -> str:
    """Asks for a visit and says so; a protected address stays here (I-10)."""
    case, _ = open_for_change(command.case_id, uow)
    person = case.person(command.person_id)
    need = need_view(case, Needs(uow.connection).of_case(case.id), person.id)
    agencies = hooks.outreach_agencies(area=case.area, need=need)
    label = known_choice(command.agency, {one.code: one.label for one in agencies})
    basis = _basis(case, command, label, uow, hooks)
    today = clock.today()
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
            address="" if person.address_protected else person.address,
            reason=request.reason,
            kana=person.kana,
            phone="" if person.address_protected else person.phone,
        )
    )
    note(uow, case.id, TimelineKind.OUTREACH_REQUESTED, person.id, request.id, agency=label)
    if case.begin_outreach():
        Cases(uow.connection).save(case)
        uow.publish(events.CaseStatusChanged(case.id, case.status.value))
    uow.commit()
    return request.id


def _basis(case: Case, command: RequestOutreach, label: str, uow: UnitOfWork, hooks: Any) -> str:
    today = clock.today()
    kind = office_kind(command.agency, today, hooks)
    consent = Consents(uow.connection).standing_of(case.id, command.person_id)
    for purpose in ConsentPurpose:
        if consent is not None and consent.covers(today, purpose, (kind,), TOLD):
            return f"consent:{consent.id}"
    session_id = Sessions(uow.connection).support_conference_naming(
        case.id, command.person_id, (command.agency, label)
    )
    if session_id:
        return f"support_conference:{session_id}"
    if kind is AttendeeKind.MUNICIPAL_STAFF:
        return "own_duty"
    raise NoBasisForSharing(person=case.person(command.person_id).name, agency=label)
