"""Keeps what consultations are found by."""

from sqlalchemy import Connection, delete, insert

from kasane_intake import tables
from kasane_intake.domain.consultation import Consultation
from kasane_intake.domain.search import findable, grams_of, terms_of, text_of


def keep_findable_anew(connection: Connection, consultation: Consultation) -> None:
    """What a changed consultation is found by, in place of what it was found by."""
    for table in (tables.search_term, tables.search_text):
        connection.execute(delete(table).where(table.c.consultation_id == consultation.id))
    keep_findable(connection, consultation)


def keep_findable(connection: Connection, consultation: Consultation) -> None:
    """Writes what a new consultation is found by; the same on both databases but for PostgreSQL's index."""
    one = findable(consultation)
    terms = [
        {"term": term, "kind": kind.value, "consultation_id": consultation.id}
        for kind, term in terms_of(one)
    ]
    if terms:
        connection.execute(insert(tables.search_term), terms)
    text = text_of(one)
    indexed = connection.dialect.name == "postgresql"
    connection.execute(
        insert(tables.search_text).values(
            consultation_id=consultation.id,
            received_at=consultation.received_at,
            text=text,
            grams=list(grams_of(text)) if indexed else None,
        )
    )
