"""Raises a theme that several households share, by count and theme only; takes the answer back."""

from typing import Any

from kasane_cases.commands.participation import RaiseCommunityIssue
from kasane_cases.domain.community_issue import CaseIssue, IssueLevel
from kasane_cases.domain.errors import AreaMissing, UnknownChoice
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import note
from kasane_cases.handlers.views import known_choice
from kasane_cases.repository.participations import CaseIssues
from kasane_contracts import cases as events
from kasane_contracts.resources import CommunityIssueAnswered
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork

OBJECT = "community_issue"


def raise_community_issue(command: RaiseCommunityIssue, uow: UnitOfWork, hooks: Any) -> str:
    """Counts the households with this trouble and says theme, place and number, nothing else (I-20)."""
    labels = {one.code: one.label for one in hooks.consultation_categories()}
    known_choice(command.theme, labels)
    issues = CaseIssues(uow.connection)
    areas = () if command.level is IssueLevel.TOWN else tuple(dict.fromkeys(command.areas))
    one_place = command.level is IssueLevel.NEIGHBOURHOOD
    if command.level is not IssueLevel.TOWN and (not areas or (one_place and len(areas) > 1)):
        raise AreaMissing
    if set(areas) - set(issues.areas()):
        raise UnknownChoice(choice="、".join(areas))
    sharing = issues.sharing(command.theme, areas)
    issue = CaseIssue(
        id=command.issue_id,
        theme=command.theme,
        level=command.level,
        areas=areas,
        households=len({household_id for household_id, _ in sharing}),
        raised_on=clock.today(),
        raised_by=uow.actor.account_id,
        case_ids=tuple(case_id for _, case_id in sharing),
    )
    issue.check()
    issues.add(issue)
    uow.record("cases.community_issue.raised", OBJECT, issue.id)
    uow.publish(
        events.CommunityIssueRaised(
            issue_id=issue.id,
            theme=issue.theme,
            level=issue.level.value,
            raised_on=issue.raised_on,
            areas=issue.areas,
            households=issue.said,
        )
    )
    uow.commit()
    return issue.id


def take_issue_answer(event: CommunityIssueAnswered, uow: UnitOfWork) -> None:
    """Keeps the answer and shows it on every case it was raised from; the delivery commits."""
    issues = CaseIssues(uow.connection)
    issue = issues.find(event.issue_id)
    if issue is None or issue.answered_on is not None:
        return
    issue.body, issue.outcome = event.body, event.outcome
    issue.answer, issue.answered_on = event.answer, event.answered_on
    issues.save(issue)
    uow.record("cases.community_issue.answered", OBJECT, issue.id)
    for case_id in issue.case_ids:
        note(
            uow,
            case_id,
            TimelineKind.COMMUNITY_ISSUE_ANSWERED,
            object_id=issue.id,
            theme=issue.theme,
            body=event.body,
            note=event.answer,
        )
