"""What becomes of a case's records when other services speak; the delivery commits."""

from datetime import date
from typing import Any

from kasane_cases.domain.assessment import LeftOutService, NeedSuggestion
from kasane_cases.domain.consent import ConsentState, state_on
from kasane_cases.domain.consultation_summary import ConsultationSummary, HeardPerson
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.requests import OutreachRequest, OutreachStatus, ReferralStatus
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note
from kasane_cases.repository import (
    Cases,
    Consents,
    Needs,
    OutreachRequests,
    Referrals,
    Shreddings,
    Summaries,
    Tasks,
)
from kasane_contracts.intake import ConsultationEscalated, ConsultationReceived
from kasane_contracts.outreach import ContactNotMade, VisitCompleted, VisitScheduled
from kasane_contracts.resources import (
    GapClosed,
    HumanServicesSuggested,
    ReferralAccepted,
    ReferralDeclined,
)
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import RoleFunction, matching_roles

CONSULTATION = "consultation"
_words = Strings("kasane_cases")


def queue_for_opening(event: ConsultationReceived, uow: UnitOfWork, hooks: Any) -> None:
    """Keeps a copy of a consultation; it waits for a case when urgent or sent to a coordinator."""
    summaries = Summaries(uow.connection)
    if summaries.find(event.consultation_id) is not None:
        return
    summaries.add(
        ConsultationSummary(
            id=event.consultation_id,
            number=event.number,
            received_on=event.received_on,
            desk=event.desk,
            categories=event.categories,
            main_category=event.main_category,
            urgent=event.urgent,
            area=event.area,
            escalation_level=event.escalation_level,
            target_role=event.target_role,
            waiting=event.urgent or _coordinates(event.target_role, hooks),
            persons=tuple(
                HeardPerson(
                    id=person.person_id,
                    relation=person.relation,
                    given_consent=person.given_consent,
                    name=person.name,
                    kana=person.kana,
                    birth_date=date.fromisoformat(person.birth_date) if person.birth_date else None,
                    address=person.address,
                    phone=person.phone,
                )
                for person in event.persons
            ),
            story=event.story,
            reason=event.reason,
        )
    )
    uow.record("cases.consultation.queued", CONSULTATION, event.consultation_id)


def queue_escalated(event: ConsultationEscalated, uow: UnitOfWork, hooks: Any) -> None:
    """A consultation goes further than its desk thought; it may wait for a case now."""
    summaries = Summaries(uow.connection)
    summary = summaries.find(event.consultation_id)
    if summary is None:
        return
    summary.escalate(
        event.escalation_level,
        event.target_role,
        event.reason,
        to_coordinator=_coordinates(event.target_role, hooks),
    )
    summaries.save(summary)
    uow.record("cases.consultation.queued", CONSULTATION, event.consultation_id)


def forget_waiting(consultation_id: str, uow: UnitOfWork) -> None:
    """A consultation ended at its desk: nobody has to open a case from it."""
    summaries = Summaries(uow.connection)
    summary = summaries.find(consultation_id)
    if summary is None or summary.closed:
        return
    summary.closed, summary.closed_on = True, uow.said_at.astimezone(clock.JAPAN).date()
    summaries.save(summary)
    uow.record("cases.consultation.closed", CONSULTATION, consultation_id)


def wait_again(consultation_id: str, uow: UnitOfWork) -> None:
    """A consultation was ended too early: it is on the list again if it waited there before."""
    summaries = Summaries(uow.connection)
    summary = summaries.find(consultation_id)
    if summary is None or not summary.closed:
        return
    Shreddings(uow.connection).mark_changed(consultation_id)
    summary.closed, summary.closed_on = False, None
    summaries.save(summary)
    uow.record("cases.consultation.reopened", CONSULTATION, consultation_id)


def take_suggestions(event: HumanServicesSuggested, uow: UnitOfWork) -> None:
    """Shows what the directory offers for a need, in place of an earlier answer."""
    needs = Needs(uow.connection)
    try:
        need = needs.where(event.need_id)
    except RecordNotFound:
        return
    suggestions = [
        NeedSuggestion(one.human_service_id, one.name, one.points, one.reasons)
        for one in event.suggestions
    ]
    left_out = [
        LeftOutService(one.human_service_id, one.name, one.reason) for one in event.left_out
    ]
    needs.replace_suggestions(need.id, suggestions, event.missing, clock.now(), left_out)
    uow.record("cases.support_need.suggestions_taken", OBJECT, need.case_id)
    if need.suggested_at is None:
        note(
            uow,
            need.case_id,
            TimelineKind.SUGGESTIONS_ARRIVED,
            need.person_id,
            need.id,
            count=str(len(suggestions)),
        )


def take_gap_closed(event: GapClosed, uow: UnitOfWork) -> None:
    """Puts first at a need what was developed because nothing met it; heard twice it stands once."""
    needs = Needs(uow.connection)
    try:
        need = needs.where(event.need_id)
    except RecordNotFound:
        return
    if any(one.human_service_id == event.human_service_id for one in need.suggestions):
        return
    made = NeedSuggestion(
        event.human_service_id, event.human_service_name, 0.0, (_words.text("case.developed"),)
    )
    needs.replace_suggestions(need.id, (made, *need.suggestions), (), clock.now(), need.left_out)
    uow.record("cases.support_need.suggestions_taken", OBJECT, need.case_id)
    note(
        uow,
        need.case_id,
        TimelineKind.GAP_CLOSED,
        need.person_id,
        event.human_service_id,
        name=event.human_service_name,
    )


def take_referral_answer(event: ReferralAccepted | ReferralDeclined, uow: UnitOfWork) -> None:
    """Takes an organisation's answer; a refusal leaves the task of finding another."""
    referrals = Referrals(uow.connection)
    try:
        referral = referrals.where(event.referral_id)
    except RecordNotFound:
        return
    declined = isinstance(event, ReferralDeclined)
    status = ReferralStatus.DECLINED if declined else ReferralStatus.ACCEPTED
    reason = event.reason if isinstance(event, ReferralDeclined) else ""
    today = clock.today()
    if not referral.answer(status, today, reason):
        return
    referrals.save(referral)
    if declined:
        Tasks(uow.connection).raise_once(
            CaseTask(
                new_id(),
                referral.case_id,
                referral.person_id,
                CaseTaskKind.FIND_ANOTHER_SERVICE,
                referral.id,
                today,
            )
        )
    uow.record(f"cases.referral.{status.value}", OBJECT, referral.case_id)
    note(
        uow,
        referral.case_id,
        TimelineKind.REFERRAL_DECLINED if declined else TimelineKind.REFERRAL_ACCEPTED,
        referral.person_id,
        referral.id,
        service=event.human_service_name or referral.human_service_name,
        reason=reason,
    )


def take_visit(event: VisitScheduled | VisitCompleted | ContactNotMade, uow: UnitOfWork) -> None:
    """Takes what became of a request to visit; consent heard at the door is a task, no consent."""
    requests = OutreachRequests(uow.connection)
    try:
        request = requests.where(event.request_id)
    except RecordNotFound:
        return
    facts: dict[str, str] = {"on": event.on.isoformat()}
    if isinstance(event, VisitScheduled):
        kind, request.status = TimelineKind.VISIT_SCHEDULED, OutreachStatus.SCHEDULED
        request.next_visit_on = event.on
        facts["starts_at"] = event.starts_at
    elif isinstance(event, VisitCompleted):
        kind, request.status = TimelineKind.VISIT_COMPLETED, OutreachStatus.MET
        request.next_visit_on = None
        facts |= {"result": event.result, "note": event.note}
    else:
        kind, request.status = TimelineKind.CONTACT_NOT_MADE, OutreachStatus.NOT_MET
        request.next_visit_on, request.attempts = None, event.attempt
        facts |= {"result": event.result, "note": event.note, "attempt": str(event.attempt)}
    requests.save(request)
    uow.record(f"cases.outreach.{request.status.value}", OBJECT, request.case_id)
    note(uow, request.case_id, kind, request.person_id, event.visit_id, **facts)
    if isinstance(event, VisitCompleted):
        Cases(uow.connection).contact_made(request.case_id, event.on)
    if isinstance(event, VisitCompleted) and event.consent_heard:
        _ask_for_consent(event, request, uow)


def _ask_for_consent(event: VisitCompleted, request: OutreachRequest, uow: UnitOfWork) -> None:
    consent = Consents(uow.connection).standing_of(request.case_id, request.person_id)
    if state_on(consent, clock.today()) is ConsentState.GIVEN:
        return
    Tasks(uow.connection).raise_once(
        CaseTask(
            new_id(),
            request.case_id,
            request.person_id,
            CaseTaskKind.ASK_CONSENT,
            event.visit_id,
            clock.today(),
        )
    )


def _coordinates(target_role: str, hooks: Any) -> bool:
    if not target_role:
        return False
    roles = matching_roles(hooks.roles(on=clock.today()), target_role)
    return any(role.function is RoleFunction.COORDINATOR for role in roles)
