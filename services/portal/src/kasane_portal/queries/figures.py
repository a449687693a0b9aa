"""Reads a town's figures: each metric over a time, counted from what services said or as the town stated it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from kasane_plugin_api import MeasureKind, Metric
from kasane_portal import tables
from kasane_portal.domain.errors import MeasureWrong
from kasane_portal.domain.figure import FactKind, Figure, MarkKind, StatedFigure, one_each
from kasane_portal.domain.period import Period
from kasane_portal.repository import StatedFigures

SUBJECTS = {
    MeasureKind.DISTINCT_PERSON: MarkKind.PERSON,
    MeasureKind.DISTINCT_HOUSEHOLD: MarkKind.HOUSEHOLD,
    MeasureKind.DISTINCT_GROUP: MarkKind.GROUP,
    MeasureKind.DISTINCT_PLACE: MarkKind.PLACE,
    MeasureKind.ACTIVITY: MarkKind.GROUP,
    MeasureKind.CASE: MarkKind.CASE,
}
SUMMED = (MeasureKind.ATTENDANCE,)


@dataclass(frozen=True)
class Mismatch:
    """A figure whose parts do not add up to it."""

    metric: Metric
    period: Period
    whole: Decimal
    parts: Decimal


class Figures:
    """The figures of the open town; ask for one metric over one time, as often as wanted."""

    def __init__(self, connection: Connection, metrics: Sequence[Metric], today: date) -> None:
        self._connection = connection
        self._by_code = {one.code: one for one in reversed(metrics)}
        self._today = today
        self._stated = _latest(StatedFigures(connection).all())
        self._same: Sequence[tuple[str, str]] | None = None
        self._first_days: dict[tuple[str, ...], date | None] = {}

    def of(self, metric: Metric, period: Period) -> Figure:
        """The figure; raises MeasureWrong for a metric that names a mark or a fact that is none."""
        if metric.kind is MeasureKind.CADENCE:
            return Figure(None, metric.planned)
        if not metric.counts:
            return self._of_parts(metric, period) or self._stated_for(metric, period)
        if self._before_collecting(metric, period):
            return Figure(None)
        if metric.kind is MeasureKind.SHARE:
            return self._share(metric, period)
        return Figure(Decimal(self._count(metric, period)))

    def stated_on(self, metric: Metric, period: Period) -> Period | None:
        """The time for which the figure shown was stated, where it is another than asked for."""
        found = self._nearest(metric, period)
        return found if found and found.code != period.code else None

    def mismatch(self, metric: Metric, period: Period) -> Mismatch | None:
        """Where a stated or counted whole is not what its parts come to."""
        whole = self._stated_for(metric, period).value if not metric.counts else None
        if metric.counts:
            whole = self.of(metric, period).value
        parts = self._sum_of_parts(metric, period)
        if whole is None or parts is None or whole == parts:
            return None
        return Mismatch(metric, period, whole, parts)

    def _of_parts(self, metric: Metric, period: Period) -> Figure | None:
        if self._nearest(metric, period) is not None:
            return None
        found = self._sum_of_parts(metric, period)
        return None if found is None else Figure(found)

    def _sum_of_parts(self, metric: Metric, period: Period) -> Decimal | None:
        if not metric.parts:
            return None
        found = [
            self.of(self._by_code[code], period).value
            for code in metric.parts
            if code in self._by_code
        ]
        known = [value for value in found if value is not None]
        return sum(known, Decimal(0)) if len(known) == len(metric.parts) else None

    def _stated_for(self, metric: Metric, period: Period) -> Figure:
        nearest = self._nearest(metric, period)
        return Figure(self._stated[metric.code, nearest.code].value if nearest else None)

    def _nearest(self, metric: Metric, period: Period) -> Period | None:
        """The very time asked for, else the latest day, month or part of that year that was stated."""
        if (metric.code, period.code) in self._stated:
            return period
        of_metric = [Period.parse(code) for name, code in self._stated if name == metric.code]
        within = [
            one
            for one in of_metric
            if one.first and period.first and period.first <= one.first and one.last <= period.last
        ]
        return max(within, key=lambda one: one.last, default=None)

    def _before_collecting(self, metric: Metric, period: Period) -> bool:
        first = self._first_day(metric.counts)
        begun = max(filter(None, (first, metric.collected_from)), default=None)
        begins = period.first or period.last
        return first is None or begun is None or period.last < begun or begins > self._today

    def _first_day(self, counts: tuple[str, ...]) -> date | None:
        if counts not in self._first_days:
            fact = tables.measured_fact.c
            self._first_days[counts] = self._connection.execute(
                select(func.min(fact.day)).where(fact.kind.in_(kinds_of(counts)))
            ).scalar_one()
        return self._first_days[counts]

    def _share(self, metric: Metric, period: Period) -> Figure:
        fact = tables.measured_fact
        counted = [
            self._connection.execute(
                select(func.count())
                .select_from(fact)
                .where(*within(metric.counts, period, (*metric.where, *more)))
            ).scalar_one()
            for more in ((), metric.share_where)
        ]
        whole, part = counted
        if not whole:
            return Figure(None)
        percent = Decimal(part * 100) / Decimal(whole)
        if metric.claim and percent >= metric.claim_from:
            return Figure(percent, metric.claim)
        return Figure(percent, f"{percent:.1f}%")

    def _count(self, metric: Metric, period: Period) -> int:
        fact = tables.measured_fact
        inside = within(metric.counts, period, metric.where)
        if metric.new_only:
            return self._new_persons(metric, period)
        if metric.kind in SUMMED:
            total = select(func.coalesce(func.sum(fact.c.quantity), 0)).where(*inside)
            return int(self._connection.execute(total).scalar_one())
        if metric.kind not in SUBJECTS:
            how_many = select(func.count()).select_from(fact).where(*inside)
            return int(self._connection.execute(how_many).scalar_one())
        mark, subject = tables.measured_mark, SUBJECTS[metric.kind]
        seen = (
            select(mark.c.value)
            .distinct()
            .where(
                mark.c.mark == subject.value,
                exists().where(
                    fact.c.kind == mark.c.kind, fact.c.fact_id == mark.c.fact_id, *inside
                ),
            )
        )
        ids = list(self._connection.execute(seen).scalars())
        if subject is not MarkKind.PERSON:
            return len(ids)
        return len(set(one_each(ids, self.same_persons()).values()))

    def _new_persons(self, metric: Metric, period: Period) -> int:
        """Persons whose first fact of this kind lies within the time; a later one is not new."""
        fact, mark = tables.measured_fact, tables.measured_mark
        ever = Period.parse(f"..{period.year}")
        rows = self._connection.execute(
            select(mark.c.value, func.min(fact.c.day))
            .join(mark, and_(mark.c.kind == fact.c.kind, mark.c.fact_id == fact.c.fact_id))
            .where(
                mark.c.mark == MarkKind.PERSON.value,
                fact.c.day <= period.last,
                *within(metric.counts, ever, metric.where),
            )
            .group_by(mark.c.value)
        ).all()
        stands_for = one_each((row[0] for row in rows), self.same_persons())
        first: dict[str, date] = {}
        for person, day in rows:
            one = stands_for[person]
            first[one] = min(first.get(one, day), day)
        return sum(period.first is None or day >= period.first for day in first.values())

    def same_persons(self) -> Sequence[tuple[str, str]]:
        """Pairs of records that were found to be of one person."""
        if self._same is None:
            same = tables.same_person.c
            self._same = [
                (row.one_id, row.other_id)
                for row in self._connection.execute(
                    select(same.one_id, same.other_id).where(same.undone.is_(False))
                )
            ]
        return self._same


def statements(connection: Connection) -> tuple[StatedFigure, ...]:
    """Every figure that the town stated, corrections too, the latest first."""
    return StatedFigures(connection).all()


def _latest(stated: Iterable[StatedFigure]) -> Mapping[tuple[str, str], StatedFigure]:
    found: dict[tuple[str, str], StatedFigure] = {}
    for one in stated:
        found.setdefault((one.metric, one.period), one)
    return found


def within(
    counts: tuple[str, ...], period: Period, narrowed: tuple[str, ...]
) -> list[ColumnElement[bool]]:
    """What a fact fulfils that is counted: its kind, its time, its marks; raises MeasureWrong."""
    fact = tables.measured_fact.c
    conditions = [fact.kind.in_(kinds_of(counts)), fact.day <= period.last]
    if period.first is not None:
        lasts = fact.kind == FactKind.NETWORK_MEMBER.value
        conditions.append(
            or_(
                and_(~lasts, fact.day >= period.first),
                and_(lasts, or_(fact.until.is_(None), fact.until >= period.first)),
            )
        )
    return [*conditions, *(_marked(one) for one in narrowed)]


def kinds_of(counts: tuple[str, ...]) -> list[str]:
    """The kinds of facts in order; raises MeasureWrong for one that no service says."""
    wrong = sorted(set(counts) - set(FactKind))
    if wrong:
        raise MeasureWrong(word=wrong[0])
    return sorted(counts)


def _marked(narrowing: str) -> ColumnElement[bool]:
    name, _, values = narrowing.partition("=")
    if name not in set(MarkKind) or not values:
        raise MeasureWrong(word=narrowing)
    fact, mark = tables.measured_fact, tables.measured_mark.alias()
    return exists().where(
        mark.c.kind == fact.c.kind,
        mark.c.fact_id == fact.c.fact_id,
        mark.c.mark == name,
        mark.c.value.in_(values.split("|")),
    )
