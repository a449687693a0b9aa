"""The bodies of the town as its documents declare them on a day; what is not stated stays so."""

from datetime import date
from typing import Any

from flask import Blueprint, request

from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.pages.words import page
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import hooks, text, wareki
from kasane_plugin_api import AttendeeKind as KindOfAttendee
from kasane_plugin_api import MeetingBody

blueprint = Blueprint("bodies", __name__)


@blueprint.get("/conferences/bodies")
@require("cases.conference.read")
def list_bodies() -> str:
    """Every body with its name on a day, legal kinds, host, chair, members, cadence and notice."""
    day = _day(request.args.get("on", ""))
    found = [
        {"body": body, "rows": _rows(body, day), "notices": _notices(body, day)}
        for body in hooks().meeting_bodies(on=day)
    ]
    return page("bodies.html", bodies=found, day=day)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return clock.today()


def _rows(body: MeetingBody, day: date) -> list[tuple[str, str]]:
    year = day.year if day.month >= 4 else day.year - 1
    cadence = "、".join(hooks().cadence(body=body.code, year=year)) or body.cadence
    quorum = text("body.majority") if body.quorum_majority else ""
    most = text("body.most", count=body.max_members) if body.max_members else ""
    stated = (
        ("body.valid", _valid(body)),
        ("body.former_label", body.former_label),
        ("conference.host", body.host),
        ("body.chair", body.chair),
        ("conference.members", "、".join(filter(None, (*body.members, most)))),
        ("body.topics", "、".join(body.topics)),
        ("body.cadence", cadence),
        ("body.quorum", quorum),
        ("conference.note", body.note),
        ("body.source", body.source),
    )
    optional = {"body.former_label", "conference.note"}
    return [
        (text(key), value or text("body.not_stated"))
        for key, value in stated
        if value or key not in optional
    ]


def _valid(body: MeetingBody) -> str:
    start = wareki(body.valid_from) if body.valid_from else ""
    end = wareki(body.valid_to) if body.valid_to else ""
    if start and end:
        return text("body.from_to", start=start, end=end)
    if start:
        return text("body.from_on", start=start)
    return text("body.until", end=end) if end else ""


def _notices(body: MeetingBody, day: date) -> list[tuple[AttendeeKind, Any]]:
    return [
        (kind, hooks().secrecy_notice(body=body.code, attendee=KindOfAttendee(kind.value), on=day))
        for kind in AttendeeKind
    ]
