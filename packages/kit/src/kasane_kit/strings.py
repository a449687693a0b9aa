"""Answers the sentences a person reads: a service's own strings first, then the kit's; terms by the town's word."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

KIT_PACKAGE = "kasane_kit"


class Strings:
    """The sentences of one package in Japanese and English, with the kit's behind them."""

    def __init__(self, package: str) -> None:
        self._tables = {
            language: {
                **_load(KIT_PACKAGE, language),
                **(_load(package, language) if package != KIT_PACKAGE else {}),
            }
            for language in ("ja", "en")
        }

    def text(self, key: str, /, language: str = "ja", **facts: Any) -> str:
        """The sentence for a dotted key with its facts filled in; raises KeyError naming an unknown key."""
        sentence = self._tables[language][key]
        return sentence.format(**facts) if facts else sentence

    def has(self, key: str) -> bool:
        """Whether there is a sentence for the key."""
        return key in self._tables["ja"]


def _load(package: str, language: str) -> dict[str, str]:
    file = resources.files(package).joinpath("strings", f"{language}.toml")
    return flatten(tomllib.loads(file.read_text("utf-8")))


def flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """A nested TOML table as dotted keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
