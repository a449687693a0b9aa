"""Stops a plugin's code that computes or waits for too long, in the thread that called it.

The call runs where it was asked; one thread beside it looks at all running calls and raises OverBudget inside one
that is over its budget. What computes in Python stops within milliseconds. What waits inside one call into C cannot
be stopped from outside: its caller is told when it comes back, and docs/decisions/0012 says what then.
"""

import ctypes
import gc
import logging
import os
import threading
from collections.abc import Callable, Iterator
from time import clock_gettime, perf_counter, pthread_getcpuclockid, sleep, thread_time
from typing import Any, TypeVar
from weakref import WeakSet

T = TypeVar("T")

log = logging.getLogger("kasane.plugins")

COMPUTING = "computing"
WAITING = "waiting"

_TICK = 0.01
_LINGER = 100  # ticks without a call before the thread goes to sleep
_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in.argtypes = (ctypes.c_ulong, ctypes.py_object)
_of_thread = threading.local()


class OverBudget(BaseException):
    """A call took longer than it may; ``how`` is COMPUTING or WAITING. A plugin must not catch it."""

    how = COMPUTING


class _Collections:
    """Counts the full garbage collections of the process: their time is nobody's computing."""

    count = 0

    def __call__(self, moment: str, facts: dict[str, int]) -> None:
        if moment == "start" and facts["generation"] == 2:
            self.count += 1


class _Call:
    """One running call: whose thread, until when it may compute and until when it may last."""

    __slots__ = ("clock", "collections", "ended", "how", "lasts_until", "late", "thread", "until")

    def __init__(self, budget: float, patience: float, late: Callable[[str], None] | None) -> None:
        self.thread = threading.get_ident()
        self.clock = _clock_of_this_thread()
        self.collections = _collections.count
        self.ended = False
        self.how = ""
        self.late = late
        self.lasts_until = perf_counter() + patience
        self.until = thread_time() + budget


class Watchdog:
    """Looks at the calls of one process; its thread starts with the first call and again after a fork."""

    def __init__(self) -> None:
        self._begin()
        _watchdogs.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._calls: dict[int, _Call] = {}
        self._chores: list[Callable[[], object]] = []
        self._thread: threading.Thread | None = None
        self._asleep = True

    def run(
        self,
        work: Callable[[], T],
        *,
        budget: float,
        patience: float,
        late: Callable[[str], None] | None = None,
    ) -> T:
        """What ``work`` returns; raises OverBudget when it computed or lasted for longer, both in seconds.

        ``late`` hears from another thread, at once, that a call was found over its budget, with COMPUTING or
        WAITING: the call itself may still go on. An answer that comes too late is thrown away.
        """
        call = _Call(budget, patience, late)
        try:
            try:
                self._calls[id(call)] = call
                if self._asleep:
                    self._start()
                found = work()
            finally:
                self._end(call)
        except OverBudget:
            self._surely_end(call)
            raise _over(call.how or COMPUTING) from None
        except BaseException:
            if call.how:
                self._surely_end(call)
                raise _over(call.how) from None
            raise
        if call.how:
            self._surely_end(call)
            raise _over(call.how)
        if thread_time() > call.until and call.collections == _collections.count:
            raise _over(COMPUTING)
        if perf_counter() > call.lasts_until:
            raise _over(WAITING)
        return found

    def do_later(self, chore: Callable[[], object]) -> None:
        """Does something small in the watchdog's thread, so that no request waits for it."""
        self._chores.append(chore)
        if self._asleep:
            self._start()

    def _end(self, call: _Call) -> None:
        with self._lock:
            call.ended = True
            self._calls.pop(id(call), None)

    def _surely_end(self, call: _Call) -> None:
        """Ends the call even while OverBudget goes on being raised, and takes back one not yet raised."""
        while True:
            try:
                self._end(call)
                _raise_in(call.thread, ctypes.py_object())
                return
            except OverBudget:
                continue

    def _start(self) -> None:
        with self._lock:
            self._asleep = False
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._watch, name="kasane-watchdog", daemon=True
                )
                self._thread.start()
        self._wake.set()

    def _watch(self) -> None:
        idle = 0
        while True:
            if idle > _LINGER:
                self._wake.clear()
                self._asleep = True
                if not self._calls and not self._chores:
                    self._wake.wait()
                self._asleep = False
                idle = 0
            sleep(_TICK)
            running = list(self._calls.values())
            idle = 0 if running or self._chores else idle + 1
            for call in running:
                self._look(call)
            for chore in self._taken_chores():
                try:
                    chore()
                except Exception:
                    log.exception("a chore beside the requests failed; the next ones go on")

    def _taken_chores(self) -> Iterator[Callable[[], object]]:
        while self._chores:
            yield self._chores.pop(0)

    def _look(self, call: _Call) -> None:
        try:
            computing = clock_gettime(call.clock) > call.until
        except OSError:  # the thread has gone
            return
        computing = computing and call.collections == _collections.count
        waiting = perf_counter() > call.lasts_until
        if not computing and not waiting:
            return
        with self._lock:
            if call.ended:
                return
            first = not call.how
            if first:
                call.how = COMPUTING if computing else WAITING
            _raise_in(call.thread, OverBudget)
        if first and call.late is not None:
            call.late(call.how)


def in_its_own_thread(work: Callable[[], T], patience: float) -> T:
    """What ``work`` returns, done in a thread of its own that is left behind after ``patience`` seconds.

    For work that is known to hang: the caller never waits longer. Raises OverBudget, and whatever work raises.
    """
    found: list[Any] = []
    raised: list[BaseException] = []

    def do() -> None:
        try:
            found.append(work())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=do, name="kasane-plugin-trial", daemon=True)
    thread.start()
    thread.join(patience)
    if raised:
        raise raised[0]
    if not found:
        raise _over(WAITING)
    result: T = found[0]
    return result


def _over(how: str) -> OverBudget:
    error = OverBudget()
    error.how = how
    return error


def _clock_of_this_thread() -> int:
    found: int | None = getattr(_of_thread, "clock", None)
    if found is None:
        found = _of_thread.clock = pthread_getcpuclockid(threading.get_ident())
    return found


def _after_fork() -> None:
    for one in list(_watchdogs):
        one._begin()


_collections = _Collections()
_watchdogs: "WeakSet[Watchdog]" = WeakSet()
gc.callbacks.append(_collections)
os.register_at_fork(after_in_child=_after_fork)
