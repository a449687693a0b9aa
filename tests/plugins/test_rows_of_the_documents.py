"""Every row of what the towns' documents say is encoded by a named answer that stands on the row's lines."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kasane_kit.plugins import answered_by, build_manager, catalogue, codes_of, parts_of
from kasane_kit.tenancy import Town, read_town_file
from kasane_plugin_api.samples import sample_arguments

Row = dict[str, Any]
Span = tuple[str, int, int]

ROWS: list[Row] = tomllib.loads(
    Path(__file__).with_name("rows_of_the_documents.toml").read_text("utf-8")
)["rows"]
TOWNS = Path(__file__).resolve().parents[2] / "deploy" / "towns"
PART = re.compile(r"(?P<tag>\w+)(?::L(?P<first>\d+)(?:-L?(?P<last>\d+))?)?")


@cache
def answered(plugin: str) -> Mapping[str, frozenset[str]]:
    """The sources of everything a town's set answers to any sample, by ``question`` and ``question.code``."""
    town = _town_with(plugin)
    manager = build_manager(town, catalogue())
    asked = [one for name in town.plugins for one in answered_by(manager, name)]
    codes = codes_of(asked)
    found: dict[str, set[str]] = {}
    for one in asked:
        for sample in sample_arguments(one.arguments, codes):
            answer = one.function(**sample)
            if answer is None:
                continue
            name = one.question.name
            found.setdefault(name, set()).update(_sources(answer))
            for part in parts_of(answer):
                for key in ("code", "feature", "metric"):
                    code = getattr(part, key, "")
                    if isinstance(code, str) and code:
                        found.setdefault(f"{name}.{code}", set()).update(_sources(part))
    return {name: frozenset(sources) for name, sources in found.items()}


def _town_with(plugin: str) -> Town:
    """The town of the shipped file that enables the plugin; one of its own for a prefecture's."""
    for path in sorted(TOWNS.glob("*.toml")):
        town = read_town_file(path).town
        if plugin in town.plugins:
            return town
    return Town("000000", "町", "000000", (plugin,))


def _sources(answer: object) -> Iterator[str]:
    for part in parts_of(answer):
        source = getattr(part, "source", "")
        if source:
            yield from (piece.strip() for piece in source.split(";"))


def spans(sources: str) -> Iterator[Span]:
    for piece in sources.split(";"):
        part = PART.fullmatch(piece.strip())
        assert part is not None, piece
        first = int(part["first"] or 0)
        yield part["tag"], first, int(part["last"] or first)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['town']}-{row['row']}")
def test_a_row_of_a_document_is_encoded_on_its_lines(row: Row) -> None:
    found = answered(row["town"])

    assert [name for name in row["by"] if name not in found] == []
    cited = {span for name in row["by"] for source in found[name] for span in spans(source)}
    uncovered = [
        (tag, first, last)
        for tag, first, last in spans(row["lines"])
        if not any(tag == at[0] and first <= at[2] and at[1] <= last for at in cited)
    ]
    assert uncovered == []


def test_every_town_and_the_prefecture_has_its_rows() -> None:
    counted = Counter(row["town"] for row in ROWS)

    assert counted == {
        "eniwa": 29,
        "kasugai": 24,
        "ikoma": 22,
        "senboku": 12,
        "yonago": 13,
        "hokuei": 20,
        "tottori": 11,
    }


@pytest.mark.parametrize("plugin", ["eniwa", "kasugai", "ikoma", "senboku", "yonago", "hokuei"])
def test_no_post_body_office_campaign_or_fact_is_without_its_lines(plugin: str) -> None:
    found = answered(plugin)
    asked = ("roles.", "meeting_bodies.", "organization.", "campaigns.", "stated_facts.")

    assert [name for name, said in found.items() if name.startswith(asked) and not said] == []
