"""What a town says about consent and other legal bases."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_plugin_api.answers.fields import Choice


class AttendeeKind(StrEnum):
    """Who sits in a meeting, as far as secrecy is concerned."""

    MUNICIPAL_STAFF = "municipal_staff"
    CONTRACTOR = "contractor"
    PARTNER_AGENCY = "partner_agency"
    RESIDENT = "resident"
    PERSON_OR_FAMILY = "person_or_family"


@dataclass(frozen=True)
class ConsentPolicy:
    """How a person consents in this town: what is explained, for how long, in which ways.

    Without ``methods`` the platform's own ways stand. ``recipients`` are the only kinds of recipients
    that a consent may name here; without them every kind may be named. ``forms`` are the town's own
    consent forms; ``remind_days`` before the last day somebody is asked to renew it.
    """

    explanation: str
    valid_for_days: int = 365
    methods: tuple[Choice, ...] = ()
    source: str = ""
    recipients: tuple[AttendeeKind, ...] = ()
    forms: tuple[Choice, ...] = ()
    remind_days: int = 30


@dataclass(frozen=True)
class LegalBasis:
    """Another legal basis than consent for telling somebody: dated words with their source.

    ``text`` is shown to who chooses it and to who approves; ``note`` says what it asks for or what the
    source leaves open; ``valid_to`` is the last day.
    """

    code: str
    label: str
    text: str
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
