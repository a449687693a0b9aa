"""Asks that two records be shown as one person, decides it, and takes it back."""

from kasane_contracts import intake as events
from kasane_intake.commands.merges import DecideMerge, MergeStep, RequestMerge
from kasane_intake.domain.merge_errors import (
    AlreadySamePerson,
    MergeAlreadyRequested,
    PersonNotFound,
)
from kasane_intake.domain.person_merge import (
    Deed,
    MergeStatus,
    PersonMerge,
    choices_among,
    joined_to,
)
from kasane_intake.domain.same_person.scoring import compare
from kasane_intake.domain.same_person.traits import fold_person
from kasane_intake.repository import Consultations, PersonMerges, ProtectedPersons
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork

MERGE = "person_merge"
_DONE = {
    MergeStep.APPROVE: "approved",
    MergeStep.REFUSE: "refused",
    MergeStep.WITHDRAW: "withdrawn",
    MergeStep.UNDO: "undone",
}


def request_merge(command: RequestMerge, uow: UnitOfWork) -> str:
    """Writes down the request with what speaks for it; nothing is joined before somebody else approves."""
    merges = PersonMerges(uow.connection)
    where = merges.consultations_of((command.one_id, command.other_id))
    if {command.one_id, command.other_id} - where.keys():
        raise PersonNotFound
    merges.take_turn()
    links = merges.around((command.one_id, command.other_id))
    one_group, other_group = joined_to(command.one_id, links), joined_to(command.other_id, links)
    merge = PersonMerge(
        id=command.merge_id,
        one_id=command.one_id,
        other_id=command.other_id,
        one_consultation_id=where[command.one_id],
        other_consultation_id=where[command.other_id],
        choices=choices_among(command.choices, command.one_id, one_group | other_group),
        evidence=_evidence(uow, command.one_id, command.other_id, where),
        requested=_deed(uow, command.reason),
    )
    if command.other_id in one_group:
        raise AlreadySamePerson
    waiting = merges.about(command.one_id, command.other_id)
    if any(one.status is MergeStatus.REQUESTED for one in waiting):
        raise MergeAlreadyRequested
    merges.add(merge)
    uow.record("intake.person_merge.requested", MERGE, merge.id)
    uow.publish(events.PersonsMergeRequested(merge.id, uow.actor.account_id))
    uow.commit()
    return merge.id


def decide_merge(command: DecideMerge, uow: UnitOfWork) -> None:
    """Approves, refuses, withdraws or undoes a request; who asked does not approve, and records never change."""
    merges = PersonMerges(uow.connection)
    place = merges.take_turn()
    merge = merges.get(command.merge_id)
    deed = _deed(uow, command.reason)
    if command.step is MergeStep.APPROVE:
        merge.approve(deed, merges.around(merge.pair), place)
    elif command.step is MergeStep.REFUSE:
        merge.refuse(deed)
    elif command.step is MergeStep.WITHDRAW:
        merge.withdraw(deed)
    else:
        merge.undo(deed)
    merges.save(merge, command.version)
    uow.record(f"intake.person_merge.{_DONE[command.step]}", MERGE, merge.id)
    _say(command.step, merge, uow)
    uow.commit()


def _say(step: MergeStep, merge: PersonMerge, uow: UnitOfWork) -> None:
    facts = (
        merge.id,
        merge.one_id,
        merge.other_id,
        merge.one_consultation_id,
        merge.other_consultation_id,
    )
    if step is MergeStep.APPROVE:
        uow.publish(events.PersonsMerged(*facts))
    elif step is MergeStep.UNDO:
        uow.publish(events.PersonsMergeUndone(*facts))
    else:
        uow.publish(events.PersonsMergeDeclined(merge.id))


def _deed(uow: UnitOfWork, reason: str) -> Deed:
    return Deed(uow.actor.account_id, uow.actor.display_name, clock.now(), reason)


def _evidence(
    uow: UnitOfWork, one_id: str, other_id: str, where: dict[str, str]
) -> tuple[str, ...]:
    consultations = Consultations(uow.connection)
    one, other = (
        next(p for p in consultations.get(where[record]).persons if p.person_id == record)
        for record in (one_id, other_id)
    )
    one, other = ProtectedPersons(uow.connection).withheld((one, other))
    return compare(fold_person(one.traits), fold_person(other.traits)).said
