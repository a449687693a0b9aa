"""Keeps the hooks of every town: built on first use, a few kept ready, the standing of each hook kept longer."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from weakref import WeakValueDictionary

from kasane_kit.meters import Meters
from kasane_kit.plugins.breaker import BreakerChange
from kasane_kit.plugins.catalogue import InstalledPlugin, catalogue
from kasane_kit.plugins.growth import held_bytes
from kasane_kit.plugins.hooks import Hooks, do_later
from kasane_kit.plugins.limits import Limits
from kasane_kit.plugins.manager import build_manager, deprecations_of, made_plugins
from kasane_kit.plugins.outcomes import FailureKind, MisconfiguredTown
from kasane_kit.plugins.standing import WHOLE, HookStanding, Standing
from kasane_kit.tenancy import Town, TownDirectory
from kasane_kit.traces import Traces

_MOST_CHANGES = 1000


@dataclass(frozen=True)
class _Built:
    revision: int
    hooks: Hooks | MisconfiguredTown


class _Turn:
    """Lets one thread at a time build a town; another town's building waits for nobody."""

    def __init__(self) -> None:
        self.lock = Lock()


class PluginHouse:
    """The hooks of every town, each town's built on first use and again when its revision moves.

    ``limits.kept`` towns stay ready, the least lately used is let go. What failed in a town is remembered
    beyond that, until its revision moves. ``meters`` count over all towns.
    """

    def __init__(
        self,
        directory: TownDirectory,
        *,
        installed: Callable[[], Mapping[str, InstalledPlugin]] = catalogue,
        trace: bool = False,
        limits: Limits | None = None,
        seconds: Callable[[], float] = monotonic,
        meters: Meters | None = None,
        traces: Traces | None = None,
    ) -> None:
        self.meters = meters or Meters()
        self._traces = traces or Traces()
        self.limits = limits or Limits()
        self._directory = directory
        self._installed = installed
        self._trace = trace
        self._seconds = seconds
        self._lock = Lock()
        self._built: OrderedDict[str, _Built] = OrderedDict()
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
        self._standings: dict[str, tuple[int, Standing]] = {}
        self._changes: deque[BreakerChange] = deque(maxlen=_MOST_CHANGES)

    def hooks_for(self, municipality: str) -> Hooks:
        """The town's hooks; raises MisconfiguredTown, and UnknownTown as the directory does."""
        town = self._directory.get(municipality)
        built = self._ready(town)
        if built is None:
            with self._lock:
                turn = self._turns.setdefault(town.code, _Turn())
            with turn.lock:
                built = self._ready(town) or self._keep(town, self._build(town))
        if isinstance(built.hooks, MisconfiguredTown):
            raise MisconfiguredTown(built.hooks.code, built.hooks.sentence) from built.hooks
        return built.hooks

    def town(self, municipality: str) -> Town:
        """The town with its set of today; raises UnknownTown as the directory does."""
        return self._directory.get(municipality)

    def places(self) -> tuple[Town, ...]:
        """Every place whose plugins can be asked, ordered by code."""
        return self._directory.towns()

    def misconfigured(self) -> tuple[MisconfiguredTown, ...]:
        """Every town whose plugins cannot be used, with the sentence to show; nothing is kept ready by it.

        What a town chose for itself is judged when it is used, not here: of 1,800 towns no database is opened.
        """
        return tuple(self._problems())

    def failing(self, municipality: str) -> tuple[HookStanding, ...]:
        """The hooks of a town that failed since they last answered in this process."""
        found = self._standings.get(municipality)
        return found[1].failing() if found else ()

    def changes(self, municipality: str) -> tuple[BreakerChange, ...]:
        """What was left alone or asked again in a town since this was last called; each is given once."""
        with self._lock:
            if not any(one.municipality == municipality for one in self._changes):
                return ()
            found = tuple(one for one in self._changes if one.municipality == municipality)
            rest = [one for one in self._changes if one.municipality != municipality]
            self._changes.clear()
            self._changes.extend(rest)
            return found

    def look_at_growth(self, municipality: str) -> tuple[str, ...]:
        """The plugins of a town that hold more memory than they may; they are left alone and made anew."""
        with self._lock:
            built = self._built.get(municipality)
        if built is None or isinstance(built.hooks, MisconfiguredTown):
            return ()
        hooks = built.hooks
        grown = tuple(
            name
            for name in hooks.town.plugins
            if held_bytes(hooks.manager.get_plugin(name), self.limits.growth) > self.limits.growth
        )
        for name in grown:
            reason = f"使うメモリーが上限の{self.limits.growth // (1024 * 1024)}MBを超えました"
            hooks.standing.failed(name, WHOLE, reason, FailureKind.GREW)
        if grown:
            with self._lock:
                if self._built.get(municipality) is built:
                    del self._built[municipality]
        return grown

    def _problems(self) -> Iterator[MisconfiguredTown]:
        for town in self._directory.towns():
            try:
                made_plugins(town, self._installed(), self.limits)
            except MisconfiguredTown as problem:
                yield problem

    def _ready(self, town: Town) -> _Built | None:
        with self._lock:
            built = self._built.get(town.code)
            if built is None or built.revision != town.revision:
                return None
            self._built.move_to_end(town.code)
            return built

    def _keep(self, town: Town, hooks: Hooks | MisconfiguredTown) -> _Built:
        built = _Built(town.revision, hooks)
        with self._lock:
            self._built[town.code] = built
            self._built.move_to_end(town.code)
            while len(self._built) > self.limits.kept:
                code, _ = self._built.popitem(last=False)
                _, standing = self._standings[code]
                if not standing.failing():
                    del self._standings[code]
        return built

    def _build(self, town: Town) -> Hooks | MisconfiguredTown:
        standing = self._standing(town)
        try:
            manager = build_manager(town, self._installed(), self.limits)
        except MisconfiguredTown as problem:
            return problem

        return Hooks(
            town,
            manager,
            trace=self._trace,
            standing=standing,
            is_other_town=lambda code: self._is_other(town, code),
            counted=lambda: do_later(lambda: self.look_at_growth(town.code)),
            deprecations=deprecations_of(manager, town.plugins),
        )

    def _standing(self, town: Town) -> Standing:
        with self._lock:
            revision, standing = self._standings.get(town.code, (-1, None))
            if standing is None or revision != town.revision:
                standing = Standing(
                    town.code,
                    self.limits,
                    self.meters,
                    heard=self._changes.append,
                    seconds=self._seconds,
                    traces=self._traces,
                )
                self._standings[town.code] = (town.revision, standing)
            return standing

    def _is_other(self, town: Town, code: str) -> bool:
        """Whether a code is that of another town of the installation."""
        if code in (town.code, town.prefecture):
            return False
        return self._directory.serves(code)
