"""The town's form for anybody without an account, for residents and for 民生委員; nothing of the town is read here."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import NotFound

from kasane_intake import queries
from kasane_intake.commands.public_form import OpenReceipt, SendWebMessage
from kasane_intake.domain.arrival_errors import ArrivalDestroyed, BookingOver
from kasane_intake.domain.consultation_day import Booking
from kasane_intake.domain.errors import (
    AlreadySent,
    FloodRefused,
    FormTooOld,
    IntakeRefusal,
    WrongWord,
)
from kasane_intake.domain.public_form import ContactWay, PublicForm, Sender
from kasane_intake.domain.receipt import Receipt
from kasane_intake.domain.reception import BroughtBy
from kasane_intake.handlers.public_form import (
    check_commissioner_word,
    open_receipt,
    send_web_message,
)
from kasane_intake.pages.easy_words import checkable, easy, plain, readable
from kasane_kit import clock
from kasane_kit.auth import platform_actor, public
from kasane_kit.ids import new_id
from kasane_kit.tenancy import HOST, current_municipality
from kasane_kit.unit_of_work import Cause, UnitOfWork
from kasane_kit.web import Form, guard_open_forms, reading, text, this_house, this_service
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("public_form", __name__)
guard_open_forms(blueprint)

LONGEST_STORY = 4000
OPEN_SECONDS = 12 * 60 * 60
BECAUSE = "residents have no account; it takes words and gives a receipt, and shows no record"
WHO = (BroughtBy.PERSON, BroughtBy.FAMILY, BroughtBy.NEIGHBOUR, BroughtBy.OTHER)


@blueprint.get("/soudan")
@public(BECAUSE)
def open_form() -> str:
    """The form for residents, with the telephone first."""
    return _show(Sender.RESIDENT, _form(Sender.RESIDENT))


@blueprint.post("/soudan")
@public(BECAUSE)
def send_form() -> Response:
    """Keeps what a resident wrote and shows the receipt, or the form again with everything that was typed."""
    return _take(Sender.RESIDENT)


@blueprint.get("/soudan/minsei")
@public(BECAUSE)
def open_commissioner_form() -> str:
    """The form for 民生委員, who have a word from the town."""
    return _show(Sender.COMMISSIONER, _form(Sender.COMMISSIONER))


@blueprint.post("/soudan/minsei")
@public(BECAUSE)
def send_commissioner_form() -> Response:
    """Keeps what a 民生委員 wrote, when the word is the town's."""
    return _take(Sender.COMMISSIONER)


@blueprint.get("/soudan/receipt")
@public(BECAUSE)
def open_receipt_page() -> str:
    """Asks for the receipt number and its words."""
    return _show_receipt(Form(_receipt_fields()))


@blueprint.post("/soudan/receipt")
@public(BECAUSE)
def show_receipt() -> Response:
    """Says whether the message is being looked at, and takes what the sender adds; nothing else is shown."""
    settings = settings_of_the_open_form()
    form = Form(_receipt_fields())
    if not form.check(request.form, text):
        return make_response(_show_receipt(form), 422)
    values = form.values
    try:
        form_id = _opened_form(request.form.get("opened", ""))[0] if values["addition"] else ""
        command = OpenReceipt(
            values["number"], values["word"], address(), values["addition"], form_id
        )
        with public_unit() as uow:
            found = open_receipt(command, uow, secret_key())
    except (FormTooOld, WrongWord, FloodRefused, ArrivalDestroyed, BookingOver) as refusal:
        about_words = isinstance(refusal, BookingOver | FormTooOld)
        form.add_error("addition" if about_words else "word", _why(refusal, settings))
        return make_response(_show_receipt(form), refusal.status)
    added = bool(command.addition)
    if isinstance(found, Booking):
        return make_response(_show_receipt(form, added=added, **booking_words(found)))
    return make_response(_show_receipt(form, state=found.status.value, added=added))


def secret_key() -> bytes:
    """The town's key for receipts, words and counts."""
    return this_house().keys.derived(current_municipality(), "intake-public-form")


def booking_words(booking: Booking) -> dict[str, Any]:
    """What the person who booked sees of the booking."""
    with reading() as connection:
        _, day = queries.booking(connection, booking.id)
    return {
        "booking": booking,
        "booking_day": day,
        "booking_time": queries.slot_times(day)[booking.slot_id],
    }


@contextmanager
def public_unit() -> Iterator[UnitOfWork]:
    """A unit of work for somebody without an account: the trail names the platform."""
    actor = platform_actor(this_service().name, current_municipality())
    with UnitOfWork(
        this_house(), this_service().name, actor, Cause(correlation_id=g.request_id)
    ) as uow:
        yield uow


def settings_of_the_open_form() -> PublicForm:
    """The settings; a town without an open form has no such page."""
    if current_municipality() == HOST:
        raise NotFound
    with reading() as connection:
        settings = queries.public_form(connection)
    if not settings.enabled:
        raise NotFound
    return settings


def _form(sender: Sender) -> Form:
    return Form(tuple(checkable(spec) for spec in _fields(sender)))


def _take(sender: Sender) -> Response:
    settings = settings_of_the_open_form()
    form = _form(sender)
    right = form.check(request.form, text)
    _check_contact(form)
    if not right or form.errors:
        return make_response(_show(sender, form), 422)
    try:
        form_id, seconds = read_token(request.form.get("opened", ""))
        command = _command(sender, form, form_id, seconds)
        if sender is Sender.COMMISSIONER:
            with public_unit() as uow:
                check_commissioner_word(command.commissioner_word, address(), uow, secret_key())
        with public_unit() as uow:
            receipt = send_web_message(command, uow, secret_key())
    except (FormTooOld, AlreadySent, FloodRefused, WrongWord) as refusal:
        name = "commissioner_word" if isinstance(refusal, WrongWord) else ""
        form.add_error(name, _why(refusal, settings))
        renewed = isinstance(refusal, FormTooOld | AlreadySent)
        return make_response(_show(sender, form, renewed=renewed), refusal.status)
    return make_response(_show_sent(settings, receipt))


def _command(sender: Sender, form: Form, form_id: str, seconds: float) -> SendWebMessage:
    values = form.values
    return SendWebMessage(
        form_id=form_id,
        seconds=seconds,
        trap=request.form.get("homepage", ""),
        address=address(),
        sender=sender,
        story=values["story"],
        contact_way=ContactWay(values["contact_way"]),
        commissioner_word=values.get("commissioner_word", ""),
        name=values["name"],
        kana=values["kana"],
        brought_by=values.get("brought_by", ""),
        hidden=values["hidden"],
        contact=values["contact"],
        do_not_contact=_never(values),
    )


def _never(values: dict[str, Any]) -> str:
    family = plain("public.text.family_must_not_know") if values.get("family_must_not_know") else ""
    return "。".join(part for part in (values["do_not_contact"], family) if part)


def _check_contact(form: Form) -> None:
    way, contact = form.values.get("contact_way"), form.values.get("contact")
    if way and way != ContactWay.NONE.value and not contact and "contact" not in form.errors:
        form.add_error("contact", plain("public.text.contact_needed"))
    if way == ContactWay.NONE.value and not form.values.get("story") and "story" not in form.errors:
        form.add_error("story", plain("public.text.story_needed"))


def _why(refusal: IntakeRefusal, settings: PublicForm) -> str:
    why = text(f"refusal.{refusal.code}.why", **refusal.facts)
    following = text(f"refusal.{refusal.code}.next", phone=settings.phone, **refusal.facts)
    return f"{why}{following}"


def _show(sender: Sender, form: Form, *, renewed: bool = False) -> str:
    settings = settings_of_the_open_form()
    return render_template(
        "intake/public/form.html",
        settings=settings,
        sender=sender.value,
        days=_days_to_book(),
        form=form,
        fields=[readable(spec) for spec in _fields(sender)],
        opened=kept_or_new_token(renewed),
        easy=easy,
        plain=plain,
    )


def _days_to_book() -> bool:
    with reading() as connection:
        return bool(queries.days_to_book(connection, clock.now()))


def _show_sent(settings: PublicForm, receipt: Receipt) -> str:
    return render_template(
        "intake/public/sent.html", settings=settings, receipt=receipt, easy=easy, plain=plain
    )


def _show_receipt(form: Form, state: str = "", added: bool = False, **booked: Any) -> str:
    """The page; after an addition it is a new form, so that the next words are not taken for the same."""
    return render_template(
        "intake/public/receipt.html",
        settings=settings_of_the_open_form(),
        form=form,
        state=state,
        added=added,
        opened=kept_or_new_token(renewed=added),
        easy=easy,
        plain=plain,
        **booked,
    )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(), salt="opened-form")


def _new_token() -> str:
    return str(_serializer().dumps([new_id(), int(clock.now().timestamp() * 1000)]))


def kept_or_new_token(renewed: bool) -> str:
    """The token of the form that came back, so that correcting it stays one message; a new one where it is used up."""
    opened = "" if renewed else request.form.get("opened", "")
    try:
        read_token(opened)
    except FormTooOld:
        return _new_token()
    return opened


def read_token(token: str) -> tuple[str, float]:
    """The id of the opened form and for how many seconds it was open; raises FormTooOld."""
    form_id, seconds = _opened_form(token)
    if not 0 <= seconds <= OPEN_SECONDS:
        raise FormTooOld
    return form_id, seconds


def _opened_form(token: str) -> tuple[str, float]:
    """As ``read_token``, however long ago the form was opened here."""
    try:
        form_id, opened = _serializer().loads(token)
    except (BadSignature, TypeError, ValueError):
        raise FormTooOld from None
    return str(form_id), clock.now().timestamp() - int(opened) / 1000


def address() -> str:
    """Where the caller is, for counting: of IPv6 the part that belongs to one household."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _receipt_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec("number", plain("public.field.number"), required=True, max_length=40),
        FieldSpec("word", plain("public.field.word"), required=True, max_length=60),
        FieldSpec(
            "addition",
            plain("public.field.addition"),
            FieldKind.TEXTAREA,
            max_length=LONGEST_STORY,
        ),
    )


def _fields(sender: Sender) -> tuple[FieldSpec, ...]:
    """Every field with readings in its words; only the way of answering has to be chosen."""
    commissioner = sender is Sender.COMMISSIONER
    first = (
        FieldSpec(
            "story",
            text("public.field.story_of_commissioner" if commissioner else "public.field.story"),
            FieldKind.TEXTAREA,
            commissioner,
            text("public.hint.story"),
            max_length=LONGEST_STORY,
        ),
    )
    who = FieldSpec(
        "brought_by",
        text("public.field.brought_by"),
        FieldKind.CHOICE,
        choices=tuple(Choice(one.value, text(f"public.brought_by.{one.value}")) for one in WHO),
    )
    word = FieldSpec(
        "commissioner_word",
        text("public.field.commissioner_word"),
        required=True,
        hint=text("public.hint.commissioner_word"),
        max_length=60,
    )
    ways = [way for way in ContactWay if not (commissioner and way is ContactWay.NONE)]
    rest = (
        FieldSpec(
            "contact_way",
            text("public.field.contact_way"),
            FieldKind.CHOICE,
            True,
            choices=tuple(
                Choice(way.value, text(f"public.contact_way.{way.value}")) for way in ways
            ),
        ),
        FieldSpec(
            "contact",
            text("public.field.contact"),
            hint=text("public.hint.contact"),
            max_length=300,
        ),
        FieldSpec(
            "do_not_contact",
            text("public.field.do_not_contact"),
            hint=text("public.hint.do_not_contact"),
            max_length=300,
        ),
        *(
            ()
            if commissioner
            else (
                FieldSpec(
                    "family_must_not_know",
                    text("public.field.family_must_not_know"),
                    FieldKind.BOOLEAN,
                ),
            )
        ),
        FieldSpec(
            "name",
            text("public.field.name"),
            required=commissioner,
            hint="" if commissioner else text("public.hint.name"),
            max_length=200,
        ),
        FieldSpec("kana", text("public.field.kana"), max_length=200),
        FieldSpec(
            "hidden",
            text("public.field.hidden"),
            FieldKind.BOOLEAN,
            hint=text("public.hint.hidden"),
        ),
    )
    return (word, *first, *rest) if commissioner else (*first, who, *rest)
