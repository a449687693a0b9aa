"""The queue of the public form and its settings, for programs."""

from datetime import UTC
from typing import Any

from flask import Response
from marshmallow import fields, validate

from kasane_intake import queries
from kasane_intake.api.schemas import Strict
from kasane_intake.commands.public_form import (
    ConfirmWebMessage,
    SeeAdditions,
    SetPublicForm,
    SortWebMessage,
)
from kasane_intake.domain.public_form import PublicForm, WebMessageStatus
from kasane_intake.handlers.public_form import set_public_form
from kasane_intake.handlers.web_messages import (
    bring_web_message_back,
    confirm_web_message,
    see_additions,
    set_web_message_aside,
)
from kasane_kit import clock
from kasane_kit.auth import require
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
    unit_of_work,
    with_version,
)

blueprint = ApiBlueprint(
    "web_messages_api", __name__, description="Webフォーム / messages from the public form"
)


class WebMessageLineSchema(Strict):
    """One message in the queue: the beginning of the words, no name, no number to call."""

    id = fields.String()
    receipt = fields.String()
    arrived_at = fields.AwareDateTime(format="iso")
    sender = fields.String()
    beginning = fields.String()
    status = fields.String()
    reason = fields.String()
    consultation_id = fields.String()
    news = fields.Integer()


class WebMessagePageSchema(Strict):
    """A page of the queue, newest first."""

    items = fields.List(fields.Nested(WebMessageLineSchema))
    next_cursor = fields.String()


class WebMessageQuerySchema(Strict):
    """Which part of the queue."""

    status = fields.String(
        load_default=WebMessageStatus.WAITING.value,
        validate=validate.OneOf([one.value for one in WebMessageStatus]),
    )
    limit = fields.Integer(load_default=50)
    cursor = fields.String(load_default="")


class WebAdditionSchema(Strict):
    """What the sender added."""

    at = fields.AwareDateTime(format="iso")
    text = fields.String()
    seen = fields.Boolean()


class WebMessageSchema(Strict):
    """One message with its additions; never the sender's word."""

    id = fields.String()
    receipt = fields.String()
    sender = fields.String(attribute="sender.value")
    arrived_at = fields.AwareDateTime(format="iso")
    story = fields.String()
    name = fields.String()
    kana = fields.String()
    brought_by = fields.String()
    hidden = fields.Boolean()
    contact_way = fields.String(attribute="contact_way.value")
    contact = fields.String()
    do_not_contact = fields.String()
    status = fields.String(attribute="status.value")
    reason = fields.String()
    consultation_id = fields.String()
    version = fields.Integer()
    additions = fields.List(fields.Nested(WebAdditionSchema))


class TakeUpSchema(Strict):
    """Under which desk and words the message becomes a consultation."""

    desk = fields.String(required=True, validate=validate.Length(min=1, max=60))
    version = fields.Integer(required=True, validate=validate.Range(min=1, max=10**8))
    categories = fields.List(fields.String(validate=validate.Length(max=60)), load_default=list)
    main_category = fields.String(load_default="", validate=validate.Length(max=60))
    urgent = fields.Boolean(load_default=False)


class SortSchema(Strict):
    """Set aside with a reason; without one the message is brought back."""

    reason = fields.String(load_default="", validate=validate.Length(max=300))


class PublicFormSchema(Strict):
    """The settings of the form; a number for emergencies needs its name and source."""

    enabled = fields.Boolean(load_default=False)
    office = fields.String(load_default="", validate=validate.Length(max=60))
    phone = fields.String(load_default="", validate=validate.Length(max=40))
    phone_hours = fields.String(load_default="", validate=validate.Length(max=200))
    emergency_label = fields.String(load_default="", validate=validate.Length(max=200))
    emergency_number = fields.String(load_default="", validate=validate.Length(max=40))
    emergency_source = fields.String(load_default="", validate=validate.Length(max=200))


@blueprint.route("/web-messages", methods=["GET"])
@require("intake.web_message.list")
@blueprint.arguments(WebMessageQuerySchema, location="query")
@blueprint.response(200, WebMessagePageSchema)
def list_web_messages(asked: dict[str, Any]) -> Page:
    """The queue of my desk."""
    place, most = read_cursor(2), page_size()
    with reading() as connection:
        lines = queries.web_messages(
            connection,
            actor(),
            asked["status"],
            before=(place[0], place[1]) if place else None,
            most=most + 1,
        )
    return Page.of(lines, most, lambda line: (line.arrived_at.astimezone(UTC).isoformat(), line.id))


@blueprint.route("/web-messages/<message_id>", methods=["GET"])
@require("intake.web_message.read", object_argument="message_id")
@blueprint.response(200, WebMessageSchema)
def get_web_message(message_id: str) -> Response:
    """One message with its version as ETag."""
    return _message(message_id)


@blueprint.route("/web-messages/<message_id>/consultation", methods=["POST"])
@require("intake.web_message.confirm", object_argument="message_id")
@blueprint.arguments(TakeUpSchema)
@blueprint.response(201, WebMessageSchema)
def take_up(payload: dict[str, Any], message_id: str) -> Response:
    """Take a message up as a consultation; its id is then in the message."""
    with reading() as connection:
        queries.web_message(connection, actor(), message_id)
    create_once(
        lambda uow, new: confirm_web_message(
            ConfirmWebMessage(
                message_id,
                payload["version"],
                new,
                payload["desk"],
                tuple(payload["categories"]),
                payload["main_category"],
                payload["urgent"],
            ),
            uow,
            hooks(),
        )
    )
    return _message(message_id, 201)


@blueprint.route("/web-messages/<message_id>/reason", methods=["PUT"])
@require("intake.web_message.set_aside", object_argument="message_id")
@blueprint.arguments(SortSchema)
@blueprint.response(200, WebMessageSchema)
def put_reason(payload: dict[str, Any], message_id: str) -> Response:
    """Set a message aside with a reason, or bring it back with an empty one. Needs If-Match."""
    with reading() as connection:
        queries.web_message(connection, actor(), message_id)
    command = SortWebMessage(message_id, asked_version(), payload["reason"])
    with unit_of_work() as uow:
        if command.reason:
            set_web_message_aside(command, uow)
        else:
            bring_web_message_back(command, uow)
    return _message(message_id)


@blueprint.route("/web-messages/<message_id>/seen", methods=["PUT"])
@require("intake.web_message.confirm", object_argument="message_id")
@blueprint.response(200, WebMessageSchema)
def put_seen(message_id: str) -> Response:
    """Say that what the sender added was read, as far as the version goes. Needs If-Match."""
    with reading() as connection:
        queries.web_message(connection, actor(), message_id)
    with unit_of_work() as uow:
        see_additions(SeeAdditions(message_id, asked_version()), uow)
    return _message(message_id)


@blueprint.route("/public-form", methods=["PUT"])
@require("intake.public_form.set")
@blueprint.arguments(PublicFormSchema)
@blueprint.response(200, PublicFormSchema)
def put_public_form(payload: dict[str, Any]) -> Response:
    """Set what the form says, and whether it is open. Needs If-Match, ``"0"`` where nothing was set yet."""
    version = asked_version()
    desks = tuple(one.code for one in hooks().organization(on=clock.today()) if one.receives)
    with unit_of_work() as uow:
        set_public_form(SetPublicForm(PublicForm(**payload, version=version)), uow, desks)
    return with_version(payload, version + 1)


def _message(message_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found = queries.web_message(connection, actor(), message_id)
    return with_version(shown_by(WebMessageSchema, found), found.version, status)
