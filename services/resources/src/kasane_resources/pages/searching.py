"""Reads from the address of the directory what is searched for, and for which need of a case."""

from dataclasses import dataclass

from flask import request
from sqlalchemy import Connection

from kasane_kit import clock
from kasane_kit.web import actor, hooks
from kasane_resources import queries
from kasane_resources.domain.errors import HumanServiceNotFound
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.location import Position
from kasane_resources.domain.searching import DirectorySearch

SWITCHES = ("open_now", "without_referral", "by_line", "visits", "free")


@dataclass(frozen=True)
class NeedAskedFor:
    """The need of a case for which a worker searches on; it is read where the case is."""

    case_id: str
    need_id: str


def asked(near: Position | None = None) -> DirectorySearch:
    """What the address asks for, around a place if one is given."""
    town = hooks().town
    return DirectorySearch.read(
        request.args, town.code, town.name, clock.now().astimezone(clock.JAPAN), near
    )


def asked_near(connection: Connection) -> HumanService | None:
    """The entry around whose place the address asks to search; None when it names none or has no place."""
    wanted = request.args.get("near", "")
    if not wanted:
        return None
    try:
        found = queries.human_service(connection, actor(), wanted)
    except HumanServiceNotFound:
        return None
    return found if found.entry.location.position else None


def need_asked_for() -> NeedAskedFor | None:
    """The need for which a worker searches, if the address names one."""
    case_id, need_id = request.args.get("case", ""), request.args.get("need", "")
    if case_id and need_id and (case_id + need_id).isascii() and len(case_id + need_id) <= 80:
        return NeedAskedFor(case_id, need_id)
    return None
