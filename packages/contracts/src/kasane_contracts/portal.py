"""Declares what the portal says: who works in a town."""

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
