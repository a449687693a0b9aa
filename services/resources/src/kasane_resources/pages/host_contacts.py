"""The contact at the host of an entry: for those who support, and each look is recorded."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, text, unit_of_work
from kasane_plugin_api import FieldKind, FieldSpec
from kasane_resources import queries
from kasane_resources.commands import WriteHostContact
from kasane_resources.domain.profile import HostContact
from kasane_resources.handlers import write_host_contact
from kasane_resources.pages import forms

blueprint = Blueprint("host_contacts", __name__)


@blueprint.get("/human-services/<human_service_id>/host-contact")
@require("resources.host_contact.read", object_argument="human_service_id")
def show_host_contact(human_service_id: str) -> str:
    """Whom one asks there, in a form for those who may write it."""
    with reading() as connection:
        service = queries.human_service(connection, actor(), human_service_id)
        contact = queries.host_contact(connection, human_service_id)
    typed = {f"host_{name}": value for name, value in vars(contact).items()}
    return render_template(
        "resources/host_contact.html",
        service=service,
        contact=contact,
        form=Form(_fields(), typed),
        saved="saved" in request.args,
    )


@blueprint.post("/human-services/<human_service_id>/host-contact")
@require("resources.host_contact.write", object_argument="human_service_id")
def save_host_contact(human_service_id: str) -> Response | tuple[str, int]:
    """Keeps it, or shows the form again with the problem at its field."""
    with reading() as connection:
        service = queries.human_service(connection, actor(), human_service_id)
    form = Form(_fields())
    if not form.check(request.form, forms.say):
        page = render_template(
            "resources/host_contact.html", service=service, contact=HostContact(), form=form
        )
        return page, 422
    contact = HostContact(
        *(form.values[f"host_{name}"] for name in ("name", "phone", "email", "note"))
    )
    with unit_of_work() as uow:
        write_host_contact(WriteHostContact(human_service_id, contact), uow, hooks())
    return redirect(url_for(".show_host_contact", human_service_id=human_service_id, saved=1), 303)


def _fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("host_name", text("field.host_name"), max_length=100),
        FieldSpec("host_phone", text("field.host_phone"), FieldKind.TEL, max_length=40),
        FieldSpec("host_email", text("field.host_email"), FieldKind.EMAIL, max_length=200),
        FieldSpec("host_note", text("field.host_note"), FieldKind.TEXTAREA, max_length=1000),
    )
