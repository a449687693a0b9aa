"""Asks for every request whether it is allowed, and leaves a trace of every look at a person's record."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from werkzeug.exceptions import NotFound

from kasane_contracts import links
from kasane_kit.auth import (
    Access,
    Actor,
    OpenSessions,
    Permission,
    Rule,
    access_of,
    decide,
    session_cookie,
)
from kasane_kit.auth.sessions import TOWN_COOKIE
from kasane_kit.service import Service
from kasane_kit.tenancy import current_municipality
from kasane_kit.unit_of_work import Cause, House, UnitOfWork
from kasane_kit.web import csrf
from kasane_kit.web.errors import Refusal, wants_json


class UndeclaredRoute(RuntimeError):
    """A route declares no permission; the application does not start."""


def check_every_route_is_declared(app: Flask, service: Service) -> None:
    """Raises UndeclaredRoute naming every route without a declaration or with a permission nobody declared.

    A permission says through its kind of object which grade of data it opens, so every kind has to have one.
    """
    problems = [
        f"{permission.name} is about {permission.object_kind}, which has no grade of data"
        for permission in service.permissions
        if permission.object_kind not in service.data
    ]
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        access = access_of(view)
        if access is None:
            problems.append(f"{rule.rule} declares no permission")
        elif access.permission is not None and service.permission(access.permission) is None:
            problems.append(
                f"{rule.rule} needs {access.permission}, which the service does not declare"
            )
    if problems:
        raise UndeclaredRoute(f"{service.name} was not started: " + "; ".join(sorted(problems)))


def install_access(app: Flask, house: House, service: Service, secure_cookies: bool) -> None:
    """Checks before each view and records after it."""

    @app.before_request
    def ask() -> Any:
        if request.endpoint is None:
            return None
        access = access_of(app.view_functions[request.endpoint])
        if access is None:
            raise NotFound
        if access.permission is None:
            if access.signed_in_because and g.actor is None:
                return _to_sign_in()
            csrf.check(house.keys)
            return None
        g.permission = permission = service.permission(access.permission)
        decision = decide(g.actor, permission, g.municipality or "")
        if decision.allowed:
            csrf.check(house.keys)
            if permission is not None and permission.step_up and not g.session.is_confirmed:
                return _to_confirm()
            return None
        if decision.rule is Rule.NO_ACTOR:
            return _to_sign_in()
        assert permission is not None
        _record(house, service, g.actor, "refused", permission, access)
        raise Refusal("not_allowed", 403)

    @app.after_request
    def leave_trace(response: Response) -> Response:
        permission: Permission | None = g.get("permission")
        if permission is None or not permission.personal or g.actor is None:
            return response
        access = access_of(app.view_functions[request.endpoint or ""])
        assert access is not None
        if _shows_a_record(response, access):
            basis = g.get("look_basis", "")
            _record(house, service, g.actor, _look(permission), permission, access, basis)
        return response

    @app.after_request
    def keep_open(response: Response) -> Response:
        session = g.get("session")
        if g.get("session_decided"):
            return response
        if session is not None:
            if session.wants_touch:
                OpenSessions(house.databases, service.name).touch(session)
        elif g.get("form_session") and not request.path.startswith("/-/"):
            response.set_cookie(
                csrf.ANONYMOUS_COOKIE,
                g.form_session,
                httponly=True,
                samesite="Strict",
                secure=secure_cookies,
            )
        return response


def set_session_cookie(response: Response, session_id: str, secure: bool) -> None:
    """Puts a new session into the browser in place of any other: not readable by scripts or other sites.

    Beside it stands the town, which opens nothing: only the front door reads it.
    """
    g.session_decided = True
    for name, value in (
        (session_cookie(secure), session_id),
        (TOWN_COOKIE, current_municipality()),
    ):
        response.set_cookie(name, value, httponly=True, samesite="Lax", secure=secure, path="/")


def end_session(response: Response, secure: bool) -> None:
    """Takes the session out of the browser."""
    g.session_decided = True
    for name in (session_cookie(secure), TOWN_COOKIE):
        response.delete_cookie(name, httponly=True, samesite="Lax", secure=secure, path="/")


def _shows_a_record(response: Response, access: Access) -> bool:
    """Whether it is what was asked for, or a record's page in answer to what was sent, taken or not."""
    if response.status_code == 200:
        page = access.object_argument and response.mimetype == "text/html"
        return request.method in ("GET", "HEAD") or bool(page)
    return 400 <= response.status_code < 500 and not g.get("only_sentences")


def _look(permission: Permission) -> str:
    """What a look is called in the trail: opening the form of an action is not doing it."""
    return permission.done if permission.only_a_look else permission.form_opened


def _record(
    house: House,
    service: Service,
    actor: Actor,
    action: str,
    permission: Permission,
    access: Access,
    basis: str = "",
) -> None:
    object_id = str((request.view_args or {}).get(access.object_argument, "")) or "list"
    name = permission.refused if action == "refused" else action
    with UnitOfWork(house, service.name, actor, Cause(correlation_id=g.request_id)) as uow:
        uow.record(name, permission.object_kind, object_id, basis)
        uow.commit()


def _to_sign_in() -> Any:
    if wants_json() or request.method not in ("GET", "HEAD"):
        raise Refusal("sign_in_needed", 401)
    back = request.script_root + request.path
    return redirect(f"{links.sign_in(current_municipality())}?{urlencode({'next': back})}")


def _to_confirm() -> Any:
    if wants_json() or request.method not in ("GET", "HEAD"):
        raise Refusal("password_needed", 403)
    back = request.script_root + request.path
    return redirect(f"{links.confirm(current_municipality())}?{urlencode({'next': back})}")
