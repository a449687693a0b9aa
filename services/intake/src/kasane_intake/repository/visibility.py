"""Which consultations a viewer may see."""

from functools import lru_cache

from sqlalchemy import ColumnElement, exists, false, or_, true

from kasane_intake import tables
from kasane_intake.domain.referral_sheet import SheetStatus
from kasane_intake.repository.sheets import copied
from kasane_kit.auth import Actor

# What was not sent, or was taken back, is nobody's but the sender's.
KEPT_BY_THE_SENDER = (SheetStatus.DRAFT.value, SheetStatus.VOID.value)


def visible_to(viewer: Actor) -> ColumnElement[bool]:
    """A coordinator sees all; others see what their office received, was sent, or what waits for their role."""
    if viewer.has("coordinator"):
        return true()
    if not viewer.office and not viewer.roles:
        return false()
    return _visible_at(viewer.office, viewer.account_id, named_roles(viewer))


def copied_to(viewer: Actor) -> ColumnElement[bool]:
    """Sheets of which the town's rule gives a copy to a post of the viewer."""
    return _copied_to(named_roles(viewer))


def named_roles(viewer: Actor) -> tuple[str, ...]:
    """A rule names a role by the town's code or by its function; both reach the viewer."""
    return (*viewer.roles, *sorted(viewer.functions))


@lru_cache(maxsize=256)
def _visible_at(office: str, account_id: str, roles: tuple[str, ...]) -> ColumnElement[bool]:
    """A condition, not its answer: making it costs more than asking it, and a page asks several times."""
    c, s = tables.consultation.c, tables.referral_sheet.c
    return or_(
        c.desk == office,
        c.received_by == account_id,
        c.target_role.in_(roles),
        exists().where(
            s.consultation_id == c.id,
            or_(s.to_office == office, _copied_to(roles)),
            s.status.not_in(KEPT_BY_THE_SENDER),
        ),
        exists().where(s.consultation_id == c.id, s.responsible_office == office),
    )


def _copied_to(roles: tuple[str, ...]) -> ColumnElement[bool]:
    copies = tables.referral_sheet.c.copies_to
    return or_(false(), *(copies.contains(copied(role), autoescape=True) for role in roles))
