"""Times every request and hands what the process counts to who shows the token."""

import hmac
from contextlib import ExitStack
from time import perf_counter

from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound

from kasane_kit.auth import public
from kasane_kit.ids import new_id
from kasane_kit.meters import CONTENT_TYPE
from kasane_kit.service import Service
from kasane_kit.traces import Origin
from kasane_kit.unit_of_work import House

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


def install_meters(app: Flask, house: House, service: Service, token: str) -> None:
    """``/-/metrics`` answers who shows the token; to anybody else, and without a token, there is no such page."""
    name = service.name

    @app.before_request
    def begin() -> None:
        g.began, g.request_id = perf_counter(), new_id()
        g.traced = ExitStack()
        method = request.method if request.method in _METHODS else "_OTHER"
        endpoint = request.endpoint or "none"
        g.note = g.traced.enter_context(
            house.traces.span(
                f"{method} {name}:{endpoint}",
                "server",
                origin=Origin(g.request_id),
                caller=request.headers.get("traceparent", ""),
                service=name,
                method=method,
                endpoint=endpoint,
            )
        )

    @app.after_request
    def measure(response: Response) -> Response:
        meters, seconds = house.meters, perf_counter() - g.get("began", perf_counter())
        meters.request_seconds.labels(name, g.get("municipality") or "").observe(seconds)
        meters.answers.labels(name, request.method, str(response.status_code)).inc()
        meters.view_seconds.labels(name, request.endpoint or "none").observe(seconds)
        if "note" in g:
            g.note(town=g.get("municipality") or "", status=response.status_code)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        traced = g.pop("traced", None)
        if traced is not None:
            traced.close()

    @app.get("/-/metrics")
    @public("a token of its own; counts by town, nothing of a person")
    def read_meters() -> Response:
        if not is_shown(token, request.headers.get("Authorization", "")):
            raise NotFound
        return Response(house.meters.text(), content_type=CONTENT_TYPE)


def is_shown(token: str, authorization: str) -> bool:
    """Whether the header shows the token; nothing fits an empty one."""
    shown = authorization.removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(shown.encode(), token.encode())
