"""Days that do not go as planned: the proposal, accepting exactly what was shown, and what stays."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kasane_contracts.cases import OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.commands import ScheduleVisit, SetWorkerProfile
from kasane_outreach.commands.mending import PinVisit
from kasane_outreach.domain.disruption import VisitPin
from kasane_outreach.domain.planning import WorkPause
from kasane_outreach.domain.position import Position
from kasane_outreach.domain.time_of_day import parse_time
from kasane_outreach.domain.worker_profile import WorkerProfile
from kasane_outreach.handlers import schedule_visit, set_worker_profile
from kasane_outreach.handlers.mending import pin_visit

DAY = date(2026, 11, 30)
ON = "on=2026-11-30"
Ask = Callable[..., OutreachRequested]


@pytest.fixture
def visitor(
    workbench: Workbench, coordinator: Actor, worker: Actor, second_worker: Actor, ask: Ask
) -> Visitor:
    """Two visits of the first worker on a day and one of the second; the coordinator at the browser."""
    profile = WorkerProfile(
        worker.account_id,
        hours={day: (540, 1020) for day in range(5)},
        pauses=(WorkPause(690, 810, 60),),
        start=Position(34.69, 135.70),
    )
    for one in (worker, second_worker):
        with workbench.unit(coordinator) as uow:
            set_worker_profile(
                SetWorkerProfile(replace(profile, account_id=one.account_id), 0), uow
            )
    given = ((1, "worker-1", "9:30"), (2, "worker-1", "14:00"), (3, "worker-2", "10:00"))
    for number, account_id, at in given:
        ask(request_id=f"request-{number}", case_id=f"case-{number}")
        book(workbench, coordinator, number, account_id, at)
    return workbench.visit_as(coordinator)


def book(
    bench: Workbench,
    actor: Actor,
    number: int,
    account_id: str,
    at: str,
    pin: VisitPin = VisitPin.NONE,
    minutes: int = 45,
) -> None:
    visit_id = f"visit-{number}"
    with bench.unit(actor) as uow:
        schedule_visit(
            ScheduleVisit(
                visit_id, f"request-{number}", DAY, parse_time(at), minutes, (account_id,)
            ),
            uow,
        )
    keep(bench, actor, visit_id, pin)


def keep(bench: Workbench, actor: Actor, visit_id: str, pin: VisitPin) -> None:
    with bench.reading() as connection:
        version = queries.visit(connection, actor, visit_id).visit.version
    with bench.unit(actor) as uow:
        pin_visit(PinVisit(visit_id, pin, version), uow)


def day(bench: Workbench, actor: Actor) -> dict[str, tuple[str, str]]:
    """Worker and start of each household's visit on the day."""
    with bench.reading() as connection:
        lines = queries.visits_on(connection, actor, DAY)
    return {
        one.visit.request_id: (one.visit.workers[0], f"{one.visit.starts_at:%H:%M}")
        for one in lines
    }


def accepted(visitor: Visitor, kind: str, asked: str) -> int:
    """Looks at the proposal and accepts what it shows; gives the answer's status."""
    shown = visitor.get(f"/plans/changes/{kind}?{asked}")
    assert shown.status_code == 200, shown.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    assert re.fullmatch("[0-9a-f]{64}", hidden["shown"])
    return visitor.post(f"/plans/changes/{kind}", data=hidden).status_code


def test_the_visits_of_an_absent_worker_go_to_a_colleague_and_nobody_else_moves(
    workbench: Workbench, visitor: Visitor, coordinator: Actor
) -> None:
    before = day(workbench, coordinator)

    shown = visitor.get(f"/plans/changes/worker_absent?{ON}&worker=worker-1").text

    preview = re.search("まだ変えていません。[^<]*", shown)
    assert preview is not None
    assert preview[0].endswith(
        "2件の訪問を組み直し、そのために0件が動きます。ほかの1件はそのままです。"
    )
    assert day(workbench, coordinator) == before
    assert accepted(visitor, "worker_absent", f"{ON}&worker=worker-1") == 303
    after = day(workbench, coordinator)
    assert {worker for worker, _at in after.values()} == {"worker-2"}
    assert after["request-3"] == before["request-3"]
    assert after["request-2"][1] == "14:00"
    assert len(after) == 3


def test_what_changed_after_it_was_shown_is_not_carried_out(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    shown = visitor.get(f"/plans/changes/worker_absent?{ON}&worker=worker-1").text
    mark = re.search(r'name="shown" value="([0-9a-f]{64})"', shown)
    assert mark is not None
    ask(request_id="request-4", case_id="case-4")
    book(workbench, coordinator, 4, "worker-1", "16:00")
    before = day(workbench, coordinator)

    form = {"on": "2026-11-30", "worker": "worker-1", "shown": mark[1]}
    answer = visitor.post("/plans/changes/worker_absent", data=form)

    assert answer.status_code == 409
    assert "変わりました" in answer.text
    assert day(workbench, coordinator) == before


def test_a_cancelled_visit_moves_nobody_and_a_waiting_household_may_have_its_time(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask(request_id="request-9", case_id="case-9", name="待機 九子")
    before = day(workbench, coordinator)
    asked = f"{ON}&visit=visit-1"

    alone = visitor.get(f"/plans/changes/visit_cancelled?{asked}").text
    filled = visitor.get(f"/plans/changes/visit_cancelled?{asked}&fill=1").text

    assert "0件の訪問を組み直し、そのために0件が動きます。ほかの2件はそのままです。" in alone
    assert "新しく入る訪問" not in alone
    assert "待機 九子" in filled
    assert accepted(visitor, "visit_cancelled", f"{asked}&fill=1") == 303
    after = day(workbench, coordinator)
    assert "request-1" not in after
    assert after["request-9"][0] == "worker-1"
    assert {name: after[name] for name in ("request-2", "request-3")} == {
        name: before[name] for name in ("request-2", "request-3")
    }


def test_an_urgent_visit_finds_a_free_time_and_nobody_moves(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask(request_id="request-9", case_id="case-9")
    before = day(workbench, coordinator)

    assert accepted(visitor, "visit_added", f"{ON}&household=request-9") == 303

    after = day(workbench, coordinator)
    assert after.keys() - before.keys() == {"request-9"}
    assert {name: after[name] for name in before} == before


def test_an_urgent_visit_without_room_is_refused_with_a_sentence_while_told_visits_stay(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    for number in (1, 2, 3):
        keep(workbench, coordinator, f"visit-{number}", VisitPin.TOLD)
    for number, account_id, at in ((4, "worker-1", "10:30"), (5, "worker-2", "13:00")):
        ask(request_id=f"request-{number}", case_id=f"case-{number}")
        book(workbench, coordinator, number, account_id, at, VisitPin.LOCKED, 200)
    ask(request_id="request-9", case_id="case-9")
    before = day(workbench, coordinator)
    with workbench.unit(coordinator) as uow:
        uow.connection.exec_driver_sql(
            "UPDATE outreach_household_to_reach SET minutes = 300 WHERE id = 'request-9'"
        )
        uow.record("outreach.household.placed", "household_to_reach", "request-9")
        uow.commit()

    answer = visitor.get(f"/plans/changes/visit_added?{ON}&household=request-9")

    assert answer.status_code == 422
    assert "この日に入れる時間がありません" in answer.text
    assert "予定は変えていません。" in answer.text
    assert day(workbench, coordinator) == before


def test_after_an_overrun_a_visit_that_may_move_does_and_a_told_one_goes_to_a_colleague_at_its_time(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    for number, at, pin in ((4, "10:30", VisitPin.TOLD), (5, "15:00", VisitPin.TOLD)):
        ask(request_id=f"request-{number}", case_id=f"case-{number}")
        book(workbench, coordinator, number, "worker-1", at, pin)

    assert accepted(visitor, "visit_overrun", f"{ON}&visit=visit-1&minutes=60") == 303

    after = day(workbench, coordinator)
    assert after["request-1"] == ("worker-1", "09:30")
    assert after["request-5"] == ("worker-1", "15:00")
    assert after["request-2"] == ("worker-1", "14:00")
    # The colleague is at another household from 10:00 to 10:45 and that visit was told to nobody.
    assert after["request-4"] == ("worker-2", "10:30")
    assert after["request-3"] != ("worker-2", "10:00")
    with workbench.reading() as connection:
        late = queries.visit(connection, coordinator, "visit-1").visit
    assert late.minutes == 105


def test_a_visit_cannot_take_longer_than_the_day(visitor: Visitor) -> None:
    answer = visitor.post(
        "/plans/changes/visit_overrun",
        data={"on": "2026-11-30", "visit": "visit-2", "minutes": "240", "shown": "x"},
    )
    assert answer.status_code == 409
    for _again in range(2):
        assert accepted(visitor, "visit_overrun", f"{ON}&visit=visit-2&minutes=200") == 303
    answer = visitor.get(f"/plans/changes/visit_overrun?{ON}&visit=visit-2&minutes=200")
    assert answer.status_code == 422


def test_a_closed_block_sends_its_visits_back_to_waiting_and_leaves_the_others(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask(request_id="request-9", case_id="case-9", address="奈良県生駒市高山町1番地")
    book(workbench, coordinator, 9, "worker-2", "13:30", VisitPin.TOLD)
    before = day(workbench, coordinator)
    with workbench.reading() as connection:
        block = queries.household(connection, coordinator, "request-9").town_block

    shown = visitor.get(f"/plans/changes/road_closed?{ON}&block={block}").text

    assert "1件の訪問を組み直し" in shown
    assert "伝えた日時が変わります。先に電話してください" in shown
    assert accepted(visitor, "road_closed", f"{ON}&block={block}") == 303
    after = day(workbench, coordinator)
    assert before.keys() - after.keys() == {"request-9"}
    with workbench.reading() as connection:
        assert queries.household(connection, coordinator, "request-9").status.value == "waiting"


def test_a_detour_that_leaves_time_enough_changes_nothing(visitor: Visitor) -> None:
    page = visitor.get(f"/plans/changes/road_closed?{ON}&block=高山町&minutes=10").text

    assert "変わる訪問はありません" in page


def test_a_detour_that_makes_a_told_visit_late_gives_it_to_a_colleague_at_its_time(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask(request_id="request-9", case_id="case-9", address="奈良県生駒市高山町1番地")
    book(workbench, coordinator, 9, "worker-1", "15:15", VisitPin.TOLD)
    keep(workbench, coordinator, "visit-2", VisitPin.LOCKED)
    before = day(workbench, coordinator)

    assert accepted(visitor, "road_closed", f"{ON}&block=高山町&minutes=30") == 303

    after = day(workbench, coordinator)
    assert before["request-9"] == ("worker-1", "15:15")
    assert after["request-9"] == ("worker-2", "15:15")
    assert {name: one for name, one in after.items() if name != "request-9"} == {
        name: one for name, one in before.items() if name != "request-9"
    }


def test_a_visit_that_has_begun_stays_with_the_worker_who_falls_ill(
    workbench: Workbench,
    visitor: Visitor,
    coordinator: Actor,
    standing_clock: Callable[[datetime], None],
) -> None:
    standing_clock(datetime(2026, 11, 30, 1, 0, tzinfo=UTC))
    visitor = workbench.visit_as(coordinator)

    assert accepted(visitor, "worker_absent", f"{ON}&worker=worker-1") == 303

    after = day(workbench, coordinator)
    assert after["request-1"] == ("worker-1", "09:30")
    assert after["request-2"] == ("worker-2", "14:00")


def test_a_block_that_is_not_of_the_town_is_refused_with_a_sentence(visitor: Visitor) -> None:
    answer = visitor.get(f"/plans/changes/road_closed?{ON}&block=どこにもない町")

    assert answer.status_code == 422
    assert "何が変わったのかが分かりません" in answer.text


def test_a_worker_sees_no_household_of_others_in_a_proposal(
    workbench: Workbench, visitor: Visitor, second_worker: Actor
) -> None:
    with workbench.unit(second_worker) as uow:
        uow.connection.exec_driver_sql(
            "UPDATE outreach_household_to_reach SET agency = 'elsewhere'"
        )
        uow.record("outreach.household.placed", "household_to_reach", "request-1")
        uow.commit()

    page = workbench.visit_as(second_worker).get(
        f"/plans/changes/worker_absent?{ON}&worker=worker-1"
    )

    assert "ほかの職員の訪問先" in page.text
    assert "見本 花子" not in page.text
    other = workbench.visit_as(second_worker)
    assert other.get(f"/plans/changes/visit_cancelled?{ON}&visit=visit-1").status_code == 404


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("visit_cancelled", "visit=visit-1&on=2026-12-01"),
        ("visit_overrun", "visit=visit-1&on=2026-12-01&minutes=30"),
    ],
)
def test_a_visit_of_another_day_is_refused_with_a_sentence(
    visitor: Visitor, kind: str, asked: str
) -> None:
    answer = visitor.get(f"/plans/changes/{kind}?{asked}")

    assert answer.status_code == 422
    assert "何が変わったのかが分かりません" in answer.text


def test_unknown_kinds_people_and_days_change_nothing(visitor: Visitor) -> None:
    assert visitor.get("/plans/changes/earthquake").status_code == 404
    assert visitor.get("/plans/changes/worker_absent?worker=nobody").status_code == 404
    assert visitor.get("/plans/changes/visit_cancelled?visit=nothing").status_code == 404
    assert visitor.get("/plans/changes/visit_added?household=nothing").status_code == 404
    past = {"on": "2026-11-20", "worker": "worker-1"}
    assert visitor.post("/plans/changes/worker_absent", data=past).status_code == 422
    page = visitor.get("/plans/changes/worker_absent?on=2026-12-02&worker=worker-1").text
    assert "変わる訪問はありません" in page
    assert visitor.get("/plans/changes").status_code == 200


def test_what_may_move_is_noted_on_the_visit(workbench: Workbench, visitor: Visitor) -> None:
    assert "ほかの訪問の都合で" in visitor.get("/visits/visit-1").text

    assert (
        visitor.post("/visits/visit-1/pin", data={"pin": "told", "version": "2"}).status_code == 303
    )

    assert "日時を世帯に伝えました" in visitor.get("/visits/visit-1").text
    assert visitor.post("/visits/visit-1/pin", data={"pin": "maybe"}).status_code == 422
    assert (
        visitor.post("/visits/visit-1/pin", data={"pin": "none", "version": "1"}).status_code == 412
    )


def test_a_visit_by_hand_is_locked(
    workbench: Workbench, visitor: Visitor, coordinator: Actor, ask: Ask
) -> None:
    ask(request_id="request-8", case_id="case-8")
    with workbench.unit(coordinator) as uow:
        schedule_visit(
            ScheduleVisit("visit-8", "request-8", DAY, parse_time("16:00"), 30, ("worker-2",)), uow
        )

    with workbench.reading() as connection:
        assert queries.visit(connection, coordinator, "visit-8").visit.pin is VisitPin.LOCKED


# The same for programs


def told(visitor: Visitor, path: str, **happened: object) -> Any:
    body = {"on": DAY.isoformat(), **happened}
    return visitor.send_json("POST", f"/api/v1/repairs{path}", body)


HAPPENED: list[tuple[dict[str, object], tuple[int, int, int]]] = [
    ({"kind": "worker_absent", "worker": "worker-1"}, (2, 0, 0)),
    ({"kind": "visit_cancelled", "visit_id": "visit-1"}, (0, 0, 0)),
    ({"kind": "visit_added", "request_id": "request-4"}, (0, 0, 1)),
    ({"kind": "visit_overrun", "visit_id": "visit-1", "minutes": 30}, (0, 0, 0)),
    ({"kind": "road_closed", "block": "東新町", "minutes": 0}, (3, 0, 0)),
]


@pytest.mark.parametrize(
    ("happened", "counts"), HAPPENED, ids=[str(one["kind"]) for one, _counts in HAPPENED]
)
def test_a_program_sees_the_disturbance_and_accepts_exactly_that(
    workbench: Workbench,
    visitor: Visitor,
    coordinator: Actor,
    ask: Ask,
    happened: dict[str, object],
    counts: tuple[int, int, int],
) -> None:
    ask(request_id="request-4", case_id="case-4")
    before = day(workbench, coordinator)

    shown = told(visitor, "/preview", **happened)

    assert shown.status_code == 200, shown.text
    assert tuple(len(shown.json[one]) for one in ("hit", "moved", "added")) == counts
    assert day(workbench, coordinator) == before
    stale = told(visitor, "", **happened, mark="0" * 64)
    assert (stale.status_code, stale.json["type"].split(":")[-1]) == (409, "plan_outdated")
    assert day(workbench, coordinator) == before

    done = told(visitor, "", **happened, mark=shown.json["mark"])

    assert done.status_code == 200, done.text
    assert done.json == shown.json
    now = day(workbench, coordinator)
    for one in shown.json["hit"]:
        wanted = (one["to"]["workers"][0], one["to"]["starts_at"]) if one["to"] else None
        assert now.get(one["request_id"]) == wanted


def test_what_a_program_asks_for_and_cannot_be_is_refused_with_a_sentence(
    workbench: Workbench, visitor: Visitor, coordinator: Actor
) -> None:
    before = day(workbench, coordinator)

    answers = [
        told(visitor, "/preview", kind="worker_absent"),
        told(visitor, "/preview", kind="worker_absent", worker="nobody"),
        told(visitor, "/preview", kind="visit_cancelled", visit_id="visit-9"),
        told(visitor, "/preview", kind="visit_added", request_id="request-9"),
        told(visitor, "/preview", kind="visit_overrun", visit_id="visit-1", minutes=-1),
        told(visitor, "/preview", kind="road_closed", block="ない町"),
        told(visitor, "/preview", kind="earthquake"),
        told(visitor, "/preview", kind="worker_absent", wroker="worker-1"),
        told(visitor, "", kind="worker_absent", worker="worker-1"),
    ]

    assert [one.status_code for one in answers] == [422, 404, 404, 404, 422, 422, 422, 422, 422]
    assert all(one.json["title"] and one.json["detail"] for one in answers)
    assert day(workbench, coordinator) == before


@pytest.mark.usefixtures("visitor")
def test_a_program_of_somebody_who_plans_no_visits_learns_nothing(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", account_id="desk-1", name="窓口 花子"))

    answer = told(desk, "/preview", kind="worker_absent", worker="worker-1")

    assert answer.status_code == 403
