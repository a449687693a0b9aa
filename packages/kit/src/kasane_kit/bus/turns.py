"""Hands out what waits by towns, so that one that says much delays none that says little."""

import heapq
import itertools
import time
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

SHARED_SECONDS = 1.0
"""So long after a second owner was seen, turns stay short: it may come again at any moment."""
SHARED_TURN = 48 * 1024
WHOLE_TURN = 512 * 1024
PRICE_OF_ONE = 8 * 1024
"""What a message costs beside its length: a transaction of its town."""
LEAST_OF_ONE = 4


class Turns(Generic[T]):
    """What is in hand, each thing with an owner and a size.

    Start-time fair queueing: what an owner brings begins where its own last thing ended, or now. So the first
    thing of a quiet owner comes before all but the first of a busy one, and nobody waits for ever.
    """

    def __init__(self, room: int) -> None:
        """``room`` is how many things may be in hand; no owner may fill it alone."""
        self._room = room
        self._heap: list[tuple[int, int, Hashable, T, int]] = []
        self._count = itertools.count()
        self._in_hand: dict[Hashable, int] = {}
        self._ends: dict[Hashable, int] = {}
        self._now = 0
        self._last: Hashable = None
        self._shared_until = 0.0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, owner: Hashable, thing: T, size: int, *, share: bool = True) -> bool:
        """Takes something in hand; False, and nothing is kept, when its owner has its share there already.

        With ``share`` False it is kept all the same, behind what its owner has.
        """
        if owner != self._last:
            if self._last is not None:
                self._shared_until = time.monotonic() + SHARED_SECONDS
            self._last = owner
        held = self._in_hand.get(owner, 0)
        if share and held >= max(LEAST_OF_ONE, self._room // (1 + max(1, len(self._in_hand)))):
            return False
        self._in_hand[owner] = held + 1
        begins = max(self._now, self._ends.get(owner, 0))
        cost = PRICE_OF_ONE + size
        self._ends[owner] = begins + cost
        heapq.heappush(self._heap, (begins, next(self._count), owner, thing, cost))
        return True

    def take(self) -> list[T]:
        """What is done next, at least one thing if there is any; each owner's things keep their order."""
        # However long it was done without a second owner: things of many owners are a transaction and perhaps a
        # connection each, and what is done next must not keep the broker waiting for a sign of life.
        shared = len(self._in_hand) > 1 or time.monotonic() < self._shared_until
        left = SHARED_TURN if shared else WHOLE_TURN
        taken = []
        while self._heap and left > 0:
            begins, _, owner, thing, cost = heapq.heappop(self._heap)
            self._now = begins
            left -= cost
            taken.append(thing)
            self._in_hand[owner] -= 1
            if not self._in_hand[owner]:
                del self._in_hand[owner]
        if not self._heap:
            self._ends.clear()
        return taken

    def clear(self) -> None:
        """Lets go of everything."""
        self._heap.clear()
        self._in_hand.clear()
        self._ends.clear()
