"""Checks what travels on the bus: every wrong attribute is named, and nothing is lost on the way."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasane_contracts.envelope import Envelope, MalformedEnvelope

# How fast examples are drawn says something about the machine's load, nothing about envelopes.

GOOD: dict[str, Any] = {
    "id": "019b2f00-0000-7000-8000-000000000001",
    "source": "intake",
    "type": "intake.consultation.received.v1",
    "subject": "c-1",
    "time": "2026-11-02T01:02:03+00:00",
    "municipality": "292095",
    "actor": "account-1",
    "correlationid": "thread-1",
    "causationid": "",
    "dataschema": "intake.consultation.received.v1.json",
    "epoch": "e-1",
    "sequence": 7,
    "specversion": "1.0",
    "datacontenttype": "application/json",
    "data": {"consultation_id": "c-1", "story": "税が払えない"},
}
REQUIRED = (
    "id",
    "source",
    "type",
    "subject",
    "time",
    "municipality",
    "actor",
    "correlationid",
    "data",
)
WRONG: list[tuple[str, Any]] = [
    ("id", ""),
    ("id", "x" * 65),
    ("id", 5),
    ("id", None),
    ("source", ""),
    ("source", "x" * 33),
    ("type", ""),
    ("type", "intake.consultation.received"),
    ("type", "intake.consultation.v1"),
    ("type", "intake.consultation.received.v0"),
    ("type", "Intake.consultation.received.v1"),
    ("type", "intake.consultation.received.v1\n"),
    ("type", f"intake.consultation.{'x' * 120}.v1"),
    ("subject", "x" * 129),
    ("subject", ["c-1"]),
    ("time", "yesterday"),
    ("time", "2026-11-02T01:02:03"),
    ("time", 0),
    ("municipality", ""),
    ("municipality", "29209"),
    ("municipality", "2920955"),
    ("municipality", "292095\n"),
    ("municipality", "２９２０９５"),
    ("municipality", "../../"),
    ("municipality", "guest"),
    ("actor", "x" * 129),
    ("actor", None),
    ("correlationid", ""),
    ("correlationid", "x" * 65),
    ("causationid", "x" * 65),
    ("causationid", 1),
    ("dataschema", "x" * 201),
    ("epoch", "x" * 65),
    ("sequence", -1),
    ("sequence", "7"),
    ("sequence", 1.5),
    ("sequence", 2**63),
    ("specversion", "0.3"),
    ("datacontenttype", None),
    ("data", None),
    ("data", []),
    ("data", "text"),
]


def test_a_good_envelope_is_taken_whole() -> None:
    envelope = Envelope.from_dict(GOOD)

    assert envelope.to_dict() == GOOD


def test_what_may_be_left_out_has_its_default() -> None:
    envelope = Envelope.from_dict({name: GOOD[name] for name in REQUIRED})

    assert (envelope.causationid, envelope.dataschema, envelope.epoch) == ("", "", "")
    assert (envelope.sequence, envelope.specversion) == (0, "1.0")
    assert envelope.datacontenttype == "application/json"


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_attribute_is_named(name: str) -> None:
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_dict({key: value for key, value in GOOD.items() if key != name})

    assert set(caught.value.problems) == {name}
    assert str(caught.value) == f"not an envelope: {name}"


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_an_attribute_of_a_wrong_shape_is_named(name: str, value: Any) -> None:
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_dict({**GOOD, name: value})

    assert set(caught.value.problems) == {name}


def test_every_wrong_attribute_is_named_at_once() -> None:
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_dict({**GOOD, "type": "x", "time": "x", "municipality": "x", "priority": 1})

    assert str(caught.value) == "not an envelope: municipality, priority, time, type"


@pytest.mark.parametrize("raw", [None, [], "text", 5])
def test_what_is_no_object_is_not_an_envelope(raw: Any) -> None:
    with pytest.raises(MalformedEnvelope, match="not an envelope: envelope"):
        Envelope.from_dict(raw)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nul",
        b"\xff\xfe",
        pytest.param("[" * 100_000, id="deep"),
        "[]",
        '"text"',
        "5",
        "null",
    ],
)
def test_what_is_no_json_object_is_not_an_envelope(text: str | bytes) -> None:
    with pytest.raises(MalformedEnvelope, match="not an envelope: envelope"):
        Envelope.from_json(text)


def test_numbering_changes_the_place_and_nothing_else() -> None:
    before = Envelope.from_dict(GOOD)

    after = before.numbered("e-2", 8)

    assert after.to_dict() == {**GOOD, "epoch": "e-2", "sequence": 8}
    assert before.to_dict() == GOOD


def test_the_text_is_canonical_and_keeps_japanese_readable() -> None:
    text = Envelope.from_dict(dict(reversed(GOOD.items()))).to_json()

    assert text == Envelope.from_dict(GOOD).to_json()
    assert list(json.loads(text)) == sorted(GOOD)
    assert "税が払えない" in text


_words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_words, inner, max_size=4),
    max_leaves=12,
)
_envelopes = st.builds(
    Envelope,
    id=_words,
    source=_words,
    type=st.from_regex(r"[a-z]{1,9}\.[a-z_]{1,9}x\.[a-z]{1,9}\.v[1-9]", fullmatch=True).filter(
        lambda text: "._" not in text
    ),
    subject=_words,
    time=st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()),
    municipality=st.from_regex(r"[0-9]{6}|host", fullmatch=True),
    actor=_words,
    correlationid=_words,
    causationid=_words | st.just(""),
    dataschema=_words | st.just(""),
    epoch=_words | st.just(""),
    sequence=st.integers(0, 2**63 - 1),
    data=st.dictionaries(_words, _json, max_size=4),
)


@given(_envelopes)
def test_any_envelope_comes_back_unchanged_from_its_text(envelope: Envelope) -> None:
    text = envelope.to_json()

    assert Envelope.from_json(text) == envelope
    assert Envelope.from_json(text.encode()) == envelope
    assert Envelope.from_json(text).to_json() == text


@given(st.dictionaries(st.sampled_from(sorted(GOOD)) | _words, _json))
def test_any_other_object_is_refused_and_never_crashes(changes: dict[str, Any]) -> None:
    named, envelope = set(), None
    try:
        envelope = Envelope.from_dict({**GOOD, **changes})
    except MalformedEnvelope as refused:
        named = set(refused.problems)

    assert named <= set(changes)
    assert envelope is None or Envelope.from_json(envelope.to_json()) == envelope
