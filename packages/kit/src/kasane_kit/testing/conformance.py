"""The suite that every plugin passes, in two lines of its own tests or over all installed ones.

def test_the_plugin_conforms() -> None:
    assert check_plugin("my-town") == []
"""

import re
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pluggy

from kasane_kit.plugins import (
    Answered,
    InstalledPlugin,
    MisconfiguredTown,
    answered_by,
    build_manager,
    catalogue,
    codes_of,
    deprecations_of,
    misfit,
    parts_of,
    words_of,
)
from kasane_kit.tenancy import Town
from kasane_plugin_api import PluginMetadata
from kasane_plugin_api.samples import sample_arguments

TOWN_CODE = "000000"

_JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")
_SOURCE = re.compile(r"(?P<tag>[A-Za-z0-9]+)(:L\d+(-\d+)?)?")


class TouchedTheWorld(RuntimeError):
    """A hook opened a socket, wrote a file or started a program while it was asked."""


@dataclass(frozen=True)
class _Asked:
    hook: str
    arguments: str
    answer: object


def check_plugin(
    name: str,
    *,
    settings: Mapping[str, Any] | None = None,
    other_settings: Mapping[str, Any] | None = None,
    installed: Mapping[str, InstalledPlugin] | None = None,
) -> list[str]:
    """What the plugin lacks, one Japanese sentence each; an empty list when it conforms.

    ``settings`` are needed only for a plugin that requires some; ``other_settings`` is a second
    town's set. Without it each setting is changed in turn, where the plugin accepts the change.
    """
    available = catalogue() if installed is None else installed
    if name not in available:
        usable = "、".join(sorted(available)) or "なし"
        return [
            f"プラグイン「{name}」は入っていません。入っているのは{usable}です。"
            f"python -m pip install --no-deps --no-build-isolation --editable で入れてください。"
        ]
    try:
        manager = _manager(name, settings or {}, available)
    except MisconfiguredTown as problem:
        return [problem.sentence]
    plugin = manager.get_plugin(name)
    metadata: PluginMetadata = plugin.metadata  # type: ignore[union-attr]
    problems = [*_of_metadata(metadata), *_of_strings(available[name].folder())]
    problems += _of_scopes(manager, name, metadata)
    problems += _of_hooks(manager, name, metadata)
    if not problems:
        sets = _other_sets(metadata, settings or {}, other_settings)
        problems += _of_neighbours(manager, name, sets, available)
    return problems


def notes_on_plugin(
    name: str,
    *,
    settings: Mapping[str, Any] | None = None,
    installed: Mapping[str, InstalledPlugin] | None = None,
) -> tuple[str, ...]:
    """What a plugin that conforms should leave behind before the next major version, one sentence each."""
    available = catalogue() if installed is None else installed
    return deprecations_of(_manager(name, settings or {}, available), (name,))


def _manager(
    name: str, settings: Mapping[str, Any], available: Mapping[str, InstalledPlugin]
) -> pluggy.PluginManager:
    chosen = {name: settings} if settings else {}
    return build_manager(Town(TOWN_CODE, "適合検査の町", TOWN_CODE, (name,), chosen), available)


def _of_metadata(metadata: PluginMetadata) -> Iterator[str]:
    if not _JAPANESE.search(metadata.label):
        yield f"metadata.label（{metadata.label!r}）に日本語の名前を書いてください。"
    if not metadata.label_en.strip() or _JAPANESE.search(metadata.label_en):
        yield f"metadata.label_en（{metadata.label_en!r}）に英語の名前を書いてください。"
    for key, spec in metadata.settings.items():
        if not spec.meaning.strip():
            yield f"設定「{key}」の meaning に意味を書いてください。"
        if not spec.required:
            problem = misfit(spec.default, spec.type)
            if problem:
                yield f"設定「{key}」の既定が型に合いません：{problem}"
    for tag, title in metadata.documents.items():
        if not title.strip():
            yield f"metadata.documents の「{tag}」に資料の名前と日付を書いてください。"


def _of_scopes(manager: pluggy.PluginManager, name: str, metadata: PluginMetadata) -> Iterator[str]:
    """A plugin asks to see what its hooks take, and no more."""
    taken = {
        one.question.scopes[argument]
        for one in answered_by(manager, name)
        for argument in one.arguments
        if argument in one.question.scopes
    }
    for scope in sorted(metadata.scopes - taken):
        yield (
            f"metadata.scopes に DataScope.{scope.name} がありますが、それを受け取る質問がありません。"
            "消してください。"
        )


def _of_strings(folder: Path) -> Iterator[str]:
    keys: dict[str, set[str]] = {}
    for language in ("ja", "en"):
        path = folder / "strings" / f"{language}.toml"
        if not path.is_file():
            yield f"strings/{language}.toml がありません。"
            continue
        table = _flat(tomllib.loads(path.read_text("utf-8")))
        keys[language] = set(table)
        for key in sorted(key for key, text in table.items() if not text.strip()):
            yield f"strings/{language}.toml の「{key}」が空です。"
    if len(keys) == 2:
        for key in sorted(keys["ja"] - keys["en"]):
            yield f"strings/en.toml に「{key}」がありません。"
        for key in sorted(keys["en"] - keys["ja"]):
            yield f"strings/ja.toml に「{key}」がありません。"


def _of_hooks(manager: pluggy.PluginManager, name: str, metadata: PluginMetadata) -> Iterator[str]:
    answered = answered_by(manager, name)
    if not answered:
        yield "どの質問にも答えていません。hookimpl の付いたメソッドを1つは書いてください。"
        return
    codes = codes_of(answered, _untouched_world)
    seen: set[str] = set()
    for one in answered:
        for problem in _of_one_hook(one, codes, metadata):
            if problem not in seen:
                seen.add(problem)
                yield problem


def _of_one_hook(one: Answered, codes: Sequence[str], metadata: PluginMetadata) -> Iterator[str]:
    question, function = one.question, one.function
    for sample in sample_arguments(one.arguments, codes):
        try:
            with _untouched_world():
                answer, again = function(**sample), function(**sample)
        except Exception as error:
            yield f"「{question.name}」が答えられません（{type(error).__name__}: {error}）。"
            return
        if answer != again:
            yield f"「{question.name}」に同じことを二度聞くと違う答えが返ります。"
        if answer is None:
            continue
        problem = misfit(answer, question.answer)
        if problem:
            expected = words_of(question.answer)
            yield f"「{question.name}」の答えの型が違います（{expected} のはず）：{problem}"
            return
        for source in _sources(answer):
            for tag in _unknown_tags(source, metadata):
                yield (
                    f"「{question.name}」の出典「{source}」の札「{tag}」が "
                    "metadata.documents にありません。"
                )


def _of_neighbours(
    manager: pluggy.PluginManager,
    name: str,
    other_sets: Sequence[Mapping[str, Any]],
    available: Mapping[str, InstalledPlugin],
) -> Iterator[str]:
    codes = codes_of(answered_by(manager, name), _untouched_world)
    before = _all_answers(manager, name, codes)
    for settings in other_sets:
        try:
            neighbour = _manager(name, settings, available)
        except MisconfiguredTown:
            continue
        try:
            _all_answers(neighbour, name, codes)
        except Exception as error:
            yield f"設定 {dict(settings)!r} では答えられません（{type(error).__name__}: {error}）。"
        for was, now in zip(before, _all_answers(manager, name, codes), strict=True):
            if was != now:
                yield (
                    f"別の町のために設定 {dict(settings)!r} で作ると、前からある町の"
                    f"「{was.hook}」の答えが変わります。"
                )
                return


def _all_answers(manager: pluggy.PluginManager, name: str, codes: Sequence[str]) -> list[_Asked]:
    with _untouched_world():
        return [
            _Asked(one.question.name, repr(sample), one.function(**sample))
            for one in answered_by(manager, name)
            for sample in sample_arguments(one.arguments, codes)
        ]


def _sources(answer: object) -> Iterator[str]:
    for part in parts_of(answer):
        source = getattr(part, "source", "")
        if isinstance(source, str) and source:
            yield source


def _unknown_tags(source: str, metadata: PluginMetadata) -> Iterator[str]:
    for part in source.split(";"):
        match = _SOURCE.fullmatch(part.strip())
        if match is None:
            yield part.strip()
        elif match["tag"] not in metadata.documents:
            yield match["tag"]


def _other_sets(
    metadata: PluginMetadata, settings: Mapping[str, Any], given: Mapping[str, Any] | None
) -> list[Mapping[str, Any]]:
    if given is not None:
        return [given]
    sets: list[Mapping[str, Any]] = [settings]
    for key, spec in metadata.settings.items():
        changed = _another(settings.get(key, spec.default), spec.type)
        sets.append({**settings, key: changed})
    return sets


def _another(value: Any, kind: type) -> Any:
    if kind is bool:
        return not value
    if kind in (int, float):
        return (value or 0) + 1
    if kind is str:
        return f"{value or ''}x"
    if kind is date:
        return (value or date(2024, 4, 1)) + timedelta(days=1)
    return kind()


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


# An audit hook cannot be taken away again, so one is installed once and looks at this switch.
_watching = threading.local()
_installed = threading.Event()
_FORBIDDEN = ("socket.", "subprocess.", "shutil.", "ftplib.", "smtplib.", "sqlite3.", "urllib.")
_FORBIDDEN_EVENTS = {
    "os.chmod",
    "os.exec",
    "os.fork",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.symlink",
    "os.system",
    "os.truncate",
}
_WRITING = 0o3  # O_WRONLY | O_RDWR


@contextmanager
def _untouched_world() -> Iterator[None]:
    if not _installed.is_set():
        _installed.set()
        sys.addaudithook(_watch)
    _watching.on = True
    _watching.touched = ""
    try:
        yield
    finally:
        _watching.on = False
        if _watching.touched:  # also when the plugin caught the exception itself
            raise TouchedTheWorld(_watching.touched)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not getattr(_watching, "on", False):
        return
    writes = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & _WRITING)
    if writes or event in _FORBIDDEN_EVENTS or event.startswith(_FORBIDDEN):
        _watching.touched = f"{event} {arguments[:2]!r}"
        raise TouchedTheWorld(_watching.touched)
