"""The inputs about merging records of one person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class MergeStep(StrEnum):
    """What is done with a request."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    UNDO = "undo"


@dataclass(frozen=True)
class RequestMerge:
    """Ask that two records be shown as one person; ``choices`` names for a field the record to go by."""

    merge_id: str
    one_id: str
    other_id: str
    reason: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DecideMerge:
    """Approve, refuse, withdraw or undo a request, with a reason."""

    merge_id: str
    step: MergeStep
    reason: str
    version: int
