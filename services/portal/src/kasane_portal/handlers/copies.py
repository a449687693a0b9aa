"""Keeps what the portal hears: tasks, counts and all audit entries; the delivery commits."""

from collections.abc import Sequence

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.cases import GapsCounted
from kasane_kit.unit_of_work import UnitOfWork
from kasane_portal.commands import (
    CloseTask,
    CloseTasksAbout,
    CountFact,
    MoveTasks,
    OpenTask,
    RememberNumber,
    TaskStep,
    WithdrawTask,
    WithdrawTasksAbout,
)
from kasane_portal.domain.overview import month_of
from kasane_portal.repository import AuditCopies, CountedFacts, GapNumbers, TaskCopies


def keep_tasks(steps: Sequence[TaskStep], uow: UnitOfWork) -> None:
    """Opens, moves, closes and withdraws tasks, and records each that changed."""
    tasks = TaskCopies(uow.connection, uow.said_at)
    for step in steps:
        match step:
            case OpenTask():
                if tasks.open(step):
                    _record("opened", step.kind, step.subject_id, uow)
            case CloseTask():
                if tasks.close(step.kind, step.subject_id):
                    _record("closed", step.kind, step.subject_id, uow)
            case CloseTasksAbout():
                for kind, subject_id in tasks.close_about(step):
                    _record("closed", kind, subject_id, uow)
            case MoveTasks():
                for kind, subject_id in tasks.move(step):
                    _record("moved_case", kind, subject_id, uow)
            case WithdrawTask():
                if tasks.withdraw(step.kind, step.subject_id):
                    _record("withdrawn", step.kind, step.subject_id, uow)
            case WithdrawTasksAbout():
                for kind, subject_id in tasks.withdraw_about(step):
                    _record("withdrawn", kind, subject_id, uow)
            case RememberNumber():
                tasks.remember_number(step.subject_id, step.number)


def count_in_overview(command: CountFact, uow: UnitOfWork) -> None:
    """Counts a fact once in the month of its day."""
    month = month_of(command.on)
    if CountedFacts(uow.connection).add(command, month):
        uow.record("portal.overview.counted", "overview", f"{month}:{command.kind}")


def keep_gap_counts(told: GapsCounted, uow: UnitOfWork) -> None:
    """Keeps how many cases may be lost from sight; a later telling takes the place of this one."""
    GapNumbers(uow.connection).replace(told)
    uow.record("portal.gaps.noted", "overview", f"{told.counted_on}")


def keep_audit_entries(entries: Sequence[AuditEntryRecorded], uow: UnitOfWork) -> None:
    """Keeps a copy of audit entries; not recorded in turn, or they would be heard again forever."""
    AuditCopies(uow.connection).add(entries)


def _record(done: str, kind: str, subject_id: str, uow: UnitOfWork) -> None:
    uow.record(f"portal.task.{done}", "task", f"{kind}:{subject_id}")
