"""Taking an open-data file into the directory: looked at first, applied once."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import ResourceSource
from kasane_resources.commands import ApplyImport, ImportSample, PreviewImport
from kasane_resources.domain.directory_import import (
    DirectoryImport,
    ImportPlan,
    PlannedRow,
    RowOutcome,
)
from kasane_resources.domain.errors import SourceUnknown
from kasane_resources.domain.human_service import (
    HumanService,
    HumanServiceEntry,
    SourceRow,
    Visibility,
)
from kasane_resources.domain.layouts import CAFETERIAS, layouts
from kasane_resources.handlers.directory import say_published
from kasane_resources.handlers.spreadsheets import as_csv
from kasane_resources.repository import DirectoryImports, HumanServices, Organizations

OBJECT = "directory_import"
SAMPLE = Path(__file__).parent.parent / "data" / "children_cafeterias_tokyo.csv"
SAMPLE_SOURCE = ResourceSource("sample", "見本（東京都の子ども食堂）", CAFETERIAS)


def readable_sources(hooks: Any) -> tuple[ResourceSource, ...]:
    """The town's sources whose layout this service can read."""
    sources: Sequence[ResourceSource] = hooks.resource_sources()
    return tuple(source for source in sources if source.layout in layouts())


def preview_import(command: PreviewImport, uow: UnitOfWork, hooks: Any) -> str:
    """Reads a file and keeps it for the preview; the same file sent twice is one import.

    Returns its id. Raises FileRefused, UploadRefused or SourceUnknown; then nothing is kept.
    """
    source = next((s for s in readable_sources(hooks) if s.code == command.source), None)
    if source is None:
        raise SourceUnknown
    digest = hashlib.sha256(command.content).hexdigest()
    imports = DirectoryImports(uow.connection)
    twin = imports.waiting_twin(source.code, digest, uow.actor.account_id)
    if twin is not None:
        return twin
    content = as_csv(command.file_name, command.content)
    one = _uploaded(command.import_id, source, command.file_name, content, uow)
    one.digest = digest
    one.counts = imports.plan(one).counts()
    imports.add(one)
    uow.record("resources.import.previewed", OBJECT, one.id)
    uow.commit()
    return one.id


def apply_import(command: ApplyImport, uow: UnitOfWork, _hooks: Any) -> ImportPlan:
    """Takes the rows of a looked-at file into the directory. Raises ImportAlreadyApplied."""
    imports = DirectoryImports(uow.connection)
    one = imports.get(command.import_id, for_update=True)
    one.must_wait()
    plan = _apply(one, uow)
    imports.save(one)
    uow.commit()
    return plan


def import_sample(command: ImportSample, uow: UnitOfWork, _hooks: Any) -> ImportPlan:
    """Takes the sample that comes with the platform in; a second time changes nothing."""
    imports = DirectoryImports(uow.connection)
    one = _uploaded(command.import_id, SAMPLE_SOURCE, SAMPLE.name, SAMPLE.read_bytes(), uow)
    plan = _apply(one, uow)
    imports.add(one)
    uow.commit()
    return plan


def _uploaded(
    import_id: str, source: ResourceSource, file_name: str, content: bytes, uow: UnitOfWork
) -> DirectoryImport:
    try:
        visibility = Visibility(source.visibility)
    except ValueError:
        raise SourceUnknown from None
    return DirectoryImport(
        id=import_id,
        source=source.code,
        layout=source.layout,
        visibility=visibility.value,
        file_name=Path(file_name.replace("\\", "/")).name[:200],
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by=uow.actor.account_id,
        uploaded_at=clock.now(),
    )


def _apply(one: DirectoryImport, uow: UnitOfWork) -> ImportPlan:
    plan = DirectoryImports(uow.connection).plan(one)
    one.apply(plan.counts(), clock.now())
    services, organizations = HumanServices(uow.connection), Organizations(uow.connection)
    added = []
    for row in plan.of(RowOutcome.ADDED):
        entry = _entry_of(row)
        organization = organizations.named(entry.organization_name, entry.corporate_number)
        source = _source_row(one, row)
        added.append(HumanService.publish(new_id(), entry, organization, clock.today(), source))
    services.add(added)
    for row in plan.of(RowOutcome.CHANGED):
        _take_over(one, row, services, organizations, uow)
    uow.record("resources.import.applied", OBJECT, one.id)
    for service in added:
        say_published(service, uow)
    return plan


def _take_over(
    one: DirectoryImport,
    row: PlannedRow,
    services: HumanServices,
    organizations: Organizations,
    uow: UnitOfWork,
) -> None:
    entry, service = _entry_of(row), services.get(row.human_service_id)
    was_active = service.active
    organization = organizations.named(entry.organization_name, entry.corporate_number)
    service.take_over(entry, organization, _source_row(one, row), clock.today())
    services.save(service)
    if not was_active:
        say_published(service, uow)


def _entry_of(row: PlannedRow) -> HumanServiceEntry:
    entry = row.row.entry
    assert entry is not None, "a refused row is never applied"
    return entry


def _source_row(one: DirectoryImport, row: PlannedRow) -> SourceRow:
    return SourceRow(
        source=one.source,
        key=row.row.key,
        file_name=one.file_name,
        digest=row.row.digest,
        original=dict(row.row.original),
        problems=row.row.problems,
        imported_at=clock.now(),
    )
