"""The evaluation of a year, the way of its report, and the rosters of the bodies it goes before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, create_once, hooks, reading, text, unit_of_work
from kasane_plugin_api import (
    Choice,
    EvaluationFramework,
    FieldKind,
    FieldSpec,
    GovernanceStep,
    SeatRule,
)
from kasane_portal.commands import (
    Evaluate,
    FillSeat,
    LeaveSeat,
    RemarkOn,
    ReportTo,
    WriteAction,
)
from kasane_portal.domain.errors import PortalRefusal
from kasane_portal.domain.evaluation import ActionEntry
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.domain.report import ReportVersion
from kasane_portal.domain.roster import (
    EvaluationEntry,
    ReportedStep,
    Seat,
    kinds_without_seat,
    step_code,
)
from kasane_portal.handlers import governance as handlers
from kasane_portal.pages.local import in_host, may
from kasane_portal.pages.report_content import counted_indicators
from kasane_portal.queries.governance import (
    actions_of,
    evaluation_of,
    remarks_of,
    report_of,
    seats_of,
)
from kasane_portal.queries.reports import versions_of

blueprint = Blueprint("governance", __name__)

FIELDS = {
    "seat_kind_unknown": "kind",
    "term_unfit": "last_day",
    "roster_full": "name",
    "evaluation_unfit": "result",
    "report_step_not_next": "body",
    "no_quorum": "present",
    "words_missing": "name",
    "version_needed": "version",
    "body_without_members": "body",
    "action_unknown": "action_id",
}


@dataclass(frozen=True)
class Roster:
    """A body with its rule, everybody who sits today, and the kinds that nobody represents."""

    rule: SeatRule
    label: str
    sitting: tuple[Seat, ...]
    past: tuple[Seat, ...]
    missing: tuple[str, ...]


@blueprint.get("/evaluation")
@require("portal.governance.read")
def show() -> str:
    """The evaluation and the report of a fiscal year, and the rosters of today."""
    return _page(_asked_year())


@blueprint.post("/evaluation/entries")
@require("portal.governance.write")
def enter() -> Response | tuple[str, int]:
    """Writes down what was found about an item."""
    year = _asked_year()
    form = _entry_form(_frame(year))

    def make(uow: UnitOfWork, entry_id: str) -> None:
        handlers.evaluate(Evaluate(entry_id, year, **form.values), uow, hooks())

    return _made(form, make, year, "entry")


@blueprint.post("/evaluation/reports")
@require("portal.governance.write")
def report() -> Response | tuple[str, int]:
    """Writes down that the year's report came before a body."""
    year = _asked_year()
    with reading() as connection:
        versions = versions_of(connection, year)
    form = _report_form(_flow(), versions)

    def make(uow: UnitOfWork, step_id: str) -> None:
        values = {**form.values, "version": int(form.values["version"])}
        handlers.report_to(ReportTo(step_id, year, **values), uow, hooks())

    return _made(form, make, year, "report")


@blueprint.post("/evaluation/steps")
@require("portal.governance.write")
def step() -> Response | tuple[str, int]:
    """Writes down what was found in a step of the evaluation."""
    year = _asked_year()
    form = _step_form(_frame(year))

    def make(uow: UnitOfWork, entry_id: str) -> None:
        handlers.write_step(Evaluate(entry_id, year, result="", **form.values), uow, hooks())

    return _made(form, make, year, "step", "words")


@blueprint.post("/evaluation/remarks")
@require("portal.governance.write")
def remark() -> Response | tuple[str, int]:
    """Writes down what an agency says about an item."""
    year = _asked_year()
    form = _remark_form(_frame(year))

    def make(uow: UnitOfWork, remark_id: str) -> None:
        handlers.remark_on(RemarkOn(remark_id, year, **form.values), uow, hooks())

    return _made(form, make, year, "remark", "words")


@blueprint.post("/evaluation/actions")
@require("portal.governance.write")
def act() -> Response | tuple[str, int]:
    """Writes down how an action of the year stands."""
    year = _asked_year()
    with reading() as connection:
        form = _action_form(actions_of(connection, year))

    def make(uow: UnitOfWork, entry_id: str) -> None:
        handlers.write_action(WriteAction(entry_id, year, **form.values), uow)

    return _made(form, make, year, "action", "title")


@blueprint.post("/rosters/<body>/seats")
@require("portal.governance.write", object_argument="body")
def fill(body: str) -> Response | tuple[str, int]:
    """Puts somebody on the roster of a body."""
    rule = next((one for one in _rules() if one.body == body), None)
    if rule is None:
        raise NotFound
    form = _seat_form(rule)

    def make(uow: UnitOfWork, seat_id: str) -> None:
        handlers.fill_seat(FillSeat(seat_id, body, **form.values), uow, hooks())

    return _made(form, make, _asked_year(), body)


@blueprint.post("/rosters/seats/<seat_id>/leave")
@require("portal.governance.write", object_argument="seat_id")
def leave(seat_id: str) -> Response:
    """Somebody gives a seat up today."""
    with unit_of_work() as uow:
        handlers.leave_seat(LeaveSeat(seat_id, clock.today()), uow)
    return _back(_asked_year())


def _made(
    form: Form,
    make: Callable[[UnitOfWork, str], None],
    year: int,
    name: str,
    without_words: str = "name",
) -> Response | tuple[str, int]:
    if not form.check(request.form, text):
        return _page(year, {name: form}), 422
    try:
        create_once(make)
    except PortalRefusal as refusal:
        said = (text(f"refusal.{refusal.code}.{part}", **refusal.facts) for part in ("why", "next"))
        named = without_words if refusal.code == "words_missing" else FIELDS[refusal.code]
        form.add_error(named, "".join(said))
        return _page(year, {name: form}), 422
    return _back(year)


def _back(year: int) -> Response:
    return make_response(redirect(url_for(".show", year=year), 303))


def _asked_year() -> int:
    if in_host():
        raise NotFound
    present = fiscal_year(clock.today())
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else present
    return min(max(year, 2000), present)


def _frame(year: int) -> EvaluationFramework | None:
    asked: Any = hooks()
    found: EvaluationFramework | None = asked.evaluation_framework(year=year)
    return found


def _flow() -> tuple[GovernanceStep, ...]:
    asked: Any = hooks()
    return tuple(asked.governance_flow(report="annual", on=clock.today()) or ())


def _rules() -> tuple[SeatRule, ...]:
    asked: Any = hooks()
    return tuple(asked.seat_rules(on=clock.today()))


def _page(year: int, wrong: dict[str, Form] | None = None) -> str:
    asked: Any = hooks()
    today = clock.today()
    frame, flow, rules = _frame(year), _flow(), _rules()
    labels = {body.code: body.label for body in asked.meeting_bodies(on=today)}
    with reading() as connection:
        entries: tuple[EvaluationEntry, ...] = (
            evaluation_of(connection, frame.code, year) if frame else ()
        )
        remarks = remarks_of(connection, frame.code, year) if frame else ()
        actions = actions_of(connection, year)
        versions = versions_of(connection, year)
        counted = counted_indicators(connection, frame, year)
        steps: tuple[ReportedStep, ...] = report_of(connection, year)
        rosters = [
            _roster(rule, seats_of(connection, rule.body), labels.get(rule.body, rule.body))
            for rule in rules
        ]
    forms = {
        "entry": _entry_form(frame),
        "report": _report_form(flow, versions),
        "remark": _remark_form(frame),
        "step": _step_form(frame),
        "action": _action_form(actions),
        **{rule.body: _seat_form(rule) for rule in rules},
        **(wrong or {}),
    }
    return render_template(
        "portal/evaluation.html",
        year=year,
        present=fiscal_year(today),
        frame=frame,
        latest={one.item: one for one in reversed(entries)},
        versions={item.code: sum(one.item == item.code for one in entries) for item in frame.items}
        if frame
        else {},
        flow=flow,
        reported={one.body: one for one in steps},
        frozen={one.id: one for one in versions},
        latest_version=versions[0] if versions else None,
        all_heard=bool(flow) and _all_heard(flow, steps, versions),
        remarks=remarks,
        actions=actions,
        counted=counted,
        step_code=step_code,
        rosters=rosters,
        forms=forms,
        labels=labels,
        may=may,
    )


def _all_heard(
    flow: tuple[GovernanceStep, ...],
    steps: tuple[ReportedStep, ...],
    versions: tuple[ReportVersion, ...],
) -> bool:
    """Whether every body has had the latest version."""
    latest = versions[0].id if versions else ""
    return {one.body for one in flow} <= {one.body for one in steps if one.version_id == latest}


def _roster(rule: SeatRule, seats: tuple[Seat, ...], label: str) -> Roster:
    today = clock.today()
    sitting = tuple(one for one in seats if one.sits_on(today))
    past = tuple(one for one in seats if not one.sits_on(today))
    return Roster(rule, label, sitting, past, kinds_without_seat(seats, rule.kinds, today))


def _entry_form(frame: EvaluationFramework | None) -> Form:
    items = tuple(Choice(one.code, one.label) for one in frame.items) if frame else ()
    marks = tuple(Choice(one, one) for one in frame.marks) if frame else ()
    result = (
        FieldSpec(
            "result", text("evaluation.result"), FieldKind.CHOICE, required=True, choices=marks
        )
        if marks
        else FieldSpec("result", text("evaluation.result"), required=True, max_length=60)
    )
    return Form(
        (
            FieldSpec(
                "item", text("evaluation.item"), FieldKind.CHOICE, required=True, choices=items
            ),
            result,
            FieldSpec("words", text("evaluation.words"), FieldKind.TEXTAREA, max_length=2000),
        ),
        prefix="entry-",
    )


def _step_form(frame: EvaluationFramework | None) -> Form:
    steps = enumerate(frame.steps, start=1) if frame else ()
    return Form(
        (
            FieldSpec(
                "item",
                text("evaluation.step"),
                FieldKind.CHOICE,
                required=True,
                choices=tuple(Choice(step_code(place), label) for place, label in steps),
            ),
            FieldSpec(
                "words",
                text("evaluation.words"),
                FieldKind.TEXTAREA,
                required=True,
                max_length=2000,
            ),
        ),
        prefix="step-",
    )


def _remark_form(frame: EvaluationFramework | None) -> Form:
    items = tuple(Choice(one.code, one.label) for one in frame.items) if frame else ()
    return Form(
        (
            FieldSpec(
                "item", text("evaluation.item"), FieldKind.CHOICE, required=True, choices=items
            ),
            FieldSpec("agency", text("evaluation.agency"), required=True, max_length=200),
            FieldSpec(
                "words",
                text("evaluation.remark_words"),
                FieldKind.TEXTAREA,
                required=True,
                max_length=2000,
            ),
        ),
        prefix="remark-",
    )


def _action_form(actions: Mapping[str, tuple[ActionEntry, ...]]) -> Form:
    known = tuple(Choice(code, entries[0].title) for code, entries in actions.items())
    parts = (("plan", True), ("done", False), ("found", False))
    return Form(
        (
            FieldSpec(
                "action_id",
                text("actions.which"),
                FieldKind.CHOICE,
                choices=(Choice("", text("actions.new")), *known),
            ),
            FieldSpec("title", text("actions.name"), required=True, max_length=200),
            *(
                FieldSpec(
                    name,
                    text(f"actions.{name}"),
                    FieldKind.TEXTAREA,
                    required=needed,
                    max_length=2000,
                )
                for name, needed in parts
            ),
            FieldSpec("next_step", text("actions.next"), FieldKind.TEXTAREA, max_length=2000),
        ),
        prefix="action-",
    )


def _report_form(flow: tuple[GovernanceStep, ...], versions: tuple[ReportVersion, ...]) -> Form:
    return Form(
        (
            FieldSpec(
                "version",
                text("evaluation.version_heard"),
                FieldKind.CHOICE,
                required=True,
                choices=tuple(
                    Choice(
                        str(one.number),
                        text("report.version_title", period=one.content.words, number=one.number),
                    )
                    for one in versions[:1]
                ),
            ),
            FieldSpec(
                "body",
                text("evaluation.body"),
                FieldKind.CHOICE,
                required=True,
                choices=tuple(Choice(one.body, one.label) for one in flow),
            ),
            FieldSpec("held_on", text("evaluation.held_on"), FieldKind.DATE, required=True),
            FieldSpec("members", text("evaluation.members"), FieldKind.INTEGER, required=True),
            FieldSpec("present", text("evaluation.present"), FieldKind.INTEGER, required=True),
            FieldSpec("opinion", text("evaluation.opinion"), FieldKind.TEXTAREA, max_length=4000),
        ),
        prefix="report-",
    )


def _seat_form(rule: SeatRule) -> Form:
    return Form(
        (
            FieldSpec("name", text("evaluation.name"), required=True, max_length=200),
            FieldSpec(
                "kind",
                text("evaluation.kind"),
                FieldKind.CHOICE,
                required=True,
                choices=tuple(Choice(one, one) for one in rule.kinds),
            ),
            FieldSpec(
                "officer",
                text("evaluation.officer"),
                FieldKind.CHOICE,
                choices=tuple(Choice(one, one) for one in rule.officers),
            ),
            FieldSpec("first_day", text("evaluation.first_day"), FieldKind.DATE, required=True),
            FieldSpec("last_day", text("evaluation.last_day"), FieldKind.DATE, required=True),
            FieldSpec("extension_reason", text("evaluation.extension_reason"), max_length=500),
        ),
        prefix=f"{rule.body}-",
    )
