"""Checks that a frozen dataclass is all it takes to declare an event, and that its data is read safely."""

import dataclasses
import typing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasane_contracts import registry
from kasane_contracts.cases import OutreachRequested, SupportNeedIdentified
from kasane_contracts.intake import ConsultationReceived, PersonConcerned
from kasane_contracts.registry import (
    EventType,
    InvalidEvent,
    UnknownEvent,
    all_events,
    dump,
    event,
    load,
    personal,
    personal_paths,
    type_of,
)
from kasane_contracts.resources import HumanServicesSuggested, Suggestion

NEED = "cases.support_need.identified.v1"


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of this test, so that events declared here are unknown elsewhere."""
    all_events()
    monkeypatch.setattr(registry, "_BY_TYPE", dict(registry._BY_TYPE))
    monkeypatch.setattr(registry, "_BY_CLASS", dict(registry._BY_CLASS))


def test_every_event_names_its_producer_and_its_version() -> None:
    entries = all_events()

    producers = {entry.producer for entry in entries}

    assert [entry.type for entry in entries] == sorted({entry.type for entry in entries})
    assert producers == {"intake", "cases", "resources", "outreach", "portal", "any"}
    assert [e.type for e in entries if e.producer == "any"] == ["audit.entry.recorded.v1"]


@pytest.mark.parametrize("entry", all_events(), ids=lambda entry: entry.type)
def test_every_event_is_a_frozen_value_with_a_sentence(entry: EventType) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(_example(entry.event_class), entry.subject_field, "other")

    assert (entry.event_class.__doc__ or "").strip().endswith(".")


@pytest.mark.parametrize("entry", all_events(), ids=lambda entry: entry.type)
def test_an_event_comes_back_from_its_data_as_it_was(entry: EventType) -> None:
    example = _example(entry.event_class)

    assert load(entry.type, dump(example)) == example
    assert type_of(example) is entry
    assert type_of(entry.event_class) is entry


@given(st.data())
def test_any_event_comes_back_from_its_data_as_it_was(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(all_events()))
    instance = data.draw(_instances(entry.event_class))

    assert load(entry.type, dump(instance)) == instance


def test_fields_of_a_newer_producer_are_ignored_at_every_depth() -> None:
    said = ConsultationReceived(
        "c-1",
        "R8-1",
        "window",
        "zei",
        date(2026, 11, 2),
        ("debt",),
        persons=(PersonConcerned("p-1", name="山川 花子"),),
    )
    newer = dump(said)
    newer["priority"] = {"level": 3}
    newer["persons"][0]["pronoun"] = "—"

    assert load("intake.consultation.received.v1", newer) == said


def test_fields_that_an_older_producer_did_not_know_have_their_defaults() -> None:
    heard = load(NEED, {"need_id": "n", "case_id": "c", "person_id": "p", "category": "debt"})

    assert heard == SupportNeedIdentified("n", "c", "p", "debt")
    assert (heard.age, heard.area, heard.description) == (None, "", "")


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, "case_id, category, need_id, person_id"),
        ({"need_id": 1, "case_id": "c", "person_id": "p", "category": "debt"}, "need_id"),
        ({"need_id": "n", "case_id": None, "person_id": "p", "category": "debt"}, "case_id"),
        (
            {"need_id": "n", "case_id": "c", "person_id": "p", "category": "debt", "age": "old"},
            "age",
        ),
        (
            {"need_id": "n", "case_id": "c", "person_id": "p", "category": "d", "latitude": "NaN"},
            "latitude",
        ),
    ],
)
def test_data_that_does_not_fit_names_its_fields(data: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        load(NEED, data)

    assert str(caught.value) == f"{NEED}: {wrong}"
    assert ", ".join(sorted(caught.value.problems)) == wrong


def test_a_wrong_part_of_a_nested_value_is_named_by_its_field() -> None:
    said = dump(HumanServicesSuggested("n-1", "c-1", (Suggestion("h-1", "就労支援", 2.0),)))
    said["suggestions"][0]["points"] = "many"

    with pytest.raises(InvalidEvent) as caught:
        load("resources.human_services.suggested.v1", said)

    assert caught.value.problems == {"suggestions": {0: {"points": ["Not a valid number."]}}}


@pytest.mark.parametrize("type_name", ["", "x", "cases.case.opened", "cases.case.opened.v2"])
def test_an_unknown_type_is_never_guessed_at(type_name: str) -> None:
    with pytest.raises(UnknownEvent, match=f"^{type_name}$"):
        load(type_name, {})


def test_a_class_that_was_never_declared_is_unknown() -> None:
    with pytest.raises(UnknownEvent, match="PersonConcerned"):
        type_of(PersonConcerned("p-1"))


def test_personal_fields_are_found_at_every_depth() -> None:
    assert personal_paths(ConsultationReceived) == (
        ("persons", "*", "name"),
        ("persons", "*", "kana"),
        ("persons", "*", "birth_date"),
        ("persons", "*", "address"),
        ("persons", "*", "phone"),
        ("persons", "*", "description"),
        ("story",),
    )
    assert personal_paths(OutreachRequested) == (
        ("name",),
        ("address",),
        ("reason",),
        ("kana",),
        ("phone",),
        ("visit_address",),
    )
    assert personal_paths(HumanServicesSuggested) == ()


def test_names_addresses_and_free_text_of_persons_are_personal_in_every_event() -> None:
    telling = {"name", "kana", "birth_date", "address", "phone", "story", "note", "description"}
    open_by_duty = {
        # The name of a field on a form, not of a person.
        ("intake.consultation.received.v1", "town_answers.*.name"),
        ("resources.human_service.published.v1", "name"),
        ("resources.human_services.suggested.v1", "suggestions.*.name"),
        ("resources.human_services.suggested.v1", "left_out.*.name"),
    }

    unsealed = {
        (entry.type, ".".join(path))
        for entry in all_events()
        for path in _paths(entry.event_class)
        if path[-1] in telling and path not in personal_paths(entry.event_class)
    }

    assert unsealed == open_by_duty


@pytest.mark.usefixtures("own_registry")
def test_a_new_event_is_one_frozen_dataclass() -> None:
    @event("tests.lamp.lit", version=2, subject="lamp_id")
    @dataclass(frozen=True)
    class LampLit:
        """A lamp was lit."""

        lamp_id: str
        at: datetime
        watts: tuple[int, ...] = ()
        lit_by: PersonConcerned | None = None
        word: str = personal("")

    lit = LampLit("l-1", datetime.fromisoformat("2026-11-02T01:02:03+09:00"), (40, 60))

    assert type_of(lit) == EventType("tests.lamp.lit", 2, LampLit, "lamp_id")
    assert type_of(lit).type == "tests.lamp.lit.v2"
    assert load("tests.lamp.lit.v2", dump(lit)) == lit


@pytest.mark.usefixtures("own_registry")
def test_personal_fields_of_a_part_that_may_be_missing_are_found_too() -> None:
    @event("tests.lamp.lit", version=1, subject="lamp_id")
    @dataclass(frozen=True)
    class LampLit:
        """A lamp was lit."""

        lamp_id: str
        lit_by: PersonConcerned | None = None

    assert ("lit_by", "name") in personal_paths(LampLit)


@pytest.mark.usefixtures("own_registry")
def test_a_name_that_is_taken_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match=r"^cases\.case\.opened\.v1 is declared twice$"):

        @event("cases.case.opened", version=1, subject="case_id")
        @dataclass(frozen=True)
        class Again:
            """Again."""

            case_id: str


def test_a_subject_that_is_no_field_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="subject 'lamp' is not a field"):

        @event("tests.lamp.lit", version=1, subject="lamp")
        @dataclass(frozen=True)
        class LampLit:
            """A lamp was lit."""

            lamp_id: str


@pytest.mark.parametrize(
    "hint", [dict[str, str], list[str], bytes, str | int, tuple[str, int], object]
)
def test_a_field_that_cannot_be_described_is_refused_at_import(hint: Any) -> None:
    event_class = dataclasses.make_dataclass("Odd", [("odd_id", str), ("part", hint)], frozen=True)

    with pytest.raises(ValueError, match=r"may be of one type|cannot be of type|tuple in an event"):
        event("tests.odd.seen", version=1, subject="odd_id")(event_class)

    with pytest.raises(UnknownEvent):
        type_of(event_class)


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_SIMPLE: dict[type, st.SearchStrategy[Any]] = {
    str: _text,
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    date: st.dates(),
}


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if typing.get_origin(hint) is tuple:
        return st.lists(_values(typing.get_args(hint)[0]), max_size=3).map(tuple)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _instances(hint)
    (inner,) = [part for part in typing.get_args(hint) if part is not type(None)]
    return st.none() | _values(inner)


def _instances(target: type) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(target)
    return st.builds(target, **{f.name: _values(hints[f.name]) for f in dataclasses.fields(target)})


def _example(target: type) -> Any:
    hints = typing.get_type_hints(target)
    return target(**{f.name: _one(hints[f.name], f.name) for f in dataclasses.fields(target)})


def _one(hint: Any, name: str) -> Any:
    simple = {str: f"{name} 一", int: 3, float: 1.5, bool: True, date: date(2026, 11, 2)}
    if hint in simple:
        return simple[hint]
    if typing.get_origin(hint) is tuple:
        return (_one(typing.get_args(hint)[0], name),)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _example(hint)
    (inner,) = [part for part in typing.get_args(hint) if part is not type(None)]
    return _one(inner, name)


def _paths(target: type) -> list[tuple[str, ...]]:
    hints = typing.get_type_hints(target)
    paths: list[tuple[str, ...]] = []
    for spec in dataclasses.fields(target):
        paths.append((spec.name,))
        hint = hints[spec.name]
        if typing.get_origin(hint) is tuple and dataclasses.is_dataclass(typing.get_args(hint)[0]):
            paths += [(spec.name, "*", *inner) for inner in _paths(typing.get_args(hint)[0])]
    return paths
