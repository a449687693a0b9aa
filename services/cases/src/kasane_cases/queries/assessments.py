"""Reads assessments, each member's with the right to that member (I-07)."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from kasane_cases.domain.assessment import Assessment
from kasane_cases.domain.assessment_form import AssessmentForm, MarkedAnswer, in_words
from kasane_cases.domain.case import Case
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.household import Person
from kasane_cases.repository import Admission, Assessments, Cases, enter
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class AssessmentFile:
    """The assessments of a case as far as the viewer may see them, newest first."""

    case: Case
    admission: Admission
    persons: tuple[Person, ...]
    assessments: tuple[Assessment, ...]

    def standing(self, person_id: str) -> Assessment | None:
        """The newest one of a member, or of the household."""
        return next((one for one in self.assessments if one.person_id == person_id), None)

    def history(self, person_id: str) -> tuple[Assessment, ...]:
        """Every one of a member, or of the household, newest first."""
        return tuple(one for one in self.assessments if one.person_id == person_id)


@dataclass(frozen=True)
class AssessmentRead:
    """One assessment in the words of the form it was given in."""

    case: Case
    person: Person | None
    assessment: Assessment
    form: AssessmentForm
    sections: tuple[tuple[str, tuple[MarkedAnswer, ...]], ...]


def assessment_file(
    connection: Connection, viewer: Actor, case_id: str, today: date
) -> AssessmentFile:
    """What was found out about a household; that about a member only with a right to the member."""
    admission = enter(connection, viewer, case_id, today)
    case = Cases(connection).get(case_id)
    assessments = Assessments(connection)
    return AssessmentFile(
        case,
        admission,
        tuple(person for person in case.persons if admission.shows(person.id)),
        tuple(
            _as_shown(admission, one, assessments.form_of(one))
            for one in assessments.of_case(case_id)
            if _open(admission, one)
        ),
    )


def assessment_read(
    connection: Connection, viewer: Actor, case_id: str, assessment_id: str, today: date
) -> AssessmentRead:
    """One assessment; raises RecordNotFound without a right to it.

    Who told about others is left out for those who may not see the whole case.
    """
    admission = enter(connection, viewer, case_id, today)
    assessments = Assessments(connection)
    found = assessments.get(case_id, assessment_id)
    if not _open(admission, found):
        raise RecordNotFound
    case = Cases(connection).get(case_id)
    form = assessments.form_of(found)
    shown = _as_shown(admission, found, form)
    person = case.person(found.person_id) if found.person_id else None
    return AssessmentRead(case, person, shown, form, in_words(form, shown.answers))


def _as_shown(admission: Admission, assessment: Assessment, form: AssessmentForm) -> Assessment:
    """Who told about others is left out for those who may not see the whole case."""
    if admission.whole:
        return assessment
    return replace(assessment, answers=form.without_sources(assessment.answers))


def _open(admission: Admission, assessment: Assessment) -> bool:
    if not assessment.person_id:
        return admission.whole
    return admission.shows(assessment.person_id)
