"""Loads and saves who watches over whom, and what was seen."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select, update

from kasane_outreach import tables
from kasane_outreach.domain.campaign_errors import CampaignRunNotFound
from kasane_outreach.domain.watch_assignment import WatchAssignment, WatchReport
from kasane_outreach.repository.visits import in_utc


class Watches:
    """The watching of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, assignment_id: str, *, to_change: bool = False) -> WatchAssignment:
        """One assignment; raises CampaignRunNotFound. ``to_change`` lets others who want to change it wait."""
        found = self._load(tables.watch_assignment.c.id == assignment_id, to_change=to_change)
        if not found:
            raise CampaignRunNotFound
        return found[0]

    def open_ones(self, watcher: str = "") -> tuple[WatchAssignment, ...]:
        """What goes on, of one watcher or all, the nearest day first."""
        w = tables.watch_assignment.c
        return self._load(w.ended_on.is_(None), *([w.watcher == watcher] if watcher else []))

    def of_case(self, case_id: str) -> tuple[WatchAssignment, ...]:
        """What goes on for a case; others who want to change it wait."""
        w = tables.watch_assignment.c
        return self._load(w.case_id == case_id, w.ended_on.is_(None), to_change=True)

    def of_request(self, request_id: str) -> tuple[WatchAssignment, ...]:
        """What goes on for a household to reach; others who want to change it wait."""
        w = tables.watch_assignment.c
        return self._load(w.request_id == request_id, w.ended_on.is_(None), to_change=True)

    def add(self, assignment: WatchAssignment) -> None:
        """Saves a new assignment."""
        self._connection.execute(insert(tables.watch_assignment).values(**asdict(assignment)))

    def save(self, assignment: WatchAssignment) -> None:
        """Saves a changed assignment."""
        self._connection.execute(
            update(tables.watch_assignment)
            .where(tables.watch_assignment.c.id == assignment.id)
            .values(**asdict(assignment))
        )

    def add_report(self, report: WatchReport, sealed: bytes) -> None:
        """Saves what was seen."""
        columns = asdict(report) | {"on_day": report.on}
        del columns["on"]
        self._connection.execute(insert(tables.watch_report).values(**columns, sealed=sealed))

    def reports_of(self, assignment_id: str) -> tuple[tuple[WatchReport, bytes], ...]:
        """What was seen, the newest first, sealed."""
        r = tables.watch_report.c
        rows = self._connection.execute(
            select(tables.watch_report)
            .where(r.assignment_id == assignment_id)
            .order_by(r.at.desc(), r.id)
        )
        found = []
        for row in rows:
            values = dict(row._mapping)
            sealed, on = values.pop("sealed"), values.pop("on_day")
            found.append((WatchReport(**{**values, "on": on, "at": in_utc(row.at)}), sealed))
        return tuple(found)

    def _load(self, *conditions: Any, to_change: bool = False) -> tuple[WatchAssignment, ...]:
        w = tables.watch_assignment.c
        found = select(tables.watch_assignment).where(*conditions).order_by(w.next_on, w.id)
        rows = self._connection.execute(found.with_for_update() if to_change else found)
        return tuple(WatchAssignment(**row._mapping) for row in rows)
