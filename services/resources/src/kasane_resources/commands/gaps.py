"""The inputs of what is done with gaps."""

from dataclasses import dataclass

from kasane_plugin_api import CommunityLevel


@dataclass(frozen=True)
class RaiseGaps:
    """Raise the open gaps of a category as one community issue; ``area`` is empty for the whole town."""

    issue_id: str
    category: str
    level: CommunityLevel
    area: str = ""


@dataclass(frozen=True)
class CloseGap:
    """Close a gap by hand with the entry of the directory that was developed for it."""

    gap_id: str
    human_service_id: str
