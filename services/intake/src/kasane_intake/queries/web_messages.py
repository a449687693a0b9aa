"""Reads what arrived through the public form, for the desk that the town named and for coordinators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, or_, select

from kasane_intake import tables
from kasane_intake.domain.errors import WebMessageNotFound
from kasane_intake.domain.public_form import PublicForm, WebMessage, WebMessageStatus
from kasane_intake.repository.arrivals import is_gone
from kasane_intake.repository.moments import moment
from kasane_intake.repository.public_form import PublicForms, WebMessages
from kasane_kit.auth import Actor

BEGINNING = 60


@dataclass(frozen=True)
class WebMessageLine:
    """One line of the queue: the beginning of the words, no name, no number to call."""

    id: str
    receipt: str
    arrived_at: datetime
    sender: str
    beginning: str
    status: str
    reason: str
    consultation_id: str
    news: int


def public_form(connection: Connection) -> PublicForm:
    """The settings of the town's form."""
    return PublicForms(connection).get()


def may_read_queue(connection: Connection, viewer: Actor) -> bool:
    """Whether the viewer is of the desk that reads the form, or coordinates."""
    form = public_form(connection)
    return viewer.has("coordinator") or bool(form.office and viewer.office == form.office)


def web_messages(
    connection: Connection,
    viewer: Actor,
    status: str = WebMessageStatus.WAITING.value,
    *,
    before: tuple[str, str] | None = None,
    most: int = 50,
) -> Sequence[WebMessageLine]:
    """The queue of one status, newest first; waiting also lists confirmed ones to which something was added."""
    if not may_read_queue(connection, viewer):
        return ()
    m, a = tables.web_message.c, tables.web_addition.c
    unseen = and_(a.message_id == m.id, a.seen.is_(False))
    wanted = m.status == status
    if status == WebMessageStatus.WAITING.value:
        wanted = or_(wanted, exists().where(unseen))
    if before:
        then = datetime.fromisoformat(before[0])
        wanted = and_(
            wanted, or_(m.arrived_at < then, and_(m.arrived_at == then, m.id < before[1]))
        )
    wanted = and_(wanted, ~is_gone(tables.web_message))
    news = select(func.count()).where(unseen).scalar_subquery()
    rows = connection.execute(
        select(tables.web_message, news.label("news"))
        .where(wanted)
        .order_by(m.arrived_at.desc(), m.id.desc())
        .limit(most)
    )
    return [
        WebMessageLine(
            row.id,
            row.receipt,
            moment(row.arrived_at),
            row.sender,
            row.story[:BEGINNING],
            row.status,
            row.reason,
            row.consultation_id,
            row.news,
        )
        for row in rows
    ]


def waiting_web_messages(connection: Connection, viewer: Actor) -> int:
    """How many messages and additions wait for the viewer."""
    if not may_read_queue(connection, viewer):
        return 0
    m, a = tables.web_message.c, tables.web_addition.c
    unseen = exists().where(a.message_id == m.id, a.seen.is_(False))
    waiting = and_(
        or_(m.status == WebMessageStatus.WAITING.value, unseen), ~is_gone(tables.web_message)
    )
    return int(
        connection.scalar(select(func.count()).select_from(tables.web_message).where(waiting)) or 0
    )


def web_message(connection: Connection, viewer: Actor, message_id: str) -> WebMessage:
    """One message; raises WebMessageNotFound when there is none or the viewer is of another desk."""
    if not may_read_queue(connection, viewer):
        raise WebMessageNotFound
    return WebMessages(connection).get(message_id)


def web_message_of(connection: Connection, consultation_id: str) -> WebMessage | None:
    """The message from which a consultation that the viewer has opened was made."""
    found = connection.scalar(
        select(tables.web_message.c.id).where(
            tables.web_message.c.consultation_id == consultation_id
        )
    )
    return WebMessages(connection).get(found) if found else None
