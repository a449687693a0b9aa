"""Makes the Flask application of one service."""

from importlib.resources import files
from typing import Any

from flask import Flask, Response, current_app, g, request, send_from_directory, url_for
from jinja2 import ChoiceLoader, PackageLoader

from kasane_contracts import links
from kasane_kit.auth import public
from kasane_kit.ids import new_id
from kasane_kit.service import Service
from kasane_kit.strings import Strings
from kasane_kit.tenancy import HOST
from kasane_kit.unit_of_work import House
from kasane_kit.web import context, csrf
from kasane_kit.web.access import check_every_route_is_declared, install_access
from kasane_kit.web.api import install_api
from kasane_kit.web.citations import cited, cited_inside, cited_words
from kasane_kit.web.dates import japan_time, wareki
from kasane_kit.web.drafts import install_drafts
from kasane_kit.web.entries import entries_for
from kasane_kit.web.errors import install_error_handlers, kept_at
from kasane_kit.web.headers import SECURITY_HEADERS
from kasane_kit.web.health import install_health
from kasane_kit.web.measuring import install_meters
from kasane_kit.web.town_urls import (
    PREFIX,
    MunicipalityConverter,
    WholeNumberConverter,
    install_town_urls,
)

LARGEST_REQUEST = 20 * 1024 * 1024


def create_service_app(
    service: Service, house: House, *, secure_cookies: bool = False, meters_token: str = ""
) -> Flask:
    """The application of a service; raises UndeclaredRoute when a route declares no permission."""
    app = Flask(
        service.package, static_folder=None, template_folder=str(service.root / "templates")
    )
    app.url_map.converters |= {"municipality": MunicipalityConverter, "int": WholeNumberConverter}
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, KASANE_SECURE_COOKIES=secure_cookies)
    app.extensions[context.EXTENSION] = {
        "service": service,
        "house": house,
        "strings": Strings(service.package),
    }
    assert app.jinja_loader is not None
    app.jinja_loader = ChoiceLoader(
        [app.jinja_loader, PackageLoader("kasane_kit.web", "templates")]
    )
    app.jinja_env.filters["wareki"] = wareki
    app.jinja_env.filters["japan_time"] = japan_time
    app.jinja_env.filters["cited"] = cited
    app.jinja_env.filters["cited_words"] = cited_words
    app.jinja_env.filters["cited_inside"] = cited_inside
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    install_meters(app, house, service, meters_token)
    install_town_urls(app, house, service.name)
    app.before_request(_allow_large_files)
    install_access(app, house, service, secure_cookies)
    for blueprint in service.pages:
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    for blueprint in service.front:
        app.register_blueprint(blueprint)
    install_api(app, service)
    install_drafts(app, house, service)
    install_health(app, house, service)
    _install_static(app, service)
    _install_templates(app, house, service)
    install_error_handlers(app, service.refusal)
    app.after_request(_add_headers)
    check_every_route_is_declared(app, service)
    return app


def _allow_large_files() -> None:
    """Before anything is read of a request: a route that takes large files says so itself."""
    view = current_app.view_functions.get(request.endpoint or "")
    largest = getattr(view, "largest_request", None)
    if largest is not None:
        request.max_content_length = largest


def _add_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers or response.headers["Cache-Control"] == "no-cache":
        static = request.path.startswith(("/-/kit/", "/-/static/")) and response.status_code < 400
        response.headers["Cache-Control"] = "public, max-age=3600" if static else "no-store"
    if g.get("request_id"):
        response.headers["X-Request-Id"] = g.request_id
    return response


def _install_static(app: Flask, service: Service) -> None:
    kit_folder = str(files("kasane_kit.web").joinpath("static"))

    @app.get("/-/kit/<path:name>")
    @public("the look of the pages; holds no data")
    def kit_static(name: str) -> Response:
        return send_from_directory(kit_folder, name)

    @app.get("/-/static/<path:name>")
    @public("the service's own scripts and pictures; holds no data")
    def service_static(name: str) -> Response:
        return send_from_directory(str(service.root / "static" / service.name), name)


def _install_templates(app: Flask, house: House, service: Service) -> None:
    @app.context_processor
    def for_every_page() -> dict[str, Any]:
        municipality = g.get("municipality")
        actor = g.get("actor")
        here = actor is not None and actor.municipality == municipality
        return {
            "t": context.text_of_a_page(),
            "term": context.term,
            "csrf_token": lambda: csrf.token_for_this_request(house.keys),
            "submission": new_id,
            "static_url": lambda name: url_for("kit_static", name=name),
            "service_static_url": lambda name: url_for("service_static", name=name),
            "town": context.this_town() if municipality not in (None, HOST) else None,
            "actor": actor if here else None,
            "own_roles": context.own_roles,
            "links": links,
            "municipality": municipality,
            "notices": g.get("notices", []),
            "drafts_href": url_for("drafts") if here else "",
            "draft_goes_on": g.get("draft_goes_on", ""),
            "draft_at": kept_at() if g.get("draft_goes_on") else "",
            "sign_out_href": links.sign_out(municipality) if municipality else "",
            "home_href": links.home(municipality) if municipality else "/",
            "service_nav": [
                {**entry, "label": context.term(entry["term"])}
                for entry in (
                    entries_for(
                        request.script_root + request.path,
                        municipality,
                        service.name,
                        actor.functions,
                    )
                    if here and municipality not in (None, HOST)
                    else ()
                )
            ],
            **service.template_globals,
        }
