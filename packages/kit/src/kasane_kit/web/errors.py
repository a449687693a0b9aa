"""Gives every error one shape: what happened, what was not done, what to do next; as a page or as problem+json."""

import logging
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, g, json, make_response, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RoutingException

from kasane_contracts import links
from kasane_kit.db import BarrierState, is_closed
from kasane_kit.keys import KeyMissing
from kasane_kit.plugins import MisconfiguredTown, PluginFailed
from kasane_kit.tenancy import UnknownTown
from kasane_kit.web.dates import wareki

log = logging.getLogger("kasane.web")

PROBLEM_TYPE = "urn:kasane:problem:"
KEPT_AT_FIELD = "kept_at"
_COMING_BACK = ("sign_in_needed", "password_needed", "stale_form")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_LONGEST_ADDRESS = 1000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Refusal(Exception):
    """The kit refuses: ``code`` chooses the sentences ``refusal.<code>.why``, ``.not_done`` and ``.next``."""

    def __init__(self, code: str, status: int = 409, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.facts = facts


def install_error_handlers(app: Flask, domain_refusal: type[Exception]) -> None:
    """Registers the handlers; ``domain_refusal`` has ``code`` and ``facts`` and becomes 409."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(domain_refusal, _domain_refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(NoFreeConnection, _database)
    app.register_error_handler(PluginFailed, _plugin)
    app.register_error_handler(MisconfiguredTown, _misconfigured)
    app.register_error_handler(KeyMissing, _key_missing)
    app.register_error_handler(UnknownTown, _no_town)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Whether the caller is a program."""
    return "/api/" in request.path


def problem(
    code: str, status: int, headers: dict[str, str] | None = None, /, **facts: Any
) -> Response:
    """The answer for a refusal code, with its sentences."""
    return _answer(
        code,
        status,
        title=_sentence(f"refusal.{code}.why", **facts),
        not_done=_sentence(f"refusal.{code}.not_done", **facts),
        next_step=_sentence(f"refusal.{code}.next", **facts),
        headers=headers,
    )


def _answer(
    code: str,
    status: int,
    *,
    title: str,
    not_done: str = "",
    next_step: str = "",
    errors: Any = None,
    headers: dict[str, str] | None = None,
) -> Response:
    request_id = g.get("request_id", "")
    # Nobody's record is in these answers, so they are no look at one.
    g.only_sentences = True
    if wants_json():
        body = {
            "type": f"{PROBLEM_TYPE}{code}",
            "title": title,
            "status": status,
            "detail": " ".join(part for part in (not_done, next_step) if part),
            "instance": request_id,
        }
        if errors:
            body["errors"] = errors
        response = make_response(json.dumps(body, ensure_ascii=False), status)
        response.content_type = "application/problem+json"
    else:
        shown = {
            "title": title,
            "detail": "",
            "not_done": not_done,
            "next_step": next_step,
            "request_id": request_id,
        }
        response = make_response(
            render_template(
                "kasane/problem.html",
                problem=shown,
                errors=errors,
                way_on=_way_on(code, status),
                kept=bool(code in _COMING_BACK and kept_at()),
            ),
            status,
        )
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def _way_on(code: str, status: int) -> tuple[str, str]:
    """Where a page of an error leads on, and the words of that button; two empty texts where nowhere but home.

    Signing in and the password come back to the page before. What was sent and refused leads there anew, because the
    browser's own way back shows what was loaded before the refusal.
    """
    municipality = g.get("municipality")
    if not municipality:
        return "", ""
    before = kept_at() or _page_before(f"{request.script_root}/{municipality}/")
    if code in ("password_needed", "sign_in_needed") or status == 401:
        confirms = code == "password_needed"
        entrance = links.confirm(municipality) if confirms else links.sign_in(municipality)
        back = f"?{urlencode({'next': before})}" if before else ""
        return entrance + back, "kit.confirm" if confirms else "kit.sign_in"
    if request.method in ("GET", "HEAD") or not before:
        return "", ""
    return before, "kit.to_page_before"


def _page_before(below: str) -> str:
    """The page below an address that the request was sent from; empty where none can be opened again."""
    try:
        before = urlsplit(request.referrer or "")
        if before.netloc != request.host or not before.path.startswith(below):
            return ""
        adapter = current_app.create_url_adapter(request)
        assert adapter is not None
        adapter.match(before.path.removeprefix(request.script_root), method="GET")
    except (ValueError, RoutingException, HTTPException):
        return ""
    return before.path


def kept_at() -> str:
    """The page on which the form that was sent was typed, when what was typed there is kept; else nothing."""
    if request.method != "POST" or request.mimetype not in _FORMS:
        return ""
    try:
        at = request.form.get(KEPT_AT_FIELD, "")
    except HTTPException:
        return ""
    ours = at.startswith("/") and not at.startswith("//") and "\\" not in at and at.isprintable()
    return at if ours and len(at) <= _LONGEST_ADDRESS else ""


def _sentence(key: str, **facts: Any) -> str:
    strings = current_app.extensions["kasane"]["strings"]
    from_english = wants_json() and request.accept_languages.best_match(["ja", "en"], "ja") == "en"
    if not from_english:
        facts = days_in_words(facts)
    return (
        str(strings.text(key, "en" if from_english else "ja", **facts)) if strings.has(key) else ""
    )


def days_in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a refusal with days as people write them: 令和8年11月21日 for ``2026-11-21``."""
    return {name: wareki(fact) if _is_day(fact) else fact for name, fact in facts.items()}


def _is_day(fact: Any) -> bool:
    """Whether it is a day; what somebody typed may only look like one."""
    if not isinstance(fact, str):
        return isinstance(fact, date)
    try:
        return bool(_DAY.fullmatch(fact) and date.fromisoformat(fact))
    except ValueError:
        return False


def _refused(error: Refusal) -> Response:
    return problem(error.code, error.status, **error.facts)


def _domain_refused(error: Exception) -> Response:
    status = int(getattr(error, "status", 409))
    return problem(getattr(error, "code", "refused"), status, **dict(getattr(error, "facts", {})))


def _http(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        original = error.original_exception
        if isinstance(original, DBAPIError | NoFreeConnection):
            return _database(original)
        return _unexpected(error)
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages") if getattr(error, "data", None) else None
    code = {
        400: "bad_request",
        401: "sign_in_needed",
        403: "not_allowed",
        404: "not_found",
        405: "method_not_allowed",
        412: "changed_meanwhile",
        413: "too_large",
        415: "wrong_media_type",
        422: "invalid_input",
        428: "version_needed",
        429: "too_many",
    }.get(status, "bad_request" if status < 500 else "unexpected")
    headers = (
        {"Allow": ", ".join(sorted(error.valid_methods or ()))}
        if status == 405 and hasattr(error, "valid_methods")
        else None
    )
    return _answer(
        code,
        status,
        title=_sentence(f"refusal.{code}.why"),
        not_done=_sentence(f"refusal.{code}.not_done"),
        next_step=_sentence(f"refusal.{code}.next"),
        errors=_flat_messages(messages),
        headers=headers,
    )


def _flat_messages(messages: Any) -> Any:
    if isinstance(messages, dict) and set(messages) <= {"json", "query", "headers", "path", "form"}:
        return {
            name: sentences
            for place, part in messages.items()
            for name, sentences in (part if isinstance(part, dict) else {place: part}).items()
        }
    return messages


def _database(error: DBAPIError | NoFreeConnection) -> Response:
    if is_closed(error):
        barrier = g.barriers.now()
        if barrier.state is BarrierState.MOVED:
            return problem("town_moved", 410, address=barrier.address)
        return problem("town_is_moving", 503, {"Retry-After": "60"})
    log.error(
        "database did not take or give data: %s", type(getattr(error, "orig", error)).__name__
    )
    return problem("storage_unavailable", 503, {"Retry-After": "10"})


def _plugin(error: PluginFailed) -> Response:
    log.error("plugin failed: %s", error)
    return problem("plugin_failed", 500, sentence=str(error))


def _misconfigured(error: MisconfiguredTown) -> Response:
    return problem("town_misconfigured", 503, sentence=error.sentence)


def _no_town(_error: UnknownTown) -> Response:
    # The page is about a town, and was asked for where there is none: at the host.
    return problem("not_found", 404)


def _key_missing(error: KeyMissing) -> Response:
    log.error("%s", error)
    return problem("key_missing", 503)


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error in request %s", g.get("request_id", ""), exc_info=error)
    return problem("unexpected", 500)
