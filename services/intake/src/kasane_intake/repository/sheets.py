"""Loads and saves つなぐシート."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kasane_intake import tables
from kasane_intake.domain.errors import ChangedMeanwhile, SheetNotFound
from kasane_intake.domain.referral_sheet import ReferralSheet, SheetStatus
from kasane_kit.db.shredding import is_shredded


class ReferralSheets:
    """The つなぐシート of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, sheet_id: str) -> ReferralSheet:
        """The sheet; raises SheetNotFound."""
        row = self._connection.execute(
            select(tables.referral_sheet).where(tables.referral_sheet.c.id == sheet_id)
        ).one_or_none()
        if row is None:
            raise SheetNotFound
        return _sheet(row)

    def find(self, sheet_id: str) -> ReferralSheet | None:
        """The sheet, or None."""
        try:
            return self.get(sheet_id)
        except SheetNotFound:
            return None

    def waiting_since_before(self, day: date) -> tuple[ReferralSheet, ...]:
        """Sent sheets that should have been acknowledged before the day, longest first; none of those shredded."""
        s = tables.referral_sheet.c
        rows = self._connection.execute(
            select(tables.referral_sheet)
            .where(
                s.status == SheetStatus.SENT.value,
                s.acknowledge_by < day,
                ~is_shredded(s.consultation_id),
            )
            .order_by(s.acknowledge_by, s.id)
        )
        return tuple(_sheet(row) for row in rows)

    def undecided_since_before(self, day: date) -> tuple[ReferralSheet, ...]:
        """Acknowledged sheets that should have been decided before the day, longest first; none of those shredded."""
        s = tables.referral_sheet.c
        rows = self._connection.execute(
            select(tables.referral_sheet)
            .where(
                s.status == SheetStatus.ACKNOWLEDGED.value,
                s.decide_by < day,
                ~is_shredded(s.consultation_id),
            )
            .order_by(s.decide_by, s.id)
        )
        return tuple(_sheet(row) for row in rows)

    def of_chain(self, chain_id: str) -> tuple[ReferralSheet, ...]:
        """The sheets that one was sent on by, first to last."""
        s = tables.referral_sheet.c
        rows = self._connection.execute(
            select(tables.referral_sheet).where(s.chain_id == chain_id).order_by(s.sent_on, s.id)
        )
        return tuple(_sheet(row) for row in rows)

    def of_consultation(self, consultation_id: str) -> tuple[ReferralSheet, ...]:
        """All sheets of a consultation, oldest first."""
        rows = self._connection.execute(
            select(tables.referral_sheet)
            .where(tables.referral_sheet.c.consultation_id == consultation_id)
            .order_by(tables.referral_sheet.c.id)
        )
        return tuple(_sheet(row) for row in rows)

    def add(self, sheet: ReferralSheet) -> None:
        """Saves a new sheet."""
        self._connection.execute(insert(tables.referral_sheet).values(**_sheet_columns(sheet)))

    def save(self, sheet: ReferralSheet) -> None:
        """Saves a changed sheet; raises ChangedMeanwhile when somebody else was faster."""
        expected = sheet.version
        sheet.version = expected + 1
        saved = self._connection.execute(
            update(tables.referral_sheet)
            .where(
                tables.referral_sheet.c.id == sheet.id, tables.referral_sheet.c.version == expected
            )
            .values(**_sheet_columns(sheet))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile


def _sheet_columns(sheet: ReferralSheet) -> dict[str, object]:
    return {
        **vars(sheet),
        "status": sheet.status.value,
        "persons": list(sheet.persons),
        "copies_to": copied(*sheet.copies_to),
    }


def copied(*roles: str) -> str:
    """Roles as the column holds them, so that one can be looked for: ``,a,b,``."""
    return "," + "".join(f"{role}," for role in roles)


def _sheet(row: Row[tuple[object, ...]]) -> ReferralSheet:
    return read_sheet(dict(row._mapping))


def read_sheet(values: Mapping[str, Any]) -> ReferralSheet:
    """The sheet of a row's columns."""
    return ReferralSheet(
        **{
            **values,
            "status": SheetStatus(values["status"]),
            "persons": tuple(values["persons"]),
            "copies_to": tuple(role for role in str(values["copies_to"]).split(",") if role),
        }
    )
