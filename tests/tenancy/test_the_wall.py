"""Tries every door of every service as somebody of another town, of the host, and of nowhere.

What a service gains later, a route or a table, is tried without a change here: doors come from its URL
map, tables from its declaration, bodies from its own OpenAPI document.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kasane_kit import clock
from kasane_kit.auth import COOKIE, Actor
from kasane_kit.ids import new_id
from kasane_kit.service import Service
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Visitor, Workbench, build_workbench
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web.headers import SECURITY_HEADERS
from kasane_plugin_api import RoleFunction
from kasane_runtime.compose import load_services
from tests.tenancy.doors import (
    CANARY,
    PUBLIC_AND_CHANGING,
    Door,
    Watched,
    bodies,
    document_of,
    doors_of,
    files_of,
    id_names,
    knock,
    knock_without_account,
    operations,
    readable,
    what_was_said,
)
from tests.tenancy.planted_bugs import BUGS, routes_with_bugs
from tests.tenancy.swapping import Swaps
from tests.upgrades import first_release

# How many pages and answers about one object of the own town there are at least to compare with.
LEAST_SHOWN = {"cases": 50, "intake": 9, "outreach": 7, "portal": 3, "resources": 8}
INVENTED_ID = new_id()
EVERYTHING = tuple(function.value for function in RoleFunction)
SERVICES = sorted(load_services())


@dataclass
class Fortress:
    """A service whose town A holds a canary in every table, and somebody else's town beside it."""

    bench: Workbench
    doors: list[Door]
    document: Mapping[str, Any]
    names: frozenset[str]
    watched: Watched
    own: Watched
    real_id: str
    content: dict[str, list[tuple[object, ...]]]

    def close(self) -> None:
        """Closes the databases."""
        self.watched.close()
        self.own.close()
        self.bench.house.databases.dispose()

    def visitor_of(self, municipality: str) -> Visitor:
        """A browser of somebody who holds every function in the municipality, and none in another."""
        actor = self.bench.staff(*EVERYTHING, office="desk", municipality=municipality)
        return self.bench.visit_as(actor)

    def still_signed_in(self, visitor: Visitor, municipality: str) -> Visitor:
        """The visitor, or a new one when the last door was the one for signing out."""
        cookie = visitor.client.get_cookie(COOKIE)
        return visitor if cookie is not None else self.visitor_of(municipality)

    def findings(
        self, door: Door, answer: TestResponse, allowed: Callable[[int], bool]
    ) -> list[str]:
        """What is wrong with an answer that somebody else got."""
        found = []
        if not allowed(answer.status_code):
            found.append(f"{door} answered {answer.status_code}")
        if CANARY in readable(answer) or CANARY in str(answer.headers):
            found.append(f"{door} showed the canary")
        found += [
            f"{door} sent no {name}" for name in SECURITY_HEADERS if name not in answer.headers
        ]
        if "unsafe" in answer.headers.get("Content-Security-Policy", "unsafe"):
            found.append(f"{door} allows foreign scripts")
        if self.watched.changed() and not _may_leave_a_failure(door):
            found.append(f"{door} changed the town's data")
        return found


@pytest.fixture(scope="module")
def fortresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Fortress]]:
    made: dict[str, Fortress] = {}

    def build(name: str) -> Fortress:
        if name not in made:
            folder = tmp_path_factory.mktemp(f"wall-{name}")
            made[name] = _fortress(load_services()[name], folder)
        return made[name]

    logging.disable(logging.ERROR)
    yield build
    logging.disable(logging.NOTSET)
    for fortress in made.values():
        fortress.close()


@pytest.fixture(params=SERVICES)
def fortress(
    request: pytest.FixtureRequest, fortresses: Callable[[str], Fortress]
) -> Iterator[Fortress]:
    """Each service in turn; whatever was tried, what the town holds is as it was."""
    found = fortresses(request.param)
    found.content = found.watched.content()
    found.watched.changed()
    yield found
    after = found.watched.content()
    kept = set(found.bench.service.tables) - {"portal_sign_in_failure"}
    assert {name: after[name] for name in kept} == {name: found.content[name] for name in kept}


def _fortress(service: Service, folder: Path) -> Fortress:
    name = service.name
    bench = build_workbench(service, folder)
    (own,) = files_of(folder, OTHER_TOWN)
    first_release.furnish(own, service, OTHER_TOWN, folder / "then")
    resident = Actor("account-canary", CANARY, TOWN, (), frozenset(EVERYTHING), "desk")
    bench.staff(*EVERYTHING, account_id="account-canary", name=CANARY)
    with municipality_scope(TOWN), UnitOfWork(bench.house, name, resident) as uow:
        uow.record(f"{name}.canary.sung", "canary", CANARY, basis=CANARY)
        uow.commit()
    (path,) = files_of(folder, TOWN)
    watched, real_id = Watched(path), new_id()
    watched.plant(bench.service.tables, real_id)
    doors = doors_of(bench)
    names = id_names(bench, watched, doors)
    document = document_of(bench)
    return Fortress(bench, doors, document, names, watched, Watched(own), real_id, {})


def _holds_words(value: object) -> bool:
    """Whether a value is text and no mere day."""
    return isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", value)


def _any_but_a_failure(status: int) -> bool:
    return status < 500


def _is_missing(answer: TestResponse) -> bool:
    return answer.status_code == 404


def _not_found(status: int) -> bool:
    return status == 404


def _leads_to_sign_in(answer: TestResponse) -> bool:
    if answer.status_code == 302:
        return "/sign-in?next=" in answer.headers["Location"]
    return answer.status_code == 401


def _may_leave_a_failure(door: Door) -> bool:
    """Signing in is open to all; a failure is counted where it was tried."""
    return (door.service, door.method, door.rule) in PUBLIC_AND_CHANGING


def test_the_canary_is_in_every_table_of_the_town(fortress: Fortress) -> None:
    without = [
        table
        for table in fortress.bench.service.tables
        if not any(
            CANARY in str(value) or value == fortress.real_id
            for row in fortress.content[table]
            for value in row
        )
        and any(_holds_words(value) for row in fortress.content[table] for value in row)
    ]

    assert without == []
    assert all(fortress.content[table] for table in fortress.bench.service.tables)


def test_every_door_that_is_tried_is_the_one_that_was_meant(fortress: Fortress) -> None:
    urls = fortress.bench.app.url_map.bind("")

    reached = {
        (door, str(urls.match(door.address(TOWN, new_id()), door.method, return_rule=True)[0]))
        for door in fortress.doors
    }

    assert {(door, door.rule) for door in fortress.doors} == reached


def test_only_signing_in_and_out_and_the_public_form_change_anything_without_an_account(
    fortress: Fortress,
) -> None:
    public = {
        (door.service, door.method, door.rule)
        for door in fortress.doors
        if door.public and door.method not in ("GET", "HEAD", "OPTIONS")
    }

    assert public <= PUBLIC_AND_CHANGING


@pytest.mark.parametrize("home", [OTHER_TOWN, HOST])
def test_somebody_of_elsewhere_is_a_stranger_at_every_door_of_the_town(
    fortress: Fortress, home: str
) -> None:
    visitor = fortress.visitor_of(home)
    object_id = fortress.real_id

    found = []
    for door in fortress.doors:
        if door.in_a_town:
            body = bodies(fortress.document, door, object_id)
            answer = knock(visitor, door, TOWN, object_id, body=body, names=fortress.names)
            found += fortress.findings(door, answer, _any_but_a_failure)
            if not door.public and not _leads_to_sign_in(answer):
                found.append(f"{door} answered {answer.status_code}")
            visitor = fortress.still_signed_in(visitor, home)

    assert found == []


def test_a_real_and_an_invented_id_get_the_same_answer_from_elsewhere(fortress: Fortress) -> None:
    visitor = fortress.visitor_of(OTHER_TOWN)
    invented = new_id()

    different = [
        str(door)
        for door in fortress.doors
        if door.in_a_town and door.names_an_object
        if what_was_said(knock(visitor, door, TOWN, fortress.real_id))
        != what_was_said(knock(visitor, door, TOWN, invented))
    ]

    assert different == []


@pytest.mark.parametrize("real", [True, False])
def test_without_an_account_every_door_leads_to_signing_in(fortress: Fortress, real: bool) -> None:
    object_id = fortress.real_id if real else new_id()
    client = fortress.bench.app.test_client()

    found = []
    for door in fortress.doors:
        answer = knock_without_account(client, door, TOWN, object_id)
        found += fortress.findings(door, answer, _any_but_a_failure)
        if not door.public and not _leads_to_sign_in(answer):
            found.append(f"{door} answered {answer.status_code}")

    assert found == []


def test_the_doors_of_the_api_are_those_of_its_own_description(fortress: Fortress) -> None:
    doors = {
        (door.method, re.sub(r"<(?:[^<>]*:)?([a-z_]+)>", r"{\1}", door.rule))
        for door in fortress.doors
        if door.for_programs and door.method not in ("HEAD", "OPTIONS")
    }

    assert doors == operations(fortress.document)


def test_the_id_of_another_town_is_the_same_as_an_invented_one_in_every_place(
    fortress: Fortress,
) -> None:
    found, shown = swap(fortress, fortress.doors)

    assert found == []
    # The other ids of a request were real, or this was about nothing.
    assert shown >= LEAST_SHOWN[fortress.bench.service.name]


def test_every_planted_mistake_about_towns_is_found(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("wall-planted")
    intake = load_services()["intake"]
    bugs = routes_with_bugs("intake", "intake_consultation", folder, "intake.consultation.read")
    logging.disable(logging.ERROR)
    planted = _fortress(replace(intake, pages=(*intake.pages, bugs)), folder)
    found, _ = swap(planted, [door for door in planted.doors if "/planted/" in door.rule])
    logging.disable(logging.NOTSET)
    planted.close()

    expected = {door.format("intake"): sentence for door, sentence in BUGS.items()}
    assert {
        door: sentence
        for door, sentence in expected.items()
        if not any(one.startswith(f"{door} {sentence}") for one in found)
    } == {}
    assert [one for one in found if not one.startswith(tuple(expected))] == []


def swap(fortress: Fortress, doors: list[Door]) -> tuple[list[str], int]:
    """What is wrong with the doors' answers to somebody with another town's ids; how many showed the own town's."""
    now = clock.now()
    found = []
    swaps = Swaps(
        fortress.document,
        fortress.names,
        fortress.own,
        fortress.watched,
        fortress.real_id,
        INVENTED_ID,
    )
    # What is made at the same moment reads the same.
    with clock.fixed(lambda: now):
        neighbour, insider = fortress.visitor_of(OTHER_TOWN), fortress.visitor_of(TOWN)
        fortress.own.keep()
        for door in doors:
            found += swaps.findings(door, neighbour, insider)
            neighbour = fortress.still_signed_in(neighbour, OTHER_TOWN)
    return found, swaps.shown


def test_no_header_query_or_body_moves_anybody_into_the_town(fortress: Fortress) -> None:
    visitor = fortress.visitor_of(OTHER_TOWN)

    found = []
    for door in (door for door in fortress.doors if door.has_a_view_of_its_own):
        body = bodies(fortress.document, door, fortress.real_id)
        answer = knock(
            visitor,
            door,
            OTHER_TOWN,
            fortress.real_id,
            body=body,
            names=fortress.names,
            pretends=TOWN,
        )
        found += fortress.findings(door, answer, _any_but_a_failure)
        visitor = fortress.still_signed_in(visitor, OTHER_TOWN)

    assert found == []


def test_a_town_is_a_stranger_at_every_door_of_the_host(fortress: Fortress) -> None:
    visitor = fortress.visitor_of(OTHER_TOWN)

    open_doors = [
        str(door)
        for door in fortress.doors
        if door.in_a_town
        and not door.public
        and not _leads_to_sign_in(knock(visitor, door, HOST, fortress.real_id))
    ]

    assert open_doors == []


def test_a_session_of_a_town_that_is_not_here_opens_nothing(fortress: Fortress) -> None:
    session_id = "A" * 43
    client = fortress.bench.app.test_client()
    client.set_cookie(COOKIE, session_id)
    visitor = Visitor(client, fortress.bench.form_token(session_id), "473821")

    found = [
        f"{door} in {municipality}"
        for municipality, answers in (("473821", _is_missing), (TOWN, _leads_to_sign_in))
        for door in fortress.doors
        if door.in_a_town and not door.public and door.has_a_view_of_its_own
        if not answers(knock(visitor, door, municipality, fortress.real_id))
    ]

    assert found == []


def test_the_alarm_rings_for_somebody_inside(fortresses: Callable[[str], Fortress]) -> None:
    inside = fortresses("intake")
    visitor = inside.bench.visit_as(
        inside.bench.staff("coordinator", office="desk", account_id="inside", name="職員 一郎")
    )
    inside.watched.changed()
    body = {"desk": "desk", "channel": "window", "story": CANARY}
    (door,) = [
        d for d in inside.doors if d.method == "POST" and d.rule.endswith("/v1/consultations")
    ]

    answer = knock(visitor, door, TOWN, "", body=body)
    found = inside.findings(door, answer, _not_found)

    assert found == [
        f"{door} answered 201",
        f"{door} showed the canary",
        f"{door} changed the town's data",
    ]
