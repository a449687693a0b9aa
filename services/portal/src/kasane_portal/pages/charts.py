"""Makes bars of a report's figures, for those who would rather look than read; every bar has its number beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kasane_kit.web import text
from kasane_portal.domain.report import ReportContent, ReportRow


@dataclass(frozen=True)
class Bar:
    """One time with its figure; ``share`` is its part of the longest bar in percent, None where there is no bar."""

    label: str
    printed: str
    share: float | None


@dataclass(frozen=True)
class Chart:
    """The bars of one metric, all on one scale that begins at zero."""

    table: str
    label: str
    unit: str
    bars: tuple[Bar, ...]

    @property
    def spoken(self) -> str:
        """What the chart shows, for those who listen to the page."""
        said = text("kit.list_separator").join(f"{one.label} {one.printed}" for one in self.bars)
        return text("report.chart_spoken", label=self.label, said=said)


def charts_of(content: ReportContent) -> tuple[Chart, ...]:
    """A chart for every figure that can be set beside another time; plans and lone figures get none."""
    return tuple(
        Chart(table.label, row.label, row.unit, tuple(_bars(row, content.columns)))
        for table, row in content.rows()
        if sum(1 for cell in row.cells if cell.value) > 1
        and any(Decimal(cell.value) > 0 for cell in row.cells if cell.value)
    )


def _bars(row: ReportRow, columns: tuple[str, ...]) -> Iterator[Bar]:
    longest = max(Decimal(cell.value) for cell in row.cells if cell.value)
    for column, cell in zip(columns, row.cells, strict=True):
        unit = row.unit if cell.value and not cell.printed.endswith(("%", "上")) else ""
        share = float(round(Decimal(cell.value) * 100 / longest, 1)) if cell.value else None
        yield Bar(cell.words or column, f"{cell.printed}{unit}", share)
