"""Taking a file into the directory: looked at first, applied once, at once or by the worker."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import ResourceSource
from kasane_resources.commands import (
    ApplyImport,
    ImportSample,
    MapColumns,
    PreviewImport,
    StopImport,
)
from kasane_resources.domain.column_mapping import ColumnMapping
from kasane_resources.domain.directory_import import (
    AT_ONCE_UP_TO,
    HSDS,
    DirectoryImport,
    ImportPlan,
    ImportState,
)
from kasane_resources.domain.errors import FileRefused, SourceUnknown
from kasane_resources.domain.human_service import Visibility
from kasane_resources.domain.layouts import CAFETERIAS, layouts
from kasane_resources.handlers.hsds_files import as_services, is_hsds
from kasane_resources.handlers.spreadsheets import as_csv
from kasane_resources.handlers.taking_in import retire, take_in
from kasane_resources.repository import ColumnMappings, DirectoryImports, LongImports

OBJECT = "directory_import"
SAMPLE = Path(__file__).parent.parent / "data" / "children_cafeterias_tokyo.csv"
SAMPLE_SOURCE = ResourceSource("sample", "見本（東京都の子ども食堂）", CAFETERIAS)


def readable_sources(hooks: Any) -> tuple[ResourceSource, ...]:
    """The town's sources whose layout this service can read."""
    sources: Sequence[ResourceSource] = hooks.resource_sources()
    return tuple(source for source in sources if source.layout in (*layouts(), HSDS))


def source_named(code: str, hooks: Any) -> ResourceSource:
    """The source of this code whose layout can be read. Raises SourceUnknown."""
    source = next((s for s in readable_sources(hooks) if s.code == code), None)
    if source is None:
        raise SourceUnknown
    return source


def preview_import(command: PreviewImport, uow: UnitOfWork, hooks: Any) -> str:
    """Reads a file and keeps it for the preview; the same file sent twice is one import.

    Returns its id. A table whose header nobody knows is kept to have its columns mapped, with nothing read.
    Raises FileRefused, UploadRefused or SourceUnknown; then nothing is kept.
    """
    source = source_named(command.source, hooks)
    digest = hashlib.sha256(command.content).hexdigest()
    imports = DirectoryImports(uow.connection)
    twin = imports.waiting_twin(source.code, digest, uow.actor.account_id)
    if twin is not None:
        return twin
    one = uploaded(command.import_id, source, command.file_name, command.content, uow)
    if is_hsds(command.content):
        one.layout, one.content = HSDS, as_services(command.content)
    else:
        one.layout = source.layout if source.layout != HSDS else CAFETERIAS
        one.content = as_csv(command.file_name, command.content)
    one.digest = digest
    _look(one, imports)
    imports.add(one)
    uow.record("resources.import.previewed", OBJECT, one.id)
    uow.commit()
    return one.id


def map_columns(command: MapColumns, uow: UnitOfWork, _hooks: Any) -> None:
    """Keeps what the columns of a town's own table mean, and reads the file again. Raises MappingWrong."""
    imports = DirectoryImports(uow.connection)
    one = imports.get(command.import_id, for_update=True)
    one.must_wait()
    mapping = ColumnMapping.of(command.header, command.name, command.columns, command.kind)
    ColumnMappings(uow.connection).put(mapping)
    if one.long:
        one.begin_reading()
    else:
        _look(one, imports)
    imports.save(one)
    uow.record("resources.mapping.written", OBJECT, one.id)
    uow.commit()


def apply_import(command: ApplyImport, uow: UnitOfWork, _hooks: Any) -> ImportPlan | None:
    """Takes the rows of a looked-at file into the directory, or hands a long one to the worker.

    None for a file that the worker read: it plans each row when it takes it in. Raises ImportAlreadyApplied.
    """
    imports = DirectoryImports(uow.connection)
    one = imports.get(command.import_id, for_update=True)
    one.must_wait()
    if one.long:
        one.queue_read(retires=command.retires)
        uow.record("resources.import.queued", OBJECT, one.id)
        imports.save(one)
        uow.commit()
        return None
    plan = imports.plan(one)
    if len(plan.rows) > AT_ONCE_UP_TO:
        one.queue(plan, retires=command.retires)
        uow.record("resources.import.queued", OBJECT, one.id)
    else:
        _apply(one, plan, uow, retires=command.retires)
    imports.save(one)
    uow.commit()
    return plan


def stop_import(command: StopImport, uow: UnitOfWork, _hooks: Any) -> None:
    """Stops an import that waits or runs; what was taken in stays. Raises ImportNotRunning."""
    imports = DirectoryImports(uow.connection)
    one = imports.get(command.import_id, for_update=True)
    one.stop(clock.now())
    LongImports(uow.connection).forget(one.id)
    imports.save(one)
    uow.record("resources.import.stopped", OBJECT, one.id)
    uow.commit()


def import_sample(command: ImportSample, uow: UnitOfWork, _hooks: Any) -> ImportPlan:
    """Takes the sample that comes with the platform in; a second time changes nothing."""
    imports = DirectoryImports(uow.connection)
    one = uploaded(command.import_id, SAMPLE_SOURCE, SAMPLE.name, SAMPLE.read_bytes(), uow)
    plan = imports.plan(one)
    _apply(one, plan, uow, retires=False)
    imports.add(one)
    uow.commit()
    return plan


def _look(one: DirectoryImport, imports: DirectoryImports) -> None:
    try:
        plan = imports.plan(one)
    except FileRefused as refused:
        if refused.code != "file_wrong_columns":
            raise
        one.state = ImportState.UNMAPPED
        return
    one.state, one.counts, one.rows = ImportState.LOOKED_AT, plan.counts(), len(plan.rows)


def uploaded(
    import_id: str, source: ResourceSource, file_name: str, content: bytes, uow: UnitOfWork
) -> DirectoryImport:
    """A new import of a file of a source, not kept yet. Raises SourceUnknown."""
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


def _apply(one: DirectoryImport, plan: ImportPlan, uow: UnitOfWork, *, retires: bool) -> None:
    one.apply(plan, clock.now(), retires=retires)
    take_in(one, plan.rows, uow)
    if retires:
        retire(plan.gone, uow)
    uow.record("resources.import.applied", OBJECT, one.id)
