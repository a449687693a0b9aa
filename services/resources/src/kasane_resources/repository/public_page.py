"""Loads and saves the switch of the page for everybody."""

from sqlalchemy import Connection, delete, insert, select

from kasane_resources.domain.public_page import PublicPage
from kasane_resources.repository.moments import with_zone
from kasane_resources.tables.public_page import public_page as table

_ONLY = 1


def public_page(connection: Connection) -> PublicPage:
    """The switch of the open municipality; open until somebody moved it."""
    row = connection.execute(select(table)).one_or_none()
    if row is None:
        return PublicPage()
    return PublicPage(row.open, with_zone(row.changed_at), row.changed_by_name)


def keep_public_page(connection: Connection, page: PublicPage) -> None:
    """Keeps the switch in place of the one before."""
    connection.execute(delete(table))
    connection.execute(insert(table).values(number=_ONLY, **vars(page)))
