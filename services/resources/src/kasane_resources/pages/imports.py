"""Importing a file: upload, say what columns mean, look, apply, follow, stop."""

from collections.abc import Mapping

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.uploads import UploadRefused, largest_request
from kasane_kit.web import Form, hooks, reading, text, unit_of_work
from kasane_plugin_api import Choice, FieldKind, FieldSpec
from kasane_resources import queries
from kasane_resources.commands import ApplyImport, KeepLongFile, PreviewImport, StopImport
from kasane_resources.domain.directory_import import (
    DirectoryImport,
    ImportPlan,
    ImportState,
    NoLongerListed,
    RowOutcome,
)
from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.long_files import LARGEST_LONG
from kasane_resources.handlers import (
    apply_import,
    is_long,
    keep_long_file,
    preview_import,
    readable_sources,
    stop_import,
)
from kasane_resources.pages import forms
from kasane_resources.pages.changes import changes
from kasane_resources.pages.rights import may

blueprint = Blueprint("imports", __name__)

MOST_SHOWN = 100
LISTED = (RowOutcome.ADDED, RowOutcome.CHANGED, RowOutcome.KEPT)


@blueprint.get("/human-services/import")
@require("resources.import.apply")
def new_import() -> str:
    """The upload form."""
    sources = _source_field().choices
    typed = {"source": sources[0].value} if len(sources) == 1 else {}
    return _show_upload(Form([_source_field(), _file_field()], typed), 200)[0]


@blueprint.post("/human-services/import")
@largest_request(LARGEST_LONG + 64 * 1024)
@require("resources.import.apply")
def upload() -> Response | tuple[str, int]:
    """Reads the file and shows what it would change, or says at the field why it is not read."""
    form = Form([_source_field(), _file_field()])
    chosen = Form([_source_field()])
    chosen.check(request.form, forms.say)
    form.typed, form.errors = dict(chosen.typed), dict(chosen.errors)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        form.add_error("file", text("problem.no_file"))
    if form.errors or sent is None:
        return _show_upload(form, 422)
    try:
        import_id = _take(chosen.values["source"], sent)
    except (FileRefused, UploadRefused) as refused:
        form.add_error("file", _sentence(refused))
        return _show_upload(form, 422)
    with reading() as connection:
        one = queries.directory_import(connection, import_id)
    if one.state is ImportState.UNMAPPED:
        form.add_error("file", _sentence(FileRefused("file_unknown_columns")))
        return _show_upload(form, 422, import_id)
    return redirect(url_for(".show_import", import_id=import_id), 303)


@blueprint.get("/human-services/import/<import_id>")
@require("resources.import.apply", object_argument="import_id")
def show_import(import_id: str) -> Response | str:
    """What applying the file would do, row by row; how far it is; afterwards what it did."""
    with reading() as connection:
        one = queries.directory_import(connection, import_id)
        if one.state is ImportState.UNMAPPED:
            return redirect(url_for("mappings.map_columns", import_id=import_id), 303)
        if one.long and one.state is ImportState.LOOKED_AT:
            return _show_long(connection, one)
        waits = one.state is ImportState.LOOKED_AT
        plan = queries.import_plan(connection, one) if waits else None
        refused = queries.refused_rows(connection, one.source) if one.over else []
    if plan is None:
        return _render(one, None, one.counts, None, refused=refused)
    return _render(one, plan, plan.counts(), plan.no_longer_listed)


@blueprint.get("/human-services/import/<import_id>/progress")
@require("resources.import.apply", object_argument="import_id")
def progress(import_id: str) -> Response:
    """How many rows are taken in, for the bar on the page."""
    with reading() as connection:
        one = queries.directory_import(connection, import_id)
    key = "progress"
    if one.state is ImportState.READING:
        key = "reading" if one.rows else "counting"
    words = text(f"text.{key}", done=one.done, rows=one.rows)
    return jsonify(done=one.done, rows=one.rows, over=not one.under_way, words=words)


@blueprint.post("/human-services/import/<import_id>/apply")
@require("resources.import.apply", object_argument="import_id")
def apply(import_id: str) -> Response:
    """Takes the rows into the directory, or hands them to the worker."""
    command = ApplyImport(import_id, retires=request.form.get("retires") == "1")
    with unit_of_work() as uow:
        apply_import(command, uow, hooks())
    return redirect(url_for(".show_import", import_id=import_id), 303)


@blueprint.post("/human-services/import/<import_id>/stop")
@require("resources.import.apply", object_argument="import_id")
def stop(import_id: str) -> Response:
    """Stops what the worker does; what was taken in stays."""
    with unit_of_work() as uow:
        stop_import(StopImport(import_id), uow, hooks())
    return redirect(url_for(".show_import", import_id=import_id), 303)


def _take(source: str, sent: FileStorage) -> str:
    name = sent.filename or ""
    with sent.stream as stream, unit_of_work() as uow:
        if is_long(stream):
            return keep_long_file(KeepLongFile(new_id(), source, name, stream), uow, hooks())
        command = PreviewImport(new_id(), source, name, stream.read())
        return preview_import(command, uow, hooks())


def _show_long(connection: Connection, one: DirectoryImport) -> str:
    """One outcome of a long file at a time, a page of rows after the other."""
    shown = [name for name in ("wrong", *map(str, LISTED)) if one.counts.get(name)]
    show = request.args.get("show", "")
    show = show if show in shown else next(iter(shown), RowOutcome.ADDED.value)
    after = request.args.get("after", -1, type=int)
    plan, further, gone = queries.long_import_page(connection, one, show, after, MOST_SHOWN)
    counts = {**one.counts, RowOutcome.RETIRED.value: gone.count}
    ways = [
        {
            "label": f"{text(f'row_outcome.{name}')}（{one.counts[name]}）",
            "href": url_for(".show_import", import_id=one.id, show=name) + "#rows",
            "current": name == show,
        }
        for name in shown
    ]
    return _render(one, plan, counts, gone, ways=ways, show=show, further=further)


def _render(
    one: DirectoryImport,
    plan: ImportPlan | None,
    counts: Mapping[str, int],
    gone: NoLongerListed | None,
    **more: object,
) -> str:
    labels = {source.code: source.label for source in hooks().resource_sources()}
    return render_template(
        "resources/import_preview.html",
        one=one,
        plan=plan,
        counts=counts,
        gone=gone,
        outcomes=[outcome.value for outcome in RowOutcome],
        listed=LISTED,
        changes=changes,
        most=MOST_SHOWN,
        source=labels.get(one.source, one.source),
        **more,
    )


def _sentence(refused: FileRefused | UploadRefused) -> str:
    return "".join(
        text(f"refusal.{refused.code}.{part}", **refused.facts)
        for part in ("why", "not_done", "next")
    )


def _source_field() -> FieldSpec:
    sources = tuple(Choice(source.code, source.label) for source in readable_sources(hooks()))
    return FieldSpec(
        "source",
        text("field.source"),
        FieldKind.CHOICE,
        True,
        text("text.import_source_help"),
        sources,
    )


def _file_field() -> FieldSpec:
    return FieldSpec("file", text("field.file"), required=True, hint=text("text.import_help"))


def _show_upload(form: Form, status: int, unmapped: str = "") -> tuple[str, int]:
    with reading() as connection:
        cells = queries.waiting_cells(connection) if may("quarantine.read") else 0
    page = render_template("resources/import.html", form=form, unmapped=unmapped, cells=cells)
    return page, status
