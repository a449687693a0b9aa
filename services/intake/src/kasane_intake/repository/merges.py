"""Loads and saves requests to merge, and the records they join."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Row, insert, or_, select, update

from kasane_intake import tables
from kasane_intake.domain.errors import ChangedMeanwhile
from kasane_intake.domain.merge_errors import MergeNotFound
from kasane_intake.domain.person_merge import Deed, MergeStatus, PersonMerge
from kasane_intake.repository.moments import moment_or_none


class PersonMerges:
    """The requests of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take_turn(self) -> int:
        """The next place in the order of decisions; whoever holds a turn decides alone until the end of the unit."""
        turn = tables.merge_turn.c
        self._connection.execute(
            update(tables.merge_turn).where(turn.id == 1).values(last=turn.last + 1)
        )
        return int(self._connection.execute(select(turn.last).where(turn.id == 1)).scalar_one())

    def get(self, merge_id: str) -> PersonMerge:
        """The request; raises MergeNotFound."""
        row = self._connection.execute(
            select(tables.person_merge).where(tables.person_merge.c.id == merge_id)
        ).one_or_none()
        if row is None:
            raise MergeNotFound
        return merge_from(row)

    def around(self, record_ids: Iterable[str]) -> tuple[PersonMerge, ...]:
        """Every link that joins these records to others, directly or over others."""
        m = tables.person_merge.c
        known: set[str] = set()
        frontier, found = set(record_ids), {}
        while frontier:
            rows = self._connection.execute(
                select(tables.person_merge).where(
                    m.status == MergeStatus.MERGED.value,
                    or_(m.one_id.in_(frontier), m.other_id.in_(frontier)),
                )
            ).all()
            known |= frontier
            found.update({row.id: merge_from(row) for row in rows})
            frontier = {record for row in rows for record in (row.one_id, row.other_id)} - known
        return tuple(sorted(found.values(), key=lambda merge: merge.place))

    def about(self, one_id: str, other_id: str) -> tuple[PersonMerge, ...]:
        """Every request about exactly these two, oldest first."""
        m, pair = tables.person_merge.c, (one_id, other_id)
        rows = self._connection.execute(
            select(tables.person_merge)
            .where(m.one_id.in_(pair), m.other_id.in_(pair))
            .order_by(m.id)
        )
        return tuple(merge_from(row) for row in rows)

    def add(self, merge: PersonMerge) -> None:
        """Saves a new request."""
        self._connection.execute(insert(tables.person_merge).values(**_columns(merge)))

    def save(self, merge: PersonMerge, read_version: int) -> None:
        """Saves a changed request; raises ChangedMeanwhile when its version is not the one that was read."""
        merge.version = read_version + 1
        saved = self._connection.execute(
            update(tables.person_merge)
            .where(
                tables.person_merge.c.id == merge.id, tables.person_merge.c.version == read_version
            )
            .values(**_columns(merge))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def consultations_of(self, record_ids: Sequence[str]) -> dict[str, str]:
        """The consultation in which each of these records was written; unknown records are left out."""
        p = tables.person_concerned.c
        rows = self._connection.execute(select(p.id, p.consultation_id).where(p.id.in_(record_ids)))
        return {row.id: row.consultation_id for row in rows}


def merge_from(row: Row[tuple[object, ...]]) -> PersonMerge:
    """The request as a row holds it."""
    r = row._mapping
    return PersonMerge(
        id=r["id"],
        one_id=r["one_id"],
        other_id=r["other_id"],
        one_consultation_id=r["one_consultation_id"],
        other_consultation_id=r["other_consultation_id"],
        choices=dict(r["choices"]),
        evidence=tuple(r["evidence"]),
        requested=Deed(
            r["requested_by"],
            r["requested_by_name"],
            moment_or_none(r["requested_at"]),
            r["reason"],
        ),
        status=MergeStatus(r["status"]),
        decided=Deed(
            r["decided_by"],
            r["decided_by_name"],
            moment_or_none(r["decided_at"]),
            r["decision_reason"],
        ),
        place=r["place"],
        undone=Deed(
            r["undone_by"], r["undone_by_name"], moment_or_none(r["undone_at"]), r["undo_reason"]
        ),
        version=r["version"],
    )


def _columns(merge: PersonMerge) -> dict[str, object]:
    return {
        "id": merge.id,
        "one_id": merge.one_id,
        "other_id": merge.other_id,
        "one_consultation_id": merge.one_consultation_id,
        "other_consultation_id": merge.other_consultation_id,
        "choices": dict(merge.choices),
        "evidence": list(merge.evidence),
        "reason": merge.requested.reason,
        "requested_by": merge.requested.account_id,
        "requested_by_name": merge.requested.name,
        "requested_at": merge.requested.at,
        "status": merge.status.value,
        "decided_by": merge.decided.account_id,
        "decided_by_name": merge.decided.name,
        "decided_at": merge.decided.at,
        "decision_reason": merge.decided.reason,
        "place": merge.place,
        "undone_by": merge.undone.account_id,
        "undone_by_name": merge.undone.name,
        "undone_at": merge.undone.at,
        "undo_reason": merge.undone.reason,
        "version": merge.version,
    }
