"""What outreach does when others speak."""

from typing import Any

from kasane_contracts.cases import AddressProtectionChanged, CaseClosed, OutreachRequested
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands import PutOnList
from kasane_outreach.handlers import change_protection, close_case, put_on_list


def on_outreach_requested(event: OutreachRequested, uow: UnitOfWork, hooks: Any) -> None:
    """Puts the household on the list of those to reach, once."""
    put_on_list(PutOnList(**vars(event)), uow, hooks)


def on_case_closed(event: CaseClosed, uow: UnitOfWork, _hooks: Any) -> None:
    """Closes what is open and cancels what is due; a case without requests is none of
    outreach's.
    """
    close_case(event.case_id, uow, Strings("kasane_outreach").text("visit.case_closed"))


def on_address_protection_changed(
    event: AddressProtectionChanged, uow: UnitOfWork, _hooks: Any
) -> None:
    """Takes the address, maybe the telephone too, off lists, map and rounds, or shows it again."""
    change_protection(event.person_id, uow, protected=event.protected, phone_too=event.phone_too)
