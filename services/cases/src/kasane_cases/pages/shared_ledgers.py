"""What the bodies decided to share about a household, as a file for the system that the town names."""

import csv
import io
import json
from urllib.parse import quote

from flask import Blueprint, Response, request

from kasane_cases import handlers, queries
from kasane_cases.commands import ExportSharedLedger
from kasane_cases.domain.disclosure import Destination
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.domain.shared_ledger import COLUMNS, LAYOUT
from kasane_cases.handlers import SharedLedger
from kasane_cases.pages import forms
from kasane_cases.pages.words import page, refusal_words, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, term, text, unit_of_work
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("shared_ledgers", __name__)

RECIPIENTS = (Destination.PARTNER_AGENCY, Destination.CONTRACTOR)


@blueprint.get("/cases/<case_id>/shared-ledger")
@require("cases.disclosure.make", object_argument="case_id")
def form(case_id: str) -> str:
    """Asks who is to read it."""
    return _page(case_id, Form(_fields()))


@blueprint.post("/cases/<case_id>/shared-ledger")
@require("cases.disclosure.make", object_argument="case_id")
def make(case_id: str) -> Response | str | tuple[str, int]:
    """Shows what would go out and what not; with ``do=csv`` or ``do=json`` tells it and gives the file."""
    typed = Form(_fields())
    if not typed.check(request.form, text):
        return _page(case_id, typed), 422
    asked = ExportSharedLedger(
        case_id, Destination(typed.values["destination"]), typed.values["to_whom"]
    )
    wanted = request.form.get("do", "")
    try:
        with unit_of_work() as uow:
            if wanted not in ("csv", "json"):
                found = handlers.check_shared_ledger(asked, uow, hooks())
                return _page(case_id, typed, found)
            found = handlers.export_shared_ledger(asked, uow, hooks())
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _page(case_id, typed), refusal.status
    return _csv(found) if wanted == "csv" else _json(found)


def _page(case_id: str, typed: Form, found: SharedLedger | None = None) -> str:
    with reading() as connection:
        file = queries.ledger_file(connection, actor(), case_id, clock.today())
    left = (
        [(one.person, one.body, refusal_words(one.why)) for one in found.left_out] if found else []
    )
    return page(
        "shared_ledger.html",
        file=file,
        form=typed,
        found=found,
        left=left,
        layout=LAYOUT,
        bridges=handlers.shared_ledger_bridges(hooks(), clock.today()),
    )


def _fields() -> list[FieldSpec]:
    kinds = [Choice(one.value, term(f"destination.{one.value}")) for one in RECIPIENTS]
    return [
        forms.spec("destination", FieldKind.CHOICE, kinds, required=True),
        forms.spec("to_whom", required=True, hint=text("shared.recipient_hint"), max_length=200),
    ]


def _csv(found: SharedLedger) -> Response:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for line in found.lines:
        writer.writerow({key: _safe(value) for key, value in line.values().items()})
    return _file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", found, "csv")


def _json(found: SharedLedger) -> Response:
    content = {
        "layout": LAYOUT,
        "note": text("shared.own_layout", system=found.system),
        "case_number": found.case_number,
        "written_on": clock.today().isoformat(),
        "lines": [line.values() for line in found.lines],
    }
    words = json.dumps(content, ensure_ascii=False, indent=2)
    return _file(words, "application/json; charset=utf-8", found, "json")


def _file(content: str, kind: str, found: SharedLedger, ending: str) -> Response:
    answer = Response(content, content_type=kind)
    name = quote(f"{text('shared.title')}-{found.case_number}.{ending}", safe="")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _safe(word: str) -> str:
    """A spreadsheet does not take it for a formula."""
    return f"'{word}" if word[:1] in ("=", "+", "-", "@", "\t", "\r") else word
