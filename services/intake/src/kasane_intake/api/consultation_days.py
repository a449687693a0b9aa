"""相談会 and their bookings, for programs."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from kasane_intake import queries
from kasane_intake.api.schemas import Strict
from kasane_intake.commands.consultation_days import (
    BookSlot,
    ChangeBooking,
    PlanDay,
    SettleBooking,
)
from kasane_intake.domain.consultation_day import ConsultationDay, DaySlot, MeetingWay
from kasane_intake.domain.errors import DayNotFound
from kasane_intake.handlers.consultation_days import (
    book_slot,
    cancel_booking,
    keep_booking,
    miss_booking,
    move_booking,
    plan_day,
    see_added_words,
)
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    asked_version,
    create_once,
    hooks,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)

blueprint = ApiBlueprint(
    "consultation_days_api", __name__, description="相談会 / consultation days"
)


class DaySlotSchema(Strict):
    """One time of a day."""

    id = fields.String(dump_only=True)
    starts_at = fields.Time(required=True, format="%H:%M")
    ends_at = fields.Time(required=True, format="%H:%M")
    seats = fields.Integer(required=True, validate=validate.Range(min=1, max=20))
    free = fields.Integer(dump_only=True)


class ConsultationDaySchema(Strict):
    """One 相談会: face to face needs a place, online a link that only the booked person and staff see."""

    id = fields.String(dump_only=True)
    office = fields.String(dump_only=True)
    held_on = fields.Date(required=True)
    way = fields.Enum(MeetingWay, by_value=True, required=True)
    place = fields.String(load_default="", validate=validate.Length(max=300))
    online_link = fields.String(load_default="", validate=validate.Length(max=300))
    public = fields.Boolean(load_default=False)
    cancelled = fields.Boolean(dump_only=True)
    slots = fields.List(
        fields.Nested(DaySlotSchema), required=True, validate=validate.Length(min=1, max=40)
    )
    version = fields.Integer(dump_only=True)


class ConsultationDayListSchema(Strict):
    """The coming 相談会, nearest first."""

    items = fields.List(fields.Nested(ConsultationDaySchema))


class BookSlotSchema(Strict):
    """A booking taken by staff."""

    slot_id = fields.String(required=True, validate=validate.Length(max=36))
    name = fields.String(load_default="", validate=validate.Length(max=200))
    kana = fields.String(load_default="", validate=validate.Length(max=200))
    phone = fields.String(load_default="", validate=validate.Length(max=40))
    note = fields.String(load_default="", validate=validate.Length(max=2000))
    do_not_contact = fields.String(load_default="", validate=validate.Length(max=300))
    may_wait = fields.Boolean(load_default=False)


class BookingSchema(Strict):
    """One booking; ``seat`` is null while it waits, ``added_at`` unless words of its sender wait to be read."""

    id = fields.String()
    slot_id = fields.String()
    seat = fields.Integer(allow_none=True)
    status = fields.String(attribute="status.value")
    name = fields.String()
    kana = fields.String()
    phone = fields.String()
    note = fields.String()
    do_not_contact = fields.String()
    consultation_id = fields.String()
    added_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class BookingListSchema(Strict):
    """Who booked a day: slot after slot, those with a seat, those who wait, those who called off."""

    items = fields.List(fields.Nested(BookingSchema))


class SettleSchema(Strict):
    """What became of a booking; ``kept`` opens a consultation, ``moved`` needs the slot."""

    outcome = fields.String(
        required=True, validate=validate.OneOf(["kept", "missed", "cancelled", "moved"])
    )
    slot_id = fields.String(load_default="", validate=validate.Length(max=36))


@blueprint.route("/consultation-days", methods=["GET"])
@require("intake.consultation_day.list")
@blueprint.response(200, ConsultationDayListSchema)
def list_days() -> dict[str, Any]:
    """The coming 相談会 with their free seats; who booked is not in it."""
    with reading() as connection:
        lines = queries.consultation_days(connection, clock.today())
    return {"items": [_shown(line) for line in lines]}


@blueprint.route("/consultation-days", methods=["POST"])
@require("intake.consultation_day.plan")
@blueprint.arguments(ConsultationDaySchema)
@blueprint.response(201, ConsultationDaySchema)
def create_day(payload: dict[str, Any]) -> Response:
    """Put a 相談会 on the calendar."""
    slots = tuple(DaySlot(id=new_id(), **slot) for slot in payload.pop("slots"))
    day_id = create_once(
        lambda uow, new: plan_day(
            PlanDay(
                ConsultationDay(
                    id=new, office=actor().office, cancelled=False, slots=slots, **payload
                )
            ),
            uow,
            hooks(),
        )
    )
    with reading() as connection:
        line = queries.consultation_day(connection, day_id)
    return with_version(shown_by(ConsultationDaySchema, _shown(line)), line.day.version, 201)


@blueprint.route("/consultation-days/<day_id>/bookings", methods=["GET"])
@require("intake.consultation_day.read", object_argument="day_id")
@blueprint.response(200, BookingListSchema)
def list_bookings(day_id: str) -> dict[str, Any]:
    """Who booked a day, for the office that holds it and coordinators."""
    with reading() as connection:
        line = queries.consultation_day(connection, day_id)
    if not _holds(line.day):
        raise DayNotFound
    booked = [one for slot in line.slots for one in slot.seated + slot.waiting + slot.cancelled]
    return {"items": [one for one in booked if not one.gone]}


@blueprint.route("/bookings", methods=["POST"])
@require("intake.booking.make")
@blueprint.arguments(BookSlotSchema)
@blueprint.response(201, BookingSchema)
def create_booking(payload: dict[str, Any]) -> Response:
    """Book a slot; a full one is refused unless the person may wait."""
    booking_id = create_once(
        lambda uow, new: book_slot(BookSlot(booking_id=new, **payload), uow, b"")
    )
    return _booking(booking_id, 201)


@blueprint.route("/bookings/<booking_id>/outcome", methods=["PUT"])
@require("intake.booking.settle", object_argument="booking_id")
@blueprint.arguments(SettleSchema)
@blueprint.response(200, BookingSchema)
def put_outcome(payload: dict[str, Any], booking_id: str) -> Response:
    """Write down what became of a booking. Needs If-Match."""
    version, day = asked_version(), _held_day(booking_id)
    desk = actor().office or day.office
    with unit_of_work() as uow:
        if payload["outcome"] == "kept":
            keep_booking(SettleBooking(booking_id, version, new_id(), desk), uow, hooks())
        elif payload["outcome"] == "missed":
            miss_booking(SettleBooking(booking_id, version), uow)
        elif payload["outcome"] == "moved":
            move_booking(ChangeBooking(booking_id, version, payload["slot_id"]), uow)
        else:
            cancel_booking(ChangeBooking(booking_id, version), uow)
    return _booking(booking_id)


@blueprint.route("/bookings/<booking_id>/seen", methods=["PUT"])
@require("intake.booking.settle", object_argument="booking_id")
@blueprint.response(200, BookingSchema)
def put_seen(booking_id: str) -> Response:
    """Say that what the sender added was read, as far as the version goes. Needs If-Match."""
    _held_day(booking_id)
    with unit_of_work() as uow:
        see_added_words(ChangeBooking(booking_id, asked_version()), uow)
    return _booking(booking_id)


def _holds(day: ConsultationDay) -> bool:
    return actor().has("coordinator") or bool(day.office and day.office == actor().office)


def _held_day(booking_id: str) -> ConsultationDay:
    with reading() as connection:
        _, day = queries.booking(connection, booking_id)
    if not _holds(day):
        raise DayNotFound
    return day


def _shown(line: queries.DayLine) -> dict[str, Any]:
    return {
        **vars(line.day),
        "online_link": line.day.online_link if _holds(line.day) else "",
        "slots": [{**vars(one.slot), "free": one.free} for one in line.slots],
    }


def _booking(booking_id: str, status: int = 200) -> Response:
    with reading() as connection:
        found, _ = queries.booking(connection, booking_id)
    return with_version(shown_by(BookingSchema, found), found.version, status)
