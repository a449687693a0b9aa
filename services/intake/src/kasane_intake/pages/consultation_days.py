"""相談会: planning days, booking by telephone, the list for the day, and what came of each booking."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.commands.consultation_days import (
    BookSlot,
    CancelDay,
    ChangeBooking,
    PlanDay,
    SettleBooking,
)
from kasane_intake.domain.arrival import ArrivalKind
from kasane_intake.domain.consultation_day import ConsultationDay, DaySlot, MeetingWay
from kasane_intake.domain.errors import (
    ChangedMeanwhile,
    DayCannotBeHeld,
    DayNotFound,
    DayNotOffered,
    SlotFull,
)
from kasane_intake.handlers.consultation_days import (
    FEATURE,
    book_slot,
    cancel_booking,
    cancel_day,
    keep_booking,
    miss_booking,
    move_booking,
    plan_day,
    see_added_words,
)
from kasane_intake.pages import forms
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, actor, create_once, hooks, reading, text, unit_of_work, wareki
from kasane_plugin_api import Choice, FieldKind, FieldSpec, Phase

blueprint = Blueprint("consultation_days", __name__)


@blueprint.get("/consultation-days")
@require("intake.consultation_day.list")
def list_days() -> str:
    """The coming 相談会 with their free seats, and the last ones."""
    today = clock.today()
    with reading() as connection:
        coming = queries.consultation_days(connection, today)
        past = queries.past_consultation_days(connection, today)
        over = queries.waiting_over_term(connection, ArrivalKind.BOOKING, today)
    phase = hooks().phase(feature=FEATURE, on=today)
    return render_template(
        "intake/consultation_days.html",
        coming=coming,
        past=past,
        over=over,
        not_yet=phase.text if phase is not None and phase.phase is not Phase.ACTIVE else "",
        offices=forms.office_labels(),
    )


@blueprint.get("/consultation-days/new")
@require("intake.consultation_day.plan")
def new_day() -> str:
    """The form for a new day."""
    typed = {"way": MeetingWay.FACE_TO_FACE.value, "minutes": "50", "slots": "4", "seats": "1"}
    return render_template("intake/consultation_day_form.html", form=Form(_day_fields(), typed))


@blueprint.post("/consultation-days/new")
@require("intake.consultation_day.plan")
def create_day() -> Response | tuple[str, int]:
    """Adds the day with its slots."""
    form = Form(_day_fields())
    right = form.check(request.form, forms.say)
    begins = _time(form.values.get("starts_at") or "")
    if form.values.get("starts_at") and begins is None:
        form.add_error("starts_at", text("day.hint.starts_at"))
    if right and not form.errors and begins is not None:
        try:
            day_id = create_once(
                lambda uow, new: plan_day(PlanDay(_day(new, form.values, begins)), uow, hooks())
            )
            return redirect(url_for(".show_day", day_id=day_id), 303)
        except DayCannotBeHeld as refusal:
            missing = str(refusal.facts["missing"])
            name = missing if missing in form.values else "starts_at"
            form.add_error(name, text("refusal.day_cannot_be_held.next"))
        except DayNotOffered as refusal:
            form.add_error("held_on", text("refusal.day_not_offered.why", **refusal.facts))
    return render_template("intake/consultation_day_form.html", form=form), 422


@blueprint.get("/consultation-days/<day_id>")
@require("intake.consultation_day.read", object_argument="day_id")
def show_day(day_id: str) -> str:
    """One day: every slot with its bookings, for the office that holds it; free seats for everybody."""
    return _show(day_id)


@blueprint.get("/consultation-days/<day_id>/list")
@require("intake.consultation_day.read", object_argument="day_id")
def print_day(day_id: str) -> str:
    """The list for the morning of the day, to be printed."""
    return _show(day_id, "intake/consultation_day_list.html")


@blueprint.post("/consultation-days/<day_id>/cancel")
@require("intake.consultation_day.plan", object_argument="day_id")
def call_off(day_id: str) -> Response:
    """Calls the day off."""
    _must_hold(day_id)
    with unit_of_work() as uow:
        cancel_day(CancelDay(day_id, _version()), uow)
    return redirect(url_for(".show_day", day_id=day_id), 303)


@blueprint.get("/consultation-days/<day_id>/book")
@require("intake.booking.make", object_argument="day_id")
def new_booking(day_id: str) -> str:
    """The form for a booking by telephone."""
    return _show_booking_form(day_id, Form(_booking_fields(day_id), dict(request.args)))


@blueprint.post("/consultation-days/<day_id>/book")
@require("intake.booking.make", object_argument="day_id")
def create_booking(day_id: str) -> Response | tuple[str, int]:
    """Books the slot, or puts the person on the waiting list when that is wanted."""
    form = Form(_booking_fields(day_id))
    if not form.check(request.form, forms.say):
        return _show_booking_form(day_id, form), 422
    values = form.values

    def book(uow: UnitOfWork, booking_id: str) -> None:
        book_slot(
            BookSlot(booking_id=booking_id, slot_id=values["slot"], **_about(values)), uow, b""
        )

    try:
        booking_id = create_once(book)
    except SlotFull:
        form.add_error("slot", text("refusal.slot_full.why") + text("refusal.slot_full.next"))
        return _show_booking_form(day_id, form), 409
    return redirect(url_for(".show_day", day_id=day_id, booked=booking_id), 303)


@blueprint.post("/bookings/<booking_id>/cancel")
@require("intake.booking.settle", object_argument="booking_id")
def cancel(booking_id: str) -> Response:
    """Calls a booking off."""
    return _done(booking_id, lambda uow: cancel_booking(ChangeBooking(booking_id, _version()), uow))


@blueprint.post("/bookings/<booking_id>/move")
@require("intake.booking.settle", object_argument="booking_id")
def move(booking_id: str) -> Response:
    """Moves a booking, or gives a seat to somebody who waits."""
    slot = request.form.get("slot", "")
    return _done(
        booking_id, lambda uow: move_booking(ChangeBooking(booking_id, _version(), slot), uow)
    )


@blueprint.post("/bookings/<booking_id>/kept")
@require("intake.booking.settle", object_argument="booking_id")
def kept(booking_id: str) -> Response:
    """The person came: opens the consultation."""
    _must_hold_booking(booking_id)
    with reading() as connection:
        _, day = queries.booking(connection, booking_id)
    consultation_id = create_once(
        lambda uow, new: keep_booking(
            SettleBooking(booking_id, _version(), new, actor().office or day.office), uow, hooks()
        )
    )
    return redirect(
        url_for("consultations.show_consultation", consultation_id=consultation_id, saved=1), 303
    )


@blueprint.post("/bookings/<booking_id>/missed")
@require("intake.booking.settle", object_argument="booking_id")
def missed(booking_id: str) -> Response:
    """The person did not come."""
    return _done(booking_id, lambda uow: miss_booking(SettleBooking(booking_id, _version()), uow))


@blueprint.post("/bookings/<booking_id>/seen")
@require("intake.booking.settle", object_argument="booking_id")
def seen(booking_id: str) -> Response:
    """Somebody read what the sender of a booking added."""
    return _done(
        booking_id, lambda uow: see_added_words(ChangeBooking(booking_id, _version()), uow)
    )


def _done(booking_id: str, change: Callable[[UnitOfWork], object]) -> Response:
    """Changes a booking of a day that one's office holds, and shows the day."""
    day_id = _must_hold_booking(booking_id)
    with unit_of_work() as uow:
        change(uow)
    return redirect(url_for(".show_day", day_id=day_id), 303)


def _holds(day: ConsultationDay) -> bool:
    return actor().has("coordinator") or bool(day.office and day.office == actor().office)


def _must_hold(day_id: str) -> ConsultationDay:
    with reading() as connection:
        day = queries.consultation_day(connection, day_id).day
    if not _holds(day):
        raise DayNotFound
    return day


def _must_hold_booking(booking_id: str) -> str:
    with reading() as connection:
        _, day = queries.booking(connection, booking_id)
    return _must_hold(day.id).id


def _version() -> int:
    form = Form((FieldSpec("version", "", FieldKind.INTEGER, True),))
    if not form.check(request.form, forms.say):
        raise ChangedMeanwhile
    return int(form.values["version"])


def _show(day_id: str, template: str = "intake/consultation_day.html") -> str:
    with reading() as connection:
        line = queries.consultation_day(connection, day_id)
        coming = queries.consultation_days(connection, clock.today())
    holds = _holds(line.day)
    if not holds and template != "intake/consultation_day.html":
        raise DayNotFound
    free = [
        (slot.slot.id, f"{wareki(other.day.held_on)} {_span(slot.slot)}")
        for other in coming
        if not other.day.cancelled
        for slot in other.slots
        if slot.free
    ]
    return render_template(
        template,
        line=line,
        day=line.day,
        holds=holds,
        free=free,
        span=_span,
        booked=request.args.get("booked", ""),
        offices=forms.office_labels(),
        begun=line.day.begun(clock.now().astimezone(clock.JAPAN)),
        open=not line.day.cancelled and line.day.held_on >= clock.today(),
    )


def _show_booking_form(day_id: str, form: Form) -> str:
    with reading() as connection:
        line = queries.consultation_day(connection, day_id)
    return render_template("intake/booking_form.html", form=form, day=line.day)


def _span(slot: DaySlot) -> str:
    return f"{slot.starts_at:%H:%M}–{slot.ends_at:%H:%M}"


def _about(values: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "kana", "phone", "note", "do_not_contact", "may_wait")
    return {name: values[name] for name in names}


def _time(typed: str) -> time | None:
    found = re.fullmatch(
        r"([01]?[0-9]|2[0-3])[:時]([0-5][0-9])分?", unicodedata.normalize("NFKC", typed)
    )
    return time(int(found[1]), int(found[2])) if found else None


def _day(day_id: str, values: dict[str, Any], begins: time) -> ConsultationDay:
    """The day as typed; slots that would run past midnight make it one that cannot be held."""
    held_on: date = values["held_on"]
    at, slots = datetime.combine(held_on, begins), []
    length = timedelta(minutes=max(0, min(values["minutes"], 24 * 60)))
    for _ in range(max(0, min(values["slots"], 100))):
        ends = at + length
        if ends.date() != held_on:
            raise DayCannotBeHeld(missing="times")
        slots.append(DaySlot(new_id(), at.time(), ends.time(), values["seats"]))
        at = ends
    return ConsultationDay(
        id=day_id,
        office=actor().office,
        held_on=held_on,
        way=MeetingWay(values["way"]),
        place=values["place"],
        online_link=values["online_link"],
        public=values["public"],
        cancelled=False,
        slots=tuple(slots),
    )


def _day_fields() -> tuple[FieldSpec, ...]:
    def line(
        name: str, kind: FieldKind = FieldKind.TEXT, required: bool = False, hint: str = ""
    ) -> FieldSpec:
        return FieldSpec(name, text(f"day.field.{name}"), kind, required, hint, max_length=300)

    ways = tuple(Choice(way.value, text(f"meeting_way.{way.value}")) for way in MeetingWay)
    return (
        line("held_on", FieldKind.DATE, True),
        line("starts_at", required=True, hint=text("day.hint.starts_at")),
        line("minutes", FieldKind.INTEGER, True),
        line("slots", FieldKind.INTEGER, True),
        line("seats", FieldKind.INTEGER, True),
        FieldSpec("way", text("day.field.way"), FieldKind.CHOICE, True, choices=ways),
        line("place"),
        line("online_link", hint=text("day.hint.online_link")),
        line("public", FieldKind.BOOLEAN),
    )


def _booking_fields(day_id: str) -> tuple[FieldSpec, ...]:
    with reading() as connection:
        line = queries.consultation_day(connection, day_id)
    slots = tuple(
        Choice(
            one.slot.id,
            f"{_span(one.slot)} {text('day.text.free', count=one.free) if one.free else text('day.text.full')}",
        )
        for one in line.slots
    )
    return (
        FieldSpec("slot", text("day.field.slot"), FieldKind.CHOICE, True, choices=slots),
        FieldSpec("name", text("day.field.name"), max_length=200),
        FieldSpec("kana", text("day.field.kana"), max_length=200),
        FieldSpec("phone", text("day.field.phone"), FieldKind.TEL, True, max_length=40),
        FieldSpec("note", text("day.field.note"), FieldKind.TEXTAREA, max_length=2000),
        FieldSpec("do_not_contact", text("day.field.do_not_contact"), max_length=300),
        FieldSpec("may_wait", text("day.field.may_wait"), FieldKind.BOOLEAN),
    )
