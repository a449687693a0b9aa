"""Reads Solomon and Gehring-Homberger instances and asks each planner directly, all in CPU seconds of one thread.

Distances are Euclidean times ten, cut to whole numbers (the convention of the published best-known values).
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.plan_cost import plan_cost
from kasane_outreach.domain.planning import (
    PlanProblem,
    PlanVisit,
    PlanWeights,
    PlanWorker,
    VisitWindow,
    WorkShift,
)
from kasane_outreach.repository.planning.portfolio import Portfolio

SEED = 1
LEFT_OUT = 1_000_000
SPIN, ENOUGH = 0.3, 0.9


@dataclass(frozen=True)
class Instance:
    """One instance in whole tenths; customer 0 is the depot."""

    name: str
    vehicles: int
    capacity: int
    service: int
    places: tuple[tuple[int, int], ...]
    demands: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]
    best_known: int

    def table(self) -> list[list[int]]:
        """The ways between all places."""
        return [
            [int(10 * math.hypot(x - u, y - v)) for u, v in self.places] for x, y in self.places
        ]


def read(path: Path) -> Instance:
    """The instance of a .vrp file with the best-known cost of the .sol file beside it."""
    facts: dict[str, str] = {}
    sections: dict[str, list[list[int]]] = {}
    current = ""
    for line in path.read_text().splitlines():
        if ":" in line:
            key, _, value = line.partition(":")
            facts[key.strip()] = value.strip()
        elif line.strip().endswith("_SECTION"):
            current = line.strip()
            sections[current] = []
        elif current and line.split() and line.split()[0].lstrip("-").isdigit():
            sections[current].append([int(one) for one in line.split()])
    best = path.with_suffix(".sol").read_text().rstrip().splitlines()[-1].split()[-1]
    return Instance(
        path.stem,
        int(facts["VEHICLES"]),
        int(facts["CAPACITY"]),
        10 * int(facts["SERVICE_TIME"]),
        tuple((row[1], row[2]) for row in sections["NODE_COORD_SECTION"]),
        tuple(row[1] for row in sections["DEMAND_SECTION"]),
        tuple((10 * row[1], 10 * row[2]) for row in sections["TIME_WINDOW_SECTION"]),
        round(10 * float(best)),
    )


def as_problem(instance: Instance) -> PlanProblem:
    """The instance in our own model: demand is how much a visit counts of the most visits a day."""
    ends = instance.windows[0][1]
    names = [f"worker-{number}" for number in range(instance.vehicles)]
    return PlanProblem(
        days=(date(2026, 11, 30),),
        workers=tuple(PlanWorker(name) for name in names),
        shifts=tuple(
            WorkShift(name, 0, 0, ends, 0, 0, most_visits=instance.capacity) for name in names
        ),
        visits=tuple(
            PlanVisit(
                str(number),
                number,
                instance.service,
                (VisitWindow(0, early, late + instance.service),),
                penalty=LEFT_OUT,
                counts=instance.demands[number],
            )
            for number, (early, late) in enumerate(instance.windows)
            if number
        ),
        travel={"car": instance.table()},
        weights=PlanWeights(fairness=0),
    )


def kasane(instance: Instance, seconds: float) -> tuple[int | None, int]:
    """Our cost, and how many hard rules the plan breaks."""
    problem = as_problem(instance)
    plan = Portfolio(problem, clock=time.process_time).solve(seconds)
    whole = not plan.left_out
    return (round(plan_cost(problem, plan).travel) if whole else None), len(
        check_plan(problem, plan)
    )


def pyvrp(instance: Instance, seconds: float) -> tuple[int | None, int]:
    """PyVRP called directly."""
    from pyvrp import Model

    model, table = Model(), instance.table()
    places = [model.add_location(x, y) for x, y in instance.places]
    depot = model.add_depot(places[0])
    model.add_vehicle_type(
        instance.vehicles,
        capacity=instance.capacity,
        start_depot=depot,
        end_depot=depot,
        tw_early=0,
        tw_late=instance.windows[0][1],
    )
    for number in range(1, len(places)):
        early, late = instance.windows[number]
        model.add_client(
            places[number],
            delivery=instance.demands[number],
            service_duration=instance.service,
            tw_early=early,
            tw_late=late,
        )
    for here, row in enumerate(table):
        for there, way in enumerate(row):
            if here != there:
                model.add_edge(places[here], places[there], way, way)
    result = model.solve(_out_of(seconds), seed=SEED, collect_stats=False, display=False)
    return (int(result.best.distance()) if result.is_feasible() else None), 0


def vroom(instance: Instance, seconds: float) -> tuple[int | None, int]:
    """VROOM called directly."""
    import numpy
    import vroom as library

    table = instance.table()
    inputs = library.Input()
    inputs.set_durations_matrix("car", numpy.array(table, dtype=numpy.uint32))
    ends = instance.windows[0][1]
    for number in range(instance.vehicles):
        inputs.add_vehicle(
            library.Vehicle(
                number, start=0, end=0, capacity=[instance.capacity], time_window=(0, ends)
            )
        )
    for number in range(1, len(instance.places)):
        early, late = instance.windows[number]
        inputs.add_job(
            library.Job(
                number,
                location=number,
                default_service=instance.service,
                delivery=[instance.demands[number]],
                time_windows=[library.TimeWindow(early, late)],
            )
        )
    solution = by_cpu(lambda limit: inputs.solve(5, 1, timeout=timedelta(seconds=limit)), seconds)
    return (None if solution.summary.unassigned else int(solution.summary.duration)), 0


def or_tools(instance: Instance, seconds: float) -> tuple[int | None, int]:
    """OR-Tools called directly: parallel cheapest insertion, then guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    table, service = instance.table(), instance.service
    manager = pywrapcp.RoutingIndexManager(len(table), instance.vehicles, 0)
    routing = pywrapcp.RoutingModel(manager)
    nodes = manager.IndexToNode

    def way(here: int, there: int) -> int:
        return table[nodes(here)][nodes(there)]

    def span(here: int, there: int) -> int:
        return way(here, there) + (service if nodes(here) else 0)

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(way))
    ends = instance.windows[0][1]
    routing.AddDimension(routing.RegisterTransitCallback(span), ends, ends, False, "time")
    demand = routing.RegisterUnaryTransitCallback(lambda here: instance.demands[nodes(here)])
    routing.AddDimension(demand, 0, instance.capacity, True, "load")
    times: Any = routing.GetDimensionOrDie("time")
    for number in range(1, len(table)):
        times.CumulVar(manager.NodeToIndex(number)).SetRange(*instance.windows[number])
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    parameters.time_limit.FromSeconds(round(20 * seconds))
    limit = _out_of(seconds)
    routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: limit(0)))
    solution = routing.SolveWithParameters(parameters)
    return (int(solution.ObjectiveValue()) if solution else None), 0


def by_cpu(solve: Callable[[float], Any], seconds: float) -> Any:
    """What a planner finds that counts seconds of the wall, once it had ``seconds`` of the CPU or ended by itself."""
    spin, walled = time.process_time(), time.monotonic()
    while time.process_time() - spin < SPIN:
        pass
    limit = seconds * max(1.0, (time.monotonic() - walled) / SPIN)
    while True:
        cpu, wall = time.process_time(), time.monotonic()
        answer = solve(limit)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        if cpu >= ENOUGH * seconds or wall < limit:
            return answer
        limit *= max(1.5, seconds / max(cpu, SPIN))


def _out_of(seconds: float) -> Callable[[int], bool]:
    ends = time.process_time() + seconds
    return lambda _best: time.process_time() >= ends
