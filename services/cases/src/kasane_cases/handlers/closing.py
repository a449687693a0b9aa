"""Moves a case from state to state and ends it with an evaluation."""

from typing import Any

from kasane_cases.commands import ChangeStatus, CloseCase, FinishTask
from kasane_cases.domain.case import Case, CaseStatus, ClosingOutcome
from kasane_cases.domain.consent import ConsentPurpose
from kasane_cases.domain.errors import EmergencyOfOneself, RecordNotFound
from kasane_cases.domain.timeline import CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.protection import moved_out
from kasane_cases.handlers.views import case_view
from kasane_cases.repository import Cases, Consents, Needs, Shreddings, Tasks
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def change_status(command: ChangeStatus, uow: UnitOfWork) -> None:
    """Moves a case on: to observation with a review date, to multi-agency with consent."""
    case, _ = open_for_change(command.case_id, uow)
    today = clock.today()
    members = case.household.members_on(today)
    standing = Consents(uow.connection).standing(case.id)
    consents = [consent for person_id, consent in standing.items() if person_id in members]
    case.change_status(
        command.status,
        command.review_on,
        somebody_consents=any(c.covers(today, ConsentPurpose.MULTI_AGENCY) for c in consents),
        day=today,
    )
    if case.status is CaseStatus.REOPENED:
        Shreddings(uow.connection).mark_changed(case.id)
    Cases(uow.connection).save(case, command.version)
    Tasks(uow.connection).finish_all(case.id, CaseTaskKind.LOOK_AGAIN, today)
    if case.status is CaseStatus.ASSESSMENT:
        Tasks(uow.connection).finish_all(case.id, CaseTaskKind.OFFER_MULTI_AGENCY, today)
    uow.record("cases.case.status_changed", OBJECT, case.id)
    uow.publish(events.CaseStatusChanged(case.id, case.status.value, case.review_on))
    note(uow, case.id, TimelineKind.STATUS_CHANGED, status=case.status.value)
    uow.commit()


def close_case(command: CloseCase, uow: UnitOfWork, hooks: Any) -> None:
    """Ends the multi-agency work with an evaluation and who is turned to next (I-15)."""
    case, _ = open_for_change(command.case_id, uow)
    needs = Needs(uow.connection).of_case(case.id)
    required = hooks.closing_requirements(case=case_view(case, needs))
    case.close(
        command.outcome,
        command.evaluation,
        command.next_contact,
        no_contact_needed=command.no_contact_needed,
        review_on=command.review_on,
        review_date_required="review_date" in required,
        day=clock.today(),
    )
    if command.outcome is ClosingOutcome.MOVED_AWAY:
        for person_id in case.household.members_on(clock.today()):
            person = case.person(person_id)
            if person.address_protected:
                moved_out(uow, case.id, person, "")
    end_episode(case, uow, command.version)
    uow.commit()


def end_episode(case: Case, uow: UnitOfWork, read_version: int | None = None) -> None:
    """Saves a case that has just ended and keeps how this episode ended, for when it is reopened."""
    cases = Cases(uow.connection)
    cases.save(case, read_version)
    cases.keep_episode(case)
    for reminded in (
        CaseTaskKind.LOOK_AGAIN,
        CaseTaskKind.LOOK_AT_PLAN,
        CaseTaskKind.EVALUATE_PLAN,
        CaseTaskKind.CONFIRM_TRANSFER,
    ):
        Tasks(uow.connection).finish_all(case.id, reminded, clock.today())
    uow.record("cases.case.closed", OBJECT, case.id)
    uow.publish(
        events.CaseClosed(case.id, case.consultation_id, case.closing_outcome, case.closed_on)
    )
    uow.publish(events.CaseStatusChanged(case.id, case.status.value, case.review_on))
    note(uow, case.id, TimelineKind.CASE_CLOSED, outcome=case.closing_outcome)


def finish_task(command: FinishTask, uow: UnitOfWork) -> None:
    """Marks something that came up on a case as done; raises RecordNotFound when it is not open."""
    case, _ = open_for_change(command.case_id, uow)
    tasks = Tasks(uow.connection)
    look = tasks.emergency_of(case.id, command.task_id)
    if look is not None and look[1] == uow.actor.account_id:
        raise EmergencyOfOneself
    if not tasks.finish_one(case.id, command.task_id, clock.today()):
        raise RecordNotFound
    if look is not None:
        uow.publish(events.EmergencyLookReviewed(look[0], case.id, clock.today()))
    uow.record("cases.case.task_done", OBJECT, case.id)
    uow.commit()
