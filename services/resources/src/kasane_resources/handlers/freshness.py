"""Keeping entries fresh: confirming, owning, asking the organization, reminding."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from kasane_contracts.resources import (
    HumanServiceConfirmationDue,
    HumanServiceConfirmed,
    OrganizationAnswered,
)
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_resources.commands.freshness import (
    AnswerAsOrganization,
    ConfirmEntry,
    DecideAnswer,
    MakeConfirmLink,
    OwnEntry,
    RevokeConfirmLink,
)
from kasane_resources.domain.errors import AnswerMissing, LinkClosed
from kasane_resources.domain.freshness import (
    LINK_DAYS,
    LONGEST_ANSWER,
    ConfirmationDays,
    ConfirmLink,
    Freshness,
    OrganizationAnswer,
    freshness,
    must_have_room,
    token_digest,
)
from kasane_resources.domain.human_service import HumanService, Visibility
from kasane_resources.repository import (
    ConfirmLinks,
    HumanServices,
    OrganizationAnswers,
    Reminders,
)
from kasane_resources.repository.freshness import keeper_of

SERVICE = "resources"
OBJECT = "human_service"


def confirm_entry(command: ConfirmEntry, uow: UnitOfWork, _hooks: Any) -> None:
    """Keeps that the actor made sure today that an entry is right. Raises ChangedMeanwhile."""
    service = HumanServices(uow.connection).get(command.human_service_id)
    _confirm(service, command.version, uow.actor.display_name, uow)
    uow.commit()


def own_entry(command: OwnEntry, uow: UnitOfWork, _hooks: Any) -> None:
    """The actor keeps an entry right from now on, or no longer does; another's entry stays another's."""
    services = HumanServices(uow.connection)
    service = services.get(command.human_service_id)
    if command.mine or service.owner == uow.actor.account_id:
        service.owner = uow.actor.account_id if command.mine else ""
        services.save(service)
    uow.record("resources.human_service.owned", OBJECT, service.id)
    uow.commit()


def make_confirm_link(command: MakeConfirmLink, uow: UnitOfWork, _hooks: Any) -> str:
    """The token of a new link for a public entry: it is nowhere kept. Raises LinkClosed for another entry."""
    service = HumanServices(uow.connection).get(command.human_service_id)
    if service.entry.visibility is not Visibility.PUBLIC:
        raise LinkClosed
    token = secrets.token_urlsafe(32)
    link = ConfirmLink(
        new_id(),
        service.id,
        token_digest(token),
        uow.actor.account_id,
        clock.now(),
        clock.today() + timedelta(days=LINK_DAYS),
    )
    ConfirmLinks(uow.connection).add(link)
    uow.record("resources.confirm_link.made", OBJECT, service.id)
    uow.commit()
    return token


def revoke_confirm_link(command: RevokeConfirmLink, uow: UnitOfWork, _hooks: Any) -> None:
    """Closes a link of an entry for good."""
    links = ConfirmLinks(uow.connection)
    for link in links.of(command.human_service_id):
        if link.id == command.link_id:
            link.revoke(clock.now())
            links.save(link)
    uow.record("resources.confirm_link.revoked", OBJECT, command.human_service_id)
    uow.commit()


def entry_of_link(token: str, uow: UnitOfWork) -> HumanService:
    """The public entry that a token opens; raises LinkClosed for any other."""
    link = ConfirmLinks(uow.connection).with_digest(token_digest(token))
    link.must_be_open(clock.today())
    service = HumanServices(uow.connection).get(link.human_service_id)
    if service.entry.visibility is not Visibility.PUBLIC:
        raise LinkClosed
    return service


def answer_as_organization(command: AnswerAsOrganization, uow: UnitOfWork) -> None:
    """Keeps an organization's answer for a worker, the same one once; the entry does not change.

    Raises LinkClosed, TooManyAnswers, EntryChangedSince when the entry is not the one that it saw, or AnswerMissing
    when it says that something changed but not what.
    """
    service = entry_of_link(command.token, uow)
    link = ConfirmLinks(uow.connection).with_digest(token_digest(command.token))
    text = command.text.strip()[:LONGEST_ANSWER]
    if not command.as_it_is and not text:
        raise AnswerMissing
    answer = OrganizationAnswer(
        new_id(),
        service.id,
        link.id,
        command.as_it_is,
        text,
        clock.now(),
        entry_digest=command.entry_digest,
    )
    answer.must_hold_for(service.entry)
    answers = OrganizationAnswers(uow.connection)
    waiting = [one for one in answers.waiting_for(service.id) if one.link_id == link.id]
    if any(answer.says_the_same_as(one) for one in waiting):
        return
    must_have_room(len(waiting))
    answers.put(answer)
    uow.record("resources.organization.answered", OBJECT, service.id)
    uow.publish(OrganizationAnswered(service.id, keeper_of(uow.connection, service.owner)))
    uow.commit()


def decide_answer(command: DecideAnswer, uow: UnitOfWork, hooks: Any) -> str:
    """Takes an organization's answer over, which confirms the entry, or leaves it; returns the entry's id.

    Raises AlreadyDecided, and when it is taken over ChangedMeanwhile, or EntryChangedSince for an entry that is not
    any more what the organization said is right.
    """
    answers = OrganizationAnswers(uow.connection)
    answer = answers.get(command.answer_id)
    answer.decide(command.taken, uow.actor.account_id, clock.now())
    answers.put(answer)
    service = HumanServices(uow.connection).get(answer.human_service_id)
    if command.taken:
        answer.must_hold_for(service.entry)
        organization = service.organization.name if service.organization else service.entry.name
        _confirm(service, command.version, organization, uow)
    elif _fresh(service, hooks):
        say_confirmed(service.id, uow)
    uow.record(f"resources.answer.{answer.state.value}", OBJECT, answer.human_service_id)
    uow.commit()
    return answer.human_service_id


def confirmation_days(hooks: Any) -> ConfirmationDays:
    """The town's days, or the platform's where it states none."""
    rule = hooks.resource_freshness(on=clock.today())
    return ConfirmationDays(
        timedelta(days=rule.ask_after_days),
        timedelta(days=rule.stale_after_days),
        timedelta(days=rule.remind_again_days),
        timedelta(days=rule.vacancy_days),
    )


def remind_of_confirmations(house: House, municipality: str) -> None:
    """Reminds the owner of each entry that is to be asked about, and again after the town's days.

    Where the owner has left, the coordinators are reminded.
    """
    today = clock.today()
    days = confirmation_days(house.plugins.hooks_for(municipality))
    with house.databases.reading(SERVICE) as connection:
        late = Reminders(connection).due(today, days)
    for service_id in late:
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            reminders = Reminders(uow.connection)
            if reminders.reminded_on(service_id) == today:
                continue
            service = HumanServices(uow.connection).get(service_id)
            confirmed = service.entry.last_confirmed_on
            reminders.remember(service_id, today)
            uow.record("resources.human_service.reminded", OBJECT, service_id)
            uow.publish(
                HumanServiceConfirmationDue(
                    service_id,
                    keeper_of(uow.connection, service.owner),
                    confirmed + days.ask_after if confirmed else today,
                )
            )
            uow.commit()


def say_confirmed(human_service_id: str, uow: UnitOfWork) -> None:
    """Says that an entry was confirmed, unless an organization's answer about it still waits to be read."""
    Reminders(uow.connection).forget(human_service_id)
    if not OrganizationAnswers(uow.connection).waiting_for(human_service_id):
        uow.publish(HumanServiceConfirmed(human_service_id))


def _confirm(service: HumanService, version: int, by: str, uow: UnitOfWork) -> None:
    service.entry = replace(service.entry, last_confirmed_on=clock.today())
    service.confirmed_by = by
    HumanServices(uow.connection).save(service, version)
    uow.record("resources.human_service.confirmed", OBJECT, service.id)
    say_confirmed(service.id, uow)


def _fresh(service: HumanService, hooks: Any) -> bool:
    confirmed = service.entry.last_confirmed_on
    return freshness(confirmed, clock.today(), confirmation_days(hooks)) is Freshness.FRESH
