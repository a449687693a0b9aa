"""Checks that events only grow: what was once published keeps its fields and their types."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from kasane_contracts.intake import ConsultationReceived
from kasane_contracts.json_schema import schema_of
from kasane_contracts.registry import all_events, type_of

SNAPSHOTS = Path(__file__).resolve().parents[2] / "packages" / "contracts" / "snapshots"

Schema = dict[str, Any]


def breaking_changes(published: Schema, present: Schema, at: str = "") -> list[str]:
    """What a hearer of the published schema could trip over in the present one."""
    if _shape(published) != _shape(present):
        return [f"{at or 'the event'} was {_shape(published)} and is {_shape(present)}"]
    if "anyOf" in published:
        return breaking_changes(published["anyOf"][0], present["anyOf"][0], at)
    if published["type"] == "array":
        return breaking_changes(published["items"], present["items"], f"{at}[]")
    found = []
    if published["type"] == "object":
        old, new = published["properties"], present["properties"]
        for name in sorted(old):
            place = f"{at}.{name}" if at else name
            if name not in new:
                found.append(f"{place} was removed")
            else:
                found += breaking_changes(old[name], new[name], place)
        needed = sorted(set(present["required"]) - set(published["required"]))
        found += [f"{at}.{name} is newly required".lstrip(".") for name in needed]
    return found


def test_published_events_have_only_grown() -> None:
    published = {
        path.name.removesuffix(".json"): json.loads(path.read_text("utf-8"))
        for path in SNAPSHOTS.glob("*.json")
    }
    present = {entry.type: schema_of(entry) for entry in all_events()}

    found = {
        name: breaking_changes(schema, present[name]) if name in present else ["is gone"]
        for name, schema in published.items()
    }

    assert {name: changes for name, changes in found.items() if changes} == {}
    assert published != {}


def _removed(schema: Schema) -> None:
    del schema["properties"]["desk"]


def _retyped(schema: Schema) -> None:
    schema["properties"]["number"] = {"type": "integer"}


def _reformatted(schema: Schema) -> None:
    schema["properties"]["received_on"] = {"type": "string"}


def _newly_required(schema: Schema) -> None:
    schema["required"].append("urgent")


def _added_and_required(schema: Schema) -> None:
    schema["properties"]["priority"] = {"type": "integer"}
    schema["required"].append("priority")


def _unsealed(schema: Schema) -> None:
    schema["properties"]["story"] = {"type": "string"}


def _nullable(schema: Schema) -> None:
    schema["properties"]["area"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _removed_inside(schema: Schema) -> None:
    del schema["properties"]["persons"]["items"]["properties"]["relation"]


def _retyped_inside(schema: Schema) -> None:
    schema["properties"]["categories"]["items"] = {"type": "integer"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_removed, "desk was removed"),
        (_retyped, "number was string and is integer"),
        (_reformatted, "received_on was string (date) and is string"),
        (_newly_required, "urgent is newly required"),
        (_added_and_required, "priority is newly required"),
        (_unsealed, "story was sealed and is string"),
        (_nullable, "area was string and is string or null"),
        (_removed_inside, "persons[].relation was removed"),
        (_retyped_inside, "categories[] was string and is integer"),
    ],
)
def test_a_change_that_a_hearer_could_trip_over_is_named(change: Any, named: str) -> None:
    published = schema_of(type_of(ConsultationReceived))
    present = copy.deepcopy(published)

    change(present)

    assert breaking_changes(published, present) == [named]


def test_a_new_optional_field_and_another_sentence_are_welcome() -> None:
    published = schema_of(type_of(ConsultationReceived))
    present = copy.deepcopy(published)

    present["properties"]["priority"] = {"type": "integer"}
    present["properties"]["persons"]["items"]["properties"]["pronoun"] = {"type": "string"}
    present["description"] = "Another sentence."

    assert breaking_changes(published, present) == []


def _shape(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(_shape(part) for part in schema["anyOf"])
    if "sealed" in schema.get("properties", {}):
        return "sealed"
    return schema["type"] + (f" ({schema['format']})" if "format" in schema else "")
