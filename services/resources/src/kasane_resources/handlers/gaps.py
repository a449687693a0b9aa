"""What becomes of gaps: raised as a community issue by count and theme, closed with what was developed."""

from dataclasses import replace
from typing import Any

from kasane_contracts.resources import GapClosed
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import CommunityLevel
from kasane_resources.commands.gaps import CloseGap, RaiseGaps
from kasane_resources.domain.community import CommunityIssue
from kasane_resources.domain.errors import NoOpenGaps
from kasane_resources.domain.gap import must_be_enough, said
from kasane_resources.handlers.community import ISSUE, begin_issue
from kasane_resources.repository import Gaps, HumanServices
from kasane_resources.repository.community import CommunityIssues

OBJECT = "gap"


def raise_gaps(command: RaiseGaps, uow: UnitOfWork, hooks: Any) -> str:
    """Raises the open gaps of a category as one issue: theme, place and number, nothing else (I-20).

    Each gap is counted once, also when two people raise the same ones at once. Returns the id.
    Raises NoOpenGaps, TooFewGaps or AreaPointsToSomebody.
    """
    gaps = Gaps(uow.connection)
    area = "" if command.level is CommunityLevel.TOWN else command.area
    theme = next((one for one in gaps.themes() if one.category == command.category), None)
    if theme is None or (command.level is not CommunityLevel.TOWN and not area):
        raise NoOpenGaps
    theme.at(area)
    counted = gaps.raised(command.category, area, command.issue_id)
    must_be_enough(counted, area)
    issue = CommunityIssue(
        id=command.issue_id,
        kind="gaps",
        theme=command.category,
        title="",
        level=command.level.value,
        areas=(area,) if area else (),
        households=said(counted),
        raised_on=clock.today(),
    )
    begin_issue(issue, uow, hooks)
    CommunityIssues(uow.connection).add(issue)
    uow.record("resources.community_issue.raised", ISSUE, issue.id, basis="gaps")
    uow.commit()
    return issue.id


def close_gap(command: CloseGap, uow: UnitOfWork, _hooks: Any) -> None:
    """Closes a gap with the entry that was developed, and tells the case that the need came from.

    Raises GapNotFound, GapOver, HumanServiceNotFound.
    """
    gaps = Gaps(uow.connection)
    gap = gaps.get(command.gap_id)
    service = HumanServices(uow.connection).get(command.human_service_id)
    closed = replace(
        gap,
        resolved_on=clock.today(),
        developed_id=service.id,
        developed=service.entry.name,
        resolved_by_name=uow.actor.display_name,
    )
    gaps.close(closed)
    uow.record("resources.gap.closed", OBJECT, gap.id)
    uow.publish(
        GapClosed(
            gap_id=gap.id,
            need_id=gap.need_id,
            human_service_id=service.id,
            human_service_name=service.entry.name,
            closed_on=clock.today(),
        )
    )
    uow.commit()
