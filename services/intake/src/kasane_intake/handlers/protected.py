"""Hides a person's address when cases says that it is protected (I-10)."""

from kasane_contracts.cases import AddressProtectionChanged
from kasane_intake.repository import ProtectedPersons
from kasane_kit.unit_of_work import UnitOfWork


def change_protection(event: AddressProtectionChanged, uow: UnitOfWork) -> None:
    """Takes the address off every page, or lets it be shown again; the delivery commits.

    The addresses of those who live with the person go the same way: theirs is the same.
    """
    persons = ProtectedPersons(uow.connection)
    for person_id in {event.person_id, *event.shown_again}:
        persons.show(person_id)
    if event.protected:
        persons.hide(event.person_id, phone_too=event.phone_too)
    for person_id in event.kept_back:
        persons.keep_back(person_id)
    uow.record("intake.person.protected", "person", event.person_id, basis="case")
