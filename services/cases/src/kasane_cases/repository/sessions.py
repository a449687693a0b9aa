"""Loads and saves whole sessions: attendees, agenda, facts and decisions."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, update

from kasane_cases import tables
from kasane_cases.domain.agenda import (
    AgendaItem,
    ItemDecision,
    ItemFact,
    ItemState,
    LegalKind,
    RolePart,
)
from kasane_cases.domain.attendance import Attendee, SecrecyDuty
from kasane_cases.domain.conference import OVER, PREPARING, ConferenceSession, SessionStatus
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import ChangedMeanwhile, SessionNotFound
from kasane_cases.repository.rows import as_utc, columns, moment, plain


class Sessions:
    """The sessions of the open municipality's bodies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, session_id: str) -> ConferenceSession:
        """The session; raises SessionNotFound."""
        found = self.several([session_id])
        if not found:
            raise SessionNotFound
        return found[0]

    def several(self, session_ids: Sequence[str]) -> list[ConferenceSession]:
        """Those of the sessions that there are, in the order of the ids."""
        if not session_ids:
            return []
        rows = {
            row.id: dict(row._mapping)
            for row in self._connection.execute(
                select(tables.session).where(tables.session.c.id.in_(session_ids))
            )
        }
        if not rows:
            return []
        attendees, items = self._attendees(session_ids), self._items(session_ids)
        return [
            ConferenceSession(
                **{
                    **values,
                    "legal_kind": LegalKind(values["legal_kind"]),
                    "legal_kinds": tuple(LegalKind(kind) for kind in values["legal_kinds"]),
                    "status": SessionStatus(values["status"]),
                    "fixed_at": as_utc(values["fixed_at"]),
                },
                attendees=attendees[session_id],
                items=items[session_id],
            )
            for session_id in session_ids
            if (values := rows.get(session_id)) is not None
        ]

    def add(self, session: ConferenceSession) -> None:
        """Saves a new session."""
        self._connection.execute(insert(tables.session).values(**_columns(session)))
        self._add_parts(session)

    def save(self, session: ConferenceSession) -> None:
        """Saves a changed session; raises ChangedMeanwhile when somebody else was faster."""
        expected = session.version
        session.version = expected + 1
        s = tables.session.c
        saved = self._connection.execute(
            update(tables.session)
            .where(s.id == session.id, s.version == expected)
            .values(**_columns(session))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile
        for part in (
            tables.attendee,
            tables.agenda_item,
            tables.item_fact,
            tables.item_decision,
        ):
            self._connection.execute(delete(part).where(part.c.session_id == session.id))
        self._add_parts(session)

    def held_about(self, case_id: str) -> int:
        """How many sessions that took place had somebody of a case on their agenda."""
        s, i = tables.session.c, tables.agenda_item.c
        found = self._connection.scalar(
            select(func.count(s.id.distinct()))
            .join(tables.agenda_item, i.session_id == s.id)
            .where(
                i.case_id == case_id,
                i.state == ItemState.ON_AGENDA.value,
                s.status.in_([status.value for status in OVER]),
            )
        )
        return int(found or 0)

    def ids_about(self, case_id: str) -> tuple[str, ...]:
        """The sessions that took place with somebody of a case on their agenda, in their order."""
        s, i = tables.session.c, tables.agenda_item.c
        found = self._connection.scalars(
            select(s.id)
            .join(tables.agenda_item, i.session_id == s.id)
            .where(
                i.case_id == case_id,
                i.state == ItemState.ON_AGENDA.value,
                s.status.in_([status.value for status in OVER]),
            )
            .distinct()
            .order_by(s.id)
        )
        return tuple(found)

    def support_conference_with(self, case_id: str, person_id: str, agency: tuple[str, ...]) -> str:
        """The last opened 支援会議 that spoke of the person with this agency present and bound.

        Empty when there is none. ``agency`` holds the code and the label of the agency.
        """
        s, i, a = tables.session.c, tables.agenda_item.c, tables.attendee.c
        bound = and_(
            a.acknowledged_at.is_not(None),
            or_(a.needs_signature.is_(False), a.signed_at.is_not(None)),
        )
        names = [one for one in agency if one]
        hears = or_(a.affiliation.in_(names), a.account_id.in_(names))
        there = exists().where(a.session_id == s.id, hears, a.present.is_(True), bound)
        found = self._connection.scalar(
            select(s.id)
            .join(tables.agenda_item, i.session_id == s.id)
            .where(
                i.legal_kind == LegalKind.SUPPORT_CONFERENCE.value,
                i.state == ItemState.ON_AGENDA.value,
                s.status.not_in([status.value for status in PREPARING]),
                i.case_id == case_id,
                i.person_id == person_id,
                there,
            )
            .order_by(s.id.desc())
            .limit(1)
        )
        return str(found or "")

    def _add_parts(self, session: ConferenceSession) -> None:
        place = {"session_id": session.id}
        self._insert(
            tables.attendee,
            [
                {**place, "position": position, **_attendee_columns(attendee)}
                for position, attendee in enumerate(session.attendees)
            ],
        )
        self._insert(
            tables.agenda_item,
            [
                {**place, "position": position, **_item_columns(session, item)}
                for position, item in enumerate(session.items)
            ],
        )
        for part, name in ((tables.item_fact, "facts"), (tables.item_decision, "decisions")):
            self._insert(
                part,
                [
                    {**place, "item_id": item.id, "position": position, **columns(one)}
                    for item in session.items
                    for position, one in enumerate(getattr(item, name))
                ],
            )

    def _insert(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(insert(table), rows)

    def _attendees(self, session_ids: Sequence[str]) -> dict[str, list[Attendee]]:
        a, found = tables.attendee.c, defaultdict[str, list[Attendee]](list)
        for row in self._connection.execute(
            select(tables.attendee).where(a.session_id.in_(session_ids)).order_by(a.position)
        ):
            duty = SecrecyDuty(
                row.duty_text,
                row.duty_basis,
                row.needs_signature,
                row.duty_source,
                row.duty_effective_from,
            )
            found[row.session_id].append(
                Attendee(
                    id=row.id,
                    name=row.name,
                    kind=AttendeeKind(row.kind),
                    duty=duty,
                    account_id=row.account_id,
                    affiliation=row.affiliation,
                    present=row.present,
                    acknowledged_at=as_utc(row.acknowledged_at),
                    signed_at=as_utc(row.signed_at),
                )
            )
        return found

    def _items(self, session_ids: Sequence[str]) -> dict[str, list[AgendaItem]]:
        i, f, d = tables.agenda_item.c, tables.item_fact.c, tables.item_decision.c
        facts: dict[str, list[ItemFact]] = defaultdict(list)
        for row in self._connection.execute(
            select(tables.item_fact).where(f.session_id.in_(session_ids)).order_by(f.position)
        ):
            fact = ItemFact(row.id, row.text, row.source, moment(row.recorded_at), row.recorded_by)
            facts[row.item_id].append(fact)
        decisions: dict[str, list[ItemDecision]] = defaultdict(list)
        for row in self._connection.execute(
            select(tables.item_decision).where(d.session_id.in_(session_ids)).order_by(d.position)
        ):
            decision = ItemDecision(
                row.id,
                row.text,
                row.in_charge,
                row.role,
                row.due_on,
                row.owner,
                row.done_on,
                row.done_note,
            )
            decisions[row.item_id].append(decision)
        found = defaultdict[str, list[AgendaItem]](list)
        for row in self._connection.execute(
            select(tables.agenda_item).where(i.session_id.in_(session_ids)).order_by(i.position)
        ):
            found[row.session_id].append(
                AgendaItem(
                    row.id,
                    row.topic,
                    row.case_id,
                    row.person_id,
                    row.reason,
                    row.consent_state,
                    tuple(facts[row.id]),
                    tuple(decisions[row.id]),
                    LegalKind(row.legal_kind),
                    tuple(row.admitted),
                    ItemState(row.state),
                    row.state_reason,
                    row.follows,
                    row.minutes,
                    tuple(RolePart(**part) for part in row.roles),
                )
            )
        return found


def _columns(session: ConferenceSession) -> dict[str, Any]:
    return columns(session, "attendees", "items")


def _item_columns(session: ConferenceSession, item: AgendaItem) -> dict[str, Any]:
    return {
        **columns(item, "facts", "decisions", "roles"),
        "legal_kind": session.kind_of(item).value,
        "roles": [dict(vars(part)) for part in item.roles],
    }


def _attendee_columns(attendee: Attendee) -> dict[str, Any]:
    duty = attendee.duty
    return {
        **{name: plain(value) for name, value in vars(attendee).items() if name != "duty"},
        "duty_text": duty.text,
        "duty_basis": duty.basis,
        "needs_signature": duty.needs_signature,
        "duty_source": duty.source,
        "duty_effective_from": duty.effective_from,
    }
