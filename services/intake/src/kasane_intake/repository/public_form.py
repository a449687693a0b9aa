"""Loads and saves the public form, its messages and its counts."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Row,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    text,
    update,
)

from kasane_intake import tables
from kasane_intake.domain.arrival_errors import ArrivalDestroyed
from kasane_intake.domain.errors import ChangedMeanwhile, WebMessageNotFound
from kasane_intake.domain.public_form import (
    ContactWay,
    PublicForm,
    Sender,
    WebAddition,
    WebMessage,
    WebMessageStatus,
)
from kasane_intake.repository.arrivals import is_gone
from kasane_intake.repository.moments import moment, moment_or_none
from kasane_kit.db import Taken, unless_taken

THE_FORM = "form"


class PublicForms:
    """The public form of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> PublicForm:
        """The settings; a town that has set nothing has a form that is switched off."""
        row = self._connection.execute(
            select(tables.public_form).where(tables.public_form.c.id == THE_FORM)
        ).one_or_none()
        if row is None:
            return PublicForm()
        values = dict(row._mapping)
        del values["id"]
        return PublicForm(**values)

    def save(self, form: PublicForm) -> None:
        """Saves changed settings; raises ChangedMeanwhile when somebody else was faster."""
        columns = {**vars(form), "version": form.version + 1}
        if form.version == 0:
            self._insert(columns)
            return
        saved = self._connection.execute(
            update(tables.public_form)
            .where(
                tables.public_form.c.id == THE_FORM, tables.public_form.c.version == form.version
            )
            .values(**columns)
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def _insert(self, columns: dict[str, object]) -> None:
        try:
            with unless_taken(tables.public_form.c.id), self._connection.begin_nested():
                self._connection.execute(insert(tables.public_form).values(id=THE_FORM, **columns))
        except Taken:
            raise ChangedMeanwhile from None


class WebMessages:
    """What arrived through the public form of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, message_id: str) -> WebMessage:
        """The message with its additions; raises WebMessageNotFound, and ArrivalDestroyed when its time is over."""
        found = self._one(tables.web_message.c.id == message_id)
        if found.gone:
            raise ArrivalDestroyed
        return found

    def by_receipt(self, receipt: str) -> WebMessage:
        """The message of a receipt number; raises WebMessageNotFound."""
        return self._one(tables.web_message.c.receipt == receipt)

    def waiting(self) -> tuple[WebMessage, ...]:
        """Every message of which something waits to be read, oldest first."""
        m, a = tables.web_message.c, tables.web_addition.c
        unseen = exists().where(a.message_id == m.id, a.seen.is_(False))
        ids = self._connection.scalars(
            select(m.id)
            .where(
                or_(m.status == WebMessageStatus.WAITING.value, unseen),
                ~is_gone(tables.web_message),
            )
            .order_by(m.arrived_at, m.id)
        ).all()
        return tuple(self.get(message_id) for message_id in ids)

    def add(self, message: WebMessage) -> bool:
        """Saves a new message; False when one with its receipt is there already."""
        try:
            with unless_taken(tables.web_message.c.receipt), self._connection.begin_nested():
                self._connection.execute(insert(tables.web_message).values(**_columns(message)))
        except Taken:
            return False
        return True

    def save(self, message: WebMessage, read_version: int) -> None:
        """Saves a changed message; raises ChangedMeanwhile when its version is not the one that was read."""
        saved = self._connection.execute(
            update(tables.web_message)
            .where(
                tables.web_message.c.id == message.id,
                tables.web_message.c.version == read_version,
            )
            .values(**{**_columns(message), "version": read_version + 1})
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def has_addition(self, addition_id: str) -> bool:
        """Whether this was added already."""
        a = tables.web_addition.c
        return bool(self._connection.scalar(select(exists().where(a.id == addition_id))))

    def append(self, message_id: str, addition_id: str, at: datetime, words: str) -> bool:
        """Saves what the sender added, as a new version: who has the one before open has not read it.

        False when the same addition is there already. Raises ArrivalDestroyed when the end of the message was begun
        meanwhile.
        """
        try:
            with unless_taken(tables.web_addition.c.id), self._connection.begin_nested():
                self._append(message_id, addition_id, at, words)
        except Taken:
            return False
        return True

    def _append(self, message_id: str, addition_id: str, at: datetime, words: str) -> None:
        m = tables.web_message.c
        changed = self._connection.execute(
            update(tables.web_message)
            .where(m.id == message_id, m.ending_id == "")
            .values(version=m.version + 1)
        )
        if changed.rowcount != 1:
            raise ArrivalDestroyed
        self._connection.execute(
            insert(tables.web_addition).values(
                id=addition_id, message_id=message_id, at=at, text=words, seen=False
            )
        )

    def mark_seen(self, message_id: str) -> None:
        """Remembers that somebody looked at every addition so far."""
        t = tables.web_addition
        self._connection.execute(update(t).where(t.c.message_id == message_id).values(seen=True))

    def _one(self, condition: ColumnElement[bool]) -> WebMessage:
        asked = select(tables.web_message, is_gone(tables.web_message).label("gone"))
        row = self._connection.execute(asked.where(condition)).one_or_none()
        if row is None:
            raise WebMessageNotFound
        t = tables.web_addition
        additions = self._connection.execute(
            select(t).where(t.c.message_id == row.id).order_by(t.c.at, t.c.id)
        )
        return _message(row, tuple(WebAddition(moment(a.at), a.text, a.seen) for a in additions))


class WebCounts:
    """Counts tries by the hour, exactly, however many processes count at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, bucket: str, until: datetime) -> int:
        """Counts one try and says how many there were."""
        return int(
            self._connection.scalar(
                text(
                    "INSERT INTO intake_web_count (bucket, count, until) VALUES (:bucket, 1, :until) "
                    "ON CONFLICT (bucket) DO UPDATE SET count = intake_web_count.count + 1 RETURNING count"
                ).bindparams(
                    bindparam("bucket", bucket),
                    bindparam("until", until, type_=DateTime(timezone=True)),
                )
            )
            or 0
        )

    def of(self, bucket: str) -> int:
        """How many tries were counted so far."""
        t = tables.web_count.c
        return int(self._connection.scalar(select(t.count).where(t.bucket == bucket)) or 0)

    def forget(self, now: datetime) -> None:
        """Deletes every count whose hour is over."""
        self._connection.execute(delete(tables.web_count).where(tables.web_count.c.until <= now))


def _columns(message: WebMessage) -> dict[str, object]:
    columns = {**vars(message)}
    del columns["additions"], columns["gone"]
    return {
        **columns,
        "sender": message.sender.value,
        "contact_way": message.contact_way.value,
        "status": message.status.value,
    }


def _message(row: Row[tuple[object, ...]], additions: tuple[WebAddition, ...]) -> WebMessage:
    values = dict(row._mapping)
    return WebMessage(
        **{
            **values,
            "arrived_at": moment(values["arrived_at"]),
            "settled_at": moment_or_none(values["settled_at"]),
            "sender": Sender(values["sender"]),
            "contact_way": ContactWay(values["contact_way"]),
            "status": WebMessageStatus(values["status"]),
        },
        additions=additions,
    )
