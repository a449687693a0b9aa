"""Builds outreach's forms and turns what was typed into values, every problem at its field."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

from kasane_kit import clock
from kasane_kit.auth import AccountFacts
from kasane_kit.web import Form, hooks, term, text
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import ChangedMeanwhile, NotAPosition, OutreachRefusal
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.time_of_day import NotATime, parse_time
from kasane_outreach.domain.town_block import TownBlock
from kasane_plugin_api import Choice, FieldKind, FieldSpec

FIRST_YEAR, LAST_YEAR = 2020, 2099
_COORDINATES = re.compile(r"^(-?[0-9]+(?:\.[0-9]+)?)[,、]\s*(-?[0-9]+(?:\.[0-9]+)?)$")
_PHONE = re.compile(r"^\+?[0-9][0-9-]{5,18}$")


def say(key: str, **facts: Any) -> str:
    """The sentence for a form's problem."""
    return text(key, **facts)


def refusal_words(refusal: OutreachRefusal) -> dict[str, str]:
    """What a refusal says, for showing it above the form that was sent."""
    return {
        part: text(f"refusal.{refusal.code}.{part}", **refusal.facts)
        for part in ("why", "not_done", "next")
    }


def words_beside_new(refusal: OutreachRefusal) -> dict[str, str]:
    """The same on a page that shows the record as it is now, so that it need not be opened again."""
    words = refusal_words(refusal)
    if isinstance(refusal, ChangedMeanwhile):
        words["next"] = text("run.read_again")
    return words


def legal_ground_field() -> FieldSpec:
    """The choice of a legal ground, from those of the town on this day."""
    labels = [one.label for one in hooks().legal_bases(on=clock.today())]
    choices = tuple(Choice(label, label) for label in labels)
    return FieldSpec(
        "legal_ground", text("run.legal_ground"), FieldKind.CHOICE, True, choices=choices
    )


def record_fields() -> tuple[FieldSpec, ...]:
    """The fields of a visit's record."""
    results = tuple(Choice(one.value, term(f"visit_result.{one.value}")) for one in VisitResult)
    return (
        FieldSpec("result", text("visit.result"), FieldKind.CHOICE, True, choices=results),
        FieldSpec("note", text("visit.note"), FieldKind.TEXTAREA, hint=text("visit.note_hint")),
        FieldSpec("consent_heard", text("visit.consent_heard"), FieldKind.BOOLEAN),
        FieldSpec(
            "accompanied_to",
            text("visit.accompanied_to"),
            hint=text("visit.accompanied_to_hint"),
            max_length=200,
        ),
        FieldSpec(
            "next_wish", text("visit.next_wish"), hint=text("visit.next_wish_hint"), max_length=500
        ),
    )


def cancel_fields() -> tuple[FieldSpec, ...]:
    """The one field for cancelling a visit."""
    return (FieldSpec("reason", text("visit.cancel_reason"), required=True, max_length=200),)


def schedule_fields(workers: Sequence[AccountFacts], two_person: bool) -> tuple[FieldSpec, ...]:
    """The fields of a visit scheduled by hand; a second worker is asked for when two must go."""
    choices = tuple(Choice(one.account_id, one.display_name) for one in workers)
    return (
        FieldSpec("on", text("visit.on"), FieldKind.DATE, True, hint=text("round.day_hint")),
        FieldSpec(
            "starts_at",
            text("visit.starts_at"),
            required=True,
            hint=text("visit.starts_at_hint"),
            max_length=10,
        ),
        FieldSpec("minutes", text("visit.length"), FieldKind.INTEGER, True),
        FieldSpec("worker", text("visit.workers"), FieldKind.CHOICE, True, choices=choices),
        FieldSpec(
            "second_worker",
            text("visit.second_worker"),
            FieldKind.CHOICE,
            two_person,
            choices=choices,
        ),
    )


def hand_over_fields(workers: Sequence[AccountFacts], two_person: bool) -> tuple[FieldSpec, ...]:
    """Who makes the visit from now on."""
    return schedule_fields(workers, two_person)[-2:]


def same_day_fields() -> tuple[FieldSpec, ...]:
    """The box that says a second visit on the same day is meant."""
    return (FieldSpec("despite_same_day", text("visit.despite_same_day"), FieldKind.BOOLEAN),)


def place_fields(blocks: Sequence[TownBlock]) -> tuple[FieldSpec, ...]:
    """The fields for a place: a town block or coordinates."""
    choices = tuple(Choice(block.name, block.name) for block in blocks)
    return (
        FieldSpec("town_block", text("household.place_block"), FieldKind.CHOICE, choices=choices),
        FieldSpec(
            "coordinates",
            text("household.place_coordinates"),
            hint=text("household.place_coordinates_hint"),
            max_length=60,
        ),
    )


def end_fields() -> tuple[FieldSpec, ...]:
    """Why nobody has to go there any more."""
    return (FieldSpec("end_reason", text("ask.end_reason"), required=True, max_length=200),)


def contact_fields() -> tuple[FieldSpec, ...]:
    """The reading of the name and the telephone number."""
    return (
        FieldSpec("kana", text("household.kana"), max_length=200),
        FieldSpec("phone", text("household.phone"), FieldKind.TEL, max_length=40),
    )


def round_fields(blocks: Sequence[TownBlock]) -> tuple[FieldSpec, ...]:
    """The day and the start place of a round."""
    block, coordinates = place_fields(blocks)
    day = FieldSpec("on", text("round.on"), FieldKind.DATE, True, hint=text("round.day_hint"))
    return (day, block, coordinates)


def round_worker_fields() -> tuple[FieldSpec, ...]:
    """One worker of a round."""
    modes = tuple(Choice(mode.value, term(f"travel_mode.{mode.value}")) for mode in TravelMode)
    return (
        FieldSpec("chosen", text("round.worker_chosen"), FieldKind.BOOLEAN),
        FieldSpec("starts", text("round.starts"), max_length=10),
        FieldSpec("ends", text("round.ends"), max_length=10),
        FieldSpec("mode", text("round.mode"), FieldKind.CHOICE, choices=modes),
    )


def round_visit_fields() -> tuple[FieldSpec, ...]:
    """One household of a round."""
    return (
        FieldSpec("chosen", text("round.household_chosen"), FieldKind.BOOLEAN),
        FieldSpec("minutes", text("round.minutes"), FieldKind.INTEGER),
        FieldSpec("earliest", text("round.earliest"), max_length=10),
        FieldSpec("latest", text("round.latest"), max_length=10),
    )


def read_time(form: Form, name: str) -> time | None:
    """The time of day typed into a field; None when it is empty or, with a problem, unreadable."""
    typed = form.values.get(name)
    if not typed:
        return None
    try:
        return parse_time(str(typed))
    except NotATime:
        form.add_error(name, text("visit.time_unreadable"))
        return None


def read_place(form: Form, blocks: Sequence[TownBlock]) -> tuple[Position, str] | None:
    """The place typed or chosen, with the name of its block; None, with a problem, when there
    is none.
    """
    chosen, typed = form.values.get("town_block"), form.values.get("coordinates")
    if bool(chosen) == bool(typed):
        form.add_error("town_block", text("household.place_either"))
        return None
    if chosen:
        return next((block.position, block.name) for block in blocks if block.name == chosen)
    found = _COORDINATES.match("".join(unicodedata.normalize("NFKC", str(typed)).split()))
    try:
        if found is None:
            raise NotAPosition
        return Position(float(found[1]), float(found[2])), ""
    except NotAPosition:
        form.add_error("coordinates", text("household.place_unreadable"))
        return None


def read_phone(form: Form) -> str:
    """The telephone number in half width; with a problem when it is none."""
    typed = unicodedata.normalize("NFKC", str(form.values.get("phone") or ""))
    phone = re.sub(r"[\s()]", "", re.sub(r"[‐‑‒–—―−ー]", "-", typed))
    if phone and not _PHONE.match(phone):
        form.add_error("phone", text("household.phone_unreadable"))
    return phone


def asked_day(typed: str, fallback: Callable[[], date]) -> date:
    """The day asked for in an address; today when it is none, or none that an office plans for."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return fallback()
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else fallback()
