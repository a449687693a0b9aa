"""Keeps the walk in ARCHITECTURE.md true: each function it names exists where it says."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| \d+ \| `(?P<path>[^`]+)` \| `(?P<function>\w+)` \|", re.MULTILINE)


def missing_functions(page: str) -> list[str]:
    """What the page names and the code does not have."""
    missing = []
    for row in ROW.finditer(page):
        path = ROOT / row["path"]
        names = set()
        if path.exists():
            tree = ast.parse(path.read_text("utf-8"))
            names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        if row["function"] not in names:
            missing.append(f"{row['path']}: {row['function']}")
    return missing


def test_every_function_of_the_walk_exists() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")

    assert len(ROW.findall(page)) == 28
    assert missing_functions(page) == []


def test_a_function_that_does_not_exist_is_found() -> None:
    page = "| 1 | `packages/kit/src/kasane_kit/clock.py` | `stop_time` | x |"

    assert missing_functions(page) == ["packages/kit/src/kasane_kit/clock.py: stop_time"]
