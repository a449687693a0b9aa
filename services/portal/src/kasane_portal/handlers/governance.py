"""What is done with rosters, the evaluation of a year and its report."""

from typing import Any

from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web.dates import wareki
from kasane_plugin_api import EvaluationFramework, GovernanceStep, Quorum, SeatRule
from kasane_portal.commands import Evaluate, FillSeat, LeaveSeat, RemarkOn, ReportTo, WriteAction
from kasane_portal.domain.errors import (
    ActionUnknown,
    BodyWithoutMembers,
    EvaluationUnfit,
    ReportStepNotNext,
    SeatKindUnknown,
    VersionNeeded,
    WordsMissing,
)
from kasane_portal.domain.evaluation import ActionEntry, AgencyRemark
from kasane_portal.domain.roster import (
    EvaluationEntry,
    ReportedStep,
    Seat,
    check_report_step,
    check_seat,
    step_code,
)
from kasane_portal.repository import (
    ActionEntries,
    AgencyRemarks,
    Evaluations,
    ReportedSteps,
    ReportVersions,
    Seats,
)

SEAT, EVALUATION = "seat", "evaluation"


def rule_of(body: str, hooks: Any) -> SeatRule:
    """The town's rule for the roster of a body; raises SeatKindUnknown for a body without one."""
    rules: list[SeatRule] = list(hooks.seat_rules(on=clock.today()))
    found = next((one for one in rules if one.body == body), None)
    if found is None:
        raise SeatKindUnknown
    return found


def fill_seat(command: FillSeat, uow: UnitOfWork, hooks: Any) -> str:
    """Puts somebody on a roster; raises what ``check_seat`` raises, and nothing is kept then."""
    rule = rule_of(command.body, hooks)
    values = {name: value for name, value in vars(command).items() if name != "seat_id"}
    seat = Seat(id=command.seat_id, **values)
    seats = Seats(uow.connection)
    check_seat(
        seat,
        seats.of(command.body),
        most=rule.most,
        kinds=rule.kinds,
        officers=rule.officers,
        years=rule.term_years,
    )
    seats.add(seat)
    uow.record("portal.seat.filled", SEAT, seat.id)
    uow.commit()
    return seat.id


def leave_seat(command: LeaveSeat, uow: UnitOfWork) -> None:
    """Ends a term early; raises SeatNotFound and TermUnfit."""
    seats = Seats(uow.connection)
    seat = seats.get(command.seat_id).left_on(command.on)
    seats.save_last_day(seat)
    uow.record("portal.seat.left", SEAT, seat.id)
    uow.commit()


def evaluate(command: Evaluate, uow: UnitOfWork, hooks: Any) -> str:
    """Writes down what was found; raises EvaluationUnfit for an item or a result that the town does not have."""
    frame: EvaluationFramework | None = hooks.evaluation_framework(year=command.year)
    items = {one.code: one for one in frame.items} if frame else {}
    if frame is None or command.item not in items:
        raise EvaluationUnfit(result=command.item)
    entry = EvaluationEntry(
        id=command.entry_id,
        framework=frame.code,
        year=command.year,
        item=command.item,
        result=command.result.strip(),
        words=command.words.strip(),
        entered_by=uow.actor.display_name,
        entered_at=clock.now(),
    )
    entry.check(frame.marks, numbers=bool(items[command.item].unit) and not frame.marks)
    Evaluations(uow.connection).add(entry)
    uow.record("portal.evaluation.entered", EVALUATION, f"{entry.framework}:{entry.year}")
    uow.commit()
    return entry.id


def write_step(command: Evaluate, uow: UnitOfWork, hooks: Any) -> str:
    """Writes down what was found in a step of the framework; raises EvaluationUnfit for another, WordsMissing."""
    frame: EvaluationFramework | None = hooks.evaluation_framework(year=command.year)
    steps = {step_code(place) for place in range(1, len(frame.steps) + 1)} if frame else set()
    if frame is None or command.item not in steps:
        raise EvaluationUnfit(result=command.item)
    if not command.words.strip():
        raise WordsMissing
    entry = EvaluationEntry(
        id=command.entry_id,
        framework=frame.code,
        year=command.year,
        item=command.item,
        result="",
        words=command.words.strip(),
        entered_by=uow.actor.display_name,
        entered_at=clock.now(),
    )
    Evaluations(uow.connection).add(entry)
    uow.record("portal.evaluation.entered", EVALUATION, f"{entry.framework}:{entry.year}")
    uow.commit()
    return entry.id


def remark_on(command: RemarkOn, uow: UnitOfWork, hooks: Any) -> str:
    """Keeps an agency's comment; raises EvaluationUnfit for an item that the town does not have, WordsMissing."""
    frame: EvaluationFramework | None = hooks.evaluation_framework(year=command.year)
    if frame is None or command.item not in {one.code for one in frame.items}:
        raise EvaluationUnfit(result=command.item)
    remark = AgencyRemark(
        id=command.remark_id,
        framework=frame.code,
        year=command.year,
        item=command.item,
        agency=command.agency.strip(),
        words=command.words.strip(),
        entered_by=uow.actor.display_name,
        entered_at=clock.now(),
    )
    remark.check()
    AgencyRemarks(uow.connection).add(remark)
    uow.record("portal.evaluation.remarked", EVALUATION, f"{remark.framework}:{remark.year}")
    uow.commit()
    return remark.id


def write_action(command: WriteAction, uow: UnitOfWork) -> str:
    """Keeps how an action stands; raises WordsMissing, and ActionUnknown for an action that the year does not have."""
    actions = ActionEntries(uow.connection)
    known = {one.action_id for one in actions.of(command.year)}
    if command.action_id and command.action_id not in known:
        raise ActionUnknown
    entry = ActionEntry(
        id=command.entry_id,
        action_id=command.action_id or command.entry_id,
        year=command.year,
        title=command.title.strip(),
        plan=command.plan.strip(),
        done=command.done.strip(),
        found=command.found.strip(),
        next_step=command.next_step.strip(),
        entered_by=uow.actor.display_name,
        entered_at=clock.now(),
    )
    entry.check()
    actions.add(entry)
    uow.record("portal.action.written", EVALUATION, f"{entry.year}:{entry.action_id}")
    uow.commit()
    return entry.id


def report_to(command: ReportTo, uow: UnitOfWork, hooks: Any) -> str:
    """Writes down that the latest frozen version came before a body.

    Raises VersionNeeded, BodyWithoutMembers, ReportStepNotNext and NoQuorum; nothing is kept then.
    """
    flow: list[GovernanceStep] | None = hooks.governance_flow(report="annual", on=command.held_on)
    order = [one.body for one in flow or ()]
    if command.body not in order:
        raise ReportStepNotNext
    latest = next(iter(ReportVersions(uow.connection).of(command.year)), None)
    if latest is None or latest.number != command.version:
        raise VersionNeeded
    members = command.members
    if command.body in {one.body for one in hooks.seat_rules(on=command.held_on)}:
        roster = Seats(uow.connection).of(command.body)
        members = sum(one.sits_on(command.held_on) for one in roster)
        if not members:
            raise BodyWithoutMembers(day=wareki(command.held_on))
    quorum: Quorum | None = hooks.quorum(
        body=command.body, members=members, present=command.present
    )
    step = ReportedStep(
        id=command.step_id,
        year=command.year,
        body=command.body,
        held_on=command.held_on,
        members=members,
        present=command.present,
        opinion=command.opinion.strip(),
        entered_by=uow.actor.display_name,
        entered_at=clock.now(),
        version_id=latest.id,
    )
    steps = ReportedSteps(uow.connection)
    check_report_step(
        step,
        order,
        steps.of(command.year),
        quorum is None or quorum.met,
        quorum.reason if quorum else "",
    )
    steps.add(step)
    uow.record("portal.report.heard", EVALUATION, f"{step.year}:{latest.number}:{step.body}")
    uow.commit()
    return step.id
