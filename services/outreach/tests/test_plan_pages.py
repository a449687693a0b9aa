"""The pages of visit plans, working hours and wishes."""

from collections.abc import Callable
from datetime import date, time

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.commands import ScheduleVisit
from kasane_outreach.domain.plan_run import PlanRun, VisitPlanStatus
from kasane_outreach.domain.planning import VisitPlan, VisitWindow, WorkPause
from kasane_outreach.handlers import schedule_visit
from kasane_outreach.handlers.plan_search import PlanSearches
from kasane_outreach.repository import PlanRuns
from kasane_outreach.repository.planning.portfolio import Portfolio

Ask = Callable[..., OutreachRequested]
HOURS = {
    "version": "0",
    "begins-0": "9:00",
    "ends-0": "17時",
    "begins-1": "9:00",
    "ends-1": "12:30",
    "pause_from": "12:00",
    "pause_to": "13:00",
    "pause_minutes": "45",
    "days_off": "2026-12-29、R8.12.30",
    "start_block": "東新町",
    "mode": "car",
    "most_visits": "6",
    "skills": "手話，看護師",
}


@pytest.fixture
def visitor(workbench: Workbench, coordinator: Actor, worker: Actor) -> Visitor:
    """The coordinator at the browser."""
    assert worker.account_id == "worker-1"
    return workbench.visit_as(coordinator)


def test_hours_are_written_down_in_the_words_of_an_office(
    workbench: Workbench, visitor: Visitor
) -> None:
    assert "訪問 一子さんの勤務" in visitor.get("/workers/worker-1").text

    answer = visitor.post("/workers/worker-1", data=HOURS)

    assert answer.status_code == 303
    with workbench.reading() as connection:
        found = queries.worker_profile(connection, "worker-1")
    assert found.hours == {0: (540, 1020), 1: (540, 750)}
    assert found.pauses == (WorkPause(720, 780, 45),)
    assert found.days_off == {date(2026, 12, 29), date(2026, 12, 30)}
    assert found.skills == {"手話", "看護師"}
    assert (found.start_block, found.most_visits, found.version) == ("東新町", 6, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends-0": ""}, "始まりと終わりの両方を書いてください。"),
        ({"begins-0": "朝"}, "時刻"),
        ({"pause_minutes": ""}, "休憩は、時間帯と長さのすべてを書いてください。"),
        ({"pause_minutes": "90"}, "勤務時間か休憩が正しくありません"),
        ({"days_off": "きのう"}, "「きのう」は日付として読めません。"),
        ({"most_visits": "41"}, "勤務時間か休憩が正しくありません"),
        ({"most_visits": "-1"}, "勤務時間か休憩が正しくありません"),
    ],
    ids=["one-time", "no-time", "half-break", "long-break", "no-day", "too-many", "below-zero"],
)
def test_hours_that_cannot_be_worked_are_named_and_nothing_is_saved(
    workbench: Workbench, visitor: Visitor, changes: dict[str, str], sentence: str
) -> None:
    answer = visitor.post("/workers/worker-1", data={**HOURS, **changes})

    assert answer.status_code == 422
    assert sentence in answer.text
    with workbench.reading() as connection:
        assert queries.worker_profile(connection, "worker-1").version == 0


def test_a_worker_writes_only_their_own_hours(
    workbench: Workbench, visitor: Visitor, second_worker: Actor
) -> None:
    other = workbench.visit_as(second_worker)

    assert other.post("/workers/worker-1", data=HOURS).status_code == 404
    assert other.post("/workers/worker-2", data=HOURS).status_code == 303
    assert visitor.get("/workers/nobody").status_code == 404


def test_a_wish_is_written_down(workbench: Workbench, visitor: Visitor, ask: Ask) -> None:
    ask()
    typed = {
        "version": "0",
        "weekdays": ["0", "2"],
        "earliest": "10:00",
        "latest": "12:00",
        "priority": "3",
        "repeat": "weekly",
        "preferred": ["worker-1"],
        "accompany": "東新町",
    }

    answer = visitor.post("/households/request-1/wish", data=typed)

    assert answer.status_code == 303
    with workbench.reading() as connection:
        wish = queries.visit_wish(connection, workbench.staff("coordinator"), "request-1")
    assert wish.repeat == "FREQ=WEEKLY"
    assert wish.repeat_from == date(2026, 11, 24)
    assert wish.windows((date(2026, 11, 30),), frozenset({date(2026, 11, 30)})) == (
        VisitWindow(0, 600, 720),
    )
    shown = visitor.get("/households/request-1/wish").text
    assert 'value="10:00"' in shown


def test_one_person_is_not_wanted_and_refused(
    workbench: Workbench, visitor: Visitor, ask: Ask
) -> None:
    ask()
    typed = {"version": "0", "priority": "2", "preferred": ["worker-1"], "refused": ["worker-1"]}

    answer = visitor.post("/households/request-1/wish", data=typed)

    assert answer.status_code == 422
    assert "両方には選べません" in answer.text


def test_a_plan_is_made_watched_and_decided_on(
    workbench: Workbench, visitor: Visitor, ask: Ask
) -> None:
    ask(by_when=date(2026, 11, 30))
    visitor.post("/workers/worker-1", data=HOURS)
    form = {"starts_on": "2026-11-30", "days": "1", "seconds": "10", "workers": ["worker-1"]}
    empty = visitor.post("/plans", data={**form, "workers": []})
    assert empty.status_code == 422

    answer = visitor.post("/plans", data=form)

    place = "/plans/" + answer.headers["Location"].rsplit("/", 1)[1]
    assert "計画を作っています（0％）" in visitor.get(place).text
    assert visitor.post(place + "/stop", data={}).status_code == 303
    with municipality_scope(TOWN):
        PlanSearches().look_after(workbench.house, TOWN)
    assert "どの訪問も入りませんでした" in visitor.get(place).text
    assert visitor.post(place + "/accept", data={"version": "9"}).status_code == 409
    assert visitor.get("/plans/nothing").status_code == 404


def test_a_plan_shows_what_stands_already_between_its_visits(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", case_id="case-2")
    ask(request_id="request-3", case_id="case-3", address="どこか")
    visitor.post("/workers/worker-1", data=HOURS)
    with workbench.unit(coordinator) as uow:
        schedule_visit(
            ScheduleVisit("visit-1", "request-2", date(2026, 11, 30), time(14), 45, ("worker-1",)),
            uow,
        )
    form = {"starts_on": "2026-11-30", "days": "1", "seconds": "10", "workers": ["worker-1"]}
    place = "/plans/" + visitor.post("/plans", data=form).headers["Location"].rsplit("/", 1)[1]
    with municipality_scope(TOWN):
        found = Portfolio(run_of(workbench, place).problem, planners=frozenset()).solve(0)
        keep_plan(workbench, coordinator, place, found)

    page = visitor.get(place).text

    assert "14:00–14:45" in page
    assert "予定済みの訪問（動かしません）" in page
    assert "前の場所から" in page
    assert "/households/unplaced" in page


def run_of(bench: Workbench, place: str) -> PlanRun:
    with bench.reading() as connection:
        return PlanRuns(connection).get(place.rsplit("/", 1)[1])


def keep_plan(bench: Workbench, actor: Actor, place: str, plan: VisitPlan) -> None:
    with bench.unit(actor) as uow:
        runs = PlanRuns(uow.connection)
        run = runs.get(place.rsplit("/", 1)[1])
        assert run.better(plan, 1.0)
        run.status = VisitPlanStatus.READY
        runs.save(run)
        uow.record("outreach.plan.searched", "visit_plan", run.id)
        uow.commit()


def test_free_times_lead_to_the_form_that_schedules(
    workbench: Workbench, visitor: Visitor, ask: Ask
) -> None:
    ask()
    assert "行ける日時がありません" in visitor.get("/households/request-1/times").text
    visitor.post("/workers/worker-1", data=HOURS)

    page = visitor.get("/households/request-1/times").text

    assert page.count("訪問 一子") == 2
    assert "on=2026-11-30&amp;at=09:00&amp;worker=worker-1" in page
    form = visitor.get("/households/request-1/visits/new?on=2026-11-30&at=09:00&worker=worker-1")
    assert 'value="2026-11-30"' in form.text
    assert 'value="09:00"' in form.text
