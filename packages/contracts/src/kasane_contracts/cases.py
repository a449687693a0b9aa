"""Declares what cases says: a case was opened, consents, needs, conferences, plans, requests, its end."""

from dataclasses import dataclass
from datetime import date

from kasane_contracts.registry import event, personal


@event("cases.case.opened", version=1, subject="case_id")
@dataclass(frozen=True)
class CaseOpened:
    """A coordinator opened a case for a household from a consultation."""

    case_id: str
    number: str
    consultation_id: str
    household_id: str
    opened_on: date
    members: int
    status: str


@event("cases.consent.recorded", version=1, subject="case_id")
@dataclass(frozen=True)
class ConsentRecorded:
    """The consent state of one person changed, on a day; the first releases did not say it."""

    case_id: str
    person_id: str
    state: str
    on: date | None = None


@event("cases.support_need.identified", version=1, subject="need_id")
@dataclass(frozen=True)
class SupportNeedIdentified:
    """A need of a person was written down; resources looks for what could meet it.

    ``household_ages`` are numbers and ``circumstances`` codes of ``NeedCircumstance``, both between commas;
    ``contact`` is a contact mode of the directory, ``times`` a code of ``NeedTimes``. All may be empty.
    """

    need_id: str
    case_id: str
    person_id: str
    category: str
    age: int | None = None
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    description: str = personal("")
    household_ages: str = personal("")
    circumstances: str = personal("")
    contact: str = ""
    times: str = ""


@event("cases.outreach.requested", version=1, subject="request_id")
@dataclass(frozen=True)
class OutreachRequested:
    """Somebody should visit a person of a case. ``role`` or ``agency`` says who, as the town arranges it.

    ``address`` is empty where it is protected; ``visit_address`` is then where to go, for the eyes of the
    workers of that very visit and nobody else.
    """

    request_id: str
    case_id: str
    person_id: str
    purpose: str
    by_when: date | None = None
    minutes: int = 45
    two_person: bool = False
    area: str = ""
    agency: str = ""
    category: str = ""
    address_protected: bool = False
    name: str = personal("")
    address: str = personal("")
    reason: str = personal("")
    kana: str = personal("")
    phone: str = personal("")
    visit_address: str = personal("")


@event("cases.conference.planned", version=1, subject="session_id")
@dataclass(frozen=True)
class ConferencePlanned:
    """A session of a body has a date."""

    session_id: str
    body: str
    legal_kind: str
    held_on: date


@event("cases.conference.held", version=1, subject="session_id")
@dataclass(frozen=True)
class ConferenceHeld:
    """A session took place; ``items`` counts agenda items, which is not the number of sessions.

    ``case_ids`` are the cases that were spoken of by name, each once; nobody is told more of them here.
    """

    session_id: str
    body: str
    legal_kind: str
    held_on: date
    items: int
    case_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class GapCount:
    """How many cases of a town wait for one reason; the kind is a code of cases."""

    kind: str
    number: int


@event("cases.gaps.counted", version=1, subject="municipality")
@dataclass(frozen=True)
class GapsCounted:
    """How many cases of a town may be lost from sight, by reason; no case and no person is in it."""

    municipality: str
    counted_on: date
    counts: tuple[GapCount, ...]


@event("cases.decision.made", version=1, subject="decision_id")
@dataclass(frozen=True)
class DecisionMade:
    """A session decided that somebody does something; ``targets`` are who finds it among their tasks.

    What was decided is not in it: it is read where the session is, by who may.
    """

    decision_id: str
    session_id: str
    case_id: str
    targets: tuple[str, ...]
    due_on: date | None = None


@event("cases.decision.done", version=1, subject="decision_id")
@dataclass(frozen=True)
class DecisionDone:
    """What a session decided was carried out."""

    decision_id: str
    session_id: str
    case_id: str


@event("cases.support_plan.agreed", version=1, subject="plan_id")
@dataclass(frozen=True)
class SupportPlanAgreed:
    """A plan was decided at a session and the person agreed; ``persons`` are those who agreed by now."""

    plan_id: str
    case_id: str
    kind: str
    session_id: str
    decided_on: date
    review_on: date
    persons: tuple[str, ...] = ()


@event("cases.support_plan.monitored", version=1, subject="plan_id")
@dataclass(frozen=True)
class SupportPlanMonitored:
    """Somebody looked at how a plan goes; ``review_on`` is the next day to look."""

    plan_id: str
    case_id: str
    on: date
    review_on: date


@event("cases.support_plan.ended", version=1, subject="plan_id")
@dataclass(frozen=True)
class SupportPlanEnded:
    """An evaluated plan is over; ``status`` says whether it ended, was renewed or interrupted."""

    plan_id: str
    case_id: str
    status: str
    on: date


@event("cases.referral.requested", version=1, subject="referral_id")
@dataclass(frozen=True)
class ReferralRequested:
    """A worker asks a human service to take a person on, with the person's consent."""

    referral_id: str
    case_id: str
    need_id: str
    person_id: str
    human_service_id: str
    name: str = personal("")
    message: str = personal("")


@event("cases.case.status_changed", version=1, subject="case_id")
@dataclass(frozen=True)
class CaseStatusChanged:
    """The state of a case changed."""

    case_id: str
    status: str
    review_on: date | None = None


@event("cases.case.closed", version=1, subject="case_id")
@dataclass(frozen=True)
class CaseClosed:
    """The multi-agency work on a case ended with an evaluation; support need not end with it."""

    case_id: str
    consultation_id: str
    outcome: str
    closed_on: date | None = None


@event("cases.address_protection.changed", version=1, subject="person_id")
@dataclass(frozen=True)
class AddressProtectionChanged:
    """A person's address is to be hidden everywhere, or may be shown again; it is not in here itself.

    ``kept_back`` are all persons of the case whose home is not to be shown now: their own address is protected, or
    that of somebody who lives with them is. ``shown_again`` are those of whom that is no longer so.
    """

    person_id: str
    case_id: str
    protected: bool
    phone_too: bool = False
    kept_back: tuple[str, ...] = ()
    shown_again: tuple[str, ...] = ()


@event("cases.persons.moved_case", version=1, subject="to_case_id")
@dataclass(frozen=True)
class PersonsMovedCase:
    """A household divided or came together: what is open of these persons belongs to another case now."""

    from_case_id: str
    to_case_id: str
    to_case_number: str
    person_ids: tuple[str, ...]


@event("cases.participation.proposed", version=1, subject="participation_id")
@dataclass(frozen=True)
class ParticipationProposed:
    """Participation support (参加支援) is proposed for a person; the name stays in the case.

    ``plan_id`` is the plan of participation support that the person agreed to before; empty when there is none.
    """

    participation_id: str
    case_id: str
    case_number: str
    person_id: str
    category: str = ""
    area: str = ""
    age_band: str = ""
    consent: str = ""
    address_protected: bool = False
    wish: str = personal("")
    plan_id: str = ""


@event("cases.participation.judged", version=1, subject="participation_id")
@dataclass(frozen=True)
class ParticipationJudged:
    """A held session judged whether participation support is needed; ``body`` is the town's code."""

    participation_id: str
    case_id: str
    session_id: str
    body: str
    legal_kind: str
    judged_on: date
    needed: bool


@event("cases.participation.host_told", version=1, subject="participation_id")
@dataclass(frozen=True)
class ParticipationHostTold:
    """The host learnt who the person is; who was told what on which basis is in the case's ledger."""

    participation_id: str
    case_id: str
    disclosure_id: str
    host: str
    told_on: date


@event("cases.community_issue.raised", version=1, subject="issue_id")
@dataclass(frozen=True)
class CommunityIssueRaised:
    """Several households have the same trouble: a theme and how many, nothing of any of them.

    ``households`` is None where the number is too small to be said; ``areas`` are names of places,
    none for the whole town.
    """

    issue_id: str
    theme: str
    level: str
    raised_on: date
    areas: tuple[str, ...] = ()
    households: int | None = None


@event("cases.records.ended", version=1, subject="shredding_id")
@dataclass(frozen=True)
class RecordsEnded:
    """The time for which records are kept is over: whoever has something personal of these ids destroys it.

    ``kind`` is case or consultation, ``record_id`` the one that two people decided about, ``records`` it and everything
    that belongs to it alone. Of kind arrival, ``record_id`` names what intake ended together by the town's term.
    """

    shredding_id: str
    kind: str
    record_id: str
    ended_on: date
    records: tuple[str, ...] = ()


@event("cases.emergency_look.taken", version=1, subject="look_id")
@dataclass(frozen=True)
class EmergencyLookTaken:
    """Somebody opened a closed case or a hidden address in an emergency; why stands in the case alone.

    ``taken_by`` is an account, ``cause`` a code of ``EmergencyCause``, ``review_by`` the last day for the review.
    """

    look_id: str
    case_id: str
    taken_by: str
    cause: str
    taken_on: date
    review_by: date


@event("cases.emergency_look.reviewed", version=1, subject="look_id")
@dataclass(frozen=True)
class EmergencyLookReviewed:
    """Somebody else than the opener has looked at why it was opened."""

    look_id: str
    case_id: str
    reviewed_on: date
