"""Measures what asking a town's plugins costs, and how many towns one process serves: ``make bench-plugins``.

Times are CPU times of the thread, medians unless said otherwise; memory is the process's resident set. Every figure
stands beside a baseline of the same run; the last line is one JSON object.
"""

import argparse
import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, thread_time
from typing import Any

from flask import Flask, render_template_string

from kasane_kit.config import Settings
from kasane_kit.plugins import Hooks, PluginFailed, PluginHouse
from kasane_kit.tenancy import FileTownDirectory
from kasane_plugin_api import (
    CaseView,
    ConsentView,
    ConsultationView,
    PersonView,
    PlanView,
    ScreeningView,
    SheetView,
)
from tests.benchmarks.strangers import GOOD, STRANGERS, Honest, neighbours

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 2)
BEYOND = ConsultationView("desk", "tax", screening=ScreeningView(False, False))
CASE = CaseView("case-1", "in_support", support_decided=True)
TEN: Sequence[tuple[str, dict[str, Any]]] = (
    ("organization", {"on": TODAY}),
    ("roles", {"on": TODAY}),
    ("consultation_categories", {}),
    ("escalation", {"consultation": BEYOND}),
    ("handoff_policy", {"sheet": SheetView("tax", "welfare")}),
    ("consent_policy", {"purpose": "handoff"}),
    ("meeting_bodies", {"on": TODAY}),
    (
        "meeting_for",
        {"case": CASE, "consent": ConsentView(PersonView("p"), "given"), "urgent": False},
    ),
    ("plan_form", {"kind": "multi_agency"}),
    ("monitoring_interval", {"plan": PlanView("multi_agency")}),
)
PAGE = """<!doctype html><html lang="ja"><title>{{ title }}</title><main>
{% for name, answer in answers.items() %}<section><h2>{{ name }}</h2><ul>
{% for one in (answer if answer is sequence and answer is not string else [answer]) %}
<li>{{ one.label or one.reason or one.explanation or one }}</li>{% endfor %}</ul></section>{% endfor %}
</main></html>"""


def say(line: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def timed(work: Callable[[], object], repetitions: int) -> list[float]:
    """Microseconds of computing of each call."""
    times = []
    for _ in range(repetitions):
        began = thread_time()
        work()
        times.append((thread_time() - began) * 1e6)
    return times


def in_turns(works: Sequence[Callable[[], object]], repetitions: int) -> list[list[float]]:
    """Microseconds of each work, the works taking turns so that what disturbs one disturbs all."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repetitions):
        for work, found in zip(works, times, strict=True):
            found += timed(work, 1)
    return times


def share(values: list[float], part: float) -> float:
    """The smallest value that so many did not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def one_call(hooks: Hooks, repetitions: int) -> dict[str, Any]:
    """A hook through the town's manager beside its function called directly, and pluggy alone."""
    plugin: Any = hooks.manager.get_plugin("ikoma")
    caller = hooks.manager.hook.escalation
    direct, asked, bare = in_turns(
        [
            lambda: plugin.escalation(consultation=BEYOND),
            lambda: hooks.escalation(consultation=BEYOND),
            lambda: caller(consultation=BEYOND),
        ],
        repetitions,
    )
    return {
        "function_us": round(median(direct), 2),
        "hook_us": round(median(asked), 2),
        "pluggy_us": round(median(bare), 2),
        "ratio": round(median(asked) / median(direct), 2),
    }


def one_page(house: PluginHouse, repetitions: int) -> dict[str, Any]:
    """A page that asks ten hooks beside the same page with the answers at hand."""
    app = Flask(__name__)
    inlined: dict[str, Any] = {}

    def answers() -> dict[str, Any]:
        hooks = house.hooks_for(GOOD).remembering()
        return {name: getattr(hooks, name)(**arguments) for name, arguments in TEN}

    @app.get("/asking")
    def asking() -> str:
        return render_template_string(PAGE, title="問い", answers=answers())

    @app.get("/inlined")
    def at_hand() -> str:
        return render_template_string(PAGE, title="問い", answers=inlined)

    inlined.update(answers())
    client = app.test_client()
    if client.get("/asking").data != client.get("/inlined").data:
        raise RuntimeError("the two pages differ; nothing was measured")
    with_hooks, without = in_turns(
        [lambda: client.get("/asking"), lambda: client.get("/inlined")], repetitions
    )
    paid = median(with_hooks) - median(without)
    return {
        "asking_ms": round(median(with_hooks) / 1000, 3),
        "inlined_ms": round(median(without) / 1000, 3),
        "hooks_ms": round(paid / 1000, 3),
        "hooks_ms_p99": round((share(with_hooks, 0.99) - share(without, 0.99)) / 1000, 3),
        "ratio": round(median(with_hooks) / median(without), 3),
        "aim_ms": 1.0,
    }


def beside_strangers(pages: int) -> dict[str, Any]:
    """The ten answers of 生駒市 while its neighbours' plugins do wrong, beside honest neighbours."""
    bad, bad_codes = neighbours(STRANGERS)
    honest, honest_codes = neighbours((Honest,) * len(STRANGERS))
    works = []
    for house, codes in ((honest, honest_codes), (bad, bad_codes)):

        def page(house: PluginHouse = house) -> dict[str, Any]:
            hooks = house.hooks_for(GOOD).remembering()
            return {name: getattr(hooks, name)(**arguments) for name, arguments in TEN}

        works.append((page, house, codes))
    expected = works[0][0]()
    times: list[list[float]] = [[], []]
    changed = 0
    for number in range(pages):
        for at, (page, house, codes) in enumerate(works):
            if number % 5 == 0:
                for code in codes:
                    _ask(house, code)
            began = thread_time()
            answers = page()
            times[at].append((thread_time() - began) * 1e6)
            changed += answers != expected
    return {
        "honest_p99_us": round(share(times[0], 0.99), 1),
        "strangers_p99_us": round(share(times[1], 0.99), 1),
        "p99_ratio": round(share(times[1], 0.99) / share(times[0], 0.99), 3),
        "median_ratio": round(median(times[1]) / median(times[0]), 3),
        "changed_answers": changed,
        "failures": sum(bad.meters.failures().values()),
        "aim_p99_ratio": 1.05,
    }


def _ask(house: PluginHouse, code: str) -> None:
    try:
        house.hooks_for(code).organization(on=TODAY)
    except PluginFailed:
        return


def town_files(folder: Path, count: int) -> None:
    """Writes invented towns that enable the shipped towns' plugins in turn, with those towns' settings."""
    shipped = [path.read_text("utf-8") for path in sorted((ROOT / "deploy/towns").glob("*.toml"))]
    for number in range(count):
        code = _code(number)
        lines = [
            line
            for line in shipped[number % len(shipped)].splitlines()
            if not line.startswith(("code", "name", "prefecture"))
        ]
        head = [f'code = "{code}"', f'name = "町{number}"', f'prefecture = "{_code(0, "47000")}"']
        (folder / f"{code}.toml").write_text("\n".join([*head, *lines]), "utf-8")


def _code(number: int, digits: str = "") -> str:
    five = digits or f"{1000 + number:05}"
    total = sum(int(one) * weight for one, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return f"{five}{(11 - total % 11) % 10}"


def resident_mb() -> float:
    """The resident set of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1024 / 1024


def serve(folder: Path) -> dict[str, Any]:
    """Starts the whole house with the towns of a folder and asks every town once: in a process of its own."""
    from kasane_runtime.compose import compose, make_app

    began, computed = perf_counter(), process_time()
    composition = compose(Settings(var=folder / "var", towns=folder))
    app = make_app(composition, "all")
    wrong = composition.house.plugins.misconfigured()
    started = {
        "start_s": round(perf_counter() - began, 2),
        "start_cpu_s": round(process_time() - computed, 2),
    }
    if wrong or composition.directory.problems:
        raise RuntimeError(f"{(wrong or composition.directory.problems)[0]}: nothing was measured")
    gc.collect()
    after_start = resident_mb()
    house = composition.house.plugins
    first = []
    for town in composition.directory.towns():
        began = thread_time()
        house.hooks_for(town.code).roles(on=TODAY)
        first.append((thread_time() - began) * 1000)
    gc.collect()
    return {
        **started,
        "rss_after_start_mb": round(after_start, 1),
        "rss_after_asking_every_town_mb": round(resident_mb(), 1),
        "first_question_ms": round(median(first), 2),
        "kept": house.limits.kept,
        "applications": len(app.mounts) if hasattr(app, "mounts") else 1,
    }


def one_towns_memory(folder: Path) -> dict[str, Any]:
    """What a town's manager holds, with all of them kept ready: in a process of its own."""
    from kasane_kit.plugins import Limits

    directory = FileTownDirectory(folder)
    codes = [town.code for town in directory.towns()]
    house = PluginHouse(directory, limits=Limits(kept=len(codes)))
    for code in codes[:12]:  # the packages and their rows, shared by all
        house.hooks_for(code)
    gc.collect()
    before = resident_mb()
    for code in codes[12:]:
        house.hooks_for(code)
    gc.collect()
    return {"kb_per_town": round((resident_mb() - before) * 1024 / (len(codes) - 12), 1)}


def in_a_process(part: str, folder: Path) -> dict[str, Any]:
    """One part of this module in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.plugins", "--part", part, "--folder", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(repetitions: int, counts: Sequence[int]) -> dict[str, Any]:
    """Everything, printed as it is found."""
    house = PluginHouse(FileTownDirectory(ROOT / "deploy/towns"))
    result: dict[str, Any] = {"bench": "plugins"}
    result["call"] = one_call(house.hooks_for(GOOD), repetitions * 10)
    say(f"one call      {result['call']}")
    result["page"] = one_page(house, repetitions)
    say(f"a page        {result['page']}")
    result["strangers"] = beside_strangers(repetitions * 2)
    say(f"strangers     {result['strangers']}")
    result["towns"] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for count in counts:
            folder = Path(scratch) / str(count)
            folder.mkdir()
            town_files(folder, count)
            result["towns"][str(count)] = in_a_process("serve", folder)
            say(f"{count:5} towns   {result['towns'][str(count)]}")
        result["memory"] = in_a_process("memory", Path(scratch) / str(counts[-1]))
        say(f"memory        {result['memory']}")
    most = result["towns"][str(counts[-1])]["rss_after_asking_every_town_mb"]
    result["aims"] = {
        "page_under_1_ms": result["page"]["hooks_ms"] < 1.0,
        "under_400_mb": most < 400,
        "p99_within_5_percent": result["strangers"]["p99_ratio"] <= 1.05,
    }
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the figures; the last line is one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--towns", type=int, nargs="+", default=[6, 60, 1800])
    parser.add_argument("--part", choices=["serve", "memory"])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(arguments)
    if options.part == "serve":
        result = serve(options.folder)
    elif options.part == "memory":
        result = one_towns_memory(options.folder)
    else:
        result = measure(options.repetitions, options.towns)
    say(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
