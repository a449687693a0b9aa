"""What staff do with what arrived through the public form: look, take up, set aside, bring back."""

from typing import Any

from kasane_intake.commands.consultations import ReceiveConsultation
from kasane_intake.commands.public_form import ConfirmWebMessage, SeeAdditions, SortWebMessage
from kasane_intake.domain.consultation import LONGEST_PHONE, ContactPerson, PersonConcerned
from kasane_intake.domain.errors import ChangedMeanwhile
from kasane_intake.domain.public_form import ContactWay, Sender, WebMessage
from kasane_intake.domain.reception import BroughtBy, Channel, Reception
from kasane_intake.handlers.consultations import take_consultation
from kasane_intake.handlers.public_form import MESSAGE, say_what_waits
from kasane_intake.repository.public_form import WebMessages
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork


def confirm_web_message(command: ConfirmWebMessage, uow: UnitOfWork, hooks: Any) -> str:
    """Takes a message up as a consultation, both in one transaction; returns the consultation's id."""
    messages = WebMessages(uow.connection)
    message = messages.get(command.message_id)
    if message.version != command.version:
        raise ChangedMeanwhile
    confirmed = message.confirmed(command.consultation_id)
    take_consultation(_received(message, command), uow, hooks)
    messages.save(confirmed, command.version)
    messages.mark_seen(message.id)
    uow.record("intake.web_message.confirmed", MESSAGE, message.id)
    say_what_waits(messages.get(message.id), uow)
    uow.commit()
    return command.consultation_id


def set_web_message_aside(command: SortWebMessage, uow: UnitOfWork) -> None:
    """Sets a message aside with a reason; it stays readable and can be brought back."""
    messages = WebMessages(uow.connection)
    message = messages.get(command.message_id).set_aside(command.reason, clock.now())
    messages.save(message, command.version)
    uow.record("intake.web_message.set_aside", MESSAGE, command.message_id)
    say_what_waits(messages.get(command.message_id), uow)
    uow.commit()


def bring_web_message_back(command: SortWebMessage, uow: UnitOfWork) -> None:
    """Puts a message that was set aside back into the queue."""
    messages = WebMessages(uow.connection)
    messages.save(messages.get(command.message_id).brought_back(), command.version)
    uow.record("intake.web_message.brought_back", MESSAGE, command.message_id)
    say_what_waits(messages.get(command.message_id), uow)
    uow.commit()


def see_additions(command: SeeAdditions, uow: UnitOfWork) -> None:
    """Remembers that somebody read what the sender added; what is added meanwhile is not taken for read."""
    messages = WebMessages(uow.connection)
    message = messages.get(command.message_id)
    messages.save(message.seen(clock.now()), command.version)
    messages.mark_seen(message.id)
    uow.record("intake.web_message.additions_seen", MESSAGE, message.id)
    say_what_waits(messages.get(message.id), uow)
    uow.commit()


def _received(message: WebMessage, command: ConfirmWebMessage) -> ReceiveConsultation:
    commissioner = message.sender is Sender.COMMISSIONER
    own = message.brought_by == BroughtBy.PERSON.value
    phone = _number(message)
    persons = (
        (PersonConcerned(new_id(), name=message.name, kana=message.kana, phone=phone),)
        if own and message.name
        else ()
    )
    route = BroughtBy.COMMISSIONER if commissioner else None
    if route is None and message.brought_by:
        route = BroughtBy(message.brought_by)
    return ReceiveConsultation(
        consultation_id=command.consultation_id,
        desk=command.desk,
        channel=Channel.WEB_COMMISSIONER if commissioner else Channel.WEB,
        story=message.whole_story,
        categories=command.categories,
        main_category=command.main_category,
        contact=ContactPerson(
            name=message.name, kana=message.kana, phone=phone, hidden=message.hidden
        ),
        persons=persons,
        urgent=command.urgent,
        reception=Reception(
            route=route,
            contact_by=message.contact,
            do_not_contact=message.do_not_contact,
        ),
    )


def _number(message: WebMessage) -> str:
    """The contact as a telephone number; one with more words around it is read in ``contact_by`` only."""
    if message.contact_way is ContactWay.PHONE and len(message.contact) <= LONGEST_PHONE:
        return message.contact
    return ""
