"""Households on the list: put there by cases and workers, placed, protected, closed."""

import base64
from dataclasses import replace
from typing import Any

from kasane_contracts import outreach as events
from kasane_contracts.cases import AddressProtectionChanged
from kasane_kit import clock
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands import (
    AskForVisits,
    EndRequest,
    NoteContactDetails,
    PlaceHousehold,
    PutOnList,
)
from kasane_outreach.domain.errors import (
    AskedByCase,
    HouseholdClosed,
    NotYours,
    PlaceMissing,
    ReasonMissing,
)
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.domain.town_block import find_block
from kasane_outreach.handlers.scheduling import say_cancelled
from kasane_outreach.handlers.subjects import HOUSEHOLD
from kasane_outreach.handlers.watching import end_watches_of_request
from kasane_outreach.repository import (
    PROTECTED_ADDRESS,
    HouseholdsToReach,
    ProtectedPersons,
    Visits,
    blocks_of,
    opened,
    place_of_address,
)

_NOT_KEPT = ("request_id", "visit_address")
_ABOUT = (
    "case_id",
    "person_id",
    "name",
    "kana",
    "phone",
    "area",
    "category",
    "address_protected",
    "phone_protected",
    "at_host",
)
_WANTED = ("purpose", "reason", "by_when", "minutes", "two_person", "agency")


def put_on_list(command: PutOnList, uow: UnitOfWork, hooks: Any) -> None:
    """Puts a household on the list, on the map if its address names a town block; the delivery
    commits.

    A request heard before changes nothing. A protected address is not put on the map (I-10) and is
    kept sealed, also where who asked had not heard of the protection yet.
    """
    households = HouseholdsToReach(uow.connection)
    if households.knows(command.request_id):
        return
    values = {name: value for name, value in vars(command).items() if name not in _NOT_KEPT}
    household = HouseholdToReach(id=command.request_id, heard_at=clock.now(), **values)
    if ProtectedPersons(uow.connection).has(household.person_id):
        household.address_protected = True
    if household.address_protected or command.visit_address:
        _keep_back(household, command.visit_address or command.address, uow)
    else:
        _put_on_map(household, hooks)
    households.add(household)
    uow.record("outreach.household.put_on_list", HOUSEHOLD, household.id, basis="case")


def close_case(case_id: str, uow: UnitOfWork, reason: str) -> None:
    """Closes the requests of a case and cancels its visits from today on; the delivery commits.

    A visit of an earlier day may have been made and not yet written down: its record is still
    taken.
    """
    households, visits = HouseholdsToReach(uow.connection), Visits(uow.connection)
    for household in households.of_case(case_id):
        if household.open:
            household.close()
            households.save(household)
            uow.record("outreach.household.closed", HOUSEHOLD, household.id, basis="case_closed")
    for visit in visits.due_of_case(case_id):
        if visit.on >= clock.today():
            visit.cancel(reason)
            visits.save(visit)
            say_cancelled(visit, uow, "case_closed")


def close_request(request_id: str, uow: UnitOfWork, reason: str) -> None:
    """Closes one request, cancels its visits from today on and ends its watching; the delivery commits.

    A request that is not known or is closed changes nothing.
    """
    households = HouseholdsToReach(uow.connection)
    if not households.knows(request_id):
        return
    household = households.get(request_id)
    if not household.open:
        return
    household.close()
    households.save(household)
    uow.record("outreach.household.closed", HOUSEHOLD, household.id, basis="called_off")
    _cancel_due(household, reason, uow, "called_off")
    end_watches_of_request(household.id, reason, "called_off", uow)


def change_protection(event: AddressProtectionChanged, uow: UnitOfWork) -> None:
    """Hides a person's address everywhere but from the workers of their visits, or shows it again.

    The addresses of those who live with the person go the same way; what is kept back for another
    reason stays hidden. The telephone number goes with it when it is protected too. A protected
    address lies sealed in the database.

    What was on the map is taken off it, and stays off until somebody places it anew; the delivery
    commits.
    """
    households = HouseholdsToReach(uow.connection)
    ProtectedPersons(uow.connection).note(event.person_id, protected=event.protected)
    persons = {event.person_id, *event.kept_back, *event.shown_again}
    for household in households.of_persons(persons):
        before = replace(household)
        if household.person_id == event.person_id:
            household.protect_address(protected=event.protected, phone_too=event.phone_too)
        if household.kept_back(event.kept_back):
            _keep_back(household, household.address, uow)
        elif household.sealed_address:
            household.open_seal(opened(household, uow.unseal))
        if household != before:
            households.save(household)
            uow.record("outreach.household.protected", HOUSEHOLD, household.id, basis="case")


def _keep_back(household: HouseholdToReach, address: str, uow: UnitOfWork) -> None:
    household.keep_sealed(_sealed(address, household, uow))
    if household.at_host and not household.asked_by:
        household.reason = Strings("kasane_outreach").text("settling.reason_protected")


def ask_for_visits(command: AskForVisits, uow: UnitOfWork, hooks: Any) -> str:
    """A worker puts somebody on the list of those to reach and says so; returns the request's id.

    With ``like`` the new request is about the same person, case and place, protected or not. Raises
    HouseholdNotFound for an unknown one and PlaceMissing without an address.
    """
    households = HouseholdsToReach(uow.connection)
    wanted = {name: value for name, value in vars(command).items() if name in _WANTED}
    if command.like:
        known = households.get(command.like)
        address = opened(known, uow.unseal)
        about = {name: getattr(known, name) for name in _ABOUT}
        hidden = known.hides_address
    else:
        address = command.address
        about = {name: getattr(command, name) for name in ("name", "kana", "phone")}
        about |= {
            "case_id": "",
            "person_id": command.request_id,
            "area": command.area,
            "address_protected": command.address_protected,
            "phone_protected": command.address_protected,
        }
        hidden = command.address_protected
        if not address.strip():
            raise PlaceMissing
    household = HouseholdToReach(
        id=command.request_id,
        address=address,
        heard_at=clock.now(),
        asked_by=uow.actor.account_id,
        **about,
        **wanted,
    )
    if hidden:
        household.keep_sealed(_sealed(address, household, uow))
    else:
        _put_on_map(household, hooks)
    households.add(household)
    uow.record("outreach.household.put_on_list", HOUSEHOLD, household.id, basis="worker")
    uow.publish(
        events.VisitsAskedFor(
            household.id,
            household.case_id,
            uow.actor.account_id,
            household.by_when,
            household.person_id,
        )
    )
    uow.commit()
    return household.id


def end_request(command: EndRequest, uow: UnitOfWork) -> None:
    """Ends a request that no case asked for, with its visits from today on and its watching.

    Raises AskedByCase, NotYours, ReasonMissing and HouseholdClosed.
    """
    households = HouseholdsToReach(uow.connection)
    household = households.get(command.request_id)
    if household.case_id and not household.asked_by:
        raise AskedByCase
    if household.asked_by != uow.actor.account_id and not uow.actor.has("coordinator"):
        raise NotYours
    if not household.open:
        raise HouseholdClosed
    if not command.reason.strip():
        raise ReasonMissing
    household.close(command.reason.strip())
    households.save(household, command.version)
    uow.record("outreach.household.closed", HOUSEHOLD, household.id, basis="ended")
    _cancel_due(household, command.reason.strip(), uow, "ended")
    end_watches_of_request(household.id, command.reason.strip(), "ended", uow)
    uow.publish(events.VisitRequestEnded(household.id, household.case_id))
    uow.commit()


def _cancel_due(household: HouseholdToReach, reason: str, uow: UnitOfWork, basis: str) -> None:
    visits = Visits(uow.connection)
    for visit in visits.of_household(household.id):
        if visit.due and visit.on >= clock.today():
            visit.cancel(reason)
            visits.save(visit)
            say_cancelled(visit, uow, basis)


def _put_on_map(household: HouseholdToReach, hooks: Any) -> None:
    town = hooks.town.name
    block = find_block(household.address, town, blocks_of(town))
    if block is not None:
        household.place(block.position, block.name)


def _sealed(address: str, household: HouseholdToReach, uow: UnitOfWork) -> str:
    """The address under the town's key for this request; empty when there is none."""
    if not address:
        return ""
    sealed = uow.seal(PROTECTED_ADDRESS, address.encode(), place_of_address(household.id))
    return base64.b64encode(sealed).decode()


def place_household(command: PlaceHousehold, uow: UnitOfWork) -> None:
    """Puts a household on the map as a person says."""
    households = HouseholdsToReach(uow.connection)
    household = households.get(command.request_id)
    household.place(command.position, command.town_block)
    households.save(household, command.version)
    uow.record("outreach.household.placed", HOUSEHOLD, household.id)
    uow.commit()


def note_contact_details(command: NoteContactDetails, uow: UnitOfWork) -> None:
    """Writes down the reading of the name and the telephone number."""
    households = HouseholdsToReach(uow.connection)
    household = households.get(command.request_id)
    household.note_contact_details(command.kana, command.phone)
    households.save(household, command.version)
    uow.record("outreach.household.contact_details_noted", HOUSEHOLD, household.id)
    uow.commit()
