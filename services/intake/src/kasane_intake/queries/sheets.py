"""Reads つなぐシート."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, or_, select

from kasane_intake import tables
from kasane_intake.domain.errors import ConsultationNotFound, SheetNotFound
from kasane_intake.domain.referral_sheet import ReferralSheet, SheetStatus
from kasane_intake.queries.consultations import consultation
from kasane_intake.queries.visibility import named_roles
from kasane_intake.repository import ReferralSheets
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class SheetLine:
    """One つなぐシート in a list."""

    sheet: ReferralSheet
    number: str
    overdue: bool


def sheets_of(connection: Connection, consultation_id: str) -> tuple[ReferralSheet, ...]:
    """The sheets of a consultation that the viewer has opened."""
    return ReferralSheets(connection).of_consultation(consultation_id)


def sheet(connection: Connection, viewer: Actor, sheet_id: str) -> ReferralSheet:
    """One sheet; raises SheetNotFound when there is none or its consultation is not open to the viewer."""
    found = ReferralSheets(connection).get(sheet_id)
    try:
        consultation(connection, viewer, found.consultation_id)
    except ConsultationNotFound:
        raise SheetNotFound from None
    return found


def sheets_for_office(connection: Connection, viewer: Actor, today: date) -> Sequence[SheetLine]:
    """Sheets that wait for the viewer's office, or are overdue and the viewer's role is told; oldest first."""
    s = tables.referral_sheet.c
    mine = or_(s.to_office == viewer.office, s.from_office == viewer.office)
    late = and_(
        s.overdue_role.in_(named_roles(viewer)),
        s.acknowledge_by < today,
        s.status == SheetStatus.SENT.value,
    )
    rows = connection.execute(
        select(s.id, tables.consultation.c.number)
        .join(tables.consultation, tables.consultation.c.id == s.consultation_id)
        .where(
            s.status.in_([SheetStatus.SENT.value, SheetStatus.ACKNOWLEDGED.value]), or_(mine, late)
        )
        .order_by(s.acknowledge_by, s.id)
    ).all()
    sheets = ReferralSheets(connection)
    lines = []
    for row in rows:
        found = sheets.get(row.id)
        lines.append(SheetLine(found, row.number, found.overdue(today)))
    return lines
