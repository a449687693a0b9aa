"""Writes down what was found out about a household or one member of it."""

from datetime import date
from typing import Any

from kasane_cases.commands import RecordAssessment
from kasane_cases.domain.assessment import Assessment, written_words
from kasane_cases.domain.assessment_form import (
    AssessmentForm,
    AssessmentScope,
    TownForm,
    form_from,
    form_on,
)
from kasane_cases.domain.case import Case
from kasane_cases.domain.consent import ConsentPurpose
from kasane_cases.domain.errors import (
    ChangedMeanwhile,
    CorrectionReasonMissing,
    FormSuperseded,
)
from kasane_cases.domain.timeline import CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.handlers.origins import must_be_told_openly
from kasane_cases.repository import Assessments, Cases, Consents, Tasks, platform_forms
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def record_assessment(command: RecordAssessment, uow: UnitOfWork, hooks: Any) -> str:
    """Adds an assessment behind the one that was read; a later one needs its reason.

    Raises ChangedMeanwhile when somebody wrote another one since, FormSuperseded when the form is
    another by now, AnswerRefused for an answer that does not fit, ClosedOrigin for what only a closed
    session knows.
    """
    case, _ = open_for_change(command.case_id, uow)
    if command.person_id:
        case.person(command.person_id)
    scope = AssessmentScope.MEMBER if command.person_id else AssessmentScope.HOUSEHOLD
    form = current_form(scope, clock.today(), hooks)
    if (form.form_id, form.version) != (command.form_id, command.form_version):
        raise FormSuperseded
    answers = form.checked(command.answers)
    must_be_told_openly(case, (*written_words(answers), command.reason), uow, hooks)
    assessments = Assessments(uow.connection)
    before = assessments.newest(case.id, command.person_id)
    if (before.number if before else 0) != command.after:
        raise ChangedMeanwhile
    if before is not None and not command.reason.strip():
        raise CorrectionReasonMissing
    assessments.keep_form(form, clock.now())
    assessments.add(
        Assessment(
            id=command.assessment_id,
            case_id=case.id,
            person_id=command.person_id,
            number=command.after + 1,
            form_id=form.form_id,
            form_version=form.version,
            answers=answers,
            recorded_at=clock.now(),
            recorded_by=uow.actor.account_id,
            recorded_by_name=uow.actor.display_name,
            reason=command.reason.strip(),
        )
    )
    uow.record("cases.assessment.written", OBJECT, case.id)
    begin_multi_agency(case, uow)
    note(
        uow,
        case.id,
        TimelineKind.ASSESSED,
        command.person_id,
        command.assessment_id,
        form=form.label,
        version=str(command.after + 1),
    )
    uow.commit()
    return command.assessment_id


def begin_multi_agency(case: Case, uow: UnitOfWork) -> None:
    """An assessment of a household in which somebody consented begins the multi-agency work."""
    today = clock.today()
    members = case.household.members_on(today)
    standing = Consents(uow.connection).standing(case.id)
    consented = any(
        consent.covers(today, ConsentPurpose.MULTI_AGENCY)
        for person_id, consent in standing.items()
        if person_id in members
    )
    if not (consented and case.begin_assessment()):
        return
    Cases(uow.connection).save(case)
    Tasks(uow.connection).finish_all(case.id, CaseTaskKind.OFFER_MULTI_AGENCY, today)
    uow.publish(events.CaseStatusChanged(case.id, case.status.value))


def current_form(scope: AssessmentScope, day: date, hooks: Any) -> AssessmentForm:
    """The form that is filled in on a day in this town."""
    town = None
    for answer in hooks.assessment_forms(scope=scope.value, on=day)[-1:]:
        data = {
            "form_id": answer.form_id,
            "version": answer.version,
            "label": answer.label,
            "scope": scope,
            "valid_from": answer.valid_from,
            "source": answer.source,
            "sections": [
                {
                    "label": section.label,
                    "note": section.note,
                    "fields": [
                        {
                            "name": one.name,
                            "label": one.label,
                            "kind": one.kind.value,
                            "required": one.required,
                            "hint": one.hint,
                            "choices": [(choice.value, choice.label) for choice in one.choices],
                            "max_length": one.max_length,
                            "reported_to_state": one.reported_to_state,
                        }
                        for one in section.fields
                    ],
                }
                for section in answer.sections
            ],
        }
        town = TownForm(form_from(data), answer.extends_platform)
    return form_on(scope, day, platform_forms(), town)
