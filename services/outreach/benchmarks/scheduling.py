"""Measures the planning of visits beside PyVRP, VROOM and OR-Tools, called directly in the same run.

    python services/outreach/benchmarks/scheduling.py --instances ../shared/data/routing/vrptw

Every run is one process of one thread; budgets are CPU seconds, for VROOM seconds of the wall. The last line is JSON.
"""

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import vrptw
import weeks

HUNDRED = 101
Answer = Any


def _alone(work: Callable[..., Answer], *arguments: object) -> tuple[Answer, float, float]:
    """The answer of a process of its own, its CPU seconds and its peak memory in MB."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, work, arguments).result()


def _measured(
    work: Callable[..., Answer], arguments: tuple[object, ...]
) -> tuple[Answer, float, float]:
    begin = time.process_time()
    answer = work(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return answer, time.process_time() - begin, peak


def _routing(
    folder: Path, names: list[str], budgets: list[int], rivals: list[str]
) -> dict[str, Any]:
    gaps: dict[tuple[str, int], list[float]] = {}
    hundred: dict[tuple[str, int], list[float]] = {}
    violations = 0
    for name in names:
        instance = vrptw.read(folder / f"{name}.vrp")
        for seconds in budgets:
            for planner in ["kasane", *rivals]:
                answer, cpu, _peak = _alone(getattr(vrptw, planner), instance, seconds)
                cost = answer
                if planner == "kasane":
                    cost, broken = answer
                    violations += broken
                if cost is None:
                    _write(f"{name:10} {seconds:3} s {planner:9} no plan ({cpu:.1f} CPU s)")
                    continue
                gap = 100 * (cost - instance.best_known) / instance.best_known
                gaps.setdefault((planner, seconds), []).append(gap)
                if len(instance.places) == HUNDRED:
                    hundred.setdefault((planner, seconds), []).append(gap)
                _write(
                    f"{name:10} {seconds:3} s {planner:9} {cost / 10:9.1f} gap {gap:6.2f} %"
                    f" ({cpu:.1f} CPU s)"
                )
    for (planner, seconds), found in sorted(gaps.items()):
        _write(
            f"mean gap {planner:9} {seconds:3} s: {statistics.fmean(found):.2f} % of {len(found)}"
        )
    longest = max(budgets)
    return {
        "mean_gap_pct_100": _mean(hundred.get(("kasane", longest))),
        "mean_gap_pct_pyvrp": _mean(hundred.get(("pyvrp", longest))),
        "hard_violations": violations,
    }


def _weeks(sizes: list[int], budgets: list[int], seeds: int) -> dict[str, Any]:
    ratios, broken, moved, mending = [], 0.0, [], []
    for size in sizes:
        for seed in range(1, seeds + 1):
            part, whole = weeks.week(size, seed, whole=False), weeks.week(size, seed, whole=True)
            for seconds in budgets:
                costs = {}
                for planner in ("kasane", "vroom", "pyvrp"):
                    found, _cpu, peak = _alone(getattr(weeks, planner), part, seconds)
                    costs[planner] = found["cost"]
                    broken += found["breaches"] if planner == "kasane" else 0
                    _say(f"{size:5} visits, seed {seed}, {seconds:3} s, {planner:7}", found, peak)
                single = min(costs["vroom"], costs["pyvrp"])
                ratios.append(costs["kasane"] / single)
                found, _cpu, peak = _alone(weeks.kasane, whole, seconds)
                broken += found["breaches"]
                _say(
                    f"{size:5} visits, seed {seed}, {seconds:3} s, kasane, whole model", found, peak
                )
            found, _cpu, _peak = _alone(weeks.repair, whole, min(budgets))
            broken += found["breaches"]
            moved.append(found["moved_share"])
            mending.append(found["seconds"])
            _write(
                f"{size:5} visits, seed {seed}: one cancelled, {found['moved_share']:.1%} of the others moved,"
                f" {found['seconds']:.2f} s"
            )
    return {
        "week_ratio_best_single": _mean(ratios),
        "repair_moved_share": max(moved, default=None),
        "repair_seconds": max(mending, default=None),
        "week_violations": broken,
    }


def _say(title: str, found: dict[str, float], peak: float) -> None:
    first = f", first plan after {found['first']:.2f} s" if "first" in found else ""
    _write(
        f"{title}: cost {found['cost']:,.0f}, travel {found['travel']:,.0f}, left out"
        f" {found['unplaced']:.0f}, breaches {found['breaches']:.0f}{first}, {found['cpu']:.0f} CPU s,"
        f" {peak:,.0f} MB"
    )


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _mean(values: list[float] | None) -> float | None:
    return round(statistics.fmean(values), 4) if values else None


def main() -> None:
    """Reads what is asked for, measures it, and prints one JSON object last."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--instances", type=Path, default=Path("../shared/data/routing/vrptw"))
    parser.add_argument("--names", nargs="*", default=None, help="instances; all of the folder")
    parser.add_argument("--seconds", nargs="*", type=int, default=[5, 20])
    parser.add_argument("--rivals", nargs="*", default=["pyvrp", "vroom", "or_tools"])
    parser.add_argument("--sizes", nargs="*", type=int, default=[200, 500, 1000, 2000])
    parser.add_argument("--week-seconds", nargs="*", type=int, default=[10, 60])
    parser.add_argument("--seeds", type=int, default=1, help="generated weeks of each size")
    options = parser.parse_args()
    names = options.names
    if names is None:
        names = sorted(path.stem for path in options.instances.glob("*.vrp"))
    figures: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    if names and options.seconds:
        figures |= _routing(options.instances, names, options.seconds, options.rivals)
    if options.sizes and options.week_seconds:
        found = _weeks(options.sizes, options.week_seconds, options.seeds)
        figures["hard_violations"] = figures.get("hard_violations", 0) + found.pop(
            "week_violations"
        )
        figures |= found
    figures["load_after"] = round(os.getloadavg()[0], 1)
    _write(json.dumps(figures))


if __name__ == "__main__":
    main()
