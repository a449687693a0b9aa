"""The inputs about consent."""

from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.consent import (
    NO_SCOPE,
    ConsentScope,
    ConsentState,
    GivenBy,
)


@dataclass(frozen=True)
class RecordConsent:
    """Write down one person's consent, refusal or withdrawal; the town's term unless given."""

    consent_id: str
    case_id: str
    person_id: str
    state: ConsentState
    scope: ConsentScope = NO_SCOPE
    given_by: GivenBy = GivenBy.SELF
    method: str = ""
    valid_from: date | None = None
    expires_on: date | None = None
    note: str = ""
