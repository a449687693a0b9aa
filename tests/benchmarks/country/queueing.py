"""Queues: customers of one station with several servers, and events that a polling relay hands on in batches."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Draw = Callable[[], float]


def poisson(draw: random.Random, per_second: float, seconds: float) -> Iterator[float]:
    """Moments of arrival in a stretch of time."""
    at = draw.expovariate(per_second)
    while at < seconds:
        yield at
        at += draw.expovariate(per_second)


def served(arrivals: Iterable[float], servers: int, service: Draw) -> tuple[list[float], float]:
    """Seconds from arrival to the end of each customer, first come first served, and how long servers were at work."""
    free = [0.0] * servers
    spent, busy = [], 0.0
    for at in arrivals:
        begin = max(at, free[0])
        seconds = service()
        heapq.heapreplace(free, begin + seconds)
        busy += seconds
        spent.append(begin + seconds - at)
    return spent, busy


@dataclass(frozen=True)
class Bus:
    """What a turn of the relay and a batch of the consumer cost, and how the relay looks for events."""

    relay_turn: float
    relay_event: float
    consumer_batch: float
    consumer_event: float
    shortest_poll: float
    longest_poll: float
    polls_per_second: float
    batch: int
    bell: float = 0
    """After how long a commit wakes the relay; 0 where nothing is heard and the relay looks by itself."""


class _Relay:
    """The polls of one town: at once after activity, with doubled pauses while nothing comes."""

    def __init__(self, bus: Bus, longest: float) -> None:
        self._bus = bus
        self._longest = longest
        self._next = 0.0
        self._pause = bus.shortest_poll

    def sees(self, at: float) -> float:
        """When an event of this moment is found: by the bell, or by the next look."""
        if self._bus.bell:
            return at + self._bus.bell
        while self._next < at:
            self._next += self._pause
            if self._pause >= self._longest:
                # The rest of the idle time in one step.
                missing = max(0.0, at - self._next)
                self._next += -(-missing // self._longest) * self._longest
            self._pause = min(self._pause * 2, self._longest)
        return self._next

    def goes_on(self, ended: float) -> None:
        """After a turn that found something."""
        self._pause = self._bus.shortest_poll
        self._next = ended + self._pause


def carried(streams: Iterable[list[float]], bus: Bus) -> tuple[list[float], float]:
    """Seconds from commit to commit of every event of one service's streams, and how long the consumer worked.

    One worker relays the towns in turn and one consumer applies all of them, a batch of one stream each time.
    """
    streams = [arrivals for arrivals in streams if arrivals]
    longest = max(bus.longest_poll, len(streams) / bus.polls_per_second)
    waiting = []
    relays = [_Relay(bus, longest) for _ in streams]
    places = [0] * len(streams)
    for number, arrivals in enumerate(streams):
        heapq.heappush(waiting, (relays[number].sees(arrivals[0]), number))
    free = done = busy = 0.0
    spent: list[float] = []
    while waiting:
        seen, number = heapq.heappop(waiting)
        arrivals, first = streams[number], places[number]
        begin = max(seen, free)
        end = first
        while end < len(arrivals) and arrivals[end] <= begin and end - first < bus.batch:
            end += 1
        free = begin + bus.relay_turn + (end - first) * bus.relay_event
        work = bus.consumer_batch + (end - first) * bus.consumer_event
        done = max(free, done) + work
        busy += work
        spent += [done - at for at in arrivals[first:end]]
        places[number] = end
        relays[number].goes_on(free)
        if end < len(arrivals):
            full = end - first == bus.batch
            heapq.heappush(waiting, (free if full else relays[number].sees(arrivals[end]), number))
    return spent, busy


def quantile(values: list[float], share: float) -> float:
    """The value below which a share of all lie; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
