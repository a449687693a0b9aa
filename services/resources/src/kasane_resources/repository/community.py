"""Loads and saves what belongs to community building."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from kasane_resources.domain.community import (
    CommunityIssue,
    Donation,
    Gathering,
    GatheringKind,
    IssueOutcome,
    IssueStatus,
    IssueStep,
    IssueStepKind,
    NetworkMember,
    ParticipantKind,
    PartnerCompany,
)
from kasane_resources.domain.errors import (
    ChangedMeanwhile,
    CommunityNotFound,
    MemberOver,
    NotYetMember,
)
from kasane_resources.repository.moments import with_zone
from kasane_resources.tables.community import (
    community_issue,
    donation,
    gathering,
    network_member,
    partner_company,
)


class CommunityIssues:
    """The community issues of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, issue_id: str) -> CommunityIssue | None:
        """One issue, or None."""
        row = _row(self._connection, community_issue, issue_id)
        return None if row is None else _issue(row)

    def get(self, issue_id: str) -> CommunityIssue:
        """One issue; raises CommunityNotFound."""
        found = self.find(issue_id)
        if found is None:
            raise CommunityNotFound
        return found

    def listed(self, *, waiting: bool, most: int) -> Sequence[CommunityIssue]:
        """Those that wait, oldest first, or those with an answer, newest first."""
        c = community_issue.c
        answered = c.status == IssueStatus.ANSWERED.value
        order = (c.raised_on, c.id) if waiting else (c.answered_on.desc(), c.id)
        rows = self._connection.execute(
            select(community_issue)
            .where(~answered if waiting else answered)
            .order_by(*order)
            .limit(most)
        )
        return [_issue(row) for row in rows]

    def add(self, issue: CommunityIssue) -> None:
        """Saves a new issue."""
        self._connection.execute(insert(community_issue).values(**_issue_columns(issue)))

    def save(self, issue: CommunityIssue, expected: int) -> None:
        """Saves a changed issue; raises ChangedMeanwhile."""
        issue.version = expected + 1
        _update(self._connection, community_issue, issue.id, expected, _issue_columns(issue))


class Gatherings:
    """The gatherings of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, gathering_id: str) -> Gathering:
        """One gathering; raises CommunityNotFound."""
        row = _row(self._connection, gathering, gathering_id)
        if row is None:
            raise CommunityNotFound
        return _gathering(row)

    def between(
        self, first: datetime, last: datetime, *, public_only: bool = False
    ) -> Sequence[Gathering]:
        """Those that begin in a time, in order; ``public_only`` leaves out the others."""
        c = gathering.c
        statement = select(gathering).where(
            c.starts_at >= first.astimezone(UTC), c.starts_at < last.astimezone(UTC)
        )
        if public_only:
            statement = statement.where(c.public.is_(True))
        rows = self._connection.execute(statement.order_by(c.starts_at, c.id))
        return [_gathering(row) for row in rows]

    def add(self, one: Gathering) -> None:
        """Saves a new gathering."""
        self._connection.execute(insert(gathering).values(**_gathering_columns(one)))

    def save(self, one: Gathering, expected: int) -> None:
        """Saves a changed gathering; raises ChangedMeanwhile."""
        one.version = expected + 1
        _update(self._connection, gathering, one.id, expected, _gathering_columns(one))


class Members:
    """The members of networks and the partner companies of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, network: str) -> Sequence[NetworkMember]:
        """The members of one network, by name."""
        rows = self._connection.execute(
            select(network_member)
            .where(network_member.c.network == network)
            .order_by(network_member.c.name, network_member.c.id)
        )
        return [_member(row) for row in rows]

    def member(self, member_id: str) -> NetworkMember:
        """One member; raises CommunityNotFound."""
        row = _row(self._connection, network_member, member_id)
        if row is None:
            raise CommunityNotFound
        return _member(row)

    def group_of(self, member: NetworkMember) -> str:
        """The id that a group keeps when it leaves a network and comes back: its first member's."""
        c = network_member.c
        return str(
            self._connection.execute(
                select(c.id)
                .where(c.network == member.network, c.name == member.name)
                .order_by(c.since, c.id)
                .limit(1)
            ).scalar_one()
        )

    def partners(self) -> Sequence[PartnerCompany]:
        """Every partner, by name."""
        rows = self._connection.execute(
            select(partner_company).order_by(partner_company.c.name, partner_company.c.id)
        )
        return [PartnerCompany(**row._mapping) for row in rows]

    def add(self, one: NetworkMember | PartnerCompany) -> None:
        """Saves a new member or partner."""
        table = network_member if isinstance(one, NetworkMember) else partner_company
        values = asdict(one)
        if "activities" in values:
            values["activities"] = list(values["activities"])
        self._connection.execute(insert(table).values(**values))

    def leave(self, object_id: str, until: date) -> str:
        """Writes down the last day; returns what kind it was.

        Raises CommunityNotFound, NotYetMember, or MemberOver for one that has left or was taken back.
        """
        kind, table, row = self._either(object_id)
        if row.since > until:
            raise NotYetMember(since=row.since)
        left = self._connection.execute(
            update(table)
            .where(table.c.id == object_id, table.c.until.is_(None), table.c.void_reason == "")
            .values(until=until)
        )
        if left.rowcount != 1:
            raise MemberOver
        return kind

    def void(self, object_id: str, reason: str) -> str:
        """Takes one back; returns what kind it was; raises CommunityNotFound, or MemberOver the second time."""
        kind, table, _ = self._either(object_id)
        taken = self._connection.execute(
            update(table)
            .where(table.c.id == object_id, table.c.void_reason == "")
            .values(void_reason=reason)
        )
        if taken.rowcount != 1:
            raise MemberOver
        return kind

    def _either(self, object_id: str) -> tuple[str, Table, Row[Any]]:
        for kind, table in (
            ("network_member", network_member),
            ("partner_company", partner_company),
        ):
            row = _row(self._connection, table, object_id)
            if row is not None:
                return kind, table, row
        raise CommunityNotFound


class Donations:
    """What networks were given, in the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, network: str) -> Sequence[Donation]:
        """Every donation to a network, those taken back too, newest first."""
        rows = self._connection.execute(
            select(donation)
            .where(donation.c.network == network)
            .order_by(donation.c.received_on.desc(), donation.c.id)
        )
        return [Donation(**row._mapping) for row in rows]

    def add(self, one: Donation) -> None:
        """Saves a new donation."""
        self._connection.execute(insert(donation).values(**asdict(one)))

    def void(self, donation_id: str, reason: str) -> Donation:
        """Takes one back and returns it; raises CommunityNotFound when it does not stand."""
        taken = self._connection.execute(
            update(donation)
            .where(donation.c.id == donation_id, donation.c.void_reason == "")
            .values(void_reason=reason)
        )
        row = _row(self._connection, donation, donation_id)
        if taken.rowcount != 1 or row is None:
            raise CommunityNotFound
        return Donation(**row._mapping)


def _row(connection: Connection, table: Table, object_id: str) -> Row[Any] | None:
    return connection.execute(select(table).where(table.c.id == object_id)).one_or_none()


def _update(
    connection: Connection, table: Table, object_id: str, expected: int, values: dict[str, Any]
) -> None:
    saved = connection.execute(
        update(table).where(table.c.id == object_id, table.c.version == expected).values(**values)
    )
    if saved.rowcount != 1:
        raise ChangedMeanwhile


def _member(row: Row[Any]) -> NetworkMember:
    return NetworkMember(**{**row._mapping, "activities": tuple(row.activities)})


def _issue_columns(issue: CommunityIssue) -> dict[str, Any]:
    return {
        **vars(issue),
        "areas": list(issue.areas),
        "status": issue.status.value,
        "outcome": issue.outcome.value if issue.outcome else None,
        "steps": [
            {**asdict(step), "kind": step.kind.value, "at": step.at.isoformat()}
            for step in issue.steps
        ],
    }


def _issue(row: Row[Any]) -> CommunityIssue:
    steps = tuple(
        IssueStep(
            **{
                **step,
                "kind": IssueStepKind(step["kind"]),
                "at": datetime.fromisoformat(step["at"]),
            }
        )
        for step in row.steps
    )
    return CommunityIssue(
        **{
            **row._mapping,
            "areas": tuple(row.areas),
            "status": IssueStatus(row.status),
            "outcome": IssueOutcome(row.outcome) if row.outcome else None,
            "steps": steps,
        }
    )


def _gathering_columns(one: Gathering) -> dict[str, Any]:
    counts = {kind.value: number for kind, number in one.attendance.items()}
    return {
        **vars(one),
        "kind": one.kind.value,
        "attendance": counts,
        "starts_at": one.starts_at.astimezone(UTC),
        "ends_at": one.ends_at.astimezone(UTC),
    }


def _gathering(row: Row[Any]) -> Gathering:
    return Gathering(
        **{
            **row._mapping,
            "kind": GatheringKind(row.kind),
            "starts_at": with_zone(row.starts_at),
            "ends_at": with_zone(row.ends_at),
            "changed_at": with_zone(row.changed_at),
            "attendance": {ParticipantKind(k): n for k, n in row.attendance.items()},
        }
    )
