"""Builds a plan by insertion and betters it by taking out neighbours and putting them back (slack induction by
string removals), accepting a little worse while it is warm; needs no other library.

Two-person visits take their common start from what both tours allow at that moment, so the search moves over start
times as well as over tours.
"""

import math
import time
from collections.abc import Callable, Sequence
from random import Random

from kasane_outreach.repository.planning.compiled import NOWHERE, CompiledProblem
from kasane_outreach.repository.planning.tours import Tour, Tours

REMOVED, LONGEST_STRING = 10, 10
BLINK = 0.01
NEIGHBOURS = 120
MOST_RETRIED = 30
COOLED = 0.01


def insert_all(tours: Tours, nodes: Sequence[int], stop: Callable[[], bool]) -> None:
    """Puts absent visits in, each where it costs least; what fits nowhere stays absent."""
    for node in nodes:
        if stop():
            return
        openings = tours.best_for(node, _never, float(tours.c.penalty[node]))
        if openings:
            tours.put(node, openings)


def first_order(c: CompiledProblem, absent: Sequence[int]) -> list[int]:
    """Two-person visits first, then the dearest to leave out, then those with the narrowest choice."""

    def narrow(node: int) -> tuple[int, int, int, int]:
        freedom = sum(
            latest - early + 1 for spans in c.windows[node].values() for early, latest in spans
        )
        return (-c.hands[node], -c.penalty[node], freedom * len(c.able[node]), node)

    return sorted((node for node in absent if c.able[node]), key=narrow)


def absent_of(tours: Tours) -> list[int]:
    """The visits that are in no tour."""
    return [node for node, shifts in enumerate(tours.where) if not shifts]


class Annealing:
    """Betters tours in place; the best state seen is put back at the end of every call."""

    def __init__(
        self, tours: Tours, seed: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.tours = tours
        self._clock = clock
        self.chance = Random(seed)
        self._near: dict[int, list[int]] = {}

    def run(self, seconds: float, stop: Callable[[], bool], warm: float) -> float:
        """Searches for ``seconds`` of time; ``warm`` 1 begins hot, 0 nearly cold. Returns the best cost."""
        tours, c = self.tours, self.tours.c
        movable = [node for node in range(c.visits) if c.able[node] and node not in c.told]
        current = tours.cost()
        best, kept = current, tours.state()
        if not movable:
            return best
        ways = sum(tour.way for tour in tours.tours) / len(movable)
        hot = max(0.5, ways * warm)
        begin, cooling, steps = self._clock(), hot, 0
        while True:
            if steps % 8 == 0:
                passed = (self._clock() - begin) / seconds
                if passed >= 1 or stop():
                    break
                cooling = hot * COOLED**passed
            steps += 1
            undo = _Undo(tours)
            removed = self._ruin(movable, undo)
            self._recreate(removed, undo)
            cost = tours.cost()
            if cost < current - cooling * math.log(self.chance.random() or 1e-12):
                current = cost
                if cost < best - 1e-9:
                    best, kept = cost, tours.state()
            else:
                undo.back()
        tours.back_to(kept)
        return best

    def _ruin(self, movable: Sequence[int], undo: "_Undo") -> list[int]:
        tours, chance = self.tours, self.chance
        present = [node for node in movable if tours.where[node]]
        if not present:
            return []
        length = min(LONGEST_STRING, max(1.0, len(present) / max(1, tours.c.shifts)))
        strings = max(1, int(chance.uniform(1.0, 4.0 * REMOVED / (1.0 + length))))
        seed = chance.choice(present)
        removed: list[int] = []
        touched: set[int] = set()
        for node in self._nearest(seed):
            if len(touched) >= strings:
                break
            shifts = tours.where[node]
            if not shifts or node in tours.c.told or any(one in touched for one in shifts):
                continue
            shift = shifts[0]
            touched.add(shift)
            for other in self._string(tours.tours[shift], node):
                undo.remember(tours.where[other], other)
                if tours.take(other):
                    removed.append(other)
        return removed

    def _string(self, tour: Tour, node: int) -> list[int]:
        c = self.tours.c
        nodes = [one for one in tour.nodes if one < c.visits and one not in c.told]
        size = self.chance.randint(1, min(LONGEST_STRING, len(nodes)))
        here = nodes.index(node)
        begin = self.chance.randint(max(0, here - size + 1), min(here, len(nodes) - size))
        return nodes[begin : begin + size]

    def _recreate(self, removed: list[int], undo: "_Undo") -> None:
        tours, c, chance = self.tours, self.tours.c, self.chance
        out = set(removed)
        absent = [node for node in absent_of(tours) if c.able[node] and node not in out]
        retried = absent if len(absent) <= MOST_RETRIED else chance.sample(absent, MOST_RETRIED)
        waiting = [*removed, *retried]
        kind = chance.randrange(4)
        if kind == 0:
            chance.shuffle(waiting)
        elif kind == 1:
            waiting.sort(key=lambda node: -c.minutes[node] * c.hands[node])
        elif kind == 2:
            waiting.sort(key=lambda node: len(c.able[node]))
        else:
            waiting.sort(
                key=lambda node: min(
                    latest - early for spans in c.windows[node].values() for early, latest in spans
                )
            )
        for node in waiting:
            openings = tours.best_for(node, self._blink, float(c.penalty[node]))
            if openings:
                undo.remember(tuple(one.shift for one in openings), node)
                tours.put(node, openings)

    def _blink(self) -> bool:
        return self.chance.random() < BLINK

    def _nearest(self, node: int) -> list[int]:
        found = self._near.get(node)
        if found is None:
            c = self.tours.c
            row = c.table[c.able[node][0][1]][c.place[node]]
            days = c.windows[node].keys()
            others = (
                other
                for other in range(c.visits)
                if c.able[other] and c.place[other] != NOWHERE and days & c.windows[other].keys()
            )
            found = sorted(others, key=lambda other: (other != node, row[c.place[other]], other))
            self._near[node] = found = found[:NEIGHBOURS]
        return found


class _Undo:
    """Remembers what a step changes, to take it back."""

    def __init__(self, tours: Tours) -> None:
        self._tours = tours
        self._before: dict[int, Tour] = {}
        self._where: dict[int, tuple[int, ...]] = {}
        self._pins: dict[int, int | None] = {}
        self._load: dict[int, int] = {}

    def remember(self, shifts: Sequence[int], node: int) -> None:
        """Called before the visit goes into or out of the shifts."""
        tours = self._tours
        for shift in shifts:
            self._before.setdefault(shift, tours.tours[shift])
            worker = tours.c.worker_of[shift]
            self._load.setdefault(worker, tours.load[worker])
        self._where.setdefault(node, tours.where[node])
        self._pins.setdefault(node, tours.pin.get(node))

    def back(self) -> None:
        """Makes the tours what they were."""
        tours = self._tours
        for shift, tour in self._before.items():
            tours.tours[shift] = tour
        for worker, load in self._load.items():
            tours.load[worker] = load
        for node, where in self._where.items():
            tours.where[node] = where
            pin = self._pins[node]
            if pin is None:
                tours.pin.pop(node, None)
            else:
                tours.pin[node] = pin


def _never() -> bool:
    return False
