"""Runs what services do by themselves, town after town; an outage of one holds up no other."""

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice

from kasane_kit.delivery import Post
from kasane_kit.service import Job
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_kit.unit_of_work import record_plugin_changes
from kasane_runtime.compose import Composition

IDLE_SECONDS = 1.0
POST_SECONDS = 3.0
TOWNS_PER_SECOND = 10
"""Where there are more towns than can be visited in time, those in which nothing was said lately wait."""
AWAKE_SECONDS = 600.0
Told = Callable[[str, Exception], None]


def run_jobs(composition: Composition, services: Iterable[str], told: Told) -> int:
    """Runs every job of the services once in every town; returns how many ended without an error."""
    ended = 0
    for service in services:
        for job in composition.services[service].jobs:
            for municipality in _towns(composition):
                ended += _run(composition, service, job, municipality, told)
    return ended


def carry_parcels(
    composition: Composition, services: Iterable[str], towns: Sequence[str] | None = None
) -> int:
    """One round of the post of the services that take parcels, of all towns or some; how many parcels arrived."""
    return sum(
        Post(composition.services[name], composition.house).carry(towns)
        for name in services
        if composition.services[name].parcels
    )


class JobLoop:
    """Calls each job of some services in each town when its time has come, and their post between towns."""

    def __init__(
        self,
        composition: Composition,
        services: Iterable[str],
        stop: threading.Event,
        told: Told,
    ) -> None:
        self._composition = composition
        self._stop = stop
        self._told = told
        services = tuple(services)
        self._posting = tuple(name for name in services if composition.services[name].parcels)
        self._next_post = 0.0
        self._towns = deque(_towns(composition))
        self._stretched = len(self._towns) / TOWNS_PER_SECOND
        self._told_at: dict[str, float] = {}
        self._rung: set[str] = set()
        self._guard = threading.Lock()
        composition.wake.also(self._ring)
        self._due = {
            (service, job, municipality): 0.0
            for service in services
            for job in composition.services[service].jobs
            for municipality in _towns(composition)
        }

    def run(self) -> None:
        """Works until the stop is asked for; returns at once when there is nothing to do."""
        while (self._due or self._posting) and not self._stop.is_set():
            rung = self._take_rung()
            self._carry(rung)
            self._hurry(rung)
            for service, job, municipality in [k for k, due in self._due.items() if due <= _now()]:
                if self._stop.is_set():
                    return
                _run(self._composition, service, job, municipality, self._told)
                self._due[service, job, municipality] = _now() + self._seconds(job, municipality)
            next_job = min(self._due.values(), default=_now() + IDLE_SECONDS)
            self._stop.wait(min(IDLE_SECONDS, max(0.0, next_job - _now())))

    def _ring(self, municipality: str) -> None:
        with self._guard:
            self._rung.add(municipality)

    def _take_rung(self) -> set[str]:
        """The towns in which something was committed since the last time."""
        with self._guard:
            rung, self._rung = self._rung, set()
        self._told_at.update(dict.fromkeys(rung, _now()))
        return rung

    def _seconds(self, job: Job, municipality: str) -> float:
        """After how long the job is due again; where there are too many towns, a quiet one waits longer."""
        told_at = self._told_at.get(municipality, -AWAKE_SECONDS)
        awake = _now() - told_at < AWAKE_SECONDS
        return job.seconds if awake else max(job.seconds, self._stretched)

    def _hurry(self, rung: Collection[str]) -> None:
        if not rung:
            return
        for key, due in self._due.items():
            _service, job, municipality = key
            if municipality in rung and job.seconds < self._stretched:
                self._due[key] = min(due, _now() + job.seconds)

    def _carry(self, rung: Collection[str]) -> None:
        if not self._posting:
            return
        towns = [code for code in self._towns if code in rung]
        if self._next_post <= _now():
            few = min(len(self._towns), int(TOWNS_PER_SECOND * POST_SECONDS))
            towns += [code for code in islice(self._towns, few) if code not in rung]
            self._towns.rotate(-few)
            self._next_post = _now() + POST_SECONDS
        if towns:
            carry_parcels(self._composition, self._posting, towns)


def _run(composition: Composition, service: str, job: Job, municipality: str, told: Told) -> bool:
    try:
        with (
            municipality_scope(municipality),
            composition.house.traces.span(f"job {job.name}", service=service, town=municipality),
        ):
            job.run(composition.house, municipality)
            record_plugin_changes(composition.house, service)
    except Exception as error:
        told(f"job {job.name} of {service} in {municipality}", error)
        return False
    return True


def _towns(composition: Composition) -> list[str]:
    return [code for code in composition.municipalities() if code != HOST]


def _now() -> float:
    return time.monotonic()
