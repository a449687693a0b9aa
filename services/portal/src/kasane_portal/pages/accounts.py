"""The town's accounts, and one's own password."""

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kasane_kit.auth import require
from kasane_kit.auth.sessions import sessions_of
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    actor,
    create_once,
    reading,
    set_session_cookie,
    text,
    this_house,
    typed_version,
    unit_of_work,
)
from kasane_plugin_api import Choice, FieldKind, FieldSpec
from kasane_portal.commands import ChangeAccount, ChangeOwnPassword, CreateAccount, SetPassword
from kasane_portal.domain.account import (
    LONGEST_DISPLAY_NAME,
    LONGEST_PASSWORD,
    OPERATOR,
    SHORTEST_PASSWORD,
    Account,
)
from kasane_portal.domain.errors import ChangedMeanwhile, PortalRefusal, Throttled
from kasane_portal.handlers import accounts as handlers
from kasane_portal.handlers import passwords, sessions
from kasane_portal.pages.local import Posts, hooks_or_none, posts, secure_cookies
from kasane_portal.queries import list_accounts, one_account

blueprint = Blueprint("accounts", __name__)

PAGE = 100

# Which field of the form a refusal of the domain belongs to.
FIELDS = {
    "login_name_taken": "login_name",
    "login_name_unfit": "login_name",
    "display_name_missing": "display_name",
    "password_unfit": "password",
    "wrong_present_password": "present",
    "role_missing": "roles",
    "role_unknown": "roles",
    "office_unknown": "office",
    "last_administrator": "roles",
}


@blueprint.get("/accounts")
@require("portal.account.manage")
def list_page() -> str:
    """Every account by login name, a hundred at a time."""
    with reading() as connection:
        found = list_accounts(connection, PAGE + 1, request.args.get("after", ""))
    return render_template(
        "portal/accounts.html",
        accounts=found[:PAGE],
        more=found[PAGE - 1].login_name if len(found) > PAGE else "",
        posts=posts(),
    )


@blueprint.get("/accounts/new")
@require("portal.account.manage")
def new_page() -> str:
    """The form for a new account."""
    return _new_page(_new_form(posts()))


@blueprint.post("/accounts")
@require("portal.account.manage")
def create() -> Response | tuple[str, int]:
    """Makes an account."""
    form = _new_form(posts())
    if not form.check(request.form, text):
        return _new_page(form), 422

    def make(uow: UnitOfWork, account_id: str) -> None:
        command = CreateAccount(
            account_id=account_id,
            login_name=form.values["login_name"],
            display_name=form.values["display_name"],
            password=form.values["password"],
            roles=tuple(form.values["roles"]),
            office=form.values["office"],
        )
        handlers.create_account(command, uow, hooks_or_none())

    try:
        create_once(make)
    except PortalRefusal as refusal:
        _put_at_field(form, refusal)
        return _new_page(form), 422
    return make_response(redirect(url_for("accounts.list_page"), 303))


@blueprint.get("/accounts/<account_id>")
@require("portal.account.manage", object_argument="account_id")
def change_page(account_id: str) -> str:
    """One account and the form to change it."""
    account = _account(account_id)
    return _change_page(account, _change_form(account, posts()))


@blueprint.post("/accounts/<account_id>")
@require("portal.account.manage", object_argument="account_id")
def change(account_id: str) -> Response | tuple[str, int]:
    """Gives an account other roles or another office, closes it or opens it again."""
    account = _account(account_id)
    form = _change_form(account, posts())
    if not form.check(request.form, text):
        return _change_page(account, form), 422
    command = ChangeAccount(
        account_id=account_id,
        display_name=form.values["display_name"],
        roles=tuple(form.values["roles"]),
        office=form.values["office"],
        active=form.values["active"],
        revision=typed_version("revision"),
    )
    try:
        with unit_of_work() as uow:
            changed = handlers.change_account(command, uow, hooks_or_none(), g.session.link)
    except ChangedMeanwhile:
        raise
    except PortalRefusal as refusal:
        _put_at_field(form, refusal)
        return _change_page(account, form), 422
    response = make_response(redirect(url_for("accounts.list_page"), 303))
    if changed.session:
        set_session_cookie(response, changed.session, secure_cookies())
    return response


@blueprint.post("/sessions/others/end")
@require("portal.session.end")
def end_other_sessions() -> BaseResponse:
    """Signs the person out everywhere but here."""
    with unit_of_work() as uow:
        ended = sessions.end_others(uow, g.session)
    return redirect(url_for("accounts.own_password_page", ended=ended), 303)


@blueprint.post("/accounts/<account_id>/password")
@require("portal.account.manage", object_argument="account_id")
def reset_password(account_id: str) -> str:
    """Makes a new password and shows it this once."""
    password = passwords.generate()
    with unit_of_work() as uow:
        handlers.set_password(SetPassword(account_id, password), uow)
    return render_template(
        "portal/new_password.html", account=_account(account_id), password=password
    )


@blueprint.get("/password")
@require("portal.password.change")
def own_password_page() -> str:
    """The form for changing one's own password."""
    return _own_password(_own_password_form())


@blueprint.post("/password")
@require("portal.password.change")
def change_own_password() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Changes one's own password; other browsers are signed out by it."""
    form = _own_password_form()
    if form.check(request.form, text) and form.values["password"] != form.values["again"]:
        form.add_error("again", text("own_password.differs"))
    if form.errors:
        return _own_password(form), 422
    command = ChangeOwnPassword(
        actor().account_id,
        form.values["present"],
        form.values["password"],
        request.remote_addr or "",
    )
    try:
        session = handlers.change_own_password(
            command, this_house(), actor(), g.session.link, g.request_id
        )
    except Throttled as refusal:
        headers = {"Retry-After": str(refusal.facts["seconds"])}
        return _own_password(form, refusal), refusal.status, headers
    except PortalRefusal as refusal:
        _put_at_field(form, refusal)
        return _own_password(form), 422
    response = make_response(redirect(url_for("home.home"), 303))
    set_session_cookie(response, session, secure_cookies())
    return response


def _own_password(form: Form, refusal: PortalRefusal | None = None) -> str:
    ended = request.args.get("ended", "")
    return render_template(
        "portal/own_password.html",
        form=form,
        refusal=refusal,
        sessions=sessions_of(this_house().databases, actor().account_id),
        this=g.session.fingerprint,
        ended=int(ended) if ended.isascii() and ended.isdigit() else None,
    )


def _account(account_id: str) -> Account:
    with reading() as connection:
        return one_account(connection, account_id)


def _put_at_field(form: Form, refusal: PortalRefusal) -> None:
    name = FIELDS.get(refusal.code)
    if name is None:
        raise refusal
    form.add_error(name, text(f"refusal.{refusal.code}.why", **refusal.facts))


def _new_page(form: Form) -> str:
    return render_template("portal/account_new.html", form=form, posts=posts())


def _change_page(account: Account, form: Form) -> str:
    return render_template("portal/account.html", account=account, form=form, posts=posts())


def _new_form(here: Posts) -> Form:
    login_name = FieldSpec(
        "login_name",
        text("account.login_name"),
        required=True,
        hint=text("account.login_name_hint"),
        max_length=64,
    )
    password = FieldSpec(
        "password",
        text("account.initial_password"),
        kind=FieldKind.PASSWORD,
        required=True,
        hint=text("account.password_hint", least=SHORTEST_PASSWORD),
        max_length=LONGEST_PASSWORD,
        autocomplete="new-password",
    )
    name, roles, office = _common_specs(here, ())
    return Form((login_name, name, password, roles, office))


def _change_form(account: Account, here: Posts) -> Form:
    active = FieldSpec(
        "active", text("account.active"), kind=FieldKind.BOOLEAN, hint=text("account.active_hint")
    )
    form = Form((*_common_specs(here, account.roles, account.office), active))
    form.typed = {
        "display_name": account.display_name,
        "roles": list(account.roles),
        "office": account.office,
        "active": account.active,
    }
    return form


def _common_specs(
    here: Posts, roles_now: tuple[str, ...], office_now: str = ""
) -> tuple[FieldSpec, FieldSpec, FieldSpec]:
    roles = {role.code: role.label for role in here.roles if role.function.value != OPERATOR}
    roles |= {code: code for code in roles_now if code not in roles}
    offices = {office.code: office.label for office in here.offices}
    if office_now:
        offices.setdefault(office_now, office_now)
    return (
        FieldSpec(
            "display_name",
            text("account.display_name"),
            required=True,
            max_length=LONGEST_DISPLAY_NAME,
        ),
        FieldSpec(
            "roles",
            text("account.roles"),
            kind=FieldKind.CHOICES,
            required=True,
            hint=text("account.roles_hint"),
            choices=tuple(Choice(code, label) for code, label in roles.items()),
        ),
        FieldSpec(
            "office",
            text("account.office"),
            kind=FieldKind.CHOICE,
            hint=text("account.office_hint"),
            choices=tuple(Choice(code, label) for code, label in offices.items()),
            max_length=60,
        ),
    )


def _own_password_form() -> Form:
    def spec(name: str, autocomplete: str, hint: str = "") -> FieldSpec:
        return FieldSpec(
            name,
            text(f"own_password.{name}"),
            kind=FieldKind.PASSWORD,
            required=True,
            hint=hint,
            max_length=LONGEST_PASSWORD,
            autocomplete=autocomplete,
        )

    hint = text("account.password_hint", least=SHORTEST_PASSWORD)
    return Form(
        (
            spec("present", "current-password"),
            spec("password", "new-password", hint),
            spec("again", "new-password"),
        )
    )
