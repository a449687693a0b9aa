"""A form as data: versions, sections and fields, and the check of answers against them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kasane_cases.domain.errors import AnswerRefused

Answers = Mapping[str, Any]

CHOSEN, MOST = "○", "◎"
YES_NO = ("yes", "no", "unknown")


class AssessmentScope(StrEnum):
    """Whom an assessment is about: the whole household, or one member of it."""

    HOUSEHOLD = "household"
    MEMBER = "member"


class AssessmentFieldKind(StrEnum):
    """What is answered in a field; the last three are marked wherever they are shown."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    NUMBER = "number"
    YES_NO = "yes_no"
    OPINION = "opinion"
    THIRD_PARTY = "third_party"
    COOPERATING_BODY = "cooperating_body"


MARKED = frozenset(
    {
        AssessmentFieldKind.OPINION,
        AssessmentFieldKind.THIRD_PARTY,
        AssessmentFieldKind.COOPERATING_BODY,
    }
)


@dataclass(frozen=True)
class AssessmentField:
    """One field: what is asked, how it is answered, and whether the national report asks for it."""

    name: str
    label: str
    kind: AssessmentFieldKind = AssessmentFieldKind.TEXT
    required: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    max_length: int = 10_000
    reported_to_state: bool = False

    def checked(self, answer: Any) -> Any:
        """The answer as it is kept, or None for none; raises AnswerRefused."""
        given = answer not in (None, "", {}, [])
        kept = _CHECKS.get(self.kind, _text)(self, answer) if given else None
        if self.required and kept is None:
            self.refuse("required")
        return kept

    def refuse(self, problem: str) -> None:
        """Raises AnswerRefused for this field."""
        raise AnswerRefused(problem, self.name, self.label, self.max_length)


@dataclass(frozen=True)
class AssessmentSection:
    """Fields under one heading."""

    label: str
    fields: tuple[AssessmentField, ...]
    note: str = ""


@dataclass(frozen=True)
class AssessmentForm:
    """One version of a form. What was answered in it is read in it, whatever follows."""

    form_id: str
    version: int
    label: str
    scope: AssessmentScope
    valid_from: date
    sections: tuple[AssessmentSection, ...]
    source: str = ""

    @property
    def fields(self) -> Iterator[AssessmentField]:
        """Every field in order."""
        return (one for section in self.sections for one in section.fields)

    def checked(self, answers: Answers) -> dict[str, Any]:
        """The answers as they are kept, without empty ones; raises AnswerRefused."""
        known = {one.name: one for one in self.fields}
        for name in answers:
            if name not in known:
                raise AnswerRefused("unknown_field", name, name, 0)
        kept = {name: one.checked(answers.get(name)) for name, one in known.items()}
        return {name: answer for name, answer in kept.items() if answer is not None}

    def without_sources(self, answers: Answers) -> dict[str, Any]:
        """The answers without the names of those who told about others (I-11)."""
        told = {one.name for one in self.fields if one.kind is AssessmentFieldKind.THIRD_PARTY}
        return {
            name: {**answer, "source": ""} if name in told else answer
            for name, answer in answers.items()
        }

    def as_data(self) -> dict[str, Any]:
        """The form as plain data, from which ``form_from`` makes it again."""
        return {
            "form_id": self.form_id,
            "version": self.version,
            "label": self.label,
            "scope": self.scope.value,
            "valid_from": self.valid_from.isoformat(),
            "source": self.source,
            "sections": [
                {
                    "label": section.label,
                    "note": section.note,
                    "fields": [
                        {
                            **vars(one),
                            "kind": one.kind.value,
                            "choices": [list(pair) for pair in one.choices],
                        }
                        for one in section.fields
                    ],
                }
                for section in self.sections
            ],
        }


@dataclass(frozen=True)
class TownForm:
    """What a town says about its form: its own, or sections behind those of the platform's."""

    form: AssessmentForm
    extends_platform: bool = False


def form_from(data: Mapping[str, Any]) -> AssessmentForm:
    """The form that plain data describes; choices are pairs of code and words."""
    day = data["valid_from"]
    return AssessmentForm(
        form_id=data["form_id"],
        version=data["version"],
        label=data["label"],
        scope=AssessmentScope(data["scope"]),
        valid_from=day if isinstance(day, date) else date.fromisoformat(day),
        source=data.get("source", ""),
        sections=tuple(
            AssessmentSection(
                section["label"],
                tuple(
                    AssessmentField(
                        **{
                            **one,
                            "kind": AssessmentFieldKind(one.get("kind", "text")),
                            "choices": tuple((c[0], c[1]) for c in one.get("choices", ())),
                        }
                    )
                    for one in section["fields"]
                ),
                section.get("note", ""),
            )
            for section in data["sections"]
        ),
    )


def form_on(
    scope: AssessmentScope, day: date, own: tuple[AssessmentForm, ...], town: TownForm | None
) -> AssessmentForm:
    """The form that is filled in on a day: the town's if it has one, else the newest of our own."""
    mine = max(
        (one for one in own if one.scope is scope and one.valid_from <= day),
        key=lambda one: (one.valid_from, one.version),
    )
    if town is None:
        return mine
    if not town.extends_platform:
        return town.form
    return AssessmentForm(
        form_id=town.form.form_id,
        version=town.form.version,
        label=town.form.label,
        scope=scope,
        valid_from=max(town.form.valid_from, mine.valid_from),
        sections=mine.sections + town.form.sections,
        source=town.form.source,
    )


@dataclass(frozen=True)
class MarkedAnswer:
    """One answer in words, with the mark of its kind where it has one."""

    label: str
    text: str
    kind: AssessmentFieldKind
    source: str = ""
    marks: tuple[tuple[str, str], ...] = field(default=())
    reported_to_state: bool = False


def in_words(
    form: AssessmentForm, answers: Answers
) -> tuple[tuple[str, tuple[MarkedAnswer, ...]], ...]:
    """Every section with its answers; codes become the words of the form they were given in."""
    return tuple(
        (section.label, tuple(_in_words(one, answers.get(one.name)) for one in section.fields))
        for section in form.sections
    )


def _in_words(one: AssessmentField, answer: Any) -> MarkedAnswer:
    labels = dict(one.choices)
    text, source = "", ""
    marks: tuple[tuple[str, str], ...] = ()
    if one.kind is AssessmentFieldKind.CHOICES:
        given = answer or {}
        marks = tuple((label, given.get(code, "")) for code, label in one.choices)
    elif one.kind is AssessmentFieldKind.THIRD_PARTY:
        text, source = (answer["text"], answer["source"]) if answer else ("", "")
    elif answer is not None:
        text = labels.get(answer, str(answer)) if one.choices else str(answer)
    return MarkedAnswer(one.label, text, one.kind, source, marks, one.reported_to_state)


def _text(one: AssessmentField, answer: Any) -> Any:
    if not isinstance(answer, str):
        one.refuse("not_text")
    if len(answer) > one.max_length:
        one.refuse("too_long")
    if "\x00" in answer:
        one.refuse("unreadable")
    return answer.strip() or None


def _choice(one: AssessmentField, answer: Any) -> Any:
    if not isinstance(answer, str) or answer not in dict(one.choices):
        one.refuse("not_a_choice")
    return answer


def _choices(one: AssessmentField, answer: Any) -> Any:
    known = dict(one.choices)
    if not isinstance(answer, Mapping) or not set(answer) <= set(known):
        one.refuse("not_a_choice")
    marks = list(answer.values())
    if not all(mark in (CHOSEN, MOST) for mark in marks):
        one.refuse("not_a_mark")
    if marks.count(MOST) > 1:
        one.refuse("several_most")
    return {code: answer[code] for code in known if code in answer}


def _date(one: AssessmentField, answer: Any) -> Any:
    try:
        return date.fromisoformat(answer).isoformat()
    except (TypeError, ValueError):
        return one.refuse("not_a_date")


def _number(one: AssessmentField, answer: Any) -> Any:
    if isinstance(answer, bool) or not isinstance(answer, int) or not -(10**9) < answer < 10**9:
        one.refuse("not_a_number")
    return answer


def _yes_no(one: AssessmentField, answer: Any) -> Any:
    if answer not in YES_NO:
        one.refuse("not_a_choice")
    return None if answer == "unknown" else answer


def _third_party(one: AssessmentField, answer: Any) -> Any:
    if not isinstance(answer, Mapping) or not set(answer) <= {"text", "source"}:
        one.refuse("not_text")
    text, source = (_text(one, answer.get(key) or "") for key in ("text", "source"))
    if text is None and source is None:
        return None
    if text is None or source is None:
        one.refuse("source_missing" if source is None else "statement_missing")
    return {"text": text, "source": source}


_CHECKS = {
    AssessmentFieldKind.CHOICE: _choice,
    AssessmentFieldKind.CHOICES: _choices,
    AssessmentFieldKind.DATE: _date,
    AssessmentFieldKind.NUMBER: _number,
    AssessmentFieldKind.YES_NO: _yes_no,
    AssessmentFieldKind.THIRD_PARTY: _third_party,
}
