"""What waits in intake's queues: the public form, 相談会 bookings, requests to merge records."""

from collections.abc import Callable, Mapping
from typing import Any

from kasane_contracts import intake
from kasane_portal.commands import CloseTask, OpenTask, RememberNumber, TaskStep, WithdrawTask
from kasane_portal.domain.task import TaskKind, kept_from

Steps = tuple[TaskStep, ...]


def _web_message_waiting(e: intake.WebMessageWaiting) -> Steps:
    return (
        RememberNumber(e.message_id, e.receipt),
        OpenTask(TaskKind.WEB_MESSAGE, e.message_id, _at(e.office)),
    )


def _web_message_settled(e: intake.WebMessageSettled) -> Steps:
    return (WithdrawTask(TaskKind.WEB_MESSAGE, e.message_id),)


def _bookings_waiting(e: intake.BookingsWaiting) -> Steps:
    """The task changes its kind when the day is called off, so both are taken away first."""
    gone = tuple(
        WithdrawTask(kind, e.day_id) for kind in (TaskKind.BOOKING, TaskKind.DAY_CALLED_OFF)
    )
    if not e.waiting:
        return gone
    kind = TaskKind.DAY_CALLED_OFF if e.called_off else TaskKind.BOOKING
    return (*gone, OpenTask(kind, e.day_id, _at(e.office), due_on=e.held_on))


def _merge_requested(e: intake.PersonsMergeRequested) -> Steps:
    return (
        OpenTask(
            TaskKind.PERSON_MERGE, e.merge_id, ("role:coordinator", kept_from(e.requested_by))
        ),
    )


def _merge_ended(e: intake.PersonsMerged | intake.PersonsMergeDeclined) -> Steps:
    return (CloseTask(TaskKind.PERSON_MERGE, e.merge_id),)


def _at(office: str) -> tuple[str, ...]:
    return (f"office:{office}" if office else "role:coordinator",)


QUEUES: Mapping[type, Callable[[Any], Steps]] = {
    intake.WebMessageWaiting: _web_message_waiting,
    intake.WebMessageSettled: _web_message_settled,
    intake.BookingsWaiting: _bookings_waiting,
    intake.PersonsMergeRequested: _merge_requested,
    intake.PersonsMerged: _merge_ended,
    intake.PersonsMergeDeclined: _merge_ended,
}
