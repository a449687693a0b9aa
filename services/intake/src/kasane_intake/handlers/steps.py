"""Keeps the history of states in the transaction of the act."""

from dataclasses import replace

from kasane_intake.domain.step import Step
from kasane_intake.repository.steps import add_step
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def note_step(uow: UnitOfWork, step: Step) -> None:
    """Keeps who changed the state, when and why; nothing when nothing changed."""
    if step.changed:
        by = replace(step, by=uow.actor.account_id, by_name=uow.actor.display_name, at=clock.now())
        add_step(uow.connection, by)
