"""What the operator's command may ask of the portal: it is found on the service, not imported."""

from collections.abc import Sequence

from kasane_kit.auth import platform_actor
from kasane_kit.ids import new_id
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_portal.commands import CreateAccount, SetPassword
from kasane_portal.domain.errors import AccountNotFound
from kasane_portal.handlers import accounts
from kasane_portal.repository import Accounts

SERVICE = "portal"


def create_account(
    house: House,
    municipality: str,
    *,
    login_name: str,
    display_name: str,
    password: str,
    roles: Sequence[str],
    office: str = "",
) -> str:
    """Makes an account in a town or the host; returns its id.

    Raises the portal's refusals: among them LoginNameTaken for a name that is there already.
    """
    command = CreateAccount(new_id(), login_name, display_name, password, tuple(roles), office)
    hooks = None if municipality == HOST else house.plugins.hooks_for(municipality)
    with municipality_scope(municipality), _unit(house, municipality) as uow:
        return accounts.create_account(command, uow, hooks)


def set_password(house: House, municipality: str, *, login_name: str, password: str) -> str:
    """Gives an account a new password, for the day when no administrator can; returns its id."""
    with municipality_scope(municipality), _unit(house, municipality) as uow:
        known = Accounts(uow.connection).credentials_of(login_name)
        if known is None:
            raise AccountNotFound
        accounts.set_password(SetPassword(known.account.id, password), uow)
        return known.account.id


def _unit(house: House, municipality: str) -> UnitOfWork:
    return UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality))
