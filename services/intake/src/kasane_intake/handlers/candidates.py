"""Leaves a trace of whose records were shown as candidates, once for each record and form."""

from kasane_intake.commands import NoteShown
from kasane_intake.repository import ShownCandidates
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def note_shown(command: NoteShown, uow: UnitOfWork) -> None:
    """One line in the trail for each record that this account has not been shown on this form yet."""
    shown = ShownCandidates(uow.connection)
    asked = tuple(dict.fromkeys(command.person_ids))
    fresh = shown.add(uow.actor.account_id, command.form, asked, clock.now())
    if fresh:
        uow.record_each("intake.candidate.shown", "person", fresh, basis=command.form)
        shown.forget_before(clock.now())
        uow.commit()
