"""Two bare WSGI applications for gunicorn: two inserts with psycopg, and the product's own statements with psycopg.

Neither knows a session, a permission, a form of a town or a template, and neither seals or opens a cell: the second
writes as long a text as the product's sealed cell was. Each thread keeps a connection for each town.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg

from kasane_kit.db.engine import login_name
from kasane_kit.db.opening import PREFIX
from kasane_kit.ids import new_id

RECORDED = "BENCH_RECORDED"
SERVER = "BENCH_SERVER"
CONSULTATION = (
    "INSERT INTO bare_consultation (id, number, received_at, received_by, desk, channel, story, categories,"
    " main_category, contact_name, contact_kana, contact_relation, contact_phone, contact_hidden, urgent, area,"
    " single_agency_enough, ordinary_cooperation_enough, escalation_level, target_role, escalation_reason,"
    " escalation_source, status, outcome, case_id, next_contact_on, extensions, version) VALUES (%s, %s, %s, %s, %s,"
    " %s, %s, %s::json, %s, %s, %s, '', %s, false, false, '', NULL, NULL, 'none', '', '', '', 'received', '', '',"
    " NULL, '{}', 1)"
)
OUTBOX = "INSERT INTO bare_outbox (body) VALUES (%s)"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_here = threading.local()


@dataclass
class Recorded:
    """The statements of one transaction of the product, and whether it was committed."""

    statements: list[tuple[str, Any, bool]] = field(default_factory=list)
    committed: bool = False


def two_inserts() -> Callable[..., Iterable[bytes]]:
    """Checks what was typed, writes the consultation and its event, commits."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        town, typed = environ["PATH_INFO"].split("/")[2], _typed(environ)
        wanted = {name: typed.get(name, [""])[0] for name in ("desk", "channel", "story")}
        if not all(wanted.values()) or len(wanted["story"]) > 20_000:
            start_response("422 Unprocessable Content", [("Content-Length", "0")])
            return [b""]
        one, connection = new_id(), _connection(town)
        known = [typed.get(f"contact_{name}", [""])[0] for name in ("name", "kana", "phone")]
        values = (
            *(one, "2026-000001", datetime.now(UTC), "account"),
            *(wanted["desk"], wanted["channel"], wanted["story"], '["rent_loans", "income"]'),
            *("rent_loans", *known),
        )
        connection.execute(CONSULTATION, values)
        connection.execute(OUTBOX, (f'{{"id":"{one}","type":"received","story":"{known[0]}"}}',))
        connection.commit()
        return _see(start_response, one)

    return application


def same_statements() -> Callable[..., Iterable[bytes]]:
    """What the product said to the database for one consultation, again under new ids."""
    recorded: list[Recorded] = pickle.loads(Path(os.environ[RECORDED]).read_bytes())

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        town = environ["PATH_INFO"].split("/")[2]
        _typed(environ)
        connection, ids = _connection(town), Renewal()
        for transaction in recorded:
            for statement, values, many in transaction.statements:
                cursor = connection.cursor()
                if many:
                    cursor.executemany(statement, [ids.row(one) for one in values])
                else:
                    cursor.execute(statement, ids.row(values))
                found = cursor.fetchall() if cursor.description else []
                ids.learn(statement, cursor, found)
            if transaction.committed:
                connection.commit()
            else:
                connection.rollback()
        return _see(start_response, new_id())

    return application


class Renewal:
    """The same rows under other ids, and entries of the trail behind the last one that is there."""

    def __init__(self, head: int = 0) -> None:
        self._new: dict[str, str] = {}
        self._ahead: int | None = None
        self._head = head

    def row(self, values: Any) -> Any:
        """The values of one statement as they are written this time."""
        if isinstance(values, tuple):
            return tuple(self._text(one) for one in values)
        if not isinstance(values, Mapping):
            return values
        row = {name: renewed(value, self._new) for name, value in values.items()}
        if row.keys() >= {"position", "digest"}:
            if self._ahead is None:
                self._ahead = self._head + 1 - row["position"]
            row["position"] += self._ahead
        return row

    def _text(self, value: Any) -> Any:
        """Rows that are sent as one text."""
        if not (isinstance(value, str) and value.startswith("[{")):
            return value
        return json.dumps([self.row(row) for row in json.loads(value)], ensure_ascii=False)

    @property
    def ids(self) -> list[str]:
        """The ids under which they were written."""
        return list(self._new.values())

    def learn(self, statement: str, cursor: Any, found: list[Any]) -> None:
        """Remembers where the trail ends."""
        if "FROM audit_head" in statement:
            names = [column.name for column in cursor.description]
            self._head, self._ahead = found[0][names.index("position")], None


def renewed(value: Any, new: dict[str, str]) -> Any:
    """An id becomes another one, and a sealed cell, which opens in its own row alone, a plain text of its length."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return new.setdefault(value, new_id())
    if isinstance(value, str) and value.startswith('{"'):
        return _ID.sub(lambda found: new.setdefault(found[0], new_id()), value)
    if isinstance(value, str) and value.startswith(PREFIX):
        return f"{'-' * len(PREFIX)}{value[len(PREFIX) :]}"
    return value


def _typed(environ: dict[str, Any]) -> dict[str, list[str]]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return parse_qs(body.decode(), keep_blank_values=True)


def _connection(town: str) -> psycopg.Connection:
    known: dict[str, psycopg.Connection] = _here.__dict__.setdefault("connections", {})
    if town not in known:
        known[town] = psycopg.connect(
            f"postgresql://{login_name(town, 'intake')}@{os.environ[SERVER]}/kasane_{town}",
            options="-csearch_path=intake",
        )
    return known[town]


def _see(start_response: Any, consultation_id: str) -> list[bytes]:
    head = [("Location", f"/consultations/{consultation_id}"), ("Content-Length", "0")]
    start_response("303 See Other", head)
    return [b""]
