"""The API of Open Referral HSDS 3.1 over the directory; its profile is ``docs/hsds.md``."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request, url_for

from kasane_kit.auth import require
from kasane_kit.web import ApiBlueprint, Refusal, actor, reading
from kasane_resources import queries
from kasane_resources.domain import hsds
from kasane_resources.domain.errors import HumanServiceNotFound
from kasane_resources.domain.hsds.terms import KINDS
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.queries import hsds as stored
from kasane_resources.queries.hsds import Asked, Found

blueprint = ApiBlueprint("hsds_api", __name__, description="Open Referral HSDS 3.1")

MOST_PER_PAGE = 100
NDJSON = "application/x-ndjson"


@blueprint.route("/", methods=["GET"])
@require("resources.human_service.list")
def meta() -> Response:
    """The version of HSDS, the profile, and where the API is described."""
    return jsonify(
        version=hsds.HSDS_VERSION,
        profile=hsds.PROFILE,
        openapi_url=url_for("openapi_document", _external=True),
    )


@blueprint.route("/services", methods=["GET"])
@require("resources.human_service.list")
def list_services() -> Response:
    """Services; ``full=true`` nests everything, ``minimal=true`` gives ids and days of change only."""
    asked = _asked()
    if request.args.get("format") == "ndjson":
        with reading() as connection:
            lines = [
                json.dumps(_shape_of_service()(one), ensure_ascii=False)
                for one in stored.every_service(connection, actor(), asked)
            ]
        return Response("".join(f"{line}\n" for line in lines), mimetype=NDJSON)
    with reading() as connection:
        found = stored.services(connection, actor(), asked)
    return _page(found, _shape_of_service())


@blueprint.route("/services/<service_id>", methods=["GET"])
@require("resources.human_service.read", object_argument="service_id")
def get_service(service_id: str) -> Response:
    """One service, fully nested."""
    with reading() as connection:
        found = queries.human_service(connection, actor(), service_id)
    return jsonify(hsds.write_service(found))


@blueprint.route("/organizations", methods=["GET"])
@require("resources.human_service.list")
def list_organizations() -> Response:
    """Organizations by name."""
    with reading() as connection:
        found = stored.organizations(connection, actor(), _asked())
    return _page(found, hsds.organization_of)


@blueprint.route("/organizations/<organization_id>", methods=["GET"])
@require("resources.human_service.list")
def get_organization(organization_id: str) -> Response:
    """One organization; ``full_service=true`` nests its services."""
    asked = Asked(organization_id=organization_id, per_page=MOST_PER_PAGE)
    with reading() as connection:
        found = stored.organizations(connection, actor(), asked)
        offered = list(stored.every_service(connection, actor(), asked))
    if not found.items:
        raise HumanServiceNotFound
    written = hsds.organization_of(found.items[0])
    if _flag("full_service"):
        written["services"] = [hsds.write_service(one) for one in offered]
    return jsonify(written)


@blueprint.route("/locations", methods=["GET"])
@require("resources.human_service.list")
def list_locations() -> Response:
    """Places of services, each with its address and who can get in."""
    with reading() as connection:
        found = stored.services(connection, actor(), _asked(with_place=True))
    return _page(found, lambda one: hsds.places_of(one)[0]["location"])


@blueprint.route("/service_at_locations", methods=["GET"])
@require("resources.human_service.list")
def list_service_at_locations() -> Response:
    """Which service is found at which place; ``full=true`` nests the service."""
    with reading() as connection:
        found = stored.services(connection, actor(), _asked(with_place=True))
    return _page(found, _at_location)


@blueprint.route("/service_at_locations/<at_location_id>", methods=["GET"])
@require("resources.human_service.read", object_argument="at_location_id")
def get_service_at_location(at_location_id: str) -> Response:
    """One service at its place, fully nested."""
    with reading() as connection:
        found = stored.service_of_place(connection, actor(), at_location_id)
    if found is None:
        raise HumanServiceNotFound
    return jsonify({**hsds.places_of(found)[0], "service": hsds.write_service(found)})


@blueprint.route("/taxonomies", methods=["GET"])
@require("resources.human_service.list")
def list_taxonomies() -> Response:
    """The taxonomies of the profile."""
    return _page(_in_memory(hsds.known_taxonomies()), dict)


@blueprint.route("/taxonomies/<taxonomy_id>", methods=["GET"])
@require("resources.human_service.list")
def get_taxonomy(taxonomy_id: str) -> Response:
    """One taxonomy."""
    return _one_of(hsds.known_taxonomies(), taxonomy_id)


@blueprint.route("/taxonomy_terms", methods=["GET"])
@require("resources.human_service.list")
def list_taxonomy_terms() -> Response:
    """The terms, of one taxonomy when ``taxonomy_id`` says which."""
    of = request.args.get("taxonomy_id", "")
    none_below = request.args.get("parent_id", "") != ""
    terms = [one for one in hsds.known_terms().values() if of in ("", one["taxonomy_id"])]
    return _page(_in_memory([] if none_below else terms), dict)


@blueprint.route("/taxonomy_terms/<term_id>", methods=["GET"])
@require("resources.human_service.list")
def get_taxonomy_term(term_id: str) -> Response:
    """One term."""
    return _one_of(hsds.known_terms().values(), term_id)


@blueprint.route("/export", methods=["GET"])
@require("resources.export.read")
def export() -> Response:
    """Everything the caller may know of as a zip archive; ``public_only=true`` leaves out what is not public."""
    with reading() as connection:
        content = stored.export(connection, actor(), public_only=_flag("public_only"))
    answer = Response(content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = "attachment; filename=hsds.zip"
    return answer


def _asked(*, with_place: bool = False) -> Asked:
    given = request.args
    return Asked(
        search=given.get("search", "")[:200],
        kinds=_kinds(given.get("taxonomy_term_id", ""), given.get("taxonomy_id", "")),
        organization_id=given.get("organization_id", "")[:36],
        modified_after=_moment(given.get("modified_after", "")),
        with_place=with_place,
        page=_number("page", 1, 1_000_000),
        per_page=_number("per_page", 50, MOST_PER_PAGE),
    )


def _kinds(term_id: str, taxonomy_id: str) -> tuple[str, ...] | None:
    if term_id:
        found = (
            code
            for (of, code), one in hsds.known_terms().items()
            if of == KINDS and one["id"] == term_id
        )
        return tuple(found)
    if taxonomy_id:
        return tuple(taxonomy()) if taxonomy_id == hsds.known_taxonomies()[0]["id"] else ()
    return None


def _moment(written: str) -> datetime | None:
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise Refusal("bad_request", 400) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _number(name: str, otherwise: int, most: int) -> int:
    written = request.args.get(name, "")
    if not written:
        return otherwise
    if not (written.isascii() and written.isdecimal() and 1 <= int(written[:9]) <= most):
        raise Refusal("bad_request", 400)
    return int(written)


def _flag(name: str) -> bool:
    return request.args.get(name, "").lower() in ("1", "true")


def _shape_of_service() -> Callable[[HumanService], dict[str, Any]]:
    if _flag("minimal"):
        return _minimal
    return hsds.write_service if _flag("full") else hsds.service_listed


def _minimal(service: HumanService) -> dict[str, Any]:
    moment = service.modified_at
    return {
        "id": service.id,
        "modified_date": moment.astimezone(UTC).isoformat() if moment else None,
    }


def _at_location(service: HumanService) -> dict[str, Any]:
    written = dict(hsds.places_of(service)[0])
    if _flag("full"):
        written["service"] = hsds.write_service(service)
    return written


def _in_memory(items: Any) -> Found:
    page, per_page = _number("page", 1, 1_000_000), _number("per_page", 50, MOST_PER_PAGE)
    every = list(items)
    return Found(every[(page - 1) * per_page : page * per_page], len(every), page, per_page)


def _one_of(items: Any, wanted: str) -> Response:
    found: Mapping[str, Any] | None = next((one for one in items if one["id"] == wanted), None)
    if found is None:
        raise HumanServiceNotFound
    return jsonify(dict(found))


def _page(found: Found, shape: Callable[[Any], Mapping[str, Any]]) -> Response:
    pages = -(-found.total // found.per_page)
    return jsonify(
        total_items=found.total,
        total_pages=pages,
        page_number=found.page,
        size=len(found.items),
        first_page=found.page == 1,
        last_page=found.page >= pages,
        empty=not found.items,
        contents=[shape(one) for one in found.items],
    )
