"""How long ago somebody confirmed an entry, and how an organization confirms its own without an account."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from kasane_resources.domain.errors import (
    AlreadyDecided,
    EntryChangedSince,
    LinkClosed,
    TooManyAnswers,
)
from kasane_resources.domain.human_service import HumanServiceEntry

LINK_DAYS = 30
MOST_WAITING = 3
LONGEST_ANSWER = 2000


class Freshness(StrEnum):
    """Whether what an entry says can be relied on: confirmed, to be asked about, stale, or never confirmed."""

    FRESH = "fresh"
    DUE = "due"
    STALE = "stale"
    NEVER = "never"


@dataclass(frozen=True)
class ConfirmationDays:
    """After how many days an entry is asked about, is stale, and its owner reminded again, as the town says.

    ``vacancy`` is how long what an organization said of its free places is believed.
    """

    ask_after: timedelta
    stale_after: timedelta
    remind_again: timedelta
    vacancy: timedelta = timedelta(days=90)

    @property
    def too_old(self) -> timedelta:
        """After how long nothing that was confirmed then counts any more: twice as long as it takes to be stale."""
        return 2 * self.stale_after

    def due_before(self, today: date) -> date:
        """What was last confirmed before this day is to be asked about."""
        return today - self.ask_after


PLATFORM_DAYS = ConfirmationDays(
    timedelta(days=180), timedelta(days=365), timedelta(days=30), timedelta(days=90)
)
"""What holds where a town states nothing: the platform's own choice, which every page marks as such."""


def freshness(last_confirmed_on: date | None, today: date, days: ConfirmationDays) -> Freshness:
    """How fresh an entry is that was last confirmed on a day."""
    if last_confirmed_on is None:
        return Freshness.NEVER
    age = today - last_confirmed_on
    if age > days.stale_after:
        return Freshness.STALE
    return Freshness.DUE if age > days.ask_after else Freshness.FRESH


def entry_digest(entry: HumanServiceEntry) -> str:
    """What tells an entry from the same entry written anew; who confirmed it when makes no difference."""
    return hashlib.sha256(repr(replace(entry, last_confirmed_on=None)).encode()).hexdigest()


def token_digest(token: str) -> str:
    """What is kept of a token: nobody who reads it can open the link."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class ConfirmLink:
    """A link with which an organization may confirm one public entry, until it expires or is revoked."""

    id: str
    human_service_id: str
    digest: str
    made_by: str
    made_at: datetime
    expires_on: date
    revoked_at: datetime | None = None

    def open_on(self, today: date) -> bool:
        """Whether it can be used."""
        return self.revoked_at is None and today <= self.expires_on

    def must_be_open(self, today: date) -> None:
        """Raises LinkClosed when it cannot be used."""
        if not self.open_on(today):
            raise LinkClosed

    def revoke(self, at: datetime) -> None:
        """Nobody can use it from now on."""
        self.revoked_at = self.revoked_at or at


class AnswerState(StrEnum):
    """Where an organization's answer stands: it waits for a worker, was taken over, or was left."""

    WAITING = "waiting"
    TAKEN = "taken"
    LEFT = "left"


@dataclass
class OrganizationAnswer:
    """What an organization said of its entry through a link: as it is, or changed as it writes.

    ``entry_digest`` is that of the entry it saw; it is empty in answers from before it was kept.
    """

    id: str
    human_service_id: str
    link_id: str
    as_it_is: bool
    text: str
    answered_at: datetime
    state: AnswerState = AnswerState.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    entry_digest: str = ""

    def must_hold_for(self, entry: HumanServiceEntry) -> None:
        """Raises EntryChangedSince when it says that an entry is right which says something else by now."""
        if self.as_it_is and self.entry_digest not in ("", entry_digest(entry)):
            raise EntryChangedSince

    def says_the_same_as(self, other: "OrganizationAnswer") -> bool:
        """Whether both say the same of the same entry through the same link."""
        return (self.link_id, self.as_it_is, self.text, self.entry_digest) == (
            other.link_id,
            other.as_it_is,
            other.text,
            other.entry_digest,
        )

    def decide(self, taken: bool, by: str, at: datetime) -> None:
        """A worker takes it over or leaves it. Raises AlreadyDecided."""
        if self.state is not AnswerState.WAITING:
            raise AlreadyDecided
        self.state = AnswerState.TAKEN if taken else AnswerState.LEFT
        self.decided_by, self.decided_at = by, at


def must_have_room(waiting: int) -> None:
    """Raises TooManyAnswers when so many answers through one link wait for a worker already."""
    if waiting >= MOST_WAITING:
        raise TooManyAnswers(most=MOST_WAITING)
