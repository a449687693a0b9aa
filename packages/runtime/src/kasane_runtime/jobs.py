"""Runs what services do by themselves, town after town; an outage of one holds up no other."""

import threading
import time
from collections.abc import Callable, Iterable

from kasane_kit.delivery import Post
from kasane_kit.service import Job
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_kit.unit_of_work import record_plugin_changes
from kasane_runtime.compose import Composition

IDLE_SECONDS = 1.0
POST_SECONDS = 3.0
Told = Callable[[str, Exception], None]


def run_jobs(composition: Composition, services: Iterable[str], told: Told) -> int:
    """Runs every job of the services once in every town; returns how many ended without an error."""
    ended = 0
    for service in services:
        for job in composition.services[service].jobs:
            for municipality in _towns(composition):
                ended += _run(composition, service, job, municipality, told)
    return ended


def carry_parcels(composition: Composition, services: Iterable[str]) -> int:
    """One round of the post of the services that take parcels; returns how many parcels arrived."""
    return sum(
        Post(composition.services[name], composition.house).carry()
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
        self._due = {
            (service, job, municipality): 0.0
            for service in services
            for job in composition.services[service].jobs
            for municipality in _towns(composition)
        }

    def run(self) -> None:
        """Works until the stop is asked for; returns at once when there is nothing to do."""
        while (self._due or self._posting) and not self._stop.is_set():
            self._carry()
            for service, job, municipality in [k for k, due in self._due.items() if due <= _now()]:
                if self._stop.is_set():
                    return
                _run(self._composition, service, job, municipality, self._told)
                self._due[service, job, municipality] = _now() + job.seconds
            next_job = min(self._due.values(), default=_now() + IDLE_SECONDS)
            self._stop.wait(min(IDLE_SECONDS, max(0.0, next_job - _now())))

    def _carry(self) -> None:
        if self._posting and self._next_post <= _now():
            carry_parcels(self._composition, self._posting)
            self._next_post = _now() + POST_SECONDS


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
