"""What a round is planned from, and rounds as they were planned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kasane_kit.auth import Actor
from kasane_outreach import tables
from kasane_outreach.commands import AskForRound
from kasane_outreach.domain.errors import HouseholdNotFound, RoundNotFound
from kasane_outreach.domain.household_to_reach import HouseholdToReach, ReachStatus
from kasane_outreach.domain.routing import (
    RoundProblem,
    RoundVisit,
    RoundWorker,
    Unplaced,
    UnplacedReason,
)
from kasane_outreach.domain.town_block import TownBlock
from kasane_outreach.domain.visit_round import VisitRound
from kasane_outreach.queries.sight import household_visible_to, without_protected_address
from kasane_outreach.queries.together import OtherVisit, others_of_each
from kasane_outreach.repository import (
    HouseholdsToReach,
    VisitRounds,
    Visits,
    blocks_of,
    fixed_visits,
)


@dataclass(frozen=True)
class WaitingHousehold:
    """A household that waits for a visit, and why a round cannot take it, if so."""

    household: HouseholdToReach
    reason: UnplacedReason | None


def town_blocks(town: str) -> tuple[TownBlock, ...]:
    """The town blocks that can be chosen as a place."""
    return blocks_of(town)


def waiting_households(connection: Connection, viewer: Actor) -> Sequence[WaitingHousehold]:
    """The households that wait for a visit, those a round can take first."""
    h = tables.household_to_reach.c
    found = HouseholdsToReach(connection).load(
        household_visible_to(viewer), h.status == ReachStatus.WAITING.value
    )
    lines = [WaitingHousehold(without_protected_address(one), _left_out(one)) for one in found]
    return sorted(lines, key=lambda line: line.reason is not None)


def round_problem(
    connection: Connection, viewer: Actor, wanted: AskForRound
) -> tuple[RoundProblem, tuple[Unplaced, ...]]:
    """The problem for the planner, and the households that it cannot even be asked about, with
    the reason.

    Raises HouseholdNotFound when one is not open to the viewer.
    """
    h = tables.household_to_reach.c
    ids = [one.request_id for one in wanted.visits]
    found = {
        one.id: one
        for one in HouseholdsToReach(connection).load(household_visible_to(viewer), h.id.in_(ids))
    }
    visits: list[RoundVisit] = []
    left_out: list[Unplaced] = []
    for one in wanted.visits:
        if one.request_id not in found:
            raise HouseholdNotFound
        household = found[one.request_id]
        reason = _left_out(household)
        if reason is not None or household.position is None:
            left_out.append(Unplaced(household.id, reason or UnplacedReason.NO_POSITION))
            continue
        visits.append(
            RoundVisit(
                household.id,
                household.position,
                one.minutes,
                one.earliest,
                one.latest,
                household.two_person,
            )
        )
    problem = RoundProblem(
        on=wanted.on,
        workers=tuple(
            RoundWorker(one.account_id, one.starts, one.ends, wanted.start, one.mode)
            for one in wanted.workers
        ),
        visits=tuple(visits),
        fixed=fixed_visits(connection, wanted.on, [one.account_id for one in wanted.workers]),
    )
    return problem, tuple(left_out)


def visit_round(connection: Connection, viewer: Actor, round_id: str) -> VisitRound:
    """One round, open to coordinators, to who planned it, and to its workers; raises
    RoundNotFound.
    """
    found = VisitRounds(connection).get(round_id)
    if not _round_visible_to(viewer, found):
        raise RoundNotFound
    return found


def rounds_on(connection: Connection, viewer: Actor, on: date) -> tuple[VisitRound, ...]:
    """The rounds of a day that the viewer may see."""
    return tuple(one for one in VisitRounds(connection).on(on) if _round_visible_to(viewer, one))


def households_of_round(
    connection: Connection, visit_round: VisitRound
) -> Mapping[str, HouseholdToReach]:
    """The households of a round that the viewer has opened, by id, without protected addresses."""
    plan = visit_round.plan
    ids = {stop.visit_id for stop in plan.stops} | {one.visit_id for one in plan.unplaced}
    found = HouseholdsToReach(connection).those(sorted(ids))
    return {one.id: without_protected_address(one) for one in found}


def same_day_of_round(
    connection: Connection,
    viewer: Actor,
    visit_round: VisitRound,
    households: Iterable[HouseholdToReach],
) -> Mapping[str, Sequence[OtherVisit]]:
    """Other visits to the houses of a round on its day, by household, without its own visits."""
    own = {
        one.id
        for one in Visits(connection).scheduled_on(visit_round.on)
        if one.round_id == visit_round.id
    }
    return others_of_each(connection, viewer, households, visit_round.on, besides=own)


def _left_out(household: HouseholdToReach) -> UnplacedReason | None:
    if household.hides_address:
        return UnplacedReason.ADDRESS_PROTECTED
    if household.status is not ReachStatus.WAITING:
        return UnplacedReason.NOT_WAITING
    return UnplacedReason.NO_POSITION if household.position is None else None


def _round_visible_to(viewer: Actor, visit_round: VisitRound) -> bool:
    mine = viewer.account_id in (visit_round.planned_by, *visit_round.worker_ids)
    return viewer.has("coordinator") or mine
