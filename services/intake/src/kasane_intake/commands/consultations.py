"""The inputs about consultations."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kasane_intake.domain.consultation import (
    NOTHING_NOTED,
    ContactPerson,
    PersonConcerned,
    Screening,
)
from kasane_intake.domain.reception import Channel, Reception
from kasane_kit.uploads import Upload

NOT_SCREENED = Screening()


@dataclass(frozen=True)
class ReceiveConsultation:
    """Take a consultation at a desk, with the files that came with it."""

    consultation_id: str
    desk: str
    channel: Channel
    story: str
    categories: tuple[str, ...]
    main_category: str
    contact: ContactPerson
    persons: tuple[PersonConcerned, ...]
    urgent: bool = False
    area: str = ""
    screening: Screening = NOT_SCREENED
    extensions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    reception: Reception = NOTHING_NOTED
    uploads: tuple[Upload, ...] = ()


@dataclass(frozen=True)
class ScreenConsultation:
    """Write down whether the desk or ordinary cooperation can cope."""

    consultation_id: str
    screening: Screening
    version: int


@dataclass(frozen=True)
class CloseConsultation:
    """End a consultation with its outcome."""

    consultation_id: str
    outcome: str
    version: int
