"""Keeps a service's own copy of the accounts, so that no request waits for the portal."""

from sqlalchemy import Connection, delete, insert, select

from kasane_kit.auth.tables import account_projection
from kasane_kit.auth.tokens import AccountFacts


def find(connection: Connection, account_id: str) -> AccountFacts | None:
    """The account as last heard, or None."""
    row = connection.execute(
        select(account_projection).where(account_projection.c.account_id == account_id)
    ).one_or_none()
    if row is None:
        return None
    return AccountFacts(
        row.account_id,
        row.display_name,
        tuple(row.roles),
        tuple(row.functions),
        row.office,
        row.active,
        row.revision,
    )


def everyone(connection: Connection) -> tuple[AccountFacts, ...]:
    """All active accounts by display name: for choosing a colleague."""
    rows = connection.execute(
        select(account_projection)
        .where(account_projection.c.active.is_(True))
        .order_by(account_projection.c.display_name, account_projection.c.account_id)
    )
    return tuple(
        AccountFacts(
            r.account_id,
            r.display_name,
            tuple(r.roles),
            tuple(r.functions),
            r.office,
            r.active,
            r.revision,
        )
        for r in rows
    )


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
