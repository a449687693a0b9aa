"""Visit plans from the form to the visits: hours, wishes, the search in a process of its own, accepting."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Workbench
from kasane_outreach import queries
from kasane_outreach.commands import (
    AcceptPlan,
    AskForPlan,
    ScheduleVisit,
    SetVisitWish,
    SetWorkerProfile,
    StopPlan,
)
from kasane_outreach.domain.errors import ChangedMeanwhile, DayIsPast
from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.plan_run import VisitPlanStatus
from kasane_outreach.domain.planning import PlanProblem, VisitPlan, WorkPause
from kasane_outreach.domain.planning_errors import (
    HoursUnreadable,
    PlanEmpty,
    PlanNotReady,
    PlanOutdated,
    RepeatUnreadable,
    TooMuchToPlan,
    WishUnreadable,
)
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.time_of_day import parse_time
from kasane_outreach.domain.travel import StraightLine
from kasane_outreach.domain.visit_wish import VisitWish, WishedTime
from kasane_outreach.domain.worker_profile import WorkerProfile
from kasane_outreach.handlers import (
    accept_plan,
    ask_for_plan,
    schedule_visit,
    set_visit_wish,
    set_worker_profile,
    stop_plan,
)
from kasane_outreach.handlers.plan_search import PlanSearches, plan_now
from kasane_outreach.repository import PlanRuns
from kasane_outreach.repository.planning.portfolio import Portfolio

HERE = Position(34.69, 135.70)
WEEK = {day: (540, 1020) for day in range(5)}
LUNCH = WorkPause(690, 810, 60)
MONDAY = date(2026, 11, 30)
Ask = Callable[..., OutreachRequested]


def profile(account_id: str, **changes: Any) -> WorkerProfile:
    return replace(WorkerProfile(account_id, hours=WEEK, pauses=(LUNCH,), start=HERE), **changes)


@pytest.fixture
def team(workbench: Workbench, coordinator: Actor, worker: Actor, second_worker: Actor) -> Actor:
    """Two workers whose hours are written down; gives the coordinator."""
    for one in (worker, second_worker):
        with workbench.unit(coordinator) as uow:
            set_worker_profile(SetWorkerProfile(profile(one.account_id), 0), uow)
    return coordinator


def asked(
    bench: Workbench, actor: Actor, days: int = 5, seconds: int = 1, starts_on: date = MONDAY
) -> str:
    with bench.unit(actor) as uow:
        return ask_for_plan(
            AskForPlan("plan-1", starts_on, days, ("worker-1", "worker-2"), seconds), uow
        )


def look(bench: Workbench, searches: PlanSearches) -> None:
    with municipality_scope(TOWN):
        searches.look_after(bench.house, TOWN)


class AtOnce:
    """A search that is over as soon as it begins; the same planners, without a process of its own."""

    process, over = 0, True

    def __init__(self, problem: PlanProblem, _seconds: float) -> None:
        self._found: list[tuple[VisitPlan, float]] = []
        Portfolio(problem, lambda plan, cost, _passed: self._found.append((plan, cost))).solve(0)

    def heard(self) -> tuple[tuple[VisitPlan, float], ...]:
        found, self._found = tuple(self._found), []
        return found

    def wait(self, seconds: float) -> None:
        assert seconds > 0

    def end(self) -> None:
        assert self._found == []


def searched(
    bench: Workbench, searches: PlanSearches | None = None, run_id: str = "plan-1"
) -> None:
    """Lets the job run until the plan is ready."""
    searches = searches or PlanSearches(AtOnce)
    while state(bench, run_id) not in (VisitPlanStatus.READY, VisitPlanStatus.ACCEPTED):
        look(bench, searches)
        searches.wait(0.2)


def state(bench: Workbench, run_id: str = "plan-1") -> VisitPlanStatus:
    with bench.reading() as connection:
        found = PlanRuns(connection).state(run_id)
    assert found is not None
    return found[0]


def test_a_week_is_planned_looked_at_and_becomes_visits(
    workbench: Workbench, team: Actor, ask: Ask
) -> None:
    ask(by_when=date(2026, 12, 1))
    ask(request_id="request-2", case_id="case-2", two_person=True)
    ask(request_id="request-3", case_id="case-3", address="どこか")
    asked(workbench, team)

    searched(workbench)

    with workbench.reading() as connection:
        file = queries.plan_file(connection, team, "plan-1")
    assert file.run.plan is not None
    assert check_plan(file.run.problem, file.run.plan) == ()
    assert {visit: len(slots) for visit, slots in file.run.plan.by_visit().items()} == {
        "request-1": 1,
        "request-2": 2,
    }
    assert file.run.notes == {"request-3": "no_position"}
    assert file.progress == 100
    with workbench.unit(team) as uow:
        accept_plan(AcceptPlan("plan-1", file.run.version), uow)
    with workbench.unit(team) as uow:
        accept_plan(AcceptPlan("plan-1", file.run.version), uow)
    with workbench.reading() as connection:
        households = queries.households(connection, team, status="scheduled")
    assert {one.id for one in households} == {"request-1", "request-2"}
    assert len([e for e in workbench.said() if type(e).__name__ == "VisitScheduled"]) == 2


def test_a_plan_on_days_that_changed_is_not_accepted_and_nothing_is_scheduled(
    workbench: Workbench, team: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", case_id="case-2", person_id="person-2")
    asked(workbench, team, days=1)
    searched(workbench)
    with workbench.reading() as connection:
        file = queries.plan_file(connection, team, "plan-1")
    assert file.run.plan is not None
    slot = file.run.plan.slots[0]
    other = next(one for one in ("request-1", "request-2") if one != slot.visit)
    with workbench.unit(team) as uow:
        schedule_visit(
            ScheduleVisit("by-hand", other, MONDAY, parse_time("9:00"), 480, (slot.worker,)),
            uow,
        )

    with pytest.raises(PlanOutdated), workbench.unit(team) as uow:
        accept_plan(AcceptPlan("plan-1", file.run.version), uow)

    assert state(workbench) is VisitPlanStatus.READY
    with workbench.reading() as connection:
        assert len(queries.visits_on(connection, team, MONDAY)) == 1


def test_a_search_can_be_stopped_and_keeps_its_best_plan(
    workbench: Workbench, team: Actor, ask: Ask
) -> None:
    ask()
    asked(workbench, team, seconds=600)
    searches = PlanSearches()
    while True:
        look(workbench, searches)
        with workbench.reading() as connection:
            if PlanRuns(connection).get("plan-1").plan is not None:
                break
        searches.wait(0.1)

    with workbench.unit(team) as uow:
        stop_plan(StopPlan("plan-1"), uow)
    look(workbench, searches)

    assert state(workbench) is VisitPlanStatus.READY
    with workbench.reading() as connection:
        run = PlanRuns(connection).get("plan-1")
    assert run.plan is not None
    assert len(run.plan.slots) == 1


def test_a_search_that_was_cut_off_begins_again(
    workbench: Workbench,
    team: Actor,
    ask: Ask,
    standing_clock: Callable[[datetime], None],
) -> None:
    ask()
    asked(workbench, team)
    dead = PlanSearches()
    look(workbench, dead)
    for process in dead.processes():
        os.kill(process, signal.SIGKILL)
    fresh = PlanSearches()
    look(workbench, fresh)
    assert fresh.processes() == ()
    dead.end()

    standing_clock(clock.now() + timedelta(seconds=20))
    searched(workbench, fresh)

    with workbench.reading() as connection:
        run = PlanRuns(connection).get("plan-1")
    assert run.plan is not None
    assert len(run.plan.slots) == 1


def test_the_operator_plans_with_one_command(workbench: Workbench, team: Actor, ask: Ask) -> None:
    ask()

    run_id = plan_now(workbench.house, TOWN, starts_on=MONDAY, days=1, workers="", seconds=1)

    assert state(workbench, run_id) is VisitPlanStatus.READY
    with workbench.reading() as connection:
        assert queries.visits_on(connection, team, MONDAY) == []


@pytest.mark.parametrize(
    ("starts_on", "days", "seconds", "refusal"),
    [
        (date(2026, 11, 23), 1, 1, DayIsPast),
        (MONDAY, 0, 1, TooMuchToPlan),
        (MONDAY, 15, 1, TooMuchToPlan),
        (MONDAY, 5, 601, TooMuchToPlan),
        (date(2026, 12, 5), 2, 1, PlanEmpty),
    ],
)
def test_what_cannot_be_planned_is_refused(
    workbench: Workbench,
    team: Actor,
    starts_on: date,
    days: int,
    seconds: int,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        asked(workbench, team, days, seconds, starts_on)

    with workbench.reading() as connection:
        assert queries.recent_plans(connection, team) == ()


def test_a_plan_without_a_search_is_not_accepted(
    workbench: Workbench, team: Actor, ask: Ask
) -> None:
    ask()
    asked(workbench, team)

    with pytest.raises(PlanNotReady), workbench.unit(team) as uow:
        accept_plan(AcceptPlan("plan-1", 1), uow)

    assert state(workbench) is VisitPlanStatus.WAITING


def test_a_protected_address_and_a_day_with_another_visit_are_not_planned(
    workbench: Workbench, team: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2")
    ask(request_id="request-3", case_id="case-3", address="", address_protected=True)
    with workbench.unit(team) as uow:
        schedule_visit(
            ScheduleVisit("v", "request-1", MONDAY, parse_time("10:00"), 30, ("worker-1",)), uow
        )
    asked(workbench, team, days=1)

    with workbench.reading() as connection:
        run = PlanRuns(connection).get("plan-1")

    assert run.notes == {"request-2": "same_day", "request-3": "address_protected"}
    assert [visit.windows for visit in run.problem.visits] == [()]
    assert [one.starts for one in run.problem.shifts[0].commitments] == [600]


def test_three_free_times_are_offered(workbench: Workbench, team: Actor, ask: Ask) -> None:
    ask()

    with workbench.reading() as connection:
        times = queries.free_times(connection, team, "request-1", StraightLine())

    assert len(times) == 3
    assert all(time.day > date(2026, 11, 24) for time in times)
    assert {len(time.workers) for time in times} == {1}


def test_hours_know_days_off_holidays_and_half_days() -> None:
    one = profile("worker-1", days_off=frozenset({date(2026, 12, 1)}))

    assert one.hours_on(MONDAY, holiday=False) == (540, 1020)
    assert one.hours_on(date(2026, 12, 1), holiday=False) is None
    assert one.hours_on(date(2026, 12, 5), holiday=False) is None
    assert one.hours_on(date(2027, 1, 1), holiday=True) is None
    assert replace(one, works_on_holidays=True).hours_on(date(2027, 1, 1), holiday=True)
    assert one.pauses_within((540, 720)) == ()
    assert one.pauses_within((540, 1020)) == (LUNCH,)


def test_nobody_is_planned_on_a_substitute_holiday(
    workbench: Workbench, team: Actor, ask: Ask
) -> None:
    # 2027-03-22 is the 振替休日 of 春分の日, which is a Sunday in 2027.
    ask()
    asked(workbench, team, days=2, starts_on=date(2027, 3, 22))

    with workbench.reading() as connection:
        run = PlanRuns(connection).get("plan-1")

    assert [shift.day for shift in run.problem.shifts] == [1, 1]


@pytest.mark.parametrize(
    ("repeat", "begins", "first", "last", "days"),
    [
        ("FREQ=WEEKLY", date(2026, 12, 24), MONDAY, date(2027, 1, 1), ["2026-12-24", "2026-12-31"]),
        ("FREQ=YEARLY", date(2024, 2, 29), MONDAY, date(2028, 3, 1), ["2027-02-28", "2028-02-29"]),
        ("FREQ=MONTHLY", date(2026, 12, 31), MONDAY, date(2027, 2, 28), ["2026-12-31", "2027-01-31", "2027-02-28"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", MONDAY, MONDAY, date(2026, 12, 6), ["2026-11-30", "2026-12-04"]),
        ("FREQ=MONTHLY;BYDAY=2TU", MONDAY, MONDAY, date(2027, 1, 31), ["2026-12-08", "2027-01-12"]),
        ("FREQ=DAILY;COUNT=2", MONDAY, MONDAY, date(2026, 12, 9), ["2026-11-30", "2026-12-01"]),
        ("", None, MONDAY, date(2026, 12, 9), []),
    ],
    ids=["new-year", "leap-day", "month-end", "fortnight", "second-tuesday", "counted", "none"],
)  # fmt: skip
def test_repetitions_fall_on_their_days(
    repeat: str, begins: date | None, first: date, last: date, days: list[str]
) -> None:
    wish = VisitWish("request-1", repeat=repeat, repeat_from=begins)

    assert [day.isoformat() for day in wish.due_days(first, last)] == days


@pytest.mark.parametrize(
    "rule", ["nonsense", "FREQ=HOURLY", "FREQ=WEEKLY;FREQ=DAILY", "FREQ=WEEKLY;EASTER=1", "FREQ=WEEKLY;INTERVAL=x"]
)  # fmt: skip
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(RepeatUnreadable):
        VisitWish("request-1", repeat=rule, repeat_from=MONDAY)
    with pytest.raises(RepeatUnreadable):
        VisitWish("request-1", repeat="FREQ=WEEKLY")


def test_wishes_and_hours_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(WishUnreadable):
        VisitWish("request-1", times=(WishedTime(0, 600, 600),))
    with pytest.raises(WishUnreadable):
        VisitWish("request-1", preferred=frozenset({"a"}), refused=frozenset({"a", "b"}))
    with pytest.raises(HoursUnreadable):
        profile("worker-1", hours={0: (1020, 540)})
    with pytest.raises(HoursUnreadable):
        profile("worker-1", pauses=(WorkPause(720, 740, 60),))
    with pytest.raises(HoursUnreadable):
        profile("worker-1", most_visits=41)


def test_a_wish_is_kept_and_planned_with_and_an_old_page_does_not_overwrite_it(
    workbench: Workbench, team: Actor, ask: Ask
) -> None:
    ask()
    wish = VisitWish(
        "request-1",
        times=(WishedTime(2, 600, 720),),
        priority=3,
        repeat="FREQ=WEEKLY",
        repeat_from=date(2026, 11, 25),
        skills=frozenset({"手話"}),
        refused=frozenset({"worker-2"}),
        accompany_to=HERE,
    )
    with workbench.unit(team) as uow:
        set_visit_wish(SetVisitWish(wish, 0), uow)
    with pytest.raises(ChangedMeanwhile), workbench.unit(team) as uow:
        set_visit_wish(SetVisitWish(VisitWish("request-1"), 0), uow)
    asked(workbench, team)

    with workbench.reading() as connection:
        assert queries.visit_wish(connection, team, "request-1") == replace(wish, version=1)
        run = PlanRuns(connection).get("plan-1")
    (visit,) = run.problem.visits
    assert visit.id == "request-1@2026-12-02"
    assert [(one.day, one.earliest, one.latest) for one in visit.windows] == [(2, 600, 720)]
    assert (visit.penalty, visit.skills) == (4500, frozenset({"手話"}))
    assert visit.leave_place == run.problem.shifts[0].start_place


def test_nobody_is_sent_into_the_past_of_today(
    workbench: Workbench,
    team: Actor,
    ask: Ask,
    standing_clock: Callable[[datetime], None],
) -> None:
    ask()
    standing_clock(datetime(2026, 11, 24, 4, 50, tzinfo=UTC))
    asked(workbench, team, days=1, starts_on=date(2026, 11, 24))

    with workbench.reading() as connection:
        run = PlanRuns(connection).get("plan-1")

    assert [(one.starts, one.ends, one.pauses) for one in run.problem.shifts] == [
        (840, 1020, ()),
        (840, 1020, ()),
    ]
