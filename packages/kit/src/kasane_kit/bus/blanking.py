"""Takes the personal fields out of what was said of some records, in every place where a service keeps an event.

Number, order, type and ids of an event stay, so cursors and a rebuild go on; opened again it says nothing of anybody.
"""

import json
import types
import typing
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, select, tuple_, update

from kasane_contracts import registry
from kasane_kit.bus import tables
from kasane_kit.bus.sealing import Sealer

READ_AT_ONCE = 500
Plain = Mapping[str, tuple[str, ...]]
"""By type of event the fields that travel unsealed and can still point at somebody."""


def blank_events(
    connection: Connection, sealer: Sealer, records: Collection[str], plain: Plain
) -> int:
    """Blanks the events about the records in outbox, log and dead letters; returns how many; the caller commits.

    An event is about a record when a field names its id. Done again it blanks the same events anew.
    """
    known = frozenset(records)
    done = 0
    for table in (tables.outbox, tables.event_log, tables.dead_letter):
        for row in _bodies(connection, table, plain):
            blanked = _blanked(row.body, sealer, known, plain)
            if blanked is not None:
                _write(connection, table, row, blanked)
                done += 1
    return done


def blank_parcels(connection: Connection, records: Collection[str]) -> int:
    """Empties the parcels about the records that were carried to another town; returns how many."""
    done = 0
    parcel = tables.parcel_out.c
    for position, subject in connection.execute(
        select(parcel.position, parcel.subject).where(
            parcel.carried_at.is_not(None), parcel.body != "{}"
        )
    ).all():
        if subject in records:
            connection.execute(
                update(tables.parcel_out).where(parcel.position == position).values(body="{}")
            )
            done += 1
    return done


def speaking_events(
    connection: Connection, sealer: Sealer, records: Collection[str], plain: Plain
) -> int:
    """How many of the kept events about the records still say something personal."""
    known = frozenset(records)
    return sum(
        1
        for table in (tables.outbox, tables.event_log, tables.dead_letter)
        for row in _bodies(connection, table, plain)
        if _says(row.body, sealer, known, plain)
    )


def _write(connection: Connection, table: Table, row: Any, body: str) -> None:
    if table is tables.event_log and connection.dialect.name == "postgresql":
        # The login may only append to the log; this function lets it change what an event says and nothing else.
        connection.execute(select(func.blank_event(row.epoch, row.sequence, body)))
        return
    place = [column == row._mapping[column.name] for column in table.primary_key]
    connection.execute(update(table).where(*place).values(body=body))


def _bodies(connection: Connection, table: Table, plain: Plain) -> Iterator[Any]:
    """The events that may say something personal, some at a time.

    A log of years does not fit into the memory, and a server ends a transaction in which nothing is asked for long.
    """
    key = list(table.primary_key)
    statement = select(*key, table.c.body).order_by(*key).limit(READ_AT_ONCE)
    if "type" in table.c:
        speaking = [
            entry.type
            for entry in registry.all_events()
            if registry.personal_paths(entry.event_class) or entry.type in plain
        ]
        statement = statement.where(table.c.type.in_(speaking))
    some = connection.execute(statement).all()
    while some:
        yield from some
        last = some[-1][: len(key)]
        some = connection.execute(statement.where(tuple_(*key) > tuple_(*last))).all()


def _blanked(body: str, sealer: Sealer, records: frozenset[str], plain: Plain) -> str | None:
    found = _about(body, records, plain)
    if found is None:
        return None
    raw, entry = found
    data = json.loads(json.dumps(raw["data"]))
    for path in _paths(entry, plain):
        _empty_at(data, path, entry.event_class)
    raw["data"] = sealer.seal(raw["municipality"], entry.type, raw["id"], data)
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def _says(body: str, sealer: Sealer, records: frozenset[str], plain: Plain) -> bool:
    found = _about(body, records, plain)
    if found is None:
        return False
    raw, entry = found
    data = sealer.open(raw["municipality"], entry.type, raw["id"], raw["data"])
    emptied = json.loads(json.dumps(data))
    for path in _paths(entry, plain):
        _empty_at(emptied, path, entry.event_class)
    return bool(emptied != json.loads(json.dumps(data)))


def _about(
    body: str, records: frozenset[str], plain: Plain
) -> tuple[dict[str, Any], registry.EventType] | None:
    raw = json.loads(body)
    try:
        entry = registry.find(raw["type"])
    except (KeyError, TypeError, registry.UnknownEvent):
        return None
    if not _paths(entry, plain) or not records.intersection(_texts(raw.get("data"))):
        return None
    return raw, entry


def _paths(entry: registry.EventType, plain: Plain) -> tuple[tuple[str, ...], ...]:
    return (
        *registry.personal_paths(entry.event_class),
        *((name,) for name in plain.get(entry.type, ())),
    )


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _empty_at(node: Any, path: tuple[str, ...], event_class: Any) -> None:
    step, *rest = path
    hint = _without_none(typing.get_type_hints(event_class)[step])
    if not rest:
        if step in node:
            node[step] = _nothing(typing.get_type_hints(event_class)[step])
    elif rest[0] == "*":
        for item in node.get(step) or ():
            _empty_at(item, tuple(rest[1:]), _without_none(typing.get_args(hint)[0]))
    elif node.get(step) is not None:
        _empty_at(node[step], tuple(rest), hint)


def _nothing(hint: Any) -> Any:
    if type(None) in typing.get_args(hint):
        return None
    if typing.get_origin(hint) is tuple:
        return []
    return {str: "", int: 0, float: 0.0, bool: False}.get(hint)


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint
