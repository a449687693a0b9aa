"""Reads two records side by side, requests to merge, and who else is shown as the same person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Column, ColumnElement, Connection, exists, select

from kasane_intake import tables
from kasane_intake.domain.merge_errors import MergeNotFound, PersonNotFound
from kasane_intake.domain.person_merge import (
    CHOSEN,
    POINTED_AT,
    MergeStatus,
    PersonMerge,
    joined_to,
    record_of_each_field,
)
from kasane_intake.domain.same_person.scoring import compare
from kasane_intake.domain.same_person.traits import PersonTraits, fold_person
from kasane_intake.repository import PersonMerges, ProtectedPersons, merge_from
from kasane_intake.repository.told import told_rows
from kasane_intake.repository.visibility import visible_to
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class PersonRecord:
    """A person as one consultation has them, without a protected address.

    One that the viewer may not read, because of the consultation or of consent, has only number and desk.
    """

    id: str
    number: str
    desk: str
    visible: bool
    consultation_id: str = ""
    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    address: str = ""
    phone: str = ""

    @property
    def traits(self) -> PersonTraits:
        """What the record is compared by."""
        return PersonTraits(self.name, self.kana, self.birth_date, self.address, self.phone)


@dataclass(frozen=True)
class ComparedPair:
    """Two records side by side: what speaks for and against, and what was asked about them before."""

    one: PersonRecord
    other: PersonRecord
    level: str
    reasons: tuple[str, ...]
    joined: bool
    earlier: tuple[PersonMerge, ...]

    @property
    def waiting(self) -> PersonMerge | None:
        """The request that is not decided yet."""
        return next((m for m in self.earlier if m.status is MergeStatus.REQUESTED), None)


@dataclass(frozen=True)
class SamePerson:
    """One record and those joined to it, with the values to go by. ``at`` names the record to ask for a field."""

    record: PersonRecord
    others: tuple[PersonRecord, ...]
    links: tuple[PersonMerge, ...]
    name: str
    kana: str
    birth_date: date | None
    at: Mapping[str, PersonRecord]


@dataclass(frozen=True)
class MergeLine:
    """One request in a list, with the two records."""

    merge: PersonMerge
    one: PersonRecord
    other: PersonRecord


def person_records(
    connection: Connection, viewer: Actor, record_ids: Iterable[str]
) -> dict[str, PersonRecord]:
    """These records; of those that the viewer may not read only number and desk."""
    p, c = tables.person_concerned.c, tables.consultation.c
    rows = connection.execute(
        select(tables.person_concerned, c.number, c.desk, visible_to(viewer).label("visible"))
        .join(tables.consultation, c.id == p.consultation_id)
        .where(p.id.in_(list(record_ids)))
    ).all()
    readable = told_rows(
        connection, viewer, [(row.id, row.consultation_id, row.visible) for row in rows]
    )
    hidden = ProtectedPersons(connection).among(readable)
    records = {}
    for row in rows:
        records[row.id] = PersonRecord(row.id, row.number, row.desk, False)
        if row.id in readable:
            record = PersonRecord(
                row.id,
                row.number,
                row.desk,
                True,
                row.consultation_id,
                row.name,
                row.kana,
                row.birth_date,
                row.address,
                row.phone,
            )
            records[row.id] = hidden[row.id].withhold(record) if row.id in hidden else record
    return records


def compared_pair(
    connection: Connection, viewer: Actor, one_id: str, other_id: str
) -> ComparedPair:
    """Two records side by side; raises PersonNotFound unless the viewer may read both."""
    found = person_records(connection, viewer, (one_id, other_id))
    one, other = found.get(one_id), found.get(other_id)
    if one is None or other is None or not (one.visible and other.visible):
        raise PersonNotFound
    merges = PersonMerges(connection)
    resemblance = compare(fold_person(one.traits), fold_person(other.traits))
    return ComparedPair(
        one,
        other,
        resemblance.level.value,
        resemblance.said,
        other_id in joined_to(one_id, merges.around((one_id,))),
        tuple(_without_hidden(connection, one) for one in merges.about(one_id, other_id)),
    )


def person_merge(connection: Connection, viewer: Actor, merge_id: str) -> MergeLine:
    """One request; raises MergeNotFound unless the viewer may read both records."""
    merge = PersonMerges(connection).get(merge_id)
    found = person_records(connection, viewer, merge.pair)
    one, other = found.get(merge.one_id), found.get(merge.other_id)
    if one is None or other is None or not (one.visible and other.visible):
        raise MergeNotFound
    return MergeLine(_without_hidden(connection, merge), one, other)


def person_merges(
    connection: Connection, viewer: Actor, *, waiting: bool, before: str = "", most: int = 50
) -> Sequence[MergeLine]:
    """Requests about two records that the viewer may read, newest first; ``before`` is an id."""
    m = tables.person_merge.c
    requested = MergeStatus.REQUESTED.value
    statement = (
        select(tables.person_merge)
        .where(
            m.status == requested if waiting else m.status != requested,
            _open_to(viewer, m.one_consultation_id),
            _open_to(viewer, m.other_consultation_id),
        )
        .order_by(m.id.desc())
        .limit(most)
    )
    lines: list[MergeLine] = []
    while len(lines) < most:
        older = statement.where(m.id < before) if before else statement
        merges = [merge_from(row) for row in connection.execute(older)]
        found = person_records(connection, viewer, {r for merge in merges for r in merge.pair})
        lines += [
            MergeLine(
                _without_hidden(connection, merge), found[merge.one_id], found[merge.other_id]
            )
            for merge in merges
            if all(record in found and found[record].visible for record in merge.pair)
        ]
        if len(merges) < most:
            break
        before = merges[-1].id
    return lines[:most]


def same_persons(
    connection: Connection,
    viewer: Actor,
    record_ids: Sequence[str],
    around: Sequence[PersonMerge] | None = None,
) -> tuple[SamePerson, ...]:
    """For each of these records that is joined to others: who, and by which values to go.

    A value of a record that the viewer may not see is never used; then the latest other choice counts. Address and
    telephone number are not carried over: the record that has them is named. ``around`` are the links around these
    records and maybe others, where the caller has read them already.
    """
    if not record_ids:
        return ()
    known = PersonMerges(connection).around(record_ids) if around is None else around
    meant = {other for record_id in record_ids for other in joined_to(record_id, known)}
    links = tuple(link for link in known if link.one_id in meant)
    if not links:
        return ()
    wanted = {record for link in links for record in link.pair}
    records = person_records(connection, viewer, wanted)
    open_ids = frozenset(r.id for r in records.values() if r.visible)
    result = []
    for record_id in record_ids:
        together = joined_to(record_id, links)
        if len(together) == 1 or record_id not in open_ids:
            continue
        chosen = record_of_each_field(record_id, _seen_by(links, open_ids))
        by = {name: records[chosen[name]] for name in CHOSEN}
        mine = records[record_id]
        result.append(
            SamePerson(
                mine,
                tuple(
                    sorted(
                        (records[r] for r in together - {record_id} if r in records),
                        key=lambda one: (not one.visible, one.number, one.id),
                    )
                ),
                tuple(link for link in links if link.one_id in together),
                by["name"].name or mine.name,
                by["kana"].kana or mine.kana,
                by["birth_date"].birth_date or mine.birth_date,
                {name: by[name] for name in sorted(POINTED_AT) if by[name].id != record_id},
            )
        )
    return tuple(result)


def _seen_by(links: Iterable[PersonMerge], open_ids: frozenset[str]) -> list[PersonMerge]:
    """The links with only those choices that name a record open to the viewer."""
    return [
        PersonMerge(
            **{**vars(link), "choices": {f: r for f, r in link.choices.items() if r in open_ids}}
        )
        for link in links
    ]


def _open_to(viewer: Actor, consultation_id: Column[str]) -> ColumnElement[bool]:
    return exists().where(tables.consultation.c.id == consultation_id, visible_to(viewer))


def _without_hidden(connection: Connection, merge: PersonMerge) -> PersonMerge:
    """The request without reasons about an address or telephone that is protected by now."""
    hidden = ProtectedPersons(connection).among(merge.pair).values()
    said = (reason for reason in merge.evidence if all(one.said(reason) for one in hidden))
    return replace(merge, evidence=tuple(said))
