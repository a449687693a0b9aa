"""Lets VROOM give out the visits of one worker around what is pinned; strong on weeks with skills and breaks."""

from collections.abc import Sequence
from datetime import timedelta

from kasane_outreach.repository.planning.adopting import Orders
from kasane_outreach.repository.planning.compiled import NOWHERE, CompiledProblem
from kasane_outreach.repository.planning.tours import Tours

MOST_EXPLORATION, SEARCHES_A_LEVEL = 5, 4
SECONDS_A_SEARCH, OF_VISITS, GROWTH = 0.8, 500, 1.5
"""What one of VROOM's searches took on a week of 500 visits, and how that grows with the visits."""
MOST_URGENT, MOST_PRIORITY = 100, 90
THREADS = 1


def available() -> bool:
    """Whether VROOM is installed."""
    try:
        import vroom  # noqa: F401
    except ImportError:
        return False
    return True


def quickest(visits: int) -> float:
    """About how many seconds VROOM's least thorough search takes."""
    return SEARCHES_A_LEVEL * SECONDS_A_SEARCH * float((visits / OF_VISITS) ** GROWTH)


def exploration(visits: int, seconds: float) -> int:
    """How thoroughly VROOM can look for so long: a few searches that end are better than many that are cut off."""
    least = quickest(visits)
    levels = (
        level
        for level in range(MOST_EXPLORATION, 0, -1)
        if least * (level + 1) * (1 + 0.4 * level) <= seconds
    )
    return next(levels, 0)


def search(base: Tours, seconds: float, level: int = MOST_EXPLORATION) -> Orders:
    """The orders that VROOM found in about ``seconds`` of the wall; two-person and given visits stay pinned."""
    import numpy
    import vroom

    c = base.c
    length = max(shift.ends for shift in c.problem.shifts) + 1
    length += max(max(latest for _e, latest in spans) for spans in _all_spans(c)) + 1
    skills = _Skills(c)
    inputs = vroom.Input()
    for mode, table in c.travel.items():
        inputs.set_durations_matrix(mode, numpy.array(table, dtype=numpy.uint32))
    pinned = _pinned(base)
    for shift, bounds in enumerate(c.problem.shifts):
        zero = bounds.day * length
        breaks = [
            vroom.Break(
                node,
                time_windows=[
                    vroom.TimeWindow(zero + c.pause_times[node][0], zero + c.pause_times[node][1])
                ],
                service=c.minutes[node],
            )
            for node in c.pauses[shift]
            if shift not in base.closed
        ]
        inputs.add_vehicle(
            vroom.Vehicle(
                shift + 1,
                start=bounds.start_place,
                end=bounds.end_place,
                profile=c.mode[shift],
                time_window=(zero + bounds.starts, zero + bounds.ends),
                skills=skills.of_shift(shift),
                breaks=breaks,
                capacity=[bounds.most_visits or c.visits + sum(c.counts)],
            )
        )
    job_of: dict[int, int] = {}
    for shift, nodes in pinned.items():
        for node in nodes:
            place = c.place[node] if c.place[node] != NOWHERE else _place_in(base, shift, node)
            start = c.problem.shifts[shift].day * length + base.pin[node]
            number = len(job_of) + 1
            job_of[number] = node
            inputs.add_job(
                vroom.Job(
                    number,
                    location=place,
                    default_service=c.minutes[node],
                    delivery=[c.counts[node]],
                    skills={skills.own(shift)},
                    priority=MOST_URGENT,
                    time_windows=[vroom.TimeWindow(start, start)],
                )
            )
    dearest = max(c.penalty, default=1) or 1
    for node in range(c.visits):
        if c.hands[node] > 1 or node in c.told or not c.able[node]:
            continue
        number = len(job_of) + 1
        job_of[number] = node
        windows = [
            vroom.TimeWindow(day * length + early, day * length + latest)
            for day, spans in sorted(c.windows[node].items())
            for early, latest in spans
        ]
        inputs.add_job(
            vroom.Job(
                number,
                location=c.place[node],
                default_service=c.minutes[node],
                delivery=[c.counts[node]],
                skills={skills.of_visit(node)},
                priority=MOST_PRIORITY * c.penalty[node] // dearest,
                time_windows=windows,
            )
        )
    if not job_of:
        return {}
    solution = inputs.solve(level, THREADS, timeout=timedelta(seconds=seconds))
    orders: dict[int, list[int]] = {shift: [] for shift in range(c.shifts)}
    steps = solution.routes[["vehicle_id", "type", "id"]]
    for vehicle, kind, number in steps.itertuples(index=False):
        if str(kind) == "job":
            orders[int(vehicle) - 1].append(job_of[int(number)])
    return orders


def _all_spans(c: CompiledProblem) -> Sequence[tuple[tuple[int, int], ...]]:
    return [spans for windows in c.windows for spans in windows.values()] or [((0, 0),)]


def _pinned(base: Tours) -> dict[int, list[int]]:
    c = base.c
    return {
        shift: [
            node
            for node in tour.nodes
            if node not in c.pause_times
            and (node in base.given[shift] or (node < c.visits and c.hands[node] > 1))
        ]
        for shift, tour in enumerate(base.tours)
    }


def _place_in(base: Tours, shift: int, node: int) -> int:
    tour = base.tours[shift]
    return tour.at[tour.nodes.index(node)]


class _Skills:
    """Says with numbers which shifts may take which visit: one number a shift, one a set of shifts."""

    def __init__(self, c: CompiledProblem) -> None:
        self._c = c
        self._sets: dict[frozenset[int], int] = {}
        for node in range(c.visits):
            workers = frozenset(c.worker_of[shift] for _cost, shift in c.able[node])
            self._sets.setdefault(workers, c.shifts + 1 + len(self._sets))

    def own(self, shift: int) -> int:
        return shift + 1

    def of_visit(self, node: int) -> int:
        workers = frozenset(self._c.worker_of[shift] for _cost, shift in self._c.able[node])
        return self._sets[workers]

    def of_shift(self, shift: int) -> set[int]:
        worker = self._c.worker_of[shift]
        return {self.own(shift)} | {
            number for workers, number in self._sets.items() if worker in workers
        }
