"""Takes what is still open about persons from one case to another when a household divides."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from kasane_cases import tables
from kasane_cases.domain.conference import PREPARING


def move_open_records(
    connection: Connection, from_case: str, to_case: str, person_ids: Sequence[str]
) -> None:
    """What is open follows the persons: needs, referrals, visits, tasks, planned agenda items.

    What is past stays where it happened; the later facts reach only the case they moved to.
    """
    for table in (
        tables.support_need,
        tables.referral,
        tables.outreach_request,
        tables.participation,
    ):
        connection.execute(
            update(table)
            .where(table.c.case_id == from_case, table.c.person_id.in_(person_ids))
            .values(case_id=to_case)
        )
    connection.execute(
        update(tables.task)
        .where(
            tables.task.c.case_id == from_case,
            tables.task.c.person_id.in_(person_ids),
            tables.task.c.done_on.is_(None),
        )
        .values(case_id=to_case)
    )
    planned = select(tables.session.c.id).where(
        tables.session.c.status.in_([status.value for status in PREPARING])
    )
    connection.execute(
        update(tables.agenda_item)
        .where(
            tables.agenda_item.c.case_id == from_case,
            tables.agenda_item.c.person_id.in_(person_ids),
            tables.agenda_item.c.session_id.in_(planned),
        )
        .values(case_id=to_case)
    )
