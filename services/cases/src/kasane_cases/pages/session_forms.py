"""The fields of the forms about sessions, their agenda, decisions and minutes."""

from collections.abc import Iterable, Mapping

from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.pages import words
from kasane_cases.pages.forms import choices, spec
from kasane_kit.web import term, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec


def session_fields(bodies: Mapping[str, str], staff: Iterable[Choice]) -> list[FieldSpec]:
    """A session of a body."""
    found = list(staff)
    fields = [
        spec("body", FieldKind.CHOICE, choices(bodies), required=True),
        spec("planned_for", FieldKind.DATE, required=True),
        spec("place", max_length=200),
        spec("appointed", FieldKind.INTEGER, hint=text("conference.appointed_hint")),
    ]
    if found:
        fields.append(
            spec("attendees", FieldKind.CHOICES, found, hint=text("conference.attendees_hint"))
        )
    return fields


def guest_fields() -> list[FieldSpec]:
    """Somebody from outside who attends."""
    outside = [kind for kind in AttendeeKind if kind is not AttendeeKind.MUNICIPAL_STAFF]
    found = [Choice(kind.value, term(f"attendee_kind.{kind.value}")) for kind in outside]
    return [
        spec("name", required=True, max_length=100),
        spec("affiliation", max_length=100),
        spec("attendee_kind", FieldKind.CHOICE, found, required=True),
    ]


def item_fields(undecided: bool) -> list[FieldSpec]:
    """What an agenda item is about; the reason where the town has not decided on a body."""
    found = [spec("topic", required=True, max_length=400)]
    if undecided:
        found.append(
            spec("reason", FieldKind.TEXTAREA, max_length=400, hint=text("conference.reason_hint"))
        )
    return found


def fact_fields() -> list[FieldSpec]:
    """What was told in a session."""
    return [
        spec("fact", FieldKind.TEXTAREA, required=True, max_length=2000),
        spec("source", required=True, max_length=200),
    ]


def decision_of_item_fields(staff: Iterable[Choice] = ()) -> list[FieldSpec]:
    """What was decided about an item; ``staff`` are who may have it to do."""
    offices = choices(words.office_labels())
    in_charge = (
        spec("in_charge", FieldKind.CHOICE, offices, required=True)
        if offices
        else spec("in_charge", required=True, max_length=60)
    )
    fields = [spec("decision", FieldKind.TEXTAREA, required=True, max_length=2000), in_charge]
    if found := list(staff):
        fields.append(spec("owner", FieldKind.CHOICE, found, hint=text("decision.owner_hint")))
    return [*fields, spec("role", max_length=100), spec("due_on", FieldKind.DATE)]


def role_fields() -> list[FieldSpec]:
    """One line of the table of roles."""
    return [
        spec("who", required=True, max_length=100),
        spec("part", required=True, max_length=400),
        spec("leads", FieldKind.BOOLEAN),
    ]


def leaving_fields(sessions: Mapping[str, str]) -> list[FieldSpec]:
    """Why an item leaves the agenda, and where it goes on."""
    fields = []
    if sessions:
        fields.append(
            spec("to_session_id", FieldKind.CHOICE, choices(sessions), hint=text("item.to_hint"))
        )
    return [*fields, spec("leaving_reason", required=True, max_length=400)]


def going_on_fields(sessions: Mapping[str, str]) -> list[FieldSpec]:
    """The session in which a matter goes on as a new item."""
    return [spec("to_session_id", FieldKind.CHOICE, choices(sessions), required=True)]


def done_fields() -> list[FieldSpec]:
    """How a decision was carried out."""
    return [spec("done_note", FieldKind.TEXTAREA, max_length=1000)]


def addendum_fields() -> list[FieldSpec]:
    """A dated correction of fixed minutes."""
    return [spec("addendum", FieldKind.TEXTAREA, required=True, max_length=4000)]
