"""Those who can be sent."""

from sqlalchemy import Connection

from kasane_kit.auth import AccountFacts, accounts
from kasane_outreach.domain.visit import VISITING_FUNCTIONS


def workers(connection: Connection) -> tuple[AccountFacts, ...]:
    """Those who can be sent: outreach workers and coordinators."""
    everyone = accounts.everyone(connection)
    return tuple(one for one in everyone if VISITING_FUNCTIONS & set(one.functions))
