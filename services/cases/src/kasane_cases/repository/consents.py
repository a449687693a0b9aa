"""Loads and adds consents; an entry is never changed and never removed (I-08)."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, Row, exists, insert, select

from kasane_cases import tables
from kasane_cases.domain.consent import (
    AttendeeKind,
    Consent,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
    GivenBy,
)
from kasane_cases.domain.errors import ChangedMeanwhile
from kasane_cases.domain.timeline import CaseTaskKind
from kasane_cases.repository.rows import columns, moment, plain
from kasane_kit.db import Taken, unless_taken


class Consents:
    """The consent histories of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def standing(self, case_id: str) -> dict[str, Consent]:
        """The entry that stands now for each person of a case, by person."""
        return {consent.person_id: consent for consent in self.history(case_id)}

    def standing_of(self, case_id: str, person_id: str) -> Consent | None:
        """The entry that stands for one person, or None when nothing was recorded."""
        return self.standing(case_id).get(person_id)

    def standing_in(self, case_ids: Collection[str]) -> dict[tuple[str, str], Consent]:
        """The entry that stands now for each person of these cases, by case and person."""
        c = tables.consent.c
        rows = self._connection.execute(
            select(tables.consent).where(c.case_id.in_(case_ids)).order_by(c.number, c.id)
        )
        return {(row.case_id, row.person_id): _consent(row) for row in rows}

    def history(self, case_id: str) -> tuple[Consent, ...]:
        """Every entry of a case, oldest first."""
        rows = self._connection.execute(
            select(tables.consent)
            .where(tables.consent.c.case_id == case_id)
            .order_by(tables.consent.c.number, tables.consent.c.id)
        )
        return tuple(_consent(row) for row in rows)

    def given_by(self, person_ids: Collection[str]) -> tuple[Consent, ...]:
        """The entries of these people that stand as given, in whatever case."""
        c = tables.consent.c
        rows = self._connection.execute(
            select(tables.consent)
            .where(c.person_id.in_(sorted(person_ids)))
            .order_by(c.number, c.id)
        )
        standing = {(one.person_id, one.case_id): one for one in map(_consent, rows)}
        return tuple(one for one in standing.values() if one.state is ConsentState.GIVEN)

    def expiring(self, today: date, until: date) -> tuple[Consent, ...]:
        """Consents that stand, end by a day, belong to an open case and have no task of renewal yet."""
        c, later, t = tables.consent.c, tables.consent.alias(), tables.task.c
        newer = exists().where(
            later.c.case_id == c.case_id,
            later.c.person_id == c.person_id,
            later.c.number > c.number,
        )
        known = exists().where(
            t.case_id == c.case_id,
            t.kind == CaseTaskKind.RENEW_CONSENT.value,
            t.reference == c.id,
        )
        rows = self._connection.execute(
            select(tables.consent)
            .join(tables.case, tables.case.c.id == c.case_id)
            .where(
                c.state == ConsentState.GIVEN.value,
                c.expires_on >= today,
                c.expires_on <= until,
                tables.case.c.closed_on.is_(None),
                ~newer,
                ~known,
            )
            .order_by(c.expires_on, c.id)
        )
        return tuple(_consent(row) for row in rows)

    def add(self, consent: Consent) -> None:
        """Adds an entry behind the others; raises ChangedMeanwhile when somebody else was faster."""
        c, scope = tables.consent.c, consent.scope
        try:
            with unless_taken((c.case_id, c.person_id, c.number)):
                self._connection.execute(
                    insert(tables.consent).values(
                        **columns(consent, "scope"),
                        purposes=plain(scope.purposes),
                        recipients=plain(scope.recipients),
                        data_classes=plain(scope.data_classes),
                    )
                )
        except Taken as taken:
            raise ChangedMeanwhile from taken


def _consent(row: Row[tuple[object, ...]]) -> Consent:
    values = dict(row._mapping)
    scope = ConsentScope(
        tuple(ConsentPurpose(value) for value in values.pop("purposes")),
        tuple(AttendeeKind(value) for value in values.pop("recipients")),
        tuple(DataClass(value) for value in values.pop("data_classes")),
    )
    return Consent(
        **{
            **values,
            "state": ConsentState(values["state"]),
            "given_by": GivenBy(values["given_by"]),
            "recorded_at": moment(values["recorded_at"]),
        },
        scope=scope,
    )
