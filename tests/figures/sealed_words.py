"""Looks for what lies sealed in the raw files of a service: nothing of it may stand there in plain letters."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kasane_kit.db.resealing import standing
from kasane_kit.db.sealed import sealed_columns
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.compose import Composition

SHORTEST = 12
"""Shorter texts are words that stand elsewhere for good reason, such as the name of an office."""

NOT_TOLD = frozenset({"cases_timeline.facts"})
"""What is sealed there besides people's words are names of offices and bodies, which stand elsewhere as well."""


def words_found_plain(
    composition: Composition, folder: Path, town: str
) -> tuple[dict[str, str], dict[str, int]]:
    """(sealed text → the column it was read from) of what a raw file shows; texts looked for, by service."""
    found: dict[str, str] = {}
    looked: dict[str, int] = {}
    for name, service in composition.services.items():
        if not service.sealed_tables:
            continue
        with (
            municipality_scope(town),
            composition.house.databases.reading(name) as connection,
        ):
            assert standing(connection, service.sealed_tables).plain == 0
            texts: dict[str, str] = {}
            for table in service.sealed_tables:
                for column in sealed_columns(table):
                    if str(column) in NOT_TOLD:
                        continue
                    for value in connection.scalars(select(column)):
                        texts |= dict.fromkeys(_texts(value), str(column))
        raw = b"".join(file.read_bytes() for file in folder.glob(f"{name}.sqlite*"))
        looked[name] = len(texts)
        found |= {
            text: column
            for text, column in texts.items()
            if text.encode() in raw or json.dumps(text)[1:-1].encode() in raw
        }
    return found, looked


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str) and len(value) >= SHORTEST and not value.isascii():
        yield value
