"""The town's form without an account: what it says, what arrives through it, and what becomes of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kasane_intake.domain.errors import (
    EmergencyNeedsASource,
    PublicFormNeedsADesk,
    SetAsideNeedsAReason,
    WrongStep,
)


class Sender(StrEnum):
    """Who writes into the form."""

    RESIDENT = "resident"
    COMMISSIONER = "commissioner"


class ContactWay(StrEnum):
    """How the sender wants to be answered."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    NONE = "none"


class WebMessageStatus(StrEnum):
    """Where a message stands; what is personal goes only when the town's term is over."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class PublicForm:
    """The town's settings of its form; without them, or switched off, there is no form.

    A number for emergencies is shown only with the source from which the town has it.
    """

    enabled: bool = False
    office: str = ""
    phone: str = ""
    phone_hours: str = ""
    emergency_label: str = ""
    emergency_number: str = ""
    emergency_source: str = ""
    commissioner_word: str = ""
    version: int = 0

    def check(self) -> None:
        """Raises a refusal when the form would open without a desk and a telephone, or a number has no source."""
        if self.enabled and not (self.office and self.phone):
            raise PublicFormNeedsADesk
        if self.emergency_number and not (self.emergency_source and self.emergency_label):
            raise EmergencyNeedsASource


@dataclass(frozen=True)
class WebAddition:
    """What the sender added later."""

    at: datetime
    text: str
    seen: bool = False


@dataclass(frozen=True)
class WebMessage:
    """One message through the form; ``secret`` is the keyed hash of the word that its sender got.

    ``settled_at`` is when a person last decided that it is no consultation, None when only a machine did or nobody;
    ``ending_id`` names the end that was begun; ``gone`` says that nothing personal is left, or will be.
    """

    id: str
    receipt: str
    secret: str
    digest: str
    sender: Sender
    arrived_at: datetime
    story: str
    name: str
    kana: str
    brought_by: str
    hidden: bool
    contact_way: ContactWay
    contact: str
    do_not_contact: str
    status: WebMessageStatus = WebMessageStatus.WAITING
    reason: str = ""
    consultation_id: str = ""
    version: int = 1
    settled_at: datetime | None = None
    ending_id: str = ""
    gone: bool = False
    additions: tuple[WebAddition, ...] = ()

    @property
    def news(self) -> int:
        """How many additions nobody has looked at."""
        return sum(not addition.seen for addition in self.additions)

    @property
    def waits(self) -> bool:
        """Whether somebody of the desk still has to read something of it."""
        return self.status is WebMessageStatus.WAITING or self.news > 0

    @property
    def whole_story(self) -> str:
        """What was written at first and later."""
        return "\n\n".join((self.story, *(addition.text for addition in self.additions)))

    def confirmed(self, consultation_id: str) -> "WebMessage":
        """The message after somebody took it up as a consultation; also one that was set aside."""
        if self.status is WebMessageStatus.CONFIRMED:
            raise WrongStep(status=self.status.value)
        return replace(
            self,
            status=WebMessageStatus.CONFIRMED,
            reason="",
            consultation_id=consultation_id,
            settled_at=None,
        )

    @property
    def by_machine(self) -> bool:
        """Whether it was set aside and no person is known to have looked."""
        return self.status is WebMessageStatus.SET_ASIDE and self.settled_at is None

    def set_aside(self, reason: str, at: datetime) -> "WebMessage":
        """The message after somebody found that it is no consultation, and why; also where a machine found so first."""
        if self.status is not WebMessageStatus.WAITING and not self.by_machine:
            raise WrongStep(status=self.status.value)
        if not reason.strip():
            raise SetAsideNeedsAReason
        return replace(self, status=WebMessageStatus.SET_ASIDE, reason=reason, settled_at=at)

    def seen(self, at: datetime) -> "WebMessage":
        """The message after somebody read what was added; the time of one that was set aside counts from then."""
        return replace(self, settled_at=at) if self.settled_at else self

    def brought_back(self) -> "WebMessage":
        """The message waiting again."""
        if self.status is not WebMessageStatus.SET_ASIDE:
            raise WrongStep(status=self.status.value)
        return replace(self, status=WebMessageStatus.WAITING, reason="", settled_at=None)
