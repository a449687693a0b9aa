"""Checks that every invariant of the domain report has a test of its name, and those that only the tree can break."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.rules import KINDS

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
NAMED = re.compile(r"^def test_i_(\d{2})_\w", re.MULTILINE)
IN_A_CLASS = re.compile(r"^    def test_i_(\d{2})_\w", re.MULTILINE)
PENALTY = re.compile(r"懲役|拘禁刑|罰金|過料")
ON_A_ROSTER = re.compile(r"^\d+\t[^\n]*\t(\S+ \S+)[ \t]*$", re.MULTILINE)


def kept_files() -> list[Path]:
    """Every file that the repository keeps."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "ignore")


def without_a_test(texts: Iterator[str]) -> set[int]:
    """The numbers of invariants that no test is named after."""
    found = {
        int(number)
        for text in texts
        for pattern in (NAMED, IN_A_CLASS)
        for number in pattern.findall(text)
    }
    return set(range(1, 26)) - found


def undated_penalties(told: Any, dated: bool = False) -> list[str]:
    """The sentences of a data file that name a penalty and stand in no entry with date and source."""
    if isinstance(told, dict):
        dated = dated or (isinstance(told.get("effective_from"), date) and bool(told.get("source")))
        return [one for value in told.values() for one in undated_penalties(value, dated)]
    if isinstance(told, list):
        return [one for value in told for one in undated_penalties(value, dated)]
    return [told] if isinstance(told, str) and PENALTY.search(told) and not dated else []


def names_on_rosters(seeds: Path) -> set[str]:
    """The people that the source documents list as members of a committee."""
    return {name for path in seeds.glob("*.txt") for name in ON_A_ROSTER.findall(text_of(path))}


def test_every_invariant_of_the_domain_report_has_a_test_of_its_name() -> None:
    tests = [path for path in kept_files() if path.name.startswith("test_")]

    assert without_a_test(text_of(path) for path in tests if path.suffix == ".py") == set()


def test_an_invariant_without_a_test_is_found() -> None:
    every = "\n".join(f"def test_i_{number:02}_holds():" for number in range(1, 26) if number != 9)

    assert without_a_test(iter([every])) == {9}


def test_i_24_a_penalty_is_told_only_by_a_plugins_data_with_its_date_and_source() -> None:
    told = {}
    for path in kept_files():
        parts = path.relative_to(ROOT).parts
        if parts[0] not in KINDS or "src" not in parts or path.suffix in {".png", ".woff2"}:
            continue
        if not PENALTY.search(text_of(path)):
            continue
        is_data = parts[0] == "plugins" and path.suffix == ".toml"
        told[path.relative_to(ROOT).as_posix()] = (
            undated_penalties(tomllib.loads(text_of(path))) if is_data else ["no data of a plugin"]
        )

    assert told == {"plugins/senboku/src/kasane_senboku/structure.toml": []}


@pytest.mark.parametrize("missing", ["effective_from", "source"])
def test_i_24_a_penalty_without_date_or_source_is_found(missing: str) -> None:
    notice = {"text": "1年以下の懲役", "effective_from": date(2025, 4, 1), "source": "003"}
    del notice[missing]

    assert undated_penalties({"secrecy_notices": [notice]}) == ["1年以下の懲役"]


def test_i_25_nobody_of_a_committee_in_the_sources_appears_in_the_tree() -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"{SEEDS} is not at hand, so whom not to name cannot be read")
    names = names_on_rosters(SEEDS)
    assert len(names) >= 12
    pattern = re.compile("|".join(r"[ \u3000]?".join(name.split()) for name in sorted(names)))

    found = {
        path.relative_to(ROOT).as_posix(): sorted(set(pattern.findall(text_of(path))))
        for path in kept_files()
        if pattern.search(text_of(path))
    }

    assert found == {}


def test_i_25_a_roster_is_read_as_its_names() -> None:
    listed = "1\t学識経験者\t試験大学\t教授\t見本 太郎\n2\t経験者\t試験の会\t会長\t仮名 花子\n"

    assert sorted(ON_A_ROSTER.findall(listed)) == ["仮名 花子", "見本 太郎"]
