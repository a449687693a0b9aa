"""Reads the representative points of the towns' blocks that come with the product."""

import csv
from functools import cache
from pathlib import Path

from kasane_outreach.domain.position import Position
from kasane_outreach.domain.town_block import TownBlock

POINTS = Path(__file__).parent.parent / "data" / "town_blocks.csv"


@cache
def blocks_of(town: str) -> tuple[TownBlock, ...]:
    """The blocks of a town by its name; a town without points has none, and its addresses are
    placed by hand.
    """
    with POINTS.open(encoding="utf-8", newline="") as file:
        return tuple(
            TownBlock(row["town"] + row["koaza"], Position(float(row["lat"]), float(row["lng"])))
            for row in csv.DictReader(file)
            if row["municipality"] == town or row["municipality"].endswith("郡" + town)
        )
