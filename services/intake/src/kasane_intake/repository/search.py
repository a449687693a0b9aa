"""Keeps what consultations are found by."""

from typing import Any

from sqlalchemy import Connection, delete

from kasane_intake import tables
from kasane_intake.domain.consultation import Consultation
from kasane_intake.domain.search import Findable, findable, grams_of, terms_of, text_of
from kasane_kit.db import tags_now, write_later


def keep_findable_anew(connection: Connection, consultation: Consultation) -> None:
    """What a changed consultation is found by, in place of what it was found by."""
    for table in (tables.search_term, tables.search_text):
        connection.execute(delete(table).where(table.c.consultation_id == consultation.id))
    keep_findable(connection, consultation)


def keep_findable(connection: Connection, consultation: Consultation) -> None:
    """Writes what a new consultation is found by."""
    one = findable(consultation)
    terms = [
        {"term": term, "kind": kind.value, "consultation_id": consultation.id}
        for kind, term in terms_of(one)
    ]
    write_later(connection, tables.search_term, *terms)
    write_later(
        connection,
        tables.search_text,
        {
            "consultation_id": consultation.id,
            "received_at": consultation.received_at,
            **text_and_tags(connection, one),
        },
    )


def text_and_tags(connection: Connection, one: Findable) -> dict[str, Any]:
    """The text that is looked into, with its tags under the newest version of the town's key."""
    text, maker = text_of(one), tags_now(connection, tables.search_text)
    return {"text": text, "tags": maker.of(grams_of(text)), "tag_version": maker.version}
