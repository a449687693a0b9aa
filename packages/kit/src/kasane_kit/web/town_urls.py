"""Takes the municipality out of the address, opens its scope, and finds out who acts."""

from contextlib import ExitStack
from typing import Any

from flask import Flask, current_app, g, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from kasane_kit.auth import Actor, OpenSessions, session_cookie
from kasane_kit.auth.sessions import actor_from
from kasane_kit.db import Barriers, BarrierState
from kasane_kit.ids import new_id
from kasane_kit.tenancy import HOST, UnknownTown, municipality_scope
from kasane_kit.unit_of_work import House, record_plugin_changes
from kasane_kit.web.csrf import ANONYMOUS_COOKIE
from kasane_kit.web.errors import Refusal, wants_json

PREFIX = "/<municipality:municipality>"


class MunicipalityConverter(BaseConverter):
    """Matches a six-digit code, or the word for the host itself."""

    regex = f"[0-9]{{6}}|{HOST}"


class WholeNumberConverter(IntegerConverter):
    """Matches a number that a column of every database holds; a longer one is not found."""

    def __init__(self, map: Map, max: int = 2**31 - 1, **options: Any) -> None:
        super().__init__(map, max=max, **options)


def install_town_urls(app: Flask, house: House, service: str) -> None:
    """Every address with a municipality opens that scope for the time of the request, and no other."""
    barriers = Barriers(house.databases, service)

    @app.url_value_preprocessor
    def take_town_from_url(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.municipality = values.pop("municipality", None) if values else None

    @app.url_defaults
    def put_town_into_url(endpoint: str, values: dict[str, Any]) -> None:
        if (
            "municipality" not in values
            and g.get("municipality")
            and app.url_map.is_endpoint_expecting(endpoint, "municipality")
        ):
            values["municipality"] = g.municipality

    @app.before_request
    def enter_town() -> Any:
        g.actor = None
        g.scopes = ExitStack()
        g.form_session = request.cookies.get(ANONYMOUS_COOKIE, "") or new_id()
        g.barriers = barriers
        if g.municipality is None:
            return None
        if g.municipality != HOST:
            try:
                house.directory.get(g.municipality)
            except UnknownTown:
                g.municipality = None
                raise NotFound from None
        g.scopes.enter_context(municipality_scope(g.municipality))
        barrier = barriers.lately()
        if barrier.state is BarrierState.MOVED:
            # Nobody is looked at or written down here any more; what stands here grows old.
            if request.method in ("GET", "HEAD") and not wants_json():
                return redirect(
                    barrier.address + request.script_root + request.full_path.rstrip("?")
                )
            raise Refusal("town_moved", 410, address=barrier.address)
        g.actor = _actor_of_request(house, service)
        return None

    @app.teardown_request
    def leave_town(_error: BaseException | None) -> None:
        scopes = g.pop("scopes", None)
        if scopes is not None:
            try:
                if g.get("municipality") not in (None, HOST):
                    record_plugin_changes(house, service)
            finally:
                scopes.close()


def _actor_of_request(house: House, service: str) -> Actor | None:
    header = request.headers.get("Authorization", "")
    g.bearer = header.startswith("Bearer ")
    name = session_cookie(current_app.config["KASANE_SECURE_COOKIES"])
    text = header.removeprefix("Bearer ") if g.bearer else request.cookies.get(name, "")
    found = OpenSessions(house.databases, service).find(text) if text else None
    if found is None:
        return None
    session, facts = found
    g.session = session
    g.form_session = session.fingerprint
    return actor_from(session, facts)
