"""One line of the history of a consultation or a つなぐシート: from which state to which, by whom, when, why."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kasane_intake.domain.consultation import Consultation
    from kasane_intake.domain.referral_sheet import ReferralSheet


@dataclass(frozen=True)
class Step:
    """A change of state that was made; ``by`` and ``at`` are filled in when it is kept."""

    consultation_id: str
    sheet_id: str
    from_status: str
    to_status: str
    note: str = ""
    by: str = ""
    by_name: str = ""
    at: datetime | None = None

    @classmethod
    def of_consultation(
        cls, consultation: "Consultation", from_status: str, note: str = ""
    ) -> "Step":
        """What happened to a consultation."""
        return cls(consultation.id, "", from_status, consultation.status.value, note)

    @classmethod
    def of_sheet(cls, sheet: "ReferralSheet", from_status: str, note: str = "") -> "Step":
        """What happened to a sheet."""
        return cls(sheet.consultation_id, sheet.id, from_status, sheet.status.value, note)

    @property
    def changed(self) -> bool:
        """Whether it went on to another state or says why it stayed."""
        return self.from_status != self.to_status or bool(self.note)
