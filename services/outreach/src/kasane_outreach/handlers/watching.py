"""Watching over people who have not consented: assigned with a basis, reported, ended."""

from collections.abc import Sequence

from kasane_contracts import outreach as events
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.unit_of_work import House, UnitOfWork, reading
from kasane_outreach.commands.campaigns import AssignWatch, ReportWatch
from kasane_outreach.domain.campaign_errors import CampaignRunNotFound, GroundMissing, WatchEnded
from kasane_outreach.domain.errors import HouseholdClosed
from kasane_outreach.domain.watch_assignment import WatchAssignment, WatchReport
from kasane_outreach.handlers.scheduling import must_be_workers
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.watching import Watches

SERVICE = "outreach"
WATCH = "watch_assignment"
SEEN = "watch-reports"


def assign_watch(command: AssignWatch, uow: UnitOfWork) -> str:
    """Asks a worker of the town to look regularly, with the basis on which this is done.

    Raises WorkersMissing for somebody who is not sent to households, GroundMissing and HouseholdClosed.
    """
    household = HouseholdsToReach(uow.connection).get(command.request_id, to_change=True)
    if not household.open:
        raise HouseholdClosed
    if not command.basis.strip() or not command.what.strip():
        raise GroundMissing
    must_be_workers([command.watcher], uow)
    assignment = WatchAssignment(
        id=command.assignment_id,
        case_id=household.case_id,
        request_id=household.id,
        watcher=command.watcher,
        every_days=command.every_days,
        what=command.what.strip(),
        basis=command.basis.strip(),
        begins_on=command.begins_on,
        next_on=command.begins_on,
        made_by=uow.actor.account_id,
    )
    _tell_day(assignment, uow)
    Watches(uow.connection).add(assignment)
    uow.record("outreach.watch.assigned", WATCH, assignment.id, basis=assignment.basis)
    uow.commit()
    return assignment.id


def report_watch(command: ReportWatch, uow: UnitOfWork) -> None:
    """Keeps what the watcher saw, sealed; only the watcher reports.

    Raises CampaignRunNotFound, and WatchEnded after the end.
    """
    watches = Watches(uow.connection)
    assignment = watches.get(command.assignment_id, to_change=True)
    if assignment.watcher != uow.actor.account_id:
        raise CampaignRunNotFound
    if not assignment.open:
        raise WatchEnded
    report = WatchReport(
        id=command.report_id,
        assignment_id=assignment.id,
        on=min(command.on, clock.today()),
        worrying=command.worrying,
        by=uow.actor.account_id,
        at=clock.now(),
    )
    watches.add_report(report, uow.seal(SEEN, command.words.encode(), place_of_report(report.id)))
    assignment.looked(report.on)
    _tell_day(assignment, uow)
    watches.save(assignment)
    uow.record("outreach.watch.reported", WATCH, assignment.id, basis=assignment.basis)
    uow.commit()


def end_watch(assignment_id: str, reason: str, uow: UnitOfWork) -> None:
    """Nobody has to look any more, for a reason. Raises GroundMissing."""
    watches = Watches(uow.connection)
    assignment = watches.get(assignment_id, to_change=True)
    if not reason.strip():
        raise GroundMissing
    if not assignment.open:
        return
    assignment.end(clock.today(), reason.strip())
    watches.save(assignment)
    uow.record("outreach.watch.ended", WATCH, assignment.id)
    uow.publish(events.WatchEnded(assignment.id, assignment.case_id))
    uow.commit()


def end_watches_of_case(case_id: str, reason: str, uow: UnitOfWork) -> None:
    """A case that ended is watched no more; the delivery commits."""
    _end(Watches(uow.connection).of_case(case_id), reason, "case_closed", uow)


def end_watches_of_request(request_id: str, reason: str, basis: str, uow: UnitOfWork) -> None:
    """Where nobody has to go any more nobody looks either; the caller commits."""
    _end(Watches(uow.connection).of_request(request_id), reason, basis, uow)


def tell_days_of_watching(house: House, municipality: str) -> None:
    """Tells of each watching whose next day nobody was told of yet, each by itself; told ones are left alone."""
    with reading(house, SERVICE) as connection:
        untold = [one.id for one in Watches(connection).open_ones() if one.told_for != one.next_on]
    for assignment_id in untold:
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            watches = Watches(uow.connection)
            assignment = watches.get(assignment_id, to_change=True)
            if not assignment.open or assignment.told_for == assignment.next_on:
                continue
            _tell_day(assignment, uow)
            watches.save(assignment)
            uow.record("outreach.watch.told", WATCH, assignment.id)
            uow.commit()


def _end(assignments: Sequence[WatchAssignment], reason: str, basis: str, uow: UnitOfWork) -> None:
    for assignment in assignments:
        assignment.end(clock.today(), reason)
        Watches(uow.connection).save(assignment)
        uow.record("outreach.watch.ended", WATCH, assignment.id, basis=basis)
        uow.publish(events.WatchEnded(assignment.id, assignment.case_id))


def _tell_day(assignment: WatchAssignment, uow: UnitOfWork) -> None:
    assignment.told_for = assignment.next_on
    uow.publish(
        events.WatchDue(
            assignment_id=assignment.id,
            case_id=assignment.case_id,
            watcher=assignment.watcher,
            assigned_by=assignment.made_by,
            due_on=assignment.next_on,
        )
    )


def place_of_report(report_id: str) -> str:
    """Where the seal of what was seen belongs: it opens nowhere else."""
    return f"outreach_watch_report|{report_id}"
