"""Booking a 相談会 without an account: free slots and nothing about anybody else."""

from flask import Blueprint, Response, make_response, render_template, request

from kasane_intake import queries
from kasane_intake.commands.consultation_days import BookSlot
from kasane_intake.domain.consultation_day import Booking
from kasane_intake.domain.errors import AlreadySent, DayNotFound, FloodRefused, FormTooOld, SlotFull
from kasane_intake.domain.receipt import Receipt
from kasane_intake.handlers.consultation_days import book_slot
from kasane_intake.handlers.public_form import LEAST_SECONDS
from kasane_intake.pages import public_form
from kasane_intake.pages.easy_words import checkable, easy, plain, readable
from kasane_kit import clock
from kasane_kit.auth import public
from kasane_kit.ids import new_id
from kasane_kit.web import Form, guard_open_forms, reading, text, wareki
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("public_booking", __name__)
guard_open_forms(blueprint)


@blueprint.get("/soudan/soudankai")
@public(public_form.BECAUSE)
def open_booking() -> str:
    """The coming days that may be booked here, with their free slots."""
    return _show(Form(tuple(checkable(spec) for spec in _fields())))


@blueprint.post("/soudan/soudankai")
@public(public_form.BECAUSE)
def send_booking() -> Response:
    """Books a slot, or a place on its waiting list, and shows the receipt."""
    settings = public_form.settings_of_the_open_form()
    form = Form(tuple(checkable(spec) for spec in _fields()))
    if not form.check(request.form, text):
        return make_response(_show(form), 422)
    try:
        form_id, seconds = public_form.read_token(request.form.get("opened", ""))
        if request.form.get("homepage") or seconds < LEAST_SECONDS:
            raise FormTooOld
        with public_form.public_unit() as uow:
            booking, receipt = book_slot(
                BookSlot(
                    booking_id=new_id(),
                    slot_id=form.values["slot"],
                    name=form.values["name"],
                    kana=form.values["kana"],
                    phone=form.values["phone"],
                    note=form.values["note"],
                    do_not_contact=form.values["do_not_contact"],
                    may_wait=True,
                    form_id=form_id,
                    address=public_form.address(),
                ),
                uow,
                public_form.secret_key(),
            )
    except (FormTooOld, AlreadySent, FloodRefused, SlotFull, DayNotFound) as refusal:
        code = "slot_full" if isinstance(refusal, DayNotFound) else refusal.code
        why = text(f"refusal.{code}.why", **refusal.facts)
        not_done = text(f"refusal.{code}.not_done", **refusal.facts)
        following = text(f"refusal.{code}.next", phone=settings.phone, **refusal.facts)
        form.add_error("slot" if code == "slot_full" else "", why + not_done + following)
        renewed = isinstance(refusal, FormTooOld | AlreadySent)
        return make_response(_show(form, renewed=renewed), refusal.status)
    assert receipt is not None
    return make_response(_show_booked(booking, receipt))


def _show(form: Form, *, renewed: bool = False) -> str:
    fields = _fields()
    return render_template(
        "intake/public/booking.html",
        settings=public_form.settings_of_the_open_form(),
        form=form,
        fields=[readable(spec) for spec in fields],
        any_day=bool(fields[0].choices),
        opened=public_form.kept_or_new_token(renewed),
        easy=easy,
        plain=plain,
    )


def _show_booked(booking: Booking, receipt: Receipt) -> str:
    return render_template(
        "intake/public/sent.html",
        settings=public_form.settings_of_the_open_form(),
        receipt=receipt,
        easy=easy,
        plain=plain,
        **public_form.booking_words(booking),
    )


def _fields() -> tuple[FieldSpec, ...]:
    public_form.settings_of_the_open_form()
    with reading() as connection:
        days = queries.days_to_book(connection, clock.now())
    slots = []
    for line in days:
        times = queries.slot_times(line.day)
        way = text(f"meeting_way.{line.day.way.value}")
        for one in line.slots:
            state = (
                text("day.text.free", count=one.free)
                if one.free
                else text("booking_status.waiting")
            )
            words = (
                f"{wareki(line.day.held_on)} {times[one.slot.id]} {way} {line.day.place} {state}"
            )
            slots.append(Choice(one.slot.id, words))
    return (
        FieldSpec(
            "slot", text("day.field.public_slot"), FieldKind.CHOICE, True, choices=tuple(slots)
        ),
        FieldSpec(
            "phone",
            text("public.field.contact"),
            required=True,
            hint=text("public.hint.contact"),
            max_length=40,
        ),
        FieldSpec(
            "do_not_contact",
            text("public.field.do_not_contact"),
            hint=text("public.hint.do_not_contact"),
            max_length=300,
        ),
        FieldSpec("name", text("public.field.name"), hint=text("public.hint.name"), max_length=200),
        FieldSpec("kana", text("public.field.kana"), max_length=200),
        FieldSpec("note", text("public.field.story"), FieldKind.TEXTAREA, max_length=2000),
    )
