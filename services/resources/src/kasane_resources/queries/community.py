"""What the screens of community building read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from kasane_kit import clock
from kasane_plugin_api import CommunityNetwork, fiscal_year
from kasane_resources.domain.community import (
    CommunityIssue,
    Donation,
    Gathering,
    GatheringKind,
    NetworkMember,
    ParticipantKind,
    PartnerCompany,
)
from kasane_resources.repository.community import CommunityIssues, Donations, Gatherings, Members

MOST_LISTED = 200
FEED_BACK, FEED_AHEAD = timedelta(days=90), timedelta(days=400)


@dataclass(frozen=True)
class NetworkCounts:
    """A network in one fiscal year: groups, each once, and groups by activity, perhaps several times."""

    year: int
    groups: int
    by_activity: Mapping[str, int]
    donations: int


@dataclass(frozen=True)
class NetworkFile:
    """A network with its members, its numbers by fiscal year and what it was given, the newest first."""

    network: CommunityNetwork
    members: Sequence[NetworkMember]
    counts: Sequence[NetworkCounts]
    donations: Sequence[Donation]


@dataclass(frozen=True)
class AttendanceCounts:
    """Attendance of a fiscal year by course: sessions, who came by kind, new ties."""

    course: str
    sessions: int
    by_kind: Mapping[ParticipantKind, int]
    new_ties: int

    @property
    def present(self) -> int:
        """Attendance in all (延べ): who came twice is counted twice."""
        return sum(self.by_kind.values())


def issues(connection: Connection, *, waiting: bool) -> Sequence[CommunityIssue]:
    """Issues that wait, oldest first, or with an answer, newest first."""
    return CommunityIssues(connection).listed(waiting=waiting, most=MOST_LISTED)


def issue(connection: Connection, issue_id: str) -> CommunityIssue:
    """One issue; raises CommunityNotFound."""
    return CommunityIssues(connection).get(issue_id)


def issues_by_id(connection: Connection, ids: Iterable[str]) -> Mapping[str, CommunityIssue]:
    """The issues with these ids; those that there are not are left out."""
    kept = CommunityIssues(connection)
    found = (kept.find(one) for one in sorted({one for one in ids if one}))
    return {one.id: one for one in found if one is not None}


def gathering(connection: Connection, gathering_id: str) -> Gathering:
    """One gathering; raises CommunityNotFound."""
    return Gatherings(connection).get(gathering_id)


def gatherings(connection: Connection, *, public_only: bool = False) -> Sequence[Gathering]:
    """Those of the last months and the coming year, in order."""
    now = clock.now()
    return Gatherings(connection).between(
        now - FEED_BACK, now + FEED_AHEAD, public_only=public_only
    )


def partners(connection: Connection) -> Sequence[PartnerCompany]:
    """Every partner company, by name."""
    return Members(connection).partners()


def network_member(connection: Connection, member_id: str) -> NetworkMember:
    """One member of a network; raises CommunityNotFound."""
    return Members(connection).member(member_id)


def network_file(connection: Connection, network: CommunityNetwork, today: date) -> NetworkFile:
    """A network with its numbers of this fiscal year and the two before."""
    members = Members(connection).of(network.code)
    this_year = fiscal_year(today)
    donations = Donations(connection).of(network.code)
    counts = []
    for year in (this_year, this_year - 1, this_year - 2):
        taking_part = [member for member in members if member.takes_part_in(year)]
        by_activity = Counter(code for member in taking_part for code in member.activities)
        counts.append(
            NetworkCounts(
                year,
                len({member.name for member in taking_part}),
                {choice.value: by_activity[choice.value] for choice in network.activities},
                sum(one.stands and fiscal_year(one.received_on) == year for one in donations),
            )
        )
    return NetworkFile(network, members, counts, donations)


def asked_year(asked: str, today: date) -> int:
    """The fiscal year that somebody asked for, none before 2000 and none to come; this one where they named none."""
    present = fiscal_year(today)
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else present
    return min(max(year, 2000), present)


def attendance(connection: Connection, year: int) -> Sequence[AttendanceCounts]:
    """Attendance of the training of a fiscal year by course; what was cancelled is not counted."""
    first = datetime(year, 4, 1, tzinfo=clock.JAPAN)
    last = datetime(year + 1, 4, 1, tzinfo=clock.JAPAN)
    found: dict[str, list[Gathering]] = {}
    for one in Gatherings(connection).between(first, last):
        if one.kind in (GatheringKind.TRAINING, GatheringKind.FOLLOW_UP) and not one.cancelled:
            found.setdefault(one.course, []).append(one)
    return [
        AttendanceCounts(
            course,
            len(those),
            sum((Counter(one.attendance) for one in those), Counter()),
            sum(one.new_ties or 0 for one in those),
        )
        for course, those in sorted(found.items())
    ]
