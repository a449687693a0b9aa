"""Loads and saves working hours, wishes about visits, and visit plans on their way."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from kasane_outreach import tables
from kasane_outreach.domain.emergency_call import EmergencyCall
from kasane_outreach.domain.errors import ChangedMeanwhile
from kasane_outreach.domain.plan_run import PlanRun, VisitPlanStatus
from kasane_outreach.domain.planning import PlanWeights, WorkPause
from kasane_outreach.domain.planning_errors import PlanNotFound
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.visit_wish import VisitWish, WishedTime
from kasane_outreach.domain.worker_profile import WorkerProfile
from kasane_outreach.repository.planning.codec import (
    dump_plan,
    dump_problem,
    load_plan,
    load_problem,
)
from kasane_outreach.repository.visits import in_utc

Facts = dict[str, Any]
WEIGHTS, CALLS = "weights", "emergency_calls"


class WorkerProfiles:
    """The working hours of the open municipality's workers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_id: str) -> WorkerProfile:
        """The profile; an empty one when nobody wrote one down."""
        return self.those([account_id]).get(account_id, WorkerProfile(account_id))

    def those(self, account_ids: Sequence[str]) -> dict[str, WorkerProfile]:
        """The profiles that were written down, by account."""
        p = tables.worker_profile.c
        rows = self._connection.execute(
            select(tables.worker_profile).where(p.account_id.in_(account_ids))
        )
        return {row.account_id: _profile(row.account_id, row.facts, row.version) for row in rows}

    def known(self) -> tuple[str, ...]:
        """The accounts whose working hours were written down."""
        return tuple(self._connection.scalars(select(tables.worker_profile.c.account_id)))

    def save(self, profile: WorkerProfile, read_version: int) -> None:
        """Saves a profile; version 0 is a new one. Raises ChangedMeanwhile."""
        key = {"account_id": profile.account_id}
        _save(self._connection, tables.worker_profile, key, _profile_facts(profile), read_version)


class VisitWishes:
    """What households of the open municipality need and wish."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, request_id: str) -> VisitWish:
        """The wish; an empty one when nobody wrote one down."""
        return self.those([request_id]).get(request_id, VisitWish(request_id))

    def those(self, request_ids: Sequence[str]) -> dict[str, VisitWish]:
        """The wishes that were written down, by request."""
        w = tables.visit_wish.c
        rows = self._connection.execute(
            select(tables.visit_wish).where(w.request_id.in_(request_ids))
        )
        return {row.request_id: _wish(row.request_id, row.facts, row.version) for row in rows}

    def save(self, wish: VisitWish, read_version: int) -> None:
        """Saves a wish; version 0 is a new one. Raises ChangedMeanwhile."""
        key = {"request_id": wish.request_id}
        _save(self._connection, tables.visit_wish, key, _wish_facts(wish), read_version)


class PlanSettings:
    """What the open municipality has chosen for its plans."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def weights(self) -> PlanWeights:
        """The weights of the soft goals; those of the product when the town has chosen none."""
        return self.read()[0]

    def read(self) -> tuple[PlanWeights, int]:
        """The weights with their version; 0 when the town has chosen none."""
        row = _setting(self._connection, WEIGHTS)
        return (PlanWeights(**row.facts), row.version) if row else (PlanWeights(), 0)

    def save(self, weights: PlanWeights, read_version: int) -> None:
        """Keeps the weights; version 0 for the first time. Raises ChangedMeanwhile."""
        key = {"name": WEIGHTS}
        _save(self._connection, tables.plan_setting, key, asdict(weights), read_version)


class EmergencyCalls:
    """What the open municipality has typed for the emergency page of its telephones."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self) -> tuple[tuple[EmergencyCall, ...], int]:
        """The calls with their version; none and 0 when nobody typed any."""
        row = _setting(self._connection, CALLS)
        return (tuple(EmergencyCall(*one) for one in row.facts), row.version) if row else ((), 0)

    def save(self, calls: Sequence[EmergencyCall], read_version: int) -> None:
        """Keeps the calls; version 0 for the first time. Raises ChangedMeanwhile."""
        facts = [[one.label, one.phone] for one in calls]
        _save(self._connection, tables.plan_setting, {"name": CALLS}, facts, read_version)


class PlanRuns:
    """The visit plans of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, run_id: str, *, to_change: bool = False) -> PlanRun:
        """The plan; raises PlanNotFound. ``to_change`` lets others who want to change it wait."""
        statement = select(tables.plan_run).where(tables.plan_run.c.id == run_id)
        if to_change:
            statement = statement.with_for_update()
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            raise PlanNotFound
        return _run(row)

    def state(self, run_id: str) -> tuple[VisitPlanStatus, bool] | None:
        """Status and whether somebody asked to stop, without reading the whole plan."""
        r = tables.plan_run.c
        row = self._connection.execute(
            select(r.status, r.stop_asked).where(r.id == run_id)
        ).one_or_none()
        return (VisitPlanStatus(row.status), row.stop_asked) if row else None

    def open_ids(self) -> tuple[str, ...]:
        """Those that wait for a search or are being searched, oldest first."""
        r = tables.plan_run.c
        wanted = (VisitPlanStatus.WAITING.value, VisitPlanStatus.SEARCHING.value)
        return tuple(
            self._connection.scalars(
                select(r.id).where(r.status.in_(wanted)).order_by(r.asked_at, r.id)
            )
        )

    def since(self, day: date, most: int) -> tuple[str, ...]:
        """The plans whose first day is this one or later, newest first."""
        r = tables.plan_run.c
        statement = select(r.id).where(r.starts_on >= day).order_by(r.asked_at.desc()).limit(most)
        return tuple(self._connection.scalars(statement))

    def add(self, run: PlanRun) -> None:
        """Saves a new plan."""
        values = {**_run_values(run), "problem": dump_problem(run.problem), "notes": run.notes}
        self._connection.execute(insert(tables.plan_run).values(**values))

    def save(self, run: PlanRun, read_version: int | None = None) -> None:
        """Saves a changed plan; raises ChangedMeanwhile when somebody else was faster."""
        expected = run.version if read_version is None else read_version
        run.version = expected + 1
        r = tables.plan_run.c
        saved = self._connection.execute(
            update(tables.plan_run)
            .where(r.id == run.id, r.version == expected)
            .values(**_run_values(run))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile


def _setting(connection: Connection, name: str) -> Row[Any] | None:
    chosen = select(tables.plan_setting).where(tables.plan_setting.c.name == name)
    return connection.execute(chosen).one_or_none()


def _save(connection: Connection, table: Table, key: Facts, facts: Any, read_version: int) -> None:
    (name, value) = next(iter(key.items()))
    known = connection.scalar(select(table.c.version).where(table.c[name] == value))
    if (known or 0) != read_version:
        raise ChangedMeanwhile
    if known is None:
        connection.execute(insert(table).values(**key, facts=facts, version=1))
        return
    saved = connection.execute(
        update(table)
        .where(table.c[name] == value, table.c.version == read_version)
        .values(facts=facts, version=read_version + 1)
    )
    if saved.rowcount != 1:
        raise ChangedMeanwhile


def _place(position: Position | None) -> list[float] | None:
    return [position.latitude, position.longitude] if position else None


def _position(stored: list[float] | None) -> Position | None:
    return Position(*stored) if stored else None


def _profile_facts(profile: WorkerProfile) -> Facts:
    return {
        "agency": profile.agency,
        "skills": sorted(profile.skills),
        "sex": profile.sex,
        "languages": sorted(profile.languages),
        "mode": profile.mode.value,
        "hours": {str(day): list(hours) for day, hours in sorted(profile.hours.items())},
        "pauses": [[one.earliest, one.latest, one.minutes] for one in profile.pauses],
        "days_off": sorted(day.isoformat() for day in profile.days_off),
        "works_on_holidays": profile.works_on_holidays,
        "on_call": profile.on_call,
        "most_visits": profile.most_visits,
        "start": _place(profile.start),
        "start_block": profile.start_block,
        "end": _place(profile.end),
        "end_block": profile.end_block,
    }


def _profile(account_id: str, facts: Facts, version: int) -> WorkerProfile:
    changed = {
        "skills": frozenset(facts["skills"]),
        "languages": frozenset(facts["languages"]),
        "mode": TravelMode(facts["mode"]),
        "hours": {int(day): (begin, end) for day, (begin, end) in facts["hours"].items()},
        "pauses": tuple(WorkPause(*one) for one in facts["pauses"]),
        "days_off": frozenset(date.fromisoformat(day) for day in facts["days_off"]),
        "start": _position(facts["start"]),
        "end": _position(facts["end"]),
    }
    return WorkerProfile(**{**facts, **changed, "account_id": account_id, "version": version})


def _wish_facts(wish: VisitWish) -> Facts:
    return {
        "times": [[one.weekday, one.earliest, one.latest] for one in wish.times],
        "priority": wish.priority,
        "repeat": wish.repeat,
        "repeat_from": wish.repeat_from.isoformat() if wish.repeat_from else None,
        "skills": sorted(wish.skills),
        "second_skills": None if wish.second_skills is None else sorted(wish.second_skills),
        "sex": wish.sex,
        "language": wish.language,
        "preferred": sorted(wish.preferred),
        "refused": sorted(wish.refused),
        "same_worker": wish.same_worker,
        "accompany_to": _place(wish.accompany_to),
        "accompany_block": wish.accompany_block,
    }


def _wish(request_id: str, facts: Facts, version: int) -> VisitWish:
    begins, second = facts["repeat_from"], facts.get("second_skills")
    changed = {
        "times": tuple(WishedTime(*one) for one in facts["times"]),
        "repeat_from": date.fromisoformat(begins) if begins else None,
        "skills": frozenset(facts["skills"]),
        "second_skills": None if second is None else frozenset(second),
        "preferred": frozenset(facts["preferred"]),
        "refused": frozenset(facts["refused"]),
        "accompany_to": _position(facts["accompany_to"]),
    }
    return VisitWish(**{**facts, **changed, "request_id": request_id, "version": version})


def _run_values(run: PlanRun) -> Facts:
    return {
        "id": run.id,
        "starts_on": run.starts_on,
        "asked_by": run.asked_by,
        "asked_at": run.asked_at,
        "seconds": run.seconds,
        "plan": dump_plan(run.plan) if run.plan is not None else None,
        "cost": run.cost,
        "status": run.status.value,
        "stop_asked": run.stop_asked,
        "begun_at": run.begun_at,
        "heard_at": run.heard_at,
        "version": run.version,
    }


def _run(row: Row[Any]) -> PlanRun:
    return PlanRun(
        id=row.id,
        starts_on=row.starts_on,
        asked_by=row.asked_by,
        asked_at=in_utc(row.asked_at),
        seconds=row.seconds,
        problem=load_problem(row.problem),
        notes=row.notes,
        plan=load_plan(row.plan) if row.plan is not None else None,
        cost=row.cost,
        status=VisitPlanStatus(row.status),
        stop_asked=row.stop_asked,
        begun_at=in_utc(row.begun_at) if row.begun_at else None,
        heard_at=in_utc(row.heard_at) if row.heard_at else None,
        version=row.version,
    )
