"""Reads consultations for lists and one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, and_, or_, select

from kasane_intake import tables
from kasane_intake.domain.consultation import Consultation, ConsultationStatus, PersonConcerned
from kasane_intake.domain.errors import ConsultationNotFound
from kasane_intake.queries.visibility import (
    KEPT_BY_THE_SENDER,
    copied_to,
    named_roles,
    visible_to,
)
from kasane_intake.repository import Consultations, ProtectedPersons
from kasane_kit.auth import Actor

CLOSED = (ConsultationStatus.ANSWERED.value, ConsultationStatus.ACCEPTED_AS_CASE.value)


@dataclass(frozen=True)
class ConsultationLine:
    """One line of a list: no address, no telephone number."""

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
        moment = datetime.fromisoformat(before[0])
        statement = statement.where(
            or_(c.received_at < moment, and_(c.received_at == moment, c.id < before[1]))
        )
    rows = connection.execute(
        statement.order_by(c.received_at.desc(), c.id.desc()).limit(most)
    ).all()
    return _lines(connection, rows)


def lines_of(connection: Connection, ids: Sequence[str]) -> Sequence[ConsultationLine]:
    """The lines of these consultations, which the viewer may see, in no order."""
    return _lines(
        connection,
        connection.execute(
            select(tables.consultation).where(tables.consultation.c.id.in_(ids))
        ).all(),
    )


def _lines(
    connection: Connection, rows: Sequence[Row[tuple[object, ...]]]
) -> Sequence[ConsultationLine]:
    names: dict[str, list[tuple[str, str]]] = {row.id: [] for row in rows}
    p = tables.person_concerned.c
    for person in connection.execute(
        select(p.consultation_id, p.name, p.kana)
        .where(p.consultation_id.in_(names))
        .order_by(p.position)
    ):
        names[person.consultation_id].append((person.name, person.kana))
    return [
        ConsultationLine(
            id=row.id,
            number=row.number,
            received_at=row.received_at
            if row.received_at.tzinfo
            else row.received_at.replace(tzinfo=UTC),
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

    Who is not of the desk that heard it reads nothing of a hidden complainant (I-11).
    """
    allowed = connection.scalar(
        select(tables.consultation.c.id).where(
            tables.consultation.c.id == consultation_id, visible_to(viewer)
        )
    )
    if allowed is None:
        raise ConsultationNotFound
    found = Consultations(connection).get(consultation_id)
    found.persons = ProtectedPersons(connection).withheld(found.persons)
    heard_it = found.desk == viewer.office or found.received_by == viewer.account_id
    if not heard_it:
        found.story = found.shared_story
        found.contact = found.contact.outside_the_desk
        found.persons = _told_to(connection, viewer, found)
    return found


def _told_to(
    connection: Connection, viewer: Actor, found: Consultation
) -> tuple[PersonConcerned, ...]:
    """Everybody for whom the matter waits; to an office it was sent to, those who consented (I-07)."""
    if viewer.has("coordinator") or found.escalation.target_role in named_roles(viewer):
        return found.persons
    s = tables.referral_sheet.c
    sent = connection.scalars(
        select(s.persons).where(
            s.consultation_id == found.id,
            or_(s.to_office == viewer.office, copied_to(viewer)),
            s.status.not_in(KEPT_BY_THE_SENDER),
        )
    )
    told = {person for persons in sent for person in persons}
    return tuple(
        person if person.person_id in told else PersonConcerned(person.person_id)
        for person in found.persons
    )
