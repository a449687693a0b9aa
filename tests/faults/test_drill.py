"""The drill counts what is lost or comes twice, and its page names every misfortune."""

from __future__ import annotations

import re

import pytest

from tests.faults.drill import EMBEDDED, main
from tests.faults.misfortunes import MISFORTUNES
from tests.faults.running_house import REPOSITORY, Comparison


def test_what_is_lost_and_what_came_twice_is_counted() -> None:
    found = Comparison()

    found.add("intake→cases", ["a", "b", "c"], ["a", "c", "c"])
    found.add("intake→resources", ["a", "b"], ["b", "a"])

    assert (found.lost, found.twice) == (1, 1)
    assert [sentence.split(":")[0] for sentence in found.sentences] == [
        "intake→cases",
        "intake→resources",
    ]


def test_the_page_of_reliability_names_every_misfortune() -> None:
    page = (REPOSITORY / "docs/reliability.md").read_text("utf-8")

    named = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)

    assert named == [*MISFORTUNES, *EMBEDDED]


def test_a_misfortune_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "no_such_thing"])

    assert "no such misfortune: no_such_thing" in capsys.readouterr().err
