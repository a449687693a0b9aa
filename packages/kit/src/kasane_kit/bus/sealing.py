"""Seals the personal fields of an event with the town's key before they reach the outbox, and opens them again."""

import base64
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from kasane_contracts import registry
from kasane_kit.keys import KeyRing, SealBroken, seal, unseal

SEALED = "sealed"


class Sealer:
    """AES-256-GCM per field; the place (town, type, event, path) is authenticated, so a value cannot be moved."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def seal(
        self, municipality: str, event_type: str, event_id: str, data: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The data with every personal field, empty ones too, replaced by ``{"sealed": …}``."""

        def close(key: bytes, value: Any, place: str) -> dict[str, str]:
            text = json.dumps(value, ensure_ascii=False).encode()
            return {SEALED: base64.b64encode(seal(key, text, place)).decode()}

        return self._walk(municipality, event_type, event_id, data, close)

    def open(
        self, municipality: str, event_type: str, event_id: str, data: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The data as it was; raises SealBroken."""

        def unclose(key: bytes, value: Any, place: str) -> Any:
            if not isinstance(value, Mapping) or SEALED not in value:
                raise SealBroken("a personal field is not sealed")
            try:
                raw = base64.b64decode(value[SEALED], validate=True)
                return json.loads(unseal(key, raw, place))
            except ValueError as error:
                raise SealBroken("a personal field does not open with this town's key") from error

        return self._walk(municipality, event_type, event_id, data, unclose)

    def _key(self, municipality: str) -> bytes:
        return self._keys.derived(municipality, "events")

    def _walk(
        self,
        municipality: str,
        event_type: str,
        event_id: str,
        data: Mapping[str, Any],
        change: Callable[[bytes, Any, str], Any],
    ) -> dict[str, Any]:
        paths = registry.personal_paths(registry.find(event_type).event_class)
        if not paths:
            return dict(data)
        result: dict[str, Any] = json.loads(json.dumps(data))
        with_key = partial(change, self._key(municipality))
        for path in paths:
            _change_at(result, path, f"{municipality}|{event_type}|{event_id}|", with_key)
        return result


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
