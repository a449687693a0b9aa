"""Ways from a map server or from a stored table, behind the port of ``domain/travel.py``."""

import json
import logging
from collections.abc import Callable, Sequence
from math import ceil
from pathlib import Path
from typing import Any

from kasane_outreach.domain.planning import Travel
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.travel import StraightLine, TravelTimes

log = logging.getLogger("kasane.outreach")

PROFILES = {
    "osrm": {TravelMode.CAR: "driving", TravelMode.FOOT: "walking"},
    "valhalla": {TravelMode.CAR: "auto", TravelMode.FOOT: "pedestrian"},
}
PLACES_AT_ONCE = 100
NO_WAY = 9_999
Ask = Callable[..., Any]


class MapServer:
    """OSRM or Valhalla over HTTP; what the server does not know, or all when it is silent, is straight-line times.

    ``ask(locations, profile, sources, destinations)`` gives an object with ``durations`` in seconds, as routingpy does.
    """

    def __init__(self, kind: str, ask: Ask, otherwise: TravelTimes | None = None) -> None:
        self._profiles = PROFILES[kind]
        self._ask = ask
        self._otherwise = otherwise or StraightLine()

    def table(self, places: Sequence[Position], mode: TravelMode) -> Travel:
        """The minutes from every place to every place, asked for in blocks."""
        rows = [list(row) for row in self._otherwise.table(places, mode)]
        points = [[place.longitude, place.latitude] for place in places]
        half = PLACES_AT_ONCE // 2
        for top in range(0, len(points), half):
            for left in range(0, len(points), half):
                here, there = points[top : top + half], points[left : left + half]
                try:
                    answer = self._ask(
                        locations=[*here, *there],
                        profile=self._profiles[mode],
                        sources=list(range(len(here))),
                        destinations=list(range(len(here), len(here) + len(there))),
                    ).durations
                except Exception as error:
                    log.warning("the map server gave no ways: %s; straight lines are used", error)
                    return self._otherwise.table(places, mode)
                for down, row in enumerate(answer):
                    for across, seconds in enumerate(row):
                        if top + down != left + across:
                            known = seconds is not None
                            rows[top + down][left + across] = (
                                ceil(seconds / 60) if known else NO_WAY
                            )
        return rows


class StoredTable:
    """Ways from a JSON file: ``{"places": [[lat, lon]…], "car": [[minutes…]…], "foot": …}``.

    A place that is not in the file is reckoned by straight lines.
    """

    def __init__(self, path: Path, otherwise: TravelTimes | None = None) -> None:
        facts = json.loads(path.read_text("utf-8"))
        self._number = {tuple(place): at for at, place in enumerate(facts["places"])}
        self._ways = facts
        self._otherwise = otherwise or StraightLine()

    def table(self, places: Sequence[Position], mode: TravelMode) -> Travel:
        """The minutes from every place to every place."""
        rows = [list(row) for row in self._otherwise.table(places, mode)]
        numbers = [self._number.get((place.latitude, place.longitude)) for place in places]
        ways = self._ways.get(mode.value)
        if ways is None:
            return rows
        for row, here in enumerate(numbers):
            for column, there in enumerate(numbers):
                if here is not None and there is not None and row != column:
                    rows[row][column] = ways[here][there]
        return rows


def travel_times(setting: str) -> TravelTimes:
    """The adapter that a setting names: empty, ``osrm:<url>``, ``valhalla:<url>``, or ``file:<path>``.

    Raises ValueError for anything else, and ImportError when a map server is named and routingpy is missing.
    """
    kind, _colon, where = setting.partition(":")
    if not setting:
        return StraightLine()
    if kind == "file" and where:
        return StoredTable(Path(where))
    if kind in PROFILES and where:
        import routingpy

        client = {"osrm": routingpy.OSRM, "valhalla": routingpy.Valhalla}[kind]
        return MapServer(kind, client(base_url=where).matrix)
    raise ValueError(f"{setting!r} names no source of travel times; nothing was planned.")
