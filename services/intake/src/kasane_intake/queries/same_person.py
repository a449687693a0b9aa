"""Finds records that may be of the same person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select, union_all

from kasane_intake import tables
from kasane_intake.domain.protected import WithheldAddress
from kasane_intake.domain.same_person.scoring import (
    SamePersonLevel,
    compare,
    compare_homes,
)
from kasane_intake.domain.same_person.traits import PersonTraits, fold_person, stored_keys
from kasane_intake.repository import ProtectedPersons, ShownCandidates
from kasane_intake.repository.told import told_rows
from kasane_intake.repository.visibility import visible_to
from kasane_kit.auth import Actor

# Of a frequent name many share the name alone; records that share more come first.
COMPARED_AT_MOST = 60
SHOWN_AT_MOST = 10


@dataclass(frozen=True)
class Candidate:
    """A record that may be of the same person; one that the viewer may not read has only desk and number.

    ``shown_of`` is for the trail, not for the page.
    """

    number: str
    desk: str
    consultation_id: str = ""
    name: str = ""
    kana: str = ""
    level: str = ""
    reasons: tuple[str, ...] = ()
    person_id: str = ""
    shown_of: str = field(default="", compare=False)


def same_person_candidates(
    connection: Connection,
    viewer: Actor,
    typed: Sequence[tuple[PersonTraits, Collection[str]]],
    *,
    leaving_out: str = "",
) -> list[tuple[Candidate, ...]]:
    """For each of these persons the records that may be of them, most alike first, then those of their household.

    With each person stand the records that are shown as them already; ``leaving_out`` is a consultation's id. A
    household costs as many statements as one person.
    """
    keys = [stored_keys(traits) for traits, _ in typed]
    asked = [_nearest(place, of_one) for place, of_one in enumerate(keys) if of_one]
    if not asked:
        return [() for _ in typed]
    nearest = (asked[0] if len(asked) == 1 else union_all(*asked)).subquery()
    p, c = tables.person_concerned.c, tables.consultation.c
    rows = connection.execute(
        select(
            nearest.c.place,
            tables.person_concerned,
            c.number,
            c.desk,
            visible_to(viewer).label("visible"),
        )
        .join(nearest, nearest.c.person_id == p.id)
        .join(tables.consultation, c.id == p.consultation_id)
        .where(p.consultation_id != leaving_out)
    ).all()
    readable = told_rows(
        connection, viewer, [(row.id, row.consultation_id, row.visible) for row in rows]
    )
    hidden = ProtectedPersons(connection).among({row.id for row in rows})
    return [
        _ranked(traits, joined, [row for row in rows if row.place == place], readable, hidden)
        for place, (traits, joined) in enumerate(typed)
    ]


def _nearest(place: int, keys: Collection[str]) -> Select[tuple[int, str]]:
    """The records that share the most with the person typed at this place."""
    k = tables.person_key.c
    shared = func.count().label("shared")
    nearest = (
        select(k.person_id, shared)
        .where(k.key.in_(keys))
        .group_by(k.person_id)
        .order_by(shared.desc(), k.person_id)
        .limit(COMPARED_AT_MOST)
        .subquery()
    )
    return select(literal(place).label("place"), nearest.c.person_id)


def _ranked(
    typed: PersonTraits,
    joined: Collection[str],
    rows: Sequence[Any],
    readable: Collection[str],
    hidden: Mapping[str, WithheldAddress],
) -> tuple[Candidate, ...]:
    """The candidates among the records that share something with a person."""
    searched, found = fold_person(typed), []
    for row in rows:
        if row.id in joined:
            continue
        traits = PersonTraits(row.name, row.kana, row.birth_date, row.address, row.phone)
        # What is hidden is no reason either: it would say that somebody lives here.
        folded = fold_person(hidden[row.id].withhold(traits) if row.id in hidden else traits)
        resemblance = compare(searched, folded)
        level, reasons = resemblance.level, resemblance.said
        if level is SamePersonLevel.UNLIKELY:
            # Who only shares a home is nobody whom another office would be asked about.
            if row.id not in readable:
                continue
            level, reasons = SamePersonLevel.SAME_HOUSEHOLD, compare_homes(searched, folded)
        if reasons:
            found.append((level, resemblance.score, reasons, row))
    found.sort(
        key=lambda one: (
            one[0] is SamePersonLevel.SAME_HOUSEHOLD,
            -one[1],
            one[3].number,
            one[3].id,
        )
    )
    candidates = (
        Candidate(
            row.number,
            row.desk,
            row.consultation_id,
            row.name,
            row.kana,
            level.value,
            reasons,
            row.id,
            row.id,
        )
        if row.id in readable
        else Candidate(row.number, row.desk, shown_of=row.id)
        for level, _, reasons, row in found
    )
    return tuple(dict.fromkeys(candidates))[:SHOWN_AT_MOST]


def shown_before(
    connection: Connection, viewer: Actor, form: str, person_ids: Collection[str], now: datetime
) -> bool:
    """Whether the trail has it already that the viewer was shown all of these records on this form."""
    return ShownCandidates(connection).known(viewer.account_id, form, person_ids, now)
