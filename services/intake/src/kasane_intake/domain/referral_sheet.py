"""A つなぐシート: the first receiver connects the matter and is responsible until somebody takes it."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from kasane_intake.domain.errors import ArrearsNotShared, ConsentMissing, WrongStep
from kasane_intake.domain.sheet_errors import ReasonMissing, SameOffice


class SheetStatus(StrEnum):
    """Where a sheet stands."""

    DRAFT = "draft"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    OUTCOME_RETURNED = "outcome_returned"
    CLOSED = "closed"
    RETURNED = "returned"
    REDIRECTED = "redirected"
    VOID = "void"


@dataclass
class ReferralSheet:
    """One sheet to one office, made with the person's consent, with the way the person is accompanied.

    ``persons`` are the ids of those who consented: only their particulars go along. ``responsible_office`` sent the
    first sheet of the chain ``chain_id`` and stays responsible until an office of the chain accepts (I-13).
    """

    id: str
    consultation_id: str
    from_office: str
    to_office: str
    reason: str
    consent: bool
    companionship: str
    sent_on: date
    acknowledge_by: date
    overdue_role: str
    includes_arrears: bool = False
    arrears_consent: bool = False
    status: SheetStatus = SheetStatus.SENT
    return_reason: str = ""
    outcome: str = ""
    extensions: dict[str, dict[str, object]] = field(default_factory=dict)
    version: int = 1
    persons: tuple[str, ...] = ()
    responsible_office: str = ""
    chain_id: str = ""
    redirected_from: str = ""
    copies_to: tuple[str, ...] = ()
    accompanied_as: str = ""
    accompanied_on: date | None = None
    accompanied_by: str = ""
    void_reason: str = ""
    reminders: int = 0
    reminded_on: date | None = None
    decide_by: date | None = None

    def __post_init__(self) -> None:
        """Raises ConsentMissing without consent, ArrearsNotShared when arrears go along without their own consent."""
        self.responsible_office = self.responsible_office or self.from_office
        self.chain_id = self.chain_id or self.id
        if self.status is SheetStatus.SENT:
            self._check_consent()

    def without_words(self) -> "ReferralSheet":
        """Where it lies and until when: nothing about whom it is, nothing that was written, in no free field."""
        return replace(
            self,
            reason="",
            return_reason="",
            outcome="",
            void_reason="",
            accompanied_by="",
            persons=(),
            extensions={},
        )

    @property
    def on_its_way(self) -> bool:
        """True until the receiver accepted or returned it: till then the sender is responsible."""
        return self.status in (SheetStatus.SENT, SheetStatus.ACKNOWLEDGED)

    @property
    def taken(self) -> bool:
        """Whether the receiver took the matter over."""
        return self.status in (
            SheetStatus.ACCEPTED,
            SheetStatus.OUTCOME_RETURNED,
            SheetStatus.CLOSED,
        )

    def overdue(self, today: date) -> bool:
        """Whether the receiver should have acknowledged before today."""
        return self.status is SheetStatus.SENT and today > self.acknowledge_by

    def undecided(self, today: date) -> bool:
        """Whether the receiver, who has seen it, should have accepted or returned it before today."""
        acknowledged = self.status is SheetStatus.ACKNOWLEDGED
        return acknowledged and self.decide_by is not None and today > self.decide_by

    def late(self, today: date) -> bool:
        """Whether the sender waits too long, for either step."""
        return self.overdue(today) or self.undecided(today)

    def send(self, *, sent_on: date, acknowledge_by: date, overdue_role: str) -> None:
        """A draft goes to its office. Raises like a new sheet."""
        self._check_consent()
        self._step(SheetStatus.DRAFT, to=SheetStatus.SENT)
        self.sent_on, self.acknowledge_by = sent_on, acknowledge_by
        self.overdue_role = overdue_role

    def acknowledge(self, decide_by: date) -> None:
        """The receiver has seen it and says until a day whether it takes the matter over."""
        self._step(SheetStatus.SENT, to=SheetStatus.ACKNOWLEDGED)
        self.decide_by, self.reminders, self.reminded_on = decide_by, 0, None

    def accept(self) -> None:
        """The receiver takes the matter over."""
        self._step(SheetStatus.SENT, SheetStatus.ACKNOWLEDGED, to=SheetStatus.ACCEPTED)

    def give_back(self, reason: str) -> None:
        """The receiver cannot take it, with a reason; the sender is responsible as before."""
        _must_say(reason)
        self._step(SheetStatus.SENT, SheetStatus.ACKNOWLEDGED, to=SheetStatus.RETURNED)
        self.return_reason = reason

    def redirect(
        self,
        *,
        sheet_id: str,
        to_office: str,
        reason: str,
        consent: bool,
        on: date,
        acknowledge_by: date,
        overdue_role: str,
    ) -> "ReferralSheet":
        """The receiver knows who can take it: a new sheet of the same chain, with consent for that office too.

        The first sender stays responsible until an office of the chain accepts. Raises SameOffice for an office
        that the sheet comes from or lies at, ConsentMissing, ReasonMissing or WrongStep.
        """
        _must_say(reason)
        if to_office in (self.to_office, self.responsible_office):
            raise SameOffice
        if not consent:
            raise ConsentMissing
        self._step(SheetStatus.SENT, SheetStatus.ACKNOWLEDGED, to=SheetStatus.REDIRECTED)
        self.return_reason = reason
        return ReferralSheet(
            id=sheet_id,
            consultation_id=self.consultation_id,
            from_office=self.to_office,
            to_office=to_office,
            reason=f"{self.reason}\n{reason}",
            consent=True,
            companionship=self.companionship,
            sent_on=on,
            acknowledge_by=acknowledge_by,
            overdue_role=overdue_role,
            includes_arrears=self.includes_arrears,
            arrears_consent=self.arrears_consent,
            extensions=self.extensions,
            persons=self.persons,
            responsible_office=self.responsible_office,
            chain_id=self.chain_id,
            redirected_from=self.id,
            copies_to=self.copies_to,
        )

    def report_outcome(self, outcome: str) -> None:
        """The receiver tells the sender what became of it."""
        _must_say(outcome)
        self._step(SheetStatus.ACCEPTED, to=SheetStatus.OUTCOME_RETURNED)
        self.outcome = outcome

    def close(self) -> None:
        """The sender has read the outcome."""
        self._step(SheetStatus.OUTCOME_RETURNED, to=SheetStatus.CLOSED)

    def void(self, reason: str) -> None:
        """The sender takes it back before anybody took it over, with a reason."""
        _must_say(reason)
        self._step(
            SheetStatus.DRAFT,
            SheetStatus.SENT,
            SheetStatus.ACKNOWLEDGED,
            SheetStatus.RETURNED,
            to=SheetStatus.VOID,
        )
        self.void_reason = reason

    def reopen(self, reason: str) -> None:
        """What was void is a draft again; what had its outcome is in the receiver's hands again, with a reason."""
        _must_say(reason)
        if self.status is SheetStatus.VOID:
            self.status = SheetStatus.DRAFT
        else:
            self._step(SheetStatus.OUTCOME_RETURNED, SheetStatus.CLOSED, to=SheetStatus.ACCEPTED)

    def accompanied(self, *, how: str, on: date, by: str) -> None:
        """Somebody went along or telephoned and the person arrived: how, when, who."""
        _must_say(how)
        _must_say(by)
        if self.status in (SheetStatus.DRAFT, SheetStatus.VOID) or on < self.sent_on:
            raise WrongStep(status=self.status.value)
        self.accompanied_as, self.accompanied_on, self.accompanied_by = how, on, by

    def remind(self, on: date) -> None:
        """The sender and the responsible post were told once more that it is late."""
        if not self.late(on):
            raise WrongStep(status=self.status.value)
        self.reminders += 1
        self.reminded_on = on

    def _check_consent(self) -> None:
        if not self.consent:
            raise ConsentMissing
        if self.includes_arrears and not self.arrears_consent:
            raise ArrearsNotShared

    def _step(self, *allowed: SheetStatus, to: SheetStatus) -> None:
        if self.status not in allowed:
            raise WrongStep(status=self.status.value)
        self.status = to


def _must_say(words: str) -> None:
    if not words.strip():
        raise ReasonMissing
