"""The inputs about consent."""

from dataclasses import dataclass
from datetime import date

from kasane_cases.domain.consent import (
    NO_SCOPE,
    ConsentScope,
    ConsentState,
    Elsewhere,
    GivenBy,
)
from kasane_kit.uploads import Upload


@dataclass(frozen=True)
class RecordConsent:
    """Write down one person's consent, refusal or withdrawal; the town's term unless given.

    ``evidence`` is a file that proves it, kept with it; ``evidence_id`` one that was kept before. Without
    ``heard_by`` who records it heard it. ``elsewhere`` says what a given consent does to wider ones of the
    same person in other cases: they become as narrow, unless the person wants to keep them. ``expected`` is
    the number of the last entry that was read, 0 before the first; None where nobody read one.
    """

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
    heard_by: str = ""
    representative: str = ""
    representative_basis: str = ""
    own_will: str = ""
    form: str = ""
    evidence: Upload | None = None
    evidence_id: str = ""
    elsewhere: Elsewhere = Elsewhere.NARROW
    expected: int | None = None
