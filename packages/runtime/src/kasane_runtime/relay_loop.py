"""Lets the relay of a service take turns between the towns."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import nsmallest

from kasane_kit.bus import Relay
from kasane_kit.bus.relay import BATCH, AnotherLeads
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.compose import Composition

RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 5.0
SHORTEST_POLL_SECONDS = 0.02
LONGEST_POLL_SECONDS = 0.2
MOST_POLLS_PER_SECOND = 100
FEW_TOWNS = 100
LOOKS_PER_SECOND = 10
LOOKS_PER_SECOND_AT_MANY = 3
"""Into towns to which no connection is kept, a look is mostly the opening of one."""
STANDBY_SECONDS = 1.0
SHARED_BATCH = 100
SHARED_SECONDS = 1.0
"""So long after a second town had something to say, a busy one says little in a turn."""
MOST_TOGETHER = 16
MOST_BUSY = 4
ALONE_SECONDS = 30.0

Warn = Callable[[str, Exception], None]


def looks_per_second(towns: int) -> int:
    """How many towns a loop looks into by itself while it is told what happens: only for what got lost on its way."""
    return LOOKS_PER_SECOND if towns <= FEW_TOWNS else LOOKS_PER_SECOND_AT_MANY


class RelayLoop:
    """Relays one service's outbox in every municipality: at once when woken, and now and then without that."""

    def __init__(
        self, composition: Composition, relay: Relay, stop: threading.Event, warn: Warn
    ) -> None:
        self._warn = warn
        self._composition = composition
        self._relay = relay
        self._stop = stop
        self._pause = dict.fromkeys(composition.municipalities(), SHORTEST_POLL_SECONDS)
        self._due = dict.fromkeys(composition.municipalities(), 0.0)
        self._failing: set[str] = set()
        self._busy: set[str] = set()
        self._moved: dict[str, float] = {}
        self._was_quiet = False
        self._alone_until = 0.0
        self._failures = composition.house.meters.relay_failing

    def run(self) -> None:
        """Works until the stop is asked for."""
        while not self._stop.is_set():
            now = time.monotonic()
            due = nsmallest(
                1 if now < self._alone_until else MOST_TOGETHER,
                (code for code, when in self._due.items() if when <= now),
                key=self._due.__getitem__,
            )
            self._round(self._next(due))
            left = min(self._due.values()) - time.monotonic()
            woken = self._composition.wake.wait(max(0.0, left))
            now = time.monotonic()
            for municipality in (woken & self._due.keys()) - self._failing:
                self._due[municipality] = min(now, self._due[municipality])

    def _next(self, due: Sequence[str]) -> Sequence[str]:
        """Quiet towns together, then a few busy ones: neither waits for more than one round of the others."""
        busy = [code for code in due if code in self._busy]
        quiet = [code for code in due if code not in self._busy]
        self._was_quiet = bool(quiet) and not (busy and self._was_quiet)
        return quiet if self._was_quiet else busy[:MOST_BUSY]

    def _round(self, due: Sequence[str]) -> None:
        """A turn of some towns with one wait for the broker.

        A town alone may say much in a turn; beside others it says little, and has the next turn soon.
        """
        now = time.monotonic()
        others = [code for code, when in self._moved.items() if now - when < SHARED_SECONDS]
        most = BATCH if len({*others, *due[:1]}) <= 1 and len(due) == 1 else SHARED_BATCH
        shares = []
        for municipality in due:
            if self._stop.is_set():
                return
            with self._may_fail(municipality), municipality_scope(municipality):
                try:
                    share = self._relay.take(most, certain=municipality in self._busy)
                except AnotherLeads:
                    self._stands_by(municipality)
                    continue
                if share is None:
                    self._idles(municipality)
                else:
                    shares.append(share)
        try:
            if len(shares) > 1:
                self._relay.publish(shares)
        except Exception as error:
            # It may be the fault of one of them: for a while each goes by itself.
            self._warn(f"relay of {self._relay.service}, {len(shares)} towns together", error)
            self._alone_until = time.monotonic() + ALONE_SECONDS
            return
        for share in shares:
            with self._may_fail(share.municipality), municipality_scope(share.municipality):
                if len(shares) == 1:
                    self._relay.publish(shares)
                self._relay.mark(share)
                self._moves(share.municipality, full=len(share.events) >= most)

    @contextmanager
    def _may_fail(self, municipality: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._warn(f"relay of {self._relay.service} in {municipality}", error)
            self._failing.add(municipality)
            self._failures.labels(self._relay.service, municipality).set(1)
            self._later(municipality, RETRY_SECONDS, LONGEST_RETRY_SECONDS)

    def _moves(self, municipality: str, *, full: bool) -> None:
        """More is likely to follow: a moment later it goes in fewer messages."""
        self._recovers(municipality)
        now = time.monotonic()
        self._pause[municipality] = SHORTEST_POLL_SECONDS
        self._due[municipality] = now if full else now + SHORTEST_POLL_SECONDS
        self._moved[municipality] = now
        if full:
            self._busy.add(municipality)
        else:
            self._busy.discard(municipality)

    def _idles(self, municipality: str) -> None:
        self._recovers(municipality)
        self._busy.discard(municipality)
        self._moved.pop(municipality, None)
        told = self._composition.wake.hears
        # With many towns the idle polls of all of them stay within a bound.
        most = looks_per_second(len(self._due)) if told else MOST_POLLS_PER_SECOND
        longest = max(LONGEST_POLL_SECONDS, len(self._due) / most)
        self._later(municipality, longest if told else SHORTEST_POLL_SECONDS, longest)

    def _stands_by(self, municipality: str) -> None:
        """Something waits there: should its leader be gone, it must not wait for the next idle look."""
        self._recovers(municipality)
        self._busy.discard(municipality)
        self._later(municipality, SHORTEST_POLL_SECONDS, STANDBY_SECONDS)

    def _recovers(self, municipality: str) -> None:
        if municipality in self._failing:
            self._failing.discard(municipality)
            self._failures.labels(self._relay.service, municipality).set(0)

    def _later(self, municipality: str, shortest: float, longest: float) -> None:
        pause = min(max(self._pause[municipality], shortest), longest)
        self._due[municipality] = time.monotonic() + pause
        self._pause[municipality] = min(pause * 2, longest)
