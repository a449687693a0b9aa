"""Reads who looked at a case or at one person of it, when and on which basis, from the audit trail."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, select

from kasane_cases import tables
from kasane_cases.domain.case import Case
from kasane_cases.repository import (
    Admission,
    Attachments,
    Cases,
    LegalGrounds,
    Plans,
    Transfers,
    enter,
)
from kasane_kit import audit
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class TrailFile:
    """A case with the entries about it, newest first; ``more`` says that older ones follow."""

    case: Case
    admission: Admission
    entries: Sequence[audit.Entry]
    more: bool


def trail_file(
    connection: Connection,
    viewer: Actor,
    case_id: str,
    today: date,
    *,
    person_id: str = "",
    actions: Collection[str] = (),
    before: int = 0,
    limit: int = 100,
) -> TrailFile:
    """The trail, for who has a right to the whole case; raises CaseNotFound, RecordNotFound."""
    admission = enter(connection, viewer, case_id, today, team_only=True)
    case = Cases(connection).get(case_id)
    if person_id:
        case.person(person_id)
    objects = [
        *_objects(connection, case, person_id),
        # Who handles a secret transfer knows of it; nobody else learns of it here.
        *(
            ("transfer", one.id)
            for one in Transfers(connection).known_to(viewer, today, case_id)
            if not person_id or person_id in one.person_ids
        ),
    ]
    found = audit.about(connection, objects, actions=actions, before=before, limit=limit + 1)
    return TrailFile(case, admission, found[:limit], len(found) > limit)


def _objects(connection: Connection, case: Case, person_id: str) -> list[tuple[str, str]]:
    """The case, its people and every record of theirs, as kind and id."""
    wanted = {person_id} if person_id else {person.id for person in case.persons}
    files = Attachments(connection).of_case(case.id)
    grounds = LegalGrounds(connection).of_case(case.id)
    i, d = tables.agenda_item.c, tables.item_decision.c
    about = and_(i.case_id == case.id, i.person_id.in_(wanted))
    sessions = connection.scalars(select(i.session_id).where(about).distinct())
    decisions = connection.scalars(
        select(d.id).join(tables.agenda_item, i.id == d.item_id).where(about)
    )
    return [
        # Some pages about a person, a plan or a document have only the case in their address.
        *((kind, case.id) for kind in ("case", "person", "support_plan", "attachment")),
        *(("person", one) for one in wanted),
        *(("attachment", one.id) for one in files if not person_id or one.person_id in wanted),
        *(("legal_ground", one.id) for one in grounds if one.person_id in wanted),
        *(
            ("support_plan", plan.id)
            for plan in Plans(connection).of_case(case.id)
            if wanted & set(plan.persons)
        ),
        *(("conference", one) for one in (*sessions, *decisions)),
    ]
