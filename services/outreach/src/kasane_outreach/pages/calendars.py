"""Calendars for the calendar of a telephone: number, time and link, behind an address that can be revoked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from icalendar import Calendar, Event
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from kasane_contracts import links
from kasane_kit import clock
from kasane_kit.auth import public, require
from kasane_kit.tenancy import HOST, current_municipality
from kasane_kit.web import actor, reading, text, this_town, unit_of_work
from kasane_outreach import queries
from kasane_outreach.domain.calendar_feed import number_of
from kasane_outreach.domain.visit import VisitStatus
from kasane_outreach.handlers.calendars import make_calendar, revoke_calendar
from kasane_outreach.pages import forms

blueprint = Blueprint("calendars", __name__)

JAPAN = ZoneInfo("Asia/Tokyo")
BECAUSE = (
    "a calendar program cannot sign in; the address is the secret, can be revoked, and shows numbers "
    "and times only"
)


@blueprint.get("/week")
@require("outreach.visit.list")
def week() -> str:
    """Seven days of visits, each with the word that others go to the same house that day."""
    today = clock.today()
    asked = forms.asked_day(request.args.get("from", ""), clock.today)
    first = asked - timedelta(days=asked.weekday())
    with reading() as connection:
        days = queries.week_of(connection, actor(), first)
        names = queries.names_of_workers(connection)
    return render_template(
        "outreach/week.html",
        days=days,
        names=names,
        today=today,
        before=first - timedelta(days=7),
        after=first + timedelta(days=7),
    )


@blueprint.get("/calendars")
@require("outreach.calendar.manage")
def list_calendars() -> str:
    """My calendars, and how to make one."""
    return _show()


@blueprint.post("/calendars")
@require("outreach.calendar.manage")
def create() -> str:
    """Makes a calendar and shows its address, this once."""
    with unit_of_work() as uow:
        secret = make_calendar(uow, office=request.form.get("whose") == "office")
    return _show(url_for("calendars.feed", secret=secret, _external=True))


@blueprint.post("/calendars/<feed_id>/revoke")
@require("outreach.calendar.manage", object_argument="feed_id")
def revoke(feed_id: str) -> AnyResponse:
    """The address answers no more."""
    with unit_of_work() as uow:
        revoke_calendar(feed_id, uow)
    return redirect(url_for("calendars.list_calendars"), 303)


@blueprint.get("/calendar/<secret>.ics")
@public(BECAUSE)
def feed(secret: str) -> Response:
    """The calendar itself; an unknown and a revoked address are the same."""
    if current_municipality() == HOST:
        raise NotFound
    with reading() as connection:
        found = queries.calendar_of(connection, secret)
        if found is None:
            raise NotFound
        lines = queries.visits_of_calendar(connection, found, clock.today())
    answer = make_response(_calendar(lines).to_ical())
    answer.mimetype = "text/calendar"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _calendar(lines: Sequence[queries.CalendarLine]) -> Calendar:
    made = Calendar()
    made.add("prodid", "-//Kasane//outreach//JA")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"{text('calendar.name')} {this_town().name}")
    made.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
    for line in lines:
        made.add_component(_event(line))
    return made


def _event(line: queries.CalendarLine) -> Event:
    visit = line.visit
    begins = datetime.combine(visit.on, visit.starts_at, JAPAN)
    cancelled = line.gone or visit.status is VisitStatus.CANCELLED
    made = Event()
    made.add("uid", f"{visit.id}@{current_municipality()}.kasane")
    made.add("dtstamp", clock.now())
    made.add("dtstart", begins.astimezone(ZoneInfo("UTC")))
    made.add("dtend", (begins + timedelta(minutes=visit.minutes)).astimezone(ZoneInfo("UTC")))
    made.add("sequence", visit.version)
    made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    made.add("class", "PRIVATE")
    key = "calendar.cancelled" if cancelled else "calendar.visit"
    made.add("summary", text(key, number=number_of(visit.id)))
    if line.together and not cancelled:
        made.add("description", text("calendar.together"))
    made.add("url", request.host_url.rstrip("/") + links.visit(current_municipality(), visit.id))
    return made


def _show(address: str = "") -> str:
    with reading() as connection:
        return render_template(
            "outreach/calendars.html",
            feeds=queries.calendars(connection, actor()),
            names=queries.names_of_workers(connection),
            address=address,
        )
