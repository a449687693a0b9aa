"""What the resources of the JSON API read alike: a place, and where a list goes on."""

from collections.abc import Callable
from typing import Any, TypeVar

from kasane_kit.web import (
    Refusal,
    read_cursor,
    this_town,
)
from kasane_outreach import queries
from kasane_outreach.domain.errors import NotAPosition
from kasane_outreach.domain.position import Position

T = TypeVar("T")


def place_of(payload: dict[str, Any]) -> tuple[Position, str]:
    """The place somebody sent: a town block by name or two coordinates, never both.

    Raises NotAPosition or refuses ``place_unknown``.
    """
    name = payload.get("town_block", "")
    point = (payload.get("latitude"), payload.get("longitude"))
    if bool(name) == (point != (None, None)) or (not name and None in point):
        raise NotAPosition
    if not name:
        return Position(float(payload["latitude"]), float(payload["longitude"])), ""
    for block in queries.town_blocks(this_town().name):
        if block.name == name:
            return block.position, block.name
    raise Refusal("place_unknown", 422)


def after_last(read: Callable[[str], T]) -> tuple[T, str] | None:
    """Where a list goes on: the value that ``read`` makes of the cursor and the id of the last one
    shown, or None at its beginning.
    """
    values = read_cursor(2)
    if values is None:
        return None
    try:
        return read(values[0]), values[1]
    except ValueError:
        raise Refusal("bad_cursor", 400) from None
