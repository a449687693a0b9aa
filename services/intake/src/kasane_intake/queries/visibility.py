"""Which consultations a viewer may see."""

from sqlalchemy import ColumnElement, exists, false, or_, true

from kasane_intake import tables
from kasane_kit.auth import Actor


def visible_to(viewer: Actor) -> ColumnElement[bool]:
    """A coordinator sees all; others see what their office received, was sent, or what waits for their role."""
    if viewer.has("coordinator"):
        return true()
    if not viewer.office and not viewer.roles:
        return false()
    c, s = tables.consultation.c, tables.referral_sheet.c
    return or_(
        c.desk == viewer.office,
        c.received_by == viewer.account_id,
        c.target_role.in_(named_roles(viewer)),
        exists().where(s.consultation_id == c.id, s.to_office == viewer.office),
    )


def named_roles(viewer: Actor) -> tuple[str, ...]:
    """A rule names a role by the town's code or by its function; both reach the viewer."""
    return (*viewer.roles, *sorted(viewer.functions))
