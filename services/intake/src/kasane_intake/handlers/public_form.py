"""What somebody without an account may do: write, and later look and add. Nothing of the town is read back."""

import hashlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kasane_contracts import intake as events
from kasane_intake.commands.public_form import OpenReceipt, SendWebMessage, SetPublicForm
from kasane_intake.domain.arrival_errors import ArrivalDestroyed, BookingOver
from kasane_intake.domain.consultation_day import Booking
from kasane_intake.domain.errors import (
    AlreadySent,
    FloodRefused,
    UnknownDesk,
    WebMessageNotFound,
    WrongWord,
)
from kasane_intake.domain.public_form import WebMessage, WebMessageStatus
from kasane_intake.domain.receipt import Receipt, bucket, plain_number, sealed_word
from kasane_intake.repository.consultation_days import Bookings
from kasane_intake.repository.public_form import PublicForms, WebCounts, WebMessages
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork

MESSAGE = "web_message"
# In an hour: what one address sends, what a town can read, what one address tries in vain.
SENT_PER_ADDRESS = 5
SENT_PER_TOWN = 200
TRIED_PER_ADDRESS = 20
TRIED_PER_TOWN = 400
# Nobody writes faster than this.
LEAST_SECONDS = 3.0
COMMISSIONERS = "commissioners"


def set_public_form(command: SetPublicForm, uow: UnitOfWork, desks: tuple[str, ...]) -> None:
    """Saves the settings; the commissioners' word stays as it is."""
    command.form.check()
    if command.form.enabled and desks and command.form.office not in desks:
        raise UnknownDesk
    forms = PublicForms(uow.connection)
    before = forms.get()
    forms.save(replace(command.form, commissioner_word=before.commissioner_word))
    uow.record("intake.public_form.set", "public_form", "form")
    if before.office != command.form.office:
        # Another desk reads the queue from now on.
        for message in WebMessages(uow.connection).waiting():
            say_what_waits(message, uow)
    uow.commit()


def renew_commissioner_word(uow: UnitOfWork, key: bytes) -> str:
    """Makes a new word for 民生委員 and ends the one before; it is told once and kept only as a keyed hash."""
    word = Receipt.of(key, secrets.token_hex(16)).word
    forms = PublicForms(uow.connection)
    forms.save(replace(forms.get(), commissioner_word=sealed_word(key, COMMISSIONERS, word)))
    uow.record("intake.public_form.word_renewed", "public_form", "form")
    uow.commit()
    return word


def send_web_message(command: SendWebMessage, uow: UnitOfWork, key: bytes) -> Receipt:
    """Keeps what was written and gives its receipt; the same form sent twice is kept once."""
    receipt = Receipt.of(key, command.form_id)
    messages, digest = WebMessages(uow.connection), _digest(command)
    try:
        before = messages.by_receipt(receipt.number)
    except WebMessageNotFound:
        before = None
    if before is not None:
        if before.digest != digest:
            raise AlreadySent
        return receipt
    count_sending(uow, key, command.address)
    reason = _machine_made(command)
    message = WebMessage(
        id=new_id(),
        receipt=receipt.number,
        secret=sealed_word(key, receipt.number, receipt.word),
        digest=digest,
        sender=command.sender,
        arrived_at=clock.now(),
        story=command.story,
        name=command.name,
        kana=command.kana,
        brought_by=command.brought_by,
        hidden=command.hidden,
        contact_way=command.contact_way,
        contact=command.contact,
        do_not_contact=command.do_not_contact,
        status=WebMessageStatus.SET_ASIDE if reason else WebMessageStatus.WAITING,
        reason=reason,
    )
    if not messages.add(message):
        # The same form arrived twice at once; the other one is kept.
        if messages.by_receipt(receipt.number).digest != digest:
            raise AlreadySent
        return receipt
    uow.record("intake.web_message.arrived", MESSAGE, message.id)
    if message.waits:
        say_what_waits(message, uow)
    uow.commit()
    return receipt


def check_commissioner_word(word: str, address: str, uow: UnitOfWork, key: bytes) -> None:
    """Raises WrongWord, and counts the try, unless it is the word that the town has given out last."""
    right = PublicForms(uow.connection).get().commissioner_word
    if right and secrets.compare_digest(right, sealed_word(key, COMMISSIONERS, word)):
        return
    _count(uow, key, "word", address, TRIED_PER_ADDRESS, TRIED_PER_TOWN)
    uow.record("intake.public_form.word_refused", "public_form", "form")
    uow.commit()
    raise WrongWord


def open_receipt(command: OpenReceipt, uow: UnitOfWork, key: bytes) -> WebMessage | Booking:
    """What a receipt is for, with what the sender adds now; raises WrongWord and counts a try in vain.

    Raises ArrivalDestroyed when its time is over, and BookingOver rather than keep words that nobody would read.
    """
    messages, bookings = WebMessages(uow.connection), Bookings(uow.connection)
    number = plain_number(command.number)
    message: WebMessage | Booking | None = bookings.by_receipt(number)
    if message is None:
        try:
            message = messages.by_receipt(number)
        except WebMessageNotFound:
            message = None
    secret = sealed_word(key, number, command.word)
    if message is None or not secrets.compare_digest(message.secret, secret):
        _count(uow, key, "look", command.address, TRIED_PER_ADDRESS, TRIED_PER_TOWN)
        uow.record("intake.web_message.look_refused", MESSAGE, "unknown")
        uow.commit()
        raise WrongWord
    if message.gone:
        raise ArrivalDestroyed
    if isinstance(message, Booking):
        if command.addition:
            if not message.open:
                raise BookingOver
            _count(uow, key, "add", command.address, SENT_PER_ADDRESS, SENT_PER_TOWN)
            note = "\n\n".join(part for part in (message.note, command.addition) if part)
            bookings.save(replace(message, note=note), message.version)
        uow.record("intake.booking.looked", "booking", message.id)
    elif command.addition:
        _count(uow, key, "add", command.address, SENT_PER_ADDRESS, SENT_PER_TOWN)
        messages.append(message.id, new_id(), clock.now(), command.addition)
        uow.record("intake.web_message.added", MESSAGE, message.id)
        say_what_waits(messages.get(message.id), uow)
    else:
        uow.record("intake.web_message.looked", MESSAGE, message.id)
    uow.commit()
    return message


def count_sending(uow: UnitOfWork, key: bytes, address: str) -> None:
    """Counts one sending of an address; raises FloodRefused beyond what people send."""
    _count(uow, key, "send", address, SENT_PER_ADDRESS, SENT_PER_TOWN)


def say_what_waits(message: WebMessage, uow: UnitOfWork) -> None:
    """Says that a message, or what was added to it, waits for the desk that reads the form, or no longer does."""
    if not message.waits:
        uow.publish(events.WebMessageSettled(message.id))
        return
    office = PublicForms(uow.connection).get().office
    added = message.status is not WebMessageStatus.WAITING
    uow.publish(events.WebMessageWaiting(message.id, message.receipt, office, added))


def _machine_made(command: SendWebMessage) -> str:
    if command.trap:
        return "trap"
    return "" if command.seconds >= LEAST_SECONDS else "too_fast"


def _count(
    uow: UnitOfWork, key: bytes, what: str, address: str, per_address: int, per_town: int
) -> None:
    counts, now = WebCounts(uow.connection), clock.now()
    counts.forget(now)
    hour = int(now.timestamp()) // 3600
    until = datetime.fromtimestamp((hour + 1) * 3600, UTC) + timedelta(seconds=1)
    minutes = max(1, int((until - now).total_seconds()) // 60)
    for place, most in ((address, per_address), ("town", per_town)):
        if counts.add(bucket(key, what, place, hour), until) > most:
            raise FloodRefused(minutes=minutes)


def _digest(command: SendWebMessage) -> str:
    words = (
        command.sender.value,
        command.story,
        command.name,
        command.kana,
        command.brought_by,
        str(command.hidden),
        command.contact_way.value,
        command.contact,
        command.do_not_contact,
    )
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()
