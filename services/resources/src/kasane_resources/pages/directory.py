"""The directory: finding a human service, reading it, writing it."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.plugins import ask_each
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    Refusal,
    actor,
    create_once,
    hooks,
    read_cursor,
    reading,
    repeated,
    text,
    typed_version,
    unit_of_work,
    write_cursor,
)
from kasane_resources import queries
from kasane_resources.commands import ChangeHumanService, PublishHumanService
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry
from kasane_resources.domain.schedule import DAYS
from kasane_resources.domain.searching import answers, opening_found
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.domain.travel import REACHES, WALKED_KM, Means, minutes_for
from kasane_resources.handlers import change_human_service, publish_human_service
from kasane_resources.pages import forms
from kasane_resources.pages.searching import SWITCHES, asked, asked_near, need_asked_for
from kasane_resources.queries.freshness import answers_about, owner_name

blueprint = Blueprint("directory", __name__)

PER_PAGE = 20


@blueprint.get("/human-services")
@require("resources.human_service.list")
def list_human_services() -> str:
    """The directory with its search and where the town fills it from."""
    place = read_cursor(3)
    with reading() as connection:
        near = asked_near(connection)
        search = asked(near.entry.location.position if near else None)
        found = queries.human_services(connection, actor(), search, after=place, most=PER_PAGE + 1)
        shown, more = found[:PER_PAGE], len(found) > PER_PAGE
        total = queries.count_human_services(connection, actor(), search)
        cursor = ""
        if more:
            cursor = write_cursor(queries.place_in(connection, search, shown[-1].id))
    sources = ask_each(hooks(), "resource_sources")
    return render_template(
        "resources/directory.html",
        found=shown,
        total=total,
        most_counted=queries.MOST_COUNTED,
        search=search,
        asked={name: value for name, value in request.args.items() if value and name != "cursor"},
        why={one.id: tuple(answers(search, one)) for one in shown},
        need=need_asked_for(),
        near=near,
        reaches=REACHES,
        at={one.id: opening_found(search, one) for one in shown},
        travel=_travel,
        next_cursor=cursor,
        switches=SWITCHES,
        week=DAYS,
        kinds=taxonomy(),
        sources=sources.joined(),
        failures=sources.failures,
        today=clock.today(),
    )


def _travel(km: float) -> str:
    """The way in words, which say that it is an estimate."""
    car = minutes_for(km, Means.CAR)
    if km > WALKED_KM:
        return text("text.way_by_car", km=f"{km:.1f}", car=car)
    return text("text.way_on_foot", km=f"{km:.1f}", car=car, foot=minutes_for(km, Means.FOOT))


@blueprint.get("/human-services/new")
@require("resources.human_service.write")
def new_human_service() -> str:
    """The empty form."""
    defaults = {"status": "active", "visibility": "public", "area_kind": "not_stated"}
    return _show_form(forms.entry_form(defaults), None, 200)[0]


@blueprint.post("/human-services/new")
@require("resources.human_service.write")
def create_human_service() -> Response | tuple[str, int]:
    """Saves a new entry, or shows the form again with every problem at its field."""
    form, rows, entry = _typed()
    if entry is None:
        return _show_form(form, None, 422, rows)

    def publish(uow: UnitOfWork, service_id: str) -> None:
        publish_human_service(PublishHumanService(service_id, entry), uow, hooks())

    service_id = create_once(publish)
    return redirect(url_for(".show_human_service", human_service_id=service_id, saved=1), 303)


@blueprint.get("/human-services/<human_service_id>")
@require("resources.human_service.read", object_argument="human_service_id")
def show_human_service(human_service_id: str) -> str:
    """One entry: what is known, how fresh it is, what waits about it, and the row it came from."""
    return entry_page(human_service_id)


def entry_page(human_service_id: str) -> str:
    """The page of an entry that the person at the screen may see."""
    with reading() as connection:
        service = queries.human_service(connection, actor(), human_service_id)
        owner = owner_name(connection, service)
        answers = answers_about(connection, human_service_id)
    return render_template(
        "resources/human_service.html",
        service=service,
        owner=owner,
        answers=answers,
        kinds=taxonomy(),
        saved="saved" in request.args,
        sources={
            source.code: source.label for source in ask_each(hooks(), "resource_sources").joined()
        },
    )


@blueprint.get("/human-services/<human_service_id>/edit")
@require("resources.human_service.write", object_argument="human_service_id")
def edit_human_service(human_service_id: str) -> str:
    """The form with what is known."""
    service = _service(human_service_id)
    return _show_form(forms.entry_form(forms.typed_from(service.entry)), service, 200)[0]


@blueprint.post("/human-services/<human_service_id>/edit")
@require("resources.human_service.write", object_argument="human_service_id")
def save_human_service(human_service_id: str) -> Response | tuple[str, int]:
    """Saves a changed entry, or shows the form again with every problem at its field."""
    service = _service(human_service_id)
    form, rows, entry = _typed()
    if entry is None:
        return _show_form(form, service, 422, rows)
    version = typed_version()
    if not version:
        raise Refusal("bad_request", 400)
    entry = forms.in_municipalities(entry, service.entry)
    with unit_of_work() as uow:
        change_human_service(ChangeHumanService(human_service_id, entry, version), uow, hooks())
    return redirect(url_for(".show_human_service", human_service_id=human_service_id, saved=1), 303)


def _typed() -> tuple[Form, list[Form], HumanServiceEntry | None]:
    """What was typed, and the entry unless something is wrong or another row is asked for."""
    form = forms.entry_form()
    right = form.check(request.form, forms.say)
    rows = repeated(forms.further_fields(), request.form, "further", forms.say)
    if request.form.get("_add") == "further":
        number = len(rows)
        rows.append(Form(forms.further_fields(), prefix=f"further-{number}-"))
        right = False
    if not right or any(row.errors for row in rows):
        return form, rows, None
    return form, rows, forms.entry_from(form, rows)


def _service(human_service_id: str) -> HumanService:
    with reading() as connection:
        return queries.human_service(connection, actor(), human_service_id)


def _show_form(
    form: Form, service: HumanService | None, status: int, rows: Sequence[Form] | None = None
) -> tuple[str, int]:
    if rows is None:
        rows = forms.further_rows(service.entry) if service else []
    title = text("page.edit_of", name=service.entry.name) if service else text("page.new")
    page = render_template(
        "resources/human_service_form.html",
        form=form,
        rows=rows,
        row_specs=forms.further_fields(),
        seldom=forms.SELDOM,
        cards=forms.entry_fields(),
        service=service,
        version=request.form.get("version") or (service.version if service else ""),
        title=title,
    )
    return page, status
