"""What the pages that keep entries fresh read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from kasane_kit import clock
from kasane_kit.auth import Actor, accounts
from kasane_resources import tables
from kasane_resources.domain.freshness import (
    ConfirmationDays,
    ConfirmLink,
    OrganizationAnswer,
)
from kasane_resources.domain.human_service import HumanService, ServiceStatus
from kasane_resources.queries.seeing import visible, visible_to
from kasane_resources.repository import ConfirmLinks, HumanServices, OrganizationAnswers
from kasane_resources.repository.freshness import left_behind_by

MOST_LISTED = 100


@dataclass(frozen=True)
class ConfirmationWork:
    """What there is to confirm: answers that wait, one's own entries, those that nobody keeps any more."""

    answers: Sequence[tuple[OrganizationAnswer, HumanService]]
    mine: Sequence[HumanService]
    nobodys: Sequence[HumanService]


def confirmation_work(
    connection: Connection, viewer: Actor, days: ConfirmationDays
) -> ConfirmationWork:
    """The work of confirming, longest unconfirmed first."""
    services = HumanServices(connection)
    waiting = OrganizationAnswers(connection).waiting(MOST_LISTED)
    entries: Mapping[str, HumanService] = {
        one.id: one for one in services.load([answer.human_service_id for answer in waiting])
    }
    seen = visible_to(viewer)
    return ConfirmationWork(
        [
            (answer, entries[answer.human_service_id])
            for answer in waiting
            if answer.human_service_id in entries
            and entries[answer.human_service_id].entry.visibility in seen
        ],
        services.load(_late(connection, viewer, [viewer.account_id], days)),
        services.load(_late(connection, viewer, ["", *left_behind_by(connection)], days)),
    )


def links_of(connection: Connection, human_service_id: str) -> Sequence[ConfirmLink]:
    """The links of an entry, newest first."""
    return ConfirmLinks(connection).of(human_service_id)


def owner_name(connection: Connection, service: HumanService) -> str:
    """The name of the member of staff who keeps an entry right; empty when nobody does."""
    if not service.owner:
        return ""
    found = accounts.find(connection, service.owner)
    return found.display_name if found and found.active else ""


def answers_about(connection: Connection, human_service_id: str) -> Sequence[OrganizationAnswer]:
    """What the organization said of an entry and nobody decided about yet, oldest first."""
    return OrganizationAnswers(connection).waiting_for(human_service_id)


def _late(
    connection: Connection, viewer: Actor, owners: Sequence[str], days: ConfirmationDays
) -> list[str]:
    h = tables.human_service.c
    before = days.due_before(clock.today())
    return list(
        connection.scalars(
            select(h.id)
            .where(
                visible(viewer),
                h.owner.in_(owners),
                h.status == ServiceStatus.ACTIVE.value,
                or_(h.last_confirmed_on.is_(None), h.last_confirmed_on < before),
            )
            .order_by(h.last_confirmed_on.is_not(None), h.last_confirmed_on, h.sort_key, h.id)
            .limit(MOST_LISTED)
        )
    )
