"""A planning problem as plain lists of numbers, which is what a search reads a million times."""

from dataclasses import dataclass

from kasane_outreach.domain.plan_cost import dislike, lateness, strangeness, taken_from_calls
from kasane_outreach.domain.plan_reasons import parts_of
from kasane_outreach.domain.planning import PlanProblem, PlanVisit, PlanWorker

NOWHERE = -1
MOST_HANDS = 2
Windows = dict[int, tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class Fixed:
    """A node that stands at its time in a shift: a visit told before, or a commitment."""

    node: int
    starts: int


class CompiledProblem:
    """Nodes are the visits first, then pauses and commitments; ``windows`` hold earliest and latest starts."""

    def __init__(self, problem: PlanProblem) -> None:
        self.problem = problem
        self.visits = len(problem.visits)
        self.shifts = len(problem.shifts)
        workers = {worker.id: worker for worker in problem.workers}
        self.worker_number = {worker.id: number for number, worker in enumerate(problem.workers)}
        self.worker_of = [self.worker_number[shift.worker] for shift in problem.shifts]
        self.day_of = [shift.day for shift in problem.shifts]
        self.minutes = [visit.minutes for visit in problem.visits]
        self.counts = [visit.counts for visit in problem.visits]
        self.hands = [visit.hands for visit in problem.visits]
        self.penalty = [visit.penalty for visit in problem.visits]
        self.windows: list[Windows] = [_windows(visit) for visit in problem.visits]
        self.travel = _with_accompanied(problem)
        self.place = self._places()
        self.mode = [workers[shift.worker].mode for shift in problem.shifts]
        self.table = [self.travel[mode] for mode in self.mode]
        self.hours = [0] * len(problem.workers)
        for shift in problem.shifts:
            self.hours[self.worker_number[shift.worker]] += shift.ends - shift.starts
        self.pauses: list[list[int]] = [[] for _ in problem.shifts]
        self.pause_times: dict[int, tuple[int, int]] = {}
        self.fixed: list[list[Fixed]] = [[] for _ in problem.shifts]
        self._add_given()
        self.able = [self._able(number, workers) for number in range(self.visits)]
        self.wishes = [{shift: cost for cost, shift in able} for able in self.able]
        self._parts = {
            node: [parts_of(visit, worker) for worker in problem.workers]
            for node, visit in enumerate(problem.visits)
            if visit.second_skills is not None and visit.hands == MOST_HANDS
        }

    def may_pair(self, node: int, one: int, other: int) -> bool:
        """Whether the workers of two shifts that may take the visit have what it needs of two."""
        parts = self._parts.get(node)
        if parts is None:
            return True
        both = parts[self.worker_of[one]] | parts[self.worker_of[other]]
        return len(both) == MOST_HANDS

    def _places(self) -> list[int]:
        known = len(next(iter(self.problem.travel.values()), ()))
        places = []
        for visit in self.problem.visits:
            if visit.leave_place in (None, visit.place):
                places.append(visit.place)
            else:
                places.append(known)
                known += 1
        return places

    def _add_given(self) -> None:
        number_of = {
            (shift.worker, shift.day): number for number, shift in enumerate(self.problem.shifts)
        }
        for number, shift in enumerate(self.problem.shifts):
            for pause in shift.pauses:
                node = self._add_node(pause.minutes, NOWHERE, minutes_only=True)
                self.pauses[number].append(node)
                self.pause_times[node] = (pause.earliest, pause.latest - pause.minutes)
            for one in shift.commitments:
                place = NOWHERE if one.place is None else one.place
                self.fixed[number].append(Fixed(self._add_node(one.minutes, place), one.starts))
        self.told: set[int] = set()
        for node, visit in enumerate(self.problem.visits):
            if visit.told is None:
                continue
            self.told.add(node)
            for worker in visit.told.workers:
                shift_number = number_of.get((worker, visit.told.day))
                if shift_number is not None:
                    self.fixed[shift_number].append(Fixed(node, visit.told.starts))

    def _add_node(self, minutes: int, place: int, *, minutes_only: bool = False) -> int:
        self.minutes.append(minutes)
        self.place.append(place)
        self.counts.append(0 if minutes_only else 1)
        return len(self.minutes) - 1

    def _able(self, node: int, workers: dict[str, PlanWorker]) -> list[tuple[float, int]]:
        """The shifts that may take the visit, with what that counts beside the way, cheapest first."""
        visit, weights = self.problem.visits[node], self.problem.weights
        if visit.told is not None or visit.hands > MOST_HANDS:
            return []
        found = []
        for number, shift in enumerate(self.problem.shifts):
            worker = workers[shift.worker]
            if shift.day not in self.windows[node] or not may_visit(visit, worker):
                continue
            wishes = strangeness(visit, worker, weights) + dislike(visit, worker, weights)
            wishes += taken_from_calls(visit, worker, weights)
            cost = (lateness(visit, shift.day, weights) + wishes) / visit.hands
            found.append((cost, number))
        return sorted(found)


def may_visit(visit: PlanVisit, worker: PlanWorker) -> bool:
    """Whether the worker may be given the visit at all."""
    return (
        bool(parts_of(visit, worker))
        and visit.agency in ("", worker.agency)
        and visit.sex in ("", worker.sex)
        and worker.id not in visit.refused
    )


def _windows(visit: PlanVisit) -> Windows:
    found: dict[int, list[tuple[int, int]]] = {}
    for window in sorted(visit.windows, key=lambda one: (one.day, one.earliest, one.latest)):
        if window.latest - window.earliest >= visit.minutes:
            span = (window.earliest, window.latest - visit.minutes)
            found.setdefault(window.day, []).append(span)
    return {day: tuple(spans) for day, spans in found.items()}


def _with_accompanied(problem: PlanProblem) -> dict[str, list[list[int]]]:
    """The travel tables with a place more for each visit that ends elsewhere: come here, leave from there."""
    pairs = [
        (visit.place, visit.leave_place)
        for visit in problem.visits
        if visit.leave_place is not None and visit.leave_place != visit.place
    ]
    tables = {}
    for mode, travel in problem.travel.items():
        rows = [[int(one) for one in row] for row in travel]
        known = len(rows)
        for row in rows:
            row.extend([row[come] for come, _leave in pairs])
        rows.extend([list(rows[leave]) for _come, leave in pairs])
        for number in range(known, len(rows)):
            rows[number][number] = 0
        tables[mode] = rows
    return tables
