"""Turns the fields of an assessment form into what a page asks, and what was typed into answers."""

from typing import Any

from kasane_cases.domain.assessment_form import (
    CHOSEN,
    MOST,
    YES_NO,
    Answers,
    AssessmentField,
    AssessmentFieldKind,
    AssessmentForm,
)
from kasane_kit.web import Form, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec

SOURCE, MOST_TROUBLING = "__source", "__most"

_KINDS = {
    AssessmentFieldKind.CHOICE: FieldKind.CHOICE,
    AssessmentFieldKind.CHOICES: FieldKind.CHOICES,
    AssessmentFieldKind.DATE: FieldKind.DATE,
    AssessmentFieldKind.NUMBER: FieldKind.INTEGER,
    AssessmentFieldKind.YES_NO: FieldKind.CHOICE,
}
_ONE_LINE = 400


def specs_of(one: AssessmentField) -> list[FieldSpec]:
    """What a page asks for one field: a statement of somebody else comes with who told it."""
    kind = _KINDS.get(one.kind, FieldKind.TEXTAREA)
    if kind is FieldKind.TEXTAREA and one.max_length <= _ONE_LINE:
        kind = FieldKind.TEXT
    choices = tuple(Choice(code, label) for code, label in one.choices)
    required = one.required
    if one.kind is AssessmentFieldKind.YES_NO:
        choices = tuple(Choice(code, text(f"assessment.{code}")) for code in YES_NO)
        required = True
    hint = one.hint or (text("assessment.opinion_hint") if one.kind == "opinion" else "")
    specs = [FieldSpec(one.name, one.label, kind, required, hint, choices, one.max_length)]
    if one.kind is AssessmentFieldKind.CHOICES:
        label = text("assessment.most", label=one.label)
        specs.append(FieldSpec(one.name + MOST_TROUBLING, label, FieldKind.CHOICE, choices=choices))
    if one.kind is AssessmentFieldKind.THIRD_PARTY:
        label = text("assessment.source", label=one.label)
        specs.append(
            FieldSpec(
                one.name + SOURCE, label, hint=text("assessment.source_hint"), max_length=_ONE_LINE
            )
        )
    return specs


def typed_of(form: AssessmentForm, answers: Answers) -> dict[str, Any]:
    """Answers as the page shows them for correction."""
    typed: dict[str, Any] = {}
    for one in form.fields:
        answer = answers.get(one.name)
        if one.kind is AssessmentFieldKind.YES_NO:
            typed[one.name] = answer or "unknown"
        elif answer is None:
            continue
        elif one.kind is AssessmentFieldKind.CHOICES:
            typed[one.name] = list(answer)
            typed[one.name + MOST_TROUBLING] = next(
                (code for code, mark in answer.items() if mark == MOST), ""
            )
        elif one.kind is AssessmentFieldKind.THIRD_PARTY:
            typed[one.name], typed[one.name + SOURCE] = answer["text"], answer["source"]
        else:
            typed[one.name] = answer
    return typed


def answers_of(form: AssessmentForm, page_form: Form) -> dict[str, Any]:
    """What was typed, as answers; only after the page's form was checked."""
    values = page_form.values
    return {one.name: _answer(one, values) for one in form.fields}


def _answer(one: AssessmentField, values: dict[str, Any]) -> Any:
    value = values.get(one.name)
    if one.kind is AssessmentFieldKind.CHOICES:
        most = values.get(one.name + MOST_TROUBLING)
        marks = dict.fromkeys(value or (), CHOSEN)
        return {**marks, most: MOST} if most else marks
    if one.kind is AssessmentFieldKind.THIRD_PARTY:
        return {"text": value or "", "source": values.get(one.name + SOURCE) or ""}
    if one.kind is AssessmentFieldKind.DATE and value is not None:
        return value.isoformat()
    return value
