"""What a town says about visits: who makes them, campaigns, safety at a door."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OutreachAgency:
    """An agency or role that visits, for which area, as the town has arranged."""

    code: str
    label: str
    area: str = ""
    role: str = ""
    source: str = ""


@dataclass(frozen=True)
class Campaign:
    """An outreach campaign of a year with its steps in order and what must be ready first.

    ``kind`` says how the platform carries it out: ``postal_survey`` (letters with a code, replies, visits)
    or ``household_visits`` (every household of an area in turn); without one it is only shown.
    ``preconditions`` are sentences that a person ticks off one by one; ``feature`` is the code
    that ``phase`` answers for; ``target`` the document's own words for whom it is meant.
    """

    code: str
    label: str
    steps: tuple[str, ...]
    preconditions: tuple[str, ...] = ()
    feature: str = ""
    source: str = ""
    target: str = ""
    kind: str = ""


@dataclass(frozen=True)
class DoorContact:
    """Whom a worker at a door can call when something is wrong; ``phone`` as it is dialled."""

    label: str
    phone: str
    source: str = ""


@dataclass(frozen=True)
class VisitSafety:
    """How a town watches over workers at a door.

    ``contacts`` stand on the telephone's emergency page instead of the police and the ambulance
    alone. ``grace_minutes`` pass after the expected end of a visit before ``alarm_roles`` are told;
    they are read as in ``matching_roles``.
    """

    contacts: tuple[DoorContact, ...] = ()
    grace_minutes: int = 15
    alarm_roles: tuple[str, ...] = ("coordinator",)
    source: str = ""
