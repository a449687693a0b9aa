"""Where a fact is from: who told it outside every closed session, and when."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import RecordOrigin
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.pages.doing import create
from kasane_cases.pages.forms import spec
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, reading, text
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("origins", __name__)


@blueprint.get("/cases/<case_id>/origins")
@require("cases.fact_origin.record", object_argument="case_id")
def list_origins(case_id: str) -> str:
    """The origins that were recorded, and the form for another."""
    return _origins_page(case_id, Form(origin_fields()))


@blueprint.post("/cases/<case_id>/origins")
@require("cases.fact_origin.record", object_argument="case_id")
def record_origin(case_id: str) -> Response | str | tuple[str, int]:
    """Keeps who told a fact, and when."""
    form = Form(origin_fields())
    if not form.check(request.form, text):
        return _origins_page(case_id, form), 422
    values = form.values
    try:
        create(
            handlers.record_origin,
            lambda object_id: RecordOrigin(
                object_id, case_id, values["passage"], values["told_by"], values["told_on"]
            ),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _origins_page(case_id, form), refusal.status
    return _origins_page(case_id, Form(origin_fields()), recorded=True)


def origin_fields() -> list[FieldSpec]:
    """A fact as it stands in the plan, who told it and when."""
    return [
        spec("passage", FieldKind.TEXTAREA, required=True, max_length=1000),
        spec("told_by", required=True, max_length=100, hint=text("origin.told_by_hint")),
        spec("told_on", FieldKind.DATE, required=True),
    ]


def _origins_page(case_id: str, form: Form, *, recorded: bool = False) -> str:
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
        found = queries.origins_of(connection, file)
    return page("origins.html", file=file, found=found, form=form, recorded=recorded)
