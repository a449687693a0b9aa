"""Checks the JSON Schema of events: what travels fits it, what is personal is sealed in it."""

from typing import Any

import jsonschema
import pytest

from kasane_contracts.cases import OutreachRequested, SupportNeedIdentified
from kasane_contracts.intake import ConsultationReceived
from kasane_contracts.json_schema import schema_of
from kasane_contracts.registry import EventType, all_events, personal_paths, type_of

SEALED = {"sealed": "bm9uY2U="}


@pytest.mark.parametrize("entry", all_events(), ids=lambda entry: entry.type)
def test_every_schema_is_valid_and_says_what_it_is(entry: EventType) -> None:
    schema = schema_of(entry)

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{entry.type}.json"
    assert schema["title"] == entry.event_class.__name__
    assert schema["description"] == (entry.event_class.__doc__ or "").strip()
    assert entry.subject_field in schema["required"]


@pytest.mark.parametrize("entry", all_events(), ids=lambda entry: entry.type)
def test_every_personal_field_is_a_sealed_object(entry: EventType) -> None:
    schema = schema_of(entry)

    sealed = {path: _at(schema, path) for path in personal_paths(entry.event_class)}

    assert [path for path, member in sealed.items() if member["required"] != ["sealed"]] == []


def test_required_and_optional_fields_are_as_in_the_dataclass() -> None:
    schema = schema_of(type_of(SupportNeedIdentified))

    assert schema["required"] == ["need_id", "case_id", "person_id", "category"]
    assert schema["properties"]["age"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert schema["properties"]["description"]["properties"] == {"sealed": {"type": "string"}}


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ({}, True),
        ({"by_when": None}, True),
        ({"added_by_a_newer_producer": 1}, True),
        ({"name": "山川 花子"}, False),
        ({"name": {}}, False),
        ({"minutes": "45"}, False),
        ({"request_id": None}, False),
        ({"two_person": "yes"}, False),
    ],
)
def test_the_schema_takes_what_travels_and_refuses_what_does_not(
    change: dict[str, Any], right: bool
) -> None:
    schema = schema_of(type_of(OutreachRequested))
    travelling = {
        "request_id": "r-1",
        "case_id": "c-1",
        "person_id": "p-1",
        "purpose": "first_contact",
        "name": SEALED,
        "address": SEALED,
        "reason": SEALED,
    }

    found = jsonschema.Draft202012Validator(schema).is_valid({**travelling, **change})

    assert found is right


def test_lists_of_parts_are_described_with_their_parts() -> None:
    schema = schema_of(type_of(ConsultationReceived))

    persons = schema["properties"]["persons"]

    assert persons["type"] == "array"
    assert persons["items"]["required"] == ["person_id"]
    assert schema["properties"]["received_on"] == {"type": "string", "format": "date"}
    assert schema["properties"]["categories"] == {"type": "array", "items": {"type": "string"}}


def _at(schema: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for step in path:
        schema = schema["items"] if step == "*" else schema["properties"][step]
    return schema
