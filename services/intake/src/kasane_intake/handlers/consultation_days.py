"""Plans 相談会, books and moves and calls off, and opens the consultation of who came."""

from typing import Any

from kasane_intake.commands.consultation_days import (
    BookSlot,
    CancelDay,
    ChangeBooking,
    PlanDay,
    SettleBooking,
)
from kasane_intake.commands.consultations import ReceiveConsultation
from kasane_intake.domain.consultation import ContactPerson, PersonConcerned
from kasane_intake.domain.consultation_day import Booking, BookingStatus, ConsultationDay, DaySlot
from kasane_intake.domain.errors import (
    AlreadyBooked,
    ChangedMeanwhile,
    DayNotFound,
    DayNotOffered,
    SlotFull,
    SlotNotBegun,
)
from kasane_intake.domain.receipt import Receipt, digest_of, sealed_word
from kasane_intake.domain.reception import Channel, Reception
from kasane_intake.handlers.bookings_waiting import say_what_waits
from kasane_intake.handlers.consultations import take_consultation
from kasane_intake.handlers.public_form import count_sending
from kasane_intake.repository.consultation_days import Bookings, ConsultationDays
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import Phase

FEATURE = "consultation_day"
DAY = "consultation_day"
BOOKING = "booking"


def plan_day(command: PlanDay, uow: UnitOfWork, hooks: Any) -> None:
    """Puts a 相談会 on the calendar; raises DayNotOffered when the town's plan does not have it on that day."""
    day = command.day
    day.check()
    answer = hooks.phase(feature=FEATURE, on=day.held_on)
    if answer is not None and answer.phase is not Phase.ACTIVE:
        raise DayNotOffered(words=answer.text)
    ConsultationDays(uow.connection).add(day)
    uow.record("intake.consultation_day.planned", DAY, day.id)
    uow.commit()


def cancel_day(command: CancelDay, uow: UnitOfWork) -> None:
    """Calls a 相談会 off; nobody can book it any more, and its bookings stay readable."""
    days = ConsultationDays(uow.connection)
    days.cancel(command.day_id, command.version)
    uow.record("intake.consultation_day.cancelled", DAY, command.day_id)
    say_what_waits(days.get(command.day_id), uow)
    uow.commit()


def book_slot(command: BookSlot, uow: UnitOfWork, key: bytes) -> tuple[Booking, Receipt | None]:
    """Gives a free seat, or a place on the waiting list; raises SlotFull.

    The same public form books once; raises AlreadyBooked when it comes again with anything changed.
    """
    bookings, digest = Bookings(uow.connection), ""
    receipt = Receipt.of(key, command.form_id) if command.form_id else None
    if receipt:
        digest = _digest(command, key)
        before = bookings.by_receipt(receipt.number)
        if before is not None:
            return _same_sending(before, digest), receipt
        count_sending(uow, key, command.address)
    day = _open_day(uow, command.slot_id)
    slot = _slot(day, command.slot_id)
    wanted = Booking(
        id=command.booking_id,
        slot_id=slot.id,
        seat=None,
        status=BookingStatus.WAITING,
        name=command.name,
        kana=command.kana,
        phone=command.phone,
        note=command.note,
        do_not_contact=command.do_not_contact,
        receipt=receipt.number if receipt else None,
        secret=sealed_word(key, receipt.number, receipt.word) if receipt else "",
        digest=digest,
    )
    try:
        made = bookings.add(wanted, slot, clock.now(), may_wait=command.may_wait)
    except SlotFull:
        # The same form arrived twice at once: the other one has the seat.
        before = bookings.by_receipt(receipt.number) if receipt else None
        if before is None:
            raise
        return _same_sending(before, digest), receipt
    uow.record("intake.booking.made", BOOKING, made.id)
    if made.status is BookingStatus.WAITING:
        say_what_waits(day, uow)
    uow.commit()
    return made, receipt


def _same_sending(before: Booking, digest: str) -> Booking:
    if before.digest != digest:
        raise AlreadyBooked
    return before


def _digest(command: BookSlot, key: bytes) -> str:
    return digest_of(
        key,
        command.slot_id,
        command.name,
        command.kana,
        command.phone,
        command.note,
        command.do_not_contact,
    )


def cancel_booking(command: ChangeBooking, uow: UnitOfWork) -> None:
    """Calls a booking off; its seat is free at once."""
    bookings, days = Bookings(uow.connection), ConsultationDays(uow.connection)
    before = bookings.get(command.booking_id)
    bookings.save(before.cancelled(clock.now()), command.version)
    uow.record("intake.booking.cancelled", BOOKING, command.booking_id)
    say_what_waits(days.of_slot(before.slot_id), uow)
    uow.commit()


def move_booking(command: ChangeBooking, uow: UnitOfWork) -> None:
    """Moves a booking to a slot with a free seat, or seats somebody who waits; raises SlotFull."""
    bookings, day = Bookings(uow.connection), _open_day(uow, command.slot_id)
    before = bookings.get(command.booking_id)
    bookings.move(before, _slot(day, command.slot_id), command.version)
    uow.record("intake.booking.moved", BOOKING, command.booking_id)
    left = ConsultationDays(uow.connection).of_slot(before.slot_id)
    say_what_waits(left, uow)
    if before.added_at and left.id != day.id:
        # What nobody has read yet waits on the other day now.
        say_what_waits(day, uow)
    uow.commit()


def keep_booking(command: SettleBooking, uow: UnitOfWork, hooks: Any) -> str:
    """The person came: opens a consultation with the channel 相談会 in the same transaction; returns its id."""
    bookings = Bookings(uow.connection)
    booking = bookings.get(command.booking_id)
    if booking.version != command.version:
        raise ChangedMeanwhile
    kept = booking.kept(command.consultation_id)
    take_consultation(
        ReceiveConsultation(
            consultation_id=command.consultation_id,
            desk=command.desk,
            channel=Channel.EVENT,
            story=booking.note or "―",
            categories=(),
            main_category="",
            contact=ContactPerson(name=booking.name, kana=booking.kana, phone=booking.phone),
            persons=(
                PersonConcerned(
                    new_id(), name=booking.name, kana=booking.kana, phone=booking.phone
                ),
            ),
            reception=Reception(
                heard_by=uow.actor.display_name, do_not_contact=booking.do_not_contact
            ),
        ),
        uow,
        hooks,
    )
    bookings.save(kept, command.version)
    uow.record("intake.booking.kept", BOOKING, booking.id)
    if booking.added_at:
        say_what_waits(ConsultationDays(uow.connection).of_slot(booking.slot_id), uow)
    uow.commit()
    return command.consultation_id


def miss_booking(command: SettleBooking, uow: UnitOfWork) -> None:
    """The person did not come; written down without a judgement, and open to their coming later.

    Raises SlotNotBegun where there is nothing to have missed yet.
    """
    bookings = Bookings(uow.connection)
    before = bookings.get(command.booking_id)
    day = ConsultationDays(uow.connection).of_slot(before.slot_id)
    if before.slot_id not in day.begun(clock.now().astimezone(clock.JAPAN)):
        raise SlotNotBegun
    bookings.save(before.missed(clock.now()), command.version)
    uow.record("intake.booking.missed", BOOKING, command.booking_id)
    if before.added_at:
        say_what_waits(day, uow)
    uow.commit()


def see_added_words(command: ChangeBooking, uow: UnitOfWork) -> None:
    """Remembers that somebody read what the sender added; what is added meanwhile is not taken for read."""
    bookings = Bookings(uow.connection)
    before = bookings.get(command.booking_id)
    bookings.save(before.read(), command.version)
    uow.record("intake.booking.additions_seen", BOOKING, command.booking_id)
    say_what_waits(ConsultationDays(uow.connection).of_slot(before.slot_id), uow)
    uow.commit()


def _open_day(uow: UnitOfWork, slot_id: str) -> ConsultationDay:
    day = ConsultationDays(uow.connection).to_book(slot_id)
    if day.cancelled or day.held_on < clock.today():
        raise DayNotFound
    return day


def _slot(day: ConsultationDay, slot_id: str) -> DaySlot:
    return next(slot for slot in day.slots if slot.id == slot_id)
