"""Hides a person's address when cases says that it is protected (I-10)."""

from kasane_contracts.cases import AddressProtectionChanged
from kasane_intake.repository import ProtectedPersons
from kasane_kit.unit_of_work import UnitOfWork


def change_protection(event: AddressProtectionChanged, uow: UnitOfWork) -> None:
    """Takes the address off every page, or lets it be shown again; the delivery commits."""
    persons = ProtectedPersons(uow.connection)
    if event.protected:
        persons.hide(event.person_id, phone_too=event.phone_too)
    else:
        persons.show(event.person_id)
    uow.record("intake.person.protected", "person", event.person_id, basis="case")
