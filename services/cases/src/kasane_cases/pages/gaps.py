"""What is about to be lost from sight: the page of the gap watcher and the town's days."""

from collections.abc import Collection

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import SetWatchRules
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.domain.gap import SET_BY_STATE, WATCHED_DAYS, GapKind
from kasane_cases.pages.doing import change
from kasane_cases.pages.forms import spec
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, reading, text
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("gaps", __name__)


@blueprint.get("/gaps")
@require("cases.gap.list")
def show() -> str:
    """Every kind of gap with its number, and the lines of the chosen one."""
    return _page(None)


@blueprint.post("/gaps/rules")
@require("cases.gap.set")
def set_rules() -> Response | tuple[str, int]:
    """Sets after how many days the town looks."""
    form = Form(_fields())
    if not form.check(request.form, text):
        return _page(form), 422
    days = {kind: int(form.values[f"days_{kind.value}"]) for kind in WATCHED_DAYS}
    try:
        change(handlers.set_watch_rules, SetWatchRules(days))
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _page(form), refusal.status
    return redirect(url_for("gaps.show"), 303)


def _page(form: Form | None) -> str:
    today = clock.today()
    asked = request.args.get("kind", "")
    with reading() as connection:
        counts = queries.gap_counts(connection, actor(), today)
        filled = next((kind for kind in GapKind if counts[kind]), GapKind.NO_LEAD)
        kind = GapKind(asked) if asked in set(GapKind) else filled
        lines = queries.gaps(connection, actor(), today, kind)
        days = queries.watch_days(connection)
        own = queries.days_set_here(connection)
    typed = {f"days_{kind.value}": str(days[kind]) for kind in WATCHED_DAYS}
    return page(
        "gaps.html",
        counts=counts,
        kind=kind,
        lines=lines,
        form=form or Form(_fields(own), typed=typed),
        opened=form is not None,
    )


def _fields(own: Collection[GapKind] = ()) -> list[FieldSpec]:
    return [
        spec(
            f"days_{kind.value}",
            FieldKind.INTEGER,
            required=True,
            hint=text(_from_where(kind, own), days=days),
        )
        for kind, days in WATCHED_DAYS.items()
    ]


def _from_where(kind: GapKind, own: Collection[GapKind]) -> str:
    """Whose number it is: the town's, a national rule's, or only where the platform starts."""
    if kind in own:
        return "gaps.days_of_town"
    return "gaps.days_of_state" if kind in SET_BY_STATE else "gaps.days_of_platform"
