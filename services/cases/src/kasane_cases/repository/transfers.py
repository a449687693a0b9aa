"""Loads and saves transfers, offers of other towns and what they held."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from kasane_cases import tables
from kasane_cases.domain.errors import ChangedMeanwhile, RecordNotFound, TransferUnderWay
from kasane_cases.domain.transfer import (
    OfferStatus,
    Transfer,
    TransferDocument,
    TransferDocumentKind,
    TransferOffer,
    TransferStatus,
)
from kasane_cases.repository.access import granted_cases
from kasane_cases.repository.rows import as_utc, columns, moment
from kasane_kit.auth import Actor
from kasane_kit.db import Taken, unless_taken


class Transfers:
    """The transfers of the open municipality to other towns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, transfer: Transfer) -> None:
        """Saves a new transfer; raises TransferUnderWay when the case has one already."""
        try:
            with unless_taken(tables.transfer.c.case_id):
                self._connection.execute(
                    insert(tables.transfer).values(**columns(transfer), sealed_key="")
                )
        except Taken as taken:
            raise TransferUnderWay from taken

    def get_known(self, transfer_id: str, viewer: Actor, today: date) -> Transfer:
        """One transfer; raises RecordNotFound when there is none or the viewer may not know of it."""
        row = self._connection.execute(
            select(tables.transfer).where(
                tables.transfer.c.id == transfer_id, _known_to(viewer, today)
            )
        ).one_or_none()
        if row is None:
            raise RecordNotFound
        return _transfer(row)

    def get(self, transfer_id: str) -> Transfer:
        """One transfer; raises RecordNotFound."""
        row = self._connection.execute(
            select(tables.transfer).where(tables.transfer.c.id == transfer_id)
        ).one_or_none()
        if row is None:
            raise RecordNotFound
        return _transfer(row)

    def save(self, transfer: Transfer, read_version: int | None = None) -> None:
        """Saves a changed transfer; raises ChangedMeanwhile when its version is not the one read."""
        expected = transfer.version if read_version is None else read_version
        transfer.version = expected + 1
        t = tables.transfer.c
        saved = self._connection.execute(
            update(tables.transfer)
            .where(t.id == transfer.id, t.version == expected)
            .values(**columns(transfer))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def keep_key(self, transfer_id: str, sealed_key: str) -> None:
        """Keeps the sealed accept key, or forgets it when empty."""
        self._connection.execute(
            update(tables.transfer)
            .where(tables.transfer.c.id == transfer_id)
            .values(sealed_key=sealed_key)
        )

    def key_of(self, transfer_id: str) -> str:
        """The sealed accept key; empty when there is none."""
        return (
            self._connection.scalar(
                select(tables.transfer.c.sealed_key).where(tables.transfer.c.id == transfer_id)
            )
            or ""
        )

    def known_to(self, viewer: Actor, today: date, case_id: str = "") -> Sequence[Transfer]:
        """Those that the viewer may know of, newest first; of one case if given."""
        t = tables.transfer.c
        statement = select(tables.transfer).where(_known_to(viewer, today))
        if case_id:
            statement = statement.where(t.case_id == case_id)
        rows = self._connection.execute(statement.order_by(t.prepared_at.desc(), t.id))
        return [_transfer(row) for row in rows]


def _known_to(viewer: Actor, today: date) -> ColumnElement[bool]:
    """Who handles a transfer knows of it, and of one that is not secret whoever sees the whole case."""
    t = tables.transfer.c
    seen = select(tables.case.c.id).where(granted_cases(viewer, today, whole=True))
    return or_(
        t.prepared_by == viewer.account_id,
        t.approver == viewer.account_id,
        and_(t.secret.is_(False), t.case_id.in_(seen)),
    )


class TransferOffers:
    """What other towns offer to the open municipality, and what came with what it took."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, offer: TransferOffer) -> None:
        """Saves a new offer."""
        self._connection.execute(insert(tables.transfer_offer).values(**columns(offer)))

    def get(self, offer_id: str) -> TransferOffer:
        """One offer; raises RecordNotFound."""
        row = self._connection.execute(
            select(tables.transfer_offer)
            .where(tables.transfer_offer.c.id == offer_id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise RecordNotFound
        return _offer(row)

    def save(self, offer: TransferOffer) -> None:
        """Saves a changed offer; ``get`` in the same transaction keeps others from changing it."""
        self._connection.execute(
            update(tables.transfer_offer)
            .where(tables.transfer_offer.c.id == offer.id)
            .values(**columns(offer))
        )

    def all(self) -> Sequence[TransferOffer]:
        """Every offer, newest first."""
        o = tables.transfer_offer.c
        rows = self._connection.execute(
            select(tables.transfer_offer).order_by(o.offered_at.desc(), o.id)
        )
        return [_offer(row) for row in rows]

    def keep(self, offer_id: str, case_id: str, documents: Sequence[TransferDocument]) -> None:
        """Files what came with an offer at the case that was opened for it."""
        if documents:
            self._connection.execute(
                insert(tables.transfer_document),
                [
                    {
                        **columns(document),
                        "lines": [list(line) for line in document.lines],
                        "offer_id": offer_id,
                        "case_id": case_id,
                        "position": position,
                    }
                    for position, document in enumerate(documents)
                ],
            )

    def documents_of(self, case_id: str) -> Sequence[TransferDocument]:
        """What came from another town for a case, in the order it was packed."""
        d = tables.transfer_document.c
        rows = self._connection.execute(
            select(tables.transfer_document).where(d.case_id == case_id).order_by(d.position)
        )
        return [
            TransferDocument(
                row.id,
                TransferDocumentKind(row.kind),
                row.person_id,
                row.title,
                row.dated,
                tuple((label, value) for label, value in row.lines),
                row.third_party,
            )
            for row in rows
        ]


def _transfer(row: Row[Any]) -> Transfer:
    values = dict(row._mapping)
    values.pop("sealed_key")
    return Transfer(
        **{
            **values,
            "status": TransferStatus(values["status"]),
            "person_ids": tuple(values["person_ids"]),
            "prepared_at": moment(values["prepared_at"]),
            "approved_at": as_utc(values["approved_at"]),
            "answered_at": as_utc(values["answered_at"]),
        }
    )


def _offer(row: Row[Any]) -> TransferOffer:
    values = dict(row._mapping)
    return TransferOffer(
        **{
            **values,
            "status": OfferStatus(values["status"]),
            "offered_at": moment(values["offered_at"]),
            "blocked_until": as_utc(values["blocked_until"]),
            "answered_at": as_utc(values["answered_at"]),
        }
    )
