"""Reads home-care instances (one JSON each) into our model, plans them, and counts their own objective on our plans.

The instances ask for a third of: the distance, all minutes after the end of the patients' windows, and the greatest
single lateness (their README's example: a distance of 334 and nobody late costs 111.33). A carer has services, an
ability each; a patient needs one of them, or two by two carers: at once, or the second from ``least`` to ``most``
minutes after the first. Distances are minutes.

Our model has no price for minutes of lateness and no visits that follow one another, so it is converted:

* A service is a skill. Two carers at once are one visit of two with different skills, which our model has.
* Two carers one after the other are two visits with windows that no choice within can break: the second's begins
  ``least`` after the first's has ended and ends ``most`` after the first's has begun, so the first's may be ``most``
  less ``least`` wide. Where it lies is chosen again around the times of the plan before.
* Windows are hard here and are made longer by an allowed lateness of each patient. It grows until
  everybody has a place, and then moves about what each patient needed in the best plan so far.

Every plan is checked twice: by our checker, and against the instance as it stands in the file. What our model cannot
express makes our cost higher than it could be, never lower. Times are tenths of minutes inside.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from kasane_outreach.domain.plan_check import check_plan
from kasane_outreach.domain.planning import (
    PlanProblem,
    PlanVisit,
    PlanWeights,
    PlanWorker,
    VisitPlan,
    VisitSlot,
    VisitWindow,
    WorkShift,
)
from kasane_outreach.repository.planning.portfolio import Portfolio

TENTHS, LEFT_OUT = 10, 1_000_000
NO_END = 20_000
ATTEMPTS, FIRST_ALLOWED, LATER = 24, 300, 1.5
STEPS = ((0.6, 1.0), (0.9, 2.0), (1.0, 0.5), (0.8, 4.0))
"""What of its lateness each patient is allowed in the next attempt, and how much of the mean everybody is."""
Figures = dict[str, float]


@dataclass(frozen=True)
class Patient:
    """One patient; ``apart`` is None for one carer or two at once, else how long after the first the second begins."""

    name: str
    place: int
    early: int
    late: int
    minutes: int
    services: tuple[str, ...]
    apart: tuple[int, int] | None


@dataclass(frozen=True)
class Instance:
    """One instance in whole tenths; place 0 is where everybody begins and ends."""

    name: str
    carers: Mapping[str, frozenset[str]]
    patients: tuple[Patient, ...]
    table: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Cost:
    """What the instance counts, in minutes; ``breaches`` of the instance itself."""

    travel: float
    late: float
    latest: float
    breaches: int

    @property
    def total(self) -> float:
        """The objective of the instance."""
        return (self.travel + self.late + self.latest) / 3


def read(path: Path) -> Instance:
    """The instance of a file."""
    facts = json.loads(path.read_text())
    usual = {one["id"]: one["default_duration"] for one in facts["services"]}
    patients = []
    for number, one in enumerate(facts["patients"], start=1):
        needed = one["required_caregivers"]
        lengths = {need.get("duration", usual[need["service"]]) for need in needed}
        (length,) = lengths
        how = one.get("synchronization") or {}
        apart = how["distance"] if how.get("type") == "sequential" else None
        patients.append(
            Patient(
                one["id"],
                number,
                *(round(TENTHS * edge) for edge in one["time_window"]),
                round(TENTHS * length),
                tuple(need["service"] for need in needed),
                (TENTHS * apart[0], TENTHS * apart[1]) if apart else None,
            )
        )
    return Instance(
        path.stem,
        {one["id"]: frozenset(one["abilities"]) for one in facts["caregivers"]},
        tuple(patients),
        # Rounded up, so that nobody is anywhere earlier than the instance allows.
        [[-int(-TENTHS * way // 1) for way in row] for row in facts["distances"]],
    )


def as_problem(
    instance: Instance, allowed: Mapping[str, int], begun: Mapping[str, int]
) -> PlanProblem:
    """The instance in our model; ``begun`` is when a first of two visits began in the plan before."""
    visits: list[PlanVisit] = []
    for one in instance.patients:
        ends = one.late + allowed[one.name]
        if one.apart is None:
            visits.append(_visit(one, one.name, one.services, one.early, ends))
            continue
        least, most = one.apart
        width = min(most - least, ends - one.early)
        begin = begun.get(one.name, one.early + width // 2) - width // 2
        begin = max(one.early, min(begin, ends - least - width))
        first_ends = min(begin + width, ends)
        visits.append(_visit(one, f"{one.name}/1", one.services[:1], begin, first_ends))
        second = (max(one.early, first_ends + least), min(begin + most, max(ends, begin + least)))
        visits.append(_visit(one, f"{one.name}/2", one.services[1:], second[0], max(second)))
    return PlanProblem(
        days=(date(2026, 11, 30),),
        workers=tuple(PlanWorker(name, skills=some) for name, some in instance.carers.items()),
        shifts=tuple(WorkShift(name, 0, 0, NO_END, 0, 0) for name in instance.carers),
        visits=tuple(visits),
        travel={"car": instance.table},
        weights=PlanWeights(fairness=0),
    )


def _visit(one: Patient, name: str, services: Sequence[str], early: int, late: int) -> PlanVisit:
    both = len(services) > 1
    return PlanVisit(
        name,
        one.place,
        one.minutes,
        (VisitWindow(0, early, late + one.minutes),),
        hands=len(services),
        skills=frozenset(services[:1]),
        second_skills=frozenset(services[1:]) if both else None,
        penalty=LEFT_OUT,
    )


def cost_of(instance: Instance, plan: VisitPlan) -> Cost:
    """The instance's own objective and its own rules, from the slots alone."""
    by_visit = plan.by_visit()
    breaches, lateness = 0, []
    for one in instance.patients:
        if one.apart is None:
            slots = by_visit.get(one.name, ())
        else:
            slots = (*by_visit.get(f"{one.name}/1", ()), *by_visit.get(f"{one.name}/2", ()))
        known = [instance.carers[slot.worker] for slot in slots]
        orders = [known] if one.apart or len(known) < 2 else [known, known[::-1]]
        able = any(
            len(order) == len(one.services)
            and all(need in has for need, has in zip(one.services, order, strict=True))
            for order in orders
        )
        breaches += not able or len({slot.worker for slot in slots}) != len(one.services)
        breaches += any(slot.starts < one.early or slot.minutes != one.minutes for slot in slots)
        lateness += [max(0, slot.starts - one.late) for slot in slots]
        if len(slots) > 1:
            between = slots[1].starts - slots[0].starts
            least, most = one.apart or (0, 0)
            breaches += not least <= between <= most
    travel = 0
    places = {one.name: one.place for one in instance.patients}
    for carer in instance.carers:
        here, free = 0, 0
        mine = sorted((one for one in plan.slots if one.worker == carer), key=_begin)
        for slot in mine:
            there = places[slot.visit.partition("/")[0]]
            breaches += slot.starts < free + instance.table[here][there]
            travel += instance.table[here][there]
            here, free = there, slot.ends
        travel += instance.table[here][0]
    late = sum(lateness) / TENTHS
    return Cost(travel / TENTHS, late, max(lateness, default=0) / TENTHS, breaches)


def _begin(slot: VisitSlot) -> int:
    return slot.starts


def kasane(instance: Instance, seconds: float) -> dict[str, Any]:
    """Our best plan by the instance's objective after so many CPU seconds, all attempts together."""
    begin, chance = time.process_time(), Random(1)
    begun: dict[str, int] = {}
    best: Cost | None = None
    best_begun: dict[str, int] = {}
    needed: dict[str, int] = {}
    allowed = {one.name: FIRST_ALLOWED for one in instance.patients}
    violations, tried = 0, 0
    while (left := seconds - (time.process_time() - begin)) > 0:
        problem = as_problem(instance, allowed, begun)
        plan = Portfolio(problem, clock=time.process_time).solve(min(seconds / ATTEMPTS, left))
        tried += 1
        cost = cost_of(instance, plan)
        violations += len(check_plan(problem, plan))
        if plan.left_out:
            # Who found no place is asked for at another time, and everybody is allowed to be later.
            begun = _begun(instance, plan, allowed, chance)
            allowed = {name: round(one * LATER) + TENTHS for name, one in allowed.items()}
            continue
        violations += cost.breaches
        if best is None or cost.total < best.total:
            best, best_begun = cost, _begun(instance, plan, allowed, chance)
            needed = _lateness(instance, plan)
        begun = dict(best_begun)
        # Who was late may be a little less late; everybody else a little, so that others can move.
        step, spare = STEPS[tried % len(STEPS)]
        ease = round(spare * TENTHS * best.late / max(1, len(needed)))
        allowed = {name: max(round(step * late), ease) for name, late in needed.items()}
    return {"best": best, "violations": violations, "tried": tried}


def _lateness(instance: Instance, plan: VisitPlan) -> dict[str, int]:
    """How late the latest visit to each patient was."""
    placed = plan.by_visit()
    return {
        one.name: max(
            max(0, slot.starts - one.late)
            for name in (one.name, f"{one.name}/1", f"{one.name}/2")
            for slot in placed.get(name, ())
        )
        for one in instance.patients
    }


def _begun(
    instance: Instance, plan: VisitPlan, allowed: Mapping[str, int], chance: Random
) -> dict[str, int]:
    """When the first of two visits began; by chance where one of the two found no place."""
    placed = plan.by_visit()
    found = {}
    for one in instance.patients:
        if one.apart is None:
            continue
        if f"{one.name}/1" in placed and f"{one.name}/2" in placed:
            found[one.name] = placed[f"{one.name}/1"][0].starts
        else:
            found[one.name] = chance.randint(one.early, one.late + allowed[one.name])
    return found
