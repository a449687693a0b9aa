"""Who sits at a session, and the duty of secrecy that binds each of them."""

from dataclasses import dataclass
from datetime import date, datetime

from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import SignatureNeeded


@dataclass(frozen=True)
class SecrecyDuty:
    """The sentence an attendee is bound by, as the town worded it on that day."""

    text: str
    basis: str
    needs_signature: bool
    source: str = ""
    effective_from: date | None = None


@dataclass
class Attendee:
    """One person at a session: staff with an account, or a guest with name and affiliation."""

    id: str
    name: str
    kind: AttendeeKind
    duty: SecrecyDuty
    account_id: str = ""
    affiliation: str = ""
    present: bool = True
    acknowledged_at: datetime | None = None
    signed_at: datetime | None = None

    @property
    def bound(self) -> bool:
        """Whether the duty of secrecy is recorded, with a signature where one is needed (I-03)."""
        if self.acknowledged_at is None:
            return False
        return self.signed_at is not None or not self.duty.needs_signature

    def acknowledge(self, at: datetime, *, signed: bool) -> None:
        """Records that the attendee was shown the duty and accepts it; raises SignatureNeeded."""
        if self.duty.needs_signature and not signed:
            raise SignatureNeeded(name=self.name)
        self.acknowledged_at = self.acknowledged_at or at
        if signed:
            self.signed_at = self.signed_at or at
