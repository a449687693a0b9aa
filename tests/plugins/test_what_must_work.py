"""Each thing that a town's plugin must do through the services has a test that shows it."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ITEMS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("what_must_work.toml").read_text("utf-8")
)["items"]
FOLDERS = ("packages", "plugins", "services", "tests")


@pytest.fixture(scope="module")
def tests() -> frozenset[str]:
    """The names of all tests of the workspace."""
    files = (file for folder in FOLDERS for file in (ROOT / folder).glob("**/test_*.py"))
    return frozenset(
        name for file in files for name in re.findall(r"^def (test_\w+)\(", file.read_text(), re.M)
    )


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: f"{item['town']}-{item['item']}")
def test_a_thing_that_must_work_is_shown_by_a_test(
    item: dict[str, Any], tests: frozenset[str]
) -> None:
    assert item["shown_by"]
    assert [name for name in item["shown_by"] if name not in tests] == []


def test_no_town_has_lost_an_item() -> None:
    assert Counter(item["town"] for item in ITEMS) == {
        "ikoma": 10,
        "kasugai": 11,
        "eniwa": 7,
        "senboku": 5,
        "yonago": 5,
        "hokuei": 6,
        "tottori": 3,
    }
