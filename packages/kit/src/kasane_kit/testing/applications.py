"""Keeps the applications of services from one test to the next: making one costs more than most tests do."""

from collections import defaultdict
from dataclasses import fields
from functools import partial
from typing import Any

from flask import Flask
from werkzeug.local import LocalProxy

from kasane_kit.service import Service
from kasane_kit.unit_of_work import House
from kasane_kit.web import create_service_app


class Lent:
    """An application that answers from one house at a time."""

    def __init__(self, service: Service) -> None:
        self.house: House | None = None
        stand_ins: dict[str, Any] = {
            one.name: LocalProxy(partial(self._part, one.name)) for one in fields(House)
        }
        self.app: Flask = create_service_app(service, House(**stand_ins))
        self.app.config["TESTING"] = False
        self._shape = self._looks()

    def _part(self, name: str) -> Any:
        if self.house is None:
            raise RuntimeError("the test of this application has ended; nothing was answered")
        return getattr(self.house, name)

    def _looks(self) -> tuple[Any, ...]:
        return (
            dict(self.app.config),
            len(list(self.app.url_map.iter_rules())),
            sum(len(functions) for functions in self.app.before_request_funcs.values()),
            sum(len(functions) for functions in self.app.after_request_funcs.values()),
        )

    @property
    def is_as_made(self) -> bool:
        """Whether no test changed the application; one that was changed is not lent again."""
        return self._looks() == self._shape


class Applications:
    """Lends an application of a service to one bench at a time; two benches of one service get two."""

    def __init__(self) -> None:
        self._free: defaultdict[str, list[Lent]] = defaultdict(list)

    def lend(self, service: Service, house: House) -> Lent:
        """One that nobody has, answering from this house."""
        free = self._free[service.name]
        lent = free.pop() if free else Lent(service)
        lent.house = house
        return lent

    def give_back(self, service: Service, lent: Lent) -> None:
        """Its house is taken from it."""
        lent.house = None
        if lent.is_as_made:
            self._free[service.name].append(lent)
