"""Says that two records are of one person: asked by one, decided by another, and taken back without a trace in them.

Merging changes no record. It is a link between two records; records joined by links are shown as one person, and
taking a link away leaves each record as it is by then. Links never form a ring, so that taking one away always parts
what it joined.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kasane_intake.domain.merge_errors import (
    AlreadySamePerson,
    MergeStepImpossible,
    MergeWithItself,
    OwnMergeRequest,
)

# Of these the one record to go by is chosen. Where somebody lives and is called is only pointed at, never copied.
CHOSEN = ("name", "kana", "birth_date", "address", "phone")
POINTED_AT = frozenset({"address", "phone"})


class MergeStatus(StrEnum):
    """Where a request stands. Only *merged* joins two records."""

    REQUESTED = "requested"
    MERGED = "merged"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


@dataclass(frozen=True)
class Deed:
    """Who did a step of a request, when and why."""

    account_id: str = ""
    name: str = ""
    at: datetime | None = None
    reason: str = ""


NOTHING_DONE = Deed()


@dataclass
class PersonMerge:
    """One request about two records; ``choices`` names for each field the record whose value is shown."""

    id: str
    one_id: str
    other_id: str
    one_consultation_id: str
    other_consultation_id: str
    choices: Mapping[str, str]
    evidence: tuple[str, ...]
    requested: Deed
    status: MergeStatus = MergeStatus.REQUESTED
    decided: Deed = field(default_factory=Deed)
    place: int = 0
    undone: Deed = field(default_factory=Deed)
    version: int = 1

    def __post_init__(self) -> None:
        """Raises MergeWithItself when both records are one."""
        if self.one_id == self.other_id:
            raise MergeWithItself

    @property
    def pair(self) -> frozenset[str]:
        """The two records."""
        return frozenset({self.one_id, self.other_id})

    @property
    def active(self) -> bool:
        """Whether the two records are joined now."""
        return self.status is MergeStatus.MERGED

    def approve(self, deed: Deed, others: Iterable["PersonMerge"], place: int) -> None:
        """Joins the two; refused to who asked for it, and when they are one person already."""
        self._step(MergeStatus.REQUESTED)
        if deed.account_id == self.requested.account_id:
            raise OwnMergeRequest
        if self.other_id in joined_to(self.one_id, others):
            raise AlreadySamePerson
        self.status, self.decided, self.place = MergeStatus.MERGED, deed, place

    def refuse(self, deed: Deed) -> None:
        """Leaves the two apart, with a reason; who asked withdraws instead."""
        self._step(MergeStatus.REQUESTED)
        if deed.account_id == self.requested.account_id:
            raise OwnMergeRequest
        self.status, self.decided = MergeStatus.REFUSED, deed

    def withdraw(self, deed: Deed) -> None:
        """Takes back one's own request before it is decided."""
        self._step(MergeStatus.REQUESTED)
        if deed.account_id != self.requested.account_id:
            raise MergeStepImpossible(status=self.status.value)
        self.status, self.decided = MergeStatus.WITHDRAWN, deed

    def undo(self, deed: Deed) -> None:
        """Parts the two again."""
        self._step(MergeStatus.MERGED)
        self.status, self.undone = MergeStatus.UNDONE, deed

    def _step(self, needed: MergeStatus) -> None:
        if self.status is not needed:
            raise MergeStepImpossible(status=self.status.value)


def joined_to(record_id: str, merges: Iterable[PersonMerge]) -> frozenset[str]:
    """The record and all that are joined to it, directly or over others."""
    links = [merge for merge in merges if merge.active]
    found, grown = {record_id}, True
    while grown:
        grown = False
        for link in links:
            if len(link.pair & found) == 1:
                found |= link.pair
                grown = True
    return frozenset(found)


def record_of_each_field(record_id: str, merges: Iterable[PersonMerge]) -> dict[str, str]:
    """For each field the record to go by: the latest choice among what is joined now, else the record itself."""
    merges = tuple(merges)
    together = joined_to(record_id, merges)
    chosen = dict.fromkeys(CHOSEN, record_id)
    for merge in sorted(merges, key=lambda one: (one.place, one.id)):
        if merge.active and merge.one_id in together:
            chosen.update({f: r for f, r in merge.choices.items() if f in chosen and r in together})
    return chosen


def choices_among(chosen: Mapping[str, str], one_id: str, allowed: Iterable[str]) -> dict[str, str]:
    """A choice for every field; what is not chosen, or names a record not among the allowed, goes by the first."""
    known = frozenset(allowed)
    return {f: chosen[f] if chosen.get(f) in known else one_id for f in CHOSEN}
