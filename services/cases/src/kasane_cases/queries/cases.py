"""Reads one case together with the viewer's right to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from sqlalchemy import (
    Connection,
    select,
)

from kasane_cases import tables
from kasane_cases.domain.agenda import AgendaItem
from kasane_cases.domain.assessment import SupportNeed
from kasane_cases.domain.case import ENDED, AccessGrant, Case
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import Consent, ConsentState, state_on
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.household import Person
from kasane_cases.domain.need_option import NeedOption, latest
from kasane_cases.domain.requests import OutreachRequest, Referral
from kasane_cases.domain.support_plan import SupportPlan
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineEntry
from kasane_cases.queries.conferences import readable_items
from kasane_cases.queries.households import (
    HouseholdFile,
    came_with,
    earlier_lines,
    household_file,
    sheet_lines,
    shown_persons,
)
from kasane_cases.repository import (
    Admission,
    Cases,
    Consents,
    Grants,
    HouseholdSteps,
    NeedOptions,
    Needs,
    OutreachRequests,
    Plans,
    Protections,
    Referrals,
    Sessions,
    Tasks,
    Timeline,
    enter,
    granted_cases,
    standings,
)
from kasane_kit.auth import Actor


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Identified)


@dataclass(frozen=True)
class SessionOfCase:
    """A session with persons of the case on its agenda, as far as it may be read."""

    session: ConferenceSession
    items: tuple[AgendaItem, ...]
    material: bool


@dataclass(frozen=True)
class CaseFile:
    """One case as far as the viewer may see it."""

    case: Case
    admission: Admission
    persons: tuple[Person, ...]
    consents: dict[str, Consent]
    history: tuple[Consent, ...]
    needs: tuple[SupportNeed, ...]
    options: tuple[NeedOption, ...]
    referrals: tuple[Referral, ...]
    outreach: tuple[OutreachRequest, ...]
    plans: tuple[SupportPlan, ...]
    sessions: tuple[SessionOfCase, ...]
    timeline: tuple[TimelineEntry, ...]
    tasks: tuple[CaseTask, ...]
    team: tuple[AccessGrant, ...]
    household: HouseholdFile

    @property
    def members(self) -> tuple[Person, ...]:
        """The persons whose record is open and who belong to the household now."""
        return tuple(person for person in self.persons if person.id in self.household.members)

    def consent_state(self, person_id: str, day: date) -> ConsentState:
        """The consent state of one person on a day."""
        return state_on(self.consents.get(person_id), day)

    def consent_number(self, person_id: str) -> int:
        """The number of the last entry of one person's consent history, 0 before the first."""
        standing = self.consents.get(person_id)
        return standing.number if standing else 0

    def need(self, need_id: str) -> SupportNeed:
        """One need; raises RecordNotFound."""
        return _one(self.needs, need_id)

    def decided(self, need_id: str) -> Mapping[str, NeedOption]:
        """The last step with each human service for a need."""
        return latest(one for one in self.options if one.need_id == need_id)

    def plan(self, plan_id: str) -> SupportPlan:
        """One plan; raises RecordNotFound."""
        return _one(self.plans, plan_id)

    def person(self, person_id: str) -> Person:
        """One person whose record is open; raises RecordNotFound."""
        return _one(self.persons, person_id)


def case_file(connection: Connection, viewer: Actor, case_id: str, today: date) -> CaseFile:
    """One case as far as the viewer may see it; raises CaseNotFound."""
    admission = enter(connection, viewer, case_id, today)
    case = Cases(connection).get(case_id)
    steps = HouseholdSteps(connection).of_case(case_id)
    readers = Protections(connection).readers([person.id for person in case.persons], today)
    case.persons = shown_persons(viewer, case, steps, readers, today)
    came = came_with(case_id, steps)
    entries = Timeline(connection).of_cases({case_id, *(step.case_id for step in came)})
    lines = [
        *(entry for entry in entries if entry.case_id == case_id),
        *earlier_lines(came, entries),
        *sheet_lines(connection, case),
    ]
    history = Consents(connection).history(case_id)
    shown = admission.shows
    needs = tuple(n for n in Needs(connection).of_case(case_id) if shown(n.person_id))
    return CaseFile(
        case=case,
        admission=admission,
        persons=tuple(person for person in case.persons if shown(person.id)),
        consents={c.person_id: c for c in history if shown(c.person_id)},
        history=tuple(c for c in history if shown(c.person_id)),
        needs=needs,
        options=NeedOptions(connection).of_needs([need.id for need in needs]),
        referrals=tuple(r for r in Referrals(connection).of_case(case_id) if shown(r.person_id)),
        outreach=tuple(
            r for r in OutreachRequests(connection).of_case(case_id) if shown(r.person_id)
        ),
        plans=tuple(
            plan.seen_by(shown)
            for plan in Plans(connection).of_case(case_id)
            if admission.whole or any(shown(person_id) for person_id in plan.persons)
        ),
        sessions=_sessions_of(connection, viewer, case_id, admission, today),
        timeline=tuple(
            entry
            for entry in sorted(lines, key=lambda line: (line.at, line.id), reverse=True)
            if admission.whole or (entry.person_id and shown(entry.person_id))
        ),
        tasks=tuple(t for t in Tasks(connection).open_of_case(case_id) if shown(t.person_id)),
        team=Grants(connection).of_case(case_id, today) if admission.whole else (),
        household=household_file(connection, viewer, case, admission, steps, readers, today),
    )


def looks_end(connection: Connection, file: CaseFile) -> Mapping[str, datetime]:
    """When the emergency looks that wait for their review end or ended, by the tasks' references."""
    waiting = [t.reference for t in file.tasks if t.kind is CaseTaskKind.REVIEW_EMERGENCY]
    return Tasks(connection).looks_end(waiting)


def open_cases(
    connection: Connection, viewer: Actor, today: date, limit: int
) -> Sequence[tuple[Case, dict[str, Consent]]]:
    """The newest open cases that the viewer may see whole, each with the consents that stand."""
    c = tables.case.c
    ids = connection.scalars(
        select(c.id)
        .where(
            c.status.not_in(status.value for status in ENDED),
            granted_cases(viewer, today, whole=True),
        )
        .order_by(c.id.desc())
        .limit(limit)
    ).all()
    found = []
    for case_id in ids:
        case = Cases(connection).get(case_id)
        steps = HouseholdSteps(connection).of_case(case_id)
        readers = Protections(connection).readers([person.id for person in case.persons], today)
        case.persons = shown_persons(viewer, case, steps, readers, today)
        found.append((case, Consents(connection).standing(case_id)))
    return found


def _sessions_of(
    connection: Connection, viewer: Actor, case_id: str, admission: Admission, today: date
) -> tuple[SessionOfCase, ...]:
    i = tables.agenda_item.c
    ids = connection.scalars(
        select(i.session_id).where(i.case_id == case_id).distinct().order_by(i.session_id.desc())
    ).all()
    found = []
    sessions = Sessions(connection).several(ids)
    for session in sessions:
        session.items = [
            item
            for item in session.agenda
            if item.case_id == case_id and admission.shows(item.person_id)
        ]
    known = standings(connection, [item for session in sessions for item in session.items])
    for session in sessions:
        if items := session.items:
            read = readable_items(session, viewer, today, known, town=True)
            shown = tuple(item if item.id in read else _without_material(item) for item in items)
            session.items, session.minutes = list(shown), ""
            found.append(SessionOfCase(session, shown, any(item.id in read for item in items)))
    return tuple(found)


def _without_material(item: AgendaItem) -> AgendaItem:
    return AgendaItem(item.id, item.topic, item.case_id, item.person_id)


def _one(records: Sequence[T], record_id: str) -> T:
    for record in records:
        if record.id == record_id:
            return record
    raise RecordNotFound
