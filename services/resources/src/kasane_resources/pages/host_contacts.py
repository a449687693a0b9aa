"""The contact at the host of an entry: for those who support, and each look is recorded."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, text, typed_version, unit_of_work
from kasane_plugin_api import FieldKind, FieldSpec
from kasane_resources import queries
from kasane_resources.commands import WriteHostContact
from kasane_resources.domain.errors import ChangedMeanwhile
from kasane_resources.domain.profile import HostContact
from kasane_resources.handlers import write_host_contact
from kasane_resources.pages import forms

blueprint = Blueprint("host_contacts", __name__)


@blueprint.get("/human-services/<human_service_id>/host-contact")
@require("resources.host_contact.read", object_argument="human_service_id")
def show_host_contact(human_service_id: str) -> str:
    """Whom one asks there, in a form for those who may write it."""
    return _show(human_service_id)


@blueprint.post("/human-services/<human_service_id>/host-contact")
@require("resources.host_contact.write", object_argument="human_service_id")
def save_host_contact(human_service_id: str) -> Response | tuple[str, int]:
    """Keeps it, or shows the form again with the problem at its field."""
    with reading() as connection:
        queries.human_service(connection, actor(), human_service_id)
    form = Form(_fields())
    if not form.check(request.form, forms.say):
        return _show(human_service_id, form), 422
    typed = {name: form.values[f"host_{name}"] for name in ("name", "phone", "email", "note")}
    contact = HostContact(**typed, version=typed_version())
    try:
        with unit_of_work() as uow:
            write_host_contact(WriteHostContact(human_service_id, contact), uow, hooks())
    except ChangedMeanwhile:
        form.add_error("", text("text.host_contact_changed"))
        return _show(human_service_id, form, changed=True), 412
    return redirect(url_for(".show_host_contact", human_service_id=human_service_id, saved=1), 303)


def _show(human_service_id: str, form: Form | None = None, *, changed: bool = False) -> str:
    """The page with what is kept, or with what was typed; ``changed`` shows both."""
    with reading() as connection:
        service = queries.human_service(connection, actor(), human_service_id)
        contact = queries.host_contact(connection, human_service_id)
    kept = {f"host_{name}": value for name, value in vars(contact).items()}
    asked = request.form.get("version", "") if form and not changed else contact.version
    return render_template(
        "resources/host_contact.html",
        service=service,
        contact=contact,
        form=form or Form(_fields(), kept),
        version=asked,
        changed=changed,
        saved="saved" in request.args,
    )


def _fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("host_name", text("field.host_name"), max_length=100),
        FieldSpec("host_phone", text("field.host_phone"), FieldKind.TEL, max_length=40),
        FieldSpec("host_email", text("field.host_email"), FieldKind.EMAIL, max_length=200),
        FieldSpec("host_note", text("field.host_note"), FieldKind.TEXTAREA, max_length=1000),
    )
