"""Community building: an issue finds its body and gets an answer; gatherings, networks, partners."""

from typing import Any

from kasane_contracts.cases import CommunityIssueRaised
from kasane_contracts.resources import (
    CommunityIssueAnswered,
    DonationReceived,
    GatheringCounted,
    NetworkMemberChanged,
    ParticipantCount,
)
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
    ReceiveDonation,
    RegisterPartner,
    RouteIssue,
    VoidDonation,
    VoidMember,
)
from kasane_resources.domain.community import (
    CommunityIssue,
    Donation,
    Gathering,
    IssueStep,
    IssueStepKind,
    NetworkMember,
    PartnerCompany,
)
from kasane_resources.domain.errors import BodyUnknown, StepNotNext, WordsMissing
from kasane_resources.domain.names_nobody import check_names_nobody
from kasane_resources.repository.community import CommunityIssues, Donations, Gatherings, Members

ISSUE, GATHERING = "community_issue", "gathering"
LEFT = {
    "network_member": "resources.network_member.left",
    "partner_company": "resources.partner_company.left",
}
VOIDED = {
    "network_member": "resources.network_member.voided",
    "partner_company": "resources.partner_company.voided",
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
    begin_issue(issue, uow, hooks)
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
    begin_issue(issue, uow, hooks)
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
    _say_gathering(one, uow)
    uow.commit()


def cancel_gathering(command: CancelGathering, uow: UnitOfWork, _hooks: Any) -> None:
    """Says that a gathering does not take place; calendars show it crossed out."""
    gatherings = Gatherings(uow.connection)
    one = gatherings.get(command.gathering_id)
    one.cancel()
    one.changed_at = clock.now()
    gatherings.save(one, command.version)
    uow.record("resources.gathering.cancelled", GATHERING, one.id)
    _say_gathering(one, uow)
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
    members = Members(uow.connection)
    members.add(member)
    uow.record("resources.network_member.joined", "network_member", member.id)
    _say_member(member, members, uow)
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
    """A member or partner leaves; what it did until then stays counted. Raises NotYetMember or MemberOver."""
    members = Members(uow.connection)
    kind = members.leave(command.object_id, command.until)
    if kind == "network_member":
        _say_member(members.member(command.object_id), members, uow)
    uow.record(LEFT[kind], kind, command.object_id)
    uow.commit()


def void_member(command: VoidMember, uow: UnitOfWork, _hooks: Any) -> None:
    """Takes a member or partner back, which then was never one; raises WordsMissing or MemberOver."""
    if not command.reason.strip():
        raise WordsMissing
    members = Members(uow.connection)
    kind = members.void(command.object_id, command.reason.strip())
    if kind == "network_member":
        _say_member(members.member(command.object_id), members, uow)
    uow.record(VOIDED[kind], kind, command.object_id)
    uow.commit()


def receive_donation(command: ReceiveDonation, uow: UnitOfWork, hooks: Any) -> str:
    """Writes down what a network was given; raises BodyUnknown, WordsMissing or DatesBackward."""
    if command.network not in {one.code for one in hooks.community_networks(on=clock.today())}:
        raise BodyUnknown
    one = Donation(
        command.donation_id,
        command.network,
        command.received_on,
        command.giver.strip(),
        command.what.strip(),
    )
    one.check(clock.today())
    Donations(uow.connection).add(one)
    uow.record("resources.donation.received", "donation", one.id)
    uow.publish(DonationReceived(one.id, one.network, one.received_on))
    uow.commit()
    return one.id


def void_donation(command: VoidDonation, uow: UnitOfWork, _hooks: Any) -> None:
    """Takes a donation back; raises WordsMissing, and CommunityNotFound when it does not stand."""
    if not command.reason.strip():
        raise WordsMissing
    one = Donations(uow.connection).void(command.donation_id, command.reason.strip())
    uow.record("resources.donation.voided", "donation", one.id)
    uow.publish(DonationReceived(one.id, one.network, one.received_on, voided=True))
    uow.commit()


def _say_gathering(one: Gathering, uow: UnitOfWork) -> None:
    """Tells who came; of a gathering that does not take place nobody came."""
    present = {} if one.cancelled else one.attendance
    uow.publish(
        GatheringCounted(
            gathering_id=one.id,
            kind=one.kind.value,
            held_on=one.starts_at.astimezone(clock.JAPAN).date(),
            participants=tuple(
                ParticipantCount(kind.value, number) for kind, number in present.items()
            ),
            body=one.body,
            course=one.course,
            new_ties=None if one.cancelled else one.new_ties,
            cancelled=one.cancelled,
            place=one.place,
        )
    )


def _say_member(member: NetworkMember, members: Members, uow: UnitOfWork) -> None:
    uow.publish(
        NetworkMemberChanged(
            member.id,
            member.network,
            member.activities,
            member.since,
            member.until,
            members.group_of(member),
            voided=not member.stands,
        )
    )


def begin_issue(issue: CommunityIssue, uow: UnitOfWork, hooks: Any) -> None:
    """Writes the first lines of an issue's way: raised, and with the body that the town names."""
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
