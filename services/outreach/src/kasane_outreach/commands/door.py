"""The inputs of the door-step's handlers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kasane_outreach.domain.emergency_call import EmergencyCall


@dataclass(frozen=True)
class BeginDay:
    """Begin a day on a telephone; ``device_id`` was made there."""

    device_id: str
    label: str


@dataclass(frozen=True)
class TakeItem:
    """What a telephone sent, opened: ``content`` is the JSON object that was sealed at the door."""

    item_id: str
    device_id: str
    day: date
    content: Mapping[str, Any]


@dataclass(frozen=True)
class StopDevice:
    """Stop a telephone, for example one that was lost."""

    device_id: str


@dataclass(frozen=True)
class SettleItem:
    """Deal with something that was not accepted; ``keep`` adds its words to the visit."""

    item_id: str
    keep: bool


@dataclass(frozen=True)
class SetEmergencyCalls:
    """Choose what stands on the emergency page beside 110 and 119; version 0 for the first time."""

    calls: tuple[EmergencyCall, ...]
    version: int


@dataclass(frozen=True)
class EndCheckIn:
    """Say that all is well with a worker whose word did not come, and how one knows."""

    check_in_id: str
    note: str
