"""Takes over what another planner found: its orders become tours, and what does not fit is inserted again."""

from collections.abc import Callable, Mapping, Sequence

from kasane_outreach.repository.planning.annealing import absent_of, first_order, insert_all
from kasane_outreach.repository.planning.tours import Tours

Orders = Mapping[int, Sequence[int]]
"""The nodes of shifts in order; breaks may be among them."""


def adopt(base: Tours, orders: Orders, stop: Callable[[], bool]) -> Tours:
    """New tours with these orders; two-person and given visits keep the starts they have in ``base``.

    A shift that is not named keeps its tour. Nothing is lost: what an order forgot is inserted again if it fits.
    """
    c = base.c
    tours = Tours(c)
    pairs = {node for node, shifts in enumerate(base.where) if shifts and c.hands[node] > 1}
    tours.pin.update({node: base.pin[node] for node in pairs})
    for shift in range(c.shifts):
        kept = _kept_nodes(base, shift, pairs)
        wanted = _with_kept(base, orders.get(shift, base.tours[shift].nodes), kept)
        if not tours.set_with_breaks(shift, wanted):
            tours.set_tour(shift, kept)
    _count(tours)
    for node in pairs:
        if len(tours.where[node]) != c.hands[node]:
            _drop(tours, node)
    insert_all(tours, first_order(c, absent_of(tours)), stop)
    return tours


def _kept_nodes(base: Tours, shift: int, pairs: set[int]) -> list[int]:
    c = base.c
    return [
        node
        for node in base.tours[shift].nodes
        if node in c.pause_times or node in base.given[shift] or node in pairs
    ]


def _with_kept(base: Tours, order: Sequence[int], kept: Sequence[int]) -> list[int]:
    """The order with every pinned node in the place of its time; breaks come later."""
    c = base.c
    nodes = [node for node in order if node not in c.pause_times]
    missing = [node for node in kept if node not in c.pause_times and node not in nodes]
    return [*nodes, *missing]


def _count(tours: Tours) -> None:
    c = tours.c
    where: list[list[int]] = [[] for _ in range(c.visits)]
    tours.load = [0] * len(c.hours)
    for shift, tour in enumerate(tours.tours):
        for node in tour.nodes:
            if node < c.visits:
                where[node].append(shift)
                tours.load[c.worker_of[shift]] += c.minutes[node]
    tours.where = [tuple(one) for one in where]


def _drop(tours: Tours, node: int) -> None:
    if not tours.where[node]:
        tours.pin.pop(node, None)
    else:
        tours.take(node)
