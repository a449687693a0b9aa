"""Tells the prefecture a town's counts once a month, as far as nobody can be seen in them."""

from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_portal.domain.overview import (
    YEARS_TOLD,
    CountKind,
    fiscal_year,
    month_before,
    months_of,
    told,
)
from kasane_portal.repository import CountedFacts, ToldCounts


def tell_counts(house: House, municipality: str) -> None:
    """Looks at every year once for each month that is over; finds nothing to do the second time."""
    today = clock.today()
    month, present = month_before(today), fiscal_year(today)
    with UnitOfWork(house, "portal", platform_actor("portal", municipality)) as uow:
        known, counted = ToldCounts(uow.connection), CountedFacts(uow.connection)
        due = [
            year
            for year in range(present - YEARS_TOLD + 1, present + 1)
            if months_of(year)[0] <= month and known.looked_at(year) < month
        ]
        for year in due:
            before, through = known.of(year), min(month, months_of(year)[1])
            counts = counted.in_year(year, through)
            known.keep(
                year,
                {kind: told(before.get(kind), counts.get(kind, 0), through) for kind in CountKind},
                month,
            )
            uow.record("portal.counts.told", "overview", f"{year}:{month}")
        if due:
            uow.commit()
