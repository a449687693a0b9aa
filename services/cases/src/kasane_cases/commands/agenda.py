"""The inputs about the members, the agenda and the decisions of a session."""

from dataclasses import dataclass

from kasane_cases.commands.conferences import AddAgendaItem
from kasane_cases.domain.agenda import RolePart


@dataclass(frozen=True)
class ConfirmMembers:
    """Say that these are the members of a session."""

    session_id: str


@dataclass(frozen=True)
class BuildAgenda:
    """Put several persons or topics on one agenda; who is on it already stays as they are."""

    session_id: str
    items: tuple[AddAgendaItem, ...]


@dataclass(frozen=True)
class AdmitToItem:
    """Say which attendees take part in an item; nobody named means everybody.

    ``expected`` is the version of the session that was read.
    """

    session_id: str
    item_id: str
    attendee_ids: tuple[str, ...]
    expected: int | None = None


@dataclass(frozen=True)
class RemoveItem:
    """Take an item off the agenda, and why."""

    session_id: str
    item_id: str
    reason: str


@dataclass(frozen=True)
class MoveItem:
    """Put an item on the agenda of another session instead, and why."""

    new_item_id: str
    session_id: str
    item_id: str
    to_session_id: str
    reason: str


@dataclass(frozen=True)
class ContinueItem:
    """Go on with a person's matter as a new item of another session; the earlier stays closed."""

    new_item_id: str
    session_id: str
    item_id: str
    to_session_id: str
    topic: str


@dataclass(frozen=True)
class ShareRoles:
    """Write the table of roles of an item anew; ``expected`` is the version of the session that was read."""

    session_id: str
    item_id: str
    roles: tuple[RolePart, ...]
    expected: int | None = None


@dataclass(frozen=True)
class FinishDecision:
    """Note that a decision was carried out, and how."""

    session_id: str
    item_id: str
    decision_id: str
    note: str = ""
