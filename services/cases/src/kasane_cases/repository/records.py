"""Loads and saves what belongs to a case: needs with suggestions, referrals, requests to visit."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.assessment import LeftOutService, NeedSuggestion, SupportNeed
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.need_option import NeedOption, OptionStep
from kasane_cases.domain.requests import (
    OutreachRequest,
    OutreachStatus,
    Referral,
    ReferralStatus,
)
from kasane_cases.repository.rows import as_utc, columns, moment


class Needs:
    """The needs of the open municipality with what the directory suggested."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, need: SupportNeed) -> None:
        """Saves a new need."""
        values = columns(need, "suggestions", "left_out")
        self._connection.execute(insert(tables.support_need).values(**values, left_out=[]))

    def of_case(self, case_id: str) -> tuple[SupportNeed, ...]:
        """All needs of a case, oldest first, each with its suggestions."""
        rows = self._connection.execute(
            select(tables.support_need)
            .where(tables.support_need.c.case_id == case_id)
            .order_by(tables.support_need.c.id)
        ).all()
        suggestions = self._suggestions([row.id for row in rows])
        return tuple(_need(row, suggestions.get(row.id, ())) for row in rows)

    def get(self, case_id: str, need_id: str) -> SupportNeed:
        """One need of a case; raises RecordNotFound."""
        for need in self.of_case(case_id):
            if need.id == need_id:
                return need
        raise RecordNotFound

    def where(self, need_id: str) -> SupportNeed:
        """One need, in whichever case its person is now; raises RecordNotFound."""
        n = tables.support_need.c
        case_id = self._connection.scalar(select(n.case_id).where(n.id == need_id))
        if case_id is None:
            raise RecordNotFound
        return self.get(case_id, need_id)

    def replace_suggestions(
        self,
        need_id: str,
        suggestions: Sequence[NeedSuggestion],
        missing: Sequence[str],
        at: datetime,
        left_out: Sequence[LeftOutService] = (),
    ) -> None:
        """Takes a new answer of the directory in place of the old one."""
        self._connection.execute(
            delete(tables.suggestion).where(tables.suggestion.c.need_id == need_id)
        )
        if suggestions:
            self._connection.execute(
                insert(tables.suggestion),
                [
                    {"need_id": need_id, "position": position, **columns(suggestion)}
                    for position, suggestion in enumerate(suggestions)
                ],
            )
        self._connection.execute(
            update(tables.support_need)
            .where(tables.support_need.c.id == need_id)
            .values(
                missing=list(missing),
                suggested_at=at,
                left_out=[vars(one) for one in left_out],
            )
        )

    def _suggestions(self, need_ids: Sequence[str]) -> dict[str, tuple[NeedSuggestion, ...]]:
        s = tables.suggestion.c
        rows = self._connection.execute(
            select(tables.suggestion).where(s.need_id.in_(need_ids)).order_by(s.need_id, s.position)
        )
        found: dict[str, tuple[NeedSuggestion, ...]] = {}
        for row in rows:
            suggestion = NeedSuggestion(
                row.human_service_id, row.name, row.points, tuple(row.reasons)
            )
            found[row.need_id] = (*found.get(row.need_id, ()), suggestion)
        return found


class NeedOptions:
    """What was decided about human services for the needs of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_needs(self, need_ids: Sequence[str]) -> tuple[NeedOption, ...]:
        """Every step for these needs, oldest first."""
        o = tables.need_option.c
        rows = self._connection.execute(
            select(tables.need_option).where(o.need_id.in_(need_ids)).order_by(o.at, o.id)
        )
        return tuple(
            NeedOption(
                **{
                    **row._mapping,
                    "step": OptionStep(row.step),
                    "at": moment(row.at),
                }
            )
            for row in rows
        )

    def add(self, one: NeedOption) -> None:
        """Adds a step."""
        self._connection.execute(insert(tables.need_option).values(**columns(one)))


class Referrals:
    """The referrals of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, referral: Referral) -> None:
        """Saves a new referral."""
        self._connection.execute(insert(tables.referral).values(**columns(referral)))

    def of_case(self, case_id: str) -> tuple[Referral, ...]:
        """All referrals of a case, newest first."""
        rows = self._connection.execute(
            select(tables.referral)
            .where(tables.referral.c.case_id == case_id)
            .order_by(tables.referral.c.id.desc())
        )
        return tuple(
            Referral(
                **{
                    **row._mapping,
                    "recipient": AttendeeKind(row.recipient),
                    "status": ReferralStatus(row.status),
                }
            )
            for row in rows
        )

    def where(self, referral_id: str) -> Referral:
        """One referral, in whichever case its person is now; raises RecordNotFound."""
        r = tables.referral.c
        case_id = self._connection.scalar(select(r.case_id).where(r.id == referral_id))
        if case_id is None:
            raise RecordNotFound
        return self.get(case_id, referral_id)

    def get(self, case_id: str, referral_id: str) -> Referral:
        """One referral of a case; raises RecordNotFound."""
        for referral in self.of_case(case_id):
            if referral.id == referral_id:
                return referral
        raise RecordNotFound

    def save(self, referral: Referral) -> None:
        """Saves the answer to a referral."""
        self._connection.execute(
            update(tables.referral)
            .where(tables.referral.c.id == referral.id)
            .values(**columns(referral))
        )


class OutreachRequests:
    """The requests to visit of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, request: OutreachRequest) -> None:
        """Saves a new request."""
        self._connection.execute(insert(tables.outreach_request).values(**columns(request)))

    def of_case(self, case_id: str) -> tuple[OutreachRequest, ...]:
        """All requests of a case, newest first."""
        rows = self._connection.execute(
            select(tables.outreach_request)
            .where(tables.outreach_request.c.case_id == case_id)
            .order_by(tables.outreach_request.c.id.desc())
        )
        return tuple(
            OutreachRequest(**{**row._mapping, "status": OutreachStatus(row.status)})
            for row in rows
        )

    def where(self, request_id: str) -> OutreachRequest:
        """One request, in whichever case its person is now; raises RecordNotFound."""
        r = tables.outreach_request.c
        case_id = self._connection.scalar(select(r.case_id).where(r.id == request_id))
        if case_id is None:
            raise RecordNotFound
        return self.get(case_id, request_id)

    def get(self, case_id: str, request_id: str) -> OutreachRequest:
        """One request of a case; raises RecordNotFound."""
        for request in self.of_case(case_id):
            if request.id == request_id:
                return request
        raise RecordNotFound

    def save(self, request: OutreachRequest) -> None:
        """Saves what became of a request."""
        self._connection.execute(
            update(tables.outreach_request)
            .where(tables.outreach_request.c.id == request.id)
            .values(**columns(request))
        )


def _need(row: Row[tuple[object, ...]], suggestions: tuple[NeedSuggestion, ...]) -> SupportNeed:
    values = dict(row._mapping)
    return SupportNeed(
        **{
            **values,
            "missing": tuple(values["missing"]),
            "circumstances": tuple(values["circumstances"]),
            "left_out": tuple(LeftOutService(**one) for one in values["left_out"]),
            "suggested_at": as_utc(values["suggested_at"]),
        },
        suggestions=suggestions,
    )
