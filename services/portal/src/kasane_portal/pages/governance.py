"""The evaluation of a year, the way of its report, and the rosters of the bodies it goes before."""

from collections.abc import Callable
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
from kasane_portal.commands import Evaluate, FillSeat, LeaveSeat, ReportTo
from kasane_portal.domain.errors import PortalRefusal
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.domain.roster import EvaluationEntry, ReportedStep, Seat, kinds_without_seat
from kasane_portal.handlers import governance as handlers
from kasane_portal.pages.local import in_host, may
from kasane_portal.queries.governance import evaluation_of, report_of, seats_of

blueprint = Blueprint("governance", __name__)

FIELDS = {
    "seat_kind_unknown": "kind",
    "term_unfit": "last_day",
    "roster_full": "name",
    "evaluation_unfit": "result",
    "report_step_not_next": "body",
    "no_quorum": "present",
    "words_missing": "name",
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
    form = _report_form(_flow())

    def make(uow: UnitOfWork, step_id: str) -> None:
        handlers.report_to(ReportTo(step_id, year, **form.values), uow, hooks())

    return _made(form, make, year, "report")


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
    form: Form, make: Callable[[UnitOfWork, str], None], year: int, name: str
) -> Response | tuple[str, int]:
    if not form.check(request.form, text):
        return _page(year, {name: form}), 422
    try:
        create_once(make)
    except PortalRefusal as refusal:
        said = (text(f"refusal.{refusal.code}.{part}", **refusal.facts) for part in ("why", "next"))
        form.add_error(FIELDS[refusal.code], "".join(said))
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
        steps: tuple[ReportedStep, ...] = report_of(connection, year)
        rosters = [
            _roster(rule, seats_of(connection, rule.body), labels.get(rule.body, rule.body))
            for rule in rules
        ]
    forms = {
        "entry": _entry_form(frame),
        "report": _report_form(flow),
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
        rosters=rosters,
        forms=forms,
        labels=labels,
        may=may,
    )


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


def _report_form(flow: tuple[GovernanceStep, ...]) -> Form:
    return Form(
        (
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
