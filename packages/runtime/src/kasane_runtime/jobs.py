"""Runs what services do by themselves, town after town; an outage of one holds up no other."""

import threading
import time
from collections.abc import Callable, Iterable

from kasane_kit.service import Job
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_runtime.compose import Composition

IDLE_SECONDS = 1.0
Told = Callable[[str, Exception], None]


def run_jobs(composition: Composition, services: Iterable[str], told: Told) -> int:
    """Runs every job of the services once in every town; returns how many ended without an error."""
    ended = 0
    for service in services:
        for job in composition.services[service].jobs:
            for municipality in _towns(composition):
                ended += _run(composition, service, job, municipality, told)
    return ended


class JobLoop:
    """Calls each job of some services in each town when its time has come."""

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
        self._due = {
            (service, job, municipality): 0.0
            for service in services
            for job in composition.services[service].jobs
            for municipality in _towns(composition)
        }

    def run(self) -> None:
        """Works until the stop is asked for; returns at once when there is no job."""
        while self._due and not self._stop.is_set():
            for service, job, municipality in [k for k, due in self._due.items() if due <= _now()]:
                if self._stop.is_set():
                    return
                _run(self._composition, service, job, municipality, self._told)
                self._due[service, job, municipality] = _now() + job.seconds
            self._stop.wait(min(IDLE_SECONDS, max(0.0, min(self._due.values()) - _now())))


def _run(composition: Composition, service: str, job: Job, municipality: str, told: Told) -> bool:
    try:
        with municipality_scope(municipality):
            job.run(composition.house, municipality)
    except Exception as error:
        told(f"job {job.name} of {service} in {municipality}", error)
        return False
    return True


def _towns(composition: Composition) -> list[str]:
    return [code for code in composition.municipalities() if code != HOST]


def _now() -> float:
    return time.monotonic()
