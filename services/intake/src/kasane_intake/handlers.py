"""What a person can do in intake; each handler is one transaction."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import jpholiday

from kasane_contracts import intake as events
from kasane_intake.commands import (
    AnswerReferralSheet,
    CloseConsultation,
    ReceiveConsultation,
    ScreenConsultation,
    SendReferralSheet,
)
from kasane_intake.domain.consultation import Consultation, Escalation
from kasane_intake.domain.errors import NotTheReceiver, UnknownCategory, UnknownDesk, WrongStep
from kasane_intake.domain.referral_sheet import ReferralSheet
from kasane_intake.repository import Consultations, ReferralSheets, fiscal_year
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import ConsultationView, ScreeningView, SheetView

OBJECT = "consultation"
SHEET = "referral_sheet"


def receive_consultation(command: ReceiveConsultation, uow: UnitOfWork, hooks: Any) -> str:
    """Takes a consultation at any desk, asks the town's rule where it goes, and says so; returns its id."""
    _check_words_of_the_town(command, hooks)
    consultations = Consultations(uow.connection)
    consultation = Consultation.receive(
        consultation_id=command.consultation_id,
        number=consultations.next_number(fiscal_year(clock.today())),
        received_at=clock.now(),
        received_by=uow.actor.account_id,
        desk=command.desk,
        channel=command.channel,
        story=command.story,
        categories=command.categories,
        main_category=command.main_category,
        contact=command.contact,
        persons=command.persons,
        urgent=command.urgent,
        area=command.area,
        screening=command.screening,
        extensions={name: dict(values) for name, values in command.extensions.items()},
    )
    _ask_escalation(consultation, hooks)
    consultations.add(consultation)
    uow.record("intake.consultation.received", OBJECT, consultation.id)
    uow.publish(
        events.ConsultationReceived(
            consultation_id=consultation.id,
            number=consultation.number,
            channel=consultation.channel.value,
            desk=consultation.desk,
            received_on=clock.today(),
            categories=consultation.categories,
            main_category=consultation.main_category,
            urgent=consultation.urgent,
            area=consultation.area,
            escalation_level=consultation.escalation.level,
            target_role=consultation.escalation.target_role,
            reason=consultation.escalation.reason,
            persons=tuple(
                events.PersonConcerned(
                    person_id=person.person_id,
                    relation=person.relation,
                    given_consent=person.given_consent,
                    name=person.name,
                    kana=person.kana,
                    birth_date=person.birth_date.isoformat() if person.birth_date else "",
                    address=person.address,
                    phone=person.phone,
                )
                for person in consultation.persons
            ),
            story=consultation.story,
        )
    )
    uow.commit()
    return consultation.id


def screen_consultation(command: ScreenConsultation, uow: UnitOfWork, hooks: Any) -> None:
    """Writes down what the desk found and asks the town's rule again."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    before = consultation.escalation
    consultation.screen(command.screening)
    _ask_escalation(consultation, hooks)
    consultations.save(consultation, command.version)
    uow.record("intake.consultation.screened", OBJECT, consultation.id)
    if consultation.escalation != before:
        uow.publish(
            events.ConsultationEscalated(
                consultation_id=consultation.id,
                escalation_level=consultation.escalation.level,
                target_role=consultation.escalation.target_role,
                reason=consultation.escalation.reason,
            )
        )
    uow.commit()


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


def close_consultation(command: CloseConsultation, uow: UnitOfWork) -> None:
    """Ends a consultation with an outcome; never while a sheet has no taker (I-13)."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    on_their_way = any(
        s.on_its_way for s in ReferralSheets(uow.connection).of_consultation(consultation.id)
    )
    consultation.answer(command.outcome, sheets_on_their_way=on_their_way)
    consultations.save(consultation, command.version)
    uow.record("intake.consultation.closed", OBJECT, consultation.id)
    uow.publish(events.ConsultationClosed(consultation.id, consultation.status.value))
    uow.commit()


def link_to_case(consultation_id: str, case_id: str, uow: UnitOfWork) -> None:
    """Remembers that a case was opened from a consultation; the caller's delivery commits."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(consultation_id)
    consultation.became_case(case_id)
    consultations.save(consultation)
    uow.record("intake.consultation.linked_to_case", OBJECT, consultation_id)


def consultation_view(consultation: Consultation) -> ConsultationView:
    """The snapshot that a town's rule may see: no name, no address, no free text."""
    return ConsultationView(
        channel=consultation.channel.value,
        desk=consultation.desk,
        categories=consultation.categories,
        main_category=consultation.main_category,
        urgent=consultation.urgent,
        area=consultation.area,
        received_on=consultation.received_at.astimezone(clock.JAPAN).date(),
        screening=ScreeningView(
            consultation.screening.single_agency_enough,
            consultation.screening.ordinary_cooperation_enough,
        ),
        extensions=consultation.extensions,
    )


def working_days_after(day: date, days: int) -> date:
    """The day that is ``days`` working days later; Saturdays, Sundays and national holidays do not count."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and not jpholiday.is_holiday(day):
            days -= 1
    return day


def _check_words_of_the_town(command: ReceiveConsultation, hooks: Any) -> None:
    desks = {office.code for office in hooks.organization(on=clock.today()) if office.receives}
    if desks and command.desk not in desks:
        raise UnknownDesk
    known = {category.code for category in hooks.consultation_categories()}
    named = {*command.categories, command.main_category} - {""}
    if not named <= known:
        raise UnknownCategory(categories="、".join(sorted(named - known)))


def _ask_escalation(consultation: Consultation, hooks: Any) -> None:
    answer = hooks.escalation(consultation=consultation_view(consultation))
    if answer is not None:
        consultation.escalate(
            Escalation(answer.level.value, answer.target_role, answer.reason, answer.source)
        )


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
