"""What the telephone's page asks for: the day's key and round, and a place for what was written."""

import base64
import binascii
import json
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from marshmallow import Schema, fields, validate

from kasane_kit import clock
from kasane_kit.auth import Actor, accounts, decide, public, require, signed_in
from kasane_kit.keys import SealBroken, seal, unseal
from kasane_kit.tenancy import current_municipality
from kasane_kit.unit_of_work import Cause, UnitOfWork
from kasane_kit.web import (
    ApiBlueprint,
    Refusal,
    actor,
    hooks,
    reading,
    text,
    this_house,
    this_service,
    token_for_this_session,
    unit_of_work,
)
from kasane_outreach import queries
from kasane_outreach.commands.door import BeginDay, TakeItem
from kasane_outreach.domain.door_device import (
    place_of_item,
    place_of_round,
    purpose_of_key,
)
from kasane_outreach.domain.door_errors import DeviceNotFound
from kasane_outreach.domain.door_item import COPY_KEPT_FOR, DoorItem, DoorOutcome
from kasane_outreach.handlers.door_days import begin_day, hand_out
from kasane_outreach.handlers.door_items import refuse_item, take_item

blueprint = ApiBlueprint("door_api", __name__, description="訪問アプリ / the telephone at the door")

JAPAN = ZoneInfo("Asia/Tokyo")
UUID = validate.Regexp(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
LARGEST_SEALED = 18 * 1024 * 1024
BECAUSE = (
    "what was written at a door is sealed with a key that only the signed-in worker got, so it proves "
    "itself; nothing is read back, and a record arrives after the session is over as well"
)


class TokenSchema(Schema):
    """The token that a changing call of the page carries."""

    csrf_token = fields.String(required=True)


class BeginDaySchema(Schema):
    """A telephone by the number that it made itself."""

    device_id = fields.String(required=True, validate=UUID)
    label = fields.String(load_default="", validate=validate.Length(max=60))


class DaySchema(Schema):
    """The key of a day; ``now`` and ``ends`` are milliseconds since 1970."""

    device_id = fields.String(required=True)
    account_id = fields.String(required=True)
    day = fields.Date(required=True)
    key = fields.String(required=True)
    now = fields.Integer(required=True)
    ends = fields.Integer(required=True)


class SealedRoundSchema(Schema):
    """The round of the day under the day's key."""

    sealed = fields.String(required=True)


class SentItemSchema(Schema):
    """One thing that was written at a door, under the key of its day."""

    id = fields.String(required=True, validate=UUID)
    device_id = fields.String(required=True, validate=UUID)
    day = fields.Date(required=True)
    sealed = fields.String(required=True, validate=validate.Length(max=LARGEST_SEALED))


class SenderSchema(Schema):
    """Whose thing it is; needed where a restored server knows the telephone no more. The seal proves it."""

    account_id = fields.String(
        load_default="", data_key="X-Door-Account", validate=validate.Length(max=64)
    )


class EpochSchema(Schema):
    """What changes when the server was put back to an earlier state; ``now`` is milliseconds since 1970."""

    epoch = fields.String(required=True)
    now = fields.Integer(required=True)


class AnswerSchema(Schema):
    """What became of it, with the sentences for a person; ``stopped`` tells the telephone to wipe itself.

    Until ``keep_until`` the telephone keeps a sealed copy and sends it again when the ``epoch`` is another.
    """

    id = fields.String(required=True)
    outcome = fields.String(
        required=True, validate=validate.OneOf([one.value for one in DoorOutcome])
    )
    reason = fields.String(required=True)
    why = fields.String(required=True)
    next = fields.String(required=True)
    stopped = fields.Boolean(required=True)
    epoch = fields.String(required=True)
    keep_until = fields.Integer(required=True)


@blueprint.route("/door/token", methods=["GET"])
@signed_in("a token for the page of the account itself; it shows nothing of anybody")
@blueprint.response(200, TokenSchema)
def get_token() -> dict[str, str]:
    """The token for this session."""
    return {"csrf_token": token_for_this_session()}


@blueprint.route("/door/devices", methods=["POST"])
@require("outreach.door.use")
@blueprint.arguments(BeginDaySchema)
@blueprint.response(200, DaySchema)
def post_device(payload: dict[str, str]) -> dict[str, Any]:
    """Begin today on a telephone and get today's key; the same call again gives the same key."""
    with unit_of_work() as uow:
        device = begin_day(BeginDay(payload["device_id"], payload["label"]), uow)
    ends = datetime.combine(device.day + timedelta(days=1), time.min, JAPAN)
    return {
        "device_id": device.id,
        "account_id": device.account_id,
        "day": device.day,
        "key": base64.b64encode(_key(device.account_id, device.id, device.day)).decode(),
        "now": _milliseconds(clock.now()),
        "ends": _milliseconds(ends),
    }


@blueprint.route("/door/devices/<device_id>/round", methods=["POST"])
@require("outreach.door.use", object_argument="device_id")
@blueprint.response(200, SealedRoundSchema)
def post_round(device_id: str) -> dict[str, str]:
    """Hand today's round out to a telephone, sealed; every visit in it stands in the trail."""
    today = clock.today()
    safety = hooks().visit_safety(on=today)
    stated = [(one.label, one.phone) for one in safety.contacts]
    with reading() as connection:
        found = queries.day_round(connection, actor(), device_id, today)
        calls = queries.emergency_page(connection, stated)
    with unit_of_work() as uow:
        houses = tuple(str(one["id"]) for one in found.houses)
        device = hand_out(device_id, found.ids, uow, houses)
    body = {
        "day": today.isoformat(),
        "visits": found.visits,
        "houses": found.houses,
        "gone": found.gone,
        "check_ins": found.check_ins,
        "contacts": [{"label": one.label, "phone": one.phone} for one in calls],
        "grace_minutes": safety.grace_minutes,
    }
    content = json.dumps(body, ensure_ascii=False).encode()
    place = place_of_round(current_municipality(), device.id, today)
    return {
        "sealed": base64.b64encode(
            seal(_key(device.account_id, device.id, today), content, place)
        ).decode()
    }


@blueprint.route("/door/epoch", methods=["GET"])
@public("a number that says nothing of anybody; a telephone compares it with the one it knew")
@blueprint.response(200, EpochSchema)
def get_epoch() -> dict[str, Any]:
    """Where the server stands: another epoch than before means that it was restored from a backup."""
    with reading() as connection:
        return {"epoch": queries.present_epoch(connection), "now": _milliseconds(clock.now())}


@blueprint.route("/door/items", methods=["POST"])
@public(BECAUSE)
@blueprint.arguments(SentItemSchema)
@blueprint.arguments(SenderSchema, location="headers")
@blueprint.response(200, AnswerSchema)
def post_item(payload: dict[str, Any], header: dict[str, str]) -> dict[str, Any]:
    """Hand in one thing that was written at a door; the same thing again gets the same answer."""
    with reading() as connection:
        # Before it is taken: a thing is never said to be safe under an epoch that began after it.
        epoch = queries.present_epoch(connection)
        device = queries.sent_by(connection, payload["device_id"])
    account_id = header["account_id"] or (device.account_id if device else "")
    if not account_id:
        raise DeviceNotFound
    content = _opened(payload, account_id)
    command = TakeItem(payload["id"], payload["device_id"], payload["day"], content)
    sender = _sender(account_id)

    def unit() -> AbstractContextManager[UnitOfWork]:
        return UnitOfWork(
            this_house(), this_service().name, sender, Cause(correlation_id=g.request_id)
        )

    may = decide(sender, this_service().permission("outreach.visit.record"), sender.municipality)
    item = (
        take_item(command, unit, hooks())
        if may.allowed
        else refuse_item(command, unit, "account_closed")
    )
    kept = {"epoch": epoch, "keep_until": _milliseconds(clock.now() + COPY_KEPT_FOR)}
    return {**_answer(item), "stopped": device is not None and device.stopped, **kept}


def _opened(payload: dict[str, Any], account_id: str) -> dict[str, Any]:
    day: date = payload["day"]
    device_id: str = payload["device_id"]
    place = place_of_item(current_municipality(), device_id, day, payload["id"])
    try:
        sealed = base64.b64decode(payload["sealed"], validate=True)
        content = json.loads(unseal(_key(account_id, device_id, day), sealed, place))
    except (SealBroken, binascii.Error, ValueError):
        raise Refusal("seal_broken", 422) from None
    if not isinstance(content, dict):
        raise Refusal("seal_broken", 422)
    return content


def _sender(account_id: str) -> Actor:
    """Who wrote it, with the rights that the account has now; none when it is closed."""
    with reading() as connection:
        facts = accounts.find(connection, account_id)
    active = facts is not None and facts.active
    return Actor(
        account_id=account_id,
        display_name=facts.display_name if facts else "",
        municipality=current_municipality(),
        roles=facts.roles if facts and active else (),
        functions=frozenset(facts.functions) if facts and active else frozenset(),
        office=facts.office if facts and active else "",
    )


def _answer(item: DoorItem) -> dict[str, Any]:
    def sentence(part: str) -> str:
        key = f"refusal.{item.reason}.{part}"
        return text(key, **item.facts) if item.reason else ""

    return {
        "id": item.id,
        "outcome": item.outcome.value,
        "reason": item.reason,
        "why": sentence("why"),
        "next": sentence("next"),
    }


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _key(account_id: str, device_id: str, day: date) -> bytes:
    purpose = purpose_of_key(account_id, device_id, day)
    return this_house().keys.derived(current_municipality(), purpose)
