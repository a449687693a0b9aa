"""The inputs of the portal's handlers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kasane_portal.domain.figure import FactKind, MarkKind
from kasane_portal.domain.overview import CountKind
from kasane_portal.domain.plugin_set import PreviewShown
from kasane_portal.domain.task import TaskKind


@dataclass(frozen=True)
class CreateAccount:
    """Make an account; ``roles`` are codes of the town's roles."""

    account_id: str
    login_name: str
    display_name: str
    password: str = field(repr=False)
    roles: tuple[str, ...] = ()
    office: str = ""


@dataclass(frozen=True)
class ChangeAccount:
    """Give an account other roles or another office, close it or open it again."""

    account_id: str
    display_name: str
    roles: tuple[str, ...]
    office: str
    active: bool
    revision: int


@dataclass(frozen=True)
class SetPassword:
    """Give an account a new password."""

    account_id: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class ChangeOwnPassword:
    """Change the password of the person who is signed in, who knows the present one, from an address."""

    account_id: str
    present: str = field(repr=False)
    password: str = field(repr=False)
    address: str


@dataclass(frozen=True)
class SignIn:
    """Sign in with a name and a password, from an address."""

    login_name: str
    password: str = field(repr=False)
    address: str = ""


@dataclass(frozen=True)
class TakeProviderAnswer:
    """Take what the town's provider answered to what this browser asked and ``kept``; it came from an address."""

    state: str
    code: str = field(repr=False)
    issuer: str
    kept: str = field(repr=False)
    address: str = ""


@dataclass(frozen=True)
class OpenTask:
    """Put something to do on the list of its targets.

    A target is ``role:<code or function>``, ``office:<code>`` or ``account:<id>``;
    ``overdue_targets`` see it from the day after ``due_on``.
    """

    kind: TaskKind
    subject_id: str
    targets: tuple[str, ...]
    overdue_targets: tuple[str, ...] = ()
    due_on: date | None = None
    urgent: bool = False
    consultation_id: str = ""
    case_id: str = ""
    person_id: str = ""


@dataclass(frozen=True)
class CloseTask:
    """It is done, also when the word that it was to do has yet to come."""

    kind: TaskKind
    subject_id: str


@dataclass(frozen=True)
class CloseTasksAbout:
    """Everything to do of these kinds about a consultation or a case is done."""

    kinds: tuple[TaskKind, ...]
    consultation_id: str = ""
    case_id: str = ""


@dataclass(frozen=True)
class MoveTasks:
    """What is to do for these persons of one case belongs to another case now."""

    from_case_id: str
    to_case_id: str
    person_ids: tuple[str, ...]


@dataclass(frozen=True)
class WithdrawTask:
    """It is no longer to do; it may come again."""

    kind: TaskKind
    subject_id: str


@dataclass(frozen=True)
class WithdrawTasksAbout:
    """Everything to do of these kinds about a case is no longer to do; it may come again."""

    kinds: tuple[TaskKind, ...]
    case_id: str


@dataclass(frozen=True)
class RememberNumber:
    """The number under which people know a consultation or a case."""

    subject_id: str
    number: str


@dataclass(frozen=True)
class CountFact:
    """One fact of a kind, counted once in the month of its day."""

    kind: CountKind
    subject_id: str
    on: date


@dataclass(frozen=True)
class MeasureFact:
    """Keep a fact with what it is counted by; said again it takes the place of before.

    ``until`` ends a fact that lasts; ``quantity`` 0 takes it back.
    """

    kind: FactKind
    fact_id: str
    on: date
    marks: tuple[tuple[MarkKind, str], ...] = ()
    until: date | None = None
    quantity: int = 1


@dataclass(frozen=True)
class JoinPersons:
    """Two records are of one person, or with ``undone`` are not after all."""

    merge_id: str
    one_id: str
    other_id: str
    undone: bool = False


@dataclass(frozen=True)
class StateFigure:
    """State a figure that no service can count; ``typed`` is what the person typed, 「—」 for not collected."""

    figure_id: str
    metric: str
    period: str
    typed: str
    reason: str = ""


@dataclass(frozen=True)
class FillSeat:
    """Put somebody on the roster of a body for a term; a longer term than the rules say needs a reason."""

    seat_id: str
    body: str
    kind: str
    name: str
    first_day: date
    last_day: date
    officer: str = ""
    extension_reason: str = ""


@dataclass(frozen=True)
class LeaveSeat:
    """Somebody gives the seat up on a day."""

    seat_id: str
    on: date


@dataclass(frozen=True)
class Evaluate:
    """Write down what was found about one item of a year's evaluation."""

    entry_id: str
    year: int
    item: str
    result: str
    words: str = ""


@dataclass(frozen=True)
class RemarkOn:
    """Write down what an agency says about one item of a year's evaluation."""

    remark_id: str
    year: int
    item: str
    agency: str
    words: str


@dataclass(frozen=True)
class WriteAction:
    """Write down how an action of a year stands; without ``action_id`` it is a new one."""

    entry_id: str
    year: int
    action_id: str
    title: str
    plan: str
    done: str = ""
    found: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class ReportTo:
    """Write down that a frozen version of a year's report came before a body, with how many members were there."""

    step_id: str
    year: int
    body: str
    version: int
    held_on: date
    members: int
    present: int
    opinion: str = ""


@dataclass(frozen=True)
class FreezeReport:
    """Freeze the report of a year; ``seen`` is the number of the latest version before the person's eyes, or 0."""

    version_id: str
    year: int
    seen: int
    reason: str = ""


TaskStep = (
    OpenTask
    | CloseTask
    | CloseTasksAbout
    | MoveTasks
    | WithdrawTask
    | WithdrawTasksAbout
    | RememberNumber
)


@dataclass(frozen=True)
class RecordSupportVisit:
    """Write down that the prefecture's team visited a municipality; ``duty`` is a code of the prefecture's plugin."""

    visit_id: str
    prefecture: str
    municipality: str
    visited_on: date
    duty: str
    note: str = ""


@dataclass(frozen=True)
class VoidSupportVisit:
    """Say that a recorded visit does not stand, and why; it stays readable."""

    visit_id: str
    reason: str


@dataclass(frozen=True)
class KeepTrial:
    """Keep a set of plugins that was tried; ``settings`` are a table for each plugin."""

    trial_id: str
    plugins: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]]
    preview: PreviewShown


@dataclass(frozen=True)
class EnableTriedSet:
    """Make a tried set of plugins the town's own."""

    trial_id: str
    reason: str


@dataclass(frozen=True)
class GoBackToSet:
    """Take an earlier set up again; ``seen`` is the revision that stood when it was decided."""

    revision: int
    seen: int
    reason: str
