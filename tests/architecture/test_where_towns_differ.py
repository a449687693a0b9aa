"""Every place where towns differ has a hook or is said to have none, and every hook has its place."""

import re
from pathlib import Path

from kasane_kit.plugins import questions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "where-towns-differ.md"
ROW = re.compile(r"^\| (H\d\d) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def test_every_place_has_its_hooks_or_says_that_there_is_none() -> None:
    rows = dict(ROW.findall(PAGE.read_text("utf-8")))
    named = {number: re.findall(r"`(\w+)`", cell) for number, cell in rows.items()}

    assert sorted(rows) == [f"H{number:02}" for number in range(1, 38)]
    assert {number for number, hooks in named.items() if not hooks} == {"H04", "H35"}
    assert all(rows[number].startswith("なし。") for number in ("H04", "H35"))
    assert sorted(hook for hooks in named.values() for hook in hooks) == sorted(questions())
