"""Another set of plugins, tried on the town's last year before anybody enables it."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound

from kasane_contracts import links
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.plugins import (
    Hooks,
    MisconfiguredTown,
    PluginFailed,
    ask_each,
    build_manager,
    catalogue,
)
from kasane_kit.tenancy import Town
from kasane_kit.web import reading, term, text, this_town, unit_of_work
from kasane_plugin_api import (
    CaseView,
    ConsentView,
    ConsultationView,
    Metric,
    PersonView,
    PluginKind,
    PluginMetadata,
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
    Rehearsal,
    RehearsedKind,
    RehearsedQuestion,
    rehearse,
)
from kasane_portal.pages.local import in_host
from kasane_portal.pages.period_words import period_words
from kasane_portal.queries.figures import Figures
from kasane_portal.queries.rehearsal import past_consultations, past_states

blueprint = Blueprint("rehearsals", __name__)

A_YEAR = timedelta(days=365)
SCREENED = {
    "single_agency": ScreeningView(True, True),
    "related_agencies": ScreeningView(False, True),
    "multi_agency": ScreeningView(False, False),
}
JOINED = ("organization", "roles", "meeting_bodies")


@dataclass(frozen=True)
class Changed:
    """Something that one set has and the other has not; ``added`` when the new one has it."""

    what: str
    label: str
    added: bool


@dataclass(frozen=True)
class Tried:
    """A set that could be built: what changes at once, what the year would have been, the town's file."""

    changes: tuple[Changed, ...]
    rehearsal: Rehearsal
    town_file: str


@blueprint.get("/plugins")
@require("portal.plugin_set.rehearse")
def show() -> str:
    """The set of today and the form for another one."""
    town = _town()
    return _page(town.plugins, _written(town.settings))


@blueprint.post("/plugins/rehearsal")
@require("portal.plugin_set.rehearse")
def try_out() -> str | tuple[str, int]:
    """Replays the last year through today's set and the chosen one, in memory."""
    town = _town()
    chosen = tuple(name for name in request.form.getlist("plugins") if name)
    typed = request.form.get("settings", "")
    try:
        settings = tomllib.loads(typed)
        other = replace(town, plugins=chosen, settings=settings.get("settings", settings))
        before = Hooks(town, build_manager(town))
        after = Hooks(other, build_manager(other))
    except tomllib.TOMLDecodeError as error:
        problem = text("rehearsal.not_toml", why=str(error))
        return _page(chosen, typed, problem=problem), 422
    except MisconfiguredTown as wrong:
        return _page(chosen, typed, problem=wrong.sentence), 422
    with reading() as connection:
        tried = Tried(
            _changes(before, after),
            rehearse(_questions(connection, before, after), before, after),
            _town_file(other),
        )
    with unit_of_work() as uow:
        uow.record("portal.plugin_set.rehearsed", "plugin_set", " ".join(chosen) or "-")
        uow.commit()
    return _page(chosen, typed, tried=tried)


def _page(
    chosen: tuple[str, ...], settings: str, *, tried: Tried | None = None, problem: str = ""
) -> str:
    town = _town()
    return render_template(
        "portal/rehearsal.html",
        installed=_of_towns(),
        enabled=town.plugins,
        chosen=chosen,
        settings=settings,
        tried=tried,
        problem=problem,
        link=_link,
    )


def _of_towns() -> list[tuple[str, str]]:
    """Names and labels of what a town may enable; what cannot be loaded shows its name alone."""
    found = []
    for name in sorted(catalogue()):
        try:
            metadata: PluginMetadata = catalogue()[name].load().metadata  # type: ignore[attr-defined]
        except Exception:
            found.append((name, name))
            continue
        if metadata.kind is not PluginKind.PREFECTURE:
            found.append((name, metadata.label))
    return found


def _town() -> Town:
    if in_host():
        raise NotFound
    return this_town()


def _link(kind: RehearsedKind, subject_id: str) -> str:
    if kind is RehearsedKind.FIGURE or not subject_id:
        return ""
    by_case = kind in (RehearsedKind.BODY, RehearsedKind.GATE)
    return (links.case if by_case else links.consultation)(this_town().code, subject_id)


def _questions(connection: Connection, *sets: Hooks) -> Iterator[RehearsedQuestion]:
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
        screening=SCREENED.get(one.level, ScreeningView()),
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


def _changes(before: Hooks, after: Hooks) -> tuple[Changed, ...]:
    today = clock.today()
    found = []
    for name in JOINED:
        old, new = (
            {one.label for one in ask_each(hooks, name, on=today).joined()}
            for hooks in (before, after)
        )
        found += [Changed(name, label, False) for label in sorted(old - new)]
        found += [Changed(name, label, True) for label in sorted(new - old)]
    return tuple(found)


def _written(settings: Mapping[str, Mapping[str, Any]]) -> str:
    lines = []
    for plugin, values in settings.items():
        lines.append(f"[{plugin}]")
        lines += [f"{key} = {_toml(value)}" for key, value in values.items()]
    return "\n".join(lines)


def _town_file(town: Town) -> str:
    head = [
        f'code = "{town.code}"',
        f'name = "{town.name}"',
        f'prefecture = "{town.prefecture}"',
        f"plugins = {_toml(list(town.plugins))}",
    ]
    for plugin, values in town.settings.items():
        head += ["", f"[settings.{plugin}]"]
        head += [f"{key} = {_toml(value)}" for key, value in values.items()]
    return "\n".join(head)


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float() | date():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(_toml(one) for one in value)}]"
        case dict():
            inner = ", ".join(f"{_quoted(key)} = {_toml(one)}" for key, one in value.items())
            return f"{{ {inner} }}"
        case _:
            return _quoted(str(value))


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
