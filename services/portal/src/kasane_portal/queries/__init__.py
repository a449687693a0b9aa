"""What the portal's pages read."""

import logging
from collections.abc import Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, literal, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from kasane_kit.bus import DeadLetter, dead_letters
from kasane_kit.clock import JAPAN
from kasane_kit.db import RestoreCutOff
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import Town, municipality_scope
from kasane_kit.unit_of_work import House
from kasane_portal import tables
from kasane_portal.domain.account import Account
from kasane_portal.domain.overview import Cell, CountKind, Overview, overview
from kasane_portal.domain.support_visit import SupportVisit
from kasane_portal.domain.task import COORDINATORS, Task, TaskKind
from kasane_portal.repository import (
    Accounts,
    SupportVisits,
    ToldCounts,
    account_of,
    aware,
)

log = logging.getLogger("kasane.portal")

SERVICE = "portal"
UNANSWERED = (DBAPIError, NoFreeConnection, KeyMissing, RestoreCutOff)
"""What is raised where one town's database cannot be asked now; who asks about many goes on with the others."""


@dataclass(frozen=True)
class AuditLine:
    """One entry of the trail of any service."""

    entry_id: str
    service: str
    position: int
    at: datetime
    actor: str
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    basis: str
    correlation_id: str


@dataclass(frozen=True)
class AuditFilter:
    """Which entries are looked for; what is empty does not narrow."""

    object_id: str = ""
    actor: str = ""
    correlation_id: str = ""
    on: date | None = None
    object_kind: str = ""


@dataclass(frozen=True)
class OverviewOfTowns:
    """The prefecture's table with the towns it is about and those that could not be read."""

    year: int
    overview: Overview
    towns: tuple[Town, ...]
    unreadable: tuple[str, ...]


def my_tasks(connection: Connection, targets: frozenset[str], today: date) -> list[Task]:
    """Every open task of the targets but those kept from one; some see it only once it is overdue.

    What waits only for people whose accounts are closed is the coordinators' too.
    """
    target = tables.task_target.c
    rows = list(_open_tasks(connection, targets, today, target.target.in_(sorted(targets))))
    if COORDINATORS in targets:
        rows += _open_tasks(connection, targets, today, _of_nobody_left())
    about = {i for row in rows for i in (row.consultation_id, row.case_id, row.subject_id)}
    numbers = _numbers(connection, about - {""})
    found: dict[tuple[str, str], Task] = {}
    for row in rows:
        key = (row.kind, row.subject_id)
        before = found[key].targets if key in found else ()
        found[key] = Task(
            kind=TaskKind(row.kind),
            subject_id=row.subject_id,
            opened_at=aware(row.opened_at),
            due_on=row.due_on,
            urgent=row.urgent,
            consultation_id=row.consultation_id,
            case_id=row.case_id,
            number=numbers.get(row.case_id)
            or numbers.get(row.consultation_id)
            or numbers.get(row.subject_id, ""),
            targets=(*before, row.target),
        )
    return list(found.values())


def _open_tasks(
    connection: Connection, targets: frozenset[str], today: date, waits: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """A row for each task and target of it that ``waits`` lets through, without what is kept from the targets."""
    task, target, withheld = tables.task.c, tables.task_target.c, tables.task_target.alias()
    return connection.execute(
        select(tables.task, target.target)
        .join(
            tables.task_target,
            and_(target.kind == task.kind, target.subject_id == task.subject_id),
        )
        .where(
            waits,
            task.opened_at.is_not(None),
            task.closed_at.is_(None),
            or_(target.when_overdue.is_(False), task.due_on < today),
            ~exists().where(
                withheld.c.kind == task.kind,
                withheld.c.subject_id == task.subject_id,
                withheld.c.target.in_([f"-{one}" for one in sorted(targets)]),
            ),
        )
        .order_by(task.kind, task.subject_id, target.target)
    ).all()


def _of_nobody_left() -> ColumnElement[bool]:
    """The condition on a target that its account is closed and its task waits for nobody else."""
    target, other = tables.task_target.c, tables.task_target.alias().c
    closed = select(literal("account:").concat(tables.account.c.id)).where(
        tables.account.c.active.is_(False)
    )
    return and_(
        target.target.in_(closed),
        ~exists().where(
            other.kind == target.kind,
            other.subject_id == target.subject_id,
            ~other.target.startswith("-"),
            other.target.not_in(closed),
        ),
    )


def list_accounts(connection: Connection, most: int, after: str = "") -> list[Account]:
    """Accounts by login name, behind ``after`` when given."""
    statement = select(tables.account).order_by(tables.account.c.login_name).limit(most)
    if after:
        statement = statement.where(tables.account.c.login_name > after)
    return [account_of(row) for row in connection.execute(statement)]


def one_account(connection: Connection, account_id: str) -> Account:
    """The account; raises AccountNotFound."""
    return Accounts(connection).get(account_id)


def find_audit_lines(
    connection: Connection,
    wanted: AuditFilter,
    most: int,
    before: tuple[str, str] | None = None,
) -> list[AuditLine]:
    """The newest entries first, older than ``before`` (moment and id) when given."""
    copy = tables.audit_copy.c
    statement = select(tables.audit_copy).where(*_conditions(wanted))
    if before is not None:
        at, entry_id = before
        statement = statement.where(
            or_(copy.at < at, and_(copy.at == at, copy.entry_id < entry_id))
        )
    rows = connection.execute(statement.order_by(copy.at.desc(), copy.entry_id.desc()).limit(most))
    return [_line(row) for row in rows]


def story_of(connection: Connection, correlation_id: str, most: int) -> list[AuditLine]:
    """What followed from one act, over all services, in the order in which it was done."""
    copy = tables.audit_copy.c
    rows = connection.execute(
        select(tables.audit_copy)
        .where(copy.correlation_id == correlation_id)
        .order_by(copy.at, copy.service, copy.position)
        .limit(most)
    )
    return [_line(row) for row in rows]


def parked_letters(connection: Connection, most: int) -> list[DeadLetter]:
    """What was heard and could not be applied, oldest first."""
    return [
        replace(letter, parked_at=aware(letter.parked_at))
        for letter in dead_letters.list_letters(connection, most)
    ]


def parked_parcels(connection: Connection, most: int) -> list[AuditLine]:
    """Parcels to other towns that were put aside and not given back since, the oldest first.

    ``basis`` says which kind of parcel and which error; what was in it is told nobody.
    """
    copy, later = tables.audit_copy.c, tables.audit_copy.alias().c
    given_back = exists().where(
        later.service == copy.service,
        later.object_id == copy.object_id,
        later.position > copy.position,
        later.action.endswith(".parcel.given_back", autoescape=True),
    )
    rows = connection.execute(
        select(tables.audit_copy)
        .where(
            copy.object_kind == "parcel",
            copy.action.endswith(".parcel.parked", autoescape=True),
            ~given_back,
        )
        .order_by(copy.at, copy.entry_id)
        .limit(most)
    )
    return [_line(row) for row in rows]


def gap_numbers(connection: Connection) -> tuple[dict[str, int], date | None]:
    """How many cases may be lost from sight by reason, those of none left out, and of which day."""
    rows = connection.execute(
        select(tables.gap_count)
        .where(tables.gap_count.c.number > 0)
        .order_by(tables.gap_count.c.kind)
    ).all()
    return {row.kind: row.number for row in rows}, rows[0].counted_on if rows else None


def count_by_month(connection: Connection, first: str, last: str) -> dict[CountKind, int]:
    """The town's counts by kind from one month to another, both included."""
    fact = tables.counted_fact.c
    rows = connection.execute(
        select(fact.kind, func.count().label("facts"))
        .where(fact.month >= first, fact.month <= last)
        .group_by(fact.kind)
    )
    return {CountKind(row.kind): row.facts for row in rows}


def overview_of_towns(house: House, year: int) -> OverviewOfTowns:
    """What was told of every town's counts in a fiscal year; no other count leaves a town.

    Each town's own database is opened by itself, in that town's scope and outside the caller's;
    a town whose database cannot be asked is named and left out.
    """
    cells: dict[str, Mapping[CountKind, Cell]] = {}
    unreadable: list[str] = []
    towns = house.directory.towns()
    for town in towns:
        try:
            cells[town.code] = Context().run(_told_of_town, house, town.code, year)
        except UNANSWERED as error:
            cause = type(getattr(error, "orig", error)).__name__
            log.warning("the counts of %s were not read: %s", town.code, cause)
            unreadable.append(town.code)
    return OverviewOfTowns(year, overview(cells), towns, tuple(unreadable))


def _told_of_town(house: House, code: str, year: int) -> dict[CountKind, Cell]:
    with municipality_scope(code), house.databases.reading(SERVICE) as connection:
        return ToldCounts(connection).of(year)


def _numbers(connection: Connection, subject_ids: set[str]) -> dict[str, str]:
    if not subject_ids:
        return {}
    rows = connection.execute(
        select(tables.number).where(tables.number.c.subject_id.in_(sorted(subject_ids)))
    )
    return {row.subject_id: row.number for row in rows}


def _conditions(wanted: AuditFilter) -> Sequence[ColumnElement[bool]]:
    copy = tables.audit_copy.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.object_id:
        conditions.append(copy.object_id == wanted.object_id)
    if wanted.actor:
        conditions.append(copy.actor == wanted.actor)
    if wanted.correlation_id:
        conditions.append(copy.correlation_id == wanted.correlation_id)
    if wanted.object_kind:
        conditions.append(copy.object_kind == wanted.object_kind)
    if wanted.on is not None:
        begins = datetime.combine(wanted.on, time(), JAPAN).astimezone(UTC)
        ends = begins + timedelta(days=1)
        conditions += [copy.at >= begins.isoformat(), copy.at < ends.isoformat()]
    return conditions


def _line(row: Any) -> AuditLine:
    return AuditLine(
        entry_id=row.entry_id,
        service=row.service,
        position=row.position,
        at=datetime.fromisoformat(row.at),
        actor=row.actor,
        actor_name=row.actor_name,
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        basis=row.basis,
        correlation_id=row.correlation_id,
    )


def support_visits(connection: Connection, prefecture: str) -> tuple[SupportVisit, ...]:
    """Every visit of a prefecture's team, voided ones too, latest first."""
    return SupportVisits(connection).of(prefecture)
