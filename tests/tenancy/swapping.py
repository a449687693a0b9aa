"""Puts another town's ids into every place of a request where an id can stand, one place after the other.

Everything else of the request is the asker's own: the other ids of the address, of the body, of the form and of
the query are of objects in the asker's town, as far as the town has one of the kind. What is asked about is
whether an id that exists elsewhere can be told from one that exists nowhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Visitor
from tests.tenancy.doors import (
    CANARY,
    PLANTED_NUMBER,
    Door,
    Fill,
    Watched,
    bodies,
    readable,
    what_was_said,
)

# Stands where the own town has nothing of the kind.
NOWHERE = new_id()
FORM, QUERY = "every field of the form", "every name of the query"
SWAPPED_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass
class Swaps:
    """Asks through the doors of a service as somebody of one town with the ids of another.

    ``shown`` counts the doors that showed an object of the own town to its own people.
    """

    document: Mapping[str, Any]
    names: frozenset[str]
    own: Watched
    there: Watched
    real_id: str
    invented_id: str
    shown: int = 0

    def findings(self, door: Door, neighbour: Visitor, insider: Visitor) -> list[str]:
        """What is wrong with the answers that a neighbour gets through a door, for each place in words."""
        if not door.in_a_town or door.method not in SWAPPED_METHODS:
            return []
        own = self._own_ids(door)
        if door.method == "GET":
            # What an answer to those inside leaves behind must not be met by a neighbour.
            self._ask(insider, door, TOWN, own, {}, everything=self.real_id)
            self.there.changed()
            if door.names_an_object:
                answer = self._ask(neighbour, door, OTHER_TOWN, own, {})
                self.shown += answer.status_code == 200
        found = []
        for place in self._places(door):
            found += self._findings_at(door, place, neighbour, own)
        # Looking leaves only its trace.
        if door.method != "GET" and self.own.changed():
            self.own.put_back()
        return found

    def _findings_at(
        self, door: Door, place: str, neighbour: Visitor, own: Mapping[str, str]
    ) -> list[str]:
        found = []
        said = []
        for object_id in (self.real_id, self.invented_id):
            answer = self._ask(neighbour, door, OTHER_TOWN, own, {place: object_id})
            said.append(what_was_said(answer))
            if answer.status_code >= 500:
                found.append(f"{door} answered {answer.status_code} ({place})")
            if CANARY in readable(answer) or CANARY in str(answer.headers):
                found.append(f"{door} showed the other town ({place})")
            if self.there.changed():
                found.append(f"{door} changed the other town ({place})")
        if said[0] != said[1] and self._still_differ(door, place, neighbour, own):
            found.append(f"{door} told what exists elsewhere ({place})")
        return found

    def _still_differ(
        self, door: Door, place: str, neighbour: Visitor, own: Mapping[str, str]
    ) -> bool:
        """Whether the two answers differ also when the own town is the same before both.

        A line that differs between two answers to the same question, such as one with a new password, says nothing.
        """
        said = []
        for object_id in (self.real_id, self.invented_id, self.invented_id):
            self.own.put_back()
            answer = self._ask(neighbour, door, OTHER_TOWN, own, {place: object_id})
            said.append(what_was_said(answer).splitlines())
        real, first, second = said
        if not len(real) == len(first) == len(second):
            return True
        return any(
            there != nowhere
            for there, nowhere, again in zip(real, first, second, strict=True)
            if nowhere == again
        )

    def _places(self, door: Door) -> Iterator[str]:
        for name in door.arguments:
            if name != "municipality" and f"<int:{name}>" not in door.rule:
                yield name
        if door.method == "GET":
            yield QUERY
            return
        if not door.for_programs:
            yield FORM
            return
        yield from (f"body {name}" for name in self._names_in_body(door))

    def _names_in_body(self, door: Door) -> list[str]:
        met: dict[str, None] = {}

        def note(name: str) -> str:
            met[name] = None
            return self.invented_id

        bodies(self.document, door, note)
        return list(met)

    def _own_ids(self, door: Door) -> dict[str, str]:
        arguments = [name for name in _in_order(door) if name != "municipality"]
        wanted = [*self._names_in_body(door), *arguments] if door.for_programs else arguments
        return self.own.owned(wanted)

    def _ask(
        self,
        visitor: Visitor,
        door: Door,
        town: str,
        own: Mapping[str, str],
        swapped: Mapping[str, str],
        everything: str = "",
    ) -> TestResponse:
        def fill(name: str) -> str:
            return everything or swapped.get(name) or own.get(name) or NOWHERE

        def in_body(name: str) -> str:
            return swapped.get(f"body {name}") or fill(name)

        address = door.address(town, fill)
        if QUERY in swapped:
            address += "?" + urlencode(dict.fromkeys(("id", *sorted(self.names)), swapped[QUERY]))
        options: dict[str, Any] = {
            "method": door.method,
            "headers": {"X-CSRF-Token": visitor._token, "If-Match": f'"{PLANTED_NUMBER}"'},
            "buffered": True,
        }
        if door.method != "GET":
            options |= self._content(door, fill, in_body, swapped.get(FORM, ""))
        return visitor.client.open(address, **options)

    def _content(self, door: Door, fill: Fill, in_body: Fill, in_form: str) -> dict[str, Any]:
        if door.for_programs:
            return {"json": dict(bodies(self.document, door, in_body))}
        ids = {name: in_form or fill(name) for name in ("id", *self.names)}
        return {"data": {**ids, "version": PLANTED_NUMBER, "step": "accept"}}


def _in_order(door: Door) -> list[str]:
    """The names of the address from left to right."""
    return sorted(door.arguments, key=lambda name: door.rule.index(f"{name}>"))
