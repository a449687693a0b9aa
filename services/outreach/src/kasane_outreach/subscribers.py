"""What outreach does when others speak."""

from typing import Any

from kasane_contracts.cases import (
    AddressProtectionChanged,
    CaseClosed,
    OutreachRequested,
    PersonsMovedCase,
)
from kasane_contracts.outreach import OutreachRecordsShredded
from kasane_contracts.resources import SettlingVisitCalledOff, SettlingVisitRequested
from kasane_kit.shredding import Part
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands import PutOnList
from kasane_outreach.handlers import change_protection, close_case, close_request, put_on_list
from kasane_outreach.handlers.moving import follow_persons
from kasane_outreach.handlers.watching import end_watches_of_case
from kasane_outreach.repository.ending import RULES

SETTLING_MINUTES = 30


def on_outreach_requested(event: OutreachRequested, uow: UnitOfWork, hooks: Any) -> None:
    """Puts the household on the list of those to reach, once."""
    put_on_list(PutOnList(**vars(event)), uow, hooks)


def on_case_closed(event: CaseClosed, uow: UnitOfWork, _hooks: Any) -> None:
    """Closes what is open and cancels what is due; a case without requests is none of
    outreach's.
    """
    reason = Strings("kasane_outreach").text("visit.case_closed")
    close_case(event.case_id, uow, reason)
    end_watches_of_case(event.case_id, reason, uow)


def on_persons_moved_case(event: PersonsMovedCase, uow: UnitOfWork, _hooks: Any) -> None:
    """Takes what is open of persons with them into their other case."""
    follow_persons(event, uow)


def on_address_protection_changed(
    event: AddressProtectionChanged, uow: UnitOfWork, _hooks: Any
) -> None:
    """Takes the address, maybe the telephone too, off lists, map and rounds, or shows it again."""
    change_protection(event, uow)


def on_settling_visit_requested(event: SettlingVisitRequested, uow: UnitOfWork, hooks: Any) -> None:
    """Puts the host's place on the list of those to visit, once; whose visit it is stays in the case."""
    words = Strings("kasane_outreach")
    put_on_list(
        PutOnList(
            request_id=event.request_id,
            case_id=event.case_id,
            person_id=event.person_id,
            purpose=words.text("settling.purpose"),
            by_when=event.by_when,
            minutes=SETTLING_MINUTES,
            two_person=False,
            agency="",
            area=event.area,
            category="",
            address_protected=event.address_protected,
            name=words.text("settling.name", number=event.case_number),
            address=event.place,
            reason=words.text("settling.reason", host=event.host),
            at_host=True,
        ),
        uow,
        hooks,
    )


def on_settling_visit_called_off(
    event: SettlingVisitCalledOff, uow: UnitOfWork, _hooks: Any
) -> None:
    """Closes the request and cancels what is due of it; other requests of the case go on."""
    close_request(event.request_id, uow, Strings("kasane_outreach").text("settling.called_off"))


on_records_ended = Part(RULES, answer=OutreachRecordsShredded)
"""Destroys what outreach has of the records that ended, and answers."""
