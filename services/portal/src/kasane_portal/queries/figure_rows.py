"""Reads what stands behind a figure: the facts that were counted, with ids and codes, never a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, and_, func, select, tuple_

from kasane_plugin_api import Metric
from kasane_portal import tables
from kasane_portal.domain.figure import FactKind, MarkKind, one_each
from kasane_portal.domain.period import Period
from kasane_portal.queries.figures import SUBJECTS, Figures, within


@dataclass(frozen=True)
class CountedFact:
    """One fact behind a figure: what, when, how many, and the record it is about.

    ``number`` is the consultation's or the case's, empty where it has none. ``counted_as`` is the place of its person,
    household, group or case among those that are counted once, 0 where facts themselves are counted.
    """

    kind: FactKind
    fact_id: str
    day: date
    quantity: int
    number: str = ""
    counted_as: int = 0
    marks: Mapping[MarkKind, tuple[str, ...]] = field(default_factory=dict)

    def marked(self, mark: MarkKind) -> str:
        """The first value of a mark, empty without one."""
        return next(iter(self.marks.get(mark, ())), "")


def how_many_facts(connection: Connection, metric: Metric, period: Period) -> int:
    """How many facts a figure goes back to; raises MeasureWrong."""
    fact = tables.measured_fact
    counted = (
        select(func.count()).select_from(fact).where(*within(metric.counts, period, metric.where))
    )
    return int(connection.execute(counted).scalar_one())


def facts_behind(
    connection: Connection, counted: Figures, metric: Metric, period: Period, first: int, most: int
) -> Sequence[CountedFact]:
    """At most ``most`` facts from the place ``first`` on, the earliest day first; raises MeasureWrong."""
    fact = tables.measured_fact
    rows = connection.execute(
        select(fact)
        .where(*within(metric.counts, period, metric.where))
        .order_by(fact.c.day, fact.c.kind, fact.c.fact_id)
        .offset(first)
        .limit(most)
    ).all()
    keys = [(row.kind, row.fact_id) for row in rows]
    marks = _marks(connection, keys)
    numbers = numbers_of(
        connection,
        [
            *(row.fact_id for row in rows),
            *(value for found in marks.values() for value in found.get(MarkKind.CASE, ())),
        ],
    )
    subject = SUBJECTS.get(metric.kind)
    places = _places(connection, counted, metric, period, subject) if subject else {}
    return [
        CountedFact(
            FactKind(row.kind),
            row.fact_id,
            row.day,
            row.quantity,
            numbers.get(row.fact_id) or numbers.get(_first(found, MarkKind.CASE), ""),
            min((places[one] for one in found.get(subject, ()) if one in places), default=0)
            if subject
            else 0,
            found,
        )
        for row, found in ((row, marks.get((row.kind, row.fact_id), {})) for row in rows)
    ]


def numbers_of(connection: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    """The numbers of consultations and cases by their ids."""
    number = tables.number.c
    asked = sorted(set(filter(None, ids)))
    return {
        row.subject_id: row.number
        for row in connection.execute(
            select(number.subject_id, number.number).where(number.subject_id.in_(asked))
        )
    }


def _first(marks: Mapping[MarkKind, tuple[str, ...]], mark: MarkKind) -> str:
    return next(iter(marks.get(mark, ())), "")


def _marks(
    connection: Connection, keys: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], Mapping[MarkKind, tuple[str, ...]]]:
    mark = tables.measured_mark.c
    found: dict[tuple[str, str], dict[MarkKind, tuple[str, ...]]] = {}
    if not keys:
        return found
    rows = connection.execute(
        select(tables.measured_mark)
        .where(tuple_(mark.kind, mark.fact_id).in_(keys))
        .order_by(mark.mark, mark.value)
    )
    for row in rows:
        of_fact = found.setdefault((row.kind, row.fact_id), {})
        name = MarkKind(row.mark)
        of_fact[name] = (*of_fact.get(name, ()), row.value)
    return found


def _places(
    connection: Connection, counted: Figures, metric: Metric, period: Period, subject: MarkKind
) -> Mapping[str, int]:
    """For every id that is counted once the place in which it came first."""
    fact, mark = tables.measured_fact, tables.measured_mark
    rows = connection.execute(
        select(mark.c.value)
        .join(fact, and_(fact.c.kind == mark.c.kind, fact.c.fact_id == mark.c.fact_id))
        .where(mark.c.mark == subject.value, *within(metric.counts, period, metric.where))
        .group_by(mark.c.value)
        .order_by(func.min(fact.c.day), mark.c.value)
    ).scalars()
    ids = list(rows)
    same = counted.same_persons() if subject is MarkKind.PERSON else ()
    stands_for = one_each(ids, same)
    places: dict[str, int] = {}
    for one in ids:
        places.setdefault(stands_for[one], len(places) + 1)
    return {one: places[stands_for[one]] for one in ids}
