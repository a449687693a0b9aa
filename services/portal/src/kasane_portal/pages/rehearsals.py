"""What a year asks again of two sets of plugins, and how an answer is put into words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from kasane_kit import clock
from kasane_kit.plugins import (
    Hooks,
    PluginFailed,
    ask_each,
)
from kasane_kit.web import term, text
from kasane_plugin_api import (
    CaseView,
    ConsentView,
    ConsultationView,
    Metric,
    PersonView,
    ScreeningView,
    matching_bodies,
    matching_roles,
)
from kasane_portal.domain.errors import MeasureWrong
from kasane_portal.domain.figure import FactKind
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.domain.period import Period
from kasane_portal.domain.rehearsal import (
    PastConsultation,
    RehearsedKind,
    RehearsedQuestion,
)
from kasane_portal.pages.period_words import period_words
from kasane_portal.queries.figures import Figures
from kasane_portal.queries.rehearsal import past_consultations, past_states

A_YEAR = timedelta(days=365)
SCREENED = {
    "single_agency": ScreeningView(True, True),
    "related_agencies": ScreeningView(False, True),
    "multi_agency": ScreeningView(False, False),
}
JOINED = (
    "organization",
    "roles",
    "meeting_bodies",
    "plan_items",
    "campaigns",
    "training_courses",
    "metrics",
)
BY_YEAR = frozenset({"campaigns", "metrics"})


@dataclass(frozen=True)
class Changed:
    """Something that one set has and the other has not; ``added`` when the new one has it."""

    what: str
    label: str
    added: bool


def past_questions(connection: Connection, *sets: Hooks) -> Iterator[RehearsedQuestion]:
    """Every decision of the last year, asked again by what its events carried."""
    since = clock.today() - A_YEAR
    for one in past_consultations(connection, since):
        yield from _of_consultation(one)
    for state in past_states(connection, FactKind.CONSENT, since):
        yield RehearsedQuestion(
            RehearsedKind.BODY,
            f"{state.number} {term(f'consent_state.{state.kind}')}".strip(),
            state.case_id,
            state.on,
            _asking(partial(_body, state.kind)),
        )
    for state in past_states(connection, FactKind.PARTICIPATION, since):
        yield RehearsedQuestion(
            RehearsedKind.GATE, state.number, state.case_id, state.on, _asking(_gate)
        )
    yield from _of_figures(connection, sets)


def _of_consultation(one: PastConsultation) -> Iterator[RehearsedQuestion]:
    view = ConsultationView(
        one.channel,
        one.desk,
        one.categories,
        urgent=one.urgent,
        area=one.area,
        received_on=one.on,
        main_category=one.main_category,
        screening=ScreeningView(*one.screening)
        if one.screening is not None
        else SCREENED.get(one.level, ScreeningView()),
        extensions=one.answers,
    )
    asked: list[tuple[RehearsedKind, Callable[[Any], str]]] = [
        (RehearsedKind.ESCALATION, lambda hooks: _escalation(hooks, view)),
        (RehearsedKind.OFFICE, lambda hooks: _office(hooks, view)),
    ]
    if one.urgent:
        asked.append((RehearsedKind.EMERGENCY, lambda hooks: _emergency(hooks, view)))
    for kind, ask in asked:
        yield RehearsedQuestion(kind, one.number, one.id, one.on, _asking(ask))


def _of_figures(connection: Connection, sets: tuple[Hooks, ...]) -> Iterator[RehearsedQuestion]:
    today = clock.today()
    period = Period.of_year(fiscal_year(today), today)
    metrics: dict[str, Metric] = {}
    for hooks in sets:
        for metric in ask_each(hooks, "metrics", year=period.year).joined():
            metrics.setdefault(metric.code, metric)
    for code, metric in metrics.items():
        yield RehearsedQuestion(
            RehearsedKind.FIGURE,
            f"{metric.label} {period_words(period, metric.partial_words)}",
            code,
            None,
            _asking(partial(_figure, connection, code, period)),
        )


def _asking(ask: Callable[[Any], str]) -> Callable[[object], str]:
    def asked(hooks: object) -> str:
        try:
            return ask(hooks)
        except PluginFailed as failure:
            return text("rehearsal.failed", why=failure.notice)

    return asked


def _escalation(hooks: Any, view: ConsultationView) -> str:
    found = hooks.escalation(consultation=view)
    if found is None:
        return text("town_rules.stays_with_desk")
    posts = matching_roles(hooks.roles(on=clock.today()), found.target_role)
    names = text("kit.list_separator").join(dict.fromkeys(one.label for one in posts))
    return f"{names or found.target_role}（{found.reason}）"


def _office(hooks: Any, view: ConsultationView) -> str:
    found = hooks.responsible_office(consultation=view)
    if found is None:
        return text("town_rules.not_stated")
    offices = {one.code: one.label for one in hooks.organization(on=clock.today())}
    return str(offices.get(found.office, found.office))


def _emergency(hooks: Any, view: ConsultationView) -> str:
    contacts = hooks.emergency_contacts(consultation=view)
    return str(text("kit.list_separator").join(one.label for one in contacts))


def _body(state: str, hooks: Any) -> str:
    found = hooks.meeting_for(
        case=CaseView("", "assessment", support_decided=True),
        consent=ConsentView(PersonView(""), state),
        urgent=False,
    )
    if found is None or found.undecided:
        return text("town_rules.undecided")
    bodies = matching_bodies(hooks.meeting_bodies(on=clock.today()), found.body)
    names = dict.fromkeys(one.label for one in bodies)
    return text("kit.list_separator").join(names) or str(found.body)


def _gate(hooks: Any) -> str:
    rule = hooks.participation_rule(case=CaseView("", "in_support"))
    if not rule.judged_by:
        return text("rehearsal.no_judgement")
    bodies = matching_bodies(hooks.meeting_bodies(on=clock.today()), rule.judged_by)
    return text("rehearsal.judged_by", body=bodies[0].label if bodies else rule.judged_by)


def _figure(connection: Connection, code: str, period: Period, hooks: Any) -> str:
    metrics = ask_each(hooks, "metrics", year=period.year).joined()
    metric = next((one for one in metrics if one.code == code), None)
    if metric is None:
        return text("rehearsal.not_reported")
    try:
        figures = Figures(connection, metrics, clock.today())
        return f"{figures.of(metric, period).printed}{metric.unit}"
    except MeasureWrong as wrong:
        return text("figures.cannot_count", label=metric.label, **wrong.facts)


def changes_at_once(before: Hooks, after: Hooks) -> tuple[Changed, ...]:
    """The offices, roles, bodies and whatever else has a name today that only one of two sets has."""
    today = clock.today()
    found = []
    for name in JOINED:
        when: dict[str, Any] = {"year": fiscal_year(today)} if name in BY_YEAR else {"on": today}
        old, new = (
            {one.label for one in ask_each(hooks, name, **when).joined()}
            for hooks in (before, after)
        )
        found += [Changed(name, label, False) for label in sorted(old - new)]
        found += [Changed(name, label, True) for label in sorted(new - old)]
    return tuple(found)
