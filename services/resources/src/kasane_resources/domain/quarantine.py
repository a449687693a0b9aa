"""Personal contacts found in the rows of a file: kept apart until somebody decides about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kasane_resources.domain.errors import AlreadyDecided
from kasane_resources.domain.open_data import RowProblem

PRIVATE_CODES = frozenset({"kept_back", "phone_personal", "email_in_url"})


class QuarantineDecision(StrEnum):
    """What becomes of a personal contact: it waits, is for supporters, may be public, or is gone."""

    WAITING = "waiting"
    FOR_SUPPORTERS = "for_supporters"
    RELEASED = "released"
    DROPPED = "dropped"


@dataclass
class QuarantinedCell:
    """One cell of a file that may hold somebody's own contact; its text is sealed with the town's key."""

    id: str
    human_service_id: str
    source: str
    row_key: str
    column: str
    digest: str
    sealed: bytes
    noted_at: datetime
    decision: QuarantineDecision = QuarantineDecision.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None

    def decide(self, decision: QuarantineDecision, by: str, at: datetime) -> None:
        """Somebody decides; what was kept here is let go. Raises AlreadyDecided."""
        if self.decision is not QuarantineDecision.WAITING:
            raise AlreadyDecided
        self.decision, self.decided_by, self.decided_at = decision, by, at
        self.sealed = b""


@dataclass(frozen=True)
class Apart:
    """A row without its personal cells, and these cells by their columns."""

    original: Mapping[str, str]
    problems: tuple[RowProblem, ...]
    private: Mapping[str, str]


def set_apart(original: Mapping[str, str], problems: Sequence[RowProblem]) -> Apart:
    """Takes every cell that may be a person's own contact out of a row and out of what is said of it."""
    columns = {problem.column for problem in problems if problem.code in PRIVATE_CODES}
    return Apart(
        {column: cell for column, cell in original.items() if column not in columns},
        tuple(
            replace(problem, original="", used="") if problem.column in columns else problem
            for problem in problems
        ),
        {column: cell for column, cell in original.items() if column in columns and cell.strip()},
    )
