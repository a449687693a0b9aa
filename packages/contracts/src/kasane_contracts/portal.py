"""Declares what the portal says: how a town is configured and who works there."""

from dataclasses import dataclass

from kasane_contracts.registry import event


@event("portal.municipality.configured", version=1, subject="code")
@dataclass(frozen=True)
class MunicipalityConfigured:
    """The plugin set of a town has a new revision; ``settings`` is JSON text."""

    code: str
    name: str
    prefecture: str
    revision: int
    plugins: tuple[str, ...]
    settings: str = "{}"


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
