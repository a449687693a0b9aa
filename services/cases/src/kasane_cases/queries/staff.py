"""Reads the staff that cases know from the portal's events."""

from sqlalchemy import Connection

from kasane_kit.auth import AccountFacts, accounts


def colleagues(connection: Connection) -> tuple[AccountFacts, ...]:
    """Every active account, by display name."""
    return accounts.everyone(connection)
