"""Loads and saves referrals."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kasane_resources.domain.errors import ChangedMeanwhile, ReferralNotFound
from kasane_resources.domain.referral import Referral, ReferralStatus
from kasane_resources.repository.moments import with_zone
from kasane_resources.tables import referral as table


class Referrals:
    """The referrals of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, referral_id: str) -> Referral | None:
        """The referral, or None."""
        row = self._connection.execute(select(table).where(table.c.id == referral_id)).one_or_none()
        return None if row is None else _referral(row)

    def get(self, referral_id: str) -> Referral:
        """The referral; raises ReferralNotFound."""
        found = self.find(referral_id)
        if found is None:
            raise ReferralNotFound
        return found

    def listed(self, *, waiting: bool, most: int) -> list[Referral]:
        """Those that wait, oldest first, or those that are answered, newest answer first."""
        wait = table.c.status == ReferralStatus.REQUESTED.value
        statement = select(table).where(wait if waiting else ~wait)
        order = (
            (table.c.requested_at, table.c.id)
            if waiting
            else (table.c.answered_at.desc(), table.c.id)
        )
        return [
            _referral(row)
            for row in self._connection.execute(statement.order_by(*order).limit(most))
        ]

    def move(self, from_case: str, to_case: str, persons: Sequence[str]) -> list[str]:
        """Gives the referrals of these persons to another case; returns their ids."""
        c = table.c
        theirs = c.case_id == from_case, c.person_id.in_(persons)
        moved = list(self._connection.scalars(select(c.id).where(*theirs).order_by(c.id)))
        self._connection.execute(update(table).where(*theirs).values(case_id=to_case))
        return moved

    def add(self, referral: Referral) -> None:
        """Saves a new referral."""
        self._connection.execute(insert(table).values(**_columns(referral)))

    def save(self, referral: Referral) -> None:
        """Saves a changed referral; raises ChangedMeanwhile when somebody else was faster."""
        expected = referral.version
        referral.version = expected + 1
        saved = self._connection.execute(
            update(table)
            .where(table.c.id == referral.id, table.c.version == expected)
            .values(**_columns(referral))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile


def _columns(referral: Referral) -> dict[str, Any]:
    return {**vars(referral), "status": referral.status.value}


def _referral(row: Row[Any]) -> Referral:
    values = dict(row._mapping)
    values["status"] = ReferralStatus(values["status"])
    values["requested_at"] = with_zone(values["requested_at"])
    values["answered_at"] = with_zone(values["answered_at"])
    return Referral(**values)
