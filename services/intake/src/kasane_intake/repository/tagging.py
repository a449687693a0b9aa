"""Seals and tags anew what a consultation is found by."""

from sqlalchemy import Connection, update

from kasane_intake import tables
from kasane_intake.domain.search import findable
from kasane_intake.repository.consultations import Consultations
from kasane_intake.repository.search import text_and_tags


def tag_consultation_anew(connection: Connection, consultation_id: str) -> None:
    """Makes text and tags from the consultation as it stands; somebody who saves it meanwhile writes after this."""
    one = findable(Consultations(connection).get(consultation_id))
    connection.execute(
        update(tables.search_text)
        .where(tables.search_text.c.consultation_id == consultation_id)
        .values(**text_and_tags(connection, one))
    )
