"""Finds for every hook an example in the plugins shipped with the platform: a real answer and where it is written."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, time
from enum import Enum
from inspect import getsourcefile
from pathlib import Path

import pluggy

from kasane_kit.plugins.catalogue import InstalledPlugin
from kasane_kit.plugins.manager import build_manager
from kasane_kit.plugins.outcomes import MisconfiguredTown
from kasane_kit.plugins.template import TEMPLATE
from kasane_kit.plugins.trying import Answered, answered_by, codes_of
from kasane_kit.tenancy import Town
from kasane_plugin_api import PluginMetadata
from kasane_plugin_api.samples import sample_arguments

_NOWHERE = "000000"
_LONGEST = 300


@dataclass(frozen=True)
class HookExample:
    """What a shipped plugin answers to a sample; ``path`` says where its hook is written."""

    hook: str
    plugin: str
    path: str
    answer: str


def examples(installed: Mapping[str, InstalledPlugin], root: Path) -> dict[str, HookExample]:
    """One example for each hook that a plugin below ``root`` answers; the plugins' names decide which."""
    found: dict[str, HookExample] = {}
    for name in sorted(installed):
        plugin = installed[name]
        if name == TEMPLATE or root not in plugin.folder().parents:
            continue
        for manager in _managers(name, installed):
            for example in _of_plugin(manager, name, root):
                found.setdefault(example.hook, example)
    return found


def _managers(
    name: str, installed: Mapping[str, InstalledPlugin]
) -> Iterator[pluggy.PluginManager]:
    """The plugin with its defaults, then with one entry in each table that a town may fill in."""
    plain = build_manager(Town(_NOWHERE, name, _NOWHERE, (name,)), installed)
    yield plain
    metadata: PluginMetadata = plain.get_plugin(name).metadata  # type: ignore[union-attr]
    for key, spec in metadata.settings.items():
        if spec.type is dict and spec.item_type is str and not spec.default:
            settings = {name: {key: {"example": "例"}}}
            with suppress(MisconfiguredTown):  # the plugin knows which entries there may be
                yield build_manager(Town(_NOWHERE, name, _NOWHERE, (name,), settings), installed)


def _of_plugin(manager: pluggy.PluginManager, name: str, root: Path) -> Iterator[HookExample]:
    answered = answered_by(manager, name)
    codes = codes_of(answered)
    for one in answered:
        answer = _first_answer(one, codes)
        source = getsourcefile(one.function)
        if answer is not None and source is not None:
            path = Path(source).relative_to(root).as_posix()
            yield HookExample(one.question.name, name, path, _short(shown(answer)))


def _first_answer(one: Answered, codes: Sequence[str]) -> object | None:
    for sample in sample_arguments(one.arguments, codes):
        answer = one.function(**sample)
        if answer is not None and (not isinstance(answer, Sequence | Mapping) or len(answer)):
            return answer
    return None


def shown(value: object) -> str:
    """A value as an author would write it: only what differs from the defaults, of several the first."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, date | time):
        return f'{type(value).__name__}.fromisoformat("{value.isoformat()}")'
    if is_dataclass(value) and not isinstance(value, type):
        given = [
            f"{field.name}={shown(getattr(value, field.name))}"
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        ]
        return f"{type(value).__name__}({', '.join(given)})"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Mapping):
        entries = [f"{shown(key)}: {shown(item)}" for key, item in list(value.items())[:1]]
        return f"{{{', '.join(entries)}{', …' if len(value) > 1 else ''}}}"
    if isinstance(value, Sequence):
        items = "".join(f"{shown(item)}, " for item in value[:1])
        return f"({items}{'…' if len(value) > 1 else ''})"
    return repr(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
