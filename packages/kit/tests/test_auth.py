"""Checks who may do what, against an oracle of its own."""

import itertools
from dataclasses import fields, replace

from kasane_kit.auth import (
    Access,
    Actor,
    Decision,
    Grant,
    Permission,
    Rule,
    access_of,
    decide,
    platform_actor,
    public,
    require,
)

A, B = "292095", "012319"

ACTORS: dict[str, Actor | None] = {
    "nobody": None,
    "platform": platform_actor("cases", A),
    "no function": Actor("a-0", "職員", A),
    "receiver": Actor("a-1", "職員", A, ("reception",), frozenset({"receiver"})),
    "coordinator": Actor("a-2", "職員", A, (), frozenset({"coordinator"})),
    "both": Actor("a-3", "職員", A, (), frozenset({"receiver", "coordinator"})),
    "partner": Actor("a-4", "職員", A, (), frozenset({"partner"})),
    "administrator": Actor("a-5", "職員", A, (), frozenset({"town_administrator"})),
    "neighbour": Actor("a-6", "職員", B, (), frozenset({"receiver", "coordinator"})),
    "operator": Actor("a-7", "職員", "host", (), frozenset({"prefecture_operator"})),
}
PERMISSIONS: dict[str, Permission | None] = {
    "undeclared": None,
    "for nobody": Permission("s.t.n", "s.t.n", frozenset(), "t"),
    "receive": Permission("s.t.r", "s.t.r", frozenset({"receiver"}), "t"),
    "open": Permission("s.t.o", "s.t.o", frozenset({"coordinator"}), "t"),
    "either": Permission("s.t.e", "s.t.e", frozenset({"receiver", "coordinator"}), "t"),
    "administer": Permission("s.t.a", "s.t.a", frozenset({"town_administrator"}), "t"),
    "oversee": Permission("s.t.v", "s.t.v", frozenset({"prefecture_operator"}), "t"),
}
# Who holds which permission in the own municipality, written down by hand.
HOLDS = {
    ("receiver", "receive"),
    ("receiver", "either"),
    ("coordinator", "open"),
    ("coordinator", "either"),
    ("both", "receive"),
    ("both", "open"),
    ("both", "either"),
    ("administrator", "administer"),
    ("neighbour", "receive"),
    ("neighbour", "open"),
    ("neighbour", "either"),
    ("operator", "oversee"),
}
HOME = {name: A for name in ACTORS} | {"neighbour": B, "operator": "host"}
GRANTS = {
    "none": (),
    "this": (Grant("o-1", "team"),),
    "other": (Grant("o-2", "team"),),
    "several": (Grant("o-2", "team"), Grant("o-1", "consent"), Grant("o-1", "law")),
    "nameless": (Grant("", "team"),),
}
BASIS = {("this", "o-1"): "team", ("several", "o-1"): "consent", ("other", "o-2"): "team"} | {
    ("several", "o-2"): "team"
}
TOWNS, OBJECTS = (A, B, "host", ""), ("", "o-1", "o-2", "o-3")


def _oracle(
    who: str, what: str, town: str, object_id: str, needs_grant: bool, grants: str
) -> tuple[bool, str, str]:
    if who == "nobody":
        return False, "no_actor", ""
    if town != HOME[who]:
        return False, "other_municipality", ""
    if what == "undeclared":
        return False, "unknown_permission", ""
    if (who, what) not in HOLDS:
        return False, "no_function", ""
    if not needs_grant:
        return True, "allowed_by_function", ""
    basis = BASIS.get((grants, object_id))
    return (False, "no_grant", "") if basis is None else (True, "allowed_by_grant", basis)


def test_the_whole_table_of_decisions_is_as_written_down_by_hand() -> None:
    table = list(itertools.product(ACTORS, PERMISSIONS, TOWNS, OBJECTS, (False, True), GRANTS))

    wrong = []
    for who, what, town, object_id, needs_grant, grants in table:
        decision = decide(
            ACTORS[who],
            PERMISSIONS[what],
            town,
            object_id,
            needs_grant=needs_grant,
            grants=GRANTS[grants],
        )
        expected = _oracle(who, what, town, object_id, needs_grant, grants)
        if (decision.allowed, decision.rule.value, decision.basis) != expected:
            wrong.append((who, what, town, object_id, needs_grant, grants, decision))

    assert wrong == []
    assert len(table) == 10 * 7 * 4 * 4 * 2 * 5


def test_every_rule_decides_somewhere_in_the_table() -> None:
    table = itertools.product(ACTORS, PERMISSIONS, TOWNS, OBJECTS, (False, True), GRANTS)

    assert {_oracle(*row)[1] for row in table} == {rule.value for rule in Rule}


def test_more_functions_never_take_a_right_away_and_another_town_never_gives_one() -> None:
    for who, what in itertools.product(ACTORS, PERMISSIONS):
        actor = ACTORS[who]
        if actor is None:
            continue
        wider = replace(actor, functions=actor.functions | {"receiver"})
        before = decide(actor, PERMISSIONS[what], actor.municipality)
        after = decide(wider, PERMISSIONS[what], actor.municipality)

        assert not before.allowed or after.allowed
        assert not decide(replace(wider, municipality="473821"), PERMISSIONS[what], A).allowed


def test_a_decision_is_a_value() -> None:
    assert decide(None, None, "") == Decision(False, Rule.NO_ACTOR)
    assert [field.name for field in fields(Decision)] == ["allowed", "rule", "basis"]


def test_the_platform_is_an_actor_without_any_function() -> None:
    actor = platform_actor("cases", A)

    assert actor.is_platform
    assert actor.functions == frozenset()
    assert not Actor("a-1", "職員", A).is_platform
    assert ACTORS["both"] is not None
    assert ACTORS["both"].has("receiver")
    assert not ACTORS["both"].has("partner")


def test_a_view_says_what_it_needs_or_why_it_is_public() -> None:
    @require("lamps.lamp.read", object_argument="lamp_id")
    def read() -> None: ...

    @public("holds no data")
    def door() -> None: ...

    assert access_of(read) == Access("lamps.lamp.read", object_argument="lamp_id")
    assert access_of(door) == Access(None, public_because="holds no data")
    assert access_of(lambda: None) is None
