"""Consent of one person: its state, its scope and its term. It is never a household's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kasane_cases.domain.errors import (
    ConsentIncomplete,
    NothingToWithdraw,
    RepresentativeMissing,
    WrongStep,
)

HEARD_AT_INTAKE = "heard_at_intake"


class ConsentState(StrEnum):
    """Where one person's consent stands. Refusal is a state, not an absence."""

    NOT_ASKED = "not_asked"
    PENDING = "pending"
    REFUSED = "refused"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    UNABLE = "unable"


class ConsentPurpose(StrEnum):
    """What information may be passed on for."""

    MULTI_AGENCY = "multi_agency"
    HANDOFF = "handoff"
    TRANSFER = "transfer"


class AttendeeKind(StrEnum):
    """Who sits in a meeting or receives information, for the sake of secrecy and consent."""

    MUNICIPAL_STAFF = "municipal_staff"
    CONTRACTOR = "contractor"
    PARTNER_AGENCY = "partner_agency"
    RESIDENT = "resident"
    PERSON_OR_FAMILY = "person_or_family"


class DataClass(StrEnum):
    """Which kind of information is passed on."""

    IDENTITY = "identity"
    CONTACT = "contact"
    RECORD = "record"
    HEALTH = "health"
    DISABILITY = "disability"
    FINANCE = "finance"
    PLAN = "plan"


class Elsewhere(StrEnum):
    """What a new consent does to wider ones of the same person in other cases."""

    NARROW = "narrow"
    KEEP = "keep"


class GivenBy(StrEnum):
    """Who gave the consent: the person, or somebody entitled to speak for the person."""

    SELF = "self"
    PARENT = "parent"
    GUARDIAN = "guardian"
    OTHER_REPRESENTATIVE = "other_representative"


@dataclass(frozen=True)
class ConsentScope:
    """What a consent covers: purposes, kinds of recipients and classes of data."""

    purposes: tuple[ConsentPurpose, ...] = ()
    recipients: tuple[AttendeeKind, ...] = ()
    data_classes: tuple[DataClass, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether each of the three says something."""
        return bool(self.purposes and self.recipients and self.data_classes)

    def covers(
        self,
        purpose: ConsentPurpose,
        recipients: Iterable[AttendeeKind] = (),
        data_classes: Iterable[DataClass] = (),
    ) -> bool:
        """Whether purpose, every recipient and every class of data are inside the scope."""
        return (
            purpose in self.purposes
            and set(recipients) <= set(self.recipients)
            and set(data_classes) <= set(self.data_classes)
        )

    def within(self, other: "ConsentScope") -> bool:
        """Whether nothing in this scope goes beyond the other."""
        return self.in_common(other) == self

    def in_common(self, other: "ConsentScope") -> "ConsentScope":
        """What both scopes hold, so never more than either."""
        return ConsentScope(
            tuple(one for one in self.purposes if one in other.purposes),
            tuple(one for one in self.recipients if one in other.recipients),
            tuple(one for one in self.data_classes if one in other.data_classes),
        )


NO_SCOPE = ConsentScope()
INTAKE_SCOPE = ConsentScope(
    (ConsentPurpose.MULTI_AGENCY, ConsentPurpose.HANDOFF),
    (AttendeeKind.MUNICIPAL_STAFF, AttendeeKind.CONTRACTOR, AttendeeKind.PARTNER_AGENCY),
    (DataClass.IDENTITY, DataClass.CONTACT, DataClass.RECORD),
)


@dataclass(frozen=True)
class Consent:
    """One entry of a person's consent history; the last one stands, none is ever changed.

    ``heard_by`` names who heard or received it. Where somebody else spoke for the person,
    ``representative`` names them, ``representative_basis`` says why they may, and ``own_will`` what the
    person showed of their own will. ``evidence_id`` is the file that proves it.
    """

    id: str
    case_id: str
    person_id: str
    number: int
    state: ConsentState
    recorded_at: datetime
    recorded_by: str
    scope: ConsentScope = NO_SCOPE
    given_by: GivenBy = GivenBy.SELF
    method: str = ""
    valid_from: date | None = None
    expires_on: date | None = None
    note: str = ""
    heard_by: str = ""
    representative: str = ""
    representative_basis: str = ""
    own_will: str = ""
    form: str = ""
    evidence_id: str = ""

    def state_on(self, day: date) -> ConsentState:
        """The state on a day: a consent whose last day has passed is expired."""
        if self.state is ConsentState.GIVEN and self.expires_on and day > self.expires_on:
            return ConsentState.EXPIRED
        if self.state is ConsentState.GIVEN and self.valid_from and day < self.valid_from:
            return ConsentState.PENDING
        return self.state

    def to_be_kept(self, day: date) -> bool:
        """Whether the person gave it and its last day is not over, also where its first day is still to come."""
        return self.state is ConsentState.GIVEN and self.state_on(day) is not ConsentState.EXPIRED

    def covers(
        self,
        day: date,
        purpose: ConsentPurpose,
        recipients: Iterable[AttendeeKind] = (),
        data_classes: Iterable[DataClass] = (),
    ) -> bool:
        """Whether the consent holds on the day and covers what is asked."""
        return self.state_on(day) is ConsentState.GIVEN and self.scope.covers(
            purpose, recipients, data_classes
        )

    def narrowed_by(self, new: "Consent") -> "Consent | None":
        """This consent of another case, no wider than the person's new one; None when it is not wider.

        The last day is the earlier one. Where nothing is left in common it is withdrawn.
        """
        last = min((day for day in (self.expires_on, new.expires_on) if day), default=None)
        if self.scope.within(new.scope) and last == self.expires_on:
            return None
        scope = self.scope.in_common(new.scope)
        narrowed = replace(
            new,
            case_id=self.case_id,
            person_id=self.person_id,
            number=self.number + 1,
            scope=scope,
            valid_from=self.valid_from,
            expires_on=last,
        )
        if scope.complete:
            return narrowed
        return replace(
            narrowed,
            state=ConsentState.WITHDRAWN,
            scope=NO_SCOPE,
            valid_from=None,
            expires_on=None,
        )

    def brought_to(self, stood: "Consent | None", *, lives_there: bool) -> "Consent | None":
        """This entry as it goes with the person into another case where ``stood`` stands; None when that stays.

        Who lives in both households said something in each: joined, a consent holds no wider than both, and where one
        of the two is none there is none.
        """
        if not lives_there or self.state is not ConsentState.GIVEN:
            return replace(self, number=stood.number + 1 if stood else 1)
        if stood is None or stood.state is not ConsentState.GIVEN:
            return None
        return stood.narrowed_by(self)

    @property
    def _represented(self) -> bool:
        """Whether who spoke for the person is named, and for an adult also why and on whose will."""
        if self.given_by is GivenBy.SELF:
            return True
        named = bool(self.representative.strip())
        if self.given_by is GivenBy.PARENT:
            return named
        return named and bool(self.representative_basis.strip() and self.own_will.strip())

    def check_after(self, before: "Consent | None", day: date) -> None:
        """Raises when this entry cannot follow: incomplete, nobody entitled, nothing to withdraw."""
        if self.state is ConsentState.EXPIRED:
            raise WrongStep(status=self.state.value)
        if self.state is ConsentState.GIVEN and not (self.scope.complete and self.method):
            raise ConsentIncomplete
        if self.state is ConsentState.GIVEN and not self._represented:
            raise RepresentativeMissing
        if self.state is ConsentState.WITHDRAWN and (
            before is None or before.state is not ConsentState.GIVEN
        ):
            raise NothingToWithdraw


class ConsentLack(StrEnum):
    """What a consent lacks for something: to be given at all, or a part of its scope."""

    MISSING = "missing"
    PURPOSE = "purpose"
    RECIPIENT = "recipient"
    DATA = "data"


def lacks(
    consent: Consent | None,
    day: date,
    purpose: ConsentPurpose,
    recipients: Iterable[AttendeeKind] = (),
    data_classes: Iterable[DataClass] = (),
) -> list[tuple[ConsentLack, str]]:
    """Everything that a consent lacks on a day, with its code; empty when it covers what is asked.

    Where it does not hold that alone is said, and without the purpose nothing about the rest.
    """
    state = state_on(consent, day)
    if consent is None or state is not ConsentState.GIVEN:
        return [(ConsentLack.MISSING, state.value)]
    scope = consent.scope
    if purpose not in scope.purposes:
        return [(ConsentLack.PURPOSE, purpose.value)]
    return [
        *(
            (ConsentLack.RECIPIENT, kind.value)
            for kind in dict.fromkeys(recipients)
            if kind not in scope.recipients
        ),
        *(
            (ConsentLack.DATA, one.value)
            for one in dict.fromkeys(data_classes)
            if one not in scope.data_classes
        ),
    ]


def state_on(consent: Consent | None, day: date) -> ConsentState:
    """The state of a person on a day; a person without an entry was not asked."""
    return consent.state_on(day) if consent else ConsentState.NOT_ASKED
