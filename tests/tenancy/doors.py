"""Knows every door of a service: its routes with every method, and what could be sent through them."""

import io
import re
import sqlite3
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kasane_kit.auth import access_of, sessions
from kasane_kit.testing.workbench import Visitor, Workbench

CANARY = "カナリア山川"
PLANTED_NUMBER = "1"
# The tables whose rows an address calls by another name.
OWN_TABLES = {
    "request_id": "household_to_reach",
    "item_id": "agenda_item",
    "plan_id": "support_plan",
    "one_id": "person_concerned",
    "other_id": "person_concerned",
    "decision_id": "item_decision",
    "at_location_id": "service_at_location",
    "service_id": "human_service",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PUBLIC_AND_CHANGING = {
    ("portal", "POST", "/<municipality:municipality>/sign-in"),
    ("portal", "POST", "/<municipality:municipality>/sign-out"),
    ("portal", "POST", "/<municipality:municipality>/api/v1/sessions"),
    # Signed by the town's own sign-in provider, and heard once.
    ("portal", "POST", "/<municipality:municipality>/api/v1/provider-sign-outs"),
    ("intake", "POST", "/<municipality:municipality>/soudan"),
    ("intake", "POST", "/<municipality:municipality>/soudan/minsei"),
    ("intake", "POST", "/<municipality:municipality>/soudan/receipt"),
    ("intake", "POST", "/<municipality:municipality>/soudan/soudankai"),
    # What comes through these proves itself: sealed with a day's key, or under a link nobody can guess.
    ("outreach", "POST", "/<municipality:municipality>/api/v1/door/items"),
    ("outreach", "POST", "/<municipality:municipality>/kaitou"),
    ("resources", "POST", "/<municipality:municipality>/confirm/<token>"),
}


# Gives the id that stands under a name.
Fill = Callable[[str], str]


@dataclass(frozen=True)
class Door:
    """One route with one method."""

    service: str
    rule: str
    method: str
    arguments: tuple[str, ...]
    public: bool

    @property
    def in_a_town(self) -> bool:
        """Whether the address names a municipality."""
        return "municipality" in self.arguments

    @property
    def has_a_view_of_its_own(self) -> bool:
        """Whether the method has its own answer; HEAD is answered by the view of GET, OPTIONS by the framework."""
        return self.method not in ("HEAD", "OPTIONS")

    @property
    def names_an_object(self) -> bool:
        """Whether the address holds an id."""
        return any(name != "municipality" for name in self.arguments)

    @property
    def for_programs(self) -> bool:
        """Whether it belongs to the JSON API."""
        return "/api/" in self.rule

    def address(self, municipality: str, fill: "str | Fill") -> str:
        """The address with every part filled in; a number is the one that is planted in every column."""
        filled = self.rule
        for name in self.arguments:
            value = municipality if name == "municipality" else _filled(fill, name)
            filled = re.sub(rf"<int:{name}>", PLANTED_NUMBER, filled)
            filled = re.sub(rf"<any\('([^']+)'[^)]*\):{name}>", r"\1", filled)
            filled = re.sub(rf"<(?:[^<>]*:)?{name}>", value, filled)
        return filled

    def __str__(self) -> str:
        return f"{self.method} /{self.service}{self.rule}"


def doors_of(bench: Workbench) -> list[Door]:
    """Every door that the application has, in a fixed order."""
    rules: list[Rule] = sorted(bench.app.url_map.iter_rules(), key=lambda rule: rule.rule)
    found = []
    for rule in rules:
        access = access_of(bench.app.view_functions[rule.endpoint])
        assert access is not None
        for method in METHODS:
            if method in (rule.methods or ()):
                found.append(
                    Door(
                        bench.service.name,
                        rule.rule,
                        method,
                        tuple(sorted(rule.arguments)),
                        access.is_public,
                    )
                )
    return found


def document_of(bench: Workbench) -> Mapping[str, Any]:
    """The service's own description of its API, asked for once."""
    document: Mapping[str, Any] = bench.app.test_client().get("/-/openapi.json").json
    return document


def bodies(document: Mapping[str, Any], door: Door, fill: str | Fill) -> Mapping[str, Any]:
    """A body that fits the API's own description, every id in it being the given one."""
    path = re.sub(r"<(?:[^<>]*:)?([a-z_]+)>", r"{\1}", door.rule)
    operation = document["paths"].get(path, {}).get(door.method.lower(), {})
    for media in operation.get("requestBody", {}).get("content", {}).values():
        return dict(_sample(media["schema"], document, fill, ""))
    return {}


def operations(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(method, address) of every operation that the API's own description has."""
    return {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }


def id_names(bench: Workbench, watched: "Watched", doors: Iterable[Door]) -> frozenset[str]:
    """Every name under which an id of this service could be asked for: in addresses and in its tables."""
    asked = {name for door in doors for name in door.arguments if name != "municipality"}
    return frozenset(asked | watched.id_columns(bench.service.tables))


def knock(
    visitor: Visitor,
    door: Door,
    municipality: str,
    object_id: str,
    *,
    body: Mapping[str, Any] | None = None,
    names: Collection[str] = (),
    pretends: str = "",
) -> TestResponse:
    """Asks through a door; ``pretends`` names another municipality in query, headers and body.

    A form sends the id under every one of ``names``.
    """
    address = door.address(municipality, object_id)
    headers = {"X-CSRF-Token": visitor._token, "If-Match": '"1"'}
    if pretends:
        address += "?" + urlencode({"municipality": pretends, "town": pretends})
        headers |= {"X-Municipality": pretends, "Municipality": pretends, "X-Town": pretends}
    options: dict[str, Any] = {"method": door.method, "headers": headers, "buffered": True}
    if door.method in ("POST", "PUT", "PATCH"):
        extra = {"municipality": pretends, "town": pretends} if pretends else {}
        if door.for_programs:
            options["json"] = {**(body or {}), **extra}
        else:
            ids = dict.fromkeys(("id", *names), object_id)
            options["data"] = {**ids, "version": "1", "step": "accept", **extra}
    return visitor.client.open(address, **options)


def knock_without_account(
    client: FlaskClient, door: Door, town: str, object_id: str
) -> TestResponse:
    """Asks through a door as anybody on the network may."""
    return client.open(door.address(town, object_id), method=door.method, buffered=True)


def what_was_said(answer: TestResponse) -> str:
    """Everything of an answer that could tell something, as one text; numbers of requests are taken out."""
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items()))
    said = f"{answer.status_code}\n{headers}\n{readable(answer)}"
    without_ids = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", said)
    without_tokens = re.sub(r"[0-9a-f]{64}", "<token>", without_ids)
    # When a workbook was made.
    without_moments = re.sub(r"(<dcterms:\w+[^>]*>)[^<]*", r"\1", without_tokens)
    # Sealed anew with every answer.
    without_seals = re.sub(r'("sealed": ?")[^"]+', r"\1<sealed>", without_moments)
    # Made out of the number that a telephone chose for itself.
    without_keys = re.sub(r'("key": ?")[A-Za-z0-9+/=]{44}"', r'\1<key>"', without_seals)
    without_cookies = re.sub(r"(?m)^Set-Cookie: .*$", "", without_keys)
    return re.sub(r"(?m)^Content-Length: .*$", "", without_cookies)


def readable(answer: TestResponse) -> str:
    """What a person reads in an answer, also when it is a paper or a workbook; every file in an archive counts."""
    content = answer.get_data()
    if content.startswith(b"%PDF-"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
            return "\n".join([*archive.namelist(), *files])
    return content.decode("utf-8", "replace")


class Watched:
    """The database of one municipality, looked at from outside."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._kept = sqlite3.connect(":memory:")
        self._version = self._data_version()

    def close(self) -> None:
        """Ends the looking."""
        self._connection.close()

    def keep(self) -> None:
        """Remembers everything as it is now."""
        self._connection.backup(self._kept)

    def put_back(self) -> None:
        """Makes everything as it was when it was kept."""
        self._kept.backup(self._connection)
        self._version = self._data_version()

    def changed(self) -> bool:
        """Whether anything was committed since the last time this was asked."""
        before, self._version = self._version, self._data_version()
        return before != self._version

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table."""
        return {
            table: sorted(self._connection.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)
            for table in self._tables()
        }

    def owned(self, names: Iterable[str]) -> dict[str, str]:
        """An id for each name that some row goes by, all of one row where one has them; the rest is left out."""
        found: dict[str, str] = {}
        for name in reversed(list(names)):
            if name not in found:
                found = {**self._row_of(name), **found}
        return found

    def _row_of(self, name: str) -> dict[str, str]:
        stem = name.removesuffix("_ids").removesuffix("_id")
        ending = OWN_TABLES.get(name, stem)
        for table in self._tables():
            columns = [row[1] for row in self._connection.execute(f'PRAGMA table_info("{table}")')]
            if "id" in columns and table.partition("_")[2] == ending:
                ids = [column for column in columns if _is_id(column)]
                row = self._connection.execute(
                    f'SELECT {", ".join(ids)} FROM "{table}" ORDER BY rowid LIMIT 1'
                ).fetchone()
                if row is not None:
                    said = dict(zip(ids, row, strict=True))
                    others = {c: v for c, v in said.items() if c != "id" and v}
                    return {name: str(said["id"])} | others
        return {}

    def id_columns(self, tables: tuple[str, ...]) -> set[str]:
        """The columns of the tables that hold an id, each also in the plural of a form's list."""
        columns = {
            name
            for table in tables
            for _, name, *_ in self._connection.execute(f'PRAGMA table_info("{table}")')
            if _is_id(name)
        }
        return columns | {f"{name}s" for name in columns if name != "id"}

    def plant(self, tables: tuple[str, ...], object_id: str) -> None:
        """A row in each of the tables: every id is the given one, every other text the canary."""
        for table in tables:
            columns = self._connection.execute(f'PRAGMA table_info("{table}")').fetchall()
            values = [_value(name, kind.upper(), object_id) for _, name, kind, *_ in columns]
            marks = ", ".join("?" for _ in columns)
            self._connection.execute(f'INSERT OR REPLACE INTO "{table}" VALUES ({marks})', values)
        self._connection.commit()
        self._version = self._data_version()

    def _tables(self) -> list[str]:
        rows = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table' ORDER BY name"
        )
        return [row[0] for row in rows]

    def _data_version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


def _value(name: str, kind: str, object_id: str) -> Any:
    if name == "public":
        return 0  # The canary is never for everybody.
    if kind.startswith(("INT", "BIGINT", "BOOL", "SMALLINT")):
        return int(PLANTED_NUMBER)
    if kind.startswith(("FLOAT", "REAL", "DOUBLE", "NUMERIC")):
        return 1.0
    if kind.startswith("DATETIME"):
        return "2026-11-02 01:02:03.000000"
    if kind.startswith("DATE"):
        return "2026-11-02"
    if kind.startswith("JSON"):
        return f'["{CANARY}"]'
    if kind.startswith("BLOB"):
        return CANARY.encode()
    return object_id if name == "id" or name.endswith("_id") else CANARY


def _sample(
    schema: Mapping[str, Any], document: Mapping[str, Any], fill: str | Fill, name: str
) -> Any:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].split("/")[1:]:
            found = found[part]
        schema = found
    if "anyOf" in schema or "allOf" in schema or "oneOf" in schema:
        options = schema.get("anyOf") or schema.get("allOf") or schema.get("oneOf")
        return _sample(options[0], document, fill, name)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        members = schema.get("properties", {})
        return {
            key: _sample(member, document, fill, key)
            for key, member in members.items()
            if not member.get("readOnly") and (key in schema.get("required", ()) or _is_id(key))
        }
    if kind == "array":
        return [_sample(schema["items"], document, fill, name)] if _is_id(name) else []
    samples = {"integer": 1, "number": 1.0, "boolean": True}
    if kind in samples:
        return samples[kind]
    if _is_id(name):
        return _filled(fill, name)
    return {"date": "2026-11-02", "date-time": "2026-11-02T01:02:03+00:00"}.get(
        schema.get("format", ""), "x"
    )


def _filled(fill: str | Fill, name: str) -> str:
    return fill if isinstance(fill, str) else fill(name)


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith(("_id", "_ids"))


def files_of(folder: Path, municipality: str) -> Iterator[Path]:
    """The database files of the services of one municipality."""
    found = (folder / municipality).glob("*.sqlite")
    yield from sorted(path for path in found if path.stem != sessions.SCHEMA)
