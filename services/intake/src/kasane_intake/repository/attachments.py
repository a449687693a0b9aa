"""Keeps the files of consultations; the bytes come and go sealed and are never changed or deleted."""

from collections.abc import Collection

from sqlalchemy import Connection, Row, func, insert, select, update

from kasane_intake import tables
from kasane_intake.domain.attachment import Attachment, AttachmentLook
from kasane_intake.domain.attachment_errors import AttachmentNotFound
from kasane_intake.repository.moments import moment, moment_or_none

_FACTS = [column for column in tables.attachment.c if column.name != "sealed"]


class Attachments:
    """The files of the open municipality's consultations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, attachment: Attachment, sealed: bytes) -> None:
        """Keeps a file."""
        self._connection.execute(
            insert(tables.attachment).values(**vars(attachment), sealed=sealed)
        )

    def count(self, consultation_id: str) -> int:
        """How many files a consultation has, void ones too."""
        a = tables.attachment.c
        counted = select(func.count()).where(a.consultation_id == consultation_id)
        return int(self._connection.scalar(counted) or 0)

    def of_consultation(self, consultation_id: str) -> tuple[Attachment, ...]:
        """What is known of every file of a consultation, newest first; no bytes are read."""
        a = tables.attachment.c
        rows = self._connection.execute(
            select(*_FACTS)
            .where(a.consultation_id == consultation_id)
            .order_by(a.added_at.desc(), a.id.desc())
        )
        return tuple(_attachment(row) for row in rows)

    def get(self, consultation_id: str, attachment_id: str) -> Attachment:
        """What is known of one file of a consultation; raises AttachmentNotFound."""
        a = tables.attachment.c
        row = self._connection.execute(
            select(*_FACTS).where(a.consultation_id == consultation_id, a.id == attachment_id)
        ).one_or_none()
        if row is None:
            raise AttachmentNotFound
        return _attachment(row)

    def every(self) -> tuple[Attachment, ...]:
        """What is known of every file of the town; no bytes are read."""
        return tuple(
            _attachment(row)
            for row in self._connection.execute(select(*_FACTS).order_by(tables.attachment.c.id))
        )

    def sealed(self, attachment_id: str) -> bytes:
        """The sealed bytes of a file that was found by ``get``."""
        found = self._connection.scalar(
            select(tables.attachment.c.sealed).where(tables.attachment.c.id == attachment_id)
        )
        assert found is not None
        return bytes(found)

    def mark_void(self, attachment: Attachment) -> None:
        """Saves that a file was taken back, once."""
        a = tables.attachment.c
        self._connection.execute(
            update(tables.attachment)
            .where(a.id == attachment.id, a.voided_at.is_(None))
            .values(
                void_reason=attachment.void_reason,
                voided_at=attachment.voided_at,
                voided_by_name=attachment.voided_by_name,
            )
        )

    def add_look(self, look: AttachmentLook) -> None:
        """Remembers that a closed file was opened, and why."""
        self._connection.execute(insert(tables.attachment_look).values(**vars(look)))

    def looks(self, attachment_ids: Collection[str]) -> tuple[AttachmentLook, ...]:
        """Who opened which of these closed files and why, newest first."""
        look = tables.attachment_look
        rows = self._connection.execute(
            select(look)
            .where(look.c.attachment_id.in_(attachment_ids))
            .order_by(look.c.at.desc(), look.c.id.desc())
        )
        return tuple(AttachmentLook(**{**row._mapping, "at": moment(row.at)}) for row in rows)


def _attachment(row: Row[tuple[object, ...]]) -> Attachment:
    values = dict(row._mapping)
    return Attachment(
        **{
            **values,
            "added_at": moment(values["added_at"]),
            "voided_at": moment_or_none(values["voided_at"]),
        }
    )
