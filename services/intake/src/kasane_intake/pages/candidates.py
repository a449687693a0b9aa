"""Finds the candidates for who is typed, and leaves a trace of whose records were really shown."""

from collections.abc import Iterable

from flask import request

from kasane_intake import queries
from kasane_intake.commands import NoteShown
from kasane_intake.handlers import note_shown
from kasane_intake.pages import forms
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.web import Form, actor, reading, unit_of_work

# Whose name, the candidates, and the record's id; empty while it is not saved.
Alike = tuple[str, tuple[queries.Candidate, ...], str]


def candidates_typed(persons: list[Form]) -> list[Alike]:
    """For each typed person the records that may be of the same person; what cannot be read yet counts as unknown."""
    with reading() as connection:
        each = queries.same_person_candidates(
            connection, actor(), [(forms.traits_from(person.values), ()) for person in persons]
        )
        found = [
            (person.values.get("name") or "", candidates, "")
            for person, candidates in zip(persons, each, strict=True)
        ]
    note_candidates(request.form.get("submission", ""), found)
    return found


def note_candidates(form: str, alike: Iterable[Alike]) -> None:
    """Writes into the trail whom this page shows, once for each record and form; without anybody nothing.

    A form without a name of its own is a look of its own each time.
    """
    shown = tuple(one.shown_of for _, candidates, _ in alike for one in candidates)
    named = form[:80] or new_id()
    if not shown:
        return
    with reading() as connection:
        if queries.shown_before(connection, actor(), named, shown, clock.now()):
            return
    with unit_of_work() as uow:
        note_shown(NoteShown(named, shown), uow)
