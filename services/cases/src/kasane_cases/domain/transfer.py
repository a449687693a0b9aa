"""Handing a household over to another town: prepared, approved by another person, answered over there.

The sending town stays responsible until the other town accepts. What is handed over is sealed with a key
that one officer tells the other; the other town sees only from where an offer comes and how much it holds.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kasane_cases.domain.errors import (
    ApproverIsAnother,
    TooManyTries,
    TransferIncomplete,
    WrongStep,
)

TRIES = 5
BLOCKED_FOR = timedelta(minutes=15)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_KEY_LETTERS = 16
_MISREAD = str.maketrans("ILO", "110")


class TransferStatus(StrEnum):
    """Where a transfer stands in the sending town."""

    DRAFT = "draft"
    APPROVED = "approved"
    OFFERED = "offered"
    WITHDRAWING = "withdrawing"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class OfferStatus(StrEnum):
    """Where an offer stands in the receiving town, which alone answers it."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class TransferDocumentKind(StrEnum):
    """What a package holds; material of a 支援会議 is never among it (I-04)."""

    PERSON = "person"
    CONSENT = "consent"
    ASSESSMENT = "assessment"
    NEED = "need"
    PLAN = "plan"
    HANDOVER = "handover"
    SAFETY_NOTE = "safety_note"


@dataclass(frozen=True)
class TransferDocument:
    """One document of a package: labelled lines about one person, or about all when ``person_id`` is empty.

    ``third_party`` says that it holds what somebody else told.
    """

    id: str
    kind: TransferDocumentKind
    person_id: str
    title: str
    dated: date
    lines: tuple[tuple[str, str], ...]
    third_party: bool = False


@dataclass
class Transfer:
    """One handing over as the sending town keeps it; ``secret`` hides where to from everybody else there."""

    id: str
    case_id: str
    to_municipality: str
    secret: bool
    person_ids: tuple[str, ...]
    handover: str
    safety_notes: str
    contact: str
    evaluation: str
    prepared_by: str
    prepared_by_name: str
    prepared_at: datetime
    approver: str
    status: TransferStatus = TransferStatus.DRAFT
    approved_at: datetime | None = None
    documents: int = 0
    digest: str = ""
    answered_at: datetime | None = None
    receipt: str = ""
    receipt_documents: int = 0
    reason: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        """Raises TransferIncomplete naming what is missing."""
        asked = {
            "persons": self.person_ids,
            "handover": self.handover.strip(),
            "contact": self.contact.strip(),
            "evaluation": self.evaluation.strip(),
        }
        missing = [name for name, given in asked.items() if not given]
        if missing:
            raise TransferIncomplete(missing[0])

    @property
    def on_its_way(self) -> bool:
        """Whether the other town has still to answer."""
        return self.status in (
            TransferStatus.APPROVED,
            TransferStatus.OFFERED,
            TransferStatus.WITHDRAWING,
        )

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in (
            TransferStatus.ACCEPTED,
            TransferStatus.RETURNED,
            TransferStatus.WITHDRAWN,
        )

    def approve(self, account_id: str, at: datetime, documents: int, digest: str) -> None:
        """The named approver, never the one who prepared it, lets it go; raises ApproverIsAnother."""
        self._must_be(TransferStatus.DRAFT)
        if account_id != self.approver or account_id == self.prepared_by:
            raise ApproverIsAnother
        self.status, self.approved_at = TransferStatus.APPROVED, at
        self.documents, self.digest = documents, digest

    def arrived(self) -> None:
        """The other town has the offer."""
        if self.status is TransferStatus.APPROVED:
            self.status = TransferStatus.OFFERED

    def withdraw(self, at: datetime) -> bool:
        """Takes it back; True when the other town has to be told, whose answer then decides."""
        self._must_be(TransferStatus.DRAFT, TransferStatus.APPROVED, TransferStatus.OFFERED)
        sent = self.status is not TransferStatus.DRAFT
        self.status = TransferStatus.WITHDRAWING if sent else TransferStatus.WITHDRAWN
        self.answered_at = None if sent else at
        return sent

    def answered(self, answer: OfferStatus, at: datetime, receipt: str, reason: str) -> None:
        """What the other town says stands, whatever was asked meanwhile."""
        if not self.on_its_way:
            raise WrongStep(status=self.status.value)
        self.status = TransferStatus(answer.value)
        self.answered_at, self.receipt, self.reason = at, receipt, reason

    def _must_be(self, *allowed: TransferStatus) -> None:
        if self.status not in allowed:
            raise WrongStep(status=self.status.value)


@dataclass
class TransferOffer:
    """An offer as the receiving town keeps it; ``body`` is sealed and emptied when it is answered."""

    id: str
    from_municipality: str
    from_name: str
    contact: str
    persons: int
    documents: int
    secret: bool
    digest: str
    body: str
    offered_at: datetime
    status: OfferStatus = OfferStatus.OFFERED
    tries: int = 0
    blocked_until: datetime | None = None
    answered_by: str = ""
    answered_at: datetime | None = None
    case_id: str = ""
    reason: str = ""

    def before_try(self, at: datetime) -> None:
        """Raises TooManyTries while the key may not be tried."""
        self._must_wait_for_an_answer()
        if self.blocked_until is not None and at < self.blocked_until:
            raise TooManyTries

    def wrong_key(self, at: datetime) -> None:
        """Counts a wrong key; after some the offer rests for a while."""
        self.tries += 1
        if self.tries % TRIES == 0:
            self.blocked_until = at + BLOCKED_FOR

    def accept(self, account_id: str, at: datetime, case_id: str) -> None:
        """The town takes the household over."""
        self._answer(OfferStatus.ACCEPTED, account_id, at)
        self.case_id = case_id

    def give_back(self, account_id: str, at: datetime, reason: str) -> None:
        """The town does not take it; raises TransferIncomplete without a reason."""
        if not reason.strip():
            raise TransferIncomplete("reason")
        self._answer(OfferStatus.RETURNED, account_id, at)
        self.reason = reason

    def withdrawn(self, at: datetime) -> bool:
        """The sender takes it back; False when it was answered before, and that answer stands."""
        if self.status is not OfferStatus.OFFERED:
            return False
        self._answer(OfferStatus.WITHDRAWN, "", at)
        return True

    def _answer(self, status: OfferStatus, account_id: str, at: datetime) -> None:
        self._must_wait_for_an_answer()
        self.status, self.answered_by, self.answered_at, self.body = status, account_id, at, ""

    def _must_wait_for_an_answer(self) -> None:
        if self.status is not OfferStatus.OFFERED:
            raise WrongStep(status=self.status.value)


def new_accept_key() -> str:
    """A key of 80 random bits in four groups that can be read out on the telephone."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_KEY_LETTERS))
    return "-".join(letters[start : start + 4] for start in range(0, _KEY_LETTERS, 4))


def package_key(accept_key: str, transfer_id: str) -> bytes:
    """The 32 bytes that seal a package: scrypt of the key as it was heard, small letters and gaps allowed."""
    heard = "".join(one for one in accept_key.upper().translate(_MISREAD) if one in _ALPHABET)
    return hashlib.scrypt(heard.encode(), salt=transfer_id.encode(), n=2**14, r=8, p=1, dklen=32)


def names_the_destination(text: str, town_name: str) -> bool:
    """Whether a text that others may read says where a secret transfer goes."""
    stem = town_name.rstrip("市区町村")
    return bool(stem) and (town_name in text or stem in text)
