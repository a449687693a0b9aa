"""Participation support (参加支援) of one person: its steps, and what each of them asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from kasane_resources.domain.errors import (
    CaseOver,
    ConsentGone,
    DatesBackward,
    GateClosed,
    HostNotTold,
    NumberOutOfRange,
    StepNotNext,
    WordsMissing,
)


class ParticipationStatus(StrEnum):
    """Where participation support stands. Returned is no failure: from there it goes on or rests."""

    PROPOSED = "proposed"
    ADMITTED = "admitted"
    PLANNED = "planned"
    MATCHED = "matched"
    TRIAL = "trial"
    PLACED = "placed"
    STABLE = "stable"
    RETURNED = "returned"
    ENDED = "ended"


class Telling(StrEnum):
    """How the host came to know who the person is."""

    NOT_TOLD = "not_told"
    TOLD = "told"
    INTRODUCES_SELF = "introduces_self"


S = ParticipationStatus
AFTER: Mapping[ParticipationStatus, tuple[ParticipationStatus, ...]] = {
    S.PROPOSED: (S.ADMITTED, S.ENDED),
    S.ADMITTED: (S.PLANNED, S.ENDED),
    S.PLANNED: (S.MATCHED, S.ENDED),
    S.MATCHED: (S.TRIAL, S.RETURNED, S.ENDED),
    S.TRIAL: (S.PLACED, S.RETURNED, S.ENDED),
    S.PLACED: (S.STABLE, S.RETURNED, S.ENDED),
    S.STABLE: (S.RETURNED, S.ENDED),
    S.RETURNED: (S.PLANNED, S.ENDED),
    S.ENDED: (),
}
WITH_HOST = frozenset({S.MATCHED, S.TRIAL, S.PLACED, S.STABLE})
LONGEST_DAYS = 366
ENDED_CONSENTS = frozenset({"refused", "withdrawn", "expired"})


@dataclass(frozen=True)
class Gate:
    """What must have happened before anything is planned, as the town has it, and whether it has.

    ``asked`` is a body's code or a legal kind, empty when no judgement is asked for.
    """

    asked: str
    passed: bool


@dataclass(frozen=True)
class ParticipationStep:
    """One line of the history: what it became, when, by whom and why."""

    status: ParticipationStatus
    at: datetime
    by: str
    by_name: str
    reason: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """What a session held about whether participation support is needed."""

    session_id: str
    body: str
    legal_kind: str
    judged_on: date
    needed: bool


@dataclass
class Participation:
    """One person's way into taking part somewhere. The name is not here: it stays in the case."""

    id: str
    case_id: str
    case_number: str
    person_id: str
    proposed_at: datetime
    wish: str = ""
    category: str = ""
    area: str = ""
    age_band: str = ""
    consent: str = ""
    address_protected: bool = False
    status: ParticipationStatus = ParticipationStatus.PROPOSED
    judgement: Judgement | None = None
    plan_id: str = ""
    host_id: str = ""
    host: str = ""
    activity: str = ""
    telling: Telling = Telling.NOT_TOLD
    trial_from: date | None = None
    due_on: date | None = None
    settle_every_days: int = 0
    version: int = 1
    case_over: bool = False
    steps: tuple[ParticipationStep, ...] = ()

    @property
    def open(self) -> bool:
        """Whether something can still happen."""
        return self.status is not S.ENDED

    @property
    def with_host(self) -> bool:
        """Whether an organization takes part in it now."""
        return self.status in WITH_HOST

    def gate(self, asked: str) -> Gate:
        """Whether what the town asks for has happened."""
        found = self.judgement
        passed = not asked or (
            found is not None and found.needed and asked in (found.body, found.legal_kind)
        )
        return Gate(asked, passed)

    def judged(self, judgement: Judgement) -> None:
        """Takes in what a session judged; a later session may judge anew."""
        if self.judgement is None or judgement.judged_on >= self.judgement.judged_on:
            self.judgement = judgement

    def admit(self, asked: str) -> bool:
        """Opens the way when the gate is passed; True when it did so now."""
        if self.status is not S.PROPOSED or not self.gate(asked).passed:
            return False
        self.status = S.ADMITTED
        return True

    def plan_agreed(self, plan_id: str) -> bool:
        """Takes in the plan that the person agreed to; True when the way goes on now."""
        self.plan_id = plan_id
        return self.take_up_plan()

    def take_up_plan(self) -> bool:
        """Goes on to planned when there is a plan and the gate is open; True when it did so now."""
        if self.status is not S.ADMITTED or not self.plan_id:
            return False
        self.status = S.PLANNED
        return True

    def match_host(self, host_id: str, host: str, activity: str, asked: str) -> None:
        """Names where the person could take part and with what; raises GateClosed, CaseOver or StepNotNext."""
        if not self.gate(asked).passed:
            raise GateClosed
        self._case_goes_on()
        self._go(S.MATCHED)
        self.host_id, self.host, self.activity = host_id, host, activity.strip()
        self.telling = Telling.NOT_TOLD

    def host_told(self) -> None:
        """The case told the host who the person is."""
        self.telling = Telling.TOLD

    def begin_trial(self, since: date, until: date, *, introduces_self: bool) -> None:
        """Begins to try it out. Raises HostNotTold, CaseOver, ConsentGone, DatesBackward or StepNotNext."""
        self._may_become(S.TRIAL)
        self._case_goes_on()
        self._consent_holds()
        if until < since:
            raise DatesBackward
        if self.telling is Telling.NOT_TOLD:
            if not introduces_self:
                raise HostNotTold(host=self.host)
            self.telling = Telling.INTRODUCES_SELF
        self._go(S.TRIAL)
        self.trial_from, self.due_on = since, until

    def place(self, on: date, settle_every_days: int) -> None:
        """The person takes part for good; somebody looks in after the given days."""
        self._may_become(S.PLACED)
        self._case_goes_on()
        self._consent_holds()
        if not 1 <= settle_every_days <= LONGEST_DAYS:
            raise NumberOutOfRange(most=LONGEST_DAYS)
        self._go(S.PLACED)
        self.settle_every_days = settle_every_days
        self.due_on = on + timedelta(days=settle_every_days)

    def looked_in(self, on: date) -> None:
        """A settling visit was made; the next one is due after the same days."""
        if self.status is S.PLACED:
            self.due_on = on + timedelta(days=self.settle_every_days)

    def settle(self) -> None:
        """It holds by itself: nobody is asked to look in any more."""
        self._go(S.STABLE)
        self.due_on = None

    def come_back(self, reason: str) -> None:
        """The person comes back, and the reason leads on. Raises WordsMissing or StepNotNext."""
        self._leave_host(S.RETURNED, reason)

    def resume(self) -> None:
        """Looks for another place with the same plan; raises StepNotNext."""
        if self.status is not S.RETURNED:
            raise StepNotNext(status=self.status.value)
        self._go(S.PLANNED)
        self.host_id = self.host = self.activity = ""
        self.telling = Telling.NOT_TOLD

    def end(self, reason: str) -> None:
        """Ends it with the reason. Raises WordsMissing or StepNotNext."""
        self._leave_host(S.ENDED, reason)

    def _leave_host(self, status: ParticipationStatus, reason: str) -> None:
        if not reason.strip():
            raise WordsMissing
        self._go(status)
        self.due_on = None

    def _case_goes_on(self) -> None:
        if self.case_over:
            raise CaseOver

    def _consent_holds(self) -> None:
        if self.consent in ENDED_CONSENTS:
            raise ConsentGone

    def _may_become(self, status: ParticipationStatus) -> None:
        if status not in AFTER[self.status]:
            raise StepNotNext(status=self.status.value)

    def _go(self, status: ParticipationStatus) -> None:
        self._may_become(status)
        self.status = status
