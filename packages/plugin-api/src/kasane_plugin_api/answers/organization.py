"""The town itself: posts, offices and their hours, what holds from when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum


class RoleFunction(StrEnum):
    """What a role may do on the platform; the title is the town's own."""

    RECEIVER = "receiver"
    CONTACT = "contact"
    RESPONSIBLE = "responsible"
    COORDINATOR = "coordinator"
    OUTREACH_WORKER = "outreach_worker"
    PARTNER = "partner"
    TOWN_ADMINISTRATOR = "town_administrator"
    PREFECTURE_OPERATOR = "prefecture_operator"


@dataclass(frozen=True)
class Role:
    """A post as the town calls it, its function here, where it sits and the rank it asks for.

    ``note`` says what the town's document leaves open about it.
    """

    code: str
    label: str
    function: RoleFunction
    unit: str = ""
    rank: str = ""
    headcount: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    note: str = ""


class OfficeKind(StrEnum):
    """Who runs an office: it decides which duty of secrecy binds its people."""

    MUNICIPAL = "municipal"
    CONTRACTED = "contracted"
    PARTNER_AGENCY = "partner_agency"
    RESIDENTS = "residents"
    COMPANY = "company"


@dataclass(frozen=True)
class OpeningHours:
    """Opening hours on the given ISO weekdays (Monday is 1).

    ``closed_on_holidays`` is what the town's document says of national holidays, None where it says nothing.
    """

    weekdays: tuple[int, ...]
    opens: time
    closes: time
    note: str = ""
    closed_on_holidays: bool | None = None


@dataclass(frozen=True)
class Office:
    """A desk, unit or agency.

    ``receives`` says that residents may consult there; ``lead`` that it is a 主担当課; ``note``
    what the town's document leaves open about it.
    """

    code: str
    label: str
    kind: OfficeKind = OfficeKind.MUNICIPAL
    fields: tuple[str, ...] = ()
    receives: bool = True
    lead: bool = False
    hours: OpeningHours | None = None
    area: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    note: str = ""


class Phase(StrEnum):
    """Whether a thing in a plan document is running on a date."""

    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"
    NOT_STATED = "not_stated"


@dataclass(frozen=True)
class PhaseAnswer:
    """The phase of one feature on one date, with the words of the document and its source."""

    phase: Phase
    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class StatusLabels:
    """The town's own words for states; a state without an entry keeps the national word."""

    labels: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


def matching_roles(roles: Iterable[Role], named: str) -> tuple[Role, ...]:
    """The roles that a text in an answer means: those with this code, else with this function."""
    candidates = tuple(roles)
    by_code = tuple(role for role in candidates if role.code == named)
    return by_code or tuple(role for role in candidates if role.function == named)
