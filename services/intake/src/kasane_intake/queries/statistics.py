"""Counts consultations in national words; a count names nobody."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, func, select

from kasane_intake import tables
from kasane_intake.domain.categories import NATIONAL
from kasane_intake.domain.reception import BroughtBy, Channel, Reception
from kasane_kit import clock


@dataclass(frozen=True)
class ReceptionCounts:
    """How many consultations came in a period, by channel, by route, and by national category.

    A consultation has one channel and at most one route, but may have several categories: those do not add up to
    ``consultations``; the main ones do, as far as a main one was marked.
    """

    consultations: int
    channels: Mapping[str, int]
    routes: Mapping[str, int]
    categories: Mapping[str, int]
    main_categories: Mapping[str, int]


def reception_counts(connection: Connection, first: date, last: date) -> ReceptionCounts:
    """The counts of the days from ``first`` to ``last``, both included."""
    c, r, n = tables.consultation.c, tables.reception.c, tables.national_category.c
    begins = datetime.combine(first, time(), clock.JAPAN)
    ends = datetime.combine(last + timedelta(days=1), time(), clock.JAPAN)
    within = (c.received_at >= begins.astimezone(UTC), c.received_at < ends.astimezone(UTC))
    channels: Counter[str] = Counter()
    routes: Counter[str] = Counter()
    ways = connection.execute(
        select(c.channel, r.route, func.count())
        .select_from(tables.consultation)
        .outerjoin(tables.reception, r.consultation_id == c.id)
        .where(*within)
        .group_by(c.channel, r.route)
    )
    for channel, noted, count in ways:
        channels[channel] += count
        route = Reception(BroughtBy(noted) if noted else None).route_by(Channel(channel))
        if route:
            routes[route.value] += count
    categories: Counter[str] = Counter()
    main: Counter[str] = Counter()
    rows = connection.execute(
        select(n.code, n.main, func.count())
        .join(tables.consultation, c.id == n.consultation_id)
        .where(*within)
        .group_by(n.code, n.main)
    )
    for code, is_main, count in rows:
        categories[code] += count
        if is_main:
            main[code] += count
    return ReceptionCounts(
        channels.total(),
        dict(sorted(channels.items())),
        dict(sorted(routes.items())),
        {code: categories[code] for code in NATIONAL if categories[code]},
        {code: main[code] for code in NATIONAL if main[code]},
    )
