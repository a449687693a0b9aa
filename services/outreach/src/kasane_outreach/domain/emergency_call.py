"""Whom a worker at a door can call at once: what a town has typed, what its document says, and 110 and 119."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kasane_outreach.domain.door_errors import CallUnreadable

MOST_CALLS, LONGEST_LABEL = 8, 60
POLICE, AMBULANCE = "110", "119"
_NUMBER = re.compile(r"[0-9+#*][0-9+#*-]{2,19}")


@dataclass(frozen=True)
class EmergencyCall:
    """A name and a telephone number."""

    label: str
    phone: str


def checked(calls: Sequence[EmergencyCall]) -> tuple[EmergencyCall, ...]:
    """The town's calls in their order.

    Raises CallUnreadable for a line without a name or a number that can be called, and for more than fit on the page.
    """
    for number, one in enumerate(calls):
        named = bool(one.label.strip()) and len(one.label) <= LONGEST_LABEL
        if not named or not _NUMBER.fullmatch(one.phone) or number >= MOST_CALLS:
            raise CallUnreadable(line=f"{one.label} {one.phone}".strip()[:LONGEST_LABEL])
    return tuple(calls)


def on_the_page(
    typed: Sequence[EmergencyCall],
    stated: Iterable[EmergencyCall],
    always: Iterable[EmergencyCall],
) -> tuple[EmergencyCall, ...]:
    """What stands on the emergency page: what the town typed, else what its document states, and always 110 and 119."""
    own = tuple(typed) or tuple(stated)
    numbers = {one.phone for one in own}
    return (*own, *(one for one in always if one.phone not in numbers))
