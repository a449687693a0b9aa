"""Loads and saves つなぐシート."""

from sqlalchemy import Connection, Row, insert, select, update

from kasane_intake import tables
from kasane_intake.domain.errors import ChangedMeanwhile, SheetNotFound
from kasane_intake.domain.referral_sheet import ReferralSheet, SheetStatus


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
    return {**vars(sheet), "status": sheet.status.value}


def _sheet(row: Row[tuple[object, ...]]) -> ReferralSheet:
    values = dict(row._mapping)
    return ReferralSheet(**{**values, "status": SheetStatus(values["status"])})
