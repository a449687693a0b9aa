"""Reads what closed sessions and open sources say about a household; keeps recorded origins."""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, and_, insert, or_, select

from kasane_cases import tables
from kasane_cases.domain.assessment import written_words
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.origin import ClosedPassage, FactOrigin
from kasane_cases.repository.rows import columns, moment

_CLOSED = [kind.value for kind in LegalKind if kind.closed]


class Origins:
    """Where the facts of a household are from, in the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def closed_passages(self, case_id: str, person_ids: Sequence[str]) -> list[ClosedPassage]:
        """Facts, decisions and minutes of closed items about the case or these people, the general
        minutes of those sessions, and what was added to either.

        Not for reading by anybody: only for comparing.
        """
        s, i, f = tables.session.c, tables.agenda_item.c, tables.item_fact.c
        d, a = tables.item_decision.c, tables.minutes_addendum.c
        here = tables.agenda_item.alias().c
        about_here = or_(here.case_id == case_id, here.person_id.in_(person_ids))
        about = or_(i.case_id == case_id, i.person_id.in_(person_ids))
        facts = self._connection.execute(
            select(f.text, s.id)
            .join(tables.agenda_item, i.id == f.item_id)
            .join(tables.session, s.id == f.session_id)
            .where(i.legal_kind.in_(_CLOSED), about)
        ).all()
        minutes = self._connection.execute(
            select(s.minutes, s.id).where(
                s.legal_kind.in_(_CLOSED),
                s.minutes != "",
                s.id.in_(select(i.session_id).where(about)),
            )
        ).all()
        parts = self._connection.execute(
            select(i.minutes, i.session_id).where(i.legal_kind.in_(_CLOSED), i.minutes != "", about)
        ).all()
        decided = self._connection.execute(
            select(d.text, d.session_id)
            .join(tables.agenda_item, i.id == d.item_id)
            .where(i.legal_kind.in_(_CLOSED), about)
        ).all()
        added = self._connection.execute(
            select(a.text, a.session_id)
            .join(tables.session, s.id == a.session_id)
            .outerjoin(tables.agenda_item, i.id == a.item_id)
            .where(
                or_(
                    and_(i.legal_kind.in_(_CLOSED), about),
                    and_(
                        a.item_id == "",
                        s.legal_kind.in_(_CLOSED),
                        s.id.in_(select(here.session_id).where(about_here)),
                    ),
                )
            )
        ).all()
        passages = (*facts, *minutes, *parts, *decided, *added)
        return [ClosedPassage(text, session_id) for text, session_id in passages]

    def persons_heard_of(self, account_id: str) -> dict[str, str]:
        """Whose matters this account heard at closed sessions: the names, by person."""
        i, a, p = tables.agenda_item.c, tables.attendee.c, tables.person.c
        rows = self._connection.execute(
            select(p.id, p.name)
            .join(tables.agenda_item, i.person_id == p.id)
            .join(tables.attendee, a.session_id == i.session_id)
            .where(i.legal_kind.in_(_CLOSED), a.account_id == account_id, a.present.is_(True))
            .distinct()
        )
        return {row.id: row.name for row in rows}

    def open_texts(self, case: Case) -> list[str]:
        """What is known outside closed sessions.

        The consultation, needs, assessments, visits and answers on the timeline, items that are not
        closed, what was said with a consent, and recorded origins.
        """
        c, n, t = tables.consultation_summary.c, tables.support_need.c, tables.timeline.c
        s, i, f = tables.session.c, tables.agenda_item.c, tables.item_fact.c
        k, o = tables.consent.c, tables.fact_origin.c
        d, m = tables.item_decision.c, tables.assessment.c
        found = [case.story, case.support_reason]
        found += self._texts(select(c.story).where(c.id == case.consultation_id))
        found += self._texts(select(n.description).where(n.case_id == case.id))
        found += self._texts(select(k.note).where(k.case_id == case.id))
        found += self._texts(select(o.text).where(o.case_id == case.id))
        found += self._texts(
            select(f.text)
            .join(tables.agenda_item, i.id == f.item_id)
            .join(tables.session, s.id == f.session_id)
            .where(i.legal_kind.not_in(_CLOSED), i.case_id == case.id)
        )
        found += self._texts(
            select(i.minutes).where(i.legal_kind.not_in(_CLOSED), i.case_id == case.id)
        )
        found += self._texts(
            select(d.text)
            .join(tables.agenda_item, i.id == d.item_id)
            .where(i.legal_kind.not_in(_CLOSED), i.case_id == case.id)
        )
        for answers in self._connection.scalars(select(m.answers).where(m.case_id == case.id)):
            found += written_words(answers)
        for facts in self._connection.scalars(select(t.facts).where(t.case_id == case.id)):
            found += [facts.get("note", ""), facts.get("reason", "")]
        return [text for text in found if text]

    def add(self, origin: FactOrigin) -> None:
        """Keeps another origin of a fact."""
        self._connection.execute(insert(tables.fact_origin).values(**columns(origin)))

    def of_case(self, case_id: str) -> tuple[FactOrigin, ...]:
        """The origins recorded for a case, newest first."""
        o = tables.fact_origin.c
        rows = self._connection.execute(
            select(tables.fact_origin).where(o.case_id == case_id).order_by(o.id.desc())
        )
        return tuple(
            FactOrigin(**{**row._mapping, "recorded_at": moment(row.recorded_at)}) for row in rows
        )

    def _texts(self, statement: Select[tuple[str]]) -> list[str]:
        return list(self._connection.scalars(statement))
