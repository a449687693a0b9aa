"""Turns a file of HSDS services into rows of an import."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.hsds.reading import read_service
from kasane_resources.domain.human_service import HumanServiceEntry, Visibility
from kasane_resources.domain.layout_rows import KEY_LENGTH, NAME_LENGTH, ReadRow
from kasane_resources.domain.open_data import MOST_ROWS, RowProblem

_KEY = "hsds"
# What a file of the largest size may hold, so that the memory for it stays bounded before it is read.
_MOST_OF = {b"{": 400_000, b"[": 400_000, b",": 2_000_000}


def read_services(content: bytes, visibility: Visibility, today: date) -> tuple[ReadRow, ...]:
    """A row for each service of a JSON list; raises FileRefused.

    A service that contradicts itself is refused with every reason; ``original`` is the service as it was written.
    """
    if any(content.count(sign) > most for sign, most in _MOST_OF.items()):
        raise FileRefused("file_too_many_rows", most=MOST_ROWS)
    try:
        written = json.loads(content)
    except (ValueError, RecursionError):
        raise FileRefused("file_not_hsds") from None
    services = written if isinstance(written, list) else [written]
    if not services or not all(isinstance(one, Mapping) and "name" in one for one in services):
        raise FileRefused("file_not_hsds")
    if len(services) > MOST_ROWS:
        raise FileRefused("file_too_many_rows", most=MOST_ROWS)
    rows: list[ReadRow] = []
    seen: set[str] = set()
    for number, service in enumerate(services, start=1):
        row = _row(number, service, visibility, today, seen)
        seen.add(row.key)
        rows.append(row)
    return tuple(rows)


def _row(
    number: int, written: Mapping[str, Any], visibility: Visibility, today: date, seen: set[str]
) -> ReadRow:
    read = read_service(written, visibility)
    name = read.entry.name.strip()
    told = json.dumps(written, ensure_ascii=False, sort_keys=True)
    key = f"{_KEY}/{written.get('id') or hashlib.sha256(told.encode()).hexdigest()}"[:KEY_LENGTH]
    problems = list(read.problems)
    entry: HumanServiceEntry | None = read.entry
    reasons = [RowProblem(field, code, "") for field, code in read.entry.problems(today)]
    if len(name) > NAME_LENGTH:
        reasons.append(RowProblem("name", "name_too_long", name))
    if key in seen:
        reasons.append(RowProblem("id", "row_repeated", name))
    if reasons:
        entry = None
        problems += reasons
    return ReadRow(
        number=number,
        key=key,
        digest=hashlib.sha256(_without_moment(written).encode()).hexdigest(),
        original={str(field): _cell(value) for field, value in written.items()},
        name=name[:NAME_LENGTH],
        entry=entry,
        problems=tuple(problems),
        ids=(_uuid(written.get("id")), _uuid(read.location_id), _uuid(read.at_location_id)),
    )


def _without_moment(written: Mapping[str, Any]) -> str:
    """When it was last saved says nothing about the service."""
    kept = {field: value for field, value in written.items() if field != "last_modified"}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _uuid(value: Any) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return ""
