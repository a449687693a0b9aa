"""Writes who did what into the trail, in the transaction of the act, and reads it back."""

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, inspect, or_, select, true

from kasane_kit import clock
from kasane_kit.audit import chain, tables
from kasane_kit.db.later import change_later, write_later
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


@dataclass(frozen=True)
class Draft:
    """An entry that has no place in the trail yet."""

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


def draft(
    *,
    actor: str,
    actor_name: str,
    action: str,
    object_kind: str,
    object_id: str,
    basis: str = "",
    correlation_id: str = "",
    causation_id: str = "",
) -> Draft:
    """What happens now, for ``enter``.

    A longer basis, which is a reason that somebody wrote, is cut: it stands whole in the record it was written for.
    """
    most = tables.LONGEST_BASIS
    return Draft(
        entry_id=new_id(),
        at=clock.now().isoformat(),
        actor=actor,
        actor_name=actor_name,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        basis=basis if len(basis) <= most else f"{basis[: most - 1]}…",
        correlation_id=correlation_id,
        causation_id=causation_id,
    )


def record(connection: Connection, key: bytes, **facts: str) -> Entry:
    """Appends an entry in the caller's transaction; when it cannot be written the act fails with it."""
    (entry,) = enter(connection, key, (draft(**facts),))
    return entry


def enter(connection: Connection, key: bytes, drafts: Sequence[Draft]) -> Sequence[Entry]:
    """Appends entries in their order behind the end of the trail, which nobody else moves before the commit.

    Their rows are written with whatever else waits for the end of the transaction.
    """
    if not drafts:
        return ()
    head = connection.execute(_END).one()
    digest, entries = head.digest, []
    for position, one in enumerate(drafts, head.position + 1):
        entry = Entry(position=position, **vars(one))
        digest = chain.link(key, digest, vars(entry))
        entries.append(entry)
        write_later(connection, tables.audit_entry, {**vars(entry), "digest": digest})
    last = entries[-1].position
    change_later(
        connection,
        tables.audit_head,
        {
            "id": head.id,
            "position": last,
            "digest": digest,
            "seal": chain.seal(key, last, digest),
        },
    )
    return entries


_END = select(tables.audit_head).with_for_update()


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


def is_begun(connection: Connection) -> bool:
    """Whether anything was ever recorded in this database, also where its tables are not made yet."""
    entry = tables.audit_entry
    there = inspect(connection).has_table(entry.name)
    return there and connection.scalar(select(entry.c.position).limit(1)) is not None


def verify(connection: Connection, key: bytes) -> chain.Break | None:
    """Checks the whole trail of this database; None when nothing was changed, deleted, inserted or swapped.

    The town may be at work: the entries and where they end are those of one moment.
    """
    with connection.execute(_TRAIL, execution_options={"yield_per": 1000}) as found:
        rows = iter(found.mappings())
        first = next(rows, None)
        if first is not None:
            ends = {name: first[f"head_{name}"] for name in ("position", "digest", "seal")}
            trail = (dict(row) for row in itertools.chain((first,), rows))
            return chain.find_break(key, trail, None if ends["position"] is None else ends)
    head = connection.execute(_HEAD_ALONE).mappings().one_or_none()
    if head is not None and head["begun"]:
        # The first entry was written between the two questions.
        return verify(connection, key)
    return chain.find_break(key, (), dict(head) if head else None)


_HEAD = tables.audit_head.c
# One statement sees one moment, also where each statement of a transaction sees another.
_TRAIL = (
    select(
        tables.audit_entry,
        *(one.label(f"head_{one.name}") for one in (_HEAD.position, _HEAD.digest, _HEAD.seal)),
    )
    .select_from(tables.audit_entry.outerjoin(tables.audit_head, true()))
    .order_by(tables.audit_entry.c.position)
)
_HEAD_ALONE = select(tables.audit_head, exists(select(tables.audit_entry)).label("begun"))


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{name: getattr(row, name) for name in chain.LINKED_FIELDS})
