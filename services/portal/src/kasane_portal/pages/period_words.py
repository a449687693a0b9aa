"""Says a time as Japanese offices print it: 令和5年度（～9月）, 令和8年3月現在."""

from datetime import date

from kasane_kit.web import text
from kasane_kit.web.dates import wareki
from kasane_portal.domain.period import Period, PeriodKind


def period_words(period: Period, partial: str = "（～{month}月）") -> str:
    """The time in words; ``partial`` is how the town marks a year that is not over, with ``{month}``."""
    year = text("period.fiscal_year", year=_era_year(period.year))
    match period.kind:
        case PeriodKind.FISCAL_YEAR:
            return year
        case PeriodKind.UP_TO_MONTH:
            return year + partial.format(month=period.last.month)
        case PeriodKind.YEARS_TOGETHER:
            assert period.first is not None
            first = text("period.fiscal_year", year=_era_year(period.first.year))
            return text("period.together", first=first, last=year)
        case PeriodKind.ON_DAY:
            return text("period.on", day=wareki(period.last))
        case PeriodKind.IN_MONTH:
            month = wareki(period.last).partition("月")[0] + "月"
            return text("period.on", day=month)
        case PeriodKind.CUMULATIVE:
            return text("period.cumulative", year=year)


def _era_year(year: int) -> str:
    # The first of May: the fiscal year that began in Heisei 31 is printed as the first of Reiwa.
    return wareki(date(year, 5, 1)).partition("年")[0] + "年"
