"""Lets PyVRP order the visits of a day around what is pinned; the strongest on pure routing.

A break stands as a stop at the place where it is now, a wish about workers as a longer way to the visit.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kasane_outreach.repository.planning.adopting import Orders
from kasane_outreach.repository.planning.compiled import NOWHERE, CompiledProblem
from kasane_outreach.repository.planning.tours import Tours

if TYPE_CHECKING:
    import pyvrp

SEED = 20230401
FORBIDDEN_WAY, FORBIDDEN_TIME = 10_000_000, 1_000_000
MOST_CELLS = 24_000_000
NO_LIMIT = 1_000_000


def available() -> bool:
    """Whether PyVRP is installed."""
    try:
        import pyvrp  # noqa: F401
    except ImportError:
        return False
    return True


@dataclass(frozen=True)
class _Client:
    node: int
    place: int
    minutes: int
    early: int
    late: int
    only: int | None
    required: bool
    counts: int


def search(
    base: Tours,
    days: Sequence[int],
    stop: Callable[[], bool],
    *,
    cold: bool = False,
    seed: int = SEED,
    tired: Callable[[int], bool] = lambda _best_cost: False,
) -> Orders:
    """The orders that PyVRP found for the shifts of these days, begun at the tours as they are unless ``cold``.

    It ends when ``stop`` says so, or ``tired``, which hears the best cost so far.

    Empty when it found nothing that can be made.
    """
    import numpy
    import pyvrp

    c = base.c
    shifts = [number for number in range(c.shifts) if c.day_of[number] in days]
    shifts = [shift for shift in shifts if shift not in base.closed]
    if len(days) > 1 or not shifts:
        return {}
    clients = _clients(base, shifts, days[0])
    if not any(client.only is None for client in clients):
        return {}
    ends = {(c.problem.shifts[one].start_place, c.problem.shifts[one].end_place) for one in shifts}
    depots = sorted({place for pair in ends for place in pair})
    places = [*depots, *(client.place for client in clients)]
    signatures = _signatures(c, shifts, clients)
    if len(set(signatures)) * len(places) ** 2 > MOST_CELLS:
        return {}
    numbers = {signature: number for number, signature in enumerate(dict.fromkeys(signatures))}
    ways, times = [], []
    chosen = numpy.array(places)
    for mode, costs in numbers:
        table = numpy.array(c.travel[mode], dtype=numpy.int64)[numpy.ix_(chosen, chosen)]
        way = table * c.problem.weights.travel
        for column, cost in enumerate(costs, start=len(depots)):
            if cost is None:
                way[:, column], table[:, column] = FORBIDDEN_WAY, FORBIDDEN_TIME
            else:
                way[:, column] += cost
        numpy.fill_diagonal(way, 0)
        numpy.fill_diagonal(table, 0)
        ways.append(way)
        times.append(table)
    types, members = _vehicle_types(c, shifts, depots, signatures, numbers, clients)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in places],
        clients=[
            pyvrp.Client(
                location=len(depots) + number,
                delivery=[client.counts],
                service_duration=client.minutes,
                tw_early=client.early,
                tw_late=client.late,
                required=client.required,
                prize=0 if client.required else c.penalty[client.node],
            )
            for number, client in enumerate(clients)
        ],
        depots=[pyvrp.Depot(location=number) for number in range(len(depots))],
        vehicle_types=types,
        distance_matrices=ways,
        duration_matrices=times,
    )
    initial = None if cold else _initial(base, data, clients, members)
    with warnings.catch_warnings():
        # A day that cannot take every pinned stop is no fault of the caller; it gives no orders.
        warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
        result = pyvrp.solve(
            data,
            _Stop(stop, tired),
            seed=seed,
            collect_stats=False,
            display=False,
            initial_solution=initial,
        )
    if not result.is_feasible():
        return {}
    return _orders(result.best, clients, members, shifts)


class _Stop:
    """PyVRP's criterion: ends when the caller says so."""

    def __init__(self, stop: Callable[[], bool], tired: Callable[[int], bool]) -> None:
        self._stop, self._tired = stop, tired

    def __call__(self, best_cost: int) -> bool:
        """Whether to end."""
        return self._stop() or self._tired(best_cost)


def _clients(base: Tours, shifts: Sequence[int], day: int) -> list[_Client]:
    c = base.c
    clients = []
    for shift in shifts:
        tour = base.tours[shift]
        for node, start, at in zip(tour.nodes, tour.starts, tour.at, strict=True):
            place = c.place[node] if c.place[node] != NOWHERE else at
            if node in c.pause_times:
                if tour.count:
                    early, late = c.pause_times[node]
                    clients.append(
                        _Client(node, place, c.minutes[node], early, late, shift, True, 0)
                    )
            elif node in base.pin:
                count = c.counts[node]
                clients.append(
                    _Client(node, place, c.minutes[node], start, start, shift, True, count)
                )
            else:
                spans = c.windows[node][day]
                early, late = next(span for span in spans if span[0] <= start <= span[1])
                count = c.counts[node]
                clients.append(
                    _Client(node, place, c.minutes[node], early, late, None, False, count)
                )
    for node, where in enumerate(base.where):
        spans = (
            () if where or c.hands[node] > 1 or not c.able[node] else c.windows[node].get(day, ())
        )
        if spans:
            early, late = max(spans, key=lambda span: span[1] - span[0])
            clients.append(
                _Client(
                    node, c.place[node], c.minutes[node], early, late, None, False, c.counts[node]
                )
            )
    return clients


Signature = tuple[str, tuple[int | None, ...]]


def _signatures(
    c: CompiledProblem, shifts: Sequence[int], clients: Sequence[_Client]
) -> list[Signature]:
    found = []
    for shift in shifts:
        costs: list[int | None] = []
        for client in clients:
            if client.only is not None:
                costs.append(0 if client.only == shift else None)
            else:
                cost = c.wishes[client.node].get(shift)
                costs.append(None if cost is None else round(cost))
        found.append((c.mode[shift], tuple(costs)))
    return found


def _vehicle_types(
    c: CompiledProblem,
    shifts: Sequence[int],
    depots: Sequence[int],
    signatures: Sequence[Signature],
    numbers: dict[Signature, int],
    clients: Sequence[_Client],
) -> "tuple[list[pyvrp.VehicleType], list[list[int]]]":
    """Shifts that are alike are one type, which saves the search from looking at each."""
    import pyvrp

    own = {client.only for client in clients}
    groups: dict[tuple[Any, ...], list[int]] = {}
    for shift, signature in zip(shifts, signatures, strict=True):
        bounds = c.problem.shifts[shift]
        alike = (bounds.starts, bounds.ends, bounds.start_place, bounds.end_place)
        key = (*alike, bounds.most_visits, numbers[signature], shift if shift in own else None)
        groups.setdefault(key, []).append(shift)
    types = []
    for (starts, ends, start, end, most, profile, _own), members in groups.items():
        types.append(
            pyvrp.VehicleType(
                num_available=len(members),
                capacity=[most or NO_LIMIT],
                start_depot=depots.index(start),
                end_depot=depots.index(end),
                tw_early=starts,
                tw_late=ends,
                profile=profile,
            )
        )
    return types, list(groups.values())


def _initial(
    base: Tours,
    data: "pyvrp.ProblemData",
    clients: Sequence[_Client],
    members: Sequence[Sequence[int]],
) -> "pyvrp.Solution":
    import pyvrp

    number_of = {(client.node, client.only): number for number, client in enumerate(clients)}
    routes = []
    for kind, shifts in enumerate(members):
        for shift in shifts:
            visits = [
                number_of[node, only]
                for node in base.tours[shift].nodes
                for only in (shift, None)
                if (node, only) in number_of
            ]
            if visits:
                routes.append(pyvrp.Route(data, visits, kind))
    return pyvrp.Solution(data, routes)


def _orders(
    best: "pyvrp.Solution",
    clients: Sequence[_Client],
    members: Sequence[Sequence[int]],
    shifts: Sequence[int],
) -> Orders:
    orders: dict[int, list[int]] = {shift: [] for shift in shifts}
    free = [list(group) for group in members]
    for route in best.routes():
        shift = free[route.vehicle_type()].pop(0)
        orders[shift] = [clients[step.idx].node for step in route.schedule() if step.is_client()]
    return orders
