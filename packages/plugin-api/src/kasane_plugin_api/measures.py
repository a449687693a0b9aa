"""The answers about a town's figures, its evaluation and the way of a report: plain frozen data.

A number is worth something only with its kind: twenty persons, a hundred and fifty-nine contacts and
thirty-three sessions are three measures. The platform counts what services said; what nobody says in an
event (people employed, inhabitants) is stated by the town with its day.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_plugin_api.answers import Phase, PhaseAnswer


class MeasureKind(StrEnum):
    """How a figure is counted; two kinds are never added to each other."""

    DISTINCT_PERSON = "distinct_person"
    DISTINCT_HOUSEHOLD = "distinct_household"
    DISTINCT_GROUP = "distinct_group"
    DISTINCT_PLACE = "distinct_place"
    EVENT = "event"
    SESSION = "session"
    CASE = "case"
    ATTENDANCE = "attendance"
    ACTIVITY = "activity"
    STOCK = "stock"
    FTE = "fte"
    CADENCE = "cadence"
    SHARE = "share"


@dataclass(frozen=True)
class Metric:
    """One figure that a town reports, and how it comes about.

    ``counts`` are the kinds of facts that services said: ``consultation``, ``visit``,
    ``contact_attempt``, ``session``, ``case_opened``, ``case_closed``, ``plan``, ``gathering``,
    ``attendance``, ``network_member``, ``donation``, ``participation_step``. Without them the town
    states the figure itself.
    ``where`` narrows: each is ``mark=value`` or ``mark=one|other`` with the marks ``route``,
    ``category``, ``body``, ``legal_kind``, ``network``, ``activity``, ``course``, ``participant``,
    ``kind``, ``place``. ``new_only`` counts each person once, when first seen at all. A SHARE is the part of the
    facts that fits ``share_where``, claimed when it reaches ``claim_from`` percent and printed as ``claim``.
    A CADENCE prints ``planned`` as it stands. ``parts`` are metrics that should add up to this one.
    ``partial_words`` is how the town marks an unfinished year, with ``{month}``. ``collected_from`` is
    the first day for which anybody counted: before it the figure is *not collected*, which is not zero.
    """

    code: str
    label: str
    kind: MeasureKind
    unit: str
    counts: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    new_only: bool = False
    share_where: tuple[str, ...] = ()
    claim_from: int = 0
    claim: str = ""
    planned: str = ""
    parts: tuple[str, ...] = ()
    partial_words: str = "（～{month}月）"
    collected_from: date | None = None
    table: str = ""
    footnote: str = ""
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as the town printed it: ``value`` is a decimal, or empty where it printed 「—」.

    ``period`` is a code: ``2021`` a fiscal year, ``2023/09`` a fiscal year up to that month,
    ``2024+2025`` fiscal years together, ``2024-01-16`` or ``2026-03`` at that day or in that month,
    ``..2025`` everything up to the end of that fiscal year.
    """

    metric: str
    period: str
    value: str
    source: str


@dataclass(frozen=True)
class PlanState:
    """An item of a town's plan and where it stands on a day."""

    feature: str
    label: str
    state: PhaseAnswer


class EvaluationKind(StrEnum):
    """How a town looks back on a year."""

    LOGIC_MODEL = "logic_model"
    MARKS = "marks"
    PDCA = "pdca"
    ACTION_PLAN = "action_plan"
    COUNTS = "counts"


@dataclass(frozen=True)
class EvaluationItem:
    """One thing that is looked at: an indicator with its unit, or a sentence that gets a mark.

    ``part`` is the heading it stands under; ``printed`` is what the town's document itself has for it,
    a mark or a figure; ``unit`` is empty where no number is asked for. ``metric`` is the code of a metric
    that counts it, shown beside what is entered and never entered by itself.
    """

    code: str
    label: str
    part: str = ""
    unit: str = ""
    printed: str = ""
    source: str = ""
    metric: str = ""


@dataclass(frozen=True)
class EvaluationFramework:
    """How the work of a fiscal year is evaluated, in steps, with what is looked at.

    ``marks`` are the signs an item may get (○, ▲), empty where items get numbers; ``advice`` says who
    from outside takes part.
    """

    code: str
    label: str
    kind: EvaluationKind
    steps: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    items: tuple[EvaluationItem, ...] = ()
    cadence: str = ""
    advice: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class GovernanceStep:
    """One body to which a report goes, in order. ``body`` is a code out of ``meeting_bodies`` or a role's."""

    body: str
    label: str
    purpose: str = ""
    source: str = ""


@dataclass(frozen=True)
class SeatRule:
    """Who may sit in a body: at most so many, of these kinds, for so many years."""

    body: str
    most: int
    kinds: tuple[str, ...]
    term_years: int
    officers: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Bridge:
    """Another system beside this one, what would cross and how; ``phase`` whether it is in use.

    ``layout`` names a file that the platform writes: ``figures``, or ``shared_ledger`` with what sessions
    decided about a household, both in the platform's own form; empty when nothing is written.
    """

    code: str
    label: str
    contents: str
    layout: str = ""
    phase: Phase = Phase.NOT_STATED
    source: str = ""
    note: str = ""
