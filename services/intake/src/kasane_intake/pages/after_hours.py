"""What a clerk is told while an office is closed."""

from collections.abc import Sequence

from kasane_intake.handlers.opening import ClosedOffice, closed_now
from kasane_intake.pages import forms
from kasane_kit import clock


def closed_offices(*codes: str) -> Sequence[ClosedOffice]:
    """The named offices, or all of the town, that state their hours and are closed now."""
    return [
        closed
        for closed in closed_now(forms.offices(), clock.now())
        if not codes or closed.code in codes
    ]
