"""Knows the towns of the files, each with the set of plugins that it chose for itself."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from kasane_kit.tenancy.chosen import ChosenSet
from kasane_kit.tenancy.directory import TownDirectory, UnknownTown
from kasane_kit.tenancy.town import Town

log = logging.getLogger("kasane.tenancy")

FRESH_SECONDS = 2.0
_STEP = 10_000_000  # beyond every revision of a file, which is the number of a day


@dataclass(frozen=True)
class _Read:
    base: Town
    chosen: ChosenSet | None
    town: Town
    until: float


class ProjectedTownDirectory:
    """The towns of another directory; where one chose its plugins, it has those.

    ``read`` gives the choice of a town, or None. What was read holds for ``fresh_for`` seconds, so another
    process's change is seen by then; ``look_again`` makes the next question read at once. When a choice cannot be
    read, the last one known stands, and where none is known the error goes to who asked.
    """

    def __init__(
        self,
        files: TownDirectory,
        read: Callable[[str], ChosenSet | None],
        *,
        seconds: Callable[[], float] = monotonic,
        fresh_for: float = FRESH_SECONDS,
    ) -> None:
        self._files = files
        self._choice = read
        self._seconds = seconds
        self._fresh_for = fresh_for
        self._read: dict[str, _Read] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, code: str) -> Town:
        """The town with this code and its set of today; raises UnknownTown."""
        base = self._files.get(code)
        known = self._read.get(code)
        if known is not None and known.until > self._seconds():
            return known.town if known.base is base else self._keep(base, known.chosen, known.until)
        with self._guard:
            turn = self._turns.setdefault(code, threading.Lock())
        # Who finds somebody else reading takes what was known, so that no thread that holds a
        # connection waits for another one.
        if not turn.acquire(blocking=known is None):
            assert known is not None
            return known.town
        try:
            waited = self._read.get(code)
            if known is None and waited is not None:
                return waited.town
            return self._keep(base, self._chosen(code, known), self._seconds() + self._fresh_for)
        finally:
            turn.release()

    def towns(self) -> tuple[Town, ...]:
        """All towns as their files have them, ordered by code: no town's choice is read."""
        return self._files.towns()

    def serves(self, code: str) -> bool:
        """Whether there is such a town; no choice is read."""
        try:
            self._files.get(code)
        except UnknownTown:
            return False
        return True

    def look_again(self, code: str) -> None:
        """Makes the next question about a town read its choice anew."""
        known = self._read.get(code)
        if known is not None:
            self._read[code] = replace(known, until=float("-inf"))

    def _chosen(self, code: str, known: _Read | None) -> ChosenSet | None:
        try:
            return self._choice(code)
        except Exception:
            if known is None:
                raise
            log.warning("the set of %s was not read; the one known stands", code, exc_info=True)
            return known.chosen

    def _keep(self, base: Town, chosen: ChosenSet | None, until: float) -> Town:
        town = with_choice(base, chosen)
        self._read[base.code] = _Read(base, chosen, town, until)
        return town


def with_choice(base: Town, chosen: ChosenSet | None) -> Town:
    """The town of a file with the set that it chose; a file that began after the choice takes over."""
    if chosen is None or chosen.chosen_on.toordinal() < base.revision:
        return base
    return replace(
        base,
        plugins=chosen.plugins,
        settings=chosen.settings,
        revision=base.revision + chosen.revision * _STEP,
        installed=base.plugins,
        file="",
        lines={},
    )
