"""The worker's part of a long import: a batch of rows in each transaction, until it is done or stopped."""

from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_resources.domain.directory_import import (
    KEPT_FOR,
    DirectoryImport,
    ImportPlan,
    ImportState,
)
from kasane_resources.handlers.long_imports import read_long, take_long_batch
from kasane_resources.handlers.taking_in import retire, take_in
from kasane_resources.repository import DirectoryImports, LongImports

SERVICE = "resources"
OBJECT = "directory_import"
BATCH = 200


def run_imports(house: House, municipality: str) -> None:
    """Reads or takes in every import that was handed to the worker, one after another.

    May be cut off at any moment: rows that were taken in are unchanged the next time.
    """
    with house.databases.reading(SERVICE) as connection:
        waiting = DirectoryImports(connection).under_way()
    for import_id in waiting:
        _run(house, municipality, import_id)


def forget_imports(house: House, municipality: str) -> None:
    """Lets go of the bytes of files that nobody applied for two weeks."""
    with house.databases.reading(SERVICE) as connection:
        left = DirectoryImports(connection).left_alone(clock.now() - KEPT_FOR)
    for import_id in left:
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            imports = DirectoryImports(uow.connection)
            one = imports.get(import_id, for_update=True)
            if one.under_way or one.over:
                continue
            one.forget(clock.now())
            LongImports(uow.connection).forget(one.id)
            imports.save(one)
            uow.record("resources.import.stopped", OBJECT, one.id)
            uow.commit()


def _run(house: House, municipality: str, import_id: str) -> None:
    with house.databases.reading(SERVICE) as connection:
        imports = DirectoryImports(connection)
        one = imports.get(import_id)
        if not one.under_way:
            return
        plan, done = None if one.long else imports.plan(one), one.done
    if one.state is ImportState.READING:
        read_long(house, municipality, import_id)
        return
    while True:
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            imports = DirectoryImports(uow.connection)
            one = imports.get(import_id, for_update=True)
            if not one.under_way or one.done != done:
                return  # stopped, or another worker is ahead
            done = _take_batch(one, plan, uow)
            imports.save(one)
            uow.commit()
        if one.over:
            return


def _take_batch(one: DirectoryImport, plan: ImportPlan | None, uow: UnitOfWork) -> int:
    if plan is None:
        take_long_batch(one, uow)
        return one.done
    batch = plan.rows[one.done : one.done + BATCH]
    take_in(one, batch, uow)
    one.state = ImportState.RUNNING
    one.done += len(batch)
    if one.done >= len(plan.rows):
        if one.retires:
            retire(plan.gone, uow)
        one.finish(clock.now())
        uow.record("resources.import.applied", OBJECT, one.id)
    else:
        uow.record("resources.import.advanced", OBJECT, one.id)
    return one.done
