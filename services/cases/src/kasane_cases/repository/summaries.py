"""Loads and saves the local copies of consultations."""

from datetime import date

from sqlalchemy import Connection, Row, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.consultation_summary import ConsultationSummary, HeardPerson
from kasane_cases.repository.rows import columns


class Summaries:
    """The consultations of which cases keep a copy."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, consultation_id: str) -> ConsultationSummary | None:
        """The copy, or None."""
        row = self._connection.execute(
            select(tables.consultation_summary).where(
                tables.consultation_summary.c.id == consultation_id
            )
        ).one_or_none()
        return None if row is None else summary_from(row)

    def add(self, summary: ConsultationSummary) -> None:
        """Saves a new copy."""
        self._connection.execute(insert(tables.consultation_summary).values(**_columns(summary)))

    def save(self, summary: ConsultationSummary) -> None:
        """Saves a changed copy."""
        self._connection.execute(
            update(tables.consultation_summary)
            .where(tables.consultation_summary.c.id == summary.id)
            .values(**_columns(summary))
        )


def summary_from(row: Row[tuple[object, ...]]) -> ConsultationSummary:
    """The copy as a row holds it."""
    values = dict(row._mapping)
    return ConsultationSummary(
        **{
            **values,
            "categories": tuple(values["categories"]),
            "persons": tuple(_person(person) for person in values["persons"]),
        }
    )


def _columns(summary: ConsultationSummary) -> dict[str, object]:
    persons = [
        {**vars(p), "birth_date": p.birth_date.isoformat() if p.birth_date else ""}
        for p in summary.persons
    ]
    return {**columns(summary, "persons"), "persons": persons}


def _person(values: dict[str, str]) -> HeardPerson:
    born = values["birth_date"]
    return HeardPerson(**{**values, "birth_date": date.fromisoformat(born) if born else None})  # type: ignore[arg-type]
