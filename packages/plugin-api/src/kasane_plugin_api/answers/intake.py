"""What a town says about receiving, stepping up and handing over a consultation."""

from dataclasses import dataclass
from enum import StrEnum

from kasane_plugin_api.answers.fields import Choice


@dataclass(frozen=True)
class Category:
    """One kind of trouble as the town lists it, with the national code it maps to and its field."""

    code: str
    label: str
    national: str = ""
    field: str = ""


@dataclass(frozen=True)
class ResponsibleOffice:
    """The office that should take a matter, why, and where the town's document says so."""

    office: str
    reason: str
    source: str = ""


@dataclass(frozen=True)
class EmergencyContact:
    """Whom to tell in an emergency and within how many minutes.

    ``role`` is read as in ``matching_roles``.
    """

    label: str
    role: str = ""
    within_minutes: int = 30
    source: str = ""


class EscalationLevel(StrEnum):
    """How far beyond the receiving desk a matter has to go."""

    SINGLE_AGENCY = "single_agency"
    RELATED_AGENCIES = "related_agencies"
    MULTI_AGENCY = "multi_agency"


@dataclass(frozen=True)
class Escalation:
    """To which role a consultation goes next, at which level, with the town's reason and source.

    ``target_role`` is the code of a role, or a ``RoleFunction`` for any role with that function.
    """

    level: EscalationLevel
    target_role: str
    reason: str
    source: str = ""


@dataclass(frozen=True)
class HandoffPolicy:
    """How a つなぐシート is handled: its name, days to acknowledge and to decide, who is told when overdue.

    The days are working days (開庁日); ``overdue_role`` and ``copy_to`` are read as in ``matching_roles``. While
    nobody acknowledges, sender and ``overdue_role`` are told again every ``remind_every_days``. Who has
    acknowledged accepts or returns within ``decide_within_days``; with None the platform's own term stands
    and the screen says that it is not the town's.
    """

    label: str
    acknowledge_within_days: int = 2
    overdue_role: str = ""
    requires_consent: bool = True
    companionship: tuple[Choice, ...] = ()
    source: str = ""
    copy_to: tuple[str, ...] = ()
    remind_every_days: int = 1
    decide_within_days: int | None = None
