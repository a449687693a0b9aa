"""保存期間が終わった記録: the list, the two people, the holds, and the town's term."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    ConfirmShredding,
    LiftHold,
    PlaceHold,
    ProposeShredding,
    SetRetention,
    WithdrawShredding,
)
from kasane_cases.domain.errors import CasesRefusal, UnknownChoice
from kasane_cases.domain.retention import SHORTEST_WAIT_DAYS, CountedFrom, RetainedKind
from kasane_cases.pages.doing import change, create
from kasane_cases.pages.forms import members, spec
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import Form, actor, hooks, reading, text
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("retention", __name__)


@blueprint.get("/retention")
@require("cases.retention.list")
def show() -> str:
    """Whose time is over, since when, by which document; what stands against it; what waits and what is done."""
    return _page()


@blueprint.post("/retention/proposals")
@require("cases.retention.propose")
def propose() -> Response | tuple[str, int]:
    """Proposes that a record be destroyed."""
    return _done(
        lambda: create(
            handlers.propose_shredding,
            lambda object_id: ProposeShredding(
                object_id, _kind(), request.form.get("record_id", "")
            ),
            hooks(),
        )
    )


@blueprint.post("/retention/<shredding_id>/confirmation")
@require("cases.retention.confirm", object_argument="shredding_id")
def confirm(shredding_id: str) -> Response | tuple[str, int]:
    """Agrees as a second person; asks for the password just before."""
    return _done(lambda: change(handlers.confirm_shredding, ConfirmShredding(shredding_id)))


@blueprint.post("/retention/<shredding_id>/withdrawal")
@require("cases.retention.propose", object_argument="shredding_id")
def withdraw(shredding_id: str) -> Response | tuple[str, int]:
    """Takes it back while nothing was destroyed."""
    return _done(lambda: change(handlers.withdraw_shredding, WithdrawShredding(shredding_id)))


@blueprint.post("/retention/holds")
@require("cases.retention.hold")
def hold() -> Response | tuple[str, int]:
    """Keeps a record on, with a reason."""
    return _done(
        lambda: create(
            handlers.place_hold,
            lambda object_id: PlaceHold(
                object_id,
                _kind(),
                request.form.get("record_id", ""),
                request.form.get("hold_reason", "")[:4000],
                request.form.get("record_number", "")[:60],
            ),
        )
    )


@blueprint.post("/retention/holds/<hold_id>/end")
@require("cases.retention.hold", object_argument="hold_id")
def lift(hold_id: str) -> Response | tuple[str, int]:
    """Lets the time of a record count again."""
    return _done(lambda: change(handlers.lift_hold, LiftHold(hold_id)))


@blueprint.get("/retention/term")
@require("cases.retention.set")
def term_form() -> str:
    """The town's terms, and the form for another one."""
    return _term_page(Form(_term_fields(), typed={"waiting_days": str(SHORTEST_WAIT_DAYS)}))


@blueprint.post("/retention/term")
@require("cases.retention.set")
def set_term() -> Response | tuple[str, int]:
    """Enters a term with the document that says so; it holds from today."""
    form = Form(_term_fields())
    if not form.check(request.form, text):
        return _term_page(form), 422
    values = form.values
    command = SetRetention(
        new_id(),
        RetainedKind(values["retained_kind"]),
        int(values["years"]),
        CountedFrom(values["counted_from"]),
        values["document_title"],
        values["document_article"],
        values["document_date"],
        int(values["waiting_days"]),
    )
    try:
        change(handlers.set_retention, command, hooks())
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _term_page(form), refusal.status
    return redirect(url_for("retention.term_form"), 303)


def _done(act: Callable[[], Any]) -> Response | tuple[str, int]:
    try:
        act()
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _page(), refusal.status
    return redirect(url_for("retention.show"), 303)


def _kind() -> RetainedKind:
    asked = request.form.get("kind", "")
    if asked not in (RetainedKind.CASE.value, RetainedKind.CONSULTATION.value):
        raise UnknownChoice(choice=asked[:60])
    return RetainedKind(asked)


def _page() -> str:
    with reading() as connection:
        found = queries.retention_file(connection, hooks(), clock.today())
    return page(
        "retention.html",
        found=found,
        me=actor().account_id,
        expected={
            "cases": text("retention.part_cases"),
            "intake": text("retention.part_intake"),
            "outreach": text("retention.part_outreach"),
            "resources": text("retention.part_resources"),
        },
    )


def _term_page(form: Form) -> str:
    with reading() as connection:
        found = queries.retention_file(connection, hooks(), clock.today())
    return page("retention_term.html", found=found, form=form)


def _term_fields() -> list[FieldSpec]:
    return [
        spec(
            "retained_kind",
            FieldKind.CHOICE,
            members(RetainedKind, "retained_kind"),
            required=True,
        ),
        spec("years", FieldKind.INTEGER, required=True, hint=text("retention.years_hint")),
        spec("counted_from", FieldKind.CHOICE, members(CountedFrom, "counted_from"), required=True),
        spec(
            "document_title",
            required=True,
            hint=text("retention.title_hint"),
            max_length=200,
        ),
        spec("document_article", required=True, max_length=200),
        spec("document_date", FieldKind.DATE, required=True),
        spec(
            "waiting_days",
            FieldKind.INTEGER,
            required=True,
            hint=text("retention.waiting_hint", days=SHORTEST_WAIT_DAYS),
        ),
    ]
