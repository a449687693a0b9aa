"""Writing down whom supporters ask at a host."""

from typing import Any

from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.commands import WriteHostContact
from kasane_resources.repository import HostContacts, HumanServices

OBJECT = "human_service"


def write_host_contact(command: WriteHostContact, uow: UnitOfWork, _hooks: Any) -> None:
    """Keeps the contact at the host of an entry. Raises HumanServiceNotFound and ChangedMeanwhile."""
    service = HumanServices(uow.connection).get(command.human_service_id)
    HostContacts(uow.connection).put(service.id, command.contact)
    uow.record("resources.host_contact.written", OBJECT, service.id)
    uow.commit()
