"""Keeps who may read what of a meeting pack, and the numbered copies."""

from sqlalchemy import Connection, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.consent import DataClass
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.pack import CopyState, PackCopy, PackPart
from kasane_cases.repository.rows import as_utc, columns, moment


class Packs:
    """The packs of the open municipality's sessions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def parts(self, session_id: str) -> tuple[PackPart, ...]:
        """What was opened to whom, in the order in which it was."""
        p = tables.pack_part.c
        rows = self._connection.execute(
            select(tables.pack_part).where(p.session_id == session_id).order_by(p.given_at, p.id)
        )
        return tuple(
            PackPart(
                **{
                    **row._mapping,
                    "data_classes": tuple(DataClass(one) for one in row.data_classes),
                    "given_at": moment(row.given_at),
                }
            )
            for row in rows
        )

    def open_part(self, part: PackPart) -> None:
        """Opens one item to one attendee."""
        self._connection.execute(insert(tables.pack_part).values(**columns(part)))

    def copies(self, session_id: str) -> tuple[PackCopy, ...]:
        """Every numbered copy of a session."""
        c = tables.pack_copy.c
        rows = self._connection.execute(
            select(tables.pack_copy).where(c.session_id == session_id).order_by(c.number)
        )
        return tuple(
            PackCopy(
                **{
                    **row._mapping,
                    "state": CopyState(row.state),
                    "printed_at": moment(row.printed_at),
                    "settled_at": as_utc(row.settled_at),
                }
            )
            for row in rows
        )

    def copy(self, session_id: str, copy_id: str) -> PackCopy:
        """One copy; raises RecordNotFound."""
        for one in self.copies(session_id):
            if one.id == copy_id:
                return one
        raise RecordNotFound

    def add_copy(self, copy: PackCopy) -> None:
        """Keeps a new copy."""
        self._connection.execute(insert(tables.pack_copy).values(**columns(copy)))

    def save_copy(self, copy: PackCopy) -> None:
        """Keeps what became of a copy."""
        self._connection.execute(
            update(tables.pack_copy).where(tables.pack_copy.c.id == copy.id).values(**columns(copy))
        )
