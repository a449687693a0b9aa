"""Writes who did what into the trail, in the transaction of the act, and reads it back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, true, update

from kasane_kit import clock
from kasane_kit.audit import chain, tables
from kasane_kit.ids import new_id


@dataclass(frozen=True)
class Entry:
    """One line of the trail: never the content of a record, only who, what, which object, on what basis."""

    position: int
    entry_id: str
    at: str
    actor: str
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    basis: str
    correlation_id: str
    causation_id: str


def record(
    connection: Connection,
    key: bytes,
    *,
    actor: str,
    actor_name: str,
    action: str,
    object_kind: str,
    object_id: str,
    basis: str = "",
    correlation_id: str = "",
    causation_id: str = "",
) -> Entry:
    """Appends an entry in the caller's transaction; when it cannot be written the act fails with it."""
    (entry,) = record_each(
        connection,
        key,
        actor=actor,
        actor_name=actor_name,
        action=action,
        object_kind=object_kind,
        object_ids=(object_id,),
        basis=basis,
        correlation_id=correlation_id,
        causation_id=causation_id,
    )
    return entry


def record_each(
    connection: Connection,
    key: bytes,
    *,
    actor: str,
    actor_name: str,
    action: str,
    object_kind: str,
    object_ids: Sequence[str],
    basis: str = "",
    correlation_id: str = "",
    causation_id: str = "",
) -> Sequence[Entry]:
    """Appends an entry of its own for each object, in as many statements as for one."""
    head = connection.execute(select(tables.audit_head).with_for_update()).one()
    digest, entries, rows = head.digest, [], []
    for position, object_id in enumerate(object_ids, head.position + 1):
        entry = Entry(
            position=position,
            entry_id=new_id(),
            at=clock.now().isoformat(),
            actor=actor,
            actor_name=actor_name,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            basis=basis,
            correlation_id=correlation_id,
            causation_id=causation_id,
        )
        digest = chain.link(key, digest, vars(entry))
        entries.append(entry)
        rows.append({**vars(entry), "digest": digest})
    if rows:
        connection.execute(insert(tables.audit_entry), rows)
        last = entries[-1].position
        connection.execute(
            update(tables.audit_head).values(
                position=last, digest=digest, seal=chain.seal(key, last, digest)
            )
        )
    return entries


def read(connection: Connection, object_kind: str, object_id: str) -> Sequence[Entry]:
    """Every entry about one object, oldest first."""
    rows = connection.execute(
        select(tables.audit_entry)
        .where(
            tables.audit_entry.c.object_kind == object_kind,
            tables.audit_entry.c.object_id == object_id,
        )
        .order_by(tables.audit_entry.c.position)
    )
    return [_entry(row) for row in rows]


def about(
    connection: Connection,
    objects: Iterable[tuple[str, str]],
    *,
    actions: Collection[str] = (),
    before: int = 0,
    limit: int = 100,
) -> Sequence[Entry]:
    """The entries about any of the objects (kind and id), newest first; of the actions only, if given.

    ``before`` is the position of the last entry seen.
    """
    kinds: dict[str, set[str]] = {}
    for kind, object_id in objects:
        kinds.setdefault(kind, set()).add(object_id)
    e = tables.audit_entry.c
    either = [and_(e.object_kind == kind, e.object_id.in_(ids)) for kind, ids in kinds.items()]
    if not either:
        return []
    rows = connection.execute(
        select(tables.audit_entry)
        .where(
            or_(*either),
            e.action.in_(actions) if actions else true(),
            e.position < before if before else true(),
        )
        .order_by(e.position.desc())
        .limit(limit)
    )
    return [_entry(row) for row in rows]


def verify(connection: Connection, key: bytes) -> chain.Break | None:
    """Checks the whole trail of this database; None when nothing was changed, deleted, inserted or swapped."""
    head = connection.execute(select(tables.audit_head)).mappings().one_or_none()
    entries = connection.execution_options(yield_per=1000).execute(
        select(tables.audit_entry).order_by(tables.audit_entry.c.position)
    )
    trail = (dict(entry) for entry in entries.mappings())
    return chain.find_break(key, trail, dict(head) if head else None)


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{name: getattr(row, name) for name in chain.LINKED_FIELDS})
