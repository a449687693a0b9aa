"""Knows the towns of the installation and which plugins each has enabled."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

HOST = "host"


class UnknownTown(LookupError):
    """No such town on this installation, or this process does not serve it."""


@dataclass(frozen=True)
class Town:
    """One town: six-digit code, name, the code of its prefecture, its plugins in asking order and their settings."""

    code: str
    name: str
    prefecture: str
    plugins: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    revision: int = 1


@dataclass(frozen=True)
class MisconfiguredTownFile:
    """A town file that could not be used, with one sentence naming file, mistake and remedy."""

    path: str
    sentence: str


class TownDirectory(Protocol):
    """Where services learn which towns there are."""

    def get(self, code: str) -> Town:
        """The town with this code; raises UnknownTown."""
        ...

    def towns(self) -> tuple[Town, ...]:
        """All towns, ordered by code."""
        ...


class FileTownDirectory:
    """Reads ``*.toml`` files of a folder once; a wrong file is named and the other towns go on."""

    def __init__(self, folder: Path, served: tuple[str, ...] = ()) -> None:
        found: dict[str, Town] = {}
        problems: list[MisconfiguredTownFile] = []
        for path in sorted(folder.glob("*.toml")):
            try:
                town = _read(path)
                if town.code in found:
                    raise ValueError(
                        f"自治体コード {town.code} は別のファイルで使われています。片方を消してください。"
                    )
            except (ValueError, OSError) as error:
                problems.append(MisconfiguredTownFile(path.name, f"{path.name}: {error}"))
                continue
            if not served or town.code in served:
                found[town.code] = town
        self._towns = found
        self.problems = tuple(problems)

    def get(self, code: str) -> Town:
        """The town with this code; raises UnknownTown."""
        try:
            return self._towns[code]
        except KeyError:
            raise UnknownTown(code) from None

    def towns(self) -> tuple[Town, ...]:
        """All towns served by this process, ordered by code."""
        return tuple(self._towns[code] for code in sorted(self._towns))


class NoTowns:
    """A directory of nothing: an installation without a prefecture's own file."""

    def get(self, code: str) -> Town:
        """Raises UnknownTown."""
        raise UnknownTown(code)

    def towns(self) -> tuple[Town, ...]:
        """None."""
        return ()


def valid_code(code: str) -> bool:
    """Whether a text is a local government code with a right check digit (全国地方公共団体コード)."""
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True)
    )
    return int(code[5]) == (11 - total % 11) % 10


_KEYS = {"code", "name", "prefecture", "plugins", "settings"}


def _read(path: Path) -> Town:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"TOML として読めません（{error}）。書き方を直してください。") from error
    unknown = sorted(set(raw) - _KEYS)
    if unknown:
        raise ValueError(
            f"知らない項目 {'、'.join(unknown)} があります。綴りを直すか消してください。"
        )
    for key in ("code", "name", "prefecture"):
        if not isinstance(raw.get(key), str) or not raw[key]:
            raise ValueError(f"{key} がありません。文字列で書いてください。")
    for key in ("code", "prefecture"):
        if not valid_code(raw[key]):
            raise ValueError(
                f"{key} の {raw[key]} は検査数字が合いません。6桁のコードを確かめてください。"
            )
    plugins = raw.get("plugins", [])
    if not isinstance(plugins, list) or not all(isinstance(name, str) for name in plugins):
        raise ValueError("plugins は名前の並びで書いてください。")
    if len(set(plugins)) != len(plugins):
        raise ValueError("plugins に同じ名前が二度あります。片方を消してください。")
    settings = raw.get("settings", {})
    if not isinstance(settings, dict) or not all(
        isinstance(value, dict) for value in settings.values()
    ):
        raise ValueError("settings は [settings.拡張機能名] の表で書いてください。")
    return Town(raw["code"], raw["name"], raw["prefecture"], tuple(plugins), settings)
