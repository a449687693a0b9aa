"""Declares the one event that every service says of each act: an entry of its audit trail."""

from dataclasses import dataclass

from kasane_contracts.registry import event


@event("audit.entry.recorded", version=1, subject="object_id")
@dataclass(frozen=True)
class AuditEntryRecorded:
    """Who did what to which object; never the content of a record."""

    entry_id: str
    service: str
    position: int
    at: str
    actor: str
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    basis: str = ""
    correlation_id: str = ""
    causation_id: str = ""
