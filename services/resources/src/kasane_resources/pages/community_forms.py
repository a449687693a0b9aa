"""Describes the forms of community building."""

from collections.abc import Mapping

from kasane_kit.web import Form, text
from kasane_plugin_api import Choice, CommunityLevel, CommunityNetwork, FieldKind, FieldSpec
from kasane_resources.domain.community import GatheringKind, IssueOutcome, ParticipantKind
from kasane_resources.pages.forms import choices


def void_form(object_id: str) -> Form:
    """Why a record is taken back; each record of a page has a form of its own."""
    reason = FieldSpec("reason", text("field.void_reason"), required=True, max_length=500)
    return Form((reason,), prefix=f"{object_id}-void-")


def issue_fields(themes: Mapping[str, str]) -> tuple[FieldSpec, ...]:
    """An issue raised by hand."""
    return (
        _choice("theme", [Choice(code, label) for code, label in themes.items()]),
        FieldSpec(
            "title",
            text("field.issue_title"),
            required=True,
            hint=text("hint.issue_title"),
            max_length=200,
        ),
        _choice("level", choices("community_level", CommunityLevel)),
        FieldSpec("areas", text("field.areas"), hint=text("hint.areas"), max_length=200),
    )


def route_fields(bodies: Mapping[str, str]) -> tuple[FieldSpec, ...]:
    """The body that takes an issue up."""
    return (_choice("body", [Choice(code, label) for code, label in bodies.items()]),)


def hand_up_fields() -> tuple[FieldSpec, ...]:
    """What was found at this level."""
    return (_words("reason", "field.hand_up_reason"),)


def answer_fields() -> tuple[FieldSpec, ...]:
    """What the body answered."""
    return (
        _choice("outcome", choices("issue_outcome", IssueOutcome)),
        _words("answer", "field.issue_answer"),
    )


def gathering_fields(
    bodies: Mapping[str, str], courses: Mapping[str, str]
) -> tuple[FieldSpec, ...]:
    """A gathering of the community."""
    fields = [
        _choice("kind", choices("gathering_kind", GatheringKind)),
        FieldSpec("title", text("field.gathering_title"), required=True, max_length=200),
        FieldSpec("starts_at", text("field.starts_at"), FieldKind.DATETIME, True),
        FieldSpec("ends_at", text("field.ends_at"), FieldKind.DATETIME, True),
        FieldSpec("place", text("field.place"), max_length=200),
        FieldSpec(
            "description", text("field.gathering_about"), FieldKind.TEXTAREA, max_length=2000
        ),
        FieldSpec(
            "public", text("field.public"), FieldKind.BOOLEAN, hint=text("hint.public_gathering")
        ),
        _choice("body", [Choice(code, label) for code, label in bodies.items()], required=False),
    ]
    if courses:
        offered = [Choice(code, label) for code, label in courses.items()]
        fields.append(_choice("course", offered, required=False))
        fields.append(FieldSpec("part", text("field.part"), max_length=200))
    return tuple(fields)


def count_fields() -> tuple[FieldSpec, ...]:
    """Who came, by kind, and the new ties."""
    return (
        *(
            FieldSpec(kind.value, text(f"participant_kind.{kind.value}"), FieldKind.INTEGER)
            for kind in ParticipantKind
        ),
        FieldSpec(
            "new_ties", text("field.new_ties"), FieldKind.INTEGER, hint=text("hint.new_ties")
        ),
    )


def member_fields(network: CommunityNetwork) -> tuple[FieldSpec, ...]:
    """A group in a network."""
    name = FieldSpec("name", text("field.group_name"), required=True, max_length=200)
    since = FieldSpec("since", text("field.since"), FieldKind.DATE, True)
    if not network.activities:
        return (name, since)
    activities = FieldSpec(
        "activities", text("field.activities"), FieldKind.CHOICES, True, choices=network.activities
    )
    return (name, activities, since)


def donation_fields() -> tuple[FieldSpec, ...]:
    """Something that a network was given."""
    return (
        FieldSpec("giver", text("field.giver"), required=True, max_length=200),
        FieldSpec("received_on", text("field.received_on"), FieldKind.DATE, True),
        FieldSpec("what", text("field.donated"), max_length=1000),
    )


def partner_fields() -> tuple[FieldSpec, ...]:
    """A partner company."""
    return (
        FieldSpec("name", text("field.company_name"), required=True, max_length=200),
        FieldSpec("offers", text("field.offers"), FieldKind.TEXTAREA, max_length=1000),
        FieldSpec("area", text("field.company_area"), max_length=200),
        FieldSpec("since", text("field.since"), FieldKind.DATE, True),
    )


def leave_fields() -> tuple[FieldSpec, ...]:
    """The last day."""
    return (FieldSpec("until", text("field.until"), FieldKind.DATE, True),)


def _choice(
    name: str, offered: list[Choice] | tuple[Choice, ...], *, required: bool = True
) -> FieldSpec:
    return FieldSpec(
        name, text(f"field.{name}"), FieldKind.CHOICE, required, choices=tuple(offered)
    )


def _words(name: str, key: str) -> FieldSpec:
    return FieldSpec(
        name, text(key), FieldKind.TEXTAREA, True, text("hint.points_to_nobody"), max_length=1000
    )
