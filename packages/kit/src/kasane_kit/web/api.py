"""Sets up the JSON API of a service: OpenAPI 3.1, ETags on updates, cursors for paging."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, NotFound, PreconditionFailed, PreconditionRequired

from kasane_kit.auth import public
from kasane_kit.service import Service
from kasane_kit.web.context import LONGEST_VERSION
from kasane_kit.web.dates import FIRST_DAY, in_bounds, last_year
from kasane_kit.web.errors import Refusal

API_PREFIX = "/<municipality:municipality>/api/v1"
MOST_PER_PAGE = 100
PROBLEM_JSON = "application/problem+json"
PROBLEM = {
    "type": "object",
    "description": "What happened, what was not done, what to do next (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "urn:kasane:problem:<code>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "the number of the request"},
        "errors": {"type": "object", "description": "field to its sentences"},
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same content makes one object; with other content it is refused.",
    "schema": {"type": "string", "maxLength": 200},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read, where the object has one; a stale one is refused with 412.",
    "schema": {"type": "string"},
}

T = TypeVar("T")
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")


class JsonReader(FlaskParser):
    """Reads what is sent; JSON that nests without end or holds a number without end is no JSON."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """The body; raises BadRequest where it cannot be read."""
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError) as error:
            raise BadRequest from error


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    """The calls of one part of an API; what each takes is read by one schema, made when the process begins."""

    ARGUMENTS_PARSER = JsonReader()

    def arguments(self, schema: type[Schema], **options: Any) -> Any:
        """Reads what is sent with the schema and gives it to the view."""
        return super().arguments(_made(schema), **options)


@dataclass(frozen=True)
class Page:
    """One page of a list: the items and the cursor of the next page, empty at the end."""

    items: Sequence[Any]
    next_cursor: str = ""

    @classmethod
    def of(cls, found: Sequence[T], most: int, place: Callable[[T], Sequence[str]]) -> "Page":
        """The first ``most`` of what was found when one more was asked for; ``place`` says where an item stands."""
        shown = found[:most]
        return cls(shown, write_cursor(place(shown[-1])) if len(found) > most else "")


def install_api(app: Flask, service: Service) -> None:
    """Registers the service's API blueprints, its OpenAPI document and the page to read it."""
    app.config.update(
        API_TITLE=f"Kasane {service.name}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    api = Api(app)
    app.before_request(refuse_unwritable_text)
    for blueprint in service.api:
        api.register_blueprint(blueprint, url_prefix=API_PREFIX)

    @app.get("/-/openapi.json")
    @public("describes the API; holds no data")
    def openapi_document() -> Response:
        return jsonify(document(api))

    @app.get("/-/openapi")
    @public("describes the API; holds no data")
    def openapi_page() -> str:
        return render_template(
            "kasane/api_docs.html", openapi=document(api), openapi_href="openapi.json"
        )


def refuse_unwritable_text() -> None:
    """Refuses a NUL or half a character in JSON or an address: no database takes those, and no person typed them.

    Raises Refusal, NotFound for the path of an address, and BadRequest for JSON that nests without end.
    """
    if _unwritable(request.path):
        raise NotFound
    if _unwritable(request.args.to_dict(flat=False)):
        raise Refusal("unwritable_text", 400)
    if not request.is_json:
        return
    try:
        sent = request.get_json(silent=True)
    except RecursionError as error:
        raise BadRequest from error
    if _unwritable(sent):
        raise Refusal("unwritable_text", 422)


def _unwritable(sent: Any) -> bool:
    left = [sent]
    while left:
        part = left.pop()
        if isinstance(part, str):
            if _UNWRITABLE.search(part) is not None:
                return True
        elif isinstance(part, dict):
            left += [*part, *part.values()]
        elif isinstance(part, list):
            left += part
    return False


def document(api: Api) -> dict[str, Any]:
    """The OpenAPI document: errors as problem+json, the headers of repeated and versioned calls, the session."""
    result = cast(dict[str, Any], api.spec.to_dict())
    components = result.setdefault("components", {})
    components["schemas"]["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "session": {
            "type": "http",
            "scheme": "bearer",
            "description": (
                "POST /portal/{town}/api/v1/sessions で受け取ります。15 分使わないと終わり、使うたびに延び、"
                "サインインから 10 時間で必ず終わります。 / given by POST /portal/{town}/api/v1/sessions; ends after "
                "15 minutes without use, is prolonged by each use, and ends ten hours after signing in at the latest"
            ),
        }
    }
    for name, answer in components.get("responses", {}).items():
        answer["content"] = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        answer["description"] = answer.get("description") or name
    for path in result["paths"].values():
        for method, operation in path.items():
            if method == "post" and "201" in operation["responses"]:
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            if method == "put":
                operation.setdefault("parameters", []).append(IF_MATCH)
    result["security"] = [{"session": []}]
    result["servers"] = [{"url": request.script_root or "/"}]
    return result


def shown_by(schema: type[Schema], found: Any) -> Any:
    """What the schema shows of an object."""
    return _made(schema).dump(found)


@cache
def _made(schema: type[Schema]) -> Schema:
    """Making a schema costs several times what reading or writing with it does."""
    made = schema()
    _bound_days(made.fields.values())
    return made


def _bound_days(found: Iterable[fields.Field[Any]]) -> None:
    """Lets every day in what is read be one that a form would take too."""
    for field in found:
        match field:
            case fields.Date() | fields.DateTime():
                field.validators = [*field.validators, _must_be_in_bounds]
            case fields.List():
                _bound_days((field.inner,))
            case fields.Nested():
                _bound_days(field.schema.fields.values())


def _must_be_in_bounds(day: date) -> None:
    if not in_bounds(day.date() if isinstance(day, datetime) else day):
        raise ValidationError(f"Not between {FIRST_DAY.isoformat()} and the year {last_year()}.")


def with_version(body: Any, version: int, status: int = 200) -> Response:
    """A JSON answer that carries the version of the object as its ETag."""
    response = make_response(jsonify(body), status)
    response.set_etag(str(version))
    return response


def asked_version() -> int:
    """The version that an update is meant for, from If-Match.

    Raises 428 when it is missing and 412 when it is not one of ours.
    """
    if not request.if_match:
        raise PreconditionRequired
    for tag in request.if_match.as_set():
        if tag and tag.isascii() and tag.isdecimal() and len(tag) <= LONGEST_VERSION:
            return int(tag)
    raise PreconditionFailed


def page_size() -> int:
    """How many items the caller wants: ``limit`` between 1 and 100, 50 unless told."""
    try:
        wanted = int(request.args.get("limit", "50"))
    except ValueError:
        wanted = 50
    return max(1, min(MOST_PER_PAGE, wanted))


def write_cursor(values: Sequence[str]) -> str:
    """The place behind an item as an opaque text that only the same list takes back."""
    place = base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")
    return f"{place}.{_cursor_seal(place)}"


def read_cursor(parts: int) -> tuple[str, ...] | None:
    """The place at which the list goes on, from ``cursor``; None for the beginning.

    Raises Refusal for a text that this list did not write, so the values are as they were given to ``write_cursor``.
    """
    text = request.args.get("cursor", "")
    if not text:
        return None
    place, _, seal = text.partition(".")
    if not hmac.compare_digest(seal.encode(), _cursor_seal(place).encode()):
        raise Refusal("bad_cursor", 400)
    values = json.loads(base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)))
    if len(values) != parts:
        raise Refusal("bad_cursor", 400)
    return tuple(values)


def _cursor_seal(place: str) -> str:
    key = current_app.extensions["kasane"]["house"].keys.derived("signing", "cursors")
    return hmac.new(key, f"{request.endpoint}|{place}".encode(), hashlib.sha256).hexdigest()[:32]
