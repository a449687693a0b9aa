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
                **sentences(KIT_PACKAGE, language),
                **(sentences(package, language) if package != KIT_PACKAGE else {}),
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


def sentences(package: str, language: str) -> dict[str, str]:
    """``strings/<language>.toml`` and, in name order, every file of ``strings/<language>/``; a key stands once."""
    folder = resources.files(package).joinpath("strings")
    files = [folder.joinpath(f"{language}.toml")]
    if (parts := folder.joinpath(language)).is_dir():
        files += sorted(
            (f for f in parts.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name
        )
    table: dict[str, str] = {}
    for file in files:
        for key, sentence in flatten(tomllib.loads(file.read_text("utf-8"))).items():
            if key in table:
                raise ValueError(
                    f"{package}: the sentence {key!r} stands twice in {language}; keep one, see {file}"
                )
            table[key] = sentence
    return table


def flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """A nested TOML table as dotted keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
