"""Measures the planning of visits beside PyVRP, VROOM and OR-Tools, called directly in the same run.

    python services/outreach/benchmarks/scheduling.py [--quick | --full]

Every run is one process of one thread, ``--jobs`` of them at once. Budgets are CPU seconds, so that a busy machine
changes nothing; VROOM, which counts seconds of the wall, runs again with a longer limit until it had its CPU seconds
or ended by itself. The last line is JSON.
"""

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import home_care
import vrptw
import weeks

HUNDRED = 101
SOLOMON = ["C101", "C201", "R101", "R107", "R201", "RC101", "RC105", "RC201"]
USUAL = {
    "names": SOLOMON,
    "seconds": [5, 20],
    "sizes": [200, 500, 1000, 2000],
    "week_seconds": [10],
    "carers": ["InstanzCPLEX_HCSRP_10_1", "InstanzCPLEX_HCSRP_25_1", "InstanzCPLEX_HCSRP_50_1"],
}
QUICK = {
    "names": ["R101", "RC201"],
    "seconds": [3],
    "sizes": [60],
    "week_seconds": [3],
    "carers": ["InstanzCPLEX_HCSRP_10_1"],
}
FULL = {
    "names": None,
    "seconds": [5, 20],
    "sizes": [200, 500, 1000, 2000],
    "week_seconds": [10, 60],
    "carers": None,
}
LONG_SIZES, LONG_SECONDS = (200, 500), 60
"""What is planned for longer, too, when not everything is."""
Key = tuple[Any, ...]


@dataclass(frozen=True)
class _Run:
    """What one process is to do, and what it was found to take: seconds of the CPU, MB at its peak."""

    key: Key
    work: Callable[..., Any]
    arguments: tuple[object, ...]


@dataclass(frozen=True)
class _Measured:
    answer: Any
    cpu: float
    peak: float


def _measured(run: _Run) -> _Measured:
    begin = time.process_time()
    answer = run.work(*run.arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return _Measured(answer, time.process_time() - begin, peak)


def _all(
    runs: Sequence[_Run], jobs: int, tell: Callable[[Key, _Measured], None]
) -> dict[Key, _Measured]:
    found = {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn, max_tasks_per_child=1) as pool:
        waiting = {pool.submit(_measured, run): run.key for run in runs}
        for one in as_completed(waiting):
            key, measured = waiting[one], one.result()
            found[key] = measured
            tell(key, measured)
    return found


def _routing(
    folder: Path, names: Iterable[str], budgets: list[int], rivals: list[str], jobs: int
) -> dict[str, Any]:
    instances = {name: vrptw.read(folder / f"{name}.vrp") for name in names}
    runs = [
        _Run((name, seconds, planner), getattr(vrptw, planner), (instance, seconds))
        for name, instance in instances.items()
        for seconds in budgets
        for planner in ("kasane", *rivals)
    ]

    def tell(key: Key, measured: _Measured) -> None:
        name, seconds, planner = key
        cost = measured.answer[0]
        best = instances[name].best_known
        found = (
            "no plan"
            if cost is None
            else f"{cost / 10:9.1f} gap {100 * (cost - best) / best:6.2f} %"
        )
        _write(f"{name:10} {seconds:3} s {planner:9} {found} ({measured.cpu:.1f} CPU s)")

    found = _all(runs, jobs, tell)
    gaps: dict[tuple[str, int], list[float]] = {}
    hundred: dict[tuple[str, int], list[float]] = {}
    for (name, seconds, planner), measured in found.items():
        best, cost = instances[name].best_known, measured.answer[0]
        if cost is not None:
            gap = 100 * (cost - best) / best
            gaps.setdefault((planner, seconds), []).append(gap)
            if len(instances[name].places) == HUNDRED:
                hundred.setdefault((planner, seconds), []).append(gap)
    for (planner, seconds), some in sorted(gaps.items()):
        _write(f"mean gap {planner:9} {seconds:3} s: {statistics.fmean(some):.2f} % of {len(some)}")
    longest = max(budgets)
    figures = {
        f"mean_gap_pct_100_{seconds}s": _mean(hundred.get(("kasane", seconds)))
        for seconds in budgets
    }
    return figures | {
        "instances_100": len(hundred.get(("kasane", longest), [])),
        "mean_gap_pct_100": _mean(hundred.get(("kasane", longest))),
        "mean_gap_pct_pyvrp": _mean(hundred.get(("pyvrp", longest))),
        "mean_gap_pct_vroom": _mean(hundred.get(("vroom", longest))),
        "mean_gap_pct_or_tools": _mean(hundred.get(("or_tools", longest))),
        "hard_violations": sum(one.answer[1] for one in found.values()),
    }


def _weeks(
    sizes: list[int], budgets: list[int], seeds: int, jobs: int, everything: bool
) -> dict[str, Any]:
    runs = []
    for size in sizes:
        for seed in range(1, seeds + 1):
            longer = (
                [LONG_SECONDS] if not everything and size in LONG_SIZES and size in sizes else []
            )
            for seconds in sorted({*budgets, *(longer if 10 in budgets else [])}):
                for planner in ("kasane", "vroom", "pyvrp"):
                    key = (size, seed, seconds, planner)
                    runs.append(_Run(key, getattr(weeks, planner), (size, seed, seconds)))
                key = (size, seed, seconds, "whole")
                runs.append(_Run(key, weeks.whole, (size, seed, seconds)))
            key = (size, seed, min(budgets), "repair")
            runs.append(_Run(key, weeks.repair, (size, seed, min(budgets))))

    def tell(key: Key, measured: _Measured) -> None:
        size, seed, seconds, planner = key
        title = f"{size:5} visits, seed {seed}, {seconds:3} s, {planner:7}"
        if planner == "repair":
            answer = measured.answer
            _write(
                f"{title}: one cancelled, {answer['moved_share']:.1%} of the others moved in {answer['seconds']:.2f}"
                f" CPU s; three free times in {answer['free_slots_s']:.2f} CPU s"
            )
        else:
            _say(title, measured.answer, measured.peak)

    found = _all(runs, jobs, tell)
    ratios: dict[Key, float] = {}
    for (size, seed, seconds, planner), measured in found.items():
        if planner == "kasane":
            rivals = [
                found[size, seed, seconds, rival].answer["cost"] for rival in ("vroom", "pyvrp")
            ]
            ratios[size, seed, seconds] = measured.answer["cost"] / min(rivals)
    for (size, seed, seconds), ratio in sorted(ratios.items()):
        _write(
            f"{size:5} visits, seed {seed}, {seconds:3} s: {ratio:.3f} of the better single planner"
        )
    mended = [one.answer for key, one in found.items() if key[3] == "repair"]
    firsts = {key[0]: one.answer["first"] for key, one in found.items() if key[3] == "whole"}
    peaks = {key[0]: round(one.peak) for key, one in found.items() if key[3] == "whole"}
    return {
        "week_ratio_best_single": _mean(list(ratios.values())),
        "week_ratio_worst": round(max(ratios.values()), 4),
        "week_ratios": {
            "/".join(map(str, key)): round(one, 4) for key, one in sorted(ratios.items())
        },
        "first_plan_s": {size: round(firsts[size], 2) for size in sorted(firsts)},
        "peak_mb": {size: peaks[size] for size in sorted(peaks)},
        "repair_moved_share": max(one["moved_share"] for one in mended),
        "repair_seconds": round(max(one["seconds"] for one in mended), 3),
        "free_slots_s": round(max(one["free_slots_s"] for one in mended), 3),
        "week_violations": sum(
            int(one.answer["breaches"])
            for key, one in found.items()
            if key[3] in ("kasane", "whole", "repair")
        ),
    }


def _carers(folder: Path, names: Iterable[str], seconds: int, jobs: int) -> dict[str, Any]:
    """The home-care instances: the instance's own objective on our plans; nobody's cost lies beside them."""
    instances = {name: home_care.read(folder / f"{name}.json") for name in names}
    runs = [
        _Run((name,), home_care.kasane, (instance, seconds)) for name, instance in instances.items()
    ]

    def tell(key: Key, measured: _Measured) -> None:
        best = measured.answer["best"]
        found = (
            f"{best.total:.1f} (distance {best.travel:.1f}, late {best.late:.1f}, latest {best.latest:.1f})"
            if best
            else "no whole plan"
        )
        _write(
            f"{key[0]} {seconds} s: {found}, {measured.answer['tried']} attempts, {measured.cpu:.1f} CPU s"
        )

    found = _all(runs, jobs, tell)
    answers = {key[0]: one.answer for key, one in sorted(found.items())}
    return {
        "home_care_costs": {
            name: round(one["best"].total, 2) if one["best"] else None
            for name, one in answers.items()
        },
        "carers_violations": sum(one["violations"] for one in answers.values()),
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
    parser.add_argument("--quick", action="store_true", help="two instances and one small week")
    parser.add_argument(
        "--full", action="store_true", help="all instances, all weeks for 10 and 60 s"
    )
    parser.add_argument("--instances", type=Path, default=Path("../shared/data/routing/vrptw"))
    parser.add_argument("--home-care", type=Path, default=Path("../shared/data/routing/home-care"))
    parser.add_argument("--carers", nargs="*", default=None, help="home-care instances")
    parser.add_argument("--carer-seconds", type=int, default=20)
    parser.add_argument(
        "--names", nargs="*", default=None, help="instances; all of the folder with --full"
    )
    parser.add_argument("--seconds", nargs="*", type=int, default=None)
    parser.add_argument("--rivals", nargs="*", default=["pyvrp", "vroom", "or_tools"])
    parser.add_argument("--sizes", nargs="*", type=int, default=None)
    parser.add_argument("--week-seconds", nargs="*", type=int, default=None)
    parser.add_argument("--seeds", type=int, default=1, help="generated weeks of each size")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    options = parser.parse_args()
    chosen: dict[str, Any] = QUICK if options.quick else FULL if options.full else USUAL
    asked = {
        name: default if getattr(options, name) is None else getattr(options, name)
        for name, default in chosen.items()
    }
    if asked["names"] is None:
        asked["names"] = sorted(path.stem for path in options.instances.glob("*.vrp"))
    if asked["carers"] is None:
        asked["carers"] = sorted(path.stem for path in options.home_care.glob("*.json"))
    figures: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    if asked["names"] and asked["seconds"]:
        figures |= _routing(
            options.instances, asked["names"], asked["seconds"], options.rivals, options.jobs
        )
    if asked["carers"]:
        found = _carers(options.home_care, asked["carers"], options.carer_seconds, options.jobs)
        broken = found.pop("carers_violations")
        figures |= found | {"hard_violations": figures.get("hard_violations", 0) + broken}
    if asked["sizes"] and asked["week_seconds"]:
        everything = options.full or options.week_seconds is not None
        found = _weeks(
            asked["sizes"], asked["week_seconds"], options.seeds, options.jobs, everything
        )
        broken = found.pop("week_violations")
        figures |= found | {"hard_violations": figures.get("hard_violations", 0) + broken}
    figures["load_after"] = round(os.getloadavg()[0], 1)
    _write(json.dumps(figures))


if __name__ == "__main__":
    main()
