"""Finds the items of a session whose restricted case is closed to who looks."""

from datetime import date

from sqlalchemy import Connection, select

from kasane_cases import tables
from kasane_cases.domain.agenda import AgendaItem
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.repository.access import granted_cases, shown_persons_only
from kasane_kit.auth import Actor


def restricted_items(
    connection: Connection,
    viewer: Actor,
    session: ConferenceSession,
    today: date,
    *,
    to_act: bool = False,
) -> frozenset[str]:
    """The items about persons of restricted cases whose matter the viewer may not know.

    Who leads a session needs a right to such a person like everybody else; from the opening on it
    is enough to take part in the item. What is done ``to_act`` takes more than an emergency look.
    """
    items = [item for item in session.items if item.identified]
    case = tables.case.c
    restricted = set(
        connection.scalars(
            select(case.id).where(
                case.id.in_({item.case_id for item in items}), case.restricted.is_(True)
            )
        )
    )
    if not restricted:
        return frozenset()
    entered = connection.scalars(
        select(case.id).where(
            case.id.in_(restricted), granted_cases(viewer, today, to_take_out=to_act)
        )
    ).all()
    only = shown_persons_only(connection, viewer, entered, today)

    def open_to_viewer(item: AgendaItem) -> bool:
        if item.case_id in entered:
            return item.person_id in only.get(item.case_id, (item.person_id,))
        return not session.preparing and session.item_open_to(item, viewer.account_id)

    return frozenset(
        item.id for item in items if item.case_id in restricted and not open_to_viewer(item)
    )
