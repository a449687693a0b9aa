"""Finds records that may be of the same person."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from kasane_intake import tables
from kasane_intake.domain.same_person.scoring import (
    SamePersonLevel,
    compare,
    compare_homes,
)
from kasane_intake.domain.same_person.traits import PersonTraits, fold_person, stored_keys
from kasane_intake.queries.told import told_rows
from kasane_intake.queries.visibility import visible_to
from kasane_intake.repository import ProtectedPersons, ShownCandidates
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
    typed: PersonTraits,
    *,
    leaving_out: str = "",
    joined: Collection[str] = (),
) -> tuple[Candidate, ...]:
    """Records that may be of the typed person, most alike first, then those of the same household.

    ``leaving_out`` is a consultation's id, ``joined`` the records that are shown as this person already.
    """
    keys = stored_keys(typed)
    if not keys:
        return ()
    k, p, c = tables.person_key.c, tables.person_concerned.c, tables.consultation.c
    shared = func.count().label("shared")
    nearest = (
        select(k.person_id, shared)
        .where(k.key.in_(keys))
        .group_by(k.person_id)
        .order_by(shared.desc(), k.person_id)
        .limit(COMPARED_AT_MOST)
        .subquery()
    )
    rows = connection.execute(
        select(tables.person_concerned, c.number, c.desk, visible_to(viewer).label("visible"))
        .join(nearest, nearest.c.person_id == p.id)
        .join(tables.consultation, c.id == p.consultation_id)
        .where(p.consultation_id != leaving_out)
    ).all()
    readable = told_rows(
        connection, viewer, [(row.id, row.consultation_id, row.visible) for row in rows]
    )
    hidden = ProtectedPersons(connection).among([row.id for row in rows])
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
