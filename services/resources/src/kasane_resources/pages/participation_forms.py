"""Describes the forms of participation support and of support for hosts."""

from collections.abc import Sequence

from kasane_kit.web import text
from kasane_plugin_api import Choice, FieldKind, FieldSpec
from kasane_resources.domain.host_support import HostSupportKind
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.participation import ParticipationStatus
from kasane_resources.domain.schedule import DAYS
from kasane_resources.pages.forms import choices

# These are not on the straight way that the page draws.
ASIDE = frozenset({ParticipationStatus.RETURNED, ParticipationStatus.ENDED})


def match_fields(places: Sequence[HumanService]) -> tuple[FieldSpec, ...]:
    """Where, and with what."""
    offered = tuple(
        Choice(
            one.id,
            one.entry.name
            if not one.entry.organization_name
            else f"{one.entry.name}（{one.entry.organization_name}）",
        )
        for one in places
    )
    return (
        FieldSpec(
            "human_service_id",
            text("field.place_to_take_part"),
            FieldKind.CHOICE,
            True,
            choices=offered,
        ),
        FieldSpec("activity", text("field.activity"), hint=text("hint.activity"), max_length=200),
    )


def develop_fields() -> tuple[FieldSpec, ...]:
    """A new micro-task, in words that name nobody."""
    days = tuple(Choice(day, text(f"day.{day}")) for day in DAYS)
    return (
        FieldSpec(
            "task_name",
            text("field.task_name"),
            required=True,
            hint=text("hint.task_name"),
            max_length=100,
        ),
        FieldSpec(
            "organization_name", text("field.host_organization"), required=True, max_length=200
        ),
        FieldSpec("address", text("field.host_address"), max_length=200),
        FieldSpec(
            "description",
            text("field.task_description"),
            FieldKind.TEXTAREA,
            hint=text("hint.names_nobody"),
            max_length=1000,
        ),
        FieldSpec("byday", text("field.byday"), FieldKind.CHOICES, choices=days),
        FieldSpec("capacity", text("field.capacity"), FieldKind.INTEGER),
    )


def trial_fields() -> tuple[FieldSpec, ...]:
    """From when until when, and how the host knows."""
    return (
        FieldSpec("since", text("field.trial_since"), FieldKind.DATE, True),
        FieldSpec("until", text("field.trial_until"), FieldKind.DATE, True),
        FieldSpec(
            "introduces_self",
            text("field.introduces_self"),
            FieldKind.BOOLEAN,
            hint=text("hint.introduces_self"),
        ),
        _reason("field.step_note"),
    )


def place_fields() -> tuple[FieldSpec, ...]:
    """How often somebody looks in."""
    return (
        FieldSpec(
            "every_days",
            text("field.every_days"),
            FieldKind.INTEGER,
            True,
            hint=text("hint.every_days"),
        ),
        _reason("field.step_note"),
    )


def reason_fields(step: str, *, required: bool) -> tuple[FieldSpec, ...]:
    """Why, or what was learnt."""
    return (_reason(f"field.{step}_reason", required=required),)


def support_fields() -> tuple[FieldSpec, ...]:
    """A contact, a worry or a visit."""
    return (
        FieldSpec(
            "kind",
            text("field.support_kind"),
            FieldKind.CHOICE,
            True,
            choices=choices("host_support_kind", HostSupportKind),
        ),
        FieldSpec("on", text("field.support_on"), FieldKind.DATE, True),
        FieldSpec(
            "note",
            text("field.support_note"),
            FieldKind.TEXTAREA,
            True,
            text("hint.names_nobody"),
            max_length=1000,
        ),
    )


def answer_fields() -> tuple[FieldSpec, ...]:
    """The answer to a worry."""
    return (
        FieldSpec(
            "answer",
            text("field.worry_answer"),
            FieldKind.TEXTAREA,
            True,
            text("hint.names_nobody"),
            max_length=1000,
        ),
    )


def _reason(key: str, *, required: bool = False) -> FieldSpec:
    return FieldSpec("reason", text(key), FieldKind.TEXTAREA, required, max_length=1000)
