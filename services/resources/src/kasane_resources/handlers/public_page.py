"""Opening and closing the page of public entries."""

from typing import Any

from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.commands.public_page import SwitchPublicPage
from kasane_resources.domain.public_page import PublicPage
from kasane_resources.repository.public_page import keep_public_page

OBJECT = "public_page"


def switch_public_page(command: SwitchPublicPage, uow: UnitOfWork, _hooks: Any) -> None:
    """Shows public entries to everybody or to nobody without an account, and notes who said so."""
    page = PublicPage(command.open, clock.now(), uow.actor.display_name)
    keep_public_page(uow.connection, page)
    done = "opened" if command.open else "closed"
    uow.record(f"resources.public_page.{done}", OBJECT, uow.municipality)
    uow.commit()
