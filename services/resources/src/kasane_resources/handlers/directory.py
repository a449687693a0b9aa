"""Putting human services into the directory and changing them."""

from typing import Any

from kasane_contracts.resources import HumanServicePublished
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.commands import ChangeHumanService, PublishHumanService
from kasane_resources.domain.human_service import HumanService
from kasane_resources.handlers.freshness import say_confirmed
from kasane_resources.repository import HumanServices, Organizations

OBJECT = "human_service"


def publish_human_service(command: PublishHumanService, uow: UnitOfWork, _hooks: Any) -> str:
    """Puts a human service into the directory and says so; returns its id."""
    entry = command.entry
    organization = Organizations(uow.connection).named(
        entry.organization_name, entry.corporate_number
    )
    service = HumanService.publish(command.human_service_id, entry, organization, clock.today())
    if entry.last_confirmed_on is not None:
        service.confirmed_by = uow.actor.display_name
    HumanServices(uow.connection).add([service])
    uow.record("resources.human_service.published", OBJECT, service.id)
    say_published(service, uow)
    uow.commit()
    return service.id


def change_human_service(command: ChangeHumanService, uow: UnitOfWork, _hooks: Any) -> None:
    """Writes an entry anew; says so when it can be used again, and when a later day of confirming is written."""
    services = HumanServices(uow.connection)
    service = services.get(command.human_service_id)
    was_active = service.active
    entry = command.entry
    organization = Organizations(uow.connection).named(
        entry.organization_name, entry.corporate_number
    )
    before = service.entry.last_confirmed_on
    if entry.last_confirmed_on != before:
        service.confirmed_by = uow.actor.display_name if entry.last_confirmed_on else ""
    service.change(entry, organization, clock.today())
    services.save(service, command.version)
    uow.record("resources.human_service.changed", OBJECT, service.id)
    if not was_active:
        say_published(service, uow)
    if entry.last_confirmed_on and (before is None or entry.last_confirmed_on > before):
        say_confirmed(service.id, uow)
    uow.commit()


def say_published(service: HumanService, uow: UnitOfWork) -> None:
    """Says that an entry can be found and suggested, if it can."""
    if service.active:
        source = service.source.source if service.source else ""
        uow.publish(HumanServicePublished(service.id, service.entry.name, source))
