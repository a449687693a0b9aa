"""Moves a consultation between its states: emergency, its end, staying in touch, opening again."""

from kasane_contracts import intake as events
from kasane_intake.commands import (
    ContinueContact,
    DeclareEmergency,
    ReopenConsultation,
    SettleEmergency,
)
from kasane_intake.domain.step import Step
from kasane_intake.handlers.consultations import OBJECT
from kasane_intake.handlers.steps import note_step
from kasane_intake.handlers.urgency import tell_at_once
from kasane_intake.repository import Consultations, ReferralSheets
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def declare_emergency(command: DeclareEmergency, uow: UnitOfWork, hooks: object) -> None:
    """Life or safety is at risk: those whom the town's rule names are told at once."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    before = consultation.status.value
    consultation.declare_emergency()
    consultations.save(consultation, command.version)
    note_step(uow, Step.of_consultation(consultation, before, command.reason))
    uow.record("intake.consultation.emergency_declared", OBJECT, consultation.id)
    tell_at_once(consultation, uow, hooks)
    uow.commit()


def settle_emergency(command: SettleEmergency, uow: UnitOfWork) -> None:
    """The danger is over; how it ended is written down and the work goes on."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    before = consultation.status.value
    sheets = ReferralSheets(uow.connection).of_consultation(consultation.id)
    consultation.settle_emergency(
        command.how, sheets_on_their_way=any(sheet.on_its_way for sheet in sheets)
    )
    consultations.save(consultation, command.version)
    note_step(uow, Step.of_consultation(consultation, before, command.how))
    uow.record("intake.consultation.emergency_settled", OBJECT, consultation.id)
    uow.publish(events.EmergencySettled(consultation.id))
    uow.commit()


def continue_contact(command: ContinueContact, uow: UnitOfWork) -> None:
    """The desk stays in touch; on the day of the next contact it waits in its tasks."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    before = consultation.status.value
    consultation.continue_contact(command.next_contact_on, clock.today())
    consultations.save(consultation, command.version)
    note = f"{command.note}（{command.next_contact_on.isoformat()}）".lstrip()
    note_step(uow, Step.of_consultation(consultation, before, note))
    uow.record("intake.consultation.contact_continued", OBJECT, consultation.id)
    uow.publish(
        events.ContactContinued(consultation.id, consultation.desk, command.next_contact_on)
    )
    uow.commit()


def reopen_consultation(command: ReopenConsultation, uow: UnitOfWork) -> None:
    """It was ended too early; its first outcome stays in the history."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    before = consultation.status.value
    consultation.reopen(command.reason)
    consultations.save(consultation, command.version)
    note_step(uow, Step.of_consultation(consultation, before, command.reason))
    uow.record("intake.consultation.reopened", OBJECT, consultation.id)
    uow.publish(
        events.ConsultationReopened(
            consultation_id=consultation.id, number=consultation.number, desk=consultation.desk
        )
    )
    uow.commit()
