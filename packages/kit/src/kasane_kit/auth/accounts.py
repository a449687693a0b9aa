"""Keeps a service's own copy of the accounts, so that no request waits for the portal."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from kasane_kit.auth.tables import account_projection


@dataclass(frozen=True)
class AccountFacts:
    """What a service knows of an account from the portal's events."""

    account_id: str
    display_name: str
    roles: tuple[str, ...]
    functions: tuple[str, ...]
    office: str
    active: bool
    revision: int


def facts_from(row: Row[Any]) -> AccountFacts:
    """An account from its row."""
    return AccountFacts(
        row.account_id,
        row.display_name,
        tuple(row.roles),
        tuple(row.functions),
        row.office,
        row.active,
        row.revision,
    )


def find(connection: Connection, account_id: str) -> AccountFacts | None:
    """The account as last heard, or None."""
    row = connection.execute(
        select(account_projection).where(account_projection.c.account_id == account_id)
    ).one_or_none()
    return None if row is None else facts_from(row)


def hold(connection: Connection, account_id: str) -> None:
    """Lets nobody else who holds the same account go on before this transaction ends."""
    connection.execute(
        select(account_projection.c.account_id)
        .where(account_projection.c.account_id == account_id)
        .with_for_update()
    )


def everyone(connection: Connection) -> tuple[AccountFacts, ...]:
    """All active accounts by display name: for choosing a colleague."""
    rows = connection.execute(
        select(account_projection)
        .where(account_projection.c.active.is_(True))
        .order_by(account_projection.c.display_name, account_projection.c.account_id)
    )
    return tuple(facts_from(row) for row in rows)


def remember(connection: Connection, facts: AccountFacts) -> None:
    """Replaces the copy unless a newer revision is known already."""
    known = find(connection, facts.account_id)
    if known is not None and known.revision >= facts.revision:
        return
    connection.execute(
        delete(account_projection).where(account_projection.c.account_id == facts.account_id)
    )
    connection.execute(
        insert(account_projection).values(
            account_id=facts.account_id,
            display_name=facts.display_name,
            roles=list(facts.roles),
            functions=list(facts.functions),
            office=facts.office,
            active=facts.active,
            revision=facts.revision,
        )
    )
