"""Community building: an issue finds its body and gets an answer; gatherings, networks, partners."""

from typing import Any

from kasane_contracts.cases import CommunityIssueRaised
from kasane_contracts.resources import CommunityIssueAnswered
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import CommunityLevel, CommunityRoute, IssueView
from kasane_resources.commands.community import (
    AnswerIssue,
    CancelGathering,
    CountGathering,
    HandUpIssue,
    JoinNetwork,
    Leave,
    PlanGathering,
    RaiseIssue,
    RegisterPartner,
    RouteIssue,
)
from kasane_resources.domain.community import (
    CommunityIssue,
    Gathering,
    IssueStep,
    IssueStepKind,
    NetworkMember,
    PartnerCompany,
)
from kasane_resources.domain.errors import BodyUnknown, StepNotNext, WordsMissing
from kasane_resources.domain.names_nobody import check_names_nobody
from kasane_resources.repository.community import CommunityIssues, Gatherings, Members

ISSUE, GATHERING = "community_issue", "gathering"
LEFT = {
    "network_member": "resources.network_member.left",
    "partner_company": "resources.partner_company.left",
}


def route_for(issue: CommunityIssue, hooks: Any) -> CommunityRoute:
    """Which body the town names for an issue where it stands, and where it goes from there."""
    view = IssueView(issue.theme, CommunityLevel(issue.level), issue.areas, issue.kind)
    found: CommunityRoute = hooks.community_route(issue=view, on=clock.today())
    return found


def body_labels(hooks: Any) -> dict[str, str]:
    """The bodies of the town by code; all of them may take up an issue, because it names nobody."""
    return {body.code: body.label for body in hooks.meeting_bodies(on=clock.today())}


def take_issue(event: CommunityIssueRaised, uow: UnitOfWork, hooks: Any) -> None:
    """Keeps an issue raised from cases and gives it to the body that the town names; idempotent."""
    issues = CommunityIssues(uow.connection)
    if issues.find(event.issue_id) is not None:
        return
    issue = CommunityIssue(
        id=event.issue_id,
        kind="cases",
        theme=event.theme,
        title="",
        level=event.level,
        areas=event.areas,
        households=event.households,
        raised_on=event.raised_on,
    )
    _begin(issue, uow, hooks)
    issues.add(issue)
    uow.record("resources.community_issue.raised", ISSUE, issue.id, basis="cases")


def raise_issue(command: RaiseIssue, uow: UnitOfWork, hooks: Any) -> str:
    """Raises an issue that a gathering, the gaps or a worker saw; refused when its words name somebody."""
    for words in (command.title, *command.areas):
        check_names_nobody(words)
    if not command.title.strip():
        raise WordsMissing
    issue = CommunityIssue(
        id=command.issue_id,
        kind=command.kind,
        theme=command.theme,
        title=command.title.strip(),
        level=command.level.value,
        areas=command.areas,
        households=None,
        raised_on=clock.today(),
    )
    _begin(issue, uow, hooks)
    CommunityIssues(uow.connection).add(issue)
    uow.record("resources.community_issue.raised", ISSUE, issue.id)
    uow.commit()
    return issue.id


def route_issue(command: RouteIssue, uow: UnitOfWork, hooks: Any) -> None:
    """Gives an issue to a body; raises BodyUnknown or IssueOver."""
    if command.body not in body_labels(hooks):
        raise BodyUnknown
    issues = CommunityIssues(uow.connection)
    issue = issues.get(command.issue_id)
    issue.route(command.body)
    _note(issue, IssueStepKind.ROUTED, uow)
    issues.save(issue, command.version)
    uow.record("resources.community_issue.routed", ISSUE, issue.id)
    uow.commit()


def hand_up_issue(command: HandUpIssue, uow: UnitOfWork, hooks: Any) -> None:
    """Hands an issue up to the level that the town names next, where a body is found anew."""
    check_names_nobody(command.reason)
    issues = CommunityIssues(uow.connection)
    issue = issues.get(command.issue_id)
    upwards = route_for(issue, hooks).next_level
    if upwards is None:
        raise StepNotNext(status=issue.status.value)
    issue.hand_up(upwards.value, command.reason)
    _note(issue, IssueStepKind.HANDED_UP, uow, command.reason)
    _route_by_rule(issue, uow, hooks)
    issues.save(issue, command.version)
    uow.record("resources.community_issue.handed_up", ISSUE, issue.id)
    uow.commit()


def answer_issue(command: AnswerIssue, uow: UnitOfWork, hooks: Any) -> None:
    """Takes the body's answer and sends it back to where the issue came from."""
    check_names_nobody(command.answer)
    issues = CommunityIssues(uow.connection)
    issue = issues.get(command.issue_id)
    issue.reply(command.outcome, command.answer, clock.today())
    _note(issue, IssueStepKind.ANSWERED, uow, issue.answer)
    issues.save(issue, command.version)
    uow.record("resources.community_issue.answered", ISSUE, issue.id)
    uow.publish(
        CommunityIssueAnswered(
            issue_id=issue.id,
            body=body_labels(hooks).get(issue.body, issue.body),
            outcome=command.outcome.value,
            answer=issue.answer,
            answered_on=clock.today(),
        )
    )
    uow.commit()


def plan_gathering(command: PlanGathering, uow: UnitOfWork, hooks: Any) -> str:
    """Puts a gathering into the calendar; a public one names nobody."""
    if command.public:
        check_names_nobody(f"{command.title}\n{command.description}")
    known = {one.code for one in hooks.training_courses(on=clock.today())}
    if command.course and command.course not in known:
        raise BodyUnknown
    if command.body and command.body not in body_labels(hooks):
        raise BodyUnknown
    values = {name: value for name, value in vars(command).items() if name != "gathering_id"}
    one = Gathering(id=command.gathering_id, changed_at=clock.now(), **values)
    one.check()
    Gatherings(uow.connection).add(one)
    uow.record("resources.gathering.planned", GATHERING, one.id)
    uow.commit()
    return one.id


def count_gathering(command: CountGathering, uow: UnitOfWork, _hooks: Any) -> None:
    """Writes down who came by kind, and how many new ties were made."""
    gatherings = Gatherings(uow.connection)
    one = gatherings.get(command.gathering_id)
    one.count(command.attendance, command.new_ties)
    gatherings.save(one, command.version)
    uow.record("resources.gathering.counted", GATHERING, one.id)
    uow.commit()


def cancel_gathering(command: CancelGathering, uow: UnitOfWork, _hooks: Any) -> None:
    """Says that a gathering does not take place; calendars show it crossed out."""
    gatherings = Gatherings(uow.connection)
    one = gatherings.get(command.gathering_id)
    one.cancel()
    one.changed_at = clock.now()
    gatherings.save(one, command.version)
    uow.record("resources.gathering.cancelled", GATHERING, one.id)
    uow.commit()


def join_network(command: JoinNetwork, uow: UnitOfWork, hooks: Any) -> str:
    """Writes a group down as a member; raises BodyUnknown for another network or activity."""
    networks = {one.code: one for one in hooks.community_networks(on=clock.today())}
    if command.network not in networks:
        raise BodyUnknown
    known = {choice.value for choice in networks[command.network].activities}
    if set(command.activities) - known:
        raise BodyUnknown
    if not command.name.strip():
        raise WordsMissing
    member = NetworkMember(
        command.member_id,
        command.network,
        command.name.strip(),
        tuple(dict.fromkeys(command.activities)),
        command.since,
    )
    Members(uow.connection).add(member)
    uow.record("resources.network_member.joined", "network_member", member.id)
    uow.commit()
    return member.id


def register_partner(command: RegisterPartner, uow: UnitOfWork, _hooks: Any) -> str:
    """Registers a company as a partner."""
    if not command.name.strip():
        raise WordsMissing
    partner = PartnerCompany(
        command.partner_id, command.name.strip(), command.offers, command.area, command.since
    )
    Members(uow.connection).add(partner)
    uow.record("resources.partner_company.registered", "partner_company", partner.id)
    uow.commit()
    return partner.id


def leave(command: Leave, uow: UnitOfWork, _hooks: Any) -> None:
    """A member or partner leaves; what it did until then stays counted."""
    kind = Members(uow.connection).leave(command.object_id, command.until)
    uow.record(LEFT[kind], kind, command.object_id)
    uow.commit()


def _begin(issue: CommunityIssue, uow: UnitOfWork, hooks: Any) -> None:
    _note(issue, IssueStepKind.RAISED, uow)
    _route_by_rule(issue, uow, hooks)


def _route_by_rule(issue: CommunityIssue, uow: UnitOfWork, hooks: Any) -> None:
    route = route_for(issue, hooks)
    if route.body and route.body in body_labels(hooks):
        issue.route(route.body)
        _note(issue, IssueStepKind.ROUTED, uow, route.reason)


def _note(issue: CommunityIssue, kind: IssueStepKind, uow: UnitOfWork, reason: str = "") -> None:
    name = "" if uow.actor.is_platform else uow.actor.display_name
    step = IssueStep(kind, issue.level, issue.body, clock.now(), name, reason.strip())
    issue.steps = (*issue.steps, step)
