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
from kasane_intake.domain.receipt import Receipt, bucket, digest_of, plain_number, sealed_word
from kasane_intake.handlers.bookings_waiting import say_what_waits as say_bookings
from kasane_intake.repository.consultation_days import Bookings, ConsultationDays
from kasane_intake.repository.public_form import PublicForms, WebCounts, WebMessages
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork

MESSAGE = "web_message"
# In an hour: what one address sends, what a town can read, how often one address may be wrong.
SENT_PER_ADDRESS = 5
SENT_PER_TOWN = 200
TRIED_PER_ADDRESS = 20
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
    """Raises WrongWord, and counts the try, unless it is the word that the town has given out last.

    Raises FloodRefused without comparing where the address was wrong too often within the hour.
    """
    _must_not_guess(uow, key, "word", address)
    right = PublicForms(uow.connection).get().commissioner_word
    if right and secrets.compare_digest(right, sealed_word(key, COMMISSIONERS, word)):
        return
    _count_wrong(uow, key, "word", address)
    uow.record("intake.public_form.word_refused", "public_form", "form")
    uow.commit()
    raise WrongWord


def open_receipt(command: OpenReceipt, uow: UnitOfWork, key: bytes) -> WebMessage | Booking:
    """What a receipt is for, with what the sender adds now; raises WrongWord and counts a try in vain.

    Raises FloodRefused without comparing where the address was wrong too often within the hour, ArrivalDestroyed
    when its time is over, and BookingOver rather than keep words that nobody would read.
    """
    _must_not_guess(uow, key, "look", command.address)
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
        _count_wrong(uow, key, "look", command.address)
        uow.record("intake.web_message.look_refused", MESSAGE, "unknown")
        uow.commit()
        raise WrongWord
    if message.gone:
        raise ArrivalDestroyed
    add = _add_to_booking if isinstance(message, Booking) else _add_to_message
    if not (command.addition and add(command, message.id, uow, key)):
        if isinstance(message, Booking):
            uow.record("intake.booking.looked", "booking", message.id)
        else:
            uow.record("intake.web_message.looked", MESSAGE, message.id)
    uow.commit()
    return message


def _add_to_booking(command: OpenReceipt, booking_id: str, uow: UnitOfWork, key: bytes) -> bool:
    """Whether it was added now; False when the same form added the same words before."""
    bookings, addition_id = Bookings(uow.connection), _addition_id(command, key)
    booking = bookings.to_change(booking_id)
    if booking.gone:
        raise ArrivalDestroyed
    if booking.last_addition == addition_id:
        return False
    if not booking.open:
        raise BookingOver
    _count_sent(uow, key, "add", command.address)
    bookings.save(booking.added(command.addition, clock.now(), addition_id), booking.version)
    uow.record("intake.booking.added", "booking", booking.id)
    say_bookings(ConsultationDays(uow.connection).of_slot(booking.slot_id), uow)
    return True


def _add_to_message(command: OpenReceipt, message_id: str, uow: UnitOfWork, key: bytes) -> bool:
    """Whether it was added now; False when the same form added the same words before."""
    messages, addition_id = WebMessages(uow.connection), _addition_id(command, key)
    if messages.has_addition(addition_id):
        return False
    _count_sent(uow, key, "add", command.address)
    if not messages.append(message_id, addition_id, clock.now(), command.addition):
        return False
    uow.record("intake.web_message.added", MESSAGE, message_id)
    say_what_waits(messages.get(message_id), uow)
    return True


def _addition_id(command: OpenReceipt, key: bytes) -> str:
    if not command.form_id:
        return new_id()
    return digest_of(key, command.form_id, plain_number(command.number), command.addition)[:32]


def count_sending(uow: UnitOfWork, key: bytes, address: str) -> None:
    """Counts one sending of an address; raises FloodRefused beyond what people send."""
    _count_sent(uow, key, "send", address)


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


def _must_not_guess(uow: UnitOfWork, key: bytes, what: str, address: str) -> None:
    """Only the address is looked at: nobody can keep a whole town from its own words."""
    hour, until = _this_hour()
    if WebCounts(uow.connection).of(bucket(key, what, address, hour)) >= TRIED_PER_ADDRESS:
        raise FloodRefused(minutes=_minutes(until))


def _count_wrong(uow: UnitOfWork, key: bytes, what: str, address: str) -> None:
    _count(uow, key, what, ((address, TRIED_PER_ADDRESS),))


def _count_sent(uow: UnitOfWork, key: bytes, what: str, address: str) -> None:
    _count(uow, key, what, ((address, SENT_PER_ADDRESS), ("town", SENT_PER_TOWN)))


def _count(uow: UnitOfWork, key: bytes, what: str, most_of: tuple[tuple[str, int], ...]) -> None:
    counts, (hour, until) = WebCounts(uow.connection), _this_hour()
    counts.forget(clock.now())
    for place, most in most_of:
        if counts.add(bucket(key, what, place, hour), until) > most:
            raise FloodRefused(minutes=_minutes(until))


def _this_hour() -> tuple[int, datetime]:
    """The hour in which tries are counted, and until when the count is kept."""
    hour = int(clock.now().timestamp()) // 3600
    return hour, datetime.fromtimestamp((hour + 1) * 3600, UTC) + timedelta(seconds=1)


def _minutes(until: datetime) -> int:
    return max(1, int((until - clock.now()).total_seconds()) // 60)


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
