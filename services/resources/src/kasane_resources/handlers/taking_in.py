"""Takes rows of an import into the directory: entries, refused rows, personal contacts apart."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.domain.directory_import import (
    DirectoryImport,
    KnownRow,
    PlannedRow,
    RowOutcome,
)
from kasane_resources.domain.human_service import (
    HumanService,
    HumanServiceEntry,
    ServiceStatus,
    SourceRow,
)
from kasane_resources.domain.quarantine import QuarantinedCell, QuarantineDecision
from kasane_resources.handlers.directory import say_published
from kasane_resources.repository import HumanServices, Organizations, Quarantine, RefusedRows

QUARANTINE = "quarantine"


def take_in(one: DirectoryImport, rows: Sequence[PlannedRow], uow: UnitOfWork) -> None:
    """Takes rows of a plan in; what was taken in before is left alone. Does not commit."""
    services, organizations = HumanServices(uow.connection), Organizations(uow.connection)
    added, refused, accepted = [], [], []
    for planned in (_with_released(one, row, uow) for row in rows):
        if planned.outcome is RowOutcome.REFUSED:
            refused.append(planned.row)
            _set_apart(one, planned, "", uow)
            continue
        accepted.append(planned.row.key)
        if planned.outcome is RowOutcome.ADDED:
            service = _new(one, planned, organizations)
            added.append(service)
            _set_apart(one, planned, service.id, uow)
        elif planned.outcome is RowOutcome.CHANGED:
            _take_over(one, planned, services, organizations, uow)
            _set_apart(one, planned, planned.human_service_id, uow)
    services.add(added)
    kept = RefusedRows(uow.connection)
    kept.keep(one.source, one.file_name, refused, clock.now())
    kept.forget(one.source, accepted)
    for service in added:
        say_published(service, uow)


def retire(rows: Sequence[KnownRow], uow: UnitOfWork) -> None:
    """Retires entries whose rows are gone; they stay findable. Does not commit."""
    services = HumanServices(uow.connection)
    for service in services.load([row.human_service_id for row in rows]):
        if service.entry.status is not ServiceStatus.RETIRED and not service.hand_edited:
            service.entry = replace(service.entry, status=ServiceStatus.RETIRED)
            services.save(service)


def cell_place(cell_id: str) -> str:
    """The place at which the seal of a cell in quarantine opens."""
    return f"resources/quarantine/{cell_id}"


def _new(one: DirectoryImport, planned: PlannedRow, organizations: Organizations) -> HumanService:
    entry = _entry_of(planned)
    organization = organizations.named(entry.organization_name, entry.corporate_number)
    source = _source_row(one, planned)
    wanted, place, at = planned.row.ids
    service = HumanService.publish(wanted or new_id(), entry, organization, clock.today(), source)
    service.location_id, service.at_location_id = place, at
    return service


def _take_over(
    one: DirectoryImport,
    planned: PlannedRow,
    services: HumanServices,
    organizations: Organizations,
    uow: UnitOfWork,
) -> None:
    entry, service = _entry_of(planned), services.get(planned.human_service_id)
    was_active = service.active
    organization = organizations.named(entry.organization_name, entry.corporate_number)
    service.take_over(entry, organization, _source_row(one, planned), clock.today())
    services.save(service)
    if not was_active:
        say_published(service, uow)


def _with_released(one: DirectoryImport, planned: PlannedRow, uow: UnitOfWork) -> PlannedRow:
    """The row with the personal cells that somebody released before; the others stay apart."""
    row = planned.row
    if not row.private:
        return planned
    released = {
        (cell.column, cell.digest)
        for cell in Quarantine(uow.connection).of_row(one.source, row.key)
        if cell.decision is QuarantineDecision.RELEASED
    }
    public = {
        column: text
        for column, text in row.private.items()
        if (column, _digest(text, uow)) in released
    }
    row = replace(
        row,
        original={**row.original, **public},
        problems=tuple(problem for problem in row.problems if problem.column not in public),
        private={column: text for column, text in row.private.items() if column not in public},
    )
    return replace(planned, row=row)


def _digest(text: str, uow: UnitOfWork) -> str:
    return hmac.new(uow.key(QUARANTINE), text.encode(), hashlib.sha256).hexdigest()


def _set_apart(one: DirectoryImport, planned: PlannedRow, service_id: str, uow: UnitOfWork) -> None:
    """Seals personal cells away; one about which somebody decided stays decided."""
    if not planned.row.private:
        return
    quarantine = Quarantine(uow.connection)
    known = {(cell.column, cell.digest) for cell in quarantine.of_row(one.source, planned.row.key)}
    for column, text in planned.row.private.items():
        digest = _digest(text, uow)
        if (column, digest) in known:
            continue
        cell_id = new_id()
        quarantine.put(
            QuarantinedCell(
                id=cell_id,
                human_service_id=service_id,
                source=one.source,
                row_key=planned.row.key,
                column=column,
                digest=digest,
                sealed=uow.seal(QUARANTINE, text.encode(), cell_place(cell_id)),
                noted_at=clock.now(),
                decision=QuarantineDecision.WAITING,
            )
        )


def _entry_of(planned: PlannedRow) -> HumanServiceEntry:
    entry = planned.row.entry
    assert entry is not None, "a refused row is never applied"
    return entry


def _source_row(one: DirectoryImport, planned: PlannedRow) -> SourceRow:
    row = planned.row
    return SourceRow(
        source=one.source,
        key=row.key,
        file_name=one.file_name,
        digest=row.digest,
        original=dict(row.original),
        problems=row.problems,
        imported_at=clock.now(),
    )
