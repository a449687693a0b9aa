"""Builds a plan by insertion and betters it by taking out neighbours and putting them back (slack induction by
string removals), accepting a little worse while it is warm; needs no other library.

Two-person visits take their common start from what both tours allow at that moment, so the search moves over start
times as well as over tours.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from random import Random

from kasane_outreach.repository.planning.compiled import NOWHERE, CompiledProblem
from kasane_outreach.repository.planning.tours import Tour, Tours

REMOVED, LONGEST_STRING = 10, 10
BLINK = 0.01
NEIGHBOURS = 120
CLOSE, FREE_TRIES = 24, 6
"""A visit is tried in the tours of so many of its nearest neighbours and in so many others, instead of in all."""
MOST_RETRIED = 30
COOLED = 0.01
TELL_EVERY = 0.05
"""Of the time of a run: how often a better state is told of."""


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
        self._absent: set[int] = set()
        self._present = _Bag()

    def run(
        self,
        seconds: float,
        stop: Callable[[], bool],
        warm: float,
        better: Callable[[], None] = lambda: None,
    ) -> float:
        """Searches for ``seconds`` of time; ``warm`` 1 begins hot, 0 nearly cold. Returns the best cost.

        ``better`` is called now and then while the tours are the best so far.
        """
        tours, c = self.tours, self.tours.c
        movable = [node for node in range(c.visits) if c.able[node] and node not in c.told]
        current = tours.cost()
        best, kept = current, tours.state()
        if not movable:
            return best
        self._absent = {node for node in movable if not tours.where[node]}
        self._present = _Bag(node for node in movable if tours.where[node])
        ways = sum(tour.way for tour in tours.tours) / len(movable)
        hot = max(0.5, ways * warm)
        begin, cooling, steps, told, passed = self._clock(), hot, 0, 0.0, 0.0
        while True:
            if steps % 8 == 0:
                passed = (self._clock() - begin) / seconds
                if passed >= 1 or stop():
                    break
                cooling = hot * COOLED**passed
            steps += 1
            undo = _Undo(tours)
            removed = self._ruin(undo)
            self._recreate(removed, undo)
            cost = current + undo.added()
            if cost < current - cooling * math.log(self.chance.random() or 1e-12):
                current = cost
                for node in undo.nodes():
                    self._note(node)
                if cost < best - 1e-9:
                    best, kept = cost, tours.state()
                    if passed - told > TELL_EVERY:
                        told = passed
                        better()
            else:
                undo.back()
        tours.back_to(kept)
        return tours.cost()

    def _note(self, node: int) -> None:
        if self.tours.where[node]:
            self._absent.discard(node)
            self._present.add(node)
        else:
            self._absent.add(node)
            self._present.discard(node)

    def _ruin(self, undo: "_Undo") -> list[int]:
        tours, chance, present = self.tours, self.chance, self._present.items
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
        absent = sorted(self._absent)
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
            some = self._some_shifts(node)
            openings = tours.best_for(node, self._blink, float(c.penalty[node]), some)
            if openings:
                undo.remember(tuple(one.shift for one in openings), node)
                tours.put(node, openings)

    def _some_shifts(self, node: int) -> list[tuple[float, int]]:
        """Where the visit is tried: the tours of its nearest neighbours, and some others by chance."""
        tours, able = self.tours, self.tours.c.able[node]
        if len(able) <= CLOSE or tours.c.hands[node] > 1:
            return able
        wishes = tours.c.wishes[node]
        near = {shift for other in self._nearest(node)[:CLOSE] for shift in tours.where[other]}
        near.update(shift for _cost, shift in self.chance.sample(able, FREE_TRIES))
        return sorted((wishes[shift], shift) for shift in near if shift in wishes)

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

    def nodes(self) -> Iterable[int]:
        """The visits that were taken out or put in."""
        return self._where

    def added(self) -> float:
        """What the step has added to the cost of the tours."""
        tours, c = self._tours, self._tours.c
        weights = c.problem.weights
        ways = sum(tours.tours[shift].way - tour.way for shift, tour in self._before.items())
        total = float(weights.travel * ways)
        for node, where in self._where.items():
            now, wishes = tours.where[node], c.wishes[node]
            total += sum(wishes.get(shift, 0.0) for shift in now)
            total -= sum(wishes.get(shift, 0.0) for shift in where)
            total += c.penalty[node] * (bool(where) - bool(now))
        if weights.fairness:
            for worker, load in self._load.items():
                squares = tours.load[worker] ** 2 - load**2
                total += weights.fairness * squares / c.hours[worker]
        return total

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


class _Bag:
    """A set from which one can be drawn by chance at once."""

    def __init__(self, items: Iterable[int] = ()) -> None:
        self.items = list(items)
        self._at = {item: at for at, item in enumerate(self.items)}

    def add(self, item: int) -> None:
        """Puts it in."""
        if item not in self._at:
            self._at[item] = len(self.items)
            self.items.append(item)

    def discard(self, item: int) -> None:
        """Takes it out, if it is in."""
        at = self._at.pop(item, None)
        if at is not None:
            last = self.items.pop()
            if last != item:
                self.items[at] = last
                self._at[last] = at


def _never() -> bool:
    return False
