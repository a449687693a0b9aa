"""What of a year is asked again in a rehearsal."""

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, and_, select

from kasane_portal import tables
from kasane_portal.domain.figure import FactKind, MarkKind
from kasane_portal.domain.rehearsal import PastConsultation, PastState

Marked = Mapping[MarkKind, tuple[str, ...]]


def past_consultations(connection: Connection, since: date) -> tuple[PastConsultation, ...]:
    """Every consultation since a day, the earliest first."""
    numbers = _numbers(connection)
    screened = {one: marks for one, _, marks in _facts(connection, FactKind.SCREENING, since)}
    return tuple(
        PastConsultation(
            id=fact_id,
            number=numbers.get(fact_id, ""),
            on=on,
            channel=_one(marks, MarkKind.CHANNEL),
            desk=_one(marks, MarkKind.BODY),
            categories=marks.get(MarkKind.LOCAL_CATEGORY) or marks.get(MarkKind.CATEGORY, ()),
            area=_one(marks, MarkKind.AREA),
            level=_one(marks, MarkKind.LEVEL),
            urgent=bool(_one(marks, MarkKind.URGENT)),
            main_category=_one(marks, MarkKind.MAIN_CATEGORY),
            screening=_screening(screened.get(fact_id)),
            answers=_answers(marks),
        )
        for fact_id, on, marks in _facts(connection, FactKind.CONSULTATION, since)
    )


def past_states(connection: Connection, kind: FactKind, since: date) -> tuple[PastState, ...]:
    """Every consent state or participation since a day, each as it stood last."""
    numbers = _numbers(connection)
    return tuple(
        PastState(
            fact_id,
            _one(marks, MarkKind.CASE),
            numbers.get(_one(marks, MarkKind.CASE), ""),
            on,
            _one(marks, MarkKind.KIND),
        )
        for fact_id, on, marks in _facts(connection, kind, since)
    )


def _facts(
    connection: Connection, kind: FactKind, since: date
) -> list[tuple[str, date, dict[MarkKind, tuple[str, ...]]]]:
    fact, mark = tables.measured_fact, tables.measured_mark
    rows = connection.execute(
        select(fact.c.fact_id, fact.c.day, mark.c.mark, mark.c.value)
        .join(
            mark,
            and_(mark.c.kind == fact.c.kind, mark.c.fact_id == fact.c.fact_id),
            isouter=True,
        )
        .where(fact.c.kind == kind.value, fact.c.day >= since)
        .order_by(fact.c.day, fact.c.fact_id, mark.c.mark, mark.c.value)
    )
    found: dict[str, tuple[str, date, dict[MarkKind, tuple[str, ...]]]] = {}
    for fact_id, on, name, value in rows:
        _, _, marks = found.setdefault(fact_id, (fact_id, on, {}))
        if name is not None:
            marks[MarkKind(name)] = (*marks.get(MarkKind(name), ()), value)
    return list(found.values())


def _screening(marks: Marked | None) -> tuple[bool | None, bool | None] | None:
    if marks is None:
        return None
    return _yes(_one(marks, MarkKind.SINGLE)), _yes(_one(marks, MarkKind.ORDINARY))


def _yes(said: str) -> bool | None:
    return {"yes": True, "no": False}.get(said)


def _answers(marks: Marked) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for told in marks.get(MarkKind.TOWN_ANSWER, ()):
        name, _, value = told.partition("=")
        plugin, _, field = name.partition(":")
        found.setdefault(plugin, {})[field] = json.loads(value)
    return found


def _one(marks: Marked, kind: MarkKind) -> str:
    return next(iter(marks.get(kind, ())), "")


def _numbers(connection: Connection) -> dict[str, str]:
    return {row.subject_id: row.number for row in connection.execute(select(tables.number))}
