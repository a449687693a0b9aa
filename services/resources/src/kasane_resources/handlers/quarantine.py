"""Looking at personal contacts in quarantine, and deciding what becomes of each."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from kasane_kit import clock
from kasane_kit.keys import Unseal
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.commands import DecideCell
from kasane_resources.domain.quarantine import QuarantinedCell, QuarantineDecision
from kasane_resources.handlers.taking_in import QUARANTINE, cell_place
from kasane_resources.repository import HostContacts, HumanServices, Quarantine, RefusedRows

OBJECT = "quarantined_cell"


@dataclass(frozen=True)
class OpenedCell:
    """A cell in quarantine with its text, for the person who decides."""

    cell: QuarantinedCell
    name: str
    text: str


def open_cells(connection: Connection, unseal: Unseal, most: int) -> list[OpenedCell]:
    """Cells about which nobody decided, with their texts."""
    cells = Quarantine(connection).waiting(most)
    names = HumanServices(connection).entries_of([cell.human_service_id for cell in cells])
    return [
        OpenedCell(
            cell,
            names[cell.human_service_id].name if cell.human_service_id in names else "",
            unseal(QUARANTINE, cell.sealed, cell_place(cell.id)).decode(),
        )
        for cell in cells
    ]


def decide_cell(command: DecideCell, uow: UnitOfWork, _hooks: Any) -> None:
    """Puts a contact back into the original row, gives it to supporters only, or lets it go for good.

    Raises AlreadyDecided, HumanServiceNotFound where the row has no entry whose host could have a contact, and
    ChangedMeanwhile where somebody else wrote that contact at the same moment.
    """
    quarantine = Quarantine(uow.connection)
    cell = quarantine.get(command.cell_id)
    sealed = cell.sealed
    cell.decide(command.decision, uow.actor.account_id, clock.now())
    if command.decision is QuarantineDecision.RELEASED:
        _put_back(cell, _text(cell.id, sealed, uow), uow)
    elif command.decision is QuarantineDecision.FOR_SUPPORTERS:
        _give_to_supporters(cell, _text(cell.id, sealed, uow), uow)
    quarantine.put(cell)
    uow.record(f"resources.quarantine.{command.decision.value}", OBJECT, cell.id)
    uow.commit()


def _text(cell_id: str, sealed: bytes, uow: UnitOfWork) -> str:
    return uow.unseal(QUARANTINE, sealed, cell_place(cell_id)).decode()


def _put_back(cell: QuarantinedCell, text: str, uow: UnitOfWork) -> None:
    if not cell.human_service_id:
        RefusedRows(uow.connection).put_back(cell.source, cell.row_key, cell.column, text)
        return
    services = HumanServices(uow.connection)
    service = services.get(cell.human_service_id)
    source = service.source
    if source is None or source.key != cell.row_key:
        return
    problems = tuple(one for one in source.problems if one.column != cell.column)
    original = {**source.original, cell.column: text}
    service.source = replace(source, original=original, problems=problems)
    services.save(service)


def _give_to_supporters(cell: QuarantinedCell, text: str, uow: UnitOfWork) -> None:
    HumanServices(uow.connection).get(cell.human_service_id)
    contacts = HostContacts(uow.connection)
    contact = contacts.of(cell.human_service_id)
    note = f"{contact.note}\n{cell.column}：{text}".strip()
    contacts.put(cell.human_service_id, replace(contact, note=note))
