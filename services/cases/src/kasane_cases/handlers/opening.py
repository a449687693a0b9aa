"""Opens a case from a consultation, decides on support, and says who works on it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from kasane_cases.commands import AssignTeam, DecideSupport, EndTeam, NameLead, OpenCase, TeamMember
from kasane_cases.domain.address_protection import ProtectedReader
from kasane_cases.domain.case import (
    AccessGrant,
    Case,
    GrantBasis,
    GrantSubject,
)
from kasane_cases.domain.consent import (
    HEARD_AT_INTAKE,
    INTAKE_SCOPE,
    AttendeeKind,
    Consent,
    ConsentPurpose,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.consultation_summary import ConsultationSummary
from kasane_cases.domain.disclosure import DisclosureBasis
from kasane_cases.domain.errors import (
    AlreadyOpened,
    DatesBackward,
    NobodyConsents,
    RecordNotFound,
    RecordShredded,
    UnknownChoice,
)
from kasane_cases.domain.household import Household, Membership, Person
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.disclosures import (
    Disclosing,
    Recipient,
    disclose,
    refused,
    would_disclose,
)
from kasane_cases.handlers.views import known_choice, office_kind
from kasane_cases.repository import (
    Cases,
    Consents,
    Grants,
    Protections,
    Shreddings,
    Summaries,
    Tasks,
    is_gone,
)
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.auth import accounts
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import RoleFunction

SEEN_BY_TEAM = (DataClass.IDENTITY, DataClass.RECORD)


def open_case(command: OpenCase, uow: UnitOfWork, hooks: Any) -> str:
    """Opens a case with its household; consent stands only where the coordinator confirmed it."""
    summary = _summary(command, uow)
    today = clock.today()
    case = Case(
        id=command.case_id,
        number=Cases(uow.connection).next_number(today),
        consultation_id=command.consultation_id,
        household=Household(
            new_id(),
            tuple(
                Membership(person_id, relation, today, None, householder)
                for person_id, relation, householder in _relations(command, summary)
            ),
        ),
        persons=_persons(command, summary),
        opened_on=today,
        opened_by=uow.actor.account_id,
        area=summary.area if summary else "",
        urgent=summary.urgent if summary else False,
        categories=summary.categories if summary else (),
        story=summary.story if summary else "",
    )
    if command.support_decided:
        case.decide_support(today, command.support_reason)
    Cases(uow.connection).add(case)
    uow.record("cases.case.opened", OBJECT, case.id)
    uow.publish(
        events.CaseOpened(
            case_id=case.id,
            number=case.number,
            consultation_id=case.consultation_id,
            household_id=case.household.id,
            opened_on=today,
            members=len(case.persons),
            status=case.status.value,
        )
    )
    note(uow, case.id, TimelineKind.CASE_OPENED, object_id=case.consultation_id)
    _take_over_consents(command, summary, uow, hooks)
    for person in case.persons:
        if person.address_protected:
            _protect_from_the_start(case, person, uow)
    for member in command.team:
        give(case, new_id(), member, None, uow, hooks)
    if summary is not None:
        summary.case_id = case.id
        Summaries(uow.connection).save(summary)
    uow.commit()
    return case.id


def decide_support(command: DecideSupport, uow: UnitOfWork) -> None:
    """Writes down that the town decided to support the household, as I-06 asks."""
    case, _ = open_for_change(command.case_id, uow)
    case.decide_support(clock.today(), command.reason)
    Cases(uow.connection).save(case)
    uow.record("cases.case.support_decided", OBJECT, case.id)
    note(uow, case.id, TimelineKind.SUPPORT_DECIDED)
    uow.commit()


def assign_team(command: AssignTeam, uow: UnitOfWork, hooks: Any) -> None:
    """Gives an account, an office or a role a right to the case; the last day given now is the one that holds.

    Raises DatesBackward for a last day that is over.
    """
    case, _ = open_for_change(command.case_id, uow)
    if command.valid_to is not None and command.valid_to < clock.today():
        raise DatesBackward
    label = give(case, command.grant_id, command.member, command.valid_to, uow, hooks)
    uow.record("cases.case.assigned", OBJECT, case.id, basis=GrantBasis.TEAM.value)
    note(uow, case.id, TimelineKind.TEAM_CHANGED, object_id=command.grant_id, member=label)
    uow.commit()


def name_lead(command: NameLead, uow: UnitOfWork, hooks: Any) -> None:
    """Names who is in charge (主担当); they get the right that comes with the team."""
    case, _ = open_for_change(command.case_id, uow)
    label = give(case, new_id(), command.member, None, uow, hooks)
    case.lead = f"{command.member.kind.value}:{command.member.subject}"
    Cases(uow.connection).save(case, command.version)
    Tasks(uow.connection).finish_all(case.id, CaseTaskKind.HAND_OVER, clock.today())
    uow.record("cases.case.assigned", OBJECT, case.id, basis=GrantBasis.TEAM.value)
    note(uow, case.id, TimelineKind.LEAD_NAMED, member=label)
    uow.commit()


def end_team(command: EndTeam, uow: UnitOfWork) -> None:
    """Ends a right that followed from the team, at once."""
    case, _ = open_for_change(command.case_id, uow)
    if not Grants(uow.connection).end(case.id, command.grant_id, clock.now()):
        raise RecordNotFound
    uow.record("cases.case.team_ended", OBJECT, case.id)
    uow.commit()


def _summary(command: OpenCase, uow: UnitOfWork) -> ConsultationSummary | None:
    if not command.consultation_id:
        return None
    summary = Summaries(uow.connection).find(command.consultation_id)
    if summary is None:
        raise RecordNotFound
    if summary.case_id:
        raise AlreadyOpened
    if is_gone(uow.connection, summary.id):
        raise RecordShredded
    Shreddings(uow.connection).mark_changed(summary.id)
    return summary


def _relations(
    command: OpenCase, summary: ConsultationSummary | None
) -> tuple[tuple[str, str, bool], ...]:
    if summary is not None:
        return tuple((person.id, person.relation, False) for person in summary.persons)
    return tuple((one.person_id, one.relation, one.householder) for one in command.persons)


def _persons(command: OpenCase, summary: ConsultationSummary | None) -> tuple[Person, ...]:
    protected = set(command.address_protected)
    heard = (
        [(p.id, p) for p in summary.persons]
        if summary is not None
        else [(p.person_id, p) for p in command.persons]
    )
    return tuple(
        Person(
            person_id,
            p.name,
            p.kana,
            p.birth_date,
            p.address,
            p.phone,
            person_id in protected,
            getattr(p, "sex", ""),
            phone_protected=person_id in protected,
        )
        for person_id, p in heard
    )


def _protect_from_the_start(case: Case, person: Person, uow: UnitOfWork) -> None:
    """Hides the address at once; the measure itself is still to be written down."""
    admit_actor(uow, person.id)
    Tasks(uow.connection).raise_once(
        CaseTask(
            new_id(),
            case.id,
            person.id,
            CaseTaskKind.RECORD_PROTECTION,
            person.id,
            clock.today(),
        )
    )
    uow.publish(
        events.AddressProtectionChanged(person.id, case.id, True, True, kept_back=case.kept_back)
    )


def _take_over_consents(
    command: OpenCase, summary: ConsultationSummary | None, uow: UnitOfWork, hooks: Any
) -> None:
    heard = {person.id for person in summary.persons if person.given_consent} if summary else set()
    policy = hooks.consent_policy(purpose=ConsentPurpose.MULTI_AGENCY.value)
    for person_id in dict.fromkeys(command.consent_confirmed):
        if person_id not in heard or summary is None:
            raise UnknownChoice(choice=person_id)
        consent = Consent(
            id=new_id(),
            case_id=command.case_id,
            person_id=person_id,
            number=1,
            state=ConsentState.GIVEN,
            recorded_at=clock.now(),
            recorded_by=uow.actor.account_id,
            scope=INTAKE_SCOPE,
            method=HEARD_AT_INTAKE,
            valid_from=summary.received_on,
            expires_on=summary.received_on + timedelta(days=policy.valid_for_days),
        )
        Consents(uow.connection).add(consent)
        uow.record("cases.consent.recorded", "person", person_id, basis=HEARD_AT_INTAKE)
        uow.publish(
            events.ConsentRecorded(command.case_id, person_id, consent.state.value, clock.today())
        )
        note(
            uow,
            command.case_id,
            TimelineKind.CONSENT_RECORDED,
            person_id,
            consent.id,
            state=consent.state.value,
        )


def admit_actor(uow: UnitOfWork, person_id: str) -> None:
    """Who takes a protected person on reads the address until others are named."""
    account_id = uow.actor.account_id
    Protections(uow.connection).admit(
        ProtectedReader(new_id(), person_id, account_id, "", account_id, clock.now())
    )


def give_to_actor(case: Case, uow: UnitOfWork) -> None:
    """Gives the right to the whole case to who acts, so that nobody shuts themselves out."""
    Grants(uow.connection).add(
        AccessGrant(
            id=new_id(),
            case_id=case.id,
            subject_kind=GrantSubject.ACCOUNT,
            subject=uow.actor.account_id,
            basis=GrantBasis.TEAM,
            valid_from=clock.today(),
        )
    )


def give(
    case: Case,
    grant_id: str,
    member: TeamMember,
    valid_to: date | None,
    uow: UnitOfWork,
    hooks: Any,
) -> str:
    """Gives a right to the whole case to the municipality's own people; returns their name.

    People of an agency outside get one for each member whose consent covers them, as long as it
    does; without any such member it is refused (I-01). Who left the household stays out of it.
    """
    label, kind = _member(member, uow, hooks)
    whole = AccessGrant(
        id=grant_id,
        case_id=case.id,
        subject_kind=member.kind,
        subject=member.subject,
        basis=GrantBasis.TEAM,
        valid_from=clock.today(),
        valid_to=valid_to,
    )
    grants = [whole]
    if kind is not AttendeeKind.MUNICIPAL_STAFF:
        to = Recipient.of_kind(kind, label, member.subject)
        grants = _by_consent(whole, case, to, uow, hooks)
    for grant in grants:
        Grants(uow.connection).add(grant)
    return label


def _by_consent(
    whole: AccessGrant, case: Case, to: Recipient, uow: UnitOfWork, hooks: Any
) -> list[AccessGrant]:
    disclosings = [
        Disclosing(
            case=case,
            person_id=person.id,
            recipient=to,
            purpose=ConsentPurpose.MULTI_AGENCY,
            data_classes=SEEN_BY_TEAM,
            act=DisclosureAct.TEAM,
            reference=whole.id,
            basis=DisclosureBasis.CONSENT,
        )
        for person in case.persons
        if case.household.left_on(person.id, clock.today()) is None
    ]
    if not disclosings:
        raise NobodyConsents
    rulings = [would_disclose(uow, hooks, one) for one in disclosings]
    covered = [d for d, ruling in zip(disclosings, rulings, strict=True) if ruling.allowed]
    if not covered:
        raise refused(disclosings[0], rulings[0])
    standing = Consents(uow.connection).standing(case.id)
    found = []
    for position, disclosing in enumerate(covered):
        consent = standing[disclosing.person_id]
        disclose(uow, hooks, disclosing)
        found.append(
            replace(
                whole,
                id=whole.id if position == 0 else new_id(),
                basis=GrantBasis.CONSENT,
                basis_reference=consent.id,
                person_id=consent.person_id,
                valid_to=min(filter(None, (whole.valid_to, consent.expires_on)), default=None),
            )
        )
    return found


def _member(member: TeamMember, uow: UnitOfWork, hooks: Any) -> tuple[str, AttendeeKind]:
    """What the member is called, and how they are bound."""
    today = clock.today()
    if member.kind is GrantSubject.ACCOUNT:
        account = accounts.find(uow.connection, member.subject)
        if account is None or not account.active:
            raise UnknownChoice(choice=member.subject)
        return account.display_name, office_kind(account.office, today, hooks)
    if member.kind is GrantSubject.OFFICE:
        offices = {one.code: one.label for one in hooks.organization(on=today)}
        return known_choice(member.subject, offices), office_kind(member.subject, today, hooks)
    roles = {one.code: one for one in hooks.roles(on=today)}
    label = known_choice(member.subject, {code: role.label for code, role in roles.items()})
    partner = roles[member.subject].function is RoleFunction.PARTNER
    return label, AttendeeKind.PARTNER_AGENCY if partner else AttendeeKind.MUNICIPAL_STAFF
