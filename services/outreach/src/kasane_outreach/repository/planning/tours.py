"""The tours of all shifts while a plan is being searched: put in, take out, what it costs, what fits.

A tour is feasible at every moment. For each place in it the tour knows when the worker is free before and how late
the next one may begin, so that one more visit is judged without walking the whole day.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from kasane_outreach.domain.planning import PauseSlot, VisitPlan, VisitSlot
from kasane_outreach.repository.planning.compiled import NOWHERE, CompiledProblem

NEVER, EASY_MINUTES = 10**9, 5
"""A start on a multiple of so many minutes is one that people can remember."""


@dataclass(frozen=True)
class Opening:
    """Where a visit fits into a tour: at which place, the added cost, the first and the last start."""

    cost: float
    shift: int
    place: int
    first: int
    last: int


@dataclass
class Tour:
    """The nodes of one shift in order, with what follows from them."""

    nodes: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    free: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    way: int = 0
    count: int = 0


@dataclass(frozen=True)
class KeptTours:
    """A whole state of the search, to come back to."""

    tours: list[Tour]
    where: list[tuple[int, ...]]
    pin: dict[int, int]
    load: list[int]


class Tours:
    """A plan that is being searched. ``pin`` holds the starts of two-person and of given visits."""

    def __init__(self, compiled: CompiledProblem) -> None:
        self.c = compiled
        self.pin: dict[int, int] = {}
        self.where: list[tuple[int, ...]] = [() for _ in range(compiled.visits)]
        self.given = [{one.node for one in fixed} for fixed in compiled.fixed]
        self.given_counts = [
            sum(compiled.counts[one.node] for one in fixed) for fixed in compiled.fixed
        ]
        self.load = [0] * len(compiled.hours)
        self.closed: set[int] = set()
        self.tours = [self._first(number) for number in range(compiled.shifts)]

    def _first(self, shift: int) -> Tour:
        fixed = sorted(self.c.fixed[shift], key=lambda one: (one.starts, self.c.minutes[one.node]))
        for one in fixed:
            self.pin[one.node] = one.starts
            if one.node < self.c.visits:
                self.where[one.node] = (*self.where[one.node], shift)
                self.load[self.c.worker_of[shift]] += self.c.minutes[one.node]
        nodes = [one.node for one in fixed]
        for pause in self.c.pauses[shift]:
            tries = ([*nodes[:at], pause, *nodes[at:]] for at in range(len(nodes) + 1))
            longer = next((one for one in tries if self._walk(shift, one) is not None), None)
            if longer is None:
                self.closed.add(shift)
                break
            nodes = longer
        tour = self._walk(shift, nodes)
        if tour is None:
            self.closed.add(shift)
            return Tour(nodes=[], way=0)
        return tour

    def _walk(self, shift: int, nodes: list[int]) -> Tour | None:
        """The tour of these nodes with earliest starts, or None when it cannot be made."""
        c = self.c
        given, table = self.given[shift], c.table[shift]
        bounds = c.problem.shifts[shift]
        day = bounds.day
        time, here, way, count = bounds.starts, bounds.start_place, 0, 0
        tour, before_given = Tour(nodes=nodes), True
        for node in nodes:
            place = c.place[node]
            if node in c.pause_times:
                early, latest = c.pause_times[node]
                start = time if time > early else early
                if start > latest:
                    return None
                is_given = False
            else:
                step = 0 if place == NOWHERE else table[here][place]
                arrival, is_given = time + step, node in given
                way += step
                if node in self.pin:
                    start = self.pin[node]
                    if arrival > start and not (is_given and before_given):
                        return None
                else:
                    start = _start(arrival, c.windows[node].get(day, ()))
                    if start < 0:
                        return None
                if place != NOWHERE:
                    here = place
                count += c.counts[node]
            end = start + c.minutes[node]
            if end > bounds.ends and not is_given:
                return None
            time = end if end > time else time
            tour.starts.append(start)
            tour.free.append(time)
            tour.at.append(here)
            before_given = is_given
        home = table[here][bounds.end_place]
        if bounds.most_visits and count > max(bounds.most_visits, self.given_counts[shift]):
            return None
        if nodes and not before_given and time + home > bounds.ends:
            return None
        tour.way = way + (home if count else 0)
        tour.count = count
        self._look_back(shift, tour, bounds.ends, bounds.end_place)
        return tour

    def _look_back(self, shift: int, tour: Tour, ends: int, end_place: int) -> None:
        c, table = self.c, self.c.table[shift]
        day = c.day_of[shift]
        late = [0] * len(tour.nodes)
        bound, there = ends, end_place
        pending: list[int] = []
        for number in range(len(tour.nodes) - 1, -1, -1):
            node = tour.nodes[number]
            if node in c.pause_times:
                pending.append(number)
                continue
            place = tour.at[number]
            limit = bound - table[place][there]
            for pause in pending:
                limit = min(
                    limit - c.minutes[tour.nodes[pause]], c.pause_times[tour.nodes[pause]][1]
                )
                late[pause] = limit
            pending = []
            if node in self.pin:
                late[number] = self.pin[node]
            else:
                late[number] = _latest(limit - c.minutes[node], c.windows[node].get(day, ()))
            bound, there = late[number], c.place[node] if c.place[node] != NOWHERE else place
        tour.late = late

    def openings(self, node: int, shift: int, base: float, below: float) -> Iterable[Opening]:
        """Where the visit fits into the shift for less than ``below``, beginning with ``base``."""
        c, tour = self.c, self.tours[shift]
        bounds = c.problem.shifts[shift]
        if shift in self.closed or (
            bounds.most_visits and tour.count + c.counts[node] > bounds.most_visits
        ):
            return
        spans = c.windows[node].get(bounds.day, ())
        if not spans:
            return
        cost = base + self.unfair(shift, c.minutes[node])
        if cost >= below:
            return
        weight = c.problem.weights.travel
        table, place, minutes = c.table[shift], c.place[node], c.minutes[node]
        from_here = table[place]
        nodes, at, late, free = tour.nodes, tour.at, tour.late, tour.free
        size, last_start = len(nodes), spans[-1][1]
        empty = tour.count == 0
        for spot in range(size + 1):
            time = free[spot - 1] if spot else bounds.starts
            if time > last_start:
                break
            here = at[spot - 1] if spot else bounds.start_place
            step = table[here][place]
            first = _start(time + step, spans)
            if first < 0:
                continue
            # The next stop with a place, behind breaks.
            after = spot
            while after < size and c.place[nodes[after]] == NOWHERE:
                after += 1
            if after < size:
                there, bound = c.place[nodes[after]], late[after]
            else:
                there, bound = bounds.end_place, bounds.ends
            old = 0 if empty else table[here][there]
            added = cost + weight * (step + from_here[there] - old)
            if added >= below:
                continue
            limit = bound - from_here[there]
            for number in range(after - 1, spot - 1, -1):
                other = nodes[number]
                if other in c.pause_times:
                    limit = min(limit - c.minutes[other], c.pause_times[other][1])
                    if limit < c.pause_times[other][0]:
                        limit = -NEVER
                else:
                    fits = limit >= self.pin[other] + c.minutes[other]
                    limit = self.pin[other] if fits else -NEVER
            last = _latest(limit - minutes, spans)
            if first <= last:
                yield Opening(added, shift, spot, first, last)

    def unfair(self, shift: int, minutes: int) -> float:
        """What this much more (or, below zero, less) work for the worker of the shift counts."""
        worker = self.c.worker_of[shift]
        load, weight = self.load[worker], self.c.problem.weights.fairness
        return weight * ((load + minutes) ** 2 - load**2) / self.c.hours[worker] if weight else 0.0

    def best_for(
        self,
        node: int,
        skip: Callable[[], bool],
        below: float,
        shifts: Sequence[tuple[float, int]] | None = None,
    ) -> tuple[Opening, ...]:
        """The cheapest way to put in an absent visit, none when there is none below that cost.

        ``shifts`` with their base costs, cheapest first, narrow where a visit for one worker is tried.
        """
        if self.c.hands[node] > 1:
            return self._best_pair(node, below)
        best: Opening | None = None
        for base, shift in self.c.able[node] if shifts is None else shifts:
            if base >= below:
                break
            for opening in self.openings(node, shift, base, below):
                if opening.cost < below and not skip():
                    best, below = opening, opening.cost
        return (best,) if best else ()

    def best_pairs(self, node: int, below: float) -> dict[int, tuple[Opening, ...]]:
        """For each day the cheapest two openings that let two workers start together."""
        found = {}
        for day in {self.c.day_of[shift] for _base, shift in self.c.able[node]}:
            pair = self._best_pair(node, below, day)
            if pair:
                found[day] = pair
        return found

    def _best_pair(
        self, node: int, below: float, only_day: int | None = None
    ) -> tuple[Opening, ...]:
        by_day: dict[int, list[Opening]] = {}
        for base, shift in self.c.able[node]:
            if only_day not in (None, self.c.day_of[shift]):
                continue
            by_day.setdefault(self.c.day_of[shift], []).extend(
                self.openings(node, shift, base, below)
            )
        best: tuple[Opening, ...] = ()
        for openings in by_day.values():
            openings.sort(key=lambda one: one.cost)
            for number, one in enumerate(openings):
                if 2 * one.cost >= below:
                    break
                for other in openings[number + 1 :]:
                    if one.cost + other.cost >= below:
                        break
                    if other.shift == one.shift or not self.c.may_pair(
                        node, one.shift, other.shift
                    ):
                        continue
                    together = max(one.first, other.first)
                    spans = self.c.windows[node][self.c.day_of[one.shift]]
                    start = _start(together, spans)
                    if 0 <= start <= min(one.last, other.last):
                        best, below = (one, other), one.cost + other.cost
                        break
        return best

    def put(self, node: int, openings: tuple[Opening, ...]) -> bool:
        """Puts the visit in; False, and nothing changed, when it does not fit after all."""
        if len(openings) > 1:
            spans = self.c.windows[node][self.c.day_of[openings[0].shift]]
            first = _start(max(one.first for one in openings), spans)
            later = -(-first // EASY_MINUTES) * EASY_MINUTES
            easy = later <= min(one.last for one in openings) and _start(later, spans) == later
            self.pin[node] = later if easy else first
        done: list[tuple[int, Tour]] = []
        for one in openings:
            tour = self.tours[one.shift]
            longer = self._walk(
                one.shift, [*tour.nodes[: one.place], node, *tour.nodes[one.place :]]
            )
            if longer is None:
                for shift, before in done:
                    self.tours[shift] = before
                self.pin.pop(node, None)
                return False
            done.append((one.shift, tour))
            self.tours[one.shift] = longer
        self.where[node] = tuple(one.shift for one in openings)
        for one in openings:
            self.load[self.c.worker_of[one.shift]] += self.c.minutes[node]
        return True

    def take(self, node: int) -> bool:
        """Takes the visit out; False, and nothing changed, where roads make the rest impossible."""
        shorter: list[tuple[int, Tour]] = []
        for shift in self.where[node]:
            left = self._walk(shift, [one for one in self.tours[shift].nodes if one != node])
            if left is None:
                return False
            shorter.append((shift, left))
        for shift, tour in shorter:
            self.tours[shift] = tour
            self.load[self.c.worker_of[shift]] -= self.c.minutes[node]
        self.where[node] = ()
        self.pin.pop(node, None)
        return True

    def set_tour(self, shift: int, nodes: list[int]) -> bool:
        """Gives a shift these nodes when that can be made; the caller keeps ``where`` and ``load``."""
        tour = self._walk(shift, nodes)
        if tour is not None:
            self.tours[shift] = tour
        return tour is not None

    def set_with_breaks(self, shift: int, nodes: list[int]) -> bool:
        """The same with the breaks of the shift put between them, where there is time for all."""
        if not self.set_tour(shift, nodes):
            return False
        for pause in () if shift in self.closed else self.c.pauses[shift]:
            if not any(
                self.set_tour(shift, [*nodes[:at], pause, *nodes[at:]])
                for at in range(len(nodes) + 1)
            ):
                return False
            nodes = self.tours[shift].nodes
        return True

    def state(self) -> "KeptTours":
        """Everything that is where it is now; tours are replaced and never changed, so it is a few lists."""
        return KeptTours(list(self.tours), list(self.where), dict(self.pin), list(self.load))

    def _rounded(self, shift: int, tour: Tour) -> list[int]:
        """The starts, each moved to the next five minutes where that makes nothing later impossible."""
        c, table = self.c, self.c.table[shift]
        bounds = c.problem.shifts[shift]
        time, here, starts = bounds.starts, bounds.start_place, list[int]()
        for node, late in zip(tour.nodes, tour.late, strict=True):
            place = c.place[node]
            if node in c.pause_times:
                spans: tuple[tuple[int, int], ...] = (c.pause_times[node],)
                arrival = time
            else:
                spans = c.windows[node].get(bounds.day, ()) if node < c.visits else ()
                arrival = time + (0 if place == NOWHERE else table[here][place])
                here = here if place == NOWHERE else place
            if node in self.pin:
                start = self.pin[node]
            else:
                start = _start(arrival, spans)
                later = -(-start // EASY_MINUTES) * EASY_MINUTES
                start = later if later <= late and _start(later, spans) == later else start
            starts.append(start)
            time = max(time, start + c.minutes[node])
        return starts

    def copy(self) -> "Tours":
        """The same tours, which do not change when these do."""
        other = Tours(self.c)
        other.back_to(self.state())
        return other

    def back_to(self, state: "KeptTours") -> None:
        """Makes everything what it was."""
        self.tours, self.where = list(state.tours), list(state.where)
        self.pin, self.load = dict(state.pin), list(state.load)

    def cost(self) -> float:
        """The cost that the search looks at: ways, wishes, evenness, and what is left out."""
        c = self.c
        total = float(c.problem.weights.travel * sum(tour.way for tour in self.tours))
        for node, shifts in enumerate(self.where):
            total += sum(c.wishes[node].get(shift, 0.0) for shift in shifts)
            total += 0 if shifts else c.penalty[node]
        fair = c.problem.weights.fairness
        if fair:
            total += fair * sum(
                load**2 / hours for load, hours in zip(self.load, c.hours, strict=True) if hours
            )
        return total

    def plan(self, planner: str) -> VisitPlan:
        """What has been found so far, without naming what is left out."""
        c = self.c
        slots, pauses = [], []
        for shift, tour in enumerate(self.tours):
            bounds = c.problem.shifts[shift]
            for node, start in zip(tour.nodes, self._rounded(shift, tour), strict=True):
                if node < c.visits:
                    visit = c.problem.visits[node]
                    slots.append(
                        VisitSlot(visit.id, bounds.worker, bounds.day, start, visit.minutes)
                    )
                elif node in c.pause_times and tour.count:
                    pauses.append(PauseSlot(bounds.worker, bounds.day, start, c.minutes[node]))
        return VisitPlan(tuple(slots), tuple(pauses), (), planner)


def _start(arrival: int, spans: tuple[tuple[int, int], ...]) -> int:
    for early, latest in spans:
        if arrival <= latest:
            return arrival if arrival > early else early
    return -1


def _latest(limit: int, spans: tuple[tuple[int, int], ...]) -> int:
    for early, latest in reversed(spans):
        if limit >= early:
            return limit if limit < latest else latest
    return -NEVER
