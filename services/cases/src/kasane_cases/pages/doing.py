"""Runs a handler for a page: once per submission, or in a unit of work of its own."""

from collections.abc import Callable
from typing import Any

from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import create_once, unit_of_work


def create(handler: Callable[..., Any], command: Callable[[str], Any], *more: Any) -> str:
    """Runs a creating handler once per submission; returns the id of what it made.

    ``command`` makes the input from the new id; ``more`` is handed on, for example the hooks.
    """

    def run(uow: UnitOfWork, object_id: str) -> None:
        handler(command(object_id), uow, *more)

    return create_once(run)


def change(handler: Callable[..., Any], command: Any, *more: Any) -> None:
    """Runs a handler that changes something."""
    with unit_of_work() as uow:
        handler(command, uow, *more)
