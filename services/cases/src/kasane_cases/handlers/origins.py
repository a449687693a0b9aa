"""Keeps what only a closed session knows out of plan texts; takes another origin of a fact."""

from collections.abc import Iterable
from typing import Any

from kasane_cases.commands import RecordOrigin
from kasane_cases.domain.case import Case
from kasane_cases.domain.errors import ClosedOrigin, DatesBackward
from kasane_cases.domain.origin import FactOrigin, closed_origins, fold
from kasane_cases.domain.person_link import others_of
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.repository import Origins, PersonLinks
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def must_be_told_openly(case: Case, texts: Iterable[str], uow: UnitOfWork, hooks: Any) -> None:
    """Raises ClosedOrigin when a text carries a fact known only from a closed session (I-04).

    Call it before anything is written: the refusal itself is kept on the trail, with the
    sessions but without the text, and whatever else the unit of work holds is undone.
    """
    texts = tuple(texts)
    origins = Origins(uow.connection)
    persons = _same_persons(case, uow) | _named_of_other_families(texts, origins, uow)
    closed = origins.closed_passages(case.id, sorted(persons))
    if not closed:
        return
    findings = closed_origins(texts, closed, origins.open_texts(case), _vocabulary(case, hooks))
    if not findings:
        return
    uow.connection.rollback()
    for session_id in sorted({finding.session_id for finding in findings}):
        uow.record("cases.fact_origin.refused", OBJECT, case.id, basis=f"meeting:{session_id}")
    uow.commit()
    raise ClosedOrigin(tuple(finding.passage for finding in findings))


def record_origin(command: RecordOrigin, uow: UnitOfWork) -> str:
    """Writes down who told a fact outside every closed session, and when; nothing is deleted."""
    case, admission = open_for_change(command.case_id, uow)
    today = clock.today()
    if command.told_on > today:
        raise DatesBackward
    Origins(uow.connection).add(
        FactOrigin(
            id=command.origin_id,
            case_id=case.id,
            text=command.text,
            told_by=command.told_by,
            told_on=command.told_on,
            recorded_at=clock.now(),
            recorded_by=uow.actor.account_id,
            recorder_name=uow.actor.display_name,
        )
    )
    uow.record("cases.fact_origin.recorded", OBJECT, case.id, basis=admission.basis)
    note(uow, case.id, TimelineKind.ORIGIN_RECORDED, told_by=command.told_by)
    uow.commit()
    return command.origin_id


def _same_persons(case: Case, uow: UnitOfWork) -> set[str]:
    """The people of a case, also under the other records that are known to be theirs."""
    persons = {person.id for person in case.persons}
    links = PersonLinks(uow.connection).around(persons)
    return persons.union(*(others_of(person_id, links) for person_id in persons))


def _named_of_other_families(texts: Iterable[str], origins: Origins, uow: UnitOfWork) -> set[str]:
    """Whom the texts name, of all of whom the writer heard at closed sessions.

    What was told of another family is compared only for who was there and names somebody of it: a refusal
    then tells the writer nothing new, and nobody else learns that such a session was held.
    """
    written = fold("".join(texts))
    heard_of = origins.persons_heard_of(uow.actor.account_id)
    return {one for one, name in heard_of.items() if (known := fold(name)) and known in written}


def _vocabulary(case: Case, hooks: Any) -> Iterable[str]:
    """Names and posts that are nobody's secret: people of the case, agencies, bodies, roles."""
    today = clock.today()
    for person in case.persons:
        yield from (person.name, *person.name.split(), case.relation(person.id))
    yield from (office.label for office in hooks.organization(on=today))
    yield from (body.label for body in hooks.meeting_bodies(on=today))
    yield from (role.label for role in hooks.roles(on=today))
