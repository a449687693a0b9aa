"""The form for replies to a letter: a code from inside the envelope, and answers; nothing is read back."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.exceptions import NotFound

from kasane_kit.auth import platform_actor, public
from kasane_kit.tenancy import HOST, current_municipality
from kasane_kit.unit_of_work import Cause, UnitOfWork
from kasane_kit.web import Form, guard_open_forms, text, this_house, this_service
from kasane_outreach.commands.campaigns import SendReply
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.handlers.survey_replies import count_try, send_reply
from kasane_outreach.pages import forms
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("survey_reply", __name__)
guard_open_forms(blueprint)

LONGEST_STORY = 4000
BECAUSE = (
    "people who got a letter have no account; the code in it lets them write, and shows nothing"
)


@blueprint.get("/kaitou")
@public(BECAUSE)
def open_form() -> str:
    """The form; the code is typed and never stands in an address."""
    return _show(Form(_fields()))


@blueprint.post("/kaitou")
@public(BECAUSE)
def send() -> Response:
    """Keeps the reply, or shows the form again with everything that was typed."""
    form = Form(_fields())
    if not form.check(request.form, text):
        return make_response(_show(form), 422)
    values = form.values
    answers = {name: values[name] or "" for name in ("trouble", "want", "contact")}
    command = SendReply(values["code"], answers, bool(values["no_letters"]), _address())
    try:
        with _public_unit() as uow:
            count_try(command.address, uow)
        with _public_unit() as uow:
            send_reply(command, uow)
    except OutreachRefusal as refusal:
        words = forms.refusal_words(refusal)
        form.add_error("code", f"{words['why']}{words['next']}")
        return make_response(_show(form), refusal.status)
    return make_response(_show(form, sent=True))


def _show(form: Form, *, sent: bool = False) -> str:
    if current_municipality() == HOST:
        raise NotFound
    return render_template("outreach/kaitou.html", form=form, sent=sent)


def _fields() -> tuple[FieldSpec, ...]:
    wants = ("visit", "call", "online", "none")
    return (
        FieldSpec(
            "code", text("reply.code"), required=True, max_length=40, hint=text("reply.code_hint")
        ),
        FieldSpec(
            "trouble",
            text("reply.trouble"),
            FieldKind.TEXTAREA,
            hint=text("reply.trouble_hint"),
            max_length=LONGEST_STORY,
        ),
        FieldSpec(
            "want",
            text("reply.want"),
            FieldKind.CHOICE,
            choices=tuple(Choice(one, text(f"reply.want_{one}")) for one in wants),
        ),
        FieldSpec(
            "contact", text("reply.contact"), hint=text("reply.contact_hint"), max_length=300
        ),
        FieldSpec("no_letters", text("reply.no_letters"), FieldKind.BOOLEAN),
    )


@contextmanager
def _public_unit() -> Iterator[UnitOfWork]:
    """A unit of work for somebody without an account: the trail names the platform."""
    sender = platform_actor(this_service().name, current_municipality())
    with UnitOfWork(
        this_house(), this_service().name, sender, Cause(correlation_id=g.request_id)
    ) as uow:
        yield uow


def _address() -> str:
    """Where the caller is, for counting: of IPv6 the part that belongs to one household."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
