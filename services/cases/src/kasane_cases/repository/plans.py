"""Loads and saves support plans with their editions."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.errors import ChangedMeanwhile, RecordNotFound
from kasane_cases.domain.support_plan import (
    GoalTerm,
    PlanContent,
    PlanEdition,
    PlanGoal,
    PlanKind,
    PlanStatus,
    PlanTrack,
    SupportPlan,
)
from kasane_cases.repository.rows import columns

_CONTENT = ("persons", "goals", "tracks", "starts_on", "ends_on", "extensions")


class Plans:
    """The support plans of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, case_id: str, plan_id: str) -> SupportPlan:
        """One plan of a case; raises RecordNotFound."""
        p = tables.support_plan.c
        row = self._connection.execute(
            select(tables.support_plan).where(p.id == plan_id, p.case_id == case_id)
        ).one_or_none()
        if row is None:
            raise RecordNotFound
        return plan_from(dict(row._mapping))

    def of_case(self, case_id: str) -> tuple[SupportPlan, ...]:
        """All plans of a case, newest first."""
        rows = self._connection.execute(
            select(tables.support_plan)
            .where(tables.support_plan.c.case_id == case_id)
            .order_by(tables.support_plan.c.id.desc())
        )
        return tuple(plan_from(dict(row._mapping)) for row in rows)

    def add(self, plan: SupportPlan) -> None:
        """Saves a new plan."""
        self._connection.execute(insert(tables.support_plan).values(**_columns(plan)))

    def save(self, plan: SupportPlan, read_version: int | None = None) -> None:
        """Saves a changed plan; raises ChangedMeanwhile when its version is not the one read."""
        expected = plan.version if read_version is None else read_version
        plan.version = expected + 1
        p = tables.support_plan.c
        saved = self._connection.execute(
            update(tables.support_plan)
            .where(p.id == plan.id, p.version == expected)
            .values(**_columns(plan))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def add_edition(self, edition: PlanEdition) -> None:
        """Keeps an edition for good."""
        content = {
            **_content_columns(edition.content),
            "starts_on": _written(edition.content.starts_on),
            "ends_on": _written(edition.content.ends_on),
        }
        values = {**columns(edition, "content"), "content": content}
        self._connection.execute(insert(tables.plan_edition).values(**values))

    def editions(self, plan_id: str) -> tuple[PlanEdition, ...]:
        """Every edition of a plan, newest first."""
        e = tables.plan_edition.c
        rows = self._connection.execute(
            select(tables.plan_edition).where(e.plan_id == plan_id).order_by(e.number.desc())
        )
        return tuple(
            PlanEdition(**{**row._mapping, "content": _content(row.content)}) for row in rows
        )


def plan_from(row: Mapping[str, Any]) -> SupportPlan:
    """The plan that the columns of its table hold."""
    values = dict(row)
    content = _content({name: values.pop(name) for name in _CONTENT})
    return SupportPlan(
        **{
            **values,
            "content": content,
            "kind": PlanKind(values["kind"]),
            "status": PlanStatus(values["status"]),
            "agreed_by": tuple(values["agreed_by"]),
        }
    )


def _columns(plan: SupportPlan) -> dict[str, object]:
    return {**columns(plan, "content"), **_content_columns(plan.content)}


def _content_columns(content: PlanContent) -> dict[str, Any]:
    return {
        "persons": list(content.persons),
        "goals": [{**asdict(goal), "term": goal.term.value} for goal in content.goals],
        "tracks": [{**asdict(one), "due_on": _written(one.due_on)} for one in content.tracks],
        "starts_on": content.starts_on,
        "ends_on": content.ends_on,
        "extensions": dict(content.extensions),
    }


def _content(values: Mapping[str, Any]) -> PlanContent:
    return PlanContent(
        persons=tuple(values["persons"]),
        goals=tuple(PlanGoal(**{**g, "term": GoalTerm(g["term"])}) for g in values["goals"]),
        tracks=tuple(PlanTrack(**{**t, "due_on": _day(t["due_on"])}) for t in values["tracks"]),
        starts_on=_day(values["starts_on"]),
        ends_on=_day(values["ends_on"]),
        extensions=dict(values["extensions"]),
    )


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(value: date | str | None) -> date | None:
    if isinstance(value, str):
        return date.fromisoformat(value) if value else None
    return value
