"""Ways while a town block cannot be driven into, or only with a detour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kasane_outreach import tables
from kasane_outreach.domain.disruption import NO_WAY, Disruption
from kasane_outreach.domain.planning import PlanProblem, Travel
from kasane_outreach.domain.position import Position, TravelMode
from kasane_outreach.domain.travel import TravelTimes
from kasane_outreach.domain.visit import Visit
from kasane_outreach.repository.households import HouseholdsToReach


@dataclass(frozen=True)
class ClosedRoads:
    """Ways into and out of the block take ``minutes`` more, or cannot be gone when it is 0; others are as before."""

    open_roads: TravelTimes
    inside: frozenset[Position]
    requests: frozenset[str]
    minutes: int

    def table(self, places: Sequence[Position], mode: TravelMode) -> Travel:
        """The minutes from every place to every place."""
        rows = [list(row) for row in self.open_roads.table(places, mode)]
        closed = [place in self.inside for place in places]
        for here, row in enumerate(rows):
            for there in range(len(row)):
                if closed[here] != closed[there]:
                    row[there] = row[there] + self.minutes if self.minutes else NO_WAY
        return rows

    def struck(
        self, due: Mapping[str, Visit], fixed: set[str], now: PlanProblem, was: PlanProblem
    ) -> set[str]:
        """Visits that would stay and cannot be reached in time; in both problems all that stays is a commitment."""
        found = set()
        if not self.minutes:
            found = {one.id for one in due.values() if one.request_id in self.requests}
        late, late_before = (_late(problem, found) for problem in (now, was))
        return found | ((late - late_before) & fixed)


def closed_roads(
    connection: Connection, happened: Disruption, travel: TravelTimes, point: Position
) -> ClosedRoads:
    """The ways while the block of the disruption is closed; ``point`` is the block's own place."""
    h = tables.household_to_reach.c
    there = HouseholdsToReach(connection).load(h.town_block == happened.block)
    inside = {one.position for one in there if one.position is not None and not one.hides_address}
    return ClosedRoads(
        travel,
        frozenset(inside | {point}),
        frozenset(one.id for one in there),
        happened.minutes,
    )


def _late(problem: PlanProblem, skipped: set[str]) -> set[str]:
    """The commitments that their worker reaches too late, coming from the one before or from the start."""
    modes = {worker.id: worker.mode for worker in problem.workers}
    found = set()
    for shift in problem.shifts:
        table, free, here = problem.travel[modes[shift.worker]], shift.starts, shift.start_place
        for one in sorted(shift.commitments, key=lambda one: one.starts):
            if one.place is None or one.id in skipped:
                continue
            if one.starts < free + table[here][one.place]:
                found.add(one.id)
            free, here = one.starts + one.minutes, one.place
    return found
