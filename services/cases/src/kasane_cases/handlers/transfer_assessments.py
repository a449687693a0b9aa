"""Puts what an assessment says into documents of a package; who told about others never goes (I-11)."""

from kasane_cases.domain.assessment_form import (
    MARKED,
    AssessmentFieldKind,
    MarkedAnswer,
    in_words,
)
from kasane_cases.domain.case import Case
from kasane_cases.domain.transfer import TransferDocument, TransferDocumentKind
from kasane_cases.repository import Assessments
from kasane_contracts.glossary import term
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork

_words = Strings("kasane_cases")


def of_assessment(case: Case, person_id: str, uow: UnitOfWork) -> list[TransferDocument]:
    """The newest assessment of a member, or of the household when ``person_id`` is empty.

    What others told is a document of its own, marked as such and without their names. Cooperating
    bodies and opinions are marked.
    """
    assessments = Assessments(uow.connection)
    newest = assessments.newest(case.id, person_id)
    if newest is None:
        return []
    form = assessments.form_of(newest)
    sections = in_words(form, form.without_sources(newest.answers))
    answers = [one for _, section in sections for one in section if one.text or one.marks]
    told = [one for one in answers if one.kind is AssessmentFieldKind.THIRD_PARTY]
    own = [one for one in answers if one.kind is not AssessmentFieldKind.THIRD_PARTY]
    day = newest.recorded_at.astimezone(clock.JAPAN).date()
    kind = TransferDocumentKind.ASSESSMENT
    title = term(f"transfer_document_kind.{kind.value}").ja
    found = []
    for group, third_party in ((own, False), (told, True)):
        lines = tuple((_label(one), _said(one)) for one in group if _said(one))
        if lines:
            found.append(
                TransferDocument(new_id(), kind, person_id, title, day, lines, third_party)
            )
    return found


def _label(answer: MarkedAnswer) -> str:
    if answer.kind not in MARKED:
        return answer.label
    return f"{answer.label}（{_words.text(f'assessment_mark.{answer.kind.value}')}）"


def _said(answer: MarkedAnswer) -> str:
    if answer.marks:
        return "、".join(f"{mark}{label}" for label, mark in answer.marks if mark)
    if answer.kind is AssessmentFieldKind.YES_NO and answer.text:
        return _words.text(f"assessment.{answer.text}")
    return answer.text
