"""Whether information about one person may be shown or sent to somebody: one function, one table.

``rule`` is pure and total: the same question has the same answer, and no question raises. What it
rules over all kinds of destination, states of a case and bases is ``TABLE``, printed in
``docs/disclosure.md``. Hooks of a town may refuse more; nothing allows more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from kasane_cases.domain.consent import (
    AttendeeKind,
    Consent,
    ConsentLack,
    ConsentPurpose,
    DataClass,
    lacks,
)


class Destination(StrEnum):
    """To whom, or before which kind of body, information about a person goes."""

    MUNICIPAL_STAFF = "municipal_staff"
    CONTRACTOR = "contractor"
    PARTNER_AGENCY = "partner_agency"
    RESIDENT = "resident"
    PERSON_OR_FAMILY = "person_or_family"
    OTHER_TOWN = "other_town"
    SUPPORT_CONFERENCE = "support_conference"
    MULTI_AGENCY_CONFERENCE = "multi_agency_conference"
    SELF_RELIANCE_CONFERENCE = "self_reliance_conference"
    CHILD_PROTECTION_COUNCIL = "child_protection_council"
    COMMUNITY_CARE_CONFERENCE = "community_care_conference"
    LONELINESS_COUNCIL = "loneliness_council"
    POLICY_SHARING = "policy_sharing"
    COMMUNITY = "community"
    GOVERNANCE = "governance"
    STAFF = "staff"


class CaseStanding(StrEnum):
    """What the table asks of a case: whether support was decided, and whether the work goes on."""

    UNDECIDED = "undecided"
    DECIDED = "decided"
    ENDED = "ended"


class DisclosureBasis(StrEnum):
    """Why somebody may be told."""

    CONSENT = "consent"
    SUPPORT_CONFERENCE = "support_conference"
    OTHER_LAW = "other_law"
    OWN_DUTY = "own_duty"
    NONE = "none"


class ClosedClass(StrEnum):
    """Information with a rule of its own, beside what the table rules."""

    REPORT_SOURCE = "report_source"
    CONFERENCE_MATERIAL = "conference_material"
    CHILD_COUNCIL_MATERIAL = "child_council_material"
    DELINQUENCY = "delinquency"
    PROTECTED_ADDRESS = "protected_address"


class DisclosureObstacle(StrEnum):
    """Why something may not be shown or sent; each has its sentence."""

    NO_BASIS = "no_basis"
    OWN_DUTY_ENDS = "own_duty_ends"
    CASE_ENDED = "case_ended"
    SUPPORT_NOT_DECIDED = "support_not_decided"
    CONSENT_ONLY = "consent_only"
    NO_PERSONS_HERE = "no_persons_here"
    WITHOUT_IDENTITY = "without_identity"
    CLOSED_TO_FAMILY = "closed_to_family"
    OUTSIDE_THE_CIRCLE = "outside_the_circle"
    CONSENT_MISSING = "consent_missing"
    CONSENT_OF_ANOTHER = "consent_of_another"
    CONSENT_PURPOSE = "consent_purpose"
    CONSENT_RECIPIENT = "consent_recipient"
    CONSENT_DATA = "consent_data"
    CONFERENCE_NOT_OPEN = "conference_not_open"
    NOT_A_MEMBER = "not_a_member"
    NOT_ON_AGENDA = "not_on_agenda"
    LAW_NOT_APPROVED = "law_not_approved"
    LAW_OF_ANOTHER = "law_of_another"
    LAW_ENDED = "law_ended"
    LAW_RECIPIENT = "law_recipient"
    LAW_DATA = "law_data"
    REPORT_SOURCE = "report_source"
    CONFERENCE_MATERIAL = "conference_material"
    CHILD_COUNCIL_MATERIAL = "child_council_material"
    DELINQUENCY = "delinquency"
    PROTECTED_ADDRESS = "protected_address"


_D, _B, _O = Destination, DisclosureBasis, DisclosureObstacle
ALWAYS, WHILE_OPEN, WHEN_DECIDED = "always", "while_open", "when_decided"
Cell = str | DisclosureObstacle


def _row(consent: Cell, conference: Cell, law: Cell, duty: Cell) -> dict[DisclosureBasis, Cell]:
    return {
        _B.CONSENT: consent,
        _B.SUPPORT_CONFERENCE: conference,
        _B.OTHER_LAW: law,
        _B.OWN_DUTY: duty,
        _B.NONE: _O.NO_BASIS,
    }


_OUTSIDE = _row(WHILE_OPEN, WHILE_OPEN, ALWAYS, _O.OWN_DUTY_ENDS)
_OTHER_CIRCLE = _row(WHILE_OPEN, _O.OUTSIDE_THE_CIRCLE, ALWAYS, _O.OWN_DUTY_ENDS)
_NOBODY = _row(*(_O.NO_PERSONS_HERE,) * 4)

TABLE: Mapping[Destination, Mapping[DisclosureBasis, Cell]] = {
    # columns:                        consent       支援会議               other law        own duty
    _D.MUNICIPAL_STAFF: _row(WHILE_OPEN, WHILE_OPEN, ALWAYS, ALWAYS),
    _D.CONTRACTOR: _OUTSIDE,
    _D.PARTNER_AGENCY: _OUTSIDE,
    _D.RESIDENT: _OUTSIDE,
    _D.PERSON_OR_FAMILY: _row(WHILE_OPEN, _O.CLOSED_TO_FAMILY, ALWAYS, _O.OWN_DUTY_ENDS),
    _D.OTHER_TOWN: _OTHER_CIRCLE,
    _D.SUPPORT_CONFERENCE: _row(
        _O.CONFERENCE_NOT_OPEN, WHILE_OPEN, _O.CONFERENCE_NOT_OPEN, _O.OWN_DUTY_ENDS
    ),
    _D.MULTI_AGENCY_CONFERENCE: _row(WHEN_DECIDED, *(_O.CONSENT_ONLY,) * 3),
    _D.SELF_RELIANCE_CONFERENCE: _OTHER_CIRCLE,
    _D.CHILD_PROTECTION_COUNCIL: _OTHER_CIRCLE,
    _D.COMMUNITY_CARE_CONFERENCE: _OTHER_CIRCLE,
    _D.LONELINESS_COUNCIL: _OTHER_CIRCLE,
    _D.POLICY_SHARING: _row(*(_O.WITHOUT_IDENTITY,) * 4),
    _D.COMMUNITY: _NOBODY,
    _D.GOVERNANCE: _NOBODY,
    _D.STAFF: _NOBODY,
}

_ANY = frozenset(DisclosureBasis) - {_B.NONE}
CLOSED: Mapping[ClosedClass, tuple[frozenset[DisclosureBasis], frozenset[Destination]]] = {
    # class: the bases on which it may go, the destinations to which it never goes
    ClosedClass.REPORT_SOURCE: (_ANY - {_B.CONSENT}, frozenset({_D.PERSON_OR_FAMILY})),
    ClosedClass.CONFERENCE_MATERIAL: (frozenset({_B.SUPPORT_CONFERENCE}), frozenset()),
    ClosedClass.CHILD_COUNCIL_MATERIAL: (frozenset({_B.OTHER_LAW}), frozenset()),
    ClosedClass.DELINQUENCY: (frozenset({_B.CONSENT, _B.OTHER_LAW}), frozenset()),
    ClosedClass.PROTECTED_ADDRESS: (
        frozenset({_B.OWN_DUTY, _B.OTHER_LAW}),
        frozenset({_D.PERSON_OR_FAMILY}),
    ),
}
"""I-11, I-04, I-12, I-21 and I-10."""

CONSENT_KINDS: Mapping[Destination, AttendeeKind] = {
    **{_D(kind.value): kind for kind in AttendeeKind},
    _D.OTHER_TOWN: AttendeeKind.MUNICIPAL_STAFF,
    _D.SELF_RELIANCE_CONFERENCE: AttendeeKind.PARTNER_AGENCY,
    _D.CHILD_PROTECTION_COUNCIL: AttendeeKind.PARTNER_AGENCY,
    _D.COMMUNITY_CARE_CONFERENCE: AttendeeKind.PARTNER_AGENCY,
    _D.LONELINESS_COUNCIL: AttendeeKind.PARTNER_AGENCY,
}
"""The kind of recipient that a consent has to name for a destination; bodies name their attendees."""


@dataclass(frozen=True)
class ConferenceCircle:
    """What a 支援会議 proves: it was opened, had the person on its agenda, and who hears is bound."""

    session_id: str
    opened: bool
    person_ids: frozenset[str]
    recipients_bound: bool


@dataclass(frozen=True)
class LegalGround:
    """A legal basis that somebody asked to use and somebody else approved; never changed."""

    id: str
    case_id: str
    person_id: str
    code: str
    label: str
    source: str
    destination: Destination
    recipient: str
    data_classes: tuple[DataClass, ...]
    reason: str
    asked_by: str
    asked_at: datetime
    closed_classes: tuple[ClosedClass, ...] = ()
    valid_to: date | None = None
    answered_by: str = ""
    answered_at: datetime | None = None
    approved: bool = False
    answer_note: str = ""

    @property
    def holds(self) -> bool:
        """Whether somebody other than who asked approved it."""
        return self.approved and bool(self.answered_by) and self.answered_by != self.asked_by


@dataclass(frozen=True)
class DisclosureQuestion:
    """May this about this person go there? With the evidence that there is for each basis.

    ``recipients`` are the kinds of people present where the destination is a body; ``town_kinds`` the
    only kinds that a consent may name in this town, if it has such a rule; ``within_town`` says that who
    hears it is proven to work for this municipality, without which own duty is no basis.
    """

    destination: Destination
    standing: CaseStanding
    basis: DisclosureBasis
    person_id: str
    day: date
    recipient: str = ""
    purpose: ConsentPurpose = ConsentPurpose.MULTI_AGENCY
    data_classes: tuple[DataClass, ...] = (DataClass.IDENTITY,)
    closed_classes: tuple[ClosedClass, ...] = ()
    recipients: tuple[AttendeeKind, ...] = ()
    town_kinds: tuple[AttendeeKind, ...] = ()
    within_town: bool = False
    consent: Consent | None = None
    circle: ConferenceCircle | None = None
    ground: LegalGround | None = None


@dataclass(frozen=True)
class DisclosureRuling:
    """The answer: allowed on a basis with its reference, or refused with a code and facts."""

    allowed: bool
    basis: DisclosureBasis
    reference: str = ""
    obstacle: DisclosureObstacle | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def rule(question: DisclosureQuestion) -> DisclosureRuling:
    """Allowed or refused: the table first, then the closed classes, then the evidence."""
    obstacle = table_obstacle(question.destination, question.standing, question.basis)
    facts: dict[str, str] = {}
    if obstacle is None:
        obstacle = _closed_obstacle(question)
    if obstacle is None:
        obstacle, facts = _EVIDENCE[question.basis](question)
    if obstacle is not None:
        return DisclosureRuling(False, question.basis, "", obstacle, facts)
    return DisclosureRuling(True, question.basis, _reference(question))


def first_allowed(question: DisclosureQuestion) -> DisclosureRuling:
    """The ruling on the first basis that allows it; else the refusal that tells most.

    The bases are asked in the order consent, 支援会議, another legal basis, own duty.
    """
    refusals = []
    for basis in (_B.CONSENT, _B.SUPPORT_CONFERENCE, _B.OTHER_LAW, _B.OWN_DUTY):
        ruling = rule(replace(question, basis=basis))
        if ruling.allowed:
            return ruling
        refusals.append(ruling)
    evidence = (question.consent, question.circle, question.ground)
    given = [one for one, proof in zip(refusals, evidence, strict=False) if proof is not None]
    return (given or refusals)[0]


def table_obstacle(
    destination: Destination, standing: CaseStanding, basis: DisclosureBasis
) -> DisclosureObstacle | None:
    """What the table alone says of a destination, a state of a case and a basis; None if allowed."""
    cell = TABLE[destination][basis]
    if isinstance(cell, DisclosureObstacle):
        return cell
    if cell != ALWAYS and standing is CaseStanding.ENDED:
        return _O.CASE_ENDED
    if cell == WHEN_DECIDED and standing is not CaseStanding.DECIDED:
        return _O.SUPPORT_NOT_DECIDED
    return None


_Finding = tuple[DisclosureObstacle | None, dict[str, str]]


def _closed_obstacle(question: DisclosureQuestion) -> DisclosureObstacle | None:
    for closed in question.closed_classes:
        bases, never = CLOSED[closed]
        if question.basis not in bases or question.destination in never:
            return _O(closed.value)
    return None


def _consent_evidence(question: DisclosureQuestion) -> _Finding:
    kind = CONSENT_KINDS.get(question.destination)
    needed = (*([kind] if kind else []), *question.recipients)
    owed = DataClass.FINANCE if ClosedClass.DELINQUENCY in question.closed_classes else None
    classes = (*question.data_classes, *([owed] if owed else []))
    found = lacks(question.consent, question.day, question.purpose, needed, classes)
    if found and found[0][0] is ConsentLack.MISSING:
        return _O.CONSENT_MISSING, {"state": found[0][1]}
    if question.consent is not None and question.consent.person_id != question.person_id:
        return _O.CONSENT_OF_ANOTHER, {}
    not_offered = _outside(needed, question.town_kinds or AttendeeKind)
    if not_offered and not (found and found[0][0] is ConsentLack.PURPOSE):
        return _O.CONSENT_RECIPIENT, {"missing": not_offered}
    if found:
        lack, missing = found[0]
        return _O(f"consent_{lack.value}"), {"missing": missing}
    return None, {}


def _conference_evidence(question: DisclosureQuestion) -> _Finding:
    circle = question.circle
    if circle is None or not circle.opened:
        return _O.CONFERENCE_NOT_OPEN, {}
    if question.person_id not in circle.person_ids:
        return _O.NOT_ON_AGENDA, {}
    if not circle.recipients_bound:
        return _O.NOT_A_MEMBER, {}
    return None, {}


def _law_evidence(question: DisclosureQuestion) -> _Finding:
    ground = question.ground
    if ground is None or not ground.holds:
        return _O.LAW_NOT_APPROVED, {}
    if ground.person_id != question.person_id:
        return _O.LAW_OF_ANOTHER, {}
    if ground.valid_to is not None and question.day > ground.valid_to:
        return _O.LAW_ENDED, {}
    if (ground.destination, ground.recipient) != (question.destination, question.recipient):
        return _O.LAW_RECIPIENT, {"missing": ground.recipient}
    missing = _outside(question.data_classes, ground.data_classes)
    closed = set(question.closed_classes) - set(ground.closed_classes)
    if missing or closed:
        return _O.LAW_DATA, {"missing": missing}
    return None, {}


def _duty_evidence(question: DisclosureQuestion) -> _Finding:
    return (None if question.within_town else _O.OWN_DUTY_ENDS), {}


def _no_evidence(_question: DisclosureQuestion) -> _Finding:
    return _O.NO_BASIS, {}


_EVIDENCE = {
    _B.CONSENT: _consent_evidence,
    _B.SUPPORT_CONFERENCE: _conference_evidence,
    _B.OTHER_LAW: _law_evidence,
    _B.OWN_DUTY: _duty_evidence,
    _B.NONE: _no_evidence,
}


def _outside(asked: Iterable[StrEnum], covered: Iterable[StrEnum]) -> str:
    """The first thing asked that is not covered, as its code; empty when all is."""
    inside = set(covered)
    return next((one.value for one in asked if one not in inside), "")


def _reference(question: DisclosureQuestion) -> str:
    if question.basis is _B.CONSENT and question.consent is not None:
        return question.consent.id
    if question.basis is _B.SUPPORT_CONFERENCE and question.circle is not None:
        return question.circle.session_id
    if question.basis is _B.OTHER_LAW and question.ground is not None:
        return question.ground.id
    return ""
