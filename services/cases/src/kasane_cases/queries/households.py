"""Reads a household as far as the viewer may see it: nobody's protected address unless admitted."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, or_, select

from kasane_cases import tables
from kasane_cases.domain.address_protection import AddressProtection, ProtectedReader
from kasane_cases.domain.case import Case, Episode
from kasane_cases.domain.household import CareTie, HouseholdStep, HouseholdStepKind, Person
from kasane_cases.domain.timeline import TimelineEntry, TimelineKind
from kasane_cases.repository import (
    Admission,
    CareTies,
    Cases,
    Protections,
    granted_cases,
)
from kasane_cases.repository.rows import moment
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class OtherCase:
    """Another case that the viewer may see, by its number."""

    id: str
    number: str


@dataclass(frozen=True)
class StepLine:
    """One step of a household; ``other`` only when the viewer may see that case as well."""

    step: HouseholdStep
    other: OtherCase | None
    can_be_undone: bool


@dataclass(frozen=True)
class HouseholdFile:
    """The household of a case beside its persons: who is there now, and what is kept about it."""

    members: frozenset[str]
    left_on: dict[str, date]
    other_households: dict[str, tuple[OtherCase, ...]]
    steps: tuple[StepLine, ...]
    care: tuple[CareTie, ...]
    protections: dict[str, AddressProtection]
    readers: tuple[ProtectedReader, ...]
    readable: frozenset[str]
    my_looks_end: Mapping[str, datetime]
    episodes: tuple[Episode, ...]


@dataclass(frozen=True)
class PersonOnFile:
    """Somebody on file who may be the person that is being added, without an address."""

    id: str
    name: str
    kana: str
    birth_date: date | None
    case_number: str


def shown_persons(
    viewer: Actor,
    case: Case,
    steps: Sequence[HouseholdStep],
    readers: Sequence[ProtectedReader],
    today: date,
) -> tuple[Person, ...]:
    """The persons as this viewer may see them, those who left last, as they were known then.

    ``steps`` are those of the case, ``readers`` those who may read an address of its persons today.
    """
    readable = {one.person_id for one in readers if one.account_id == viewer.account_id}
    then = _last_known(steps, case.id)
    found = []
    for person in case.persons:
        if case.household.left_on(person.id, today) is not None:
            name, kana = then.get(person.id, (person.name, person.kana))
            found.append(person.as_known_when_leaving(name, kana))
        else:
            found.append(_as_seen(person, case, readable))
    gone = {p.id for p in found if case.household.left_on(p.id, today) is not None}
    return tuple(sorted(found, key=lambda person: person.id in gone))


def _as_seen(person: Person, case: Case, readable: Collection[str]) -> Person:
    """A member with what the viewer may read; an address is also kept back for whom it would give away."""
    seen = person if person.id in readable else person.withheld()
    given_away = any(
        one.address_protected and one.id not in readable and one.lives_with(seen)
        for one in case.persons
    )
    return replace(seen, address="") if given_away else seen


def household_file(
    connection: Connection,
    viewer: Actor,
    case: Case,
    admission: Admission,
    steps: Sequence[HouseholdStep],
    readers: Sequence[ProtectedReader],
    today: date,
) -> HouseholdFile:
    """The household of a case; steps and readers only for those who may see the whole case."""
    ids = [person.id for person in case.persons if admission.shows(person.id)]
    whole = admission.whole
    readers = [one for one in readers if one.person_id in ids]
    mine = [one for one in readers if one.account_id == viewer.account_id]
    lasting = {one.person_id for one in mine if not one.emergency}
    steps = steps if whole else ()
    others = _visible(connection, viewer, today, [_other_case(step, case.id) for step in steps])
    left_on = {one: day for one in ids if (day := case.household.left_on(one, today)) is not None}
    return HouseholdFile(
        members=frozenset(case.household.members_on(today)),
        left_on=left_on,
        other_households=_other_households(connection, viewer, case, ids, today) if whole else {},
        steps=tuple(
            StepLine(
                step,
                others.get(_other_case(step, case.id)),
                not step.undone_by
                and not step.undoes
                and (not step.other_case_id or _other_case(step, case.id) in others),
            )
            for step in steps
        ),
        care=tuple(
            tie
            for tie in CareTies(connection).of_case(case.id)
            if admission.shows(tie.carer_id) and admission.shows(tie.cared_for_id)
        ),
        protections={
            one.person_id: one
            for one in Protections(connection).of_persons(ids)
            if one.ended_on is None
        },
        readers=tuple(readers) if whole else (),
        readable=frozenset(one.person_id for one in mine),
        my_looks_end={
            one.person_id: one.ended_at
            for one in mine
            if one.ended_at is not None and one.person_id not in lasting
        },
        episodes=Cases(connection).episodes(case.id) if whole else (),
    )


def came_with(case_id: str, steps: Iterable[HouseholdStep]) -> tuple[HouseholdStep, ...]:
    """Those of the steps of a case by which people came into it from another one."""
    ways = (HouseholdStepKind.SPLIT, HouseholdStepKind.MERGED)
    return tuple(one for one in steps if one.other_case_id == case_id and one.kind in ways)


def earlier_lines(
    came: Iterable[HouseholdStep], entries: Sequence[TimelineEntry]
) -> tuple[TimelineEntry, ...]:
    """What those who came lived through in the case that they came from, until they came.

    ``entries`` are the lines of those cases, and maybe of others.
    """
    found = (
        entry
        for step in came
        for entry in entries
        if entry.case_id == step.case_id
        and entry.person_id in {one.id for one in step.persons}
        and entry.at <= step.recorded_at
    )
    return tuple({entry.id: entry for entry in found}.values())


def sheet_lines(connection: Connection, case: Case) -> tuple[TimelineEntry, ...]:
    """The つなぐシート of the consultation that the case came from, as lines of its timeline."""
    if not case.consultation_id:
        return ()
    h = tables.handoff.c
    found = []
    for row in connection.execute(
        select(tables.handoff).where(h.consultation_id == case.consultation_id)
    ):
        happened = [(TimelineKind.SHEET_SENT, row.sent_at)]
        if row.answered_at is not None:
            happened.append((TimelineKind.SHEET_ANSWERED, row.answered_at))
        for kind, at in happened:
            found.append(
                TimelineEntry(
                    f"{row.id}-{kind.value}",
                    case.id,
                    kind,
                    moment(at),
                    object_id=row.id,
                    facts={"office": row.to_office, "handoff": row.state},
                )
            )
    return tuple(found)


def on_file(
    connection: Connection,
    viewer: Actor,
    today: date,
    name: str,
    birth_date: date | None,
    but: Iterable[str],
) -> tuple[PersonOnFile, ...]:
    """People of cases that the viewer may see whole who could be the person typed; no address."""
    p, m, c = tables.person.c, tables.membership.c, tables.case.c
    alike = [p.name == name]
    if birth_date is not None:
        alike.append(p.birth_date == birth_date)
    rows = connection.execute(
        select(p.id, p.name, p.kana, p.birth_date, c.number)
        .join(tables.membership, m.person_id == p.id)
        .join(tables.case, c.household_id == m.household_id)
        .where(or_(*alike), p.id.not_in(list(but)), granted_cases(viewer, today, whole=True))
        .order_by(p.name, p.id)
        .limit(50)
    )
    wanted = _folded(name)
    return tuple(
        {row.id: PersonOnFile(*row) for row in rows if _folded(row.name) == wanted}.values()
    )


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _other_case(step: HouseholdStep, case_id: str) -> str:
    return step.other_case_id if step.case_id == case_id else step.case_id


def _visible(
    connection: Connection, viewer: Actor, today: date, case_ids: Sequence[str]
) -> dict[str, OtherCase]:
    c = tables.case.c
    rows = connection.execute(
        select(c.id, c.number).where(
            c.id.in_([one for one in case_ids if one]), granted_cases(viewer, today, whole=True)
        )
    )
    return {row.id: OtherCase(row.id, row.number) for row in rows}


def _other_households(
    connection: Connection, viewer: Actor, case: Case, person_ids: Sequence[str], today: date
) -> dict[str, tuple[OtherCase, ...]]:
    m, c = tables.membership.c, tables.case.c
    rows = connection.execute(
        select(m.person_id, c.id, c.number)
        .join(tables.case, c.household_id == m.household_id)
        .where(
            m.person_id.in_(person_ids),
            c.id != case.id,
            m.valid_from <= today,
            or_(m.valid_to.is_(None), m.valid_to >= today),
            granted_cases(viewer, today, whole=True),
        )
        .order_by(c.number)
    )
    found: dict[str, tuple[OtherCase, ...]] = {}
    for row in rows:
        if case.household.running(row.person_id, today) is not None:
            found[row.person_id] = (
                *found.get(row.person_id, ()),
                OtherCase(row.id, row.number),
            )
    return found


def _last_known(steps: Iterable[HouseholdStep], case_id: str) -> dict[str, tuple[str, str]]:
    """The names under which people left a case; steps come newest first."""
    found: dict[str, tuple[str, str]] = {}
    for step in steps:
        if step.case_id == case_id and step.kind is not HouseholdStepKind.JOINED:
            for one in step.persons:
                found.setdefault(one.id, (one.name, one.kana))
    return found
