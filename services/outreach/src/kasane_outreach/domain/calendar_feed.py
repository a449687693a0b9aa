"""A calendar behind a secret address: of one worker, or of an office's workers."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass
class CalendarFeed:
    """``account_id`` or ``office`` says whose visits it shows; only a digest of its secret is kept."""

    id: str
    account_id: str
    office: str
    digest: str
    made_by: str
    made_at: datetime
    revoked_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the address still answers."""
        return self.revoked_at is None


def digest_of(secret: str) -> str:
    """What is kept of a secret: enough to know it again, not to guess it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def number_of(visit_id: str) -> str:
    """The short number of a visit in a calendar and on paper; it tells nobody who is visited."""
    return visit_id.replace("-", "")[-6:].upper()
