"""Seals the personal fields of an event with the town's key before they reach the outbox, and opens them again."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from kasane_contracts import registry
from kasane_kit.bus import tables
from kasane_kit.keys import KeyRing, SealBroken, mark_of

SEALED = "sealed"
_PURPOSE = "events"


class Sealer:
    """AES-256-GCM per field; the place (town, type, event, path) is authenticated, so a value cannot be moved.

    What it seals lies under one version of the town's key; it opens what lies under any.
    """

    def __init__(self, keys: KeyRing, version: int = 1) -> None:
        self._keys = keys
        self._version = version

    def seal(
        self, municipality: str, event_type: str, event_id: str, data: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The data with every personal field, empty ones too, replaced by ``{"sealed": …}``; raises KeyMissing."""

        def close(value: Any, place: str) -> dict[str, str]:
            text = json.dumps(value, ensure_ascii=False).encode()
            sealed = self._keys.seal(municipality, _PURPOSE, text, place, self._version)
            return {SEALED: base64.b64encode(sealed).decode()}

        return self._walk(municipality, event_type, event_id, data, close)

    def open(
        self, municipality: str, event_type: str, event_id: str, data: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The data as it was; raises SealBroken, and KeyMissing naming the version that is not here."""

        def unclose(value: Any, place: str) -> Any:
            if not isinstance(value, Mapping) or SEALED not in value:
                raise SealBroken("a personal field is not sealed")
            try:
                raw = base64.b64decode(value[SEALED], validate=True)
                return json.loads(self._keys.unseal(municipality, _PURPOSE, raw, place))
            except ValueError as error:
                raise SealBroken("a personal field does not open with this town's key") from error

        return self._walk(municipality, event_type, event_id, data, unclose)

    def _walk(
        self,
        municipality: str,
        event_type: str,
        event_id: str,
        data: Mapping[str, Any],
        change: Callable[[Any, str], Any],
    ) -> dict[str, Any]:
        paths = registry.personal_paths(registry.find(event_type).event_class)
        if not paths:
            return dict(data)
        result: dict[str, Any] = json.loads(json.dumps(data))
        for path in paths:
            _change_at(result, path, f"{municipality}|{event_type}|{event_id}|", change)
        return result


def events_under(connection: Connection, version: int) -> int:
    """How many kept events of a service have something under this version of the town's key, which is not the first."""
    mark = base64.b64encode(mark_of(version)).decode()
    return sum(
        connection.scalar(select(func.count()).where(table.c.body.contains(mark))) or 0
        for table in (tables.outbox, tables.event_log, tables.dead_letter)
    )


def _change_at(
    node: Any, path: tuple[str, ...], place: str, change: Callable[[Any, str], Any]
) -> None:
    step, *rest = path
    if step == "*":
        for index, item in enumerate(node):
            _change_at(item, tuple(rest), f"{place}/{index}", change)
    elif not rest:
        if step in node:
            node[step] = change(node[step], f"{place}/{step}")
    elif node.get(step) is not None:
        _change_at(node[step], tuple(rest), f"{place}/{step}", change)
