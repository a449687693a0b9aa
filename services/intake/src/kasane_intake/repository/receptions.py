"""Loads and saves how a consultation came, and its national categories."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from kasane_intake import tables
from kasane_intake.domain.categories import NATIONAL
from kasane_intake.domain.reception import BroughtBy, Reception, SurveyNeed
from kasane_kit.db import write_later

_CATEGORY = tables.national_category.c
_NATIONAL_OF = select(_CATEGORY.code, _CATEGORY.main).where(
    _CATEGORY.consultation_id == bindparam("consultation_id")
)


def save_reception(connection: Connection, consultation_id: str, reception: Reception) -> None:
    """Saves what was noted about the way of a new consultation."""
    write_later(
        connection,
        tables.reception,
        {
            "consultation_id": consultation_id,
            "route": reception.route.value if reception.route else "",
            "written_on": reception.written_on,
            "heard_by": reception.heard_by,
            "agency": reception.agency,
            "campaign": reception.campaign,
            "need": reception.need.value if reception.need else "",
            "contact_by": reception.contact_by,
            "do_not_contact": reception.do_not_contact,
        },
    )


def reception_from(row: Row[Any]) -> Reception:
    """What was noted; nothing for a consultation that was taken before ways were noted."""
    if row.consultation_id is None:
        return Reception()
    return Reception(
        route=BroughtBy(row.route) if row.route else None,
        written_on=row.written_on,
        heard_by=row.heard_by,
        agency=row.agency,
        campaign=row.campaign,
        need=SurveyNeed(row.need) if row.need else None,
        contact_by=row.contact_by,
        do_not_contact=row.do_not_contact,
    )


def save_national(
    connection: Connection, consultation_id: str, codes: tuple[str, ...], main: str
) -> None:
    """Writes the national categories of a new consultation."""
    rows = [
        {"consultation_id": consultation_id, "code": code, "main": code == main} for code in codes
    ]
    write_later(connection, tables.national_category, *rows)


def load_national(connection: Connection, consultation_id: str) -> tuple[tuple[str, ...], str]:
    """The national categories in their order, and the main one."""
    found = connection.execute(_NATIONAL_OF, {"consultation_id": consultation_id})
    return _in_order({row.code: row.main for row in found})


def load_nationals(
    connection: Connection, consultation_ids: Collection[str]
) -> dict[str, tuple[tuple[str, ...], str]]:
    """For each of these consultations what load_national() finds."""
    rows: dict[str, dict[str, bool]] = {one: {} for one in consultation_ids}
    for row in connection.execute(
        select(tables.national_category).where(_CATEGORY.consultation_id.in_(consultation_ids))
    ):
        rows[row.consultation_id][row.code] = row.main
    return {one: _in_order(found) for one, found in rows.items()}


def _in_order(rows: Mapping[str, bool]) -> tuple[tuple[str, ...], str]:
    codes = tuple(code for code in NATIONAL if code in rows)
    return codes, next((code for code in codes if rows[code]), "")
