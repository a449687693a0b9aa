"""What waits to be confirmed in the directory of resources."""

from collections.abc import Callable, Mapping
from typing import Any

from kasane_contracts import resources
from kasane_portal.commands import OpenTask, TaskStep, WithdrawTask
from kasane_portal.domain.task import TaskKind

Steps = tuple[TaskStep, ...]


def _due(e: resources.HumanServiceConfirmationDue) -> Steps:
    return _to_confirm(
        e.human_service_id,
        OpenTask(
            TaskKind.RESOURCE_CONFIRMATION, e.human_service_id, _keeper(e.owner), due_on=e.due_on
        ),
    )


def _answered(e: resources.OrganizationAnswered) -> Steps:
    return _to_confirm(
        e.human_service_id,
        OpenTask(TaskKind.RESOURCE_CONFIRMATION, e.human_service_id, _keeper(e.owner)),
    )


def _confirmed(e: resources.HumanServiceConfirmed) -> Steps:
    return (WithdrawTask(TaskKind.RESOURCE_CONFIRMATION, e.human_service_id),)


def _to_confirm(human_service_id: str, task: OpenTask) -> Steps:
    """An entry is confirmed again and again, so its task is withdrawn and opened anew."""
    return (WithdrawTask(TaskKind.RESOURCE_CONFIRMATION, human_service_id), task)


def _keeper(owner: str) -> tuple[str, ...]:
    return (f"account:{owner}" if owner else "role:coordinator",)


DIRECTORY: Mapping[type, Callable[[Any], Steps]] = {
    resources.HumanServiceConfirmationDue: _due,
    resources.OrganizationAnswered: _answered,
    resources.HumanServiceConfirmed: _confirmed,
}
