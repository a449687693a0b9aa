"""Loads and saves what cases knows of participation support and of community issues."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from kasane_cases import tables
from kasane_cases.domain.case import CaseStatus
from kasane_cases.domain.community_issue import CaseIssue, IssueLevel
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.participation import CaseParticipation
from kasane_cases.repository.rows import columns


class CaseParticipations:
    """The participation support of the open municipality, as cases knows it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, one: CaseParticipation) -> None:
        """Saves a new proposal."""
        self._connection.execute(insert(tables.participation).values(**columns(one)))

    def save(self, one: CaseParticipation) -> None:
        """Saves where it stands."""
        self._connection.execute(
            update(tables.participation)
            .where(tables.participation.c.id == one.id)
            .values(**columns(one, "id"))
        )

    def of_case(self, case_id: str) -> tuple[CaseParticipation, ...]:
        """Those of a case, newest first."""
        return self._load(tables.participation.c.case_id == case_id)

    def get(self, case_id: str, participation_id: str) -> CaseParticipation:
        """One of a case; raises RecordNotFound."""
        for one in self.of_case(case_id):
            if one.id == participation_id:
                return one
        raise RecordNotFound

    def find(self, participation_id: str) -> CaseParticipation | None:
        """One in whichever case its person is now, or None."""
        return next(iter(self._load(tables.participation.c.id == participation_id)), None)

    def _load(self, wanted: ColumnElement[bool]) -> tuple[CaseParticipation, ...]:
        p = tables.participation.c
        rows = self._connection.execute(
            select(tables.participation).where(wanted).order_by(p.proposed_on.desc(), p.id.desc())
        )
        return tuple(CaseParticipation(**row._mapping) for row in rows)


class CaseIssues:
    """The community issues that were raised from cases of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sharing(self, theme: str, areas: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Household and case of everybody with this trouble whose case is open, each pair once."""
        c, n = tables.case.c, tables.support_need.c
        statement = (
            select(c.household_id, c.id)
            .join(tables.support_need, n.case_id == c.id)
            .where(n.category == theme, c.status != CaseStatus.CLOSED.value)
            .distinct()
            .order_by(c.household_id, c.id)
        )
        if areas:
            statement = statement.where(c.area.in_(list(areas)))
        return tuple((row[0], row[1]) for row in self._connection.execute(statement))

    def areas(self) -> tuple[str, ...]:
        """The places of open cases."""
        c = tables.case.c
        return tuple(
            self._connection.scalars(
                select(c.area)
                .where(c.area != "", c.status != CaseStatus.CLOSED.value)
                .distinct()
                .order_by(c.area)
            )
        )

    def add(self, issue: CaseIssue) -> None:
        """Saves a new issue."""
        self._connection.execute(insert(tables.community_issue).values(**columns(issue)))

    def save(self, issue: CaseIssue) -> None:
        """Saves the answer to an issue."""
        self._connection.execute(
            update(tables.community_issue)
            .where(tables.community_issue.c.id == issue.id)
            .values(**columns(issue, "id"))
        )

    def find(self, issue_id: str) -> CaseIssue | None:
        """One issue, or None."""
        row = self._connection.execute(
            select(tables.community_issue).where(tables.community_issue.c.id == issue_id)
        ).one_or_none()
        return None if row is None else _issue(row)

    def listed(self) -> tuple[CaseIssue, ...]:
        """All of them, newest first."""
        i = tables.community_issue.c
        rows = self._connection.execute(
            select(tables.community_issue).order_by(i.raised_on.desc(), i.id.desc())
        )
        return tuple(_issue(row) for row in rows)


def _issue(row: Row[Any]) -> CaseIssue:
    return CaseIssue(
        **{
            **row._mapping,
            "level": IssueLevel(row.level),
            "areas": tuple(row.areas),
            "case_ids": tuple(row.case_ids),
        }
    )
