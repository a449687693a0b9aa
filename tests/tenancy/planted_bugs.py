"""Mistakes that a route could have about towns: each one is planted in a service to see whether it is found."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from werkzeug.exceptions import Forbidden, NotFound

from kasane_kit.auth import require
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN
from kasane_kit.web.town_urls import PREFIX

Rows = list[dict[str, Any]]


def routes_with_bugs(service: str, table: str, folder: Path, permission: str) -> Blueprint:
    """Routes of which each one forgets the towns in another way, and two that forget nothing."""
    blueprint = Blueprint("planted", __name__)
    kept: dict[str, Any] = {}

    def rows(town: str, object_id: str) -> Rows:
        connection = sqlite3.connect(folder / town / f"{service}.sqlite")
        connection.row_factory = sqlite3.Row
        found = connection.execute(f'SELECT * FROM "{table}" WHERE id = ?', (object_id,)).fetchall()
        connection.close()
        return [dict(row) for row in found]

    def everywhere(object_id: str) -> Rows:
        return [row for town in (TOWN, OTHER_TOWN) for row in rows(town, object_id)]

    def route(rule: str, method: str = "GET") -> Callable[[Any], Any]:
        def register(view: Any) -> Any:
            return blueprint.route(f"/planted{rule}", methods=[method])(require(permission)(view))

        return register

    @route("/sound/<object_id>")
    def sound(object_id: str) -> Any:
        return "here" if rows(OTHER_TOWN, object_id) else NotFound().get_response()

    @route("/sound-form", "POST")
    def sound_form() -> Any:
        return "here" if rows(OTHER_TOWN, request.form["id"]) else NotFound().get_response()

    @route("/without-town/<object_id>")
    def without_town(object_id: str) -> Any:
        found = everywhere(object_id)
        return jsonify(found) if found else NotFound().get_response()

    @route("/town-of-the-query")
    def town_of_the_query() -> Any:
        return jsonify(everywhere(request.args.get("id", "")))

    @route("/other-status/<object_id>")
    def other_status(object_id: str) -> Any:
        if rows(OTHER_TOWN, object_id):
            return "here"
        raise Forbidden if everywhere(object_id) else NotFound

    @route("/cached/<object_id>")
    def cached(object_id: str) -> Any:
        town = TOWN if f"/{TOWN}/" in request.path else OTHER_TOWN
        kept.setdefault(object_id, rows(town, object_id))
        return jsonify(kept[object_id])

    @route("/tagged/<object_id>")
    def tagged(object_id: str) -> Any:
        response: Response = make_response("nothing", 404)
        for row in everywhere(object_id):
            response.set_etag(str(row.get("version", row["id"])))
        return response

    @route("/in-the-form", "POST")
    def in_the_form() -> Any:
        return "taken" if everywhere(request.form["id"]) else NotFound().get_response()

    @route("/counted/<object_id>")
    def counted(object_id: str) -> Any:
        return f"{len(everywhere(object_id))} 件"

    @route("/written/<object_id>", "POST")
    def written(object_id: str) -> Any:
        with sqlite3.connect(folder / TOWN / f"{service}.sqlite") as connection:
            connection.execute(f'UPDATE "{table}" SET id = id WHERE id = ?', (object_id,))
        connection.close()
        return "done"

    @route("/broken/<object_id>")
    def broken(object_id: str) -> Any:
        if not rows(OTHER_TOWN, object_id) and everywhere(object_id):
            raise RuntimeError(object_id)
        raise NotFound

    return blueprint


BUGS = {
    f"GET /{{}}{PREFIX}/planted/without-town/<object_id>": "showed the other town",
    f"GET /{{}}{PREFIX}/planted/town-of-the-query": "showed the other town",
    f"GET /{{}}{PREFIX}/planted/other-status/<object_id>": "told what exists elsewhere",
    f"GET /{{}}{PREFIX}/planted/cached/<object_id>": "showed the other town",
    f"GET /{{}}{PREFIX}/planted/tagged/<object_id>": "told what exists elsewhere",
    f"POST /{{}}{PREFIX}/planted/in-the-form": "told what exists elsewhere",
    f"GET /{{}}{PREFIX}/planted/counted/<object_id>": "told what exists elsewhere",
    f"POST /{{}}{PREFIX}/planted/written/<object_id>": "changed the other town",
    f"GET /{{}}{PREFIX}/planted/broken/<object_id>": "answered 500",
}
