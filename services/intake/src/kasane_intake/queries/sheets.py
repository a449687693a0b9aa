"""Reads つなぐシート."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from kasane_intake import tables
from kasane_intake.domain.errors import ConsultationNotFound, SheetNotFound
from kasane_intake.domain.referral_sheet import ReferralSheet, SheetStatus
from kasane_intake.domain.step import Step
from kasane_intake.queries.consultations import ConsultationFile, consultation_file
from kasane_intake.repository import ReferralSheets, read_sheet, steps_of
from kasane_intake.repository.visibility import KEPT_BY_THE_SENDER, copied_to, named_roles
from kasane_kit.auth import Actor
from kasane_kit.db.shredding import is_shredded


@dataclass(frozen=True)
class SheetLine:
    """One つなぐシート in a list; ``overdue`` when it is late, for being acknowledged or decided."""

    sheet: ReferralSheet
    number: str
    overdue: bool


@dataclass(frozen=True)
class SheetBoard:
    """All sheets of an office: what it has to do about each."""

    to_answer: Sequence[SheetLine]
    overdue: Sequence[SheetLine]
    waiting: Sequence[SheetLine]
    to_read: Sequence[SheetLine]
    drafts: Sequence[SheetLine]
    done: Sequence[SheetLine]


DONE_AT_MOST = 30
_DONE = (SheetStatus.CLOSED, SheetStatus.RETURNED, SheetStatus.REDIRECTED, SheetStatus.VOID)


def sheets_of(
    connection: Connection, viewer: Actor, file: ConsultationFile
) -> tuple[ReferralSheet, ...]:
    """The sheets of a consultation that are open to the viewer."""
    found = ReferralSheets(connection).of_consultation(file.consultation.id)
    return tuple(one for one in found if _open_to(one, viewer, whole=file.whole))


def chain_of(connection: Connection, one: ReferralSheet) -> tuple[ReferralSheet, ...]:
    """The sheets by which the matter went on, first to last: only between which offices is for every viewer."""
    return ReferralSheets(connection).of_chain(one.chain_id)


def steps(
    connection: Connection, file: ConsultationFile, sheets: Sequence[ReferralSheet]
) -> tuple[Step, ...]:
    """The history of a consultation and of these sheets, oldest first, in words that the viewer may read."""
    ids = {"", *(one.id for one in sheets)}
    return tuple(
        replace(one, note=file.words(one.note))
        for one in steps_of(connection, file.consultation.id)
        if one.sheet_id in ids
    )


def sheet_board(connection: Connection, viewer: Actor, today: date) -> SheetBoard:
    """What the viewer's office has to answer, waits for, has to read, and has done.

    Who is told only that a sheet is late is told where it lies, and none of its words.
    """
    s = tables.referral_sheet.c
    mine = or_(
        s.to_office == viewer.office,
        s.from_office == viewer.office,
        s.responsible_office == viewer.office,
    )
    late = _late_and_told_to(viewer, today)
    told = and_(copied_to(viewer), s.status.not_in(KEPT_BY_THE_SENDER))
    at_work = s.status.not_in([status.value for status in _DONE])
    whole = or_(mine, late, told) if viewer.office else or_(late, told)
    open_ones = _lines(connection, and_(whole, at_work), today, viewer, None)
    done = _lines(connection, and_(whole, ~at_work), today, viewer, DONE_AT_MOST)
    to_me = [line for line in open_ones if line.sheet.to_office == viewer.office]
    from_me = [line for line in open_ones if line.sheet.to_office != viewer.office]
    return SheetBoard(
        to_answer=[
            line
            for line in to_me
            if line.sheet.on_its_way or line.sheet.status is SheetStatus.ACCEPTED
        ],
        overdue=[line for line in from_me if line.overdue],
        waiting=[
            line
            for line in from_me
            if not line.overdue
            and (line.sheet.on_its_way or line.sheet.status is SheetStatus.ACCEPTED)
        ],
        to_read=[line for line in open_ones if line.sheet.status is SheetStatus.OUTCOME_RETURNED],
        drafts=[line for line in open_ones if line.sheet.status is SheetStatus.DRAFT],
        done=done,
    )


def _late_and_told_to(viewer: Actor, today: date) -> ColumnElement[bool]:
    s = tables.referral_sheet.c
    return and_(
        s.overdue_role.in_(named_roles(viewer)),
        or_(
            and_(s.status == SheetStatus.SENT.value, s.acknowledge_by < today),
            and_(s.status == SheetStatus.ACKNOWLEDGED.value, s.decide_by < today),
        ),
    )


def _lines(
    connection: Connection,
    condition: ColumnElement[bool],
    today: date,
    viewer: Actor,
    most: int | None,
) -> list[SheetLine]:
    s = tables.referral_sheet.c
    statement = (
        select(tables.consultation.c.number, *s)
        .join(tables.consultation, tables.consultation.c.id == s.consultation_id)
        .where(condition, ~is_shredded(s.consultation_id))
    )
    if most is None:
        statement = statement.order_by(s.acknowledge_by, s.id)
    else:
        statement = statement.order_by(s.sent_on.desc(), s.id.desc()).limit(most)
    lines = []
    for row in connection.execute(statement):
        found = read_sheet({name: row._mapping[name] for name in s.keys()})  # noqa: SIM118
        if not _kept_from(found, viewer):
            told = found if _open_to(found, viewer, whole=False) else found.without_words()
            lines.append(SheetLine(told, row.number, found.late(today)))
    return lines


def _kept_from(one: ReferralSheet, viewer: Actor) -> bool:
    mine = viewer.office in (one.from_office, one.responsible_office)
    return one.status.value in KEPT_BY_THE_SENDER and not mine and not viewer.has("coordinator")


def _open_to(one: ReferralSheet, viewer: Actor, *, whole: bool) -> bool:
    """Who reads of everybody reads every sheet; others those of their office or copied to their post (I-07)."""
    offices = (one.from_office, one.to_office, one.responsible_office)
    theirs = viewer.office in offices or not {*one.copies_to}.isdisjoint(named_roles(viewer))
    return (whole or theirs) and not _kept_from(one, viewer)


def sheet(connection: Connection, viewer: Actor, sheet_id: str) -> ReferralSheet:
    """One sheet; raises SheetNotFound when there is none or it, or its consultation, is not open to the viewer."""
    found = ReferralSheets(connection).get(sheet_id)
    try:
        file = consultation_file(connection, viewer, found.consultation_id)
    except ConsultationNotFound:
        raise SheetNotFound from None
    if not _open_to(found, viewer, whole=file.whole):
        raise SheetNotFound
    return found


def sheets_for_office(connection: Connection, viewer: Actor, today: date) -> Sequence[SheetLine]:
    """Sheets that wait for the viewer's office, or are overdue and the viewer's role is told; oldest first."""
    s = tables.referral_sheet.c
    mine = or_(s.to_office == viewer.office, s.from_office == viewer.office)
    late = _late_and_told_to(viewer, today)
    rows = connection.execute(
        select(s.id, tables.consultation.c.number)
        .join(tables.consultation, tables.consultation.c.id == s.consultation_id)
        .where(
            s.status.in_([SheetStatus.SENT.value, SheetStatus.ACKNOWLEDGED.value]),
            or_(mine, late),
            ~is_shredded(s.consultation_id),
        )
        .order_by(s.acknowledge_by, s.id)
    ).all()
    sheets = ReferralSheets(connection)
    lines = []
    for row in rows:
        found = sheets.get(row.id)
        lines.append(SheetLine(found, row.number, found.late(today)))
    return lines
