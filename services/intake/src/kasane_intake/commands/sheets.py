"""The inputs about つなぐシート."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class SendReferralSheet:
    """Connect the person to an office with a つなぐシート; of a draft ``version`` is the one that was read.

    ``persons`` are the ids of those who consented; without it, those who consented at the desk, else the first.
    """

    sheet_id: str
    consultation_id: str
    to_office: str
    reason: str
    consent: bool
    companionship: str
    includes_arrears: bool = False
    arrears_consent: bool = False
    extensions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    persons: tuple[str, ...] | None = None
    version: int = 0


@dataclass(frozen=True)
class AnswerReferralSheet:
    """What the receiving office does with a sheet: ``acknowledge``, ``accept``, ``return`` or ``outcome``."""

    sheet_id: str
    step: str
    text: str = ""


@dataclass(frozen=True)
class RedirectReferralSheet:
    """The receiver sends a sheet on to the office that can take it, with the person's consent for that office."""

    new_sheet_id: str
    sheet_id: str
    to_office: str
    reason: str
    consent: bool


@dataclass(frozen=True)
class SettleReferralSheet:
    """What the sender does with a sheet: ``close``, ``void`` or ``reopen``; the last two need a reason."""

    sheet_id: str
    step: str
    reason: str = ""


@dataclass(frozen=True)
class AccompanyPerson:
    """Somebody went along or telephoned: how, on which day, who."""

    sheet_id: str
    how: str
    on: date
    by: str
