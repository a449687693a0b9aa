"""What docs/access.md says of rights is what the decision says, for every permission and every function."""

import itertools
import re
from pathlib import Path

from kasane_kit.auth import Actor, DataGrade, Permission, Rule, decide
from kasane_kit.tenancy import HOST
from kasane_plugin_api import RoleFunction
from kasane_runtime.access_page import GRADES, RULES
from kasane_runtime.compose import load_services

PAGE = (Path(__file__).parents[2] / "docs" / "access.md").read_text("utf-8")
TOWN, OTHER_TOWN = "292095", "012319"
FUNCTIONS = [function.value for function in RoleFunction]


def tables() -> list[list[dict[str, str]]]:
    """Every table of the page; a row by the heads of its columns."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        heads, _, *rows = [
            [cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in block.splitlines()
        ]
        found.append([dict(zip(heads, row, strict=True)) for row in rows])
    return found


def permissions() -> dict[str, Permission]:
    """Every permission of every service by name."""
    return {p.name: p for service in load_services().values() for p in service.permissions}


def test_every_permission_of_the_page_is_decided_as_it_says_for_every_function_and_place() -> None:
    said = {
        (row["permission"], function): row[function] == "○"
        for table in tables()
        for row in table
        if FUNCTIONS[0] in row
        for function in FUNCTIONS
    }
    known = permissions()

    wrong = []
    for name, function, home, place in itertools.product(
        known, FUNCTIONS, (TOWN, OTHER_TOWN, HOST), (TOWN, OTHER_TOWN, HOST)
    ):
        actor = Actor("a", "職員", home, (), frozenset({function}))
        decision = decide(actor, known[name], place)
        if decision.allowed is not (said[name, function] and home == place):
            wrong.append((name, function, home, place, decision.rule))

    assert wrong == []
    assert len(said) == len(known) * len(FUNCTIONS)


def test_the_rules_of_the_page_are_asked_in_its_order() -> None:
    order = [row["rule"] for row in tables()[0]]
    allowing = {row["rule"] for row in tables()[0] if row[""] == "○"}
    inside = Actor("a", "職員", TOWN, (), frozenset({"receiver"}))
    held = Permission("s.t.a", "s.t.a", frozenset({"receiver"}), "t")
    not_held = Permission("s.t.b", "s.t.b", frozenset(), "t")

    decided = {
        decide(actor, permission, place, "o", needs_grant=needs, grants=())
        for actor, permission, place, needs in itertools.product(
            (None, inside), (None, held, not_held), (TOWN, OTHER_TOWN), (False, True)
        )
    }

    assert order == [rule.value for rule in RULES]
    assert set(order) == {rule.value for rule in Rule}
    assert {d.rule.value for d in decided if d.allowed} <= allowing
    assert {d.rule.value for d in decided if not d.allowed} == set(order) - allowing
    # Where several could decide, the first of the page does.
    assert decide(None, None, OTHER_TOWN).rule.value == order[0]
    assert decide(inside, None, OTHER_TOWN).rule.value == order[1]
    assert decide(inside, None, TOWN, needs_grant=True).rule.value == order[2]
    assert decide(inside, not_held, TOWN, needs_grant=True).rule.value == order[3]


def test_every_operation_of_the_page_names_a_right_with_its_data_or_says_why_it_needs_none() -> (
    None
):
    rows = [row for table in tables() for row in table if "operation" in row]
    known = permissions()
    classes = {one.value for one in DataGrade}

    undeclared = [
        row["operation"]
        for row in rows
        if not (row["permission"] in known and row["data"] in classes)
        and not (row["permission"].startswith(("public: ", "signed in: ")) and row["data"] == "—")
    ]

    assert undeclared == []
    assert len(rows) > 500
    assert set(GRADES) == set(DataGrade)


def test_nothing_grave_is_open_to_the_prefecture() -> None:
    grave = {DataGrade.PERSONAL, DataGrade.SENSITIVE}

    open_to_it = [
        permission.name
        for service in load_services().values()
        for permission in service.permissions
        if service.data[permission.object_kind] in grave
        and "prefecture_operator" in permission.functions
    ]

    assert open_to_it == []
