"""What the portal does when others speak: two tables say what an event opens, closes or counts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from kasane_contracts import cases, intake, outreach, resources
from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit import clock
from kasane_kit.service import Heard, Subscriber, Together
from kasane_kit.shredding import Part
from kasane_kit.unit_of_work import UnitOfWork
from kasane_portal.commands import (
    CloseTask,
    CloseTasksAbout,
    CountFact,
    OpenTask,
    RememberNumber,
    TaskStep,
    WithdrawTask,
)
from kasane_portal.domain.overview import CountKind
from kasane_portal.domain.task import TaskKind
from kasane_portal.handlers.copies import (
    count_in_overview,
    keep_audit_entries,
    keep_gap_counts,
    keep_tasks,
)
from kasane_portal.subscribers.casework import CASEWORK
from kasane_portal.subscribers.directory import DIRECTORY
from kasane_portal.subscribers.facts import FACTS, count_by_marks, end_of_episode
from kasane_portal.subscribers.queues import QUEUES
from kasane_portal.subscribers.visits import OUTREACH

CONFERENCES = {
    "support_conference": CountKind.SUPPORT_CONFERENCE_HELD,
    "multi_agency_conference": CountKind.MULTI_AGENCY_CONFERENCE_HELD,
}
OF_A_SHEET = (TaskKind.SHEET_ACKNOWLEDGEMENT, TaskKind.SHEET_ANSWER)
OF_A_CONSULTATION = (*OF_A_SHEET, TaskKind.SHEET_RETURNED)
# They may come again, so they are withdrawn and not done for good.
PASSING = (
    TaskKind.SHEET_OVERDUE,
    TaskKind.SHEET_UNDECIDED,
    TaskKind.SHEET_OUTCOME,
    TaskKind.SHEET_REOPENED,
)
LATE = (TaskKind.SHEET_OVERDUE, TaskKind.SHEET_UNDECIDED)

Steps = tuple[TaskStep, ...]


def _received(e: intake.ConsultationReceived) -> Steps:
    number = RememberNumber(e.consultation_id, e.number)
    # An urgent matter always has somebody, also where the desk could cope alone.
    role = e.target_role or ("coordinator" if e.urgent else "")
    return (number, _to_take_on(e.consultation_id, role, e.urgent)) if role else (number,)


def _escalated(e: intake.ConsultationEscalated) -> Steps:
    if not e.target_role:
        return (WithdrawTask(TaskKind.CONSULTATION, e.consultation_id),)
    return (_to_take_on(e.consultation_id, e.target_role),)


def _to_take_on(consultation_id: str, role: str, urgent: bool = False) -> OpenTask:
    return OpenTask(
        TaskKind.CONSULTATION,
        consultation_id,
        (f"role:{role}",),
        urgent=urgent,
        consultation_id=consultation_id,
    )


def _consultation_closed(e: intake.ConsultationClosed) -> Steps:
    return (
        CloseTask(TaskKind.CONSULTATION, e.consultation_id),
        CloseTasksAbout(OF_A_CONSULTATION, consultation_id=e.consultation_id),
        WithdrawTask(TaskKind.EMERGENCY, e.consultation_id),
        WithdrawTask(TaskKind.NEXT_CONTACT, e.consultation_id),
    )


def _consultation_reopened(e: intake.ConsultationReopened) -> Steps:
    return (
        RememberNumber(e.consultation_id, e.number),
        _next_contact(e.consultation_id, e.desk),
    )


def _contact_continued(e: intake.ContactContinued) -> Steps:
    return (
        WithdrawTask(TaskKind.NEXT_CONTACT, e.consultation_id),
        _next_contact(e.consultation_id, e.desk, e.next_contact_on),
    )


def _next_contact(consultation_id: str, desk: str, due_on: date | None = None) -> OpenTask:
    return OpenTask(
        TaskKind.NEXT_CONTACT,
        consultation_id,
        (f"office:{desk}",),
        due_on=due_on,
        consultation_id=consultation_id,
    )


def _emergency_declared(e: intake.EmergencyDeclared) -> Steps:
    return (
        RememberNumber(e.consultation_id, e.number),
        OpenTask(
            TaskKind.EMERGENCY,
            e.consultation_id,
            tuple(f"role:{role}" for role in e.roles),
            urgent=True,
            consultation_id=e.consultation_id,
        ),
    )


def _emergency_settled(e: intake.EmergencySettled) -> Steps:
    return (WithdrawTask(TaskKind.EMERGENCY, e.consultation_id),)


def _sheet_sent(e: intake.ReferralSheetSent) -> Steps:
    return (
        CloseTasksAbout((TaskKind.SHEET_RETURNED,), consultation_id=e.consultation_id),
        OpenTask(
            TaskKind.SHEET_ACKNOWLEDGEMENT,
            e.sheet_id,
            (f"office:{e.to_office}",),
            overdue_targets=(f"role:{e.overdue_role}",) if e.overdue_role else (),
            due_on=e.acknowledge_by,
            consultation_id=e.consultation_id,
        ),
        *(
            (
                OpenTask(
                    TaskKind.SHEET_COPY,
                    e.sheet_id,
                    tuple(f"role:{role}" for role in e.copies_to),
                    consultation_id=e.consultation_id,
                ),
            )
            if e.copies_to
            else ()
        ),
    )


def _sheet_overdue(e: intake.ReferralSheetOverdue) -> Steps:
    return _late(TaskKind.SHEET_OVERDUE, e, e.acknowledge_by)


def _sheet_undecided(e: intake.ReferralSheetUndecided) -> Steps:
    return _late(TaskKind.SHEET_UNDECIDED, e, e.decide_by)


def _late(
    kind: TaskKind, e: intake.ReferralSheetOverdue | intake.ReferralSheetUndecided, due_on: date
) -> Steps:
    post = (f"role:{e.overdue_role}",) if e.overdue_role else ()
    return (
        WithdrawTask(kind, e.sheet_id),
        OpenTask(
            kind,
            e.sheet_id,
            (f"office:{e.responsible_office}", *post),
            due_on=due_on,
            consultation_id=e.consultation_id,
        ),
    )


def _sheet_outcome_returned(e: intake.ReferralSheetOutcomeReturned) -> Steps:
    return (
        WithdrawTask(TaskKind.SHEET_REOPENED, e.sheet_id),
        OpenTask(
            TaskKind.SHEET_OUTCOME,
            e.sheet_id,
            (f"office:{e.responsible_office}",),
            consultation_id=e.consultation_id,
        ),
    )


def _sheet_ended(
    e: intake.ReferralSheetRedirected | intake.ReferralSheetClosed | intake.ReferralSheetVoided,
) -> Steps:
    return (
        *(WithdrawTask(kind, e.sheet_id) for kind in PASSING),
        *(WithdrawTask(kind, e.sheet_id) for kind in OF_A_SHEET),
        WithdrawTask(TaskKind.SHEET_COPY, e.sheet_id),
        CloseTask(TaskKind.SHEET_RETURNED, e.sheet_id),
    )


def _sheet_reopened(e: intake.ReferralSheetReopened) -> Steps:
    ended = (WithdrawTask(TaskKind.SHEET_OUTCOME, e.sheet_id),)
    if e.status != "accepted":
        return ended
    return (
        *ended,
        OpenTask(
            TaskKind.SHEET_REOPENED,
            e.sheet_id,
            (f"office:{e.to_office}",),
            consultation_id=e.consultation_id,
        ),
    )


def _sheet_acknowledged(e: intake.ReferralSheetAcknowledged) -> Steps:
    return (
        CloseTask(TaskKind.SHEET_ACKNOWLEDGEMENT, e.sheet_id),
        WithdrawTask(TaskKind.SHEET_OVERDUE, e.sheet_id),
        OpenTask(
            TaskKind.SHEET_ANSWER,
            e.sheet_id,
            (f"office:{e.to_office}",),
            due_on=e.decide_by,
            consultation_id=e.consultation_id,
        ),
    )


def _sheet_accepted(e: intake.ReferralSheetAccepted) -> Steps:
    return (
        *(CloseTask(kind, e.sheet_id) for kind in OF_A_SHEET),
        *(WithdrawTask(kind, e.sheet_id) for kind in LATE),
        WithdrawTask(TaskKind.SHEET_COPY, e.sheet_id),
    )


def _sheet_returned(e: intake.ReferralSheetReturned) -> Steps:
    return (
        *(CloseTask(kind, e.sheet_id) for kind in OF_A_SHEET),
        *(WithdrawTask(kind, e.sheet_id) for kind in LATE),
        OpenTask(
            TaskKind.SHEET_RETURNED,
            e.sheet_id,
            (f"office:{e.from_office}",),
            consultation_id=e.consultation_id,
        ),
    )


TASKS: Mapping[type, Callable[[Any], Steps]] = {
    **QUEUES,
    **DIRECTORY,
    **CASEWORK,
    **OUTREACH,
    intake.ConsultationReceived: _received,
    intake.ConsultationEscalated: _escalated,
    intake.ConsultationClosed: _consultation_closed,
    intake.ReferralSheetSent: _sheet_sent,
    intake.ReferralSheetAcknowledged: _sheet_acknowledged,
    intake.ReferralSheetAccepted: _sheet_accepted,
    intake.ReferralSheetReturned: _sheet_returned,
    intake.ReferralSheetRedirected: _sheet_ended,
    intake.ReferralSheetOutcomeReturned: _sheet_outcome_returned,
    intake.ReferralSheetClosed: _sheet_ended,
    intake.ReferralSheetVoided: _sheet_ended,
    intake.ReferralSheetReopened: _sheet_reopened,
    intake.ReferralSheetOverdue: _sheet_overdue,
    intake.ReferralSheetUndecided: _sheet_undecided,
    intake.EmergencyDeclared: _emergency_declared,
    intake.EmergencySettled: _emergency_settled,
    intake.ContactContinued: _contact_continued,
    intake.ConsultationReopened: _consultation_reopened,
}

# What early releases said without a day of its own is counted on the day it was said.
COUNTS: Mapping[type, Callable[[Any], CountFact | None]] = {
    intake.ConsultationReceived: lambda e: CountFact(
        CountKind.CONSULTATION_RECEIVED, e.consultation_id, e.received_on
    ),
    cases.CaseOpened: lambda e: CountFact(CountKind.CASE_OPENED, e.case_id, e.opened_on),
    cases.ConferenceHeld: lambda e: (
        CountFact(CONFERENCES[e.legal_kind], e.session_id, e.held_on)
        if e.legal_kind in CONFERENCES
        else None
    ),
    cases.SupportPlanAgreed: lambda e: CountFact(
        CountKind.SUPPORT_PLAN_AGREED, e.plan_id, e.decided_on
    ),
    cases.CaseClosed: lambda e: CountFact(
        CountKind.CASE_CLOSED, end_of_episode(e), e.closed_on or clock.today()
    ),
    resources.ReferralAccepted: lambda e: CountFact(
        CountKind.REFERRAL_ACCEPTED, e.referral_id, e.accepted_on or clock.today()
    ),
    outreach.VisitCompleted: lambda e: CountFact(CountKind.VISIT_COMPLETED, e.visit_id, e.on),
    outreach.ContactNotMade: lambda e: CountFact(CountKind.CONTACT_NOT_MADE, e.visit_id, e.on),
}


def follow_work(event: Any, uow: UnitOfWork, _hooks: Any) -> None:
    """Keeps the tasks and the counts that follow from an event of another service."""
    heard = type(event)
    if heard in TASKS:
        keep_tasks(TASKS[heard](event), uow)
    said_at = uow.said_at
    with clock.fixed(lambda: said_at):
        counted = COUNTS[heard](event) if heard in COUNTS else None
    if counted is not None:
        count_in_overview(counted, uow)
    count_by_marks(event, uow)


def on_audit_entry_recorded(heard: Sequence[Heard], uow: UnitOfWork, _hooks: Any) -> None:
    """Keeps copies of audit entries, half of all that is said, for the town's one list."""
    keep_audit_entries([one.event for one in heard], uow)


def on_gaps_counted(event: cases.GapsCounted, uow: UnitOfWork, _hooks: Any) -> None:
    """Keeps the counts for the coordinators' front page."""
    keep_gap_counts(event, uow)


ENDING = Part()
"""The portal keeps numbers and ids; of records that ended only what was parked here is emptied."""

HEARD: Mapping[type, Subscriber | Together] = {
    cases.RecordsEnded: ENDING,
    **dict.fromkeys((*TASKS, *COUNTS, *FACTS), follow_work),
    AuditEntryRecorded: Together(on_audit_entry_recorded),
    cases.GapsCounted: on_gaps_counted,
}
