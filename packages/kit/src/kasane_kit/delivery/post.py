"""Carries parcels from town to town, each taken exactly once however often the carrier falls."""

import logging

from kasane_kit.auth import platform_actor
from kasane_kit.bus import Parcel, parcels
from kasane_kit.service import Service
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_kit.unit_of_work import House, UnitOfWork

log = logging.getLogger("kasane.post")


class Post:
    """The post of one service; it may only stand where no municipality is open.

    A parcel is taken and what follows from it is saved in one transaction of the receiving town, under the
    parcel's id; then the sender's copy is emptied. Whatever is cut off in between is done again and changes
    nothing the second time. Parcels between two towns keep their order.
    """

    def __init__(self, service: Service, house: House) -> None:
        self._service = service
        self._house = house

    def carry(self) -> int:
        """One round through the towns of this process; returns how many parcels arrived.

        A parcel that cannot be taken now stays with its sender and holds up those behind it for the same town.
        """
        arrived = 0
        for town in self._house.directory.towns():
            held_up: set[str] = set()
            for parcel in self._waiting(town.code):
                if parcel.to_municipality in held_up:
                    continue
                try:
                    self._carry(parcel)
                except Exception as error:
                    held_up.add(parcel.to_municipality)
                    self._tell(parcel, error)
                else:
                    arrived += 1
        return arrived

    def _waiting(self, municipality: str) -> list[Parcel]:
        try:
            with (
                municipality_scope(municipality),
                self._house.databases.reading(self._service.name) as connection,
            ):
                return list(parcels.waiting(connection, municipality))
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

    def _tell(self, parcel: Parcel, error: Exception) -> None:
        if isinstance(error, UnknownTown):
            log.warning("parcel %s waits: this process does not serve its town", parcel.id)
        else:
            log.error("parcel %s waits", parcel.id, exc_info=error)
