"""Sends a つなぐシート and answers it."""

from collections.abc import Callable
from typing import Any

from kasane_contracts import intake as events
from kasane_intake.commands import (
    AnswerReferralSheet,
    SendReferralSheet,
)
from kasane_intake.domain.errors import NotTheReceiver, WrongStep
from kasane_intake.domain.referral_sheet import ReferralSheet
from kasane_intake.handlers.working_days import working_days_after
from kasane_intake.repository import Consultations, ReferralSheets
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import SheetView

SHEET = "referral_sheet"


def send_referral_sheet(command: SendReferralSheet, uow: UnitOfWork, hooks: Any) -> str:
    """Sends a つなぐシート with the person's consent; the sender stays responsible until it is accepted."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    today = clock.today()
    policy = hooks.handoff_policy(
        sheet=SheetView(uow.actor.office, command.to_office, today, command.consent)
    )
    sheet = ReferralSheet(
        id=command.sheet_id,
        consultation_id=consultation.id,
        from_office=uow.actor.office or consultation.desk,
        to_office=command.to_office,
        reason=command.reason,
        consent=command.consent,
        companionship=command.companionship,
        sent_on=today,
        acknowledge_by=working_days_after(today, policy.acknowledge_within_days),
        overdue_role=policy.overdue_role,
        includes_arrears=command.includes_arrears,
        arrears_consent=command.arrears_consent,
        extensions={name: dict(values) for name, values in command.extensions.items()},
    )
    ReferralSheets(uow.connection).add(sheet)
    consultation.sheet_sent()
    consultations.save(consultation)
    uow.record("intake.referral_sheet.sent", SHEET, sheet.id, basis="consent")
    uow.publish(
        events.ReferralSheetSent(
            sheet_id=sheet.id,
            consultation_id=consultation.id,
            from_office=sheet.from_office,
            to_office=sheet.to_office,
            acknowledge_by=sheet.acknowledge_by,
            overdue_role=sheet.overdue_role,
        )
    )
    uow.commit()
    return sheet.id


def answer_referral_sheet(command: AnswerReferralSheet, uow: UnitOfWork) -> None:
    """Acknowledges, accepts, returns or reports the outcome of a sheet, and says so to the sender."""
    sheets, consultations = ReferralSheets(uow.connection), Consultations(uow.connection)
    sheet = sheets.get(command.sheet_id)
    if uow.actor.office != sheet.to_office and not uow.actor.has("coordinator"):
        raise NotTheReceiver
    steps: dict[str, Callable[[], None]] = {
        "acknowledge": sheet.acknowledge,
        "accept": sheet.accept,
        "return": lambda: sheet.give_back(command.text),
        "outcome": lambda: sheet.report_outcome(command.text),
    }
    if command.step not in steps:
        raise WrongStep(status=sheet.status.value)
    steps[command.step]()
    sheets.save(sheet)
    if command.step in ("accept", "return"):
        consultation = consultations.get(sheet.consultation_id)
        others = any(other.on_its_way for other in sheets.of_consultation(consultation.id))
        consultation.sheet_settled(accepted=command.step == "accept", others_on_their_way=others)
        consultations.save(consultation)
    done = {
        "acknowledge": "acknowledged",
        "accept": "accepted",
        "return": "returned",
        "outcome": "outcome_returned",
    }
    uow.record(f"intake.referral_sheet.{done[command.step]}", SHEET, sheet.id)
    _say_sheet_step(command.step, sheet, uow)
    uow.commit()


def _say_sheet_step(step: str, sheet: ReferralSheet, uow: UnitOfWork) -> None:
    if step == "acknowledge":
        uow.publish(
            events.ReferralSheetAcknowledged(sheet.id, sheet.consultation_id, sheet.to_office)
        )
    elif step == "accept":
        uow.publish(events.ReferralSheetAccepted(sheet.id, sheet.consultation_id, sheet.to_office))
    elif step == "return":
        uow.publish(
            events.ReferralSheetReturned(
                sheet.id, sheet.consultation_id, sheet.from_office, sheet.to_office
            )
        )
