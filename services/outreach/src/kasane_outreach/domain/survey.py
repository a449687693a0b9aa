"""A postal survey: who is written to, what came back, and what a person made of it."""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kasane_outreach.domain.campaign_errors import AlreadyTriaged

CODE_LETTERS = 12


class NeedLevel(StrEnum):
    """What a person made of a reply."""

    HIGH = "high"
    SOME = "some"
    NONE = "none"


@dataclass
class SurveyTarget:
    """One person on the list. No reply is neither refusal nor consent: it is no reply (I-17).

    ``digest`` knows the code of the letter again; ``no_letters`` is the person's word that no further
    letter is wanted, which refuses the letters and no help. ``request_id`` is the household to reach,
    ``consultation_id`` the consultation that a reply became. ``version`` counts changes, replies among them.
    """

    id: str
    run_id: str
    number: int
    name: str
    kana: str
    address: str
    digest: str
    wave: int = 0
    sent_on: date | None = None
    replied_at: datetime | None = None
    no_letters: bool = False
    need: NeedLevel | None = None
    triaged_by: str = ""
    request_id: str = ""
    consultation_id: str = ""
    version: int = 1

    @property
    def waits_for_reply(self) -> bool:
        """Whether a letter went out and nothing came back."""
        return self.sent_on is not None and self.replied_at is None

    @property
    def may_be_written_to(self) -> bool:
        """Whether a further letter may go out."""
        return self.replied_at is None and not self.no_letters

    @property
    def to_visit(self) -> bool:
        """Whether somebody should be sent: a high need, or no reply; never who was asked for already."""
        return not self.request_id and (self.need is NeedLevel.HIGH or self.waits_for_reply)

    def reply(self, at: datetime, *, no_letters: bool) -> None:
        """A reply came; it may be changed until somebody read it. Raises AlreadyTriaged."""
        if self.need is not None:
            raise AlreadyTriaged
        self.replied_at, self.no_letters = at, no_letters

    def triage(self, need: NeedLevel, by: str) -> None:
        """Somebody read the reply and says what is needed."""
        self.need, self.triaged_by = need, by


@dataclass(frozen=True)
class PostalCounts:
    """A postal survey in numbers. Who did not reply is counted as that and nothing else (I-17)."""

    listed: int
    written: int
    replied: int
    high: int
    some: int
    none: int
    unread: int
    no_letters: int
    to_visit: int
    consultations: int

    @classmethod
    def of(cls, targets: Sequence[SurveyTarget]) -> "PostalCounts":
        """The numbers of a list."""
        needs = [one.need for one in targets]
        return cls(
            listed=len(targets),
            written=sum(one.sent_on is not None for one in targets),
            replied=sum(one.replied_at is not None for one in targets),
            high=needs.count(NeedLevel.HIGH),
            some=needs.count(NeedLevel.SOME),
            none=needs.count(NeedLevel.NONE),
            unread=sum(one.replied_at is not None and one.need is None for one in targets),
            no_letters=sum(one.no_letters for one in targets),
            to_visit=sum(bool(one.request_id) for one in targets),
            consultations=sum(bool(one.consultation_id) for one in targets),
        )


def refusal_digest(key: bytes, name: str, address: str) -> str:
    """Knows somebody again who wants no letters, also after the list was deleted; it tells nobody who that is."""
    plain = "".join(unicodedata.normalize("NFKC", f"{name}|{address}").split())
    return hmac.new(key, f"no-letters|{plain}".encode(), hashlib.sha256).hexdigest()


def code_of(key: bytes, target_id: str) -> str:
    """The code inside a person's letter: sixty bits, made from the town's key, kept nowhere."""
    made = hmac.new(key, f"survey|{target_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made).decode()[:CODE_LETTERS]


def digest_of_code(key: bytes, code: str) -> str:
    """How a code is known again, however it was typed: also in full width, with any stroke between its parts."""
    typed = unicodedata.normalize("NFKC", code).upper()
    plain = "".join(letter for letter in typed if letter.isascii() and letter.isalnum())
    plain = plain.replace("0", "O").replace("1", "I").replace("8", "B")
    return hmac.new(key, f"code|{plain}".encode(), hashlib.sha256).hexdigest()
