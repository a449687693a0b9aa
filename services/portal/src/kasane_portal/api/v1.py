"""The portal's JSON API, version 1."""

from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import NotFound

from kasane_kit import clock
from kasane_kit.auth import public, require, signed_in
from kasane_kit.auth.sessions import IDLE_SECONDS
from kasane_kit.plugins import Hooks
from kasane_kit.tenancy import HOST, current_municipality
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    Page,
    actor,
    asked_version,
    create_once,
    hooks,
    page_size,
    read_cursor,
    reading,
    shown_by,
    this_house,
    unit_of_work,
    with_version,
)
from kasane_kit.web.errors import problem
from kasane_portal.api import schemas
from kasane_portal.commands import ChangeAccount, CreateAccount, SignIn
from kasane_portal.domain.account import Account
from kasane_portal.domain.errors import Throttled
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.domain.task import in_order, targets_of
from kasane_portal.handlers import accounts as handlers
from kasane_portal.handlers import providers, sessions
from kasane_portal.queries import list_accounts, my_tasks, one_account, overview_of_towns

blueprint = ApiBlueprint("portal_api", __name__, description="入口 / entrance")


@blueprint.route("/sessions", methods=["POST"])
@public("nobody has a session before signing in")
@blueprint.arguments(schemas.CredentialsSchema)
@blueprint.response(201, schemas.TokenSchema)
def open_session(credentials: dict[str, Any]) -> Any:
    """Signs in; the token is sent as ``Authorization: Bearer …``.

    It ends after 15 minutes without use; each use prolongs it, to ten hours from signing in at most.
    """
    command = SignIn(credentials["login_name"], credentials["password"], request.remote_addr or "")
    try:
        session = sessions.sign_in(command, this_house(), g.request_id)
    except Throttled as refusal:
        wait = {"Retry-After": str(refusal.facts["seconds"])}
        return problem(refusal.code, refusal.status, wait, **refusal.facts)
    return {"token": session, "expires_in": IDLE_SECONDS}


@blueprint.route("/sessions/current", methods=["DELETE"])
@signed_in("everybody ends only the own session")
@blueprint.response(204)
def close_session() -> None:
    """Signs out: from now on the session of this call opens nothing, in any service."""
    with unit_of_work() as uow:
        sessions.sign_out(uow, g.session)


@blueprint.route("/provider-sign-outs", methods=["POST"])
@public("the token that the town's own provider signed says whose sessions are over")
@blueprint.arguments(schemas.LogoutTokenSchema, location="form")
@blueprint.response(204)
def hear_provider_sign_out(sent: dict[str, Any]) -> None:
    """Ends the sessions that the town's sign-in provider says are over (OpenID Connect Back-Channel Logout)."""
    providers.hear_ended(sent["logout_token"], this_house(), g.request_id)


@blueprint.route("/accounts", methods=["GET"])
@require("portal.account.manage")
@blueprint.response(200, schemas.AccountPageSchema)
def accounts() -> Page:
    """The town's accounts by login name."""
    place, most = read_cursor(1), page_size()
    with reading() as connection:
        found = list_accounts(connection, most + 1, place[0] if place else "")
    return Page.of(found, most, lambda account: (account.login_name,))


@blueprint.route("/accounts", methods=["POST"])
@require("portal.account.manage")
@blueprint.arguments(schemas.NewAccountSchema)
@blueprint.response(201, schemas.AccountSchema)
def create_account(sent: dict[str, Any]) -> Response:
    """Makes an account; the password is never given back."""

    def make(uow: UnitOfWork, account_id: str) -> None:
        command = CreateAccount(
            account_id=account_id,
            login_name=sent["login_name"],
            display_name=sent["display_name"],
            password=sent["password"],
            roles=tuple(sent["roles"]),
            office=sent["office"],
        )
        handlers.create_account(command, uow, _hooks())

    return _shown(create_once(make), 201)


@blueprint.route("/accounts/<account_id>", methods=["GET"])
@require("portal.account.manage", object_argument="account_id")
@blueprint.response(200, schemas.AccountSchema)
def account(account_id: str) -> Response:
    """One account; its ETag is its revision."""
    return _shown(account_id)


@blueprint.route("/accounts/<account_id>", methods=["PUT"])
@require("portal.account.manage", object_argument="account_id")
@blueprint.arguments(schemas.ChangedAccountSchema)
@blueprint.response(200, schemas.AccountSchema)
def change_account(sent: dict[str, Any], account_id: str) -> Response:
    """Changes an account as it was read (If-Match); its open sessions end."""
    command = ChangeAccount(
        account_id=account_id,
        display_name=sent["display_name"],
        roles=tuple(sent["roles"]),
        office=sent["office"],
        active=sent["active"],
        revision=asked_version(),
    )
    with unit_of_work() as uow:
        handlers.change_account(command, uow, _hooks())
    return _shown(account_id)


@blueprint.route("/tasks", methods=["GET"])
@require("portal.home.read")
@blueprint.response(200, schemas.TaskListSchema)
def tasks() -> dict[str, Any]:
    """What waits for me, the most pressing first."""
    me, today, asked = actor(), clock.today(), _hooks()
    codes = [role.code for role in asked.roles(on=today)] if asked is not None else []
    targets = targets_of(me.account_id, me.office, me.roles, me.functions, codes)
    with reading() as connection:
        found = in_order(my_tasks(connection, targets, today), today)
    return {"items": [{**vars(task), "standing": task.standing(today)} for task in found]}


@blueprint.route("/overview", methods=["GET"])
@require("portal.overview.read")
@blueprint.arguments(schemas.OverviewQuerySchema, location="query")
@blueprint.response(200, schemas.OverviewSchema)
def overview(query: dict[str, Any]) -> dict[str, Any]:
    """Counts by town in a fiscal year, small numbers hidden; in the host only."""
    if current_municipality() != HOST:
        raise NotFound
    found = overview_of_towns(this_house(), query["year"] or fiscal_year(clock.today()))
    table = found.overview
    return {
        "year": found.year,
        "towns": [
            {
                "code": town.code,
                "name": town.name,
                "plugins": list(this_house().plugins.town(town.code).plugins),
                "counts": dict(zip(table.kinds, table.rows[town.code], strict=True)),
            }
            for town in found.towns
            if town.code in table.rows
        ],
        "totals": dict(zip(table.kinds, table.totals, strict=True)),
        "unreadable": found.unreadable,
    }


def _hooks() -> Hooks | None:
    return None if current_municipality() == HOST else hooks()


def _shown(account_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found: Account = one_account(connection, account_id)
    return with_version(shown_by(schemas.AccountSchema, found), found.revision, status)
