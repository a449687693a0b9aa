"""What outreach opens and closes: visits to be made, watching, and workers who do not report."""

from collections.abc import Callable, Mapping
from typing import Any

from kasane_contracts import outreach
from kasane_portal.commands import CloseTask, OpenTask, TaskStep, WithdrawTask
from kasane_portal.domain.task import TaskKind

Steps = tuple[TaskStep, ...]
COORDINATOR = "role:coordinator"
OUTREACH_WORKER = "role:outreach_worker"


def _visits_asked_for(e: outreach.VisitsAskedFor) -> Steps:
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


def _request_ended(e: outreach.VisitRequestEnded) -> Steps:
    return (WithdrawTask(TaskKind.OUTREACH, e.request_id),)


def _visit_scheduled(e: outreach.VisitScheduled) -> Steps:
    return (
        CloseTask(TaskKind.OUTREACH, e.request_id),
        OpenTask(
            TaskKind.VISIT,
            e.visit_id,
            tuple(f"account:{worker}" for worker in (e.worker_id, e.second_worker_id) if worker),
            due_on=e.on,
            case_id=e.case_id,
            person_id=e.person_id,
        ),
    )


def _visit_handed_over(e: outreach.VisitHandedOver) -> Steps:
    return (
        WithdrawTask(TaskKind.VISIT, e.visit_id),
        OpenTask(
            TaskKind.VISIT,
            e.visit_id,
            tuple(f"account:{worker}" for worker in e.workers),
            due_on=e.on,
            case_id=e.case_id,
            person_id=e.person_id,
        ),
    )


def _visit_called_off(e: outreach.VisitCalledOff) -> Steps:
    return (WithdrawTask(TaskKind.VISIT, e.visit_id),)


def _visit_done(e: outreach.VisitCompleted | outreach.ContactNotMade) -> Steps:
    return (CloseTask(TaskKind.VISIT, e.visit_id),)


def _check_in_overdue(e: outreach.CheckInOverdue) -> Steps:
    return (
        OpenTask(
            TaskKind.CHECK_IN,
            e.check_in_id,
            tuple(f"role:{role}" for role in e.roles),
            urgent=True,
        ),
    )


def _check_in_settled(e: outreach.CheckInSettled) -> Steps:
    return (CloseTask(TaskKind.CHECK_IN, e.check_in_id),)


def _watch_due(e: outreach.WatchDue) -> Steps:
    return (
        WithdrawTask(TaskKind.WATCH, e.assignment_id),
        OpenTask(
            TaskKind.WATCH,
            e.assignment_id,
            (f"account:{e.watcher}",),
            overdue_targets=(f"account:{e.assigned_by}", COORDINATOR),
            due_on=e.due_on,
            case_id=e.case_id,
        ),
    )


def _watch_ended(e: outreach.WatchEnded) -> Steps:
    return (WithdrawTask(TaskKind.WATCH, e.assignment_id),)


OUTREACH: Mapping[type, Callable[[Any], Steps]] = {
    outreach.VisitsAskedFor: _visits_asked_for,
    outreach.VisitRequestEnded: _request_ended,
    outreach.VisitScheduled: _visit_scheduled,
    outreach.VisitHandedOver: _visit_handed_over,
    outreach.VisitCalledOff: _visit_called_off,
    outreach.VisitCompleted: _visit_done,
    outreach.ContactNotMade: _visit_done,
    outreach.CheckInOverdue: _check_in_overdue,
    outreach.CheckInSettled: _check_in_settled,
    outreach.WatchDue: _watch_due,
    outreach.WatchEnded: _watch_ended,
}
