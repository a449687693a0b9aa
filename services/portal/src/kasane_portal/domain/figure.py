"""A figure of a town: a number with what it counts, or a word where there is no number to print.

*Not collected* is not zero, a person under two records is one person, and parts that do not add up to
their whole are said so instead of being put right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from kasane_portal.domain.errors import FigureUnfit, WordsMissing

NOT_COLLECTED = "—"
LARGEST = Decimal("1000000000")
FINEST = Decimal("0.01")


class FactKind(StrEnum):
    """What services said that can be counted."""

    CONSULTATION = "consultation"
    VISIT = "visit"
    CONTACT_ATTEMPT = "contact_attempt"
    SESSION = "session"
    CASE_OPENED = "case_opened"
    CASE_CLOSED = "case_closed"
    PLAN = "plan"
    GATHERING = "gathering"
    ATTENDANCE = "attendance"
    NETWORK_MEMBER = "network_member"
    DONATION = "donation"
    CONSENT = "consent"
    PARTICIPATION = "participation"
    PARTICIPATION_STEP = "participation_step"
    CASE_STATE = "case_state"
    SCREENING = "screening"


# They say how something stands now and move with it; no report counts them in a time.
STANDING = frozenset(
    {FactKind.CONSENT, FactKind.PARTICIPATION, FactKind.CASE_STATE, FactKind.SCREENING}
)


class MarkKind(StrEnum):
    """What is kept of a fact beside its day, to count by."""

    PERSON = "person"
    HOUSEHOLD = "household"
    CASE = "case"
    GROUP = "group"
    PLACE = "place"
    ROUTE = "route"
    CATEGORY = "category"
    BODY = "body"
    LEGAL_KIND = "legal_kind"
    NETWORK = "network"
    ACTIVITY = "activity"
    COURSE = "course"
    PARTICIPANT = "participant"
    KIND = "kind"
    CHANNEL = "channel"
    AREA = "area"
    LEVEL = "level"
    URGENT = "urgent"
    MAIN_CATEGORY = "main_category"
    LOCAL_CATEGORY = "local_category"
    SINGLE = "single"
    ORDINARY = "ordinary"
    TOWN_ANSWER = "town_answer"


@dataclass(frozen=True)
class Figure:
    """A number, or None where nothing was collected; ``words`` are printed in its place when given."""

    value: Decimal | None
    words: str = ""

    @property
    def printed(self) -> str:
        """As it stands in a table: with thousands, the decimals it has, 「—」 where nothing was collected."""
        if self.words:
            return self.words
        return NOT_COLLECTED if self.value is None else f"{self.value:,f}"


@dataclass(frozen=True)
class StatedFigure:
    """A figure that the town itself states for a time, by whom and when; None is a stated 「—」."""

    id: str
    metric: str
    period: str
    value: Decimal | None
    reason: str
    stated_by: str
    stated_at: datetime

    def check(self, *, corrects: bool) -> None:
        """Raises FigureUnfit for a number that cannot be, WordsMissing for a correction without a reason."""
        if self.value is not None and not (
            0 <= self.value <= LARGEST and self.value == self.value.quantize(FINEST)
        ):
            raise FigureUnfit(value=str(self.value))
        if corrects and not self.reason.strip():
            raise WordsMissing


def read_number(typed: str) -> Decimal | None:
    """The number a person typed, None for 「—」 or nothing; raises FigureUnfit."""
    text = typed.strip().replace(",", "")
    if text in ("", NOT_COLLECTED, "-", "ー", "－"):
        return None
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise FigureUnfit(value=typed.strip()) from error
    if not found.is_finite():
        raise FigureUnfit(value=typed.strip())
    return found


def one_each(ids: Iterable[str], same: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """For each id the one that stands for it, when pairs of records are of one person."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.get(one, one) != one:
            one = parent[one]
        return one

    for left, right in same:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return {one: root(one) for one in ids}
