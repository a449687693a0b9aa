"""Loads and saves links for organizations, their answers, and whom to remind."""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from kasane_kit.auth import accounts
from kasane_resources.domain.errors import AnswerNotFound, LinkClosed
from kasane_resources.domain.freshness import (
    AnswerState,
    ConfirmationDays,
    ConfirmLink,
    OrganizationAnswer,
)
from kasane_resources.domain.human_service import ServiceStatus
from kasane_resources.repository.moments import with_zone
from kasane_resources.tables import human_service
from kasane_resources.tables.freshness import (
    confirm_link,
    confirmation_reminder,
    organization_answer,
)


class ConfirmLinks:
    """The links of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def with_digest(self, digest: str) -> ConfirmLink:
        """The link of a token; raises LinkClosed for one that was never made."""
        row = self._connection.execute(
            select(confirm_link).where(confirm_link.c.digest == digest).with_for_update()
        ).one_or_none()
        if row is None:
            raise LinkClosed
        return _link(row)

    def of(self, human_service_id: str) -> list[ConfirmLink]:
        """Those of one entry, the newest first."""
        rows = self._connection.execute(
            select(confirm_link)
            .where(confirm_link.c.human_service_id == human_service_id)
            .order_by(confirm_link.c.made_at.desc(), confirm_link.c.id)
        )
        return [_link(row) for row in rows]

    def add(self, link: ConfirmLink) -> None:
        """Saves a new link."""
        self._connection.execute(insert(confirm_link).values(**vars(link)))

    def save(self, link: ConfirmLink) -> None:
        """Saves a changed link."""
        self._connection.execute(
            update(confirm_link).where(confirm_link.c.id == link.id).values(**vars(link))
        )


class OrganizationAnswers:
    """What organizations said of their entries."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, answer_id: str) -> OrganizationAnswer:
        """One answer; raises AnswerNotFound."""
        row = self._connection.execute(
            select(organization_answer)
            .where(organization_answer.c.id == answer_id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise AnswerNotFound
        return _answer(row)

    def waiting(self, most: int) -> list[OrganizationAnswer]:
        """Those that wait for a worker, oldest first."""
        c = organization_answer.c
        rows = self._connection.execute(
            select(organization_answer)
            .where(c.state == AnswerState.WAITING.value)
            .order_by(c.answered_at, c.id)
            .limit(most)
        )
        return [_answer(row) for row in rows]

    def waiting_for(self, human_service_id: str) -> list[OrganizationAnswer]:
        """Those about one entry that wait for a worker, oldest first."""
        c = organization_answer.c
        rows = self._connection.execute(
            select(organization_answer)
            .where(c.human_service_id == human_service_id, c.state == AnswerState.WAITING.value)
            .order_by(c.answered_at, c.id)
        )
        return [_answer(row) for row in rows]

    def put(self, answer: OrganizationAnswer) -> None:
        """Saves a new or a changed answer."""
        c = organization_answer.c
        self._connection.execute(delete(organization_answer).where(c.id == answer.id))
        values = {**asdict(answer), "state": answer.state.value}
        self._connection.execute(insert(organization_answer).values(**values))


class Reminders:
    """Who was reminded to confirm which entry, and when."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, today: date, days: ConfirmationDays) -> list[str]:
        """The ids of entries in use with an owner who is to be reminded today."""
        h, r = human_service.c, confirmation_reminder.c
        statement = (
            select(h.id)
            .outerjoin(confirmation_reminder, r.human_service_id == h.id)
            .where(
                h.owner != "",
                h.status == ServiceStatus.ACTIVE.value,
                or_(h.last_confirmed_on.is_(None), h.last_confirmed_on < days.due_before(today)),
                or_(r.reminded_on.is_(None), r.reminded_on <= today - days.remind_again),
            )
            .order_by(h.id)
        )
        return list(self._connection.scalars(statement))

    def reminded_on(self, human_service_id: str) -> date | None:
        """When somebody was last reminded of an entry."""
        r = confirmation_reminder.c
        return self._connection.scalar(
            select(r.reminded_on).where(r.human_service_id == human_service_id)
        )

    def remember(self, human_service_id: str, on: date) -> None:
        """Somebody is reminded now."""
        self.forget(human_service_id)
        self._connection.execute(
            insert(confirmation_reminder).values(human_service_id=human_service_id, reminded_on=on)
        )

    def forget(self, human_service_id: str) -> None:
        """The entry is confirmed; the next reminder is a new one."""
        r = confirmation_reminder.c
        self._connection.execute(
            delete(confirmation_reminder).where(r.human_service_id == human_service_id)
        )


def keeper_of(connection: Connection, owner: str) -> str:
    """The account that keeps an entry right; empty for nobody, and for somebody who has left."""
    known = accounts.find(connection, owner) if owner else None
    return owner if known and known.active else ""


def left_behind_by(connection: Connection) -> list[str]:
    """The accounts of those who have left and still stand as keepers of entries."""
    here = {one.account_id for one in accounts.everyone(connection)}
    owners = connection.scalars(
        select(human_service.c.owner).where(human_service.c.owner != "").distinct()
    )
    return [owner for owner in owners if owner not in here]


def _link(row: Row[Any]) -> ConfirmLink:
    values = {**row._mapping}
    values["made_at"], values["revoked_at"] = with_zone(row.made_at), with_zone(row.revoked_at)
    return ConfirmLink(**values)


def _answer(row: Row[Any]) -> OrganizationAnswer:
    return OrganizationAnswer(
        **{
            **row._mapping,
            "state": AnswerState(row.state),
            "answered_at": with_zone(row.answered_at),
            "decided_at": with_zone(row.decided_at),
        }
    )
