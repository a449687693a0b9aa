"""Takes a consultation, screens it, ends it with an outcome."""

import json
from collections.abc import Iterator
from typing import Any

from kasane_contracts import intake as events
from kasane_intake.commands import (
    AttachFiles,
    CloseConsultation,
    ReceiveConsultation,
    ScreenConsultation,
)
from kasane_intake.domain.categories import canonical, national_codes
from kasane_intake.domain.consultation import Consultation
from kasane_intake.domain.errors import UnknownCategory, UnknownDesk
from kasane_intake.domain.sheet_errors import NotTheDesk
from kasane_intake.domain.step import Step
from kasane_intake.handlers.attachments import keep_files
from kasane_intake.handlers.escalation import ask_escalation
from kasane_intake.handlers.steps import note_step
from kasane_intake.handlers.urgency import tell_at_once
from kasane_intake.repository import Consultations, ReferralSheets, fiscal_year
from kasane_intake.repository.told import told_to
from kasane_kit import clock
from kasane_kit.plugins import ask_each
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import FieldKind

OBJECT = "consultation"
CODED = frozenset(
    {FieldKind.BOOLEAN, FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.DATE, FieldKind.INTEGER}
)


def receive_consultation(command: ReceiveConsultation, uow: UnitOfWork, hooks: Any) -> Consultation:
    """Takes a consultation at any desk, asks the town's rule where it goes, and says so; returns it as saved."""
    consultation = take_consultation(command, uow, hooks)
    uow.commit()
    return consultation


def take_consultation(command: ReceiveConsultation, uow: UnitOfWork, hooks: Any) -> Consultation:
    """What ``receive_consultation`` does, in the caller's transaction."""
    command.reception.check(command.channel, clock.today())
    _check_words_of_the_town(command, hooks)
    consultations = Consultations(uow.connection)
    consultation = Consultation.receive(
        consultation_id=command.consultation_id,
        number="",
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
        reception=command.reception,
        national=canonical(
            (*command.categories, command.main_category), command.main_category, _mapping(hooks)
        ),
    )
    ask_escalation(consultation, hooks)
    town_answers = tuple(_town_answers(consultation, hooks))
    # As late as can be: until the commit nobody else of the town is given a number.
    consultation.number = consultations.next_number(fiscal_year(clock.today()))
    consultations.add(consultation)
    note_step(uow, Step.of_consultation(consultation, ""))
    keep_files(AttachFiles(consultation.id, command.uploads), uow)
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
                    carer=person.carer,
                    description=person.description,
                )
                for person in consultation.persons
            ),
            story=consultation.shared_story,
            route=_route(consultation),
            national_categories=consultation.national_categories,
            national_main=consultation.national_main,
            survey_campaign=consultation.reception.campaign,
            survey_next_step=need.next_step if (need := consultation.reception.need) else "",
            single_agency_enough=_said(consultation.screening.single_agency_enough),
            ordinary_cooperation_enough=_said(consultation.screening.ordinary_cooperation_enough),
            town_answers=town_answers,
        )
    )
    if consultation.urgent:
        tell_at_once(consultation, uow, hooks)
    return consultation


def screen_consultation(command: ScreenConsultation, uow: UnitOfWork, hooks: Any) -> None:
    """Writes down what the desk found and asks the town's rule again."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    before, from_status = consultation.escalation, consultation.status.value
    consultation.screen(command.screening)
    ask_escalation(consultation, hooks)
    consultations.save(consultation, command.version)
    note_step(uow, Step.of_consultation(consultation, from_status))
    uow.record("intake.consultation.screened", OBJECT, consultation.id)
    uow.publish(
        events.ConsultationScreened(
            consultation_id=consultation.id,
            single_agency_enough=_said(consultation.screening.single_agency_enough),
            ordinary_cooperation_enough=_said(consultation.screening.ordinary_cooperation_enough),
        )
    )
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


def close_consultation(command: CloseConsultation, uow: UnitOfWork) -> None:
    """Ends a consultation with an outcome; never while a sheet has no taker (I-13).

    Raises NotTheDesk for an office that neither took it nor took it over.
    """
    consultations = Consultations(uow.connection)
    consultation = consultations.get(command.consultation_id)
    sheets = ReferralSheets(uow.connection).of_consultation(consultation.id)
    whole = told_to(uow.connection, uow.actor, (consultation.id,)).whole
    if not whole and not any(s.taken and s.to_office == uow.actor.office for s in sheets):
        raise NotTheDesk
    from_status = consultation.status.value
    consultation.answer(command.outcome, sheets_on_their_way=any(s.on_its_way for s in sheets))
    consultations.save(consultation, command.version)
    note_step(uow, Step.of_consultation(consultation, from_status, command.outcome))
    uow.record("intake.consultation.closed", OBJECT, consultation.id)
    uow.publish(events.ConsultationClosed(consultation.id, consultation.status.value))
    uow.commit()


def link_to_case(consultation_id: str, case_id: str, uow: UnitOfWork) -> None:
    """Remembers that a case was opened from a consultation; the caller's delivery commits."""
    consultations = Consultations(uow.connection)
    consultation = consultations.get(consultation_id)
    from_status = consultation.status.value
    consultation.became_case(case_id)
    consultations.save(consultation)
    note_step(uow, Step.of_consultation(consultation, from_status))
    uow.record("intake.consultation.linked_to_case", OBJECT, consultation_id)


def _mapping(hooks: Any) -> dict[str, str]:
    return national_codes((one.code, one.national) for one in hooks.consultation_categories())


def _route(consultation: Consultation) -> str:
    route = consultation.reception.route_by(consultation.channel)
    return route.value if route else ""


def _said(answer: bool | None) -> str:
    return "not_asked" if answer is None else "yes" if answer else "no"


def _town_answers(consultation: Consultation, hooks: Any) -> Iterator[events.TownAnswer]:
    """What was chosen in the fields of the town's plugins; free text stays here."""
    for given in ask_each(hooks, "intake_form_fields", channel=consultation.channel.value).given:
        typed = consultation.extensions.get(given.plugin, {})
        for spec in given.answer:
            if spec.kind in CODED and spec.name in typed:
                value = json.dumps(typed[spec.name], ensure_ascii=False)
                yield events.TownAnswer(given.plugin, spec.name, value)


def _check_words_of_the_town(command: ReceiveConsultation, hooks: Any) -> None:
    desks = {office.code for office in hooks.organization(on=clock.today()) if office.receives}
    if desks and command.desk not in desks:
        raise UnknownDesk
    known = {category.code for category in hooks.consultation_categories()}
    named = {*command.categories, command.main_category} - {""}
    if not named <= known:
        raise UnknownCategory(categories="、".join(sorted(named - known)))
