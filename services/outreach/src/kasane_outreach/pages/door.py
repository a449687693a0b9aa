"""The telephone's page at the door, and the pages about telephones and what they sent."""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from kasane_kit import clock
from kasane_kit.auth import public, require
from kasane_kit.strings import sentences
from kasane_kit.tenancy import HOST, current_municipality
from kasane_kit.web import Form, actor, reading, text, this_house, this_town, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands.door import EndCheckIn, SettleItem, StopDevice
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.door_errors import AlreadySettled
from kasane_outreach.domain.door_item import DoorItemKind
from kasane_outreach.handlers.door_days import settle_check_in, stop_device
from kasane_outreach.handlers.door_items import (
    SEALED_PHOTOS,
    open_content,
    place_of_photo,
    settle_item,
    words_of,
)
from kasane_outreach.pages import forms
from kasane_plugin_api import FieldSpec

blueprint = Blueprint("door", __name__)

SCRIPTS = ("sealing", "clock", "queue", "store", "photo", "parts", "houses", "screens", "app")
SAYING = "door.say."
SHELL = "the empty page for the telephone lies in its cache; it holds no data"


@blueprint.get("/door/")
@public(SHELL)
def open_door() -> str:
    """The shell: templates and words, and no data of anybody."""
    return _shell()


@blueprint.get("/door/worker.js")
@public(SHELL)
def worker() -> Response:
    """The service worker, with a version that changes with any part of the page."""
    _only_towns()
    version = hashlib.sha256((_assets() + _shell()).encode()).hexdigest()[:16]
    script = (_folder() / "worker.js").read_text("utf-8")
    answer = make_response(f'const VERSION = "{version}";\n{script}')
    answer.mimetype = "text/javascript"
    answer.headers["Cache-Control"] = "no-cache, max-age=0"
    return answer


@blueprint.get("/door/manifest.webmanifest")
@public(SHELL)
def manifest() -> Response:
    """What a telephone needs to put the page among its apps."""
    _only_towns()
    here = url_for("door.open_door")
    name = f"{text('door.title')} {this_town().name}"
    answer = make_response(
        json.dumps(
            {
                "id": here,
                "name": name,
                "short_name": text("door.title"),
                "lang": "ja",
                "start_url": here,
                "scope": here,
                "display": "standalone",
                "background_color": "#ffffff",
                "theme_color": "#00118f",
                "icons": [
                    {
                        "src": url_for("service_static", name="door/icon.svg"),
                        "sizes": "any",
                        "type": "image/svg+xml",
                        "purpose": "any maskable",
                    }
                ],
            },
            ensure_ascii=False,
        )
    )
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/telephones")
@require("outreach.door.use")
def list_devices() -> str:
    """My telephones, what they sent that was not taken, and who is at a door; a coordinator's: everybody's."""
    with reading() as connection:
        return render_template(
            "outreach/telephones.html",
            devices=queries.devices(connection, actor()),
            items=queries.waiting_items(connection, actor()),
            check_ins=queries.open_check_ins(connection) if actor().has("coordinator") else (),
            names=queries.names_of_workers(connection),
            now=clock.now(),
        )


@blueprint.post("/telephones/<device_id>/stop")
@require("outreach.door.use", object_argument="device_id")
def stop(device_id: str) -> AnyResponse:
    """Stops a telephone; it is wiped at its next contact."""
    with unit_of_work() as uow:
        stop_device(StopDevice(device_id), uow)
    return redirect(url_for("door.list_devices"), 303)


@blueprint.get("/telephones/items/<item_id>")
@require("outreach.door_item.read", object_argument="item_id")
def one_item(item_id: str) -> str:
    """One thing that was not taken, with the words that were kept of it, and what can be done."""
    with reading() as connection:
        item, sealed = queries.item_content(connection, actor(), item_id)
        names = queries.names_of_workers(connection)
    content = open_content(this_house().unseal, item.id, sealed)
    result = content.get("result")
    known = result if result in {one.value for one in VisitResult} else ""
    with reading() as connection:
        surveyed = item.kind is DoorItemKind.SURVEY
        house = queries.house_of(connection, item.visit_id) if surveyed else None
    return render_template(
        "outreach/door_item.html",
        item=item,
        words=words_of(content),
        result=known,
        names=names,
        surveyed=surveyed,
        house=house,
    )


@blueprint.post("/telephones/items/<item_id>")
@require("outreach.door_item.read", object_argument="item_id")
def settle(item_id: str) -> AnyResponse:
    """Keeps its words at the visit, or ends its waiting without."""
    with unit_of_work() as uow:
        settle_item(SettleItem(item_id, request.form.get("keep") == "1"), uow)
    return redirect(url_for("door.list_devices"), 303)


@blueprint.get("/check-ins/<check_in_id>")
@require("outreach.check_in.settle", object_argument="check_in_id")
def one_check_in(check_in_id: str) -> str:
    """A worker whose word is awaited, and the form to say that all is well."""
    return _check_in(check_in_id, Form(_note_field()))


@blueprint.post("/check-ins/<check_in_id>")
@require("outreach.check_in.settle", object_argument="check_in_id")
def all_well(check_in_id: str) -> AnyResponse | tuple[str, int]:
    """Somebody found out that all is well."""
    form = Form(_note_field())
    if not form.check(request.form, forms.say):
        return _check_in(check_in_id, form), 422
    try:
        with unit_of_work() as uow:
            settle_check_in(EndCheckIn(check_in_id, form.values["note"]), uow)
    except AlreadySettled as refusal:
        form.add_error("", text(f"refusal.{refusal.code}.why"))
        return _check_in(check_in_id, form), refusal.status
    return redirect(url_for("door.one_check_in", check_in_id=check_in_id), 303)


@blueprint.get("/visits/<visit_id>/photos/<photo_id>")
@require("outreach.visit.read", object_argument="visit_id")
def photo(visit_id: str, photo_id: str) -> Response:
    """A picture taken at a visit, as a download."""
    with reading() as connection:
        found, sealed = queries.visit_photo(connection, actor(), visit_id, photo_id)
    content = this_house().unseal(SEALED_PHOTOS, sealed, place_of_photo(visit_id, photo_id))
    answer = Response(content, mimetype=found.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{photo_id}.jpg"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _check_in(check_in_id: str, form: Form) -> str:
    with reading() as connection:
        found = queries.check_in_of(connection, actor(), check_in_id)
        return render_template(
            "outreach/check_in.html",
            check_in=found,
            names=queries.names_of_workers(connection),
            form=form,
            now=clock.now(),
        )


def _note_field() -> tuple[FieldSpec, ...]:
    return (FieldSpec("note", text("door.page.how_known"), required=True, max_length=300),)


def _only_towns() -> None:
    if current_municipality() == HOST:
        raise NotFound


def _shell() -> str:
    _only_towns()
    return render_template(
        "outreach/door.html",
        results=tuple(VisitResult),
        scripts=SCRIPTS,
        said=_sayings(),
        own_address=request.script_root + url_for("door.open_door"),
    )


def _folder() -> Path:
    return Path(__file__).parents[1] / "static" / "outreach" / "door"


@cache
def _sayings() -> tuple[str, ...]:
    """What the scripts say; the words stand in the shell."""
    known = sentences("kasane_outreach", "ja")
    return tuple(key.removeprefix(SAYING) for key in known if key.startswith(SAYING))


@cache
def _assets() -> str:
    """One text that changes when any file of the page changes."""
    files = sorted(_folder().iterdir())
    return "".join(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
