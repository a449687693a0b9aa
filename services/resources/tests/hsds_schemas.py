"""The schemas of HSDS 3.1, for tests that hold our words against them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FOLDER = Path(__file__).parent / "hsds_3_1"


@cache
def _registry() -> Registry:
    return Registry().with_resources(
        (path.name, Resource(json.loads(path.read_text("utf-8")), DRAFT202012))
        for path in FOLDER.glob("*.json")
    )


def schema(name: str) -> dict[str, Any]:
    """One schema as it was published."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def errors(name: str, written: Any) -> list[str]:
    """What a document has against the schema of its name; formats are checked as well."""
    validator = Draft202012Validator(
        {"$ref": f"{name}.json"},
        registry=_registry(),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(written)]
