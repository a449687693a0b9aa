"""Runs the loops behind the pages: relays, consumers, and the sweep for what the bus lost."""

import logging
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from kasane_kit.bus import Message, TransportUnavailable
from kasane_kit.bus.transports.amqp import AmqpConsumer
from kasane_kit.config import SettingsError
from kasane_kit.db import is_because_closed, is_outage, listen
from kasane_kit.delivery import NotDelivered, Stream
from kasane_kit.logs import said
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_runtime.audit_heads import heads_page
from kasane_runtime.compose import Composition
from kasane_runtime.jobs import JobLoop
from kasane_runtime.meter_server import HEADS_PATH, METERS_PATH, MeterServer, meters_page
from kasane_runtime.relay_loop import (
    LONGEST_RETRY_SECONDS,
    RETRY_SECONDS,
    SHORTEST_POLL_SECONDS,
    RelayLoop,
    looks_per_second,
)

log = logging.getLogger("kasane.processes")

SWEEP_SECONDS = 30.0
IDLE_SECONDS = 1.0
TURN = 200
ENDING = {signal.SIGTERM, signal.SIGINT}
GUNICORN = 'gunicorn --config deploy/gunicorn.conf.py "kasane_runtime.wsgi:application()"'


@dataclass(frozen=True)
class Process:
    """One process of the distributed mode: its name, how it is started, what it is told."""

    name: str
    command: str
    environment: Mapping[str, str] = field(default_factory=dict)


def process_table(services: Iterable[str]) -> tuple[Process, ...]:
    """Which processes of ours the distributed mode consists of; compose.yaml holds the same."""
    mode = {"KASANE_MODE": "distributed"}
    table = [Process("migrate", "kasane migrate", mode)]
    for name in sorted(services):
        table.append(Process(f"{name}-web", GUNICORN, {**mode, "KASANE_TARGET": name}))
        table.append(Process(f"{name}-worker", f"kasane work {name}", mode))
    return tuple(table)


def settle(composition: Composition) -> int:
    """Relays in every municipality until nobody has more to say; returns how many went out."""
    total = 0
    while True:
        moved = sum(relay_municipality(composition, code) for code in composition.municipalities())
        if not moved:
            return total
        total += moved


def relay_municipality(composition: Composition, municipality: str) -> int:
    """One turn of every service's relay in one municipality; returns how many went out.

    More may wait: who says something in every moment has its next turn after the others. A service
    that cannot say anything now does not silence the others; its error is raised last.
    """
    moved = 0
    failure: Exception | None = None
    with municipality_scope(municipality):
        for relay in composition.relays.values():
            try:
                moved += relay.run_once()
            except Exception as error:
                failure = failure or error
    if failure is not None:
        raise failure
    return moved


def sweep(composition: Composition, consumers: tuple[str, ...] = ()) -> int:
    """Compares every producer's head with every consumer's cursor and applies what is missing."""
    applied = 0
    for consumer in consumers or tuple(composition.services):
        for producer in composition.producers_heard_by(consumer):
            for municipality in composition.municipalities():
                try:
                    applied += composition.deliveries[consumer].catch_up(municipality, producer)
                except Exception as error:
                    _warn(f"sweep of {producer} for {consumer} in {municipality}", error)
    return applied


def work(composition: Composition, service: str) -> int:
    """Runs the worker of one service until SIGTERM or SIGINT; returns the exit status.

    Raises SettingsError when there is no such service.
    """
    if service not in composition.services:
        known = ", ".join(composition.services)
        raise SettingsError(f"there is no service {service!r}; nothing was started; choose {known}")
    # Blocked here and in every thread to come, so that only the loop below takes the signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    worker = Worker(composition, service)
    worker.start()
    signal.sigwait(ENDING)
    worker.stop()
    return 0


class Worker:
    """Relay, consumer, sweep and jobs of one service, a thread each; an outage ends none of them."""

    def __init__(self, composition: Composition, service: str) -> None:
        settings = composition.settings
        self._composition = composition
        self._service = service
        composition.wake.relayed_here(service)
        self._stop = threading.Event()
        self._delivery = composition.deliveries[service]
        self._producers = composition.producers_heard_by(service)
        self._consumer = AmqpConsumer(
            settings.broker_url,
            service,
            self._producers,
            composition.municipalities() if settings.served_towns else (),
        )
        self._behind = Behind()
        self._threads = [
            threading.Thread(target=self._guarded, args=(loop,), name=f"{service}-{name}")
            for name, loop in (
                ("relay", self._relay),
                ("ear", self._listen),
                ("consumer", self._consume),
                ("sweep", self._sweep),
                ("jobs", self._jobs),
            )
            if (name != "jobs" or self._has_jobs()) and (name != "ear" or self._may_listen())
        ]
        self._meters = (
            MeterServer(
                {
                    METERS_PATH: meters_page(composition.house.meters),
                    HEADS_PATH: heads_page(composition, (service,)),
                },
                settings.meters_bind,
                settings.meters_token,
            )
            if settings.meters_bind
            else None
        )

    def start(self) -> None:
        """Starts the threads."""
        if self._meters is not None:
            self._meters.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Returns when every thread has finished what it had in hand."""
        if self._meters is not None:
            self._meters.stop()
        self._stop.set()
        self._composition.wake("")
        self._behind.everything()
        for thread in self._threads:
            thread.join()
        self._composition.house.databases.dispose()

    def _guarded(self, loop: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                loop()
            except Exception:
                log.exception("a loop of %s ended and is started again", self._service)
                self._stop.wait(RETRY_SECONDS)

    def _relay(self) -> None:
        RelayLoop(
            self._composition, self._composition.relays[self._service], self._stop, _warn
        ).run()

    def _listen(self) -> None:
        """What web processes commit is relayed at once; while nothing can be heard, the relay looks by itself."""
        wake, towns = self._composition.wake, self._composition.municipalities()

        def hears(now: bool) -> None:
            # What was committed around the change was perhaps told to nobody.
            wake.hears = now
            wake.look_at(towns)

        while not self._stop.is_set():
            try:
                listen(
                    self._composition.house.databases,
                    self._service,
                    wake.here,
                    self._stop,
                    lambda: hears(True),
                )
            except Exception as error:
                if wake.hears:
                    hears(False)
                _warn(f"the ear of {self._service}", error)
                self._stop.wait(LONGEST_RETRY_SECONDS)

    def _consume(self) -> None:
        known = frozenset(self._streams())

        def let_go(stream: Stream) -> None:
            if stream in known:
                self._behind.hurry([stream])

        self._consumer.run(self._take, self._stop, self._behind.everything, let_go)

    def _streams(self) -> Sequence[Stream]:
        return [
            (municipality, producer)
            for municipality in self._composition.municipalities()
            for producer in self._producers
        ]

    def _may_listen(self) -> bool:
        # The bell hangs in the host's database, closed to a worker of single towns: its relay looks by itself.
        return HOST in self._composition.municipalities()

    def _has_jobs(self) -> bool:
        service = self._composition.services[self._service]
        return bool(service.jobs or service.parcels)

    def _jobs(self) -> None:
        JobLoop(self._composition, (self._service,), self._stop, _warn).run()

    def _take(self, messages: Sequence[Message]) -> Collection[int]:
        outcome = self._delivery.deliver_messages(messages)
        if outcome.waiting:
            # Their events are in the log, so the messages may go: one town's outage holds up no
            # other.
            self._behind.add(outcome.waiting)
            self._stop.wait(SHORTEST_POLL_SECONDS)
        self._behind.hurry(outcome.unfinished)
        return outcome.unparked

    def _sweep(self) -> None:
        every = frozenset(self._streams())
        towns = self._composition.municipalities() if self._producers else ()
        while not self._stop.is_set():
            wanted, all_of_them = self._behind.wait(SWEEP_SECONDS)
            urgent = self._behind.is_called_for()
            queue = deque(sorted(wanted & every))
            unseen = deque(towns if all_of_them else ())
            while (queue or unseen) and not self._stop.is_set():
                if unseen:
                    queue.extend(set(self._look(unseen.popleft())).difference(queue))
                    urgent = urgent or self._behind.is_called_for()
                if queue:
                    stream = queue.popleft()
                    if self._is_behind_still(stream):
                        queue.append(stream)
                elif unseen and not urgent:
                    self._behind.pause(1 / looks_per_second(len(towns)))
                queue.extendleft((self._behind.hurried() & every).difference(queue))

    def _look(self, municipality: str) -> Sequence[Stream]:
        """The streams of a town that do not end where the service stands."""
        try:
            found = self._delivery.behind(municipality, self._producers)
        except Exception as error:
            _warn(f"sweep for {self._service} in {municipality}", error)
            self._behind.add((municipality, producer) for producer in self._producers)
            return ()
        return [(municipality, producer) for producer in found]

    def _is_behind_still(self, stream: Stream) -> bool:
        """Takes one turn; whether another one is to follow when the others had theirs."""
        try:
            done = self._delivery.catch_up(*stream, most=TURN)
        except Exception as error:
            _warn(f"sweep of {stream[1]} for {self._service} in {stream[0]}", error)
            self._behind.add([stream])
            return False
        self._behind.caught_up()
        return done >= TURN


class Behind:
    """Which streams wait for the sweep, and when they are tried again."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._streams: set[Stream] = set()
        self._hurried: set[Stream] = set()
        self._next_of_all = 0.0
        self._called_for = False
        self._pause = RETRY_SECONDS

    def add(self, streams: Iterable[Stream]) -> None:
        """Marks streams that could not be moved on."""
        with self._condition:
            self._streams.update(streams)
            self._condition.notify_all()

    def hurry(self, streams: Iterable[Stream]) -> None:
        """Marks streams that can be moved on at once."""
        with self._condition:
            self._hurried.update(streams)
            self._condition.notify_all()

    def hurried(self) -> set[Stream]:
        """Takes out the streams that can be moved on at once."""
        with self._condition:
            hurried, self._hurried = self._hurried, set()
            return hurried

    def everything(self) -> None:
        """Asks for a sweep of every stream at once: messages may have been lost."""
        with self._condition:
            self._next_of_all = 0.0
            self._called_for = True
            self._condition.notify_all()

    def is_called_for(self) -> bool:
        """Whether ``everything`` was asked for since this was asked last."""
        with self._condition:
            called_for, self._called_for = self._called_for, False
            return called_for

    def pause(self, seconds: float) -> None:
        """Waits so long, or until something is hurried or everything asked for."""
        with self._condition:
            self._condition.wait_for(lambda: self._hurried or self._called_for, seconds)

    def caught_up(self) -> None:
        """Something went well: the next failure is tried again soon."""
        with self._condition:
            self._pause = RETRY_SECONDS

    def wait(self, seconds: float) -> tuple[set[Stream], bool]:
        """Takes out the streams whose time has come, those that failed after a pause that grows; whether it is
        time for all of them."""
        with self._condition:
            if not self._streams and not self._hurried:
                self._condition.wait_for(
                    lambda: self._streams or self._hurried or self._left() <= 0, self._left()
                )
            if self._streams and not self._hurried:
                self._condition.wait_for(
                    lambda: self._hurried or self._left() <= 0, min(self._pause, self._left())
                )
            wanted, self._hurried = self._hurried, set()
            everything = self._left() <= 0
            if everything or not wanted:
                wanted, self._streams = wanted | self._streams, set()
                self._pause = min(self._pause * 2, LONGEST_RETRY_SECONDS)
            if everything:
                self._next_of_all = time.monotonic() + seconds
            return wanted, everything

    def _left(self) -> float:
        return max(0.0, self._next_of_all - time.monotonic())


class EmbeddedLoop:
    """The background of the embedded mode: a thread that relays when woken and sweeps while idle, one for jobs."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._stop = threading.Event()
        jobs = JobLoop(composition, composition.services, self._stop, _warn)
        self._threads = [
            threading.Thread(target=self._run, name="kasane-relay", daemon=True),
            threading.Thread(target=jobs.run, name="kasane-jobs", daemon=True),
        ]

    def start(self) -> None:
        """Starts the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends each thread after the turn it is in."""
        self._stop.set()
        self._composition.wake("")
        for thread in self._threads:
            thread.join(timeout=10)

    def _run(self) -> None:
        everywhere = set(self._composition.municipalities())
        waiting = set(everywhere)
        next_sweep = time.monotonic()
        while not self._stop.is_set():
            if time.monotonic() >= next_sweep:
                sweep(self._composition)
                waiting |= everywhere
                next_sweep = time.monotonic() + SWEEP_SECONDS
            failing = set()
            for municipality in sorted(waiting):
                if self._stop.is_set():
                    return
                try:
                    if not relay_municipality(self._composition, municipality):
                        waiting.discard(municipality)
                except Exception as error:
                    _warn(f"relay of {municipality}", error)
                    failing.add(municipality)
            pause = 0.0 if waiting - failing else RETRY_SECONDS if failing else IDLE_SECONDS
            waiting |= self._composition.wake.wait(pause) & everywhere


def _warn(what: str, error: Exception) -> None:
    """One line for what passes by itself; the whole story for what nobody expected."""
    if is_because_closed(error):
        # It waits until the town is open again, or for ever here when it has gone.
        log.debug("%s waits: the town is closed", what)
        return
    expected = isinstance(error, TransportUnavailable | NotDelivered | OSError) or is_outage(error)
    if expected or isinstance(error, DBAPIError):
        log.warning("%s waits: %s", what, said(error))
    else:
        log.error("%s waits", what, exc_info=error)
