"""Runs a handler for a page: once per submission, or in a unit of work of its own; shows again what is refused."""

from collections.abc import Callable
from typing import Any

from flask import redirect
from werkzeug.wrappers import Response

from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.pages.words import show_refusal
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


def or_again(
    act: Callable[[], Any], again: Callable[[], str], done: str
) -> Response | tuple[str, int]:
    """Acts and goes on to ``done``; a refusal is shown above ``again``, and nothing was changed."""
    try:
        act()
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return again(), refusal.status
    return redirect(done, 303)
