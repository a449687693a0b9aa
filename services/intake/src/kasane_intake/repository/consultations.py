"""Loads and saves consultations with the people they are about."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, select, text, update

from kasane_intake import tables
from kasane_intake.domain.consultation import (
    Consultation,
    ConsultationStatus,
    ContactPerson,
    Escalation,
    PersonConcerned,
    Screening,
)
from kasane_intake.domain.errors import ChangedMeanwhile, ConsultationNotFound, ConsultationShredded
from kasane_intake.domain.reception import Channel
from kasane_intake.domain.same_person.traits import stored_keys
from kasane_intake.repository.moments import moment
from kasane_intake.repository.receptions import (
    load_national,
    load_nationals,
    reception_from,
    save_national,
    save_reception,
)
from kasane_intake.repository.search import keep_findable, keep_findable_anew
from kasane_kit.db import BESIDE, begin_record, write_later
from kasane_kit.db.shredding import is_shredded

_WHOLE = select(
    tables.consultation,
    tables.reception,
    is_shredded(tables.consultation.c.id).label("is_shredded"),
).outerjoin(tables.reception, tables.reception.c.consultation_id == tables.consultation.c.id)
_ONE = _WHOLE.where(tables.consultation.c.id == bindparam("wanted"))
_PERSONS_OF = (
    select(tables.person_concerned)
    .where(tables.person_concerned.c.consultation_id == bindparam("wanted"))
    .order_by(tables.person_concerned.c.position)
)
_NEXT = text(
    "INSERT INTO intake_counter (year, last) VALUES (:year, 1) "
    "ON CONFLICT (year) DO UPDATE SET last = intake_counter.last + 1 RETURNING last"
)


class Consultations:
    """The consultations of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_number(self, year: int) -> str:
        """The next receipt number of a fiscal year, for example ``R8-000123``; never given twice."""
        last = self._connection.scalar(_NEXT, {"year": year}, execution_options=BESIDE)
        return f"{year}-{last:06d}"

    def get(self, consultation_id: str, only: ColumnElement[bool] | None = None) -> Consultation:
        """The consultation, if it is one of ``only``.

        Raises ConsultationNotFound, and ConsultationShredded when its time is over.
        """
        wanted = {"wanted": consultation_id}
        statement = _ONE if only is None else _ONE.where(only)
        row = self._connection.execute(statement, wanted).one_or_none()
        if row is None:
            raise ConsultationNotFound
        if row.is_shredded:
            raise ConsultationShredded
        persons = self._connection.execute(_PERSONS_OF, wanted)
        found = _consultation(row, tuple(_person(person) for person in persons))
        found.reception = reception_from(row)
        found.national_categories, found.national_main = load_national(
            self._connection, consultation_id
        )
        return found

    def several(self, consultation_ids: Collection[str]) -> list[Consultation]:
        """Those of the consultations that there are and that were not shredded, in no order."""
        if not consultation_ids:
            return []
        c, p = tables.consultation.c, tables.person_concerned.c
        rows = self._connection.execute(_WHOLE.where(c.id.in_(consultation_ids))).all()
        persons = defaultdict[str, list[PersonConcerned]](list)
        for person in self._connection.execute(
            select(tables.person_concerned)
            .where(p.consultation_id.in_(consultation_ids))
            .order_by(p.position)
        ):
            persons[person.consultation_id].append(_person(person))
        national = load_nationals(self._connection, consultation_ids)
        found = []
        for row in rows:
            if not row.is_shredded:
                one = _consultation(row, tuple(persons[row.id]))
                one.reception = reception_from(row)
                one.national_categories, one.national_main = national[row.id]
                found.append(one)
        return found

    def add(self, consultation: Consultation) -> None:
        """Saves a new consultation."""
        begin_record(self._connection, consultation.id)
        write_later(self._connection, tables.consultation, _columns(consultation))
        self._add_persons(consultation)
        keep_findable(self._connection, consultation)
        save_reception(self._connection, consultation.id, consultation.reception)
        save_national(
            self._connection,
            consultation.id,
            consultation.national_categories,
            consultation.national_main,
        )

    def save(self, consultation: Consultation, read_version: int | None = None) -> None:
        """Saves a changed consultation; raises ChangedMeanwhile when its version is not the one that was read."""
        expected = consultation.version if read_version is None else read_version
        consultation.version = expected + 1
        saved = self._connection.execute(
            update(tables.consultation)
            .where(
                tables.consultation.c.id == consultation.id,
                tables.consultation.c.version == expected,
            )
            .values(**_columns(consultation))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile
        written = select(tables.person_concerned.c.id).where(
            tables.person_concerned.c.consultation_id == consultation.id
        )
        self._connection.execute(
            delete(tables.person_key).where(tables.person_key.c.person_id.in_(written))
        )
        self._connection.execute(
            delete(tables.person_concerned).where(
                tables.person_concerned.c.consultation_id == consultation.id
            )
        )
        self._add_persons(consultation)
        keep_findable_anew(self._connection, consultation)

    def _add_persons(self, consultation: Consultation) -> None:
        for position, person in enumerate(consultation.persons):
            write_later(
                self._connection,
                tables.person_concerned,
                {
                    "id": person.person_id,
                    "consultation_id": consultation.id,
                    "position": position,
                    "name": person.name,
                    "kana": person.kana,
                    "birth_date": person.birth_date,
                    "relation": person.relation,
                    "address": person.address,
                    "phone": person.phone,
                    "given_consent": person.given_consent,
                    "carer": person.carer,
                    "description": person.description,
                },
            )
            keys = [
                {"person_id": person.person_id, "key": key} for key in stored_keys(person.traits)
            ]
            write_later(self._connection, tables.person_key, *keys)


def fiscal_year(day: date) -> int:
    """The fiscal year of a day: it begins in April."""
    return day.year if day.month >= 4 else day.year - 1


def _columns(c: Consultation) -> dict[str, object]:
    return {
        "id": c.id,
        "number": c.number,
        "received_at": c.received_at,
        "received_by": c.received_by,
        "desk": c.desk,
        "channel": c.channel.value,
        "story": c.story,
        "categories": list(c.categories),
        "main_category": c.main_category,
        "contact_name": c.contact.name,
        "contact_kana": c.contact.kana,
        "contact_relation": c.contact.relation,
        "contact_phone": c.contact.phone,
        "contact_hidden": c.contact.hidden,
        "urgent": c.urgent,
        "area": c.area,
        "single_agency_enough": c.screening.single_agency_enough,
        "ordinary_cooperation_enough": c.screening.ordinary_cooperation_enough,
        "escalation_level": c.escalation.level,
        "target_role": c.escalation.target_role,
        "escalation_reason": c.escalation.reason,
        "escalation_source": c.escalation.source,
        "status": c.status.value,
        "outcome": c.outcome,
        "case_id": c.case_id,
        "next_contact_on": c.next_contact_on,
        "extensions": c.extensions,
        "version": c.version,
    }


def _consultation(
    row: Row[tuple[object, ...]], persons: tuple[PersonConcerned, ...]
) -> Consultation:
    values = row._mapping
    return Consultation(
        id=values["id"],
        number=values["number"],
        received_at=moment(values["received_at"]),
        received_by=values["received_by"],
        desk=values["desk"],
        channel=Channel(values["channel"]),
        story=values["story"],
        categories=tuple(values["categories"]),
        main_category=values["main_category"],
        contact=ContactPerson(
            name=values["contact_name"],
            kana=values["contact_kana"],
            relation=values["contact_relation"],
            phone=values["contact_phone"],
            hidden=values["contact_hidden"],
        ),
        persons=persons,
        urgent=values["urgent"],
        area=values["area"],
        screening=Screening(values["single_agency_enough"], values["ordinary_cooperation_enough"]),
        escalation=Escalation(
            values["escalation_level"],
            values["target_role"],
            values["escalation_reason"],
            values["escalation_source"],
        ),
        status=ConsultationStatus(values["status"]),
        outcome=values["outcome"],
        case_id=values["case_id"],
        next_contact_on=values["next_contact_on"],
        extensions=dict(values["extensions"]),
        version=values["version"],
    )


def _person(row: Row[tuple[object, ...]]) -> PersonConcerned:
    values = row._mapping
    return PersonConcerned(
        person_id=values["id"],
        name=values["name"],
        kana=values["kana"],
        birth_date=values["birth_date"],
        relation=values["relation"],
        address=values["address"],
        phone=values["phone"],
        given_consent=values["given_consent"],
        carer=values["carer"],
        description=values["description"],
    )
