"""Reads consultations for lists and one page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, and_, or_, select

from kasane_intake import tables
from kasane_intake.domain.consultation import Consultation, ConsultationStatus
from kasane_intake.domain.person_merge import PersonMerge
from kasane_intake.domain.protected import WithheldAddress
from kasane_intake.domain.reception import Reception
from kasane_intake.repository import Consultations, PersonMerges, ProtectedPersons, moment, withheld
from kasane_intake.repository.told import Told, in_batches, told_to
from kasane_intake.repository.visibility import visible_to
from kasane_kit.auth import Actor

CLOSED = (ConsultationStatus.ANSWERED.value, ConsultationStatus.ACCEPTED_AS_CASE.value)


@dataclass(frozen=True)
class ConsultationLine:
    """One line of a list: no address, no telephone number, and no name that the viewer is not told (I-07)."""

    id: str
    number: str
    received_at: datetime
    desk: str
    persons: tuple[tuple[str, str], ...]
    main_category: str
    categories: tuple[str, ...]
    urgent: bool
    status: str
    target_role: str


def consultations(
    connection: Connection,
    viewer: Actor,
    *,
    status: str = "",
    before: tuple[str, str] | None = None,
    most: int = 50,
) -> Sequence[ConsultationLine]:
    """Consultations that the viewer may see, newest first; ``before`` is (received_at, id) of the last one shown."""
    c = tables.consultation.c
    statement = select(tables.consultation).where(visible_to(viewer))
    if status == "open":
        statement = statement.where(c.status.not_in(CLOSED))
    elif status:
        statement = statement.where(c.status == status)
    if before:
        then = datetime.fromisoformat(before[0])
        statement = statement.where(
            or_(c.received_at < then, and_(c.received_at == then, c.id < before[1]))
        )
    rows = connection.execute(
        statement.order_by(c.received_at.desc(), c.id.desc()).limit(most)
    ).all()
    return _lines(connection, viewer, rows)


def lines_of(
    connection: Connection, viewer: Actor, ids: Sequence[str]
) -> Sequence[ConsultationLine]:
    """The lines of these consultations, which the viewer may see, in no order."""
    return _lines(
        connection,
        viewer,
        connection.execute(
            select(tables.consultation).where(tables.consultation.c.id.in_(ids))
        ).all(),
    )


def _lines(
    connection: Connection, viewer: Actor, rows: Sequence[Row[tuple[object, ...]]]
) -> Sequence[ConsultationLine]:
    names: dict[str, list[tuple[str, str]]] = {row.id: [] for row in rows}
    told = told_to(connection, viewer, names)
    p = tables.person_concerned.c
    for some in in_batches(names):
        for person in connection.execute(
            select(p.id, p.consultation_id, p.name, p.kana)
            .where(p.consultation_id.in_(some))
            .order_by(p.position)
        ):
            known = told.of(person.consultation_id, person.id)
            names[person.consultation_id].append((person.name, person.kana) if known else ("", ""))
    return [
        ConsultationLine(
            id=row.id,
            number=row.number,
            received_at=moment(row.received_at),
            desk=row.desk,
            persons=tuple(names[row.id]),
            main_category=row.main_category,
            categories=tuple(row.categories),
            urgent=row.urgent,
            status=row.status,
            target_role=row.target_role,
        )
        for row in rows
    ]


def consultation(connection: Connection, viewer: Actor, consultation_id: str) -> Consultation:
    """One consultation; raises ConsultationNotFound when there is none or it is not open to the viewer.

    Who is not of the desk that heard it reads nothing of a hidden complainant (I-11), and in what was typed no
    name of those of whom they are not told (I-07).
    """
    return consultation_file(connection, viewer, consultation_id).consultation


@dataclass(frozen=True)
class ConsultationFile:
    """One consultation for one viewer, every link around its people and what is hidden of them, told of or not.

    ``told`` says of whom the viewer reads; ``words`` takes everybody else, and a hidden complainant, out of a text.
    """

    consultation: Consultation
    links: tuple[PersonMerge, ...]
    hidden: Mapping[str, WithheldAddress]
    told: Told
    words: Callable[[str], str]

    @property
    def whole(self) -> bool:
        """Whether the viewer reads of everybody in it."""
        return self.consultation.id in self.told.whole


def consultation_file(
    connection: Connection, viewer: Actor, consultation_id: str
) -> ConsultationFile:
    """One consultation as consultation() reads it, for who reads more of its people."""
    found = Consultations(connection).get(consultation_id, visible_to(viewer))
    people = [person.person_id for person in found.persons]
    links = PersonMerges(connection).around(people)
    hidden = ProtectedPersons(connection).among(people, links)
    found.persons = withheld(found.persons, hidden)
    if found.desk == viewer.office or found.received_by == viewer.account_id:
        return ConsultationFile(found, links, hidden, Told(frozenset((found.id,))), str)
    told = told_to(connection, viewer, (found.id,))
    words = _words_for(told, replace(found))
    found.story, found.outcome = words(found.story), words(found.outcome)
    found.reception = _as_told(found, words)
    found.contact = found.contact.outside_the_desk
    found.persons = told.only(found.id, found.persons)
    return ConsultationFile(found, links, hidden, told, words)


def _words_for(told: Told, whole: Consultation) -> Callable[[str], str]:
    def words(typed: str) -> str:
        return told.story(whole.id, whole.contact.taken_out_of(typed), whole.persons)

    return words


def _as_told(found: Consultation, words: Callable[[str], str]) -> Reception:
    """How it came, without what leads to a hidden complainant."""
    noted = replace(found.reception, do_not_contact=words(found.reception.do_not_contact))
    if found.contact.hidden:
        return replace(noted, contact_by="", heard_by="", agency="")
    return replace(noted, contact_by=words(noted.contact_by))
