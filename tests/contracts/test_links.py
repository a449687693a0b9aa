"""Checks that every link of the published language leads to a page of its service."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from kasane_contracts import links
from kasane_contracts.navigation import NAVIGATION
from kasane_kit.auth import access_of
from kasane_kit.testing.workbench import TOWN, Workbench

METHODS = {"sign_out": "POST"}
LINKS: dict[str, Callable[..., str]] = {
    name: member
    for name, member in vars(links).items()
    if inspect.isfunction(member) and member.__module__ == links.__name__
}


@pytest.mark.parametrize("name", sorted(LINKS))
def test_every_link_resolves_in_the_service_that_owns_it(
    benches: dict[str, Workbench], name: str
) -> None:
    wanted = list(inspect.signature(LINKS[name]).parameters)
    whole = LINKS[name](*[TOWN if part == "municipality" else f"some-{part}" for part in wanted])
    address = whole.partition("?")[0]

    view, values = _resolve(benches, address, METHODS.get(name, "GET"))

    assert access_of(view) is not None
    assert values.get("municipality") == (TOWN if wanted else "host")
    assert sorted(values.values()) == sorted(address.split("/")[i] for i in _variable(address))


@pytest.mark.parametrize("entry", NAVIGATION, ids=lambda entry: entry.term)
def test_who_sees_an_entry_of_the_navigation_may_open_it(
    benches: dict[str, Workbench], entry: Any
) -> None:
    view, _ = _resolve(benches, entry.link(TOWN), "GET")
    access = access_of(view)
    assert access is not None

    permission = benches[entry.service].service.permission(access.permission or "")

    assert permission is None or entry.functions - permission.functions == set()


def test_a_link_to_nowhere_is_found(benches: dict[str, Workbench]) -> None:
    with pytest.raises(HTTPException):
        _resolve(benches, f"/intake/{TOWN}/inquiries/1", "GET")


def _resolve(
    benches: dict[str, Workbench], address: str, method: str
) -> tuple[Any, dict[str, Any]]:
    _, service, path = address.split("/", 2)
    app = benches[service].app
    endpoint, values = app.url_map.bind("kasane").match(f"/{path}", method)
    return app.view_functions[endpoint], dict(values)


def _variable(address: str) -> list[int]:
    return [
        place
        for place, part in enumerate(address.split("/"))
        if part in (TOWN, "host") or part.startswith("some-")
    ]
