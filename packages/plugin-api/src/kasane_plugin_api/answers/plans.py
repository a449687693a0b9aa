"""What a town says about assessments, plans and looking at them again."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_plugin_api.answers.fields import Choice, FieldSpec


@dataclass(frozen=True)
class PlanForm:
    """The plan sheet of the town: its name, who writes it and its extra fields."""

    label: str
    author_role: str = ""
    whole_household: bool = True
    fields: tuple[FieldSpec, ...] = ()
    source: str = ""


class AssessmentKind(StrEnum):
    """How a question of an assessment is answered; the last three are marked wherever shown.

    ``choices`` takes ○ for each and ◎ for one; ``opinion`` is staff's own (見立て), ``third_party``
    what somebody else told, with who it was, and ``cooperating_body`` an agency that takes part.
    """

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    NUMBER = "number"
    YES_NO = "yes_no"
    OPINION = "opinion"
    THIRD_PARTY = "third_party"
    COOPERATING_BODY = "cooperating_body"


@dataclass(frozen=True)
class AssessmentQuestion:
    """One question of an assessment. ``reported_to_state``: the national report asks for it."""

    name: str
    label: str
    kind: AssessmentKind = AssessmentKind.TEXT
    required: bool = False
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = 10_000
    reported_to_state: bool = False


@dataclass(frozen=True)
class AssessmentPart:
    """Questions under one heading."""

    label: str
    fields: tuple[AssessmentQuestion, ...]
    note: str = ""


@dataclass(frozen=True)
class AssessmentSheet:
    """The assessment form of a town: in place of the platform's, or behind it when it extends it.

    Another content is another ``version``: what was answered is read in the version it was given in.
    """

    form_id: str
    version: int
    label: str
    valid_from: date
    sections: tuple[AssessmentPart, ...]
    extends_platform: bool = False
    source: str = ""


@dataclass(frozen=True)
class MonitoringInterval:
    """How often a plan is looked at again, and by which role."""

    days: int
    by_role: str = ""
    reason: str = ""
    source: str = ""


class CountedFrom(StrEnum):
    """From which day a term is counted: the day after the end, or the first of April after it."""

    END = "end"
    FISCAL_YEAR = "fiscal_year"


@dataclass(frozen=True)
class RetentionPeriod:
    """How many years a town keeps a kind of record, in the words of which document."""

    years: int
    source: str
    counted_from: CountedFrom = CountedFrom.END
    source_date: date | None = None
