"""Writes gatherings as iCalendar, for people's own calendars."""

from collections.abc import Iterable

from flask import Response, make_response
from icalendar import Calendar, Event

from kasane_kit import clock
from kasane_resources.domain.community import Gathering


def calendar_of(gatherings: Iterable[Gathering], name: str, town: str) -> bytes:
    """The gatherings as RFC 5545, in UTC; a cancelled one stays with that state."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Kasane//{town}//JA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for one in gatherings:
        event = Event()
        event.add("uid", f"{one.id}@{town}.kasane")
        event.add("dtstamp", one.changed_at or clock.now())
        event.add("dtstart", one.starts_at)
        event.add("dtend", one.ends_at)
        event.add("summary", one.title)
        event.add("sequence", one.sequence)
        event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
        if one.place:
            event.add("location", one.place)
        if one.description:
            event.add("description", one.description)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def calendar_response(content: bytes) -> Response:
    """The calendar as a file that a program reads again after an hour."""
    response = make_response(content)
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = "inline; filename=gatherings.ics"
    response.headers["Cache-Control"] = "max-age=3600"
    return response
