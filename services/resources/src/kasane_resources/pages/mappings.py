"""Saying what the columns of a town's own table mean."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.web import Form, hooks, reading, text, unit_of_work
from kasane_plugin_api import FieldSpec
from kasane_resources import queries
from kasane_resources.commands import MapColumns
from kasane_resources.domain.column_mapping import MANY, TARGETS, guesses, likely_header
from kasane_resources.domain.directory_import import DirectoryImport
from kasane_resources.domain.errors import MappingWrong
from kasane_resources.domain.open_data import read_lines
from kasane_resources.handlers import map_columns as keep_mapping
from kasane_resources.pages import forms

blueprint = Blueprint("mappings", __name__)

EXAMPLES = 3


@blueprint.get("/human-services/import/<import_id>/columns")
@require("resources.import.apply", object_argument="import_id")
def map_columns(import_id: str) -> str:
    """Each column with examples of its cells, and what it probably means."""
    one, header, rows = _table(import_id)
    return _show(one, header, rows, dict(guesses(header)))


@blueprint.post("/human-services/import/<import_id>/columns")
@require("resources.import.apply", object_argument="import_id")
def save_columns(import_id: str) -> Response | tuple[str, int]:
    """Keeps the meanings for every file with this header, and reads the file."""
    one, header, rows = _table(import_id)
    name = Form((FieldSpec("name", text("field.mapping_name"), max_length=100),))
    chosen = {
        column: request.form.get(f"column-{place}", "") for place, column in enumerate(header)
    }
    if not name.check(request.form, forms.say):
        return _show(one, header, rows, chosen, " ".join(name.errors["name"])), 422
    command = MapColumns(
        import_id,
        tuple(header),
        name.values["name"] or one.file_name,
        chosen,
        request.form.get("kind", ""),
    )
    try:
        with unit_of_work() as uow:
            keep_mapping(command, uow, hooks())
    except MappingWrong as wrong:
        problem = text("refusal.mapping_wrong.why", **wrong.facts)
        return _show(one, header, rows, chosen, problem), 422
    return redirect(url_for("imports.show_import", import_id=import_id), 303)


def _table(import_id: str) -> tuple[DirectoryImport, list[str], list[list[str]]]:
    with reading() as connection:
        one = queries.directory_import(connection, import_id)
    one.must_wait()
    lines = read_lines(one.content)
    at = likely_header(lines)
    header = [name.strip(" \ufeff\u3000") for name in lines[at]]
    rows = [line for line in lines[at + 1 :] if any(cell.strip() for cell in line)]
    return one, header, rows[:EXAMPLES]


def _show(
    one: DirectoryImport,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    chosen: dict[str, str],
    problem: str = "",
) -> str:
    return render_template(
        "resources/columns.html",
        one=one,
        header=header,
        examples=[
            "、".join(line[place] for line in rows if place < len(line) and line[place].strip())
            for place in range(len(header))
        ],
        chosen=chosen,
        targets=(*TARGETS, *MANY),
        kinds=forms.kind_choices(),
        problem=problem,
    )
