"""Turns planning problems and plans into bytes and back; a key that is not known is refused, never skipped."""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any, TypeVar

import numpy

from kasane_outreach.domain.planning import (
    Commitment,
    LeftOutReason,
    LeftOutVisit,
    PauseSlot,
    PlanProblem,
    PlanVisit,
    PlanWeights,
    PlanWorker,
    ToldTime,
    Travel,
    VisitPlan,
    VisitSlot,
    VisitWindow,
    WorkPause,
    WorkShift,
)

Facts = dict[str, Any]
T = TypeVar("T")


class UnknownKey(ValueError):
    """The input has a key that means nothing here, or lacks one that is needed; nothing was read."""


def dump_problem(problem: PlanProblem) -> bytes:
    """The whole problem with its ways, small enough for a row of a table."""
    facts = asdict(problem)
    facts["days"] = [day.isoformat() for day in problem.days]
    facts["travel"] = {mode: _pack(table) for mode, table in problem.travel.items()}
    return zlib.compress(json.dumps(facts, default=_plain).encode(), 6)


def load_problem(data: bytes) -> PlanProblem:
    """The problem that was dumped."""
    facts: Facts = json.loads(zlib.decompress(data))
    facts["travel"] = {mode: _unpack(table) for mode, table in facts["travel"].items()}
    return read_problem(facts)


def read_problem(facts: Mapping[str, Any]) -> PlanProblem:
    """A problem from plain JSON, for instance of a file. Raises UnknownKey."""
    whole = _known(PlanProblem, facts)
    return PlanProblem(
        days=tuple(date.fromisoformat(day) for day in whole["days"]),
        workers=tuple(_worker(one) for one in whole["workers"]),
        shifts=tuple(_shift(one) for one in whole["shifts"]),
        visits=tuple(_visit(one) for one in whole["visits"]),
        travel=whole["travel"],
        weights=_make(PlanWeights, whole["weights"]) if "weights" in whole else PlanWeights(),
    )


def dump_plan(plan: VisitPlan) -> bytes:
    """The plan as bytes."""
    return zlib.compress(json.dumps(asdict(plan)).encode(), 6)


def load_plan(data: bytes) -> VisitPlan:
    """The plan that was dumped."""
    facts = _known(VisitPlan, json.loads(zlib.decompress(data)))
    return VisitPlan(
        slots=tuple(_make(VisitSlot, one) for one in facts["slots"]),
        pauses=tuple(_make(PauseSlot, one) for one in facts["pauses"]),
        left_out=tuple(
            LeftOutVisit(
                one["visit"],
                LeftOutReason(one["reason"]),
                tuple(_told(time) for time in one["nearest"]),
            )
            for one in facts["left_out"]
        ),
        planner=facts["planner"],
    )


def _worker(facts: Facts) -> PlanWorker:
    known = _known(PlanWorker, facts)
    return _make(PlanWorker, known | _sets(known, ("skills", "languages")))


def _shift(facts: Facts) -> WorkShift:
    known = _known(WorkShift, facts)
    pauses = tuple(_make(WorkPause, one) for one in known.get("pauses", ()))
    commitments = tuple(_make(Commitment, one) for one in known.get("commitments", ()))
    return _make(WorkShift, known | {"pauses": pauses, "commitments": commitments})


def _visit(facts: Facts) -> PlanVisit:
    known = _known(PlanVisit, facts)
    sets = _sets(known, ("skills", "preferred", "refused"))
    if known.get("second_skills") is not None:
        sets |= _sets(known, ("second_skills",))
    windows = tuple(_make(VisitWindow, one) for one in known["windows"])
    told = known.get("told")
    return _make(
        PlanVisit, known | sets | {"windows": windows, "told": _told(told) if told else None}
    )


def _told(facts: Facts) -> ToldTime:
    known = _known(ToldTime, facts)
    return ToldTime(known["day"], known["starts"], tuple(known["workers"]))


def _sets(facts: Facts, names: Iterable[str]) -> Facts:
    return {name: frozenset(facts[name]) for name in names if name in facts}


def _known(kind: type, facts: Mapping[str, Any]) -> Facts:
    names = {one.name for one in fields(kind)}
    strange = sorted(facts.keys() - names)
    if strange:
        raise UnknownKey(f"{kind.__name__} has no {', '.join(strange)}; nothing was planned.")
    return dict(facts)


def _make(kind: type[T], facts: Mapping[str, Any]) -> T:
    try:
        return kind(**_known(kind, facts))
    except TypeError as error:
        raise UnknownKey(f"{kind.__name__}: {error}; nothing was planned.") from error


def _pack(table: Travel) -> Facts:
    numbers = numpy.array(table, dtype=numpy.int32)
    packed = base64.b64encode(
        zlib.compress(numpy.diff(numbers, axis=1, prepend=0).astype(numpy.int32).tobytes(), 6)
    )
    return {"size": len(table), "ways": packed.decode()}


def _unpack(packed: Facts) -> Travel:
    raw = zlib.decompress(base64.b64decode(packed["ways"]))
    numbers = numpy.frombuffer(raw, dtype=numpy.int32).reshape(packed["size"], packed["size"])
    rows: list[list[int]] = numpy.cumsum(numbers, axis=1).tolist()
    return rows


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is not written into a plan")
