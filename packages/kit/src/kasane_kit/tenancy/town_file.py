"""Reads one town file; every mistake is one Japanese sentence with the line and what to do."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kasane_kit.tenancy.provider_part import SignInProvider, WrongProviderPart, read_provider_part
from kasane_kit.tenancy.town import Town, valid_code

_KEYS = {
    "code",
    "name",
    "prefecture",
    "plugins",
    "allowed",
    "settings",
    "oidc",
    "valid_from",
    "valid_to",
}
_TABLE = re.compile(r"\s*\[(?P<table>[^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?P<key>[A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*=""")
_NAME = re.compile(r"""["']([^"']+)["']""")
_AT_LINE = re.compile(r"at line (\d+), column (\d+)")
_ALWAYS = date.min
_FOREVER = date.max


class WrongTownFile(ValueError):
    """A town file cannot be used; the text begins with the line: ``3行目：…``."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"{line}行目：{what}")
        self.line = line


@dataclass(frozen=True)
class DatedTown:
    """A town with the first and the last day on which its file holds."""

    town: Town
    first_day: date = _ALWAYS
    last_day: date = _FOREVER


def read_town_file(path: Path) -> DatedTown:
    """The town that a file describes; raises WrongTownFile, and OSError when it cannot be read."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WrongTownFile(
            line, "UTF-8 として読めない文字があります。文字コードを UTF-8 にして保存してください。"
        ) from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(error, text) from error
    lines = lines_of(text)
    _check(raw, lines)
    provider = _provider(raw, lines)
    town = Town(
        raw["code"],
        raw["name"],
        raw["prefecture"],
        tuple(raw.get("plugins", [])),
        raw.get("settings", {}),
        revision=raw["valid_from"].toordinal() if "valid_from" in raw else 1,
        allowed=tuple(raw["allowed"]) if "allowed" in raw else None,
        provider=provider,
        file=path.name,
        lines=lines,
    )
    return DatedTown(town, raw.get("valid_from", _ALWAYS), raw.get("valid_to", _FOREVER))


def same_days(one: DatedTown, other: DatedTown) -> None:
    """Raises WrongTownFile when two files of one town hold on the same day."""
    if one.first_day > other.last_day or other.first_day > one.last_day:
        return
    key = "valid_from" if one.first_day != _ALWAYS or other.first_day != _ALWAYS else "code"
    line = one.town.lines.get(key) or one.town.lines["code"]
    if key == "code":
        raise WrongTownFile(
            line,
            f"自治体コード {one.town.code} は {other.town.file} で使われています。片方を消すか、"
            "valid_from と valid_to で期間を分けてください。",
        )
    raise WrongTownFile(
        line,
        f"期間が {other.town.file} と重なっています。{other.town.name}（{one.town.code}）の"
        "二つのファイルの valid_from と valid_to が重ならないように直してください。",
    )


def lines_of(text: str) -> dict[str, int]:
    """On which line each key stands: ``plugins``, ``settings.ikoma``, ``settings.ikoma.started``.

    The names inside ``plugins`` are keys as well.
    """
    found: dict[str, int] = {}
    table, in_plugins = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        if in_plugins:
            in_plugins = _plugin_names(line, number, found)
            continue
        header = _TABLE.match(line)
        if header:
            table = ".".join(part.strip().strip("\"'") for part in header["table"].split("."))
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            name = key["key"].strip("\"'")
            full = f"{table}.{name}" if table else name
            found.setdefault(full, number)
            if full == "plugins":
                in_plugins = _plugin_names(line.partition("=")[2], number, found)
    return found


def _provider(raw: Mapping[str, Any], lines: Mapping[str, int]) -> SignInProvider | None:
    if "oidc" not in raw:
        return None
    try:
        return read_provider_part(raw["oidc"])
    except WrongProviderPart as error:
        raise WrongTownFile(lines.get(error.key) or lines.get("oidc", 1), str(error)) from error


def _plugin_names(line: str, number: int, found: dict[str, int]) -> bool:
    """Notes the names on one line of the list; whether the list goes on."""
    for name in _NAME.findall(line.partition("#")[0]):
        found.setdefault(name, number)
    return "]" not in line.partition("#")[0]


def _not_toml(error: tomllib.TOMLDecodeError, text: str) -> WrongTownFile:
    place = _AT_LINE.search(str(error))
    line = int(place[1]) if place else max(1, len(text.splitlines()))
    what = str(error).partition(" (at ")[0]
    return WrongTownFile(
        line,
        f"TOML として読めません（{what}）。引用符・等号・かっこを確かめて直してください。",
    )


def _check(raw: Mapping[str, Any], lines: Mapping[str, int]) -> None:
    for key in sorted(set(raw) - _KEYS):
        raise WrongTownFile(
            lines.get(key, 1), f"知らない項目「{key}」があります。綴りを直すか消してください。"
        )
    for key in ("code", "name", "prefecture"):
        if not isinstance(raw.get(key), str) or not raw[key]:
            raise WrongTownFile(
                lines.get(key, 1), f'{key} がありません。文字列（"…"）で書いてください。'
            )
    for key in ("code", "prefecture"):
        if not valid_code(raw[key]):
            raise WrongTownFile(
                lines.get(key, 1),
                f"{key} の「{raw[key]}」は全国地方公共団体コードではありません（6桁で、最後は検査数字）。"
                "コードを確かめて直してください。",
            )
    for key in ("plugins", "allowed"):
        names = raw.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise WrongTownFile(
                lines.get(key, 1),
                f'{key} は名前の並びで書いてください（例：{key} = ["connecting-sheet"]）。',
            )
    plugins = raw.get("plugins", [])
    for name in plugins:
        if plugins.count(name) > 1:
            raise WrongTownFile(
                lines.get(name, lines.get("plugins", 1)),
                f"plugins に「{name}」が二度あります。片方を消してください。",
            )
    settings = raw.get("settings", {})
    if not isinstance(settings, dict):
        raise WrongTownFile(
            lines.get("settings", 1), "settings は [settings.プラグイン名] の表で書いてください。"
        )
    for name, table in settings.items():
        if not isinstance(table, dict):
            raise WrongTownFile(
                lines.get(f"settings.{name}", 1),
                f"settings の「{name}」は [settings.{name}] の表で書いてください。",
            )
    _check_days(raw, lines)


def _check_days(raw: Mapping[str, Any], lines: Mapping[str, int]) -> None:
    for key in ("valid_from", "valid_to"):
        day = raw.get(key)
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise WrongTownFile(
                lines.get(key, 1), f"{key} は日付で書いてください（例：{key} = 2026-04-01）。"
            )
    if raw.get("valid_from", _ALWAYS) > raw.get("valid_to", _FOREVER):
        raise WrongTownFile(
            lines.get("valid_to", 1),
            "valid_to が valid_from より前の日です。どちらかの日を直してください。",
        )
