"""A run of a campaign: who receives is ready, the list is fixed with its ground, then it goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kasane_outreach.domain.campaign_errors import (
    GroundMissing,
    ListFixed,
    ListNotFixed,
    ReceiversNotReady,
    RunOver,
    SamePersonApproves,
)
from kasane_outreach.domain.errors import ReasonMissing


class CampaignStage(StrEnum):
    """Where a run stands."""

    DESIGNED = "designed"
    LIST_FIXED = "list_fixed"
    RUNNING = "running"
    CLOSED = "closed"


@dataclass
class CampaignRun:
    """One campaign of one fiscal year as it is carried out.

    ``receivers`` maps each precondition of the town to who confirmed it and when. Source, legal
    ground, approver and the last day of keeping are fixed together with the list.
    """

    id: str
    campaign: str
    kind: str
    label: str
    year: int
    preconditions: tuple[str, ...]
    made_by: str
    made_at: datetime
    receivers: Mapping[str, str] = field(default_factory=dict)
    stage: CampaignStage = CampaignStage.DESIGNED
    source: str = ""
    legal_ground: str = ""
    approved_by: str = ""
    fixed_at: datetime | None = None
    keep_until: date | None = None
    waves: int = 0
    closed_on: date | None = None
    close_reason: str = ""
    deleted_on: date | None = None
    kept_counts: Mapping[str, Any] | None = None
    version: int = 1

    @property
    def missing(self) -> tuple[str, ...]:
        """The preconditions that nobody confirmed yet."""
        return tuple(one for one in self.preconditions if one not in self.receivers)

    @property
    def open_to_change(self) -> bool:
        """Whether the list may still grow."""
        return self.stage is CampaignStage.DESIGNED

    def confirm(self, precondition: str, by: str) -> None:
        """Somebody says that this is ready."""
        if precondition in self.preconditions:
            self.receivers = {**self.receivers, precondition: by}

    def name_ground(self, source: str, legal_ground: str, keep_until: date, today: date) -> None:
        """Says where the list is from, on which ground, and how long it is kept. Raises ListFixed, GroundMissing."""
        if not self.open_to_change:
            raise ListFixed
        if not source.strip() or not legal_ground.strip() or keep_until <= today:
            raise GroundMissing
        self.source, self.legal_ground = source.strip(), legal_ground.strip()
        self.keep_until = keep_until

    def fix_list(self, approver: str, at: datetime) -> None:
        """Fixes the list with the approval of a second person.

        Raises ListFixed, ReceiversNotReady (I-17), GroundMissing and SamePersonApproves.
        """
        if not self.open_to_change:
            raise ListFixed
        if self.missing:
            raise ReceiversNotReady(missing="、".join(self.missing))
        if not self.source or self.keep_until is None:
            raise GroundMissing
        if approver == self.made_by:
            raise SamePersonApproves
        self.stage, self.approved_by, self.fixed_at = CampaignStage.LIST_FIXED, approver, at

    def next_wave(self) -> int:
        """Begins a wave; the first one starts the run. Raises ListNotFixed."""
        self.must_go_on()
        self.stage = CampaignStage.RUNNING
        self.waves += 1
        return self.waves

    @property
    def goes_on(self) -> bool:
        """Whether somebody may be visited for it now."""
        return self.stage is not CampaignStage.CLOSED and not self.open_to_change

    def must_go_on(self) -> None:
        """Raises RunOver after the end, and ListNotFixed before a second person fixed the list."""
        if self.stage is CampaignStage.CLOSED:
            raise RunOver
        if self.open_to_change:
            raise ListNotFixed

    def close(self, reason: str, on: date) -> None:
        """Ends the run: nobody is written to or visited for it any more. Raises RunOver and ReasonMissing."""
        if self.stage is CampaignStage.CLOSED:
            raise RunOver
        if not reason.strip():
            raise ReasonMissing
        self.stage, self.closed_on, self.close_reason = CampaignStage.CLOSED, on, reason.strip()

    def list_is_due(self, today: date) -> bool:
        """Whether the term of keeping is over and the list still lies here."""
        if self.deleted_on is not None or self.keep_until is None:
            return False
        return self.keep_until < today

    def list_deleted(self, counts: Mapping[str, Any], reason: str, on: date) -> None:
        """Only counts are left; a run that still went on ends with its list."""
        if self.stage is not CampaignStage.CLOSED:
            self.close(reason, on)
        self.deleted_on, self.kept_counts = on, counts
