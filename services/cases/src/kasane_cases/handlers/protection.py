"""Protects an address, says who may read it, and keeps a case to its named team."""

from collections.abc import Collection
from typing import Any

from kasane_cases.commands import (
    AdmitReader,
    EndProtection,
    EndReader,
    OpenProtectedAddress,
    OpenRestrictedCase,
    ProtectAddress,
    RestrictCase,
)
from kasane_cases.domain.address_protection import (
    AddressProtection,
    EndOfProtection,
    ProtectedReader,
    last_day_of_term,
)
from kasane_cases.domain.case import AccessGrant, Case, GrantBasis, GrantSubject
from kasane_cases.domain.emergency import (
    EmergencyCause,
    check_often,
    check_reason,
    ends_at,
    review_due,
)
from kasane_cases.domain.errors import (
    CaseRestricted,
    NotProtected,
    ReasonMissing,
    RecordNotFound,
    RenewalTooEarly,
    UnknownChoice,
)
from kasane_cases.domain.household import Person
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.opening import give_to_actor
from kasane_cases.repository import Cases, Grants, Protections, Tasks, enter
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.auth import accounts
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork

PERSON = "person"


def protect_address(command: ProtectAddress, uow: UnitOfWork) -> str:
    """Hides the address for a term of one year; who records it and who is named may read it."""
    case, _ = open_for_change(command.case_id, uow)
    today = clock.today()
    person = case.member(command.person_id, today)
    _must_say_why(command.reason)
    protections = Protections(uow.connection)
    before = protections.running(person.id)
    if before is not None and today < before.renewable_from:
        raise RenewalTooEarly(day=before.renewable_from.isoformat())
    protections.add(
        AddressProtection(
            id=command.protection_id,
            person_id=person.id,
            case_id=case.id,
            from_on=command.from_on,
            until_on=last_day_of_term(command.from_on),
            authority=command.authority,
            certificate=command.certificate,
            phone_too=command.phone_too,
            recorded_by=uow.actor.account_id,
            recorded_at=clock.now(),
        )
    )
    readers = set(protections.open_to(uow.actor.account_id, [person.id], today))
    if not person.address_protected and person.id not in readers:
        _admit(uow, new_id(), person.id, uow.actor.account_id, command.reason)
    for account_id in command.readers:
        if account_id != uow.actor.account_id:
            _admit(uow, new_id(), person.id, account_id, command.reason)
    _change(uow, case, _with(person, address_protected=True, phone_protected=command.phone_too))
    for kind in (
        CaseTaskKind.RECORD_PROTECTION,
        CaseTaskKind.RENEW_PROTECTION,
        CaseTaskKind.ASK_PROTECTION,
        CaseTaskKind.ASK_PROTECTION_AGAIN,
    ):
        Tasks(uow.connection).finish(case.id, person.id, kind, today)
    uow.record("cases.protection.recorded", PERSON, person.id, basis=command.authority)
    uow.publish(
        events.AddressProtectionChanged(
            person.id, case.id, True, command.phone_too, kept_back=case.kept_back
        )
    )
    note(uow, case.id, TimelineKind.PROTECTION_RECORDED, person.id)
    uow.commit()
    return command.protection_id


def end_protection(command: EndProtection, uow: UnitOfWork) -> None:
    """Ends the measure: lifted shows the address again; after moving out it stays hidden.

    Raises PersonLeft for somebody who left this household and has another case that is open.
    """
    case, _ = open_for_change(command.case_id, uow)
    person = case.person(command.person_id)
    if Cases(uow.connection).where_they_live([person.id], clock.today()):
        case.member(person.id, clock.today())
    _must_say_why(command.reason)
    if not person.address_protected:
        raise NotProtected(person=person.name)
    if command.moved_out:
        moved_out(uow, case.id, person, command.reason)
    else:
        protections = Protections(uow.connection)
        if person.id not in protections.open_to(uow.actor.account_id, [person.id], clock.today()):
            raise NotProtected(person=person.name)
        protections.end(person.id, clock.today(), EndOfProtection.LIFTED.value)
        before = case.kept_back
        _change(uow, case, _with(person, address_protected=False, phone_protected=False))
        uow.record("cases.protection.ended", PERSON, person.id)
        uow.publish(
            events.AddressProtectionChanged(
                person.id,
                case.id,
                False,
                False,
                kept_back=case.kept_back,
                shown_again=tuple(one for one in before if one not in case.kept_back),
            )
        )
        note(uow, case.id, TimelineKind.PROTECTION_ENDED, person.id, note=command.reason)
    uow.commit()


def moved_out(uow: UnitOfWork, case_id: str, person: Person, reason: str) -> None:
    """The measure ended with the move and is asked for again; until then nothing is shown."""
    Protections(uow.connection).end(person.id, clock.today(), EndOfProtection.MOVED_OUT.value)
    Tasks(uow.connection).raise_once(
        CaseTask(
            new_id(),
            case_id,
            person.id,
            CaseTaskKind.ASK_PROTECTION_AGAIN,
            new_id(),
            clock.today(),
        )
    )
    uow.record("cases.protection.ended", PERSON, person.id)
    note(uow, case_id, TimelineKind.PROTECTION_ENDED, person.id, note=reason)


def say_kept_back(case: Case, before: Collection[str], uow: UnitOfWork) -> None:
    """Says anew what is protected when the address of more persons is kept back than ``before``."""
    kept_back = case.kept_back
    if set(kept_back) <= set(before):
        return
    for person in case.persons:
        if person.address_protected:
            uow.publish(
                events.AddressProtectionChanged(
                    person.id, case.id, True, person.phone_protected, kept_back=kept_back
                )
            )


def admit_reader(command: AdmitReader, uow: UnitOfWork) -> None:
    """Lets a colleague read a protected address; only who may read it can do so."""
    case, _ = open_for_change(command.case_id, uow)
    person = case.person(command.person_id)
    _must_say_why(command.reason)
    mine = Protections(uow.connection).open_to(uow.actor.account_id, [person.id], clock.today())
    if not person.address_protected or person.id not in mine:
        raise NotProtected(person=person.name)
    _admit(uow, command.reader_id, person.id, command.account_id, command.reason, command.valid_to)
    uow.record("cases.protection.admitted", PERSON, person.id, basis=command.reason)
    uow.commit()


def end_reader(command: EndReader, uow: UnitOfWork) -> None:
    """A colleague may no longer read a protected address."""
    case, _ = open_for_change(command.case_id, uow)
    persons = [person.id for person in case.persons]
    if not Protections(uow.connection).end_reader(persons, command.reader_id, clock.now()):
        raise RecordNotFound
    uow.record("cases.protection.reader_ended", OBJECT, case.id)
    uow.commit()


def open_protected_address(command: OpenProtectedAddress, uow: UnitOfWork) -> None:
    """Opens a protected address for an hour to who was not admitted: with a reason, seen by all."""
    case, _ = open_for_change(command.case_id, uow)
    today, now = clock.today(), clock.now()
    person = case.member(command.person_id, today)
    reason = check_reason(command.reason)
    if not person.address_protected:
        raise NotProtected(person=person.name)
    _take_turn(uow)
    Protections(uow.connection).admit(
        ProtectedReader(
            command.reader_id,
            person.id,
            uow.actor.account_id,
            reason,
            uow.actor.account_id,
            now,
            ends_at(now).astimezone(clock.JAPAN).date(),
            ended_at=ends_at(now),
            emergency=True,
        )
    )
    _tell(uow, case.id, person.id, command.reader_id, command.cause, reason)
    uow.record("cases.protection.opened", PERSON, person.id, basis=reason)
    uow.commit()


def restrict_case(command: RestrictCase, uow: UnitOfWork) -> None:
    """Leaves the case to its named team, or opens it to every coordinator again."""
    case, _ = open_for_change(command.case_id, uow)
    if command.restricted and not case.restricted:
        give_to_actor(case, uow)
    case.restricted = command.restricted
    Cases(uow.connection).save(case, command.version)
    uow.record("cases.case.restricted", OBJECT, case.id)
    uow.commit()


def open_restricted_case(command: OpenRestrictedCase, uow: UnitOfWork) -> None:
    """Opens a restricted case to read for an hour to a coordinator who was not named; the team is told."""
    reason = check_reason(command.reason)
    today, now = clock.today(), clock.now()
    try:
        enter(uow.connection, uow.actor, command.case_id, today)
    except CaseRestricted:
        _take_turn(uow)
        Grants(uow.connection).add(
            AccessGrant(
                id=command.grant_id,
                case_id=command.case_id,
                subject_kind=GrantSubject.ACCOUNT,
                subject=uow.actor.account_id,
                basis=GrantBasis.EMERGENCY,
                valid_from=today,
                valid_to=ends_at(now).astimezone(clock.JAPAN).date(),
                ended_at=ends_at(now),
            )
        )
    _tell(uow, command.case_id, "", command.grant_id, command.cause, reason)
    uow.record("cases.case.opened_for_a_day", OBJECT, command.case_id, basis=reason)
    uow.commit()


def _take_turn(uow: UnitOfWork) -> None:
    """Raises EmergencyTooOften; one look of an account is counted after the other."""
    account_id, today = uow.actor.account_id, clock.today()
    accounts.hold(uow.connection, account_id)
    taken = Grants(uow.connection).taken_in_emergency(account_id, today)
    check_often(taken + Protections(uow.connection).taken_in_emergency(account_id, today))


def _tell(
    uow: UnitOfWork,
    case_id: str,
    person_id: str,
    reference: str,
    cause: EmergencyCause,
    reason: str,
) -> None:
    note(uow, case_id, TimelineKind.EMERGENCY_ACCESS, person_id, note=reason, cause=cause.value)
    today = clock.today()
    review = CaseTask(new_id(), case_id, person_id, CaseTaskKind.REVIEW_EMERGENCY, reference, today)
    if Tasks(uow.connection).raise_once(review):
        uow.publish(
            events.EmergencyLookTaken(
                reference, case_id, uow.actor.account_id, cause.value, today, review_due(today)
            )
        )


def _admit(
    uow: UnitOfWork,
    reader_id: str,
    person_id: str,
    account_id: str,
    reason: str,
    valid_to: Any = None,
) -> None:
    account = accounts.find(uow.connection, account_id)
    if account is None or not account.active:
        raise UnknownChoice(choice=account_id)
    Protections(uow.connection).admit(
        ProtectedReader(
            reader_id,
            person_id,
            account_id,
            reason,
            uow.actor.account_id,
            clock.now(),
            valid_to,
        )
    )


def _change(uow: UnitOfWork, case: Case, person: Person) -> None:
    Cases(uow.connection).save_person(person)
    case.take_in(person)


def _with(person: Person, **changes: bool) -> Person:
    return Person(**{**vars(person), **changes})


def _must_say_why(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
