"""The inputs about telling somebody, and about other legal bases for it."""

from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.consent import ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import ClosedClass, Destination


@dataclass(frozen=True)
class TellSomebody:
    """Write down that somebody outside is told something about a person, spoken or on paper."""

    disclosure_id: str
    case_id: str
    person_id: str
    destination: Destination
    recipient: str
    purpose: ConsentPurpose
    data_classes: tuple[DataClass, ...]
    closed_classes: tuple[ClosedClass, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class AskLegalGround:
    """Ask that another legal basis for telling somebody is approved; ``code`` is the town's."""

    ground_id: str
    case_id: str
    person_id: str
    code: str
    destination: Destination
    recipient: str
    data_classes: tuple[DataClass, ...]
    reason: str
    closed_classes: tuple[ClosedClass, ...] = ()
    valid_to: date | None = None


@dataclass(frozen=True)
class AnswerLegalGround:
    """Approve or refuse a legal basis that somebody else asked for."""

    case_id: str
    ground_id: str
    approved: bool
    note: str = ""


@dataclass(frozen=True)
class ExportSharedLedger:
    """Write what sessions decided to share about a household into a file that this recipient reads."""

    case_id: str
    destination: Destination
    recipient: str
