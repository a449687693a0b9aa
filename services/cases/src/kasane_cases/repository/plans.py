"""Loads and saves support plans."""

from datetime import date

from sqlalchemy import Connection, Row, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.errors import ChangedMeanwhile, RecordNotFound
from kasane_cases.domain.support_plan import PlanKind, PlanStatus, PlanTrack, SupportPlan
from kasane_cases.repository.rows import columns


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
        return _plan(row)

    def of_case(self, case_id: str) -> tuple[SupportPlan, ...]:
        """All plans of a case, newest first."""
        rows = self._connection.execute(
            select(tables.support_plan)
            .where(tables.support_plan.c.case_id == case_id)
            .order_by(tables.support_plan.c.id.desc())
        )
        return tuple(_plan(row) for row in rows)

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


def _columns(plan: SupportPlan) -> dict[str, object]:
    tracks = [
        {**vars(track), "due_on": track.due_on.isoformat() if track.due_on else ""}
        for track in plan.tracks
    ]
    return {**columns(plan, "tracks"), "tracks": tracks}


def _plan(row: Row[tuple[object, ...]]) -> SupportPlan:
    values = dict(row._mapping)
    return SupportPlan(
        **{
            **values,
            "kind": PlanKind(values["kind"]),
            "status": PlanStatus(values["status"]),
            "persons": tuple(values["persons"]),
            "goals": tuple(values["goals"]),
            "agreed_by": tuple(values["agreed_by"]),
            "tracks": tuple(
                PlanTrack(
                    **{
                        **track,
                        "due_on": date.fromisoformat(due) if (due := track["due_on"]) else None,
                    }
                )
                for track in values["tracks"]
            ),
        }
    )
