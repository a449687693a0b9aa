"""What a town would have decided with another set of plugins: every decision of a year that differs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class RehearsedKind(StrEnum):
    """What is asked again."""

    ESCALATION = "escalation"
    OFFICE = "office"
    EMERGENCY = "emergency"
    BODY = "body"
    GATE = "gate"
    FIGURE = "figure"


@dataclass(frozen=True)
class PastConsultation:
    """A consultation of the year as far as a town's rule may see it.

    ``screening`` are the answers to the two questions, None where the events did not carry them; ``answers`` what was
    chosen in the fields of plugins, by plugin.
    """

    id: str
    number: str
    on: date
    channel: str
    desk: str
    categories: tuple[str, ...]
    area: str
    level: str
    urgent: bool
    main_category: str = ""
    screening: tuple[bool | None, bool | None] | None = None
    answers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class PastState:
    """A consent state or a participation of the year; ``case_id`` is where it is from."""

    id: str
    case_id: str
    number: str
    on: date
    kind: str


@dataclass(frozen=True)
class RehearsedQuestion:
    """One question of the year: what it is about, and how each set answers it."""

    kind: RehearsedKind
    subject: str
    subject_id: str
    on: date | None
    ask: Callable[[object], str]


@dataclass(frozen=True)
class Difference:
    """One decision that the two sets answer differently."""

    kind: RehearsedKind
    subject: str
    subject_id: str
    on: date | None
    before: str
    after: str


@dataclass(frozen=True)
class Rehearsal:
    """How many decisions were asked again, and those that differ."""

    asked: int
    differences: tuple[Difference, ...]


def rehearse(questions: Iterable[RehearsedQuestion], before: object, after: object) -> Rehearsal:
    """Asks every question of both sets, in memory; nothing is kept and nobody is told."""
    asked, found = 0, []
    for one in questions:
        asked += 1
        old, new = one.ask(before), one.ask(after)
        if old != new:
            found.append(Difference(one.kind, one.subject, one.subject_id, one.on, old, new))
    return Rehearsal(asked, tuple(found))
