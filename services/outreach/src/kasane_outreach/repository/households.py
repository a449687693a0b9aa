"""Loads and saves households to reach."""

import base64
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kasane_kit.keys import Unseal
from kasane_outreach import tables
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import ChangedMeanwhile, HouseholdNotFound
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.same_house import same_house
from kasane_outreach.domain.visit import Visit
from kasane_outreach.repository.visits import Visits, in_utc

PROTECTED_ADDRESS = "outreach.protected_address"


class HouseholdsToReach:
    """The households to reach of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, request_id: str, *, to_change: bool = False) -> HouseholdToReach:
        """The household; raises HouseholdNotFound. ``to_change`` lets others who want to change it wait."""
        found = self.those([request_id], to_change=to_change)
        if not found:
            raise HouseholdNotFound
        return found[0]

    def knows(self, request_id: str) -> bool:
        """Whether the request was heard before."""
        return bool(self.those([request_id]))

    def those(
        self, request_ids: Sequence[str], *, to_change: bool = False
    ) -> tuple[HouseholdToReach, ...]:
        """The households with these ids, those with the nearest date first."""
        return self.load(tables.household_to_reach.c.id.in_(request_ids), to_change=to_change)

    def of_case(self, case_id: str) -> tuple[HouseholdToReach, ...]:
        """All requests of a case."""
        return self.load(tables.household_to_reach.c.case_id == case_id)

    def of_persons(self, person_ids: Collection[str]) -> tuple[HouseholdToReach, ...]:
        """All requests about these persons."""
        return self.load(tables.household_to_reach.c.person_id.in_(person_ids))

    def add(self, household: HouseholdToReach) -> None:
        """Saves a new household to reach."""
        self._connection.execute(insert(tables.household_to_reach).values(**_columns(household)))

    def save(self, household: HouseholdToReach, read_version: int | None = None) -> None:
        """Saves a changed household; raises ChangedMeanwhile when somebody else was faster."""
        expected = household.version if read_version is None else read_version
        household.version = expected + 1
        h = tables.household_to_reach.c
        saved = self._connection.execute(
            update(tables.household_to_reach)
            .where(h.id == household.id, h.version == expected)
            .values(**_columns(household))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def load(self, *conditions: Any, to_change: bool = False) -> tuple[HouseholdToReach, ...]:
        """The households that meet the conditions."""
        h = tables.household_to_reach.c
        found = (
            select(tables.household_to_reach)
            .where(*conditions)
            .order_by(h.by_when.is_(None), h.by_when, h.id)
        )
        rows = self._connection.execute(found.with_for_update() if to_change else found)
        return tuple(_household(row) for row in rows)


def same_house_on(
    connection: Connection, household: HouseholdToReach, on: date
) -> tuple[Visit, ...]:
    """The visits of a day that lead to the house of a household, by whichever agency; cancelled ones do not count."""
    that_day = Visits(connection).scheduled_on(on)
    reached = HouseholdsToReach(connection).those(sorted({one.request_id for one in that_day}))
    there = {one.id for one in reached if same_house(household, one)}
    return tuple(one for one in that_day if one.request_id in there)


def opened(household: HouseholdToReach, unseal: Unseal) -> str:
    """The address of a household, out of its seal where it is protected.

    Only for the workers of a visit to it (I-10). Raises SealBroken and KeyMissing.
    """
    if not household.sealed_address:
        return household.address
    sealed = base64.b64decode(household.sealed_address)
    return unseal(PROTECTED_ADDRESS, sealed, place_of_address(household.id)).decode()


def place_of_address(request_id: str) -> str:
    """Where the seal of a protected address belongs: it opens nowhere else."""
    return request_id


def _columns(household: HouseholdToReach) -> dict[str, object]:
    values = dict(vars(household))
    position = values.pop("position")
    last = values["last_result"]
    return {
        **values,
        "latitude": position.latitude if position else None,
        "longitude": position.longitude if position else None,
        "status": household.status.value,
        "last_result": last.value if last else "",
    }


def _household(row: Row[Any]) -> HouseholdToReach:
    values = dict(row._mapping)
    latitude, longitude = values.pop("latitude"), values.pop("longitude")
    return HouseholdToReach(
        **{
            **values,
            "position": Position(latitude, longitude) if latitude is not None else None,
            "heard_at": in_utc(values["heard_at"]),
            "status": ReachStatus(values["status"]),
            "last_result": VisitResult(values["last_result"]) if values["last_result"] else None,
        }
    )
