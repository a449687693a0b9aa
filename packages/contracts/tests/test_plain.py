"""The short way in and out of usual events says the same as the schema, or leaves the value to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasane_contracts import registry
from kasane_contracts.envelope import Envelope, MalformedEnvelope, _EnvelopeSchema, _fits
from kasane_contracts.plain import Unusual, event_of, plain_of

GOOD = Envelope(
    id="e-1",
    source="intake",
    type="intake.consultation.closed.v1",
    subject="c-1",
    time="2026-04-01T09:00:00+09:00",
    municipality="292095",
    actor="account-1",
    correlationid="t-1",
    data={"a": 1},
).to_dict()


@dataclass(frozen=True)
class Part:
    """A part of the event below."""

    name: str
    share: float = 0.5


@dataclass(frozen=True)
class Whole:
    """Every kind of field that an event may have."""

    key: str
    number: int
    right: bool
    day: date
    parts: tuple[Part, ...] = ()
    later: date | None = None
    part: Part | None = None
    words: tuple[str, ...] = ()


STRANGE: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(["2026-04-01", "20260401", "2026-W01-1", "2026-02-30", "１", "true", "7", ""]),
    st.lists(st.text(max_size=2), max_size=2),
    st.just({}),
    st.fixed_dictionaries({"name": st.text(max_size=2)}, optional={"share": st.floats()}),
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        name: STRANGE
        for name in ("key", "number", "right", "day", "parts", "later", "part", "words", "new")
    },
)


@given(DATA)
def test_what_is_read_the_short_way_is_what_the_schema_reads(data):
    try:
        short = event_of(Whole, data)
    except Unusual:
        return
    assert short == registry._build(Whole, registry.schema_for(Whole).load(data))


@given(
    st.builds(
        Whole,
        st.text(),
        st.integers(),
        st.booleans(),
        st.dates(),
        st.lists(st.builds(Part, st.text(), st.floats(allow_nan=False))).map(tuple),
        st.none() | st.dates(),
        st.none() | st.builds(Part, st.text()),
        st.lists(st.text()).map(tuple),
    )
)
def test_what_is_written_the_short_way_is_what_the_schema_writes(whole):
    try:
        short = plain_of(whole)
    except Unusual:
        # Only what is not finite, which the schema refuses when it is read again.
        assert any(abs(part.share) == float("inf") for part in whole.parts)
        return
    assert short == registry.schema_for(Whole).dump(whole)
    assert event_of(Whole, json.loads(json.dumps(short))) == whole


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(
                st.none(),
                st.integers(-1, 2),
                st.just(2**63),
                st.booleans(),
                st.text(max_size=2),
                st.sampled_from([1, 32, 33, 64, 65, 120, 121, 128, 129, 200, 201]).map(
                    lambda many: "x" * many
                ),
                st.sampled_from(
                    ["2026-04-01", "2026-04-01T09:00:00", "host", "29209５", "1.0", "a.b.c.v1\n"]
                ),
                st.just({}),
                st.just([]),
            )
            for name in GOOD
        },
    ),
    st.sets(st.sampled_from(sorted(GOOD)), max_size=2),
)
def test_an_envelope_that_fits_is_one_that_the_schema_takes_unchanged(changes, left_out):
    raw = {name: value for name, value in {**GOOD, **changes}.items() if name not in left_out}
    problems = _EnvelopeSchema().validate(raw)
    if problems:
        assert not _fits(raw)
        with pytest.raises(MalformedEnvelope) as refused:
            Envelope.from_dict(raw)
        assert refused.value.problems == problems
        return
    loaded = _EnvelopeSchema().load(raw)
    assert not _fits(raw) or loaded == raw
    assert Envelope.from_dict(raw) == Envelope(**loaded)


def test_the_text_of_the_log_is_kept_and_a_changed_envelope_has_its_own():
    placed = Envelope.from_dict(GOOD).to_json_without_place()[:-1] + ',"epoch":"e","sequence":7}'

    envelope = Envelope.from_log(placed)

    assert (envelope.epoch, envelope.sequence) == ("e", 7)
    assert envelope.to_json() == placed
    assert json.loads(replace(envelope, sequence=8).to_json())["sequence"] == 8
    assert envelope == Envelope.from_dict(GOOD).numbered("e", 7)


def test_an_event_that_an_earlier_release_left_without_a_place_is_read_in_its_new_one():
    old = Envelope.from_dict(GOOD).to_json()

    envelope = Envelope.from_log(old[:-1] + ',"epoch":"e","sequence":7}')

    assert (envelope.epoch, envelope.sequence) == ("e", 7)
