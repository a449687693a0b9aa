"""Declares what the portal says: who works in a town, which plugins a town chose."""

from dataclasses import dataclass
from datetime import date

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


@event("portal.staff_session.ended", version=1, subject="session", retired=True)
@dataclass(frozen=True)
class StaffSessionEnded:
    """A session was ended before its time; ``session`` is a digest of its id. Said no more: it ends everywhere at once.

    ``until`` is the moment (ISO 8601) at which it would have been over in any case.
    """

    session: str
    account_id: str
    until: str


@event("portal.municipality.configured", version=1, subject="municipality_code")
@dataclass(frozen=True)
class MunicipalityConfigured:
    """A town chose its plugins, in asking order; the choice holds from now on in every service.

    ``settings`` are the lines of TOML that a town file would have, one table for each plugin. ``revision`` begins
    at 1 and grows by one.
    """

    municipality_code: str
    revision: int
    plugins: tuple[str, ...]
    settings: str
    chosen_on: date
