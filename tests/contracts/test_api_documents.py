"""Checks that what the services say of their APIs is valid OpenAPI and true of errors."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_runtime.compose import load_services


@pytest.fixture(params=sorted(load_services()))
def document(request: pytest.FixtureRequest, make_workbench: BenchMaker) -> dict[str, Any]:
    """The OpenAPI document of one service."""
    found: dict[str, Any] = (
        make_workbench(request.param).app.test_client().get("/-/openapi.json").json or {}
    )
    return found


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_errors_are_described_as_problems(document: dict[str, Any]) -> None:
    contents = [list(answer["content"]) for answer in document["components"]["responses"].values()]

    assert contents == [["application/problem+json"]] * len(contents)
    assert contents != []


def test_every_creating_call_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    creating = [
        [parameter["name"] for parameter in operation["parameters"] if "name" in parameter]
        for path in document["paths"].values()
        for method, operation in path.items()
        if method == "post" and "201" in operation["responses"]
    ]

    assert all("Idempotency-Key" in names for names in creating)


def test_the_page_shows_every_address(
    document: dict[str, Any], make_workbench: BenchMaker, request: pytest.FixtureRequest
) -> None:
    service = request.node.callspec.params["document"]

    page = make_workbench(service).app.test_client().get("/-/openapi").text

    assert [path for path in document["paths"] if path not in page] == []
