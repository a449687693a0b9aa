"""The ledger of disclosures: who was told what about whom, and on which basis."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kasane_cases.domain.consent import ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import ClosedClass, Destination, DisclosureBasis


class DisclosureAct(StrEnum):
    """By which act something was shown or sent."""

    REFERRAL = "referral"
    OUTREACH_REQUEST = "outreach_request"
    TEAM = "team"
    SESSION = "session"
    PACK = "pack"
    PLAN = "plan"
    EXPORT = "export"
    TRANSFER = "transfer"
    TOLD = "told"
    PARTICIPATION = "participation"


@dataclass(frozen=True)
class Disclosure:
    """One line of the ledger; lines are added, never changed and never removed (I-08).

    ``recipient`` is a name in words and ``recipient_code`` the code of the office, account or
    service; ``reference`` names the record that the act made; ``approver`` stands only where the
    basis is another law.
    """

    id: str
    case_id: str
    person_id: str
    destination: Destination
    recipient: str
    recipient_code: str
    act: DisclosureAct
    reference: str
    purpose: ConsentPurpose
    data_classes: tuple[DataClass, ...]
    closed_classes: tuple[ClosedClass, ...]
    basis: DisclosureBasis
    basis_reference: str
    reason: str
    approver: str
    disclosed_at: datetime
    disclosed_by: str
    disclosed_by_name: str
