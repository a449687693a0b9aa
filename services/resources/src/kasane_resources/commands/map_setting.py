"""The input of the choice of map."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChooseTiles:
    """Take the map's pictures from an address with {z}, {x} and {y}; an empty one shows none."""

    tiles: str
    attribution: str
