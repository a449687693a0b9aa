"""What is to do: its kinds, how pressing it is, and in which order a person sees it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

SOON = timedelta(days=14)


class TaskKind(StrEnum):
    """What there is to do."""

    CONSULTATION = "consultation"
    SHEET_ACKNOWLEDGEMENT = "sheet_acknowledgement"
    SHEET_ANSWER = "sheet_answer"
    SHEET_RETURNED = "sheet_returned"
    SHEET_OVERDUE = "sheet_overdue"
    SHEET_UNDECIDED = "sheet_undecided"
    SHEET_OUTCOME = "sheet_outcome"
    SHEET_REOPENED = "sheet_reopened"
    SHEET_COPY = "sheet_copy"
    EMERGENCY = "emergency"
    EMERGENCY_LOOK = "emergency_look"
    NEXT_CONTACT = "next_contact"
    OUTREACH = "outreach"
    VISIT = "visit"
    CHECK_IN = "check_in"
    WATCH = "watch"
    CONFERENCE = "conference"
    DECISION = "decision"
    PLAN_REVIEW = "plan_review"
    CASE_REVIEW = "case_review"
    REFERRAL = "referral"
    WEB_MESSAGE = "web_message"
    BOOKING = "booking"
    DAY_CALLED_OFF = "day_called_off"
    PERSON_MERGE = "person_merge"
    RESOURCE_CONFIRMATION = "resource_confirmation"
    PARTICIPATION = "participation"


class Standing(StrEnum):
    """How pressing a task is on a day, the most pressing first."""

    URGENT = "urgent"
    OVERDUE = "overdue"
    TODAY = "today"
    WAITING = "waiting"
    LATER = "later"


@dataclass(frozen=True)
class Task:
    """One thing to do: ids and dates only, never a person's data."""

    kind: TaskKind
    subject_id: str
    opened_at: datetime
    due_on: date | None = None
    urgent: bool = False
    consultation_id: str = ""
    case_id: str = ""
    number: str = ""
    targets: tuple[str, ...] = ()

    def standing(self, today: date) -> Standing:
        """How pressing it is; without a date it waits from the beginning."""
        if self.urgent:
            return Standing.URGENT
        if self.due_on is None:
            return Standing.WAITING
        if self.due_on < today:
            return Standing.OVERDUE
        if self.due_on == today:
            return Standing.TODAY
        return Standing.WAITING if self.due_on <= today + SOON else Standing.LATER


def in_order(tasks: Iterable[Task], today: date) -> Sequence[Task]:
    """The most pressing first, then by date, then the longest waiting."""
    rank = {standing: place for place, standing in enumerate(Standing)}
    return sorted(
        tasks,
        key=lambda t: (
            rank[t.standing(today)],
            t.due_on or date.max,
            t.opened_at,
            t.kind,
            t.subject_id,
        ),
    )


def by_standing(tasks: Iterable[Task], today: date) -> Mapping[Standing, Sequence[Task]]:
    """The tasks in their groups; groups without a task are left out."""
    groups: dict[Standing, list[Task]] = {}
    for task in in_order(tasks, today):
        groups.setdefault(task.standing(today), []).append(task)
    return groups


def kept_from(account_id: str) -> str:
    """The target that keeps a task off one account's list, for what somebody else has to do."""
    return f"-account:{account_id}"


ADMINISTERS = "town_administrator"
COORDINATORS = "role:coordinator"


def targets_of(
    account_id: str,
    office: str,
    roles: Iterable[str],
    functions: Iterable[str],
    role_codes: Iterable[str],
) -> frozenset[str]:
    """What a person answers to.

    A role named in an event is a code of the town, or a function when no role has that code. What waits for an
    office waits for those who work on records: who only administers the town may open none of it.
    """
    functions, taken = frozenset(functions), frozenset(role_codes)
    named = {*roles, *(function for function in functions if function not in taken)}
    return frozenset(
        {f"account:{account_id}", *(f"role:{name}" for name in named)}
        | ({f"office:{office}"} if office and functions - {ADMINISTERS} else set())
    )
