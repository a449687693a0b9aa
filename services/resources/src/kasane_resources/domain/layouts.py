"""The layouts of tables that the directory reads: data, not code (``data/layouts.toml``)."""

import hashlib
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "data" / "layouts.toml"
CAFETERIAS = "kodomo_shokudo"


@dataclass(frozen=True)
class Layout:
    """One layout: what its columns are called and what becomes of them."""

    code: str
    label: str
    needed: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    key: tuple[str, ...] = ("ID",)
    kind: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    kind_columns: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    ends: str = ""

    def ours(self, written: Sequence[str]) -> list[str]:
        """Our names for the columns of a header, in its order."""
        return [self.names.get(plain, plain) for plain in map(plain_column, written)]

    def missing(self, written: Sequence[str]) -> tuple[str, ...]:
        """The needed columns that a header does not have, in our names."""
        found = set(self.ours(written))
        for ours, parts in self.joined.items():
            if found.issuperset(map(plain_column, parts)):
                found.add(ours)
        return tuple(name for name in self.needed if name not in found)


def plain_column(name: str) -> str:
    """The name of a column without the ways in which towns spell it differently."""
    return "".join(unicodedata.normalize("NFKC", name).lstrip("\ufeff?#").split())


def fingerprint(written: Sequence[str]) -> str:
    """The same for every header with the same columns in the same order, in any spelling."""
    return hashlib.sha256("\n".join(map(plain_column, written)).encode()).hexdigest()


@cache
def layouts() -> Mapping[str, Layout]:
    """Every layout by code, in the order in which they are tried."""
    table = tomllib.loads(FILE.read_text("utf-8"))
    common = table.pop("common")
    return {code: _layout(code, entry, common) for code, entry in table.items()}


def _layout(code: str, entry: Mapping[str, Any], common: Mapping[str, Any]) -> Layout:
    shared = {} if code == CAFETERIAS else common
    names = {**shared.get("names", {}), **entry.get("names", {})}

    def columns(key: str) -> tuple[str, ...]:
        return tuple(plain_column(name) for name in entry.get(key, ()))

    return Layout(
        code=code,
        label=entry["label"],
        needed=columns("needed"),
        names={plain_column(written): plain_column(ours) for written, ours in names.items()},
        joined={
            ours: tuple(map(plain_column, parts)) for ours, parts in entry.get("joined", {}).items()
        },
        key=columns("key"),
        kind=entry.get("kind", ""),
        kinds=entry.get("kinds", {}),
        kind_columns=columns("kind_columns"),
        about=columns("about"),
        hours=columns("hours"),
        audience=columns("audience"),
        personal=(*columns("personal"), *map(plain_column, shared.get("personal", ()))),
        marks=columns("marks"),
        ends=plain_column(entry.get("ends", "")),
    )
