"""What a migration makes of rows that an earlier release left."""

from importlib import util
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from kasane_cases import tables
from kasane_cases.app import service
from kasane_cases.domain.support_plan import PlanStatus

MOTHER, SON = "person-mother", "person-son"


def migrate(connection, name):
    """Runs one migration on an open connection."""
    (file,) = Path(service.root, "migrations", "versions").glob(f"{name}_*.py")
    spec = util.spec_from_file_location(name, file)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with Operations.context(MigrationContext.configure(connection)):
        module.upgrade()


def test_a_decided_plan_that_nobody_agreed_to_waits_and_one_that_somebody_agreed_to_holds(at_work):
    case_id = at_work.case(MOTHER)
    held = at_work.active(case_id, MOTHER)
    waiting = at_work.plan(case_id, MOTHER)
    with at_work.unit() as uow:
        plan = tables.support_plan
        uow.connection.execute(
            plan.update().where(plan.c.id == waiting).values(status="active", agreed_by=[])
        )
        migrate(uow.connection, "c0013")
        uow.record("cases.support_plan.written", "support_plan", waiting)
        uow.commit()

    found = {one: at_work.read_plan(case_id, one).status for one in (held, waiting)}

    assert found == {held: PlanStatus.ACTIVE, waiting: PlanStatus.DECIDED}
