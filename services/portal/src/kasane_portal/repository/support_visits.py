"""Loads and saves the visits of a prefecture's team."""

from dataclasses import asdict

from sqlalchemy import (
    Connection,
    Row,
    insert,
    select,
    update,
)

from kasane_portal import tables
from kasane_portal.domain.errors import (
    VisitNotFound,
)
from kasane_portal.domain.support_visit import SupportVisit
from kasane_portal.repository.moments import aware


class SupportVisits:
    """The visits of a prefecture's team; they lie in the host's own database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, prefecture: str) -> tuple[SupportVisit, ...]:
        """Every visit, voided ones too, latest first."""
        v = tables.support_visit.c
        rows = self._connection.execute(
            select(tables.support_visit)
            .where(v.prefecture == prefecture)
            .order_by(v.visited_on.desc(), v.id.desc())
        )
        return tuple(_support_visit(row) for row in rows)

    def get(self, visit_id: str) -> SupportVisit:
        """One visit; raises VisitNotFound."""
        row = self._connection.execute(
            select(tables.support_visit).where(tables.support_visit.c.id == visit_id)
        ).one_or_none()
        if row is None:
            raise VisitNotFound
        return _support_visit(row)

    def add(self, visit: SupportVisit) -> None:
        """Saves a new visit."""
        self._connection.execute(insert(tables.support_visit).values(**asdict(visit)))

    def save_void(self, visit: SupportVisit) -> None:
        """Saves why a visit does not stand; nothing else of it is ever changed."""
        v = tables.support_visit.c
        self._connection.execute(
            update(tables.support_visit)
            .where(v.id == visit.id)
            .values(void_reason=visit.void_reason)
        )


def _support_visit(row: Row[tuple[object, ...]]) -> SupportVisit:
    values = dict(row._mapping)
    return SupportVisit(**{**values, "recorded_at": aware(values["recorded_at"])})
