"""Commits consultations from several threads while things go wrong, and remembers what was confirmed."""

from __future__ import annotations

import random
import threading

from kasane_runtime.compose import Composition
from tests.faults.small_house import say_one

PAUSE_SECONDS = 0.04
AGAIN_SECONDS = 0.3


class Load:
    """Producers that go on through every outage; an id whose commit failed is never used again."""

    def __init__(self, composition: Composition, seed: int) -> None:
        self._composition = composition
        self._seed = seed
        self._round = 0
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._change = threading.Lock()
        self.confirmed: list[tuple[str, str]] = []
        self.refused = 0

    def start(self, producers: int = 2, *, longest_linger: float = 0) -> None:
        """Starts so many producers; each keeps a transaction open for up to ``longest_linger`` seconds."""
        for _ in range(producers):
            self._round += 1
            thread = threading.Thread(
                target=self._produce, args=(f"load-{self._round}", longest_linger), daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Returns when every producer has finished its last transaction."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._stop.clear()

    def _produce(self, name: str, longest_linger: float) -> None:
        draw = random.Random(f"{self._seed}-{name}")
        towns = [town.code for town in self._composition.directory.towns()]
        number = 0
        while not self._stop.is_set():
            number += 1
            town = draw.choice(towns)
            linger = draw.uniform(0, longest_linger)
            try:
                done = say_one(self._composition, town, name, number, linger=linger)
            except Exception:
                # Perhaps committed, perhaps not: nobody was told, so either is right.
                with self._change:
                    self.refused += 1
                self._stop.wait(AGAIN_SECONDS)
            else:
                with self._change:
                    self.confirmed.append((town, done))
            self._stop.wait(draw.uniform(0, 2 * PAUSE_SECONDS))
