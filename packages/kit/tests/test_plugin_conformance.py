"""Checks that the conformance suite finds each fault it promises to find."""

import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import EntryPoint
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest

from kasane_kit.plugins import InstalledPlugin
from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import (
    Office,
    PhaseAnswer,
    PluginKind,
    PluginMetadata,
    SettingSpec,
    hookimpl,
)


@dataclass(frozen=True)
class Prepared(InstalledPlugin):
    """An installed plugin whose class and folder are at hand."""

    made: object = None
    place: Path = Path()

    def load(self) -> object:
        return self.made

    def folder(self) -> Path:
        return self.place


Check = Callable[..., list[str]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Runs the suite over one class with good strings, unless the test writes others."""
    strings = tmp_path / "strings"
    strings.mkdir()
    for language in ("ja", "en"):
        (strings / f"{language}.toml").write_text('greeting = "こんにちは"', "utf-8")

    def run(made: Any, **facts: Any) -> list[str]:
        point = EntryPoint("x", "x:Plugin", "x")
        plugin = Prepared("x", "kasane-x", "0.1.0", point, made, tmp_path)
        return check_plugin("x", installed={"x": plugin}, **facts)

    return run


def _metadata(**facts: Any) -> PluginMetadata:
    return PluginMetadata(
        "x", facts.pop("label", "試し"), facts.pop("label_en", "Trial"), PluginKind.TOWN, **facts
    )


class Good:
    metadata: ClassVar[PluginMetadata] = _metadata(documents={"900": "試しの資料 令和6年"})

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings

    @hookimpl
    def organization(self, on: date) -> Sequence[Office]:
        return (Office("a", "窓口", source="900:L1-2; 900:L8"),)


def test_a_good_plugin_lacks_nothing(check: Check) -> None:
    assert check(Good) == []


def test_a_plugin_that_does_not_load_is_reported_alone(check: Check) -> None:
    class Misspelt(Good):
        @hookimpl
        def organisation(self) -> None:
            return None

    assert check(Misspelt) == [
        "適合検査の町（000000）の設定に誤りがあります。プラグイン「x」の「organisation」という"
        "質問はありません。docs/hooks.md の名前に直してください。"
    ]


def test_an_unknown_plugin_is_reported(check: Check) -> None:
    assert "プラグイン「nowhere」は入っていません。" in check_plugin("nowhere")[0]


def test_metadata_is_asked_for_in_both_languages(check: Check) -> None:
    class Nameless(Good):
        metadata = _metadata(
            label="Trial",
            label_en="試し",
            settings={"days": SettingSpec(int, " ", default="2")},
            documents={"900": ""},
        )

    assert check(Nameless) == [
        "metadata.label（'Trial'）に日本語の名前を書いてください。",
        "metadata.label_en（'試し'）に英語の名前を書いてください。",
        "設定「days」の meaning に意味を書いてください。",
        "設定「days」の既定が型に合いません：str です（int のはず）",
        "metadata.documents の「900」に資料の名前と日付を書いてください。",
    ]


def test_both_strings_files_have_the_same_keys(check: Check, tmp_path: Path) -> None:
    (tmp_path / "strings" / "ja.toml").write_text('[a]\nb = "び"\nc = ""', "utf-8")
    (tmp_path / "strings" / "en.toml").write_text('[a]\nd = "dee"\nc = "see"', "utf-8")

    assert check(Good) == [
        "strings/ja.toml の「a.c」が空です。",
        "strings/en.toml に「a.b」がありません。",
        "strings/ja.toml に「a.d」がありません。",
    ]


def test_missing_strings_are_reported(check: Check, tmp_path: Path) -> None:
    (tmp_path / "strings" / "en.toml").unlink()

    assert check(Good) == ["strings/en.toml がありません。"]


def test_a_plugin_without_an_answer_is_reported(check: Check) -> None:
    class Silent:
        metadata = _metadata()

        def __init__(self, settings: Mapping[str, Any]) -> None: ...

    assert check(Silent) == [
        "どの質問にも答えていません。hookimpl の付いたメソッドを1つは書いてください。"
    ]


def test_a_wrong_type_is_reported(check: Check) -> None:
    class Wrong(Good):
        @hookimpl
        def phase(self, feature: str, on: date) -> Any:
            return "active"

    assert check(Wrong) == [
        "「phase」の答えの型が違います（PhaseAnswer のはず）：str です（PhaseAnswer のはず）"
    ]


def test_an_exception_is_reported(check: Check) -> None:
    class Raising(Good):
        @hookimpl
        def cadence(self, body: str, year: int) -> Sequence[str]:
            return {"a": ["年1回"]}[body]

    assert check(Raising) == ["「cadence」が答えられません（KeyError: 'support_conference'）。"]


def test_the_plugins_own_codes_are_tried(check: Check) -> None:
    class Picky(Good):
        @hookimpl
        def cadence(self, body: str, year: int) -> Sequence[str]:
            return [1] if body == "a" else ["随時"]  # type: ignore[list-item]

    assert check(Picky) == [
        "「cadence」の答えの型が違います（Sequence[str] のはず）：[0] が int です（str のはず）"
    ]


def test_an_answer_that_changes_by_itself_is_reported(check: Check) -> None:
    numbers = count()

    class Moody(Good):
        @hookimpl
        def cadence(self, body: str, year: int) -> Sequence[str]:
            return [str(next(numbers))]

    assert check(Moody) == ["「cadence」に同じことを二度聞くと違う答えが返ります。"]


def test_a_source_that_leads_nowhere_is_reported(check: Check) -> None:
    class Unsourced(Good):
        @hookimpl
        def organization(self, on: date) -> Sequence[Office]:
            return (Office("a", "窓口", source="900:L1; 901:L2; p. 3"),)

    assert check(Unsourced) == [
        f"「organization」の出典「900:L1; 901:L2; p. 3」の札「{tag}」が "
        "metadata.documents にありません。"
        for tag in ("901", "p. 3")
    ]


def test_writing_a_file_is_reported_even_when_the_plugin_hides_it(
    check: Check, tmp_path: Path
) -> None:
    class Writing(Good):
        @hookimpl
        def cadence(self, body: str, year: int) -> Sequence[str]:
            try:
                (tmp_path / "log").write_text("asked", "utf-8")
            except RuntimeError:
                return ["随時"]
            return ["随時"]

    problems = check(Writing)

    assert len(problems) == 1
    assert problems[0].startswith("「cadence」が答えられません（TouchedTheWorld: open ")
    assert not (tmp_path / "log").exists()


def test_asking_the_network_is_reported(check: Check) -> None:
    class Calling(Good):
        @hookimpl
        def cadence(self, body: str, year: int) -> Sequence[str]:
            return [socket.gethostname()]

    problems = check(Calling)

    assert len(problems) == 1
    assert "TouchedTheWorld: socket.gethostname" in problems[0]


def test_towns_that_influence_each_other_are_reported(check: Check) -> None:
    class Shared:
        metadata = _metadata(settings={"word": SettingSpec(str, "言葉", default="まち")})
        word: ClassVar[str] = ""

        def __init__(self, settings: Mapping[str, Any]) -> None:
            type(self).word = settings["word"]

        @hookimpl
        def town_terms(self, on: date) -> Mapping[str, str]:
            return {"office": self.word}

    assert check(Shared) == [
        "別の町のために設定 {'word': 'まちx'} で作ると、前からある町の「town_terms」の"
        "答えが変わります。"
    ]


def test_a_required_setting_is_given_by_the_caller(check: Check) -> None:
    class Requiring(Good):
        metadata = _metadata(
            settings={"since": SettingSpec(date, "始めた日", required=True)},
            documents={"900": "試しの資料"},
        )

        @hookimpl
        def phase(self, feature: str, on: date) -> PhaseAnswer | None:
            return None

    without = check(Requiring)
    given = check(Requiring, settings={"since": date(2024, 4, 1)})

    assert "設定「since」（始めた日）がありません。" in without[0]
    assert given == []
