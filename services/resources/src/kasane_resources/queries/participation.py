"""What the screens of participation support read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, func, select

from kasane_kit.auth import Actor
from kasane_resources.domain.host_support import HostSupport, SettlingVisit
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.participation import WITH_HOST, Participation, ParticipationStatus
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.queries import human_service, human_services
from kasane_resources.repository.participations import (
    HostSupports,
    Participations,
    SettlingVisits,
    participation_from,
)
from kasane_resources.tables.participation import participation

RESTING = (ParticipationStatus.STABLE.value, ParticipationStatus.ENDED.value)
# The kinds of the directory in which somebody takes part, the smallest step first.
PLACES = ("micro_task", "place_to_be", "community_activity", "job_preparation", "salon")
MOST_LISTED = 200


@dataclass(frozen=True)
class ParticipationFile:
    """One participation with its settling visits and what happened with its host."""

    participation: Participation
    visits: Sequence[SettlingVisit]
    support: Sequence[HostSupport]


def participations(
    connection: Connection, *, status: ParticipationStatus | None = None, resting: bool = False
) -> Sequence[Participation]:
    """Those in a state, else those that go on, what is due first; ``resting`` those that do not."""
    c = participation.c
    statement = select(participation)
    if status is not None:
        statement = statement.where(c.status == status.value)
    else:
        rests = c.status.in_(RESTING)
        statement = statement.where(rests if resting else ~rests)
    undated = case((c.due_on.is_(None), 1), else_=0)
    rows = connection.execute(
        statement.order_by(undated, c.due_on, c.proposed_at, c.id).limit(MOST_LISTED)
    )
    return [participation_from(row) for row in rows]


def participation_counts(connection: Connection) -> dict[ParticipationStatus, int]:
    """How many stand where."""
    c = participation.c
    rows = connection.execute(select(c.status, func.count()).group_by(c.status))
    return {ParticipationStatus(status): count for status, count in rows}


def participation_file(connection: Connection, participation_id: str) -> ParticipationFile:
    """One participation; raises ParticipationNotFound."""
    one = Participations(connection).get(participation_id)
    visits = SettlingVisits(connection).of(one.id)
    support = HostSupports(connection).of(one.host_id) if one.host_id else ()
    return ParticipationFile(one, visits, support)


def places_to_take_part(
    connection: Connection, viewer: Actor, words: str, most: int = 20
) -> Sequence[HumanService]:
    """Entries in use where somebody could take part; with words, those that have them."""
    if words.strip():
        return human_services(
            connection, viewer, DirectorySearch(words=words, in_use=True), most=most
        )
    found: dict[str, HumanService] = {}
    for kind in PLACES:
        search = DirectorySearch(category=kind, in_use=True)
        for one in human_services(connection, viewer, search, most=most):
            found.setdefault(one.id, one)
    return list(found.values())[:most]


@dataclass(frozen=True)
class HostFile:
    """A host with everything that happened, and how many take part there; nobody is named."""

    service: HumanService
    support: Sequence[HostSupport]
    taking_part: int
    due_on: date | None


def host_file(connection: Connection, viewer: Actor, host_id: str) -> HostFile:
    """A host; raises HumanServiceNotFound."""
    service = human_service(connection, viewer, host_id)
    c = participation.c
    with_host = c.status.in_(sorted(status.value for status in WITH_HOST))
    row = connection.execute(
        select(func.count(), func.min(c.due_on)).where(c.host_id == host_id, with_host)
    ).one()
    return HostFile(service, HostSupports(connection).of(host_id), row[0], row[1])


def waiting_worries(connection: Connection) -> Sequence[HostSupport]:
    """Worries of hosts without an answer, oldest first."""
    return HostSupports(connection).waiting()
