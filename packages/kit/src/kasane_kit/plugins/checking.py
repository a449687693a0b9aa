"""Checks what crosses the line to a plugin: the settings going in and the answers coming out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from kasane_plugin_api import API_VERSION, PluginKind, PluginMetadata, SettingSpec

_WORDS = {
    bool: "true か false",
    int: "整数",
    float: "数",
    str: "文字列",
    list: "並び（[…]）",
    dict: "表（{…}）",
    date: "日付（2024-04-01 の形）",
}


_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")


class WrongSetting(ValueError):
    """A town file's settings do not fit a plugin; the text is one Japanese sentence, ``key`` the setting meant."""

    def __init__(self, sentence: str, key: str = "") -> None:
        super().__init__(sentence)
        self.key = key


def checked_settings(
    metadata: PluginMetadata, given: Mapping[str, Any], town_file_key: str
) -> Mapping[str, Any]:
    """Every setting of the plugin, given or by default; raises WrongSetting naming the key."""
    unknown = sorted(set(given) - set(metadata.settings))
    if unknown:
        usable = "、".join(metadata.settings) or "なし"
        raise WrongSetting(
            f"{town_file_key} に知らない設定「{unknown[0]}」があります。使える設定は{usable}です。",
            unknown[0],
        )
    values: dict[str, Any] = {}
    for key, spec in metadata.settings.items():
        if key not in given:
            if spec.required:
                raise WrongSetting(
                    f"{town_file_key} に設定「{key}」（{spec.meaning}）がありません。"
                    f"{_word(spec.type)}で書いてください。"
                )
            values[key] = deepcopy(spec.default)
            continue
        values[key] = deepcopy(_checked(key, spec, given[key], town_file_key))
    return MappingProxyType(values)


def problem_of_metadata(metadata: object, name: str) -> str:
    """What is wrong with a plugin's metadata as one Japanese sentence, or an empty text."""
    if not isinstance(metadata, PluginMetadata):
        return f"プラグイン「{name}」に metadata（PluginMetadata）がありません。"
    if metadata.name != name:
        return (
            f"プラグイン「{name}」の metadata.name が「{metadata.name}」です。"
            "エントリポイントの名前と同じにしてください。"
        )
    if not isinstance(metadata.kind, PluginKind):
        return f"プラグイン「{name}」の metadata.kind が PluginKind ではありません。"
    if not _serves(metadata.api_version):
        return (
            f"プラグイン「{name}」は plugin-api {metadata.api_version} 用です。"
            f"この基盤は {API_VERSION} です。合う版を入れてください。"
        )
    return ""


def words_of(kind: Any) -> str:
    """A type as an author writes it: ``Sequence[Office]``, ``Escalation``."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return " | ".join(words_of(part) for part in get_args(kind))
    if origin is not None:
        inner = ", ".join("…" if part is ... else words_of(part) for part in get_args(kind))
        return f"{origin.__name__}[{inner}]"
    if kind is NoneType:
        return "None"
    return str(getattr(kind, "__name__", kind))


def misfit(value: object, kind: Any, where: str = "") -> str:
    """Where and how a value is not of the declared type, or an empty text when it fits."""
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return ""
    if origin in (Union, UnionType):
        parts = get_args(kind)
        if value is None:
            return "" if NoneType in parts else _says(value, kind, where)
        rest = [part for part in parts if part is not NoneType]
        found = [misfit(value, part, where) for part in rest]
        return "" if "" in found else found[0]
    if origin is not None and issubclass(origin, Mapping):
        return _misfit_of_mapping(value, kind, where)
    if origin is not None and issubclass(origin, Sequence):
        return _misfit_of_sequence(value, origin, kind, where)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        return _says(value, kind, where)
    if is_dataclass(kind) and type(value) is not kind:
        return _says(value, kind, where)
    if is_dataclass(value) and not isinstance(value, type):
        types = _field_types(type(value))
        for field in fields(value):
            problem = misfit(getattr(value, field.name), types[field.name], f"{where}.{field.name}")
            if problem:
                return problem
    return ""


def other_town_in(texts: Iterable[str], is_other: Callable[[str], bool]) -> str:
    """The code of another town that one of the texts names, or an empty text."""
    for code in _CODE.findall("\n".join(texts)):
        if is_other(code):
            return str(code)
    return ""


def _misfit_of_mapping(value: object, kind: Any, where: str) -> str:
    if not isinstance(value, Mapping):
        return _says(value, kind, where)
    key_kind, item_kind = get_args(kind)
    for key, item in value.items():
        problem = misfit(key, key_kind, f"{where}[{key!r}]")
        problem = problem or misfit(item, item_kind, f"{where}[{key!r}]")
        if problem:
            return problem
    return ""


def _misfit_of_sequence(value: object, origin: Any, kind: Any, where: str) -> str:
    if isinstance(value, str) or not isinstance(value, origin):
        return _says(value, kind, where)
    item_kind = get_args(kind)[0]
    assert isinstance(value, Sequence)
    for number, item in enumerate(value):
        problem = misfit(item, item_kind, f"{where}[{number}]")
        if problem:
            return problem
    return ""


def _says(value: object, kind: Any, where: str) -> str:
    place = f"{where} が" if where else ""
    return f"{place} {type(value).__name__} です（{words_of(kind)} のはず）".strip()


@cache
def _field_types(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _serves(wanted: str) -> bool:
    """A plugin made for an older minor version of the same major one still fits."""
    try:
        major, minor = (int(part) for part in wanted.split("."))
    except (ValueError, AttributeError):
        return False
    ours_major, ours_minor = (int(part) for part in API_VERSION.split("."))
    return major == ours_major and minor <= ours_minor


def _checked(key: str, spec: SettingSpec, value: Any, town_file_key: str) -> Any:
    if spec.type is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not _fits(value, spec.type):
        raise WrongSetting(
            f"{town_file_key} の設定「{key}」（{spec.meaning}）は"
            f"{_word(spec.type)}で書いてください。",
            key,
        )
    if spec.item_type is not None:
        items = value.values() if isinstance(value, Mapping) else value
        for item in items:
            if not _fits(item, spec.item_type):
                raise WrongSetting(
                    f"{town_file_key} の設定「{key}」の中の {item!r} は"
                    f"{_word(spec.item_type)}で書いてください。",
                    key,
                )
    return value


def _fits(value: object, kind: type) -> bool:
    if isinstance(value, bool) and kind is not bool:
        return False
    if isinstance(value, datetime) and kind is date:
        return False
    return isinstance(value, kind)


def _word(kind: type) -> str:
    return _WORDS.get(kind, kind.__name__)
