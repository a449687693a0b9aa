"""Checks that the three small tables of a service's README are what its app.py declares."""

import re
from pathlib import Path

import pytest

from kasane_contracts.registry import all_events, type_of
from kasane_kit.service import Service
from kasane_runtime.compose import load_services

ROOT = Path(__file__).resolve().parents[2]
SERVICES = load_services()
TYPES = {entry.event_class.__name__: entry.type for entry in all_events()}


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_the_tables_of_the_readme_are_true(service: Service) -> None:
    owns, says, hears = read_tables(
        (ROOT / "services" / service.name / "README.md").read_text("utf-8"), service.name
    )

    assert owns == set(service.tables)
    assert says == {type_of(event).type for event in service.says}
    assert hears == {type_of(event).type for event in service.hears}


def test_there_is_a_service_for_each_folder_and_no_other() -> None:
    folders = {path.parent.name for path in (ROOT / "services").glob("*/pyproject.toml")}

    assert set(SERVICES) == folders


def test_every_event_is_said_by_the_service_whose_name_it_carries() -> None:
    said = {
        type_of(event).type: name for name, service in SERVICES.items() for event in service.says
    }

    by_nobody = [
        e.type
        for e in all_events()
        if e.producer != "any" and (e.type not in said) is not e.retired
    ]
    by_others = [name for name, service in said.items() if not name.startswith(f"{service}.")]

    assert by_others == []
    assert by_nobody == []


def test_nobody_hears_itself() -> None:
    found = [
        (name, type_of(event).type)
        for name, service in SERVICES.items()
        for event in service.hears
        if type_of(event).producer == name
    ]

    assert found == []


def test_both_ways_of_writing_the_tables_are_read() -> None:
    by_type = "\n".join(
        (
            "| Owns | |",
            "|---|---|",
            "| Tables | `a_x`, `a_y` |",
            "",
            "| Says | |",
            "| `a.b.c.v1` | x |",
        )
    )
    by_class = "\n".join(
        (
            "## Owns",
            "| table | |",
            "| `a_x` | `no` |",
            "## Hears",
            "| event | |",
            "| `CaseOpened` | x |",
        )
    )

    assert read_tables(by_type, "a") == ({"a_x", "a_y"}, {"a.b.c.v1"}, set())
    assert read_tables(by_class, "a") == ({"a_x"}, set(), {"cases.case.opened.v1"})


def read_tables(readme: str, service: str) -> tuple[set[str], set[str], set[str]]:
    """Tables owned, types said and types heard, however the three tables are headed."""
    found: dict[str, set[str]] = {"owns": set(), "says": set(), "hears": set()}
    section = ""
    for line in readme.splitlines():
        words = re.findall(r"[A-Za-z]+", line)
        if line.startswith("#") or (line.startswith("| ") and words and words[0].lower() in found):
            section = words[0].lower() if words else ""
        elif line.startswith("|") and section in found:
            cells = line.strip("|").split("|")
            quoted = re.findall(r"`([^`]+)`", line if section == "owns" else cells[0])
            found[section] |= {TYPES.get(word, word) for word in quoted}
    tables = {word for word in found["owns"] if word.startswith(f"{service}_")}
    return tables, found["says"], found["hears"]
