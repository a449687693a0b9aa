"""Sets up the JSON API of a service: OpenAPI 3.1, ETags on updates, cursors for paging."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_smorest import Api
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from kasane_kit.auth import public
from kasane_kit.service import Service
from kasane_kit.web.errors import Refusal

API_PREFIX = "/<municipality:municipality>/api/v1"
MOST_PER_PAGE = 100
LONGEST_VERSION = 9


@dataclass(frozen=True)
class Page:
    """One page of a list: the items and the cursor of the next page, empty at the end."""

    items: Sequence[Any]
    next_cursor: str = ""


def install_api(app: Flask, service: Service) -> None:
    """Registers the service's API blueprints, its OpenAPI document and the page to read it."""
    app.config.update(
        API_TITLE=f"Kasane {service.name}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    api = Api(app)
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


def document(api: Api) -> dict[str, Any]:
    """The OpenAPI document with the security scheme and the server's prefix."""
    result = cast(dict[str, Any], api.spec.to_dict())
    result.setdefault("components", {})["securitySchemes"] = {
        "session": {
            "type": "http",
            "scheme": "bearer",
            "description": "POST /portal/{town}/api/v1/sessions",
        }
    }
    result["security"] = [{"session": []}]
    result["servers"] = [{"url": request.script_root or "/"}]
    return result


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
