"""Where travel times come from: straight lines, a map server, a stored table; and mending a plan."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.planning import Commitment, LeftOutReason, ToldTime
from kasane_outreach.domain.position import Position, TravelMode, travel_minutes
from kasane_outreach.domain.travel import RememberedWays, RoadKind, StraightLine
from kasane_outreach.repository.planning.codec import (
    UnknownKey,
    dump_plan,
    dump_problem,
    load_plan,
    load_problem,
    read_problem,
)
from kasane_outreach.repository.planning.portfolio import Portfolio
from kasane_outreach.repository.planning.repairing import repair
from kasane_outreach.repository.travel import NO_WAY, MapServer, StoredTable, travel_times
from tests.support.planning_problems import small, visit, week

PLACES = [Position(34.69, 135.70), Position(34.70, 135.70), Position(34.90, 135.70)]
CAR = TravelMode.CAR


def test_straight_lines_are_what_rounds_have_always_used() -> None:
    table = StraightLine().table(PLACES, CAR)

    assert table[0] == [travel_minutes(PLACES[0], place, CAR) for place in PLACES]
    assert table[0] == [0, 3, 61]


def test_remembered_ways_are_asked_for_once_and_are_the_same() -> None:
    asked = []

    class Asked:
        def table(self, places: list[Position], mode: TravelMode) -> Any:
            asked.append(len(places))
            return StraightLine().table(places, mode)

    ways = RememberedWays(Asked())

    assert ways.table(PLACES, CAR) == StraightLine().table(PLACES, CAR)
    assert ways.table(PLACES[:2], CAR) == StraightLine().table(PLACES[:2], CAR)
    assert asked == [3]
    assert ways.table(PLACES[:2], TravelMode.FOOT) == StraightLine().table(
        PLACES[:2], TravelMode.FOOT
    )
    assert asked == [3, 2]


def test_each_kind_of_road_has_its_own_factor() -> None:
    winding = StraightLine({RoadKind.LOCAL: 2.6, RoadKind.TRUNK: 1.3})

    assert winding.table(PLACES, CAR)[0] == [0, 6, 61]
    assert winding.table(PLACES, TravelMode.FOOT)[0][2] == 810


def test_a_map_server_is_asked_in_blocks_and_in_seconds() -> None:
    asked: list[dict[str, Any]] = []

    def ask(**question: Any) -> SimpleNamespace:
        asked.append(question)
        return SimpleNamespace(
            durations=[
                [None if here == there else 61.0 for there in question["destinations"]]
                for here in question["sources"]
            ]
        )

    places = [Position(34.0 + number / 1000, 135.0) for number in range(60)]
    table = MapServer("osrm", ask).table(places, TravelMode.FOOT)

    assert [len(one["locations"]) for one in asked] == [100, 60, 60, 20]
    assert {one["profile"] for one in asked} == {"walking"}
    assert asked[0]["locations"][0] == [135.0, 34.0]
    assert {way for row in table for way in row} == {0, 2}


def test_a_way_that_the_server_does_not_know_is_no_way() -> None:
    def ask(**_question: Any) -> SimpleNamespace:
        return SimpleNamespace(durations=[[0, None, 60], [60, 0, 60], [60, 60, 0]])

    assert MapServer("valhalla", ask).table(PLACES, CAR)[0] == [0, NO_WAY, 1]


def test_a_silent_server_leaves_straight_lines() -> None:
    def ask(**_question: Any) -> SimpleNamespace:
        raise ConnectionError("nobody answers")

    assert MapServer("osrm", ask).table(PLACES, CAR) == StraightLine().table(PLACES, CAR)


def test_a_stored_table_is_used_where_it_knows_the_places(tmp_path: Path) -> None:
    path = tmp_path / "ways.json"
    known = [[34.69, 135.70], [34.70, 135.70]]
    path.write_text(json.dumps({"places": known, "car": [[0, 9], [8, 0]]}))

    table = StoredTable(path).table(PLACES, CAR)

    assert table[0] == [0, 9, 61]
    assert table[1][0] == 8
    on_foot = StoredTable(path).table(PLACES, TravelMode.FOOT)
    assert on_foot == StraightLine().table(PLACES, TravelMode.FOOT)


def test_the_setting_names_the_source(tmp_path: Path) -> None:
    path = tmp_path / "ways.json"
    path.write_text(json.dumps({"places": []}))

    assert isinstance(travel_times(""), StraightLine)
    assert isinstance(travel_times(f"file:{path}"), StoredTable)
    assert isinstance(travel_times("osrm:http://127.0.0.1:5000"), MapServer)
    with pytest.raises(ValueError, match="names no source of travel times"):
        travel_times("horse:cart")


def test_a_problem_and_a_plan_come_back_as_they_were() -> None:
    problem = week(30, seed=8)
    plan = Portfolio(problem, planners=frozenset()).solve(0)

    again = load_problem(dump_problem(problem))

    assert again == problem
    assert load_plan(dump_plan(plan)) == plan
    assert check_plan(again, plan) == ()


@pytest.mark.parametrize("part", ["", "visits", "workers", "shifts"])
def test_a_mistyped_key_is_refused(part: str) -> None:
    facts: dict[str, Any] = {
        "days": ["2026-11-30"],
        "travel": {"car": [[0]]},
        "workers": [{"id": "w"}],
        "shifts": [{"worker": "w", "day": 0, "starts": 1, "ends": 9, "start_place": 0, "end_place": 0}],
        "visits": [{"id": "v", "place": 0, "minutes": 5, "windows": []}],
    }  # fmt: skip
    assert read_problem(facts).visits[0].id == "v"
    where = facts[part][0] if part else facts
    where["time_windows"] = []

    with pytest.raises(UnknownKey, match="time_windows"):
        read_problem(facts)


def test_a_key_that_is_missing_is_refused() -> None:
    facts = {"days": [], "travel": {}, "workers": [], "shifts": [], "visits": [{"windows": []}]}

    with pytest.raises(UnknownKey, match="nothing was planned"):
        read_problem(facts)


def test_after_a_cancellation_nobody_else_moves() -> None:
    problem = week(60, seed=5)
    plan = Portfolio(problem, planners=frozenset()).solve(0)
    gone = plan.slots[0].visit
    left = replace(problem, visits=tuple(one for one in problem.visits if one.id != gone))

    mended = repair(left, replace(plan, slots=tuple(s for s in plan.slots if s.visit != gone)))

    assert check_plan(left, mended.plan) == ()
    assert mended.moved == ()
    assert mended.dropped == ()


def test_when_a_worker_is_ill_only_their_visits_move() -> None:
    problem = week(60, seed=5)
    plan = Portfolio(problem, planners=frozenset()).solve(0)
    ill = plan.slots[0]
    shifts = tuple(s for s in problem.shifts if (s.worker, s.day) != (ill.worker, ill.day))
    changed = replace(problem, shifts=shifts)

    mended = repair(changed, plan)

    theirs = {s.visit for s in plan.slots if (s.worker, s.day) == (ill.worker, ill.day)}
    made_room = set(mended.moved) - theirs
    assert check_plan(changed, mended.plan) == ()
    assert len(made_room) <= len(theirs)
    assert set(mended.dropped) <= theirs | made_room


def test_a_told_time_stays_when_something_is_added() -> None:
    told = visit(told=ToldTime(0, 600, ("worker-1",)))
    before = Portfolio(small(told), planners=frozenset()).solve(0)
    more = small(told, visit("visit-2", hands=2))

    mended = repair(more, before)

    assert check_plan(more, mended.plan) == ()
    assert mended.plan.by_visit()["visit-1"] == before.by_visit()["visit-1"]
    assert mended.added == ("visit-2",)


def test_a_visit_that_runs_over_moves_what_comes_after_it() -> None:
    problem = small(visit(), visit("visit-2"), visit("visit-3"))
    before = Portfolio(problem, planners=frozenset()).solve(0)
    first = min(before.slots, key=lambda slot: slot.starts)
    late = Commitment("over", first.starts, 120, 1)
    shifts = tuple(
        replace(one, commitments=(late,)) if one.worker == first.worker else one
        for one in problem.shifts
    )
    rest = tuple(one for one in problem.visits if one.id != first.visit)
    changed = replace(problem, shifts=shifts, visits=rest)

    mended = repair(
        changed, replace(before, slots=tuple(s for s in before.slots if s.visit != first.visit))
    )

    assert check_plan(changed, mended.plan) == ()
    assert mended.dropped == ()


def test_a_closed_road_leaves_out_what_cannot_be_reached() -> None:
    problem = small(visit(place=4), visit("visit-2"))
    before = Portfolio(problem, planners=frozenset()).solve(0)
    closed = [
        [0 if a == b else NO_WAY if 4 in (a, b) else way for b, way in enumerate(row)]
        for a, row in enumerate(problem.travel["car"])
    ]

    mended = repair(replace(problem, travel={"car": closed}), before)

    assert mended.dropped == ("visit-1",)
    assert [one.reason for one in mended.plan.left_out] == [LeftOutReason.UNREACHABLE]
    assert mended.moved == ()


def test_one_visit_makes_room_where_there_is_no_other_way() -> None:
    narrow = visit("narrow", windows=(replace(visit().windows[0], earliest=600, latest=660),))
    taken = visit("wide", minutes=60)
    one = small(taken, shifts=small().shifts[:1], workers=small().workers[:1])
    before = Portfolio(one, planners=frozenset()).solve(0)
    at_ten = replace(before, slots=(replace(before.slots[0], starts=600),))
    both = replace(one, visits=(taken, narrow))

    mended = repair(both, at_ten)

    assert check_plan(both, mended.plan) == ()
    assert mended.moved == ("wide",)
    assert mended.added == ("narrow",)
