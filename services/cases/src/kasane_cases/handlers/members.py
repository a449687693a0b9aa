"""People of a household: who comes, who goes, what is known of them, who cares for whom."""

from dataclasses import replace
from datetime import date

from kasane_cases.commands import (
    AddMember,
    ChangePerson,
    EndCare,
    EndMembership,
    PersonDetails,
    RecordCare,
)
from kasane_cases.domain.case import Case
from kasane_cases.domain.errors import (
    AlreadyMember,
    CasesRefusal,
    DayNotPossible,
    LastMember,
    RecordNotFound,
    SamePersonTwice,
)
from kasane_cases.domain.household import (
    CareTie,
    HouseholdStep,
    HouseholdStepKind,
    Person,
    PersonThen,
)
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.protection import moved_out, say_kept_back
from kasane_cases.repository import CareTies, Cases, Grants, HouseholdSteps, Protections, enter
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def add_member(command: AddMember, uow: UnitOfWork) -> str:
    """Somebody belongs to the household from a day on; one who is on file stays one person."""
    case, _ = open_for_change(command.case_id, uow)
    must_be_possible(case, (), command.from_on)
    cases, kept_back = Cases(uow.connection), case.kept_back
    if command.known_person_id:
        person = _on_file(command.known_person_id, uow)
    else:
        person = changed(Person(command.person_id), command.details)
        cases.add_person(person)
    if case.household.running(person.id, command.from_on) is not None:
        raise AlreadyMember(person=person.name)
    case.household = case.household.coming(
        person.id, command.relation, command.from_on, householder=command.householder
    )
    cases.save_household(case.household)
    cases.save(case)
    case.take_in(person)
    say_kept_back(case, kept_back, uow)
    keep_step(
        uow,
        command.step_id,
        HouseholdStepKind.JOINED,
        command.from_on,
        case.id,
        "",
        (PersonThen(person.id, person.name, person.kana, command.relation),),
        command.reason,
    )
    uow.record("cases.household.changed", OBJECT, case.id)
    note(uow, case.id, TimelineKind.MEMBER_ADDED, person.id, on=command.from_on.isoformat())
    uow.commit()
    return person.id


def end_membership(command: EndMembership, uow: UnitOfWork) -> None:
    """Somebody no longer belongs to the household; what was written about them stays."""
    case, _ = open_for_change(command.case_id, uow)
    take_out(uow, command.step_id, case, command.person_id, command.from_on, command.reason)
    uow.commit()


def take_out(
    uow: UnitOfWork,
    step_id: str,
    case: Case,
    person_id: str,
    from_on: date,
    reason: str,
    undoes: str = "",
) -> None:
    """Ends one membership with its step; raises LastMember instead of emptying a household."""
    today = clock.today()
    person = case.member(person_id, today)
    must_be_possible(case, (person_id,), from_on)
    if set(case.household.members_on(today)) <= {person_id}:
        raise LastMember(person=person.name)
    then = as_then(case, (person_id,))
    case.household = case.household.leaving((person_id,), from_on)
    Cases(uow.connection).save_household(case.household)
    Cases(uow.connection).save(case)
    Grants(uow.connection).end_for_persons(case.id, (person_id,), clock.now())
    keep_step(
        uow, step_id, HouseholdStepKind.LEFT, from_on, case.id, "", then, reason, undoes=undoes
    )
    uow.record("cases.household.changed", OBJECT, case.id)
    note(uow, case.id, TimelineKind.MEMBER_LEFT, person_id, on=from_on.isoformat(), note=reason)


def change_person(command: ChangePerson, uow: UnitOfWork) -> None:
    """Corrects what is known of a person; a protected person's new address ends the protection."""
    case, _ = open_for_change(command.case_id, uow)
    today = clock.today()
    before = case.member(command.person_id, today)
    details = command.details
    if before.address_protected and before.id not in Protections(uow.connection).open_to(
        uow.actor.account_id, [before.id], today
    ):
        details = replace(details, address=None, phone=None, email=None, contact_note=None)
    after = changed(before, details)
    cases, kept_back = Cases(uow.connection), case.kept_back
    cases.save_person(after)
    case.take_in(after)
    say_kept_back(case, kept_back, uow)
    running = case.household.running(before.id, today)
    case.household = replace(
        case.household,
        memberships=tuple(
            replace(m, relation=command.relation, householder=command.householder)
            if m == running
            else m
            for m in case.household.memberships
        ),
    )
    cases.save_household(case.household)
    cases.save(case, command.version)
    uow.record("cases.person.changed", "person", before.id)
    note(uow, case.id, TimelineKind.PERSON_CHANGED, before.id)
    if before.address_protected and before.address and after.address != before.address:
        moved_out(uow, case.id, after, "")
    uow.commit()


def record_care(command: RecordCare, uow: UnitOfWork) -> str:
    """Writes down that one member cares for another, so that the carer is seen as well."""
    case, _ = open_for_change(command.case_id, uow)
    today = clock.today()
    if command.carer_id == command.cared_for_id:
        raise SamePersonTwice
    carer, cared_for = case.member(command.carer_id, today), case.person(command.cared_for_id)
    must_be_possible(case, (), command.from_on)
    CareTies(uow.connection).add(
        CareTie(command.tie_id, case.id, carer.id, cared_for.id, command.note, command.from_on)
    )
    uow.record("cases.household.changed", OBJECT, case.id)
    note(uow, case.id, TimelineKind.CARE_RECORDED, carer.id, command.tie_id)
    uow.commit()
    return command.tie_id


def end_care(command: EndCare, uow: UnitOfWork) -> None:
    """Writes down that the care ended."""
    case, _ = open_for_change(command.case_id, uow)
    if not CareTies(uow.connection).end(case.id, command.tie_id, clock.today()):
        raise RecordNotFound
    uow.record("cases.household.changed", OBJECT, case.id)
    note(uow, case.id, TimelineKind.CARE_ENDED, object_id=command.tie_id)
    uow.commit()


def changed(person: Person, details: PersonDetails) -> Person:
    """The person with the new details; what is None stays."""
    given = {name: value for name, value in vars(details).items() if value is not None}
    return replace(person, **{**given, "birth_date": details.birth_date})


def must_be_possible(case: Case, person_ids: tuple[str, ...], from_on: date) -> None:
    """Raises DayNotPossible for a day that is still to come, or before one of the persons came."""
    day = clock.today()
    begins = [
        membership.valid_from
        for person_id in person_ids
        if (membership := case.household.running(person_id, day)) is not None
    ]
    if from_on > day or any(from_on < begin for begin in begins):
        raise DayNotPossible(day=from_on.isoformat())


def as_then(case: Case, person_ids: tuple[str, ...]) -> tuple[PersonThen, ...]:
    """The persons as they are called in this household today."""
    found = []
    for person_id in person_ids:
        person = case.person(person_id)
        found.append(PersonThen(person.id, person.name, person.kana, case.relation(person_id)))
    return tuple(found)


def keep_step(
    uow: UnitOfWork,
    step_id: str,
    kind: HouseholdStepKind,
    from_on: date,
    case_id: str,
    other_case_id: str,
    persons: tuple[PersonThen, ...],
    reason: str,
    undoes: str = "",
    in_both: tuple[str, ...] = (),
) -> None:
    """Adds a step to the history of the household."""
    HouseholdSteps(uow.connection).add(
        HouseholdStep(
            step_id,
            kind,
            from_on,
            case_id,
            other_case_id,
            persons,
            reason,
            clock.now(),
            uow.actor.account_id,
            undoes,
            in_both=in_both,
        )
    )


def _on_file(person_id: str, uow: UnitOfWork) -> Person:
    """A person of a case that the actor may see; raises RecordNotFound for anybody else."""
    cases = Cases(uow.connection)
    person = cases.find_person(person_id)
    if person is None:
        raise RecordNotFound
    for case_id in cases.of_person(person_id):
        try:
            admission = enter(uow.connection, uow.actor, case_id, clock.today())
        except CasesRefusal:
            continue
        if admission.shows(person_id):
            return person
    raise RecordNotFound
