"""Who sees which household and visit, and what lists show of a protected address (I-10)."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, exists, or_, true

from kasane_kit.auth import Actor, accounts
from kasane_outreach import tables
from kasane_outreach.domain.household_to_reach import HouseholdToReach


def assigned_to(account_id: str) -> ColumnElement[bool]:
    """Visits of one worker."""
    w = tables.visit_worker.c
    return exists().where(w.visit_id == tables.visit.c.id, w.account_id == account_id)


def visit_visible_to(viewer: Actor) -> ColumnElement[bool]:
    """A coordinator sees all visits, everybody else those that are theirs."""
    return true() if viewer.has("coordinator") else assigned_to(viewer.account_id)


def household_visible_to(viewer: Actor) -> ColumnElement[bool]:
    """A coordinator sees all; others what their office or role was asked to visit, and what
    they visit or asked for.

    An outreach worker also sees what is assigned to no agency.
    """
    if viewer.has("coordinator"):
        return true()
    h, v, w = tables.household_to_reach.c, tables.visit.c, tables.visit_worker.c
    agencies = [name for name in (viewer.office, *viewer.roles) if name]
    if viewer.has("outreach_worker"):
        agencies.append("")
    visited = exists().where(
        v.request_id == h.id, w.visit_id == v.id, w.account_id == viewer.account_id
    )
    return or_(h.agency.in_(agencies), visited, h.asked_by == viewer.account_id)


def without_protected_address(household: HouseholdToReach) -> HouseholdToReach:
    """The household as lists, maps and rounds may show it (I-10)."""
    if not household.hides_address:
        return household
    phone = "" if household.phone_protected else household.phone
    return replace(household, address="", phone=phone, position=None, town_block="")


def names_of_workers(connection: Connection) -> Mapping[str, str]:
    """Display names by account, for showing."""
    return {one.account_id: one.display_name for one in accounts.everyone(connection)}
