"""The inputs about つなぐシート."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SendReferralSheet:
    """Connect the person to an office with a つなぐシート."""

    sheet_id: str
    consultation_id: str
    to_office: str
    reason: str
    consent: bool
    companionship: str
    includes_arrears: bool = False
    arrears_consent: bool = False
    extensions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerReferralSheet:
    """What the receiving office does with a sheet: ``acknowledge``, ``accept``, ``return`` or ``outcome``."""

    sheet_id: str
    step: str
    text: str = ""
