"""Carries parcels from town to town, each taken exactly once however often the carrier falls."""

import logging
from collections.abc import Collection, Iterable

from kasane_kit.auth import platform_actor
from kasane_kit.bus import Parcel, parcels
from kasane_kit.bus.dead_letters import MOST_ATTEMPTS
from kasane_kit.delivery.applying import is_not_now, sentence_of
from kasane_kit.service import Service
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_kit.unit_of_work import House, UnitOfWork

log = logging.getLogger("kasane.post")


class Post:
    """The post of one service; it may only stand where no municipality is open.

    A parcel is taken and what follows from it is saved in one transaction of the receiving town, under the
    parcel's id; then the sender's copy is emptied. Whatever is cut off in between is done again and changes
    nothing the second time. Parcels about one subject keep their order between two towns. One that fails
    three times is put aside with its reason, and the town's administrator reads of it; those behind it about
    the same subject wait, the others go on.
    """

    def __init__(self, service: Service, house: House) -> None:
        self._service = service
        self._house = house

    def carry(self, towns: Iterable[str] | None = None) -> int:
        """One round through the towns of this process, or those named; returns how many parcels arrived.

        A parcel that cannot be taken now stays with its sender and holds up those behind it that have to
        keep their place; a town that does not answer holds up all of its own.
        """
        if towns is None:
            towns = [town.code for town in self._house.directory.towns()]
        return sum(self._carry_from(town) for town in towns)

    def _carry_from(self, town: str) -> int:
        arrived, found_away = 0, True
        held_up: set[tuple[str, str]] = set()
        away: set[str] = set()
        while found_away:
            some = self._waiting(town, away)
            found_away = False
            for parcel in some:
                if _behind(parcel, held_up):
                    continue
                try:
                    self._carry(parcel)
                except Exception as error:
                    is_away = is_not_now(error) or isinstance(error, UnknownTown)
                    held_up.add((parcel.to_municipality, "" if is_away else parcel.subject))
                    self._tell(parcel, error)
                    if not is_away:
                        self._count(parcel, error)
                    elif len(some) == parcels.AT_ONCE:
                        # What waits for that town may be in front of all that goes to the others.
                        away.add(parcel.to_municipality)
                        found_away = True
                else:
                    arrived += 1
        return arrived

    def give_back(self, municipality: str, parcel_id: str) -> bool:
        """Lets a parcel that was put aside be tried again; False when there is none of this id."""
        name = self._service.name
        with (
            municipality_scope(municipality),
            UnitOfWork(self._house, name, platform_actor(name, municipality)) as uow,
        ):
            if not parcels.give_back(uow.connection, parcel_id):
                return False
            uow.record(f"{name}.parcel.given_back", "parcel", parcel_id)
            uow.commit()
        return True

    def _waiting(self, municipality: str, away: Collection[str]) -> list[Parcel]:
        try:
            with (
                municipality_scope(municipality),
                self._house.databases.glancing(self._service.name) as connection,
            ):
                return list(parcels.waiting(connection, municipality, away))
        except Exception as error:
            log.warning("post of %s in %s waits: %s", self._service.name, municipality, error)
            return []

    def _carry(self, parcel: Parcel) -> None:
        to = self._house.directory.get(parcel.to_municipality).code
        name = self._service.name
        with (
            municipality_scope(to),
            UnitOfWork(self._house, name, platform_actor(name, to)) as uow,
        ):
            if parcels.take(uow.connection, parcel):
                uow.record(f"{name}.parcel.taken", "parcel", parcel.id)
                self._service.parcels[parcel.kind](parcel, uow, self._house.plugins.hooks_for(to))
                uow.commit()
        with (
            municipality_scope(parcel.from_municipality),
            self._house.databases.writing(name) as connection,
        ):
            parcels.carried(connection, parcel.id)
            connection.commit()

    def _count(self, parcel: Parcel, error: Exception) -> None:
        """Counts a try that failed; the third puts the parcel aside and leaves a line on the trail."""
        name, home = self._service.name, parcel.from_municipality
        try:
            with (
                municipality_scope(home),
                UnitOfWork(self._house, name, platform_actor(name, home)) as uow,
            ):
                if parcels.count_attempt(uow.connection, parcel.id) < MOST_ATTEMPTS:
                    uow.connection.commit()
                    return
                parcels.put_aside(uow.connection, parcel.id, sentence_of(error))
                what = f"{parcel.kind} {type(error).__name__}"
                uow.record(f"{name}.parcel.parked", "parcel", parcel.id, basis=what)
                uow.commit()
        except Exception as trouble:
            log.warning("the try of parcel %s was not counted: %s", parcel.id, trouble)

    def _tell(self, parcel: Parcel, error: Exception) -> None:
        if isinstance(error, UnknownTown):
            log.warning("parcel %s waits: this process does not serve its town", parcel.id)
        else:
            log.error("parcel %s waits", parcel.id, exc_info=error)


def _behind(parcel: Parcel, held_up: set[tuple[str, str]]) -> bool:
    """Whether a parcel has to keep its place behind one that waits."""
    return any(
        to == parcel.to_municipality
        and (not subject or not parcel.subject or subject == parcel.subject)
        for to, subject in held_up
    )
