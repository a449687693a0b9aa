"""Keeps the files of cases: added, never changed; the bytes come and go sealed."""

from sqlalchemy import Connection, Row, insert, select

from kasane_cases import tables
from kasane_cases.domain.attachment import Attachment, AttachmentKind
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.repository.rows import columns, moment

_FACTS = [column for column in tables.attachment.c if column.name != "sealed"]


class Attachments:
    """The files of the open municipality's cases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, attachment: Attachment, sealed: bytes) -> None:
        """Keeps a file."""
        self._connection.execute(
            insert(tables.attachment).values(**columns(attachment), sealed=sealed)
        )

    def of_case(self, case_id: str) -> tuple[Attachment, ...]:
        """What is known of every file of a case, newest first; no bytes are read."""
        a = tables.attachment.c
        rows = self._connection.execute(
            select(*_FACTS).where(a.case_id == case_id).order_by(a.added_at.desc(), a.id.desc())
        )
        return tuple(_attachment(row) for row in rows)

    def get(self, case_id: str, attachment_id: str) -> Attachment:
        """What is known of one file of a case; raises RecordNotFound."""
        a = tables.attachment.c
        row = self._connection.execute(
            select(*_FACTS).where(a.case_id == case_id, a.id == attachment_id)
        ).one_or_none()
        if row is None:
            raise RecordNotFound
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


def _attachment(row: Row[tuple[object, ...]]) -> Attachment:
    values = dict(row._mapping)
    return Attachment(
        **{
            **values,
            "kind": AttachmentKind(values["kind"]),
            "added_at": moment(values["added_at"]),
        }
    )
