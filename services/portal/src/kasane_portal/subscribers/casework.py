"""What follows from cases: reviews, visits, sessions, decisions, plans, referrals and participation."""

from collections.abc import Callable, Mapping
from typing import Any

from kasane_contracts import cases, resources
from kasane_portal.commands import (
    CloseTask,
    CloseTasksAbout,
    MoveTasks,
    OpenTask,
    RememberNumber,
    TaskStep,
    WithdrawTask,
    WithdrawTasksAbout,
)
from kasane_portal.domain.task import TaskKind, kept_from
from kasane_portal.subscribers.visits import COORDINATOR, OUTREACH_WORKER

Steps = tuple[TaskStep, ...]
OF_A_CASE = (TaskKind.OUTREACH, TaskKind.REFERRAL)

# Who answers for personal data in a town is an administrator of it, who reads the trail and opens no case.
DATA_OFFICER = "role:town_administrator"


def _case_opened(e: cases.CaseOpened) -> Steps:
    number = RememberNumber(e.case_id, e.number)
    if not e.consultation_id:
        return (number,)
    return (number, CloseTask(TaskKind.CONSULTATION, e.consultation_id))


def _case_status_changed(e: cases.CaseStatusChanged) -> Steps:
    if e.review_on is None:
        return (WithdrawTask(TaskKind.CASE_REVIEW, e.case_id),)
    return (
        OpenTask(
            TaskKind.CASE_REVIEW,
            e.case_id,
            (COORDINATOR,),
            due_on=e.review_on,
            case_id=e.case_id,
        ),
    )


def _case_closed(e: cases.CaseClosed) -> Steps:
    return (
        CloseTasksAbout(OF_A_CASE, case_id=e.case_id),
        # A plan goes on where the case is taken up again, and then it is to be looked at again.
        WithdrawTasksAbout((TaskKind.PLAN_REVIEW,), e.case_id),
        WithdrawTask(TaskKind.CASE_REVIEW, e.case_id),
    )


def _persons_moved(e: cases.PersonsMovedCase) -> Steps:
    """What is open of them follows them, so that the end of an emptied case does not end it."""
    return (
        RememberNumber(e.to_case_id, e.to_case_number),
        MoveTasks(e.from_case_id, e.to_case_id, e.person_ids),
    )


def _looked_in_emergency(e: cases.EmergencyLookTaken) -> Steps:
    """The town's data officer is told, unless it is the one who looked; the trail says who looked."""
    return (
        OpenTask(
            TaskKind.EMERGENCY_LOOK,
            e.look_id,
            (DATA_OFFICER, kept_from(e.taken_by)),
            due_on=e.review_by,
            case_id=e.case_id,
        ),
    )


def _emergency_look_reviewed(e: cases.EmergencyLookReviewed) -> Steps:
    return (CloseTask(TaskKind.EMERGENCY_LOOK, e.look_id),)


def _plan_to_be_looked_at(
    e: cases.SupportPlanAgreed | cases.SupportPlanMonitored,
) -> Steps:
    return (
        OpenTask(
            TaskKind.PLAN_REVIEW,
            e.plan_id,
            (COORDINATOR,),
            due_on=e.review_on,
            case_id=e.case_id,
        ),
    )


def _plan_ended(e: cases.SupportPlanEnded) -> Steps:
    return (CloseTask(TaskKind.PLAN_REVIEW, e.plan_id),)


def _outreach_requested(e: cases.OutreachRequested | resources.SettlingVisitRequested) -> Steps:
    return (
        OpenTask(
            TaskKind.OUTREACH,
            e.request_id,
            (COORDINATOR, OUTREACH_WORKER),
            due_on=e.by_when,
            case_id=e.case_id,
            person_id=e.person_id,
        ),
    )


def _conference_planned(e: cases.ConferencePlanned) -> Steps:
    return (OpenTask(TaskKind.CONFERENCE, e.session_id, (COORDINATOR,), due_on=e.held_on),)


def _conference_held(e: cases.ConferenceHeld) -> Steps:
    return (CloseTask(TaskKind.CONFERENCE, e.session_id),)


def _decision_made(e: cases.DecisionMade) -> Steps:
    return (
        OpenTask(
            TaskKind.DECISION, e.decision_id, tuple(e.targets), due_on=e.due_on, case_id=e.case_id
        ),
    )


def _decision_done(e: cases.DecisionDone) -> Steps:
    return (CloseTask(TaskKind.DECISION, e.decision_id),)


def _referral_requested(e: cases.ReferralRequested) -> Steps:
    return (
        OpenTask(
            TaskKind.REFERRAL,
            e.referral_id,
            (COORDINATOR,),
            case_id=e.case_id,
            person_id=e.person_id,
        ),
    )


def _referral_answered(e: resources.ReferralAccepted | resources.ReferralDeclined) -> Steps:
    return (CloseTask(TaskKind.REFERRAL, e.referral_id),)


# Where somebody has to do the next step; a proposal waits for a session, the other states rest.
PARTICIPATION_WAITS = ("planned", "matched", "trial", "returned")


def _participation_moved(e: resources.ParticipationMoved) -> Steps:
    gone = (WithdrawTask(TaskKind.PARTICIPATION, e.participation_id),)
    if e.status not in PARTICIPATION_WAITS:
        return gone
    return (
        *gone,
        OpenTask(
            TaskKind.PARTICIPATION,
            e.participation_id,
            (COORDINATOR,),
            due_on=e.due_on,
            case_id=e.case_id,
            person_id=e.person_id,
        ),
    )


def _settling_visit_called_off(e: resources.SettlingVisitCalledOff) -> Steps:
    return (WithdrawTask(TaskKind.OUTREACH, e.request_id),)


CASEWORK: Mapping[type, Callable[[Any], Steps]] = {
    cases.CaseOpened: _case_opened,
    cases.CaseStatusChanged: _case_status_changed,
    cases.CaseClosed: _case_closed,
    cases.PersonsMovedCase: _persons_moved,
    cases.EmergencyLookTaken: _looked_in_emergency,
    cases.EmergencyLookReviewed: _emergency_look_reviewed,
    cases.ConferencePlanned: _conference_planned,
    cases.ConferenceHeld: _conference_held,
    cases.DecisionMade: _decision_made,
    cases.DecisionDone: _decision_done,
    cases.SupportPlanAgreed: _plan_to_be_looked_at,
    cases.SupportPlanMonitored: _plan_to_be_looked_at,
    cases.SupportPlanEnded: _plan_ended,
    cases.OutreachRequested: _outreach_requested,
    cases.ReferralRequested: _referral_requested,
    resources.ReferralAccepted: _referral_answered,
    resources.ReferralDeclined: _referral_answered,
    resources.ParticipationMoved: _participation_moved,
    resources.SettlingVisitRequested: _outreach_requested,
    resources.SettlingVisitCalledOff: _settling_visit_called_off,
}
