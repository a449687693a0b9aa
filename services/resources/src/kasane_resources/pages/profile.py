"""The fields of the form that the Japanese profile adds to an entry, and what was typed in them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from kasane_kit.web import Form, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec
from kasane_resources.domain.human_service import HumanServiceEntry
from kasane_resources.domain.profile import Accessibility, CostOption, MicroTask, Vacancy
from kasane_resources.domain.schedule import WEEKS, Schedule

REFERRAL = {"needed": True, "not_needed": False}
_COST = re.compile(
    r"^(?P<option>.+?)[\s:：]+(?P<amount>無料|[0-9,]+)\s*円?\s*(?:[(（](?P<words>.*)[)）])?$"
)
_TASK = re.compile(
    r"^(?P<name>[^(（:：]+?)\s*(?:[(（](?P<minutes>[0-9]{1,4})分[)）])?\s*(?:[:：]\s*(?P<note>.*))?$"
)


def recurrence_fields() -> tuple[FieldSpec, ...]:
    """Which weeks or days of the month, and every how many."""
    weeks = tuple(Choice(str(week), text(f"week.{week}")) for week in WEEKS)
    return (
        FieldSpec(
            "weeks", text("field.weeks"), FieldKind.CHOICES, hint=text("hint.weeks"), choices=weeks
        ),
        FieldSpec(
            "monthdays", text("field.monthdays"), hint=text("hint.monthdays"), max_length=100
        ),
        FieldSpec(
            "interval",
            text("field.interval"),
            FieldKind.INTEGER,
            hint=text("hint.interval"),
            max_length=2,
        ),
        FieldSpec("valid_from", text("field.valid_from"), FieldKind.DATE),
        FieldSpec("valid_to", text("field.valid_to"), FieldKind.DATE),
    )


def recurrence_from(
    form: Form,
) -> tuple[tuple[int, ...], tuple[int, ...], int, date | None, date | None]:
    """Weeks, days of the month, interval and validity, in the order of ``Schedule``."""
    values = form.values
    written = unicodedata.normalize("NFKC", values["monthdays"])
    found = [part for part in re.split(r"[日、,\s]+", written) if part]
    if not all(part.isdecimal() and len(part) <= 2 for part in found):
        form.add_error("monthdays", text("problem.monthday_out_of_range"))
        found = []
    return (
        tuple(week for week in WEEKS if str(week) in values["weeks"]),
        tuple(sorted({int(part) for part in found})),
        1 if values["interval"] is None else values["interval"],
        values["valid_from"],
        values["valid_to"],
    )


def access_fields() -> tuple[FieldSpec, ...]:
    """What makes the place usable for everybody."""
    known = tuple(Choice(one.value, text(f"accessibility.{one.value}")) for one in Accessibility)
    return (
        FieldSpec("accessibility", text("field.accessibility"), FieldKind.CHOICES, choices=known),
        FieldSpec("accessibility_note", text("field.accessibility_note"), max_length=500),
    )


def referral_field() -> FieldSpec:
    """Whether somebody has to refer a person; not stated is neither."""
    return FieldSpec(
        "referral_needed",
        text("field.referral_needed"),
        FieldKind.CHOICE,
        choices=tuple(Choice(code, text(f"referral_needed.{code}")) for code in REFERRAL),
    )


def referral_from(values: Mapping[str, Any]) -> bool | None:
    """True, False, or None for not stated."""
    return REFERRAL.get(values["referral_needed"])


def cost_fields() -> tuple[FieldSpec, ...]:
    """What each kind of user pays, one a line."""
    return (
        FieldSpec(
            "costs",
            text("field.costs"),
            FieldKind.TEXTAREA,
            hint=text("hint.costs"),
            max_length=2000,
        ),
    )


def vacancy_fields() -> tuple[FieldSpec, ...]:
    """How many places are free, and when that was asked."""
    return (
        FieldSpec(
            "vacancy_available",
            text("field.vacancy_available"),
            FieldKind.INTEGER,
            hint=text("hint.vacancy_available"),
            max_length=6,
        ),
        FieldSpec("vacancy_asked_on", text("field.vacancy_asked_on"), FieldKind.DATE),
        FieldSpec("vacancy_note", text("field.vacancy_note"), max_length=500),
    )


def task_fields() -> tuple[FieldSpec, ...]:
    """Micro-tasks, one a line."""
    return (
        FieldSpec(
            "micro_tasks",
            text("field.micro_tasks"),
            FieldKind.TEXTAREA,
            hint=text("hint.micro_tasks"),
            max_length=3000,
        ),
    )


def profile_from(form: Form) -> dict[str, Any]:
    """The parts of an entry that these fields hold."""
    values = form.values
    return {
        "vacancy": Vacancy(
            values["vacancy_available"], values["vacancy_asked_on"], values["vacancy_note"]
        ),
        "accessibility": tuple(Accessibility(code) for code in values["accessibility"]),
        "accessibility_note": values["accessibility_note"],
        "costs": tuple(map(_cost, _lines(values["costs"]))),
        "micro_tasks": tuple(map(_task, _lines(values["micro_tasks"]))),
    }


def typed_recurrence(schedule: Schedule) -> dict[str, Any]:
    """What the fields of recurrence show for a schedule."""
    return {
        "weeks": [str(week) for week in schedule.weeks],
        "monthdays": "、".join(map(str, schedule.monthdays)),
        "interval": schedule.interval if schedule.interval > 1 else "",
        "valid_from": schedule.valid_from or "",
        "valid_to": schedule.valid_to or "",
    }


def typed_profile(entry: HumanServiceEntry) -> dict[str, Any]:
    """What these fields show for an entry."""
    vacancy = entry.vacancy
    return {
        **typed_recurrence(entry.schedule),
        "accessibility": [one.value for one in entry.accessibility],
        "accessibility_note": entry.accessibility_note,
        "referral_needed": next(
            (code for code, said in REFERRAL.items() if said is entry.referral_needed), ""
        ),
        "costs": "\n".join(map(cost_line, entry.costs)),
        "vacancy_available": vacancy.available,
        "vacancy_asked_on": vacancy.asked_on or "",
        "vacancy_note": vacancy.note,
        "micro_tasks": "\n".join(map(task_line, entry.micro_tasks)),
    }


def cost_line(cost: CostOption) -> str:
    """A cost as it is typed: who, how much, what belongs to it."""
    words = f"（{cost.description}）" if cost.description else ""
    if cost.amount is None:
        return f"{cost.option}{words}"
    return f"{cost.option} {text('text.free') if cost.amount == 0 else text('text.yen', amount=cost.amount)}{words}"


def cost_lines(costs: Iterable[CostOption]) -> str:
    """Every cost in one line of text."""
    return "、".join(map(cost_line, costs))


def task_line(task: MicroTask) -> str:
    """A micro-task as it is typed: name, minutes, note."""
    minutes = f"（{text('text.minutes', count=task.minutes)}）" if task.minutes else ""
    return f"{task.name}{minutes}{'：' + task.note if task.note else ''}"


def _lines(typed: str) -> Iterator[str]:
    return (line.strip() for line in typed.splitlines() if line.strip())


def _cost(line: str) -> CostOption:
    found = _COST.match(unicodedata.normalize("NFKC", line))
    if found is None:
        return CostOption(line[:100])
    amount = 0 if found["amount"] == "無料" else int(found["amount"].replace(",", "")[:9])
    return CostOption(found["option"][:100], amount, found["words"] or "")


def _task(line: str) -> MicroTask:
    found = _TASK.match(line)
    if found is None:
        return MicroTask(line)
    return MicroTask(found["name"], found["note"] or "", int(found["minutes"] or 0))
