"""A prefecture's own page: which municipalities have begun, and the visits of its team."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.plugins import MisconfiguredTown, PluginFailed
from kasane_kit.tenancy import Town, UnknownTown
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, Refusal, create_once, reading, text, this_house, unit_of_work
from kasane_plugin_api import Choice, FieldKind, FieldSpec, Phase, PrefectureView
from kasane_portal.commands import RecordSupportVisit, VoidSupportVisit
from kasane_portal.domain.errors import PortalRefusal
from kasane_portal.domain.period import Period
from kasane_portal.domain.support_visit import (
    LONGEST_NOTE,
    MunicipalityStart,
    places_to_visit,
    starts_by_year,
)
from kasane_portal.handlers import support_visits as handlers
from kasane_portal.pages.local import in_host
from kasane_portal.pages.period_words import period_words
from kasane_portal.queries import support_visits

blueprint = Blueprint("prefectures", __name__)

FIELDS = {
    "municipality_unknown": "municipality",
    "support_duty_unknown": "duty",
    "visit_in_future": "visited_on",
}


def prefectures() -> tuple[Town, ...]:
    """The prefectures that have a page: those with a file of their own."""
    return this_house().prefectures.places() if in_host() else ()


@blueprint.get("/prefectures/<prefecture_code>")
@require("portal.prefecture.read", object_argument="prefecture_code")
def show(prefecture_code: str) -> str:
    """The state of one prefecture."""
    prefecture, view = _view(prefecture_code)
    return _page(prefecture, view, _form(view))


@blueprint.post("/prefectures/<prefecture_code>/visits")
@require("portal.support_visit.record")
def record(prefecture_code: str) -> Response | tuple[str, int]:
    """Writes down a visit."""
    prefecture, view = _view(prefecture_code)
    form = _form(view)
    if not form.check(request.form, text):
        return _page(prefecture, view, form), 422

    def make(uow: UnitOfWork, visit_id: str) -> None:
        command = RecordSupportVisit(
            visit_id,
            prefecture.code,
            form.values["municipality"],
            form.values["visited_on"],
            form.values["duty"],
            form.values["note"],
        )
        handlers.record_support_visit(command, uow, view)

    try:
        create_once(make)
    except PortalRefusal as refusal:
        form.add_error(
            FIELDS[refusal.code],
            text(f"refusal.{refusal.code}.why") + text(f"refusal.{refusal.code}.next"),
        )
        return _page(prefecture, view, form), 422
    return _back(prefecture.code)


@blueprint.post("/support-visits/<visit_id>/void")
@require("portal.support_visit.void", object_argument="visit_id")
def void(visit_id: str) -> Response:
    """Takes a recorded visit back, with a reason."""
    if not in_host():
        raise NotFound
    reason = Form((FieldSpec("reason", text("prefecture.void_reason"), max_length=500),))
    if not reason.check(request.form, text):
        raise Refusal("bad_request", 400)
    with unit_of_work() as uow:
        command = VoidSupportVisit(visit_id, reason.values["reason"])
        prefecture_code = handlers.void_support_visit(command, uow)
    return _back(prefecture_code)


def _view(code: str) -> tuple[Town, PrefectureView]:
    if not in_host():
        raise NotFound
    house = this_house().prefectures
    try:
        asked: Any = house.hooks_for(code)
        view: PrefectureView | None = asked.prefecture_view(on=clock.today())
    except (UnknownTown, MisconfiguredTown, PluginFailed) as problem:
        raise NotFound from problem
    if view is None:
        raise NotFound
    return asked.town, view


def _form(view: PrefectureView) -> Form:
    return Form(
        (
            FieldSpec(
                "municipality",
                text("prefecture.municipality"),
                FieldKind.CHOICE,
                required=True,
                choices=tuple(Choice(one.code, one.name) for one in view.municipalities),
            ),
            FieldSpec("visited_on", text("prefecture.visited_on"), FieldKind.DATE, required=True),
            FieldSpec(
                "duty",
                text("prefecture.purpose"),
                FieldKind.CHOICE,
                required=True,
                choices=tuple(Choice(one.code, one.label) for one in view.duties),
            ),
            FieldSpec(
                "note",
                text("prefecture.note"),
                FieldKind.TEXTAREA,
                hint=text("prefecture.note_hint"),
                max_length=LONGEST_NOTE,
            ),
        )
    )


def _page(prefecture: Town, view: PrefectureView, form: Form) -> str:
    with reading() as connection:
        visits = support_visits(connection, prefecture.code)
    municipalities = [
        MunicipalityStart(one.code, one.name, one.year, one.phase is Phase.ACTIVE, one.source)
        for one in view.municipalities
    ]
    return render_template(
        "portal/prefecture.html",
        prefecture=prefecture,
        view=view,
        form=form,
        starts=starts_by_year(municipalities),
        to_visit=places_to_visit(municipalities, visits),
        visits=visits,
        names={one.code: one.name for one in view.municipalities},
        duties={duty.code: duty.label for duty in view.duties},
        year_words=lambda year: period_words(Period.parse(str(year))),
        documents=this_house().prefectures.hooks_for(prefecture.code).documents,
    )


def _back(code: str) -> Response:
    address = url_for("prefectures.show", prefecture_code=code)
    return make_response(redirect(f"{address}#visits", 303))
