"""Who looked at a case or at one person of it, when, and on which basis."""

from datetime import datetime
from typing import Any

from flask import Blueprint, request

from kasane_cases import queries
from kasane_cases.domain.emergency import ends_at
from kasane_cases.pages.words import at_clock, page
from kasane_cases.repository import EMERGENCIES, LOOKS, PERMISSIONS
from kasane_kit import audit, clock
from kasane_kit.auth import require
from kasane_kit.web import actor, reading, strings, term, text

blueprint = Blueprint("trail", __name__)

_READ = {one.done: one.name for one in PERMISSIONS if one.only_a_look}
_OPENED = {one.form_opened: one.name for one in PERMISSIONS}
_REFUSED = {one.refused: one.name for one in PERMISSIONS}


@blueprint.get("/cases/<case_id>/trail")
@require("cases.trail.read", object_argument="case_id")
def show(case_id: str) -> str:
    """Who looked, or with ``all`` also who changed what; with ``person`` about one member only."""
    person_id = request.args.get("person", "")
    everything = request.args.get("all") == "1"
    before = request.args.get("before", "")
    with reading() as connection:
        file = queries.trail_file(
            connection,
            actor(),
            case_id,
            clock.today(),
            person_id=person_id,
            actions=() if everything else LOOKS,
            before=int(before) if before.isdecimal() and len(before) < 16 else 0,
        )
    return page(
        "trail.html",
        file=file,
        person_id=person_id,
        everything=everything,
        lines=[_line(entry) for entry in file.entries],
        names={one.id: one.name or text("case.no_name") for one in file.case.persons},
    )


def _line(entry: audit.Entry) -> dict[str, Any]:
    return {
        "at": datetime.fromisoformat(entry.at).astimezone(clock.JAPAN),
        "who": text("trail.platform") if entry.actor.startswith("platform:") else entry.actor_name,
        "did": _did(entry),
        "basis": _basis(entry),
    }


def _did(entry: audit.Entry) -> str:
    if entry.action in _READ:
        return term(_READ[entry.action])
    if entry.action in EMERGENCIES:
        return term(EMERGENCIES[entry.action])
    if entry.action in _OPENED:
        return text("trail.opened", what=term(_OPENED[entry.action]))
    if entry.action in _REFUSED:
        return text("trail.refused", what=term(_REFUSED[entry.action]))
    kind = f"trail_kind.{entry.object_kind}"
    return text("trail.changed", what=text(kind if strings().has(kind) else "trail_kind.other"))


def _basis(entry: audit.Entry) -> str:
    if entry.action in EMERGENCIES:
        until = at_clock(ends_at(datetime.fromisoformat(entry.at)))
        return text("trail.opened_with_reason", reason=entry.basis, until=until)
    key = f"trail_basis.{entry.basis.partition(':')[0]}"
    return text(key) if entry.basis and strings().has(key) else ""
