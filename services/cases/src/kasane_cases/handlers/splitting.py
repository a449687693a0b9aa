"""A household divides, comes together, and every step is taken back by a counter-step."""

from dataclasses import replace
from datetime import date
from typing import Any

from kasane_cases.commands import JoinHouseholds, SplitHousehold, UndoStep
from kasane_cases.domain.case import Case, ClosingOutcome
from kasane_cases.domain.errors import (
    JoinsEndedCase,
    LastMember,
    OpensRestrictedCase,
    RecordNotFound,
    SamePersonTwice,
    StepUndone,
)
from kasane_cases.domain.household import Household, HouseholdStep, HouseholdStepKind
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.attachments import bring_file
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.closing import end_episode
from kasane_cases.handlers.consents import replace_standing
from kasane_cases.handlers.members import as_then, keep_step, must_be_possible, take_out
from kasane_cases.handlers.opening import give, give_to_actor
from kasane_cases.handlers.protection import say_kept_back
from kasane_cases.repository import (
    Cases,
    Consents,
    Grants,
    HouseholdSteps,
    Shreddings,
    move_open_records,
)
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork


def split_household(command: SplitHousehold, uow: UnitOfWork, hooks: Any) -> str:
    """Gives those who leave a case of their own; the two parts do not see each other's later facts."""
    case, _ = open_for_change(command.case_id, uow)
    persons = tuple(dict.fromkeys(command.person_ids))
    today = clock.today()
    for person_id in persons:
        case.member(person_id, today)
    must_be_possible(case, persons, command.from_on)
    if not persons:
        raise RecordNotFound
    if set(case.household.members_on(today)) <= set(persons):
        raise LastMember(person="・".join(case.person(one).name for one in persons))
    cases = Cases(uow.connection)
    household = Household(new_id(), ())
    for person_id in persons:
        was = case.household.running(person_id, today)
        household = household.coming(
            person_id,
            case.relation(person_id),
            command.from_on,
            householder=bool(was and was.householder),
        )
    new = Case(
        id=command.new_case_id,
        number=cases.next_number(today),
        consultation_id="",
        household=household,
        persons=tuple(case.person(one) for one in persons),
        opened_on=today,
        opened_by=uow.actor.account_id,
        categories=case.categories,
        urgent=case.urgent,
        support_decided_on=case.support_decided_on,
        support_reason=case.support_reason,
        restricted=case.restricted if command.restricted is None else command.restricted,
    )
    cases.add(new)
    uow.record("cases.case.opened", OBJECT, new.id)
    uow.publish(
        events.CaseOpened(
            case_id=new.id,
            number=new.number,
            consultation_id="",
            household_id=household.id,
            opened_on=today,
            members=len(persons),
            status=new.status.value,
        )
    )
    give_to_actor(new, uow)
    for member in command.team:
        give(new, new_id(), member, None, uow, hooks)
    _follow(uow, case, new, persons, command.from_on, command.version)
    keep_step(
        uow,
        command.step_id,
        HouseholdStepKind.SPLIT,
        command.from_on,
        case.id,
        new.id,
        as_then(case, persons),
        command.reason,
    )
    names = "・".join(case.person(one).name for one in persons)
    on = command.from_on.isoformat()
    note(uow, case.id, TimelineKind.HOUSEHOLD_SPLIT, persons=names, on=on)
    note(uow, new.id, TimelineKind.SPLIT_FROM, persons=names, on=on, note=command.reason)
    uow.commit()
    return new.id


def join_households(command: JoinHouseholds, uow: UnitOfWork) -> None:
    """Takes the members of another case into this household; that case ends as joined.

    Raises JoinsEndedCase or OpensRestrictedCase where the two would end, or be seen by more people.
    """
    if command.case_id == command.other_case_id:
        raise SamePersonTwice
    case, _ = open_for_change(command.case_id, uow)
    other, _ = open_for_change(command.other_case_id, uow)
    persons = other.household.members_on(clock.today())
    _merge(
        uow,
        command.step_id,
        from_case=other,
        to_case=case,
        persons=persons,
        from_on=command.from_on,
        reason=command.reason,
        version=command.version,
    )
    uow.commit()


def undo_household_step(command: UndoStep, uow: UnitOfWork) -> None:
    """Takes a step back from today on, by its counter-step; both stay in the history."""
    case, _ = open_for_change(command.case_id, uow)
    steps = HouseholdSteps(uow.connection).of_case(case.id)
    step = next((one for one in steps if one.id == command.undone_step_id), None)
    if step is None or step.undone_by:
        raise StepUndone
    undo = {
        HouseholdStepKind.JOINED: _undo_joined,
        HouseholdStepKind.LEFT: _undo_left,
        HouseholdStepKind.SPLIT: _undo_split,
        HouseholdStepKind.MERGED: _undo_merged,
    }[step.kind]
    undo(command, step, uow)
    uow.commit()


def _undo_joined(command: UndoStep, step: HouseholdStep, uow: UnitOfWork) -> None:
    case, _ = open_for_change(step.case_id, uow)
    (person,) = step.persons
    if case.household.running(person.id, clock.today()) is None:
        raise StepUndone
    today = clock.today()
    take_out(uow, command.step_id, case, person.id, today, command.reason, undoes=step.id)


def _undo_left(command: UndoStep, step: HouseholdStep, uow: UnitOfWork) -> None:
    case, _ = open_for_change(step.case_id, uow)
    today = clock.today()
    (person,) = step.persons
    if case.household.running(person.id, today) is not None:
        raise StepUndone
    case.household = case.household.coming(person.id, person.relation, today)
    Cases(uow.connection).save_household(case.household)
    Cases(uow.connection).save(case)
    keep_step(
        uow,
        command.step_id,
        HouseholdStepKind.JOINED,
        today,
        case.id,
        "",
        step.persons,
        command.reason,
        undoes=step.id,
    )
    uow.record("cases.household.changed", OBJECT, case.id)
    note(uow, case.id, TimelineKind.MEMBER_ADDED, person.id, on=today.isoformat())


def _undo_split(command: UndoStep, step: HouseholdStep, uow: UnitOfWork) -> None:
    case, _ = open_for_change(step.case_id, uow)
    other, _ = open_for_change(step.other_case_id, uow)
    _merge(
        uow,
        command.step_id,
        from_case=other,
        to_case=case,
        persons=_still_there(other, step),
        from_on=clock.today(),
        reason=command.reason,
        undoes=step.id,
    )


def _undo_merged(command: UndoStep, step: HouseholdStep, uow: UnitOfWork) -> None:
    emptied, _ = open_for_change(step.case_id, uow)
    kept, _ = open_for_change(step.other_case_id, uow)
    persons = _still_there(kept, step)
    in_both = _lived_in_both(kept, step)
    leaving = tuple(one for one in persons if one not in in_both)
    if set(kept.household.members_on(clock.today())) <= set(leaving):
        raise LastMember(person="・".join(kept.person(one).name for one in leaving))
    _must_not_be_seen_by_more(kept, emptied)
    today = clock.today()
    for person_id in persons:
        relation = (emptied if person_id in in_both else kept).relation(person_id)
        emptied.household = emptied.household.coming(person_id, relation, today)
    if not emptied.open:
        emptied.reopen(today)
        Shreddings(uow.connection).mark_changed(emptied.id)
        uow.publish(events.CaseStatusChanged(emptied.id, emptied.status.value))
    Cases(uow.connection).save_household(emptied.household)
    Cases(uow.connection).save(emptied)
    if leaving:
        _follow(uow, kept, emptied, leaving, today, None)
    keep_step(
        uow,
        command.step_id,
        HouseholdStepKind.SPLIT,
        today,
        kept.id,
        emptied.id,
        as_then(kept, persons),
        command.reason,
        undoes=step.id,
    )
    names = "・".join(kept.person(one).name for one in persons)
    note(uow, kept.id, TimelineKind.HOUSEHOLD_SPLIT, persons=names, on=today.isoformat())
    note(uow, emptied.id, TimelineKind.SPLIT_FROM, persons=names, on=today.isoformat())


def _lived_in_both(kept: Case, step: HouseholdStep) -> set[str]:
    """Who of a joining stays when it is taken back; steps of earlier releases tell it by the day they came alone."""
    came = {
        m.person_id: m.valid_from for m in kept.household.memberships if m.holds_on(clock.today())
    }
    before = {one.id for one in step.persons if one.id in came and came[one.id] < step.from_on}
    return before | set(step.in_both)


def _still_there(case: Case, step: HouseholdStep) -> tuple[str, ...]:
    members = set(case.household.members_on(clock.today()))
    persons = tuple(one.id for one in step.persons if one.id in members)
    if not persons:
        raise StepUndone
    return persons


def _must_not_be_seen_by_more(from_case: Case, to_case: Case) -> None:
    if from_case.restricted and not to_case.restricted:
        raise OpensRestrictedCase(from_number=from_case.number, number=to_case.number)


def _merge(
    uow: UnitOfWork,
    step_id: str,
    *,
    from_case: Case,
    to_case: Case,
    persons: tuple[str, ...],
    from_on: date,
    reason: str,
    version: int | None = None,
    undoes: str = "",
) -> None:
    must_be_possible(from_case, persons, from_on)
    if from_case.open and not to_case.open:
        raise JoinsEndedCase(number=to_case.number)
    _must_not_be_seen_by_more(from_case, to_case)
    today = clock.today()
    then = as_then(from_case, persons)
    names = "・".join(one.name for one in then)
    kept_back = {*from_case.kept_back, *to_case.kept_back}
    in_both = frozenset(persons) & frozenset(to_case.household.members_on(today))
    for one in then:
        if one.id not in in_both:
            to_case.household = to_case.household.coming(one.id, one.relation, from_on)
    to_case.persons = (
        *to_case.persons,
        *(p for p in from_case.persons if p not in to_case.persons),
    )
    Cases(uow.connection).save_household(to_case.household)
    Cases(uow.connection).save(to_case, version)
    _follow(uow, from_case, to_case, persons, from_on, None, in_both)
    say_kept_back(to_case, kept_back, uow)
    keep_step(
        uow,
        step_id,
        HouseholdStepKind.MERGED,
        from_on,
        from_case.id,
        to_case.id,
        then,
        reason,
        undoes=undoes,
        in_both=tuple(sorted(in_both)),
    )
    on = from_on.isoformat()
    note(uow, to_case.id, TimelineKind.HOUSEHOLDS_MERGED, persons=names, on=on, note=reason)
    note(uow, from_case.id, TimelineKind.HOUSEHOLD_SPLIT, persons=names, on=on)
    if not from_case.household.members_on(today) and from_case.open:
        from_case.close(
            ClosingOutcome.JOINED,
            reason,
            to_case.number,
            no_contact_needed=False,
            review_on=None,
            review_date_required=False,
            day=today,
        )
        end_episode(from_case, uow)


def _follow(
    uow: UnitOfWork,
    from_case: Case,
    to_case: Case,
    persons: tuple[str, ...],
    from_on: date,
    version: int | None,
    in_both: frozenset[str] = frozenset(),
) -> None:
    """The persons leave one case for the other with what is open, the consent that stands and its proof.

    Of those who lived ``in_both`` already, no consent gets wider by it.
    """
    from_case.household = from_case.household.leaving(persons, from_on)
    Cases(uow.connection).save_household(from_case.household)
    Cases(uow.connection).save(from_case, version)
    Grants(uow.connection).end_for_persons(from_case.id, persons, clock.now())
    move_open_records(uow.connection, from_case.id, to_case.id, persons)
    consents = Consents(uow.connection)
    here = consents.standing(to_case.id)
    for person_id, consent in consents.standing(from_case.id).items():
        if person_id in persons:
            before, lives_there = here.get(person_id), person_id in in_both
            brought = consent.brought_to(before, lives_there=lives_there)
            if brought is None:
                continue
            brought = replace(brought, id=new_id(), case_id=to_case.id)
            if before is not None and lives_there:
                replace_standing(before, brought, uow)
            else:
                proof = bring_file(uow, consent.evidence_id, from_case.id, to_case.id, brought.id)
                consents.add(replace(brought, evidence_id=proof))
    uow.publish(events.PersonsMovedCase(from_case.id, to_case.id, to_case.number, persons))
    uow.record("cases.household.changed", OBJECT, from_case.id)
    uow.record("cases.household.changed", OBJECT, to_case.id)
