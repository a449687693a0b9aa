"""Shows or sends information about one person to others: every way out of cases leads through here."""

from dataclasses import dataclass
from typing import Any

from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import ConferenceSession, LegalKind
from kasane_cases.domain.consent import AttendeeKind, ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import (
    CaseStanding,
    ClosedClass,
    ConferenceCircle,
    Destination,
    DisclosureBasis,
    DisclosureQuestion,
    DisclosureRuling,
    LegalGround,
    first_allowed,
    rule,
)
from kasane_cases.domain.errors import DisclosureRefused
from kasane_cases.domain.ledger import Disclosure, DisclosureAct
from kasane_cases.repository import Consents, Ledger, LegalGrounds, Sessions, best_ground
from kasane_contracts.glossary import glossary
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork

_NAMED_BY = {
    "consent_missing": "consent_state",
    "consent_purpose": "consent_purpose",
    "consent_recipient": "attendee_kind",
    "consent_data": "data_class",
    "law_data": "data_class",
}


@dataclass(frozen=True)
class Recipient:
    """To whom it goes: the kind, a name in words, and the code of the office, account or service."""

    destination: Destination
    label: str
    code: str = ""

    @classmethod
    def of_kind(cls, kind: AttendeeKind, label: str, code: str = "") -> "Recipient":
        """Somebody outside a meeting, or one attendee of it."""
        return cls(Destination(kind.value), label, code)


@dataclass(frozen=True)
class Disclosing:
    """What is about to be shown or sent: about whom, to whom, what for, which classes, by which act.

    Without ``basis`` the first one that allows it is taken: consent, 支援会議, another legal basis,
    own duty. ``session`` is the session in which it happens; without it, an agency outside counts as
    bound by the 支援会議 that it was a present and bound member of. ``present`` are the kinds of people
    who hear it where the recipient is a body. ``within_town`` says that the caller looked up that the
    recipient works for this municipality: it is never taken from what somebody typed.
    """

    case: Case
    person_id: str
    recipient: Recipient
    purpose: ConsentPurpose
    data_classes: tuple[DataClass, ...]
    act: DisclosureAct
    reference: str = ""
    disclosure_id: str = ""
    basis: DisclosureBasis | None = None
    closed_classes: tuple[ClosedClass, ...] = ()
    session: ConferenceSession | None = None
    present: tuple[AttendeeKind, ...] = ()
    within_town: bool = False
    ground_id: str = ""
    reason: str = ""


def disclose(uow: UnitOfWork, hooks: Any, disclosing: Disclosing) -> Disclosure:
    """Writes the line of the ledger in the caller's transaction; raises DisclosureRefused.

    The caller shows or sends in the same transaction, so that neither is without the other.
    """
    ground = _ground(uow, disclosing)
    ruling = _ruling(uow, hooks, disclosing, ground)
    if not ruling.allowed:
        raise refused(disclosing, ruling)
    by_law = ground if ruling.basis is DisclosureBasis.OTHER_LAW else None
    disclosure = Disclosure(
        id=disclosing.disclosure_id or new_id(),
        case_id=disclosing.case.id,
        person_id=disclosing.person_id,
        destination=disclosing.recipient.destination,
        recipient=disclosing.recipient.label,
        recipient_code=disclosing.recipient.code,
        act=disclosing.act,
        reference=disclosing.reference,
        purpose=disclosing.purpose,
        data_classes=disclosing.data_classes,
        closed_classes=disclosing.closed_classes,
        basis=ruling.basis,
        basis_reference=ruling.reference,
        reason=by_law.reason if by_law else disclosing.reason,
        approver=by_law.answered_by if by_law else "",
        disclosed_at=clock.now(),
        disclosed_by=uow.actor.account_id,
        disclosed_by_name=uow.actor.display_name,
    )
    Ledger(uow.connection).add(disclosure)
    uow.record(
        "cases.disclosure.made",
        "person",
        disclosing.person_id,
        basis=f"{ruling.basis.value}:{ruling.reference}".rstrip(":"),
    )
    return disclosure


def would_disclose(uow: UnitOfWork, hooks: Any, disclosing: Disclosing) -> DisclosureRuling:
    """The ruling without showing, sending or writing anything."""
    return _ruling(uow, hooks, disclosing, _ground(uow, disclosing))


def refused(disclosing: Disclosing, ruling: DisclosureRuling) -> DisclosureRefused:
    """The refusal with the words of its sentence."""
    assert ruling.obstacle is not None
    facts = dict(ruling.facts)
    family = _NAMED_BY.get(ruling.obstacle.value, "")
    code = facts.pop("state", "") or facts.pop("missing", "")
    kind = f"destination.{disclosing.recipient.destination.value}"
    known = glossary().get(f"{family}.{code}")
    return DisclosureRefused(
        ruling.obstacle.value,
        person=disclosing.case.person(disclosing.person_id).name,
        recipient=disclosing.recipient.label or glossary()[kind].ja,
        missing=known.ja if known else code,
    )


def standing_of(case: Case) -> CaseStanding:
    """What the table asks of a case."""
    if not case.open:
        return CaseStanding.ENDED
    return CaseStanding.DECIDED if case.support_decided else CaseStanding.UNDECIDED


def circle_of(session: ConferenceSession | None, recipient: Recipient) -> ConferenceCircle | None:
    """What a session proves about who hears it; None where it is no 支援会議."""
    if session is None:
        return None
    spoken_of = [
        item
        for item in session.agenda
        if item.identified and session.kind_of(item) is LegalKind.SUPPORT_CONFERENCE
    ]
    if session.legal_kind is not LegalKind.SUPPORT_CONFERENCE and not spoken_of:
        return None
    everybody = recipient.destination is Destination.SUPPORT_CONFERENCE
    names = {recipient.code, recipient.label} - {""}
    hearing = [
        one
        for one in session.attendees
        if one.present and (everybody or names & {one.id, one.account_id, one.affiliation})
    ]
    return ConferenceCircle(
        session_id=session.id,
        opened=not session.preparing,
        person_ids=frozenset(item.person_id for item in spoken_of),
        recipients_bound=bool(hearing) and all(one.bound for one in hearing),
    )


def _ground(uow: UnitOfWork, disclosing: Disclosing) -> LegalGround | None:
    grounds = LegalGrounds(uow.connection)
    if disclosing.ground_id:
        return grounds.get(disclosing.case.id, disclosing.ground_id)
    to = disclosing.recipient
    of_case = grounds.of_case(disclosing.case.id)
    return best_ground(of_case, disclosing.person_id, to.destination, to.label)


def _ruling(
    uow: UnitOfWork, hooks: Any, disclosing: Disclosing, ground: LegalGround | None
) -> DisclosureRuling:
    case, to = disclosing.case, disclosing.recipient
    session = disclosing.session
    if session is None and to.destination is not Destination.SUPPORT_CONFERENCE:
        sessions = Sessions(uow.connection)
        found = sessions.support_conference_with(case.id, disclosing.person_id, (to.code, to.label))
        session = sessions.get(found) if found else None
    policy = hooks.consent_policy(purpose=disclosing.purpose.value)
    question = DisclosureQuestion(
        destination=to.destination,
        standing=standing_of(case),
        basis=disclosing.basis or DisclosureBasis.NONE,
        person_id=disclosing.person_id,
        day=clock.today(),
        recipient=to.label,
        purpose=disclosing.purpose,
        data_classes=disclosing.data_classes,
        closed_classes=disclosing.closed_classes,
        recipients=disclosing.present,
        within_town=disclosing.within_town,
        town_kinds=tuple(AttendeeKind(kind.value) for kind in policy.recipients),
        consent=Consents(uow.connection).standing_of(case.id, disclosing.person_id),
        circle=circle_of(session, to),
        ground=ground,
    )
    return rule(question) if disclosing.basis else first_allowed(question)
