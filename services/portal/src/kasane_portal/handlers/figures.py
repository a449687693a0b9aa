"""Keeps what is counted, and takes the figures that a town states itself."""

from collections.abc import Sequence

from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import MeasureKind, Metric
from kasane_portal.commands import JoinPersons, MeasureFact, StateFigure
from kasane_portal.domain.errors import FigureUnfit, MetricUnknown
from kasane_portal.domain.figure import StatedFigure, read_number
from kasane_portal.domain.period import Period
from kasane_portal.repository import LateFacts, MeasuredFacts, StatedFigures


def measure(commands: Sequence[MeasureFact | JoinPersons], uow: UnitOfWork) -> None:
    """Keeps facts and joined records, and what of it comes too late for a frozen report; the delivery commits."""
    facts, late = MeasuredFacts(uow.connection), LateFacts(uow.connection)
    for command in commands:
        match command:
            case MeasureFact():
                late.note(command)
                facts.keep(command)
            case JoinPersons():
                late.note_join(command)
                facts.join(command)


def states_itself(metric: Metric) -> bool:
    """Whether a figure is stated by the town, because no service says anything to count."""
    return not metric.counts and metric.kind is not MeasureKind.CADENCE


def state_figure(command: StateFigure, uow: UnitOfWork, metrics: Sequence[Metric]) -> str:
    """Takes a figure; a later one of the same time corrects it and needs a reason.

    Raises MetricUnknown, PeriodUnreadable, FigureUnfit and WordsMissing; nothing is kept then.
    """
    if command.metric not in {one.code for one in metrics if states_itself(one)}:
        raise MetricUnknown
    period = Period.parse(command.period.strip())
    if (period.first or period.last) > clock.today():
        raise FigureUnfit(value=period.code)
    figures = StatedFigures(uow.connection)
    figure = StatedFigure(
        id=command.figure_id,
        metric=command.metric,
        period=period.code,
        value=read_number(command.typed),
        reason=command.reason.strip(),
        stated_by=uow.actor.display_name,
        stated_at=clock.now(),
    )
    figure.check(corrects=figures.standing(figure.metric, figure.period) is not None)
    figures.add(figure)
    uow.record("portal.figure.stated", "figure", f"{figure.metric}:{figure.period}")
    uow.commit()
    return figure.id
