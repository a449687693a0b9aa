"""The map and the printed list for workers, and the page of public entries for everybody."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kasane_kit.auth import public, require
from kasane_kit.web import (
    Form,
    actor,
    hooks,
    read_cursor,
    reading,
    text,
    unit_of_work,
    write_cursor,
)
from kasane_kit.web.headers import SECURITY_HEADERS
from kasane_plugin_api import FieldSpec
from kasane_resources import queries
from kasane_resources.commands.map_setting import ChooseTiles
from kasane_resources.commands.public_page import SwitchPublicPage
from kasane_resources.domain.errors import TilesWrong
from kasane_resources.domain.map_setting import LONGEST, MapSetting
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.handlers.map_setting import choose_tiles
from kasane_resources.handlers.public_page import switch_public_page
from kasane_resources.pages import forms
from kasane_resources.pages.searching import asked
from kasane_resources.queries import places as stored

blueprint = Blueprint("places", __name__)

PER_PAGE = 50
BECAUSE = "public entries of the directory are for everybody; nothing else is shown"
_POLICY = "Content-Security-Policy"


@blueprint.get("/human-services/map")
@require("resources.human_service.list")
def show_map() -> Response:
    """What is searched for, on a map and as a list to print."""
    search = asked()
    with reading() as connection:
        found = stored.on_map(connection, actor(), search)
        tiles = stored.tiles(connection)
        public_open = stored.public_switch(connection).open
    page = render_template(
        "resources/map.html",
        found=found[: stored.MOST_ON_MAP],
        more=len(found) > stored.MOST_ON_MAP,
        most=stored.MOST_ON_MAP,
        search=search,
        kinds=taxonomy(),
        tiles=tiles,
        public_open=public_open,
    )
    return _with_tiles(page, tiles)


@blueprint.get("/shien")
@public(BECAUSE)
def show_public_list() -> Response:
    """Public entries in use, for a reader without an account."""
    search, place = asked(), read_cursor(3)
    with reading() as connection:
        stored.must_be_open(connection)
        found = stored.for_everybody(connection, search, after=place, most=PER_PAGE + 1)
        total = stored.count_for_everybody(connection, search)
        tiles = stored.tiles(connection)
        cursor = ""
        if len(found) > PER_PAGE:
            cursor = write_cursor(queries.place_in(connection, search, found[PER_PAGE - 1].id))
    page = render_template(
        "resources/public/list.html",
        found=found[:PER_PAGE],
        total=total,
        most_counted=queries.MOST_COUNTED,
        next_cursor=cursor,
        search=search,
        kinds=taxonomy(),
        tiles=tiles,
        asked={"q": search.words, "category": search.category},
    )
    return _with_tiles(page, tiles)


@blueprint.get("/shien/<human_service_id>")
@public(BECAUSE)
def show_public_entry(human_service_id: str) -> str:
    """One public entry in use."""
    with reading() as connection:
        stored.must_be_open(connection)
        service = stored.one_for_everybody(connection, human_service_id)
    return render_template("resources/public/entry.html", service=service, kinds=taxonomy())


@blueprint.get("/human-services/map/tiles")
@require("resources.map.change")
def edit_tiles() -> str:
    """Where the map's pictures come from."""
    with reading() as connection:
        setting = stored.tiles(connection)
    return _show_tiles(Form(_fields(), vars(setting)), saved="saved" in request.args)


@blueprint.post("/human-services/map/tiles")
@require("resources.map.change")
def save_tiles() -> Response | tuple[str, int] | Any:
    """Keeps the choice, or says at the field what is wrong with it."""
    form = Form(_fields())
    if form.check(request.form, forms.say):
        try:
            with unit_of_work() as uow:
                choose_tiles(
                    ChooseTiles(form.values["tiles"], form.values["attribution"]), uow, hooks()
                )
            return redirect(url_for(".edit_tiles", saved=1), 303)
        except TilesWrong:
            form.add_error("tiles", text("refusal.tiles_wrong.why"))
    return _show_tiles(form), 422


@blueprint.get("/human-services/public-page")
@require("resources.public_page.change")
def edit_public_page() -> str:
    """Whether everybody sees the public entries, and who said so when."""
    with reading() as connection:
        switch = stored.public_switch(connection)
        count = stored.count_for_everybody(connection, DirectorySearch())
    return render_template(
        "resources/public_page.html", switch=switch, count=count, saved="saved" in request.args
    )


@blueprint.post("/human-services/public-page")
@require("resources.public_page.change")
def save_public_page() -> Answer:
    """Opens or closes the page for everybody."""
    command = SwitchPublicPage(open=request.form.get("open") == "1")
    with unit_of_work() as uow:
        switch_public_page(command, uow, hooks())
    return redirect(url_for(".edit_public_page", saved=1), 303)


def _show_tiles(form: Form, *, saved: bool = False) -> str:
    return render_template("resources/tiles.html", form=form, saved=saved)


def _fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("tiles", text("field.tiles"), hint=text("hint.tiles"), max_length=LONGEST),
        FieldSpec(
            "attribution",
            text("field.attribution"),
            hint=text("hint.attribution"),
            max_length=LONGEST,
        ),
    )


def _with_tiles(page: str, tiles: MapSetting) -> Response:
    """The page, which may load pictures from the town's tiles and from nowhere else."""
    answer = make_response(page)
    if tiles.origin:
        policy = SECURITY_HEADERS[_POLICY]
        answer.headers[_POLICY] = policy.replace(
            "img-src 'self' data:", f"img-src 'self' data: {tiles.origin}"
        )
    return answer
