"""Reads from the address of the directory what is searched for, and for which need of a case."""

from dataclasses import dataclass

from flask import request

from kasane_kit import clock
from kasane_kit.web import hooks
from kasane_resources.domain.searching import DirectorySearch

SWITCHES = ("open_now", "without_referral", "by_line", "visits", "free")


@dataclass(frozen=True)
class NeedAskedFor:
    """The need of a case for which a worker searches on; it is read where the case is."""

    case_id: str
    need_id: str


def asked() -> DirectorySearch:
    """What the address asks for."""
    town = hooks().town
    return DirectorySearch.read(
        request.args, town.code, town.name, clock.now().astimezone(clock.JAPAN)
    )


def need_asked_for() -> NeedAskedFor | None:
    """The need for which a worker searches, if the address names one."""
    case_id, need_id = request.args.get("case", ""), request.args.get("need", "")
    if case_id and need_id and (case_id + need_id).isascii() and len(case_id + need_id) <= 80:
        return NeedAskedFor(case_id, need_id)
    return None
