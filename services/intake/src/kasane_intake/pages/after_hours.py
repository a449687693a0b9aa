"""What a clerk is told while an office is closed."""

from collections.abc import Sequence

from kasane_intake import queries
from kasane_intake.domain.public_form import PublicForm
from kasane_intake.handlers.opening import ClosedOffice, closed_now
from kasane_intake.pages import forms
from kasane_kit import clock
from kasane_kit.web import reading


def closed_offices(*codes: str) -> Sequence[ClosedOffice]:
    """The named offices, or all of the town, that state their hours and are closed now."""
    return [
        closed
        for closed in closed_now(forms.offices(), clock.now())
        if not codes or closed.code in codes
    ]


def emergency_line() -> PublicForm:
    """The settings of the town's form: its number for emergencies, with the source from which the town has it."""
    with reading() as connection:
        return queries.public_form(connection)
