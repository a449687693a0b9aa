"""What intake's screens read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select, true

from kasane_intake import tables
from kasane_intake.domain.consultation import Consultation, ConsultationStatus
from kasane_intake.domain.errors import ConsultationNotFound, SheetNotFound
from kasane_intake.domain.folding import fold
from kasane_intake.domain.referral_sheet import ReferralSheet, SheetStatus
from kasane_intake.domain.same_person.scoring import SamePersonLevel, compare
from kasane_intake.domain.same_person.traits import PersonTraits, fold_person, stored_keys
from kasane_intake.repository import Consultations, ReferralSheets
from kasane_kit.auth import Actor

COMPARED_AT_MOST = 200
SHOWN_AT_MOST = 10
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


@dataclass(frozen=True)
class SheetLine:
    """One つなぐシート in a list."""

    sheet: ReferralSheet
    number: str
    overdue: bool


@dataclass(frozen=True)
class Candidate:
    """A record that may be of the same person; one that the viewer may not see has only desk and number."""

    number: str
    desk: str
    consultation_id: str = ""
    name: str = ""
    kana: str = ""
    level: str = ""
    reasons: tuple[str, ...] = ()


def consultations(
    connection: Connection,
    viewer: Actor,
    *,
    words: str = "",
    status: str = "",
    before: tuple[str, str] | None = None,
    most: int = 50,
) -> Sequence[ConsultationLine]:
    """Consultations that the viewer may see, newest first; ``before`` is (received_at, id) of the last one shown."""
    c = tables.consultation.c
    statement = select(tables.consultation).where(_visible_to(viewer))
    for word in words.split():
        statement = statement.where(c.search_text.contains(fold(word), autoescape=True))
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
    """One consultation; raises ConsultationNotFound when there is none or it is not open to the viewer."""
    allowed = connection.scalar(
        select(tables.consultation.c.id).where(
            tables.consultation.c.id == consultation_id, _visible_to(viewer)
        )
    )
    if allowed is None:
        raise ConsultationNotFound
    return Consultations(connection).get(consultation_id)


def same_person_candidates(
    connection: Connection, viewer: Actor, typed: PersonTraits, *, leaving_out: str = ""
) -> tuple[Candidate, ...]:
    """Records that may be of the typed person, most alike first; ``leaving_out`` is a consultation's id."""
    keys = stored_keys(typed)
    if not keys:
        return ()
    k, p, c = tables.person_key.c, tables.person_concerned.c, tables.consultation.c
    shared = func.count().label("shared")
    nearest = (
        select(k.person_id, shared)
        .where(k.key.in_(keys))
        .group_by(k.person_id)
        .order_by(shared.desc(), k.person_id)
        .limit(COMPARED_AT_MOST)
        .subquery()
    )
    rows = connection.execute(
        select(tables.person_concerned, c.number, c.desk, _visible_to(viewer).label("visible"))
        .join(nearest, nearest.c.person_id == p.id)
        .join(tables.consultation, c.id == p.consultation_id)
        .where(p.consultation_id != leaving_out)
    ).all()
    searched, found = fold_person(typed), []
    for row in rows:
        traits = PersonTraits(row.name, row.kana, row.birth_date, row.address, row.phone)
        resemblance = compare(searched, fold_person(traits))
        if resemblance.level is not SamePersonLevel.UNLIKELY:
            found.append((resemblance, row))
    found.sort(key=lambda one: (-one[0].score, one[1].number, one[1].id))
    candidates = (
        Candidate(
            row.number,
            row.desk,
            row.consultation_id,
            row.name,
            row.kana,
            resemblance.level.value,
            resemblance.said,
        )
        if row.visible
        else Candidate(row.number, row.desk)
        for resemblance, row in found
    )
    return tuple(dict.fromkeys(candidates))[:SHOWN_AT_MOST]


def sheets_of(connection: Connection, consultation_id: str) -> tuple[ReferralSheet, ...]:
    """The sheets of a consultation that the viewer has opened."""
    return ReferralSheets(connection).of_consultation(consultation_id)


def sheet(connection: Connection, viewer: Actor, sheet_id: str) -> ReferralSheet:
    """One sheet; raises SheetNotFound when there is none or its consultation is not open to the viewer."""
    found = ReferralSheets(connection).get(sheet_id)
    try:
        consultation(connection, viewer, found.consultation_id)
    except ConsultationNotFound:
        raise SheetNotFound from None
    return found


def sheets_for_office(connection: Connection, viewer: Actor, today: date) -> Sequence[SheetLine]:
    """Sheets that wait for the viewer's office, or are overdue and the viewer's role is told; oldest first."""
    s = tables.referral_sheet.c
    mine = or_(s.to_office == viewer.office, s.from_office == viewer.office)
    late = and_(
        s.overdue_role.in_(_named_roles(viewer)),
        s.acknowledge_by < today,
        s.status == SheetStatus.SENT.value,
    )
    rows = connection.execute(
        select(s.id, tables.consultation.c.number)
        .join(tables.consultation, tables.consultation.c.id == s.consultation_id)
        .where(
            s.status.in_([SheetStatus.SENT.value, SheetStatus.ACKNOWLEDGED.value]), or_(mine, late)
        )
        .order_by(s.acknowledge_by, s.id)
    ).all()
    sheets = ReferralSheets(connection)
    lines = []
    for row in rows:
        found = sheets.get(row.id)
        lines.append(SheetLine(found, row.number, found.overdue(today)))
    return lines


def _visible_to(viewer: Actor) -> ColumnElement[bool]:
    """A coordinator sees all; others see what their office received, was sent, or what waits for their role."""
    if viewer.has("coordinator"):
        return true()
    if not viewer.office and not viewer.roles:
        return false()
    c, s = tables.consultation.c, tables.referral_sheet.c
    return or_(
        c.desk == viewer.office,
        c.received_by == viewer.account_id,
        c.target_role.in_(_named_roles(viewer)),
        exists().where(s.consultation_id == c.id, s.to_office == viewer.office),
    )


def _named_roles(viewer: Actor) -> tuple[str, ...]:
    """A rule names a role by the town's code or by its function; both reach the viewer."""
    return (*viewer.roles, *sorted(viewer.functions))
