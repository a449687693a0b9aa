"""The fields of the forms about plans."""

from collections.abc import Iterable, Mapping
from typing import Any

from kasane_cases.domain.consent import GivenBy
from kasane_cases.domain.plan_records import AgreementWay, GoalCheck, GoalResult
from kasane_cases.domain.support_plan import (
    GoalTerm,
    PlanContent,
    PlanGoal,
    PlanKind,
    PlanOutcome,
    PlanTrack,
)
from kasane_cases.pages.forms import choices, members, spec
from kasane_kit.web import Form, hooks, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec

_OWN = ("kind", "persons", "starts_on", "ends_on", "reason")


def plan_fields(
    persons: Mapping[str, str], kind: str, *, first: bool, revising: bool
) -> list[FieldSpec]:
    """A support plan without its rows; the kind is chosen once, a revision says why."""
    whom = spec(
        "persons", FieldKind.CHOICES, choices(persons), required=True, hint=text("plan.whom_hint")
    )
    found = [spec("kind", FieldKind.CHOICE, members(PlanKind, "plan_kind"), required=True)]
    found = [*(found if first else []), whom, spec("starts_on", FieldKind.DATE)]
    found.append(spec("ends_on", FieldKind.DATE))
    form = hooks().plan_form(kind=kind)
    found.extend(form.fields if form is not None else ())
    if revising:
        found.append(spec("reason", required=True, max_length=400, hint=text("plan.reason_hint")))
    return found


def goal_fields(persons: Mapping[str, str]) -> list[FieldSpec]:
    """One goal: of one member, or of the household."""
    return [
        spec("goal", FieldKind.TEXTAREA, required=True, max_length=1000),
        spec("goal_person", FieldKind.CHOICE, choices(persons), hint=text("plan.goal_person_hint")),
        spec("long_term", FieldKind.BOOLEAN),
    ]


def track_fields(persons: Mapping[str, str]) -> list[FieldSpec]:
    """Who does what for whom by when."""
    return [
        spec("person_id", FieldKind.CHOICE, choices(persons)),
        spec("what", required=True, max_length=400),
        spec("who", required=True, max_length=100),
        spec("in_person_charge", max_length=100),
        spec("due_on", FieldKind.DATE),
    ]


def content_from(form: Form, goals: Iterable[Form], tracks: Iterable[Form]) -> dict[str, Any]:
    """What was typed into the forms, as the commands take it."""
    values = form.values
    return {
        "persons": tuple(values["persons"]),
        "goals": tuple(
            PlanGoal(
                row.values["goal"],
                GoalTerm.LONG if row.values["long_term"] else GoalTerm.SHORT,
                row.values["goal_person"],
            )
            for row in goals
        ),
        "tracks": tuple(
            PlanTrack(
                row.values["person_id"],
                row.values["what"],
                row.values["who"],
                row.values["due_on"],
                row.values["in_person_charge"],
            )
            for row in tracks
        ),
        "starts_on": values["starts_on"],
        "ends_on": values["ends_on"],
        "extensions": {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in values.items()
            if name not in _OWN
        },
    }


def typed_from(content: PlanContent) -> dict[str, Any]:
    """A plan's text as its form shows it."""
    return {
        "persons": list(content.persons),
        "starts_on": content.starts_on or "",
        "ends_on": content.ends_on or "",
        **content.extensions,
    }


def typed_goals(content: PlanContent) -> list[dict[str, Any]]:
    """The goals as their rows show them."""
    return [
        {
            "goal": goal.text,
            "goal_person": goal.person_id,
            "long_term": goal.term is GoalTerm.LONG,
        }
        for goal in content.goals
    ]


def typed_tracks(content: PlanContent) -> list[dict[str, Any]]:
    """The tracks as their rows show them."""
    return [
        {
            "person_id": one.person_id,
            "what": one.what,
            "who": one.agency,
            "in_person_charge": one.in_charge,
            "due_on": one.due_on or "",
        }
        for one in content.tracks
    ]


def decision_fields(sessions: Mapping[str, str], persons: Mapping[str, str]) -> list[FieldSpec]:
    """The decision of a plan: which session, whose agreement, when it is looked at again."""
    return [
        spec("session_id", FieldKind.CHOICE, choices(sessions), required=True),
        spec("agreed_by", FieldKind.CHOICES, choices(persons), hint=text("plan.agreed_hint")),
        spec("review_on", FieldKind.DATE, hint=text("plan.review_hint")),
    ]


def agreement_fields() -> list[FieldSpec]:
    """What a person said to a plan: how, when, by whom."""
    said = [Choice("1", text("plan.agrees")), Choice("0", text("plan.agrees_not"))]
    return [
        spec("agreed", FieldKind.CHOICE, said, required=True),
        spec("way", FieldKind.CHOICE, members(AgreementWay, "agreement_way"), required=True),
        spec("on", FieldKind.DATE, required=True),
        spec("given_by", FieldKind.CHOICE, members(GivenBy, "given_by"), required=True),
        spec("giver_name", max_length=100, hint=text("plan.giver_hint")),
        spec("note", FieldKind.TEXTAREA, max_length=1000),
    ]


def monitoring_fields() -> list[FieldSpec]:
    """A look at a member's part of a plan, without its goals."""
    return [
        spec("on", FieldKind.DATE, required=True),
        spec("condition", FieldKind.TEXTAREA, required=True, max_length=2000),
        spec("next_on", FieldKind.DATE, hint=text("plan.review_hint")),
    ]


def check_fields(goals: Iterable[PlanGoal], *, required: bool) -> list[FieldSpec]:
    """How each goal stands, with a note."""
    results = members(GoalResult, "goal_result")
    found = []
    for goal in goals:
        found.append(
            FieldSpec(
                f"goal_{goal.number}",
                text("plan.result_of", goal=goal.text),
                FieldKind.CHOICE,
                required,
                "",
                tuple(results),
            )
        )
        found.append(FieldSpec(f"goal_note_{goal.number}", text("plan.result_note")))
    return found


def checks_from(form: Form, goals: Iterable[PlanGoal]) -> tuple[GoalCheck, ...]:
    """How the goals stand, as it was typed; a goal without a result is left out."""
    return tuple(
        GoalCheck(
            goal.number, GoalResult(form.values[name]), form.values[f"goal_note_{goal.number}"]
        )
        for goal in goals
        if form.values.get(name := f"goal_{goal.number}")
    )


def evaluation_fields(sessions: Mapping[str, str]) -> list[FieldSpec]:
    """The evaluation of a plan, without its goals."""
    return [
        spec("on", FieldKind.DATE, required=True),
        spec("summary", FieldKind.TEXTAREA, required=True, max_length=2000),
        spec("plan_outcome", FieldKind.CHOICE, members(PlanOutcome, "plan_outcome"), required=True),
        spec("outcome_reason", max_length=400, hint=text("plan.outcome_reason_hint")),
        spec("heard_at", FieldKind.CHOICE, choices(sessions), hint=text("plan.heard_at_hint")),
    ]
