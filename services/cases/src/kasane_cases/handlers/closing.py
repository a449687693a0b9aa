"""Moves a case from state to state and ends it with an evaluation."""

from typing import Any

from kasane_cases.commands import ChangeStatus, CloseCase
from kasane_cases.domain.consent import ConsentPurpose
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.views import case_view
from kasane_cases.repository import Cases, Consents, Needs
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def change_status(command: ChangeStatus, uow: UnitOfWork) -> None:
    """Moves a case on: to observation with a review date, to multi-agency with consent."""
    case, _ = open_for_change(command.case_id, uow)
    today = clock.today()
    consents = Consents(uow.connection).standing(case.id).values()
    case.change_status(
        command.status,
        command.review_on,
        somebody_consents=any(c.covers(today, ConsentPurpose.MULTI_AGENCY) for c in consents),
    )
    Cases(uow.connection).save(case, command.version)
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
    Cases(uow.connection).save(case, command.version)
    uow.record("cases.case.closed", OBJECT, case.id)
    uow.publish(events.CaseClosed(case.id, case.consultation_id, case.closing_outcome))
    uow.publish(events.CaseStatusChanged(case.id, case.status.value, case.review_on))
    note(uow, case.id, TimelineKind.CASE_CLOSED, outcome=case.closing_outcome)
    uow.commit()
