"""Adds to the ledger of disclosures and reads it; keeps the legal bases that were asked for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.consent import ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import (
    ClosedClass,
    Destination,
    DisclosureBasis,
    LegalGround,
)
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.ledger import Disclosure, DisclosureAct
from kasane_cases.repository.rows import as_utc, columns, moment


class Ledger:
    """The disclosures of the open municipality: lines are added, never changed (I-08)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, disclosure: Disclosure) -> None:
        """Adds a line."""
        self._connection.execute(insert(tables.disclosure).values(**columns(disclosure)))

    def of_case(self, case_id: str) -> tuple[Disclosure, ...]:
        """Every line of a case, newest first."""
        return self._lines(tables.disclosure.c.case_id == case_id)

    def of_person(self, case_id: str, person_id: str) -> tuple[Disclosure, ...]:
        """Every line about one person of a case, newest first."""
        d = tables.disclosure.c
        return self._lines(d.case_id == case_id, d.person_id == person_id)

    def _lines(self, *where: ColumnElement[bool]) -> tuple[Disclosure, ...]:
        d = tables.disclosure.c
        rows = self._connection.execute(
            select(tables.disclosure).where(*where).order_by(d.disclosed_at.desc(), d.id.desc())
        )
        return tuple(_disclosure(row) for row in rows)


class LegalGrounds:
    """The other legal bases of the open municipality: asked by one person, answered by another."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, ground: LegalGround) -> None:
        """Keeps a basis that was asked for."""
        self._connection.execute(insert(tables.legal_ground).values(**columns(ground)))

    def get(self, case_id: str, ground_id: str) -> LegalGround:
        """One basis of a case; raises RecordNotFound."""
        g = tables.legal_ground.c
        row = self._connection.execute(
            select(tables.legal_ground).where(g.case_id == case_id, g.id == ground_id)
        ).one_or_none()
        if row is None:
            raise RecordNotFound
        return _ground(row)

    def of_case(self, case_id: str) -> tuple[LegalGround, ...]:
        """Every basis that was asked for in a case, newest first."""
        g = tables.legal_ground.c
        rows = self._connection.execute(
            select(tables.legal_ground)
            .where(g.case_id == case_id)
            .order_by(g.asked_at.desc(), g.id.desc())
        )
        return tuple(_ground(row) for row in rows)

    def answer(self, ground_id: str, *, approved: bool, by: str, at: datetime, note: str) -> bool:
        """Writes the answer down once; False when there was one already."""
        g = tables.legal_ground.c
        answered = self._connection.execute(
            update(tables.legal_ground)
            .where(g.id == ground_id, g.answered_at.is_(None))
            .values(approved=approved, answered_by=by, answered_at=at, answer_note=note)
        )
        return answered.rowcount == 1


def best_ground(
    grounds: Sequence[LegalGround], person_id: str, destination: Destination, recipient: str
) -> LegalGround | None:
    """The approved basis for this person and recipient, newest first; else one that says why not."""
    own = [one for one in grounds if one.person_id == person_id and one.holds]
    fitting = [one for one in own if (one.destination, one.recipient) == (destination, recipient)]
    return next(iter([*fitting, *own]), None)


def _disclosure(row: Row[tuple[object, ...]]) -> Disclosure:
    values = dict(row._mapping)
    return Disclosure(
        **{
            **values,
            "destination": Destination(values["destination"]),
            "act": DisclosureAct(values["act"]),
            "purpose": ConsentPurpose(values["purpose"]),
            "data_classes": tuple(DataClass(one) for one in values["data_classes"]),
            "closed_classes": tuple(ClosedClass(one) for one in values["closed_classes"]),
            "basis": DisclosureBasis(values["basis"]),
            "disclosed_at": moment(values["disclosed_at"]),
        }
    )


def _ground(row: Row[tuple[object, ...]]) -> LegalGround:
    values = dict(row._mapping)
    return LegalGround(
        **{
            **values,
            "destination": Destination(values["destination"]),
            "data_classes": tuple(DataClass(one) for one in values["data_classes"]),
            "closed_classes": tuple(ClosedClass(one) for one in values["closed_classes"]),
            "asked_at": moment(values["asked_at"]),
            "answered_at": as_utc(values["answered_at"]),
        }
    )
