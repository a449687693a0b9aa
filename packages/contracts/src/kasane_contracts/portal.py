"""Declares what the portal says: who works in a town, and which sessions are over."""

from dataclasses import dataclass

from kasane_contracts.registry import event


@event("portal.staff_account.changed", version=1, subject="account_id")
@dataclass(frozen=True)
class StaffAccountChanged:
    """An account was made, changed or closed. Staff names are public duty, so they are not sealed."""

    account_id: str
    display_name: str
    roles: tuple[str, ...]
    functions: tuple[str, ...]
    office: str
    active: bool
    revision: int


@event("portal.staff_session.ended", version=1, subject="session")
@dataclass(frozen=True)
class StaffSessionEnded:
    """A session was ended before its time; ``session`` is a digest of its id.

    ``until`` is the moment (ISO 8601) at which it would have been over in any case.
    """

    session: str
    account_id: str
    until: str
