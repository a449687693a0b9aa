"""Checks who may do what, against an oracle of its own, and that a session cannot be made by anybody else."""

import itertools
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from kasane_kit.auth import (
    Access,
    Actor,
    Decision,
    Grant,
    Permission,
    Rule,
    SessionSigner,
    access_of,
    decide,
    platform_actor,
    public,
    require,
)
from kasane_kit.auth.tokens import (
    CONFIRMED_SECONDS,
    IDLE_SECONDS,
    LONGEST_SECONDS,
    RENEW_AFTER_SECONDS,
)
from kasane_kit.keys import KeyMissing, KeyRing

A, B = "292095", "012319"
START = datetime(2026, 11, 2, 9, tzinfo=UTC)

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


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys")
    ring.ensure("signing")
    return ring


def test_a_session_is_read_back_as_it_was_written(keys: KeyRing) -> None:
    signer = SessionSigner(keys)
    session = signer.new("account-1", A, 3)

    found = SessionSigner(keys).read(signer.write(session))

    assert found == session
    assert (session.account_id, session.municipality, session.revision) == ("account-1", A, 3)
    assert signer.new("account-1", A, 3).session_id != session.session_id


def test_a_session_with_any_other_letter_is_nobodys(keys: KeyRing) -> None:
    signer = SessionSigner(keys)
    token = signer.write(signer.new("account-1", A, 3))

    accepted = [
        place
        for place, letter in enumerate(token)
        for other in ("A" if letter != "A" else "B", ".", "")
        if letter != other and signer.read(token[:place] + other + token[place + 1 :]) is not None
    ]

    # The last letter of base64 has bits that do not count.
    assert accepted in ([], [len(token) - 1])


@given(text=st.text(max_size=200))
def test_no_other_text_is_a_session(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    ring = KeyRing(tmp_path_factory.getbasetemp() / "session-keys")
    ring.ensure("signing")

    assert SessionSigner(ring).read(text) is None


def test_a_session_made_with_another_key_salt_or_purpose_is_nobodys(
    keys: KeyRing, tmp_path: Path
) -> None:
    signer = SessionSigner(keys)
    session = signer.new("account-1", A, 3)
    content = ["s-1", "account-1", A, 3, session.started, session.renewed, session.confirmed]
    others = KeyRing(tmp_path / "other")
    others.ensure("signing")
    sessions, forms = keys.derived("signing", "sessions"), keys.derived("signing", "forms")

    def made(key: bytes, salt: str) -> str:
        return str(URLSafeTimedSerializer(key, salt=salt).dumps(content))

    assert signer.read(made(sessions, "kasane-session")) is not None
    assert signer.read(made(sessions, "other-salt")) is None
    assert signer.read(made(forms, "kasane-session")) is None
    assert signer.read(made(b"", "kasane-session")) is None
    assert signer.read(SessionSigner(others).write(session)) is None


@pytest.mark.parametrize("content", [[], ["s"], "text", None, {"a": 1}, ["s"] * 7, ["s"] * 8])
def test_a_signed_text_that_is_no_session_is_nobodys(keys: KeyRing, content: object) -> None:
    serializer = URLSafeTimedSerializer(keys.derived("signing", "sessions"), salt="kasane-session")

    assert SessionSigner(keys).read(str(serializer.dumps(content))) is None


def test_a_session_ends_after_30_idle_minutes(
    keys: KeyRing, clock_at: Callable[[datetime], None]
) -> None:
    signer = SessionSigner(keys)
    clock_at(START)
    token = signer.write(signer.new("account-1", A, 1))

    clock_at(START + timedelta(seconds=IDLE_SECONDS))
    last = signer.read(token)
    clock_at(START + timedelta(seconds=IDLE_SECONDS + 1))

    assert IDLE_SECONDS == 30 * 60
    assert last is not None
    assert signer.read(token) is None


def test_a_session_that_is_used_all_day_ends_after_ten_hours(
    keys: KeyRing, clock_at: Callable[[datetime], None]
) -> None:
    signer = SessionSigner(keys)
    clock_at(START)
    token = signer.write(signer.new("account-1", A, 1))
    for minutes in range(20, 10 * 60 + 1, 20):
        clock_at(START + timedelta(minutes=minutes))
        session = signer.read(token)
        assert session is not None
        token = signer.write(session)

    clock_at(START + timedelta(seconds=LONGEST_SECONDS + 1))

    assert LONGEST_SECONDS == 10 * 60 * 60
    assert signer.read(token) is None


def test_a_session_wants_renewal_after_five_minutes(
    keys: KeyRing, clock_at: Callable[[datetime], None]
) -> None:
    signer = SessionSigner(keys)
    clock_at(START)
    session = signer.new("account-1", A, 1)

    clock_at(START + timedelta(seconds=RENEW_AFTER_SECONDS))
    early = session.wants_renewal
    clock_at(START + timedelta(seconds=RENEW_AFTER_SECONDS + 1))
    late = session.wants_renewal
    renewed = signer.read(signer.write(session))

    assert (early, late) == (False, True)
    assert renewed is not None
    assert renewed.started == session.started
    assert not renewed.wants_renewal


def test_the_password_counts_as_just_entered_for_a_quarter_of_an_hour_however_often_renewed(
    keys: KeyRing, clock_at: Callable[[datetime], None]
) -> None:
    signer = SessionSigner(keys)
    clock_at(START)
    session = signer.new("account-1", A, 1)

    clock_at(START + timedelta(seconds=CONFIRMED_SECONDS))
    renewed = signer.read(signer.write(session))
    last = session.is_confirmed
    clock_at(START + timedelta(seconds=CONFIRMED_SECONDS + 1))

    assert CONFIRMED_SECONDS == 15 * 60
    assert last
    assert renewed is not None
    assert not renewed.is_confirmed


def test_the_token_of_a_form_belongs_to_one_session(keys: KeyRing) -> None:
    signer = SessionSigner(keys)

    assert signer.form_token("s-1") == SessionSigner(keys).form_token("s-1")
    assert signer.form_token("s-1") != signer.form_token("s-2")
    assert signer.form_token("s-1") != signer.form_token("")


def test_without_the_signing_key_nothing_is_signed_or_read(tmp_path: Path) -> None:
    signer = SessionSigner(KeyRing(tmp_path))

    with pytest.raises(KeyMissing):
        signer.read("x")
    with pytest.raises(KeyMissing):
        signer.form_token("s-1")
