"""Referrals: those that wait for an organization's answer, and the answer."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.web import Form, hooks, reading, text, unit_of_work
from kasane_resources import queries
from kasane_resources.commands import AnswerReferral
from kasane_resources.handlers import answer_referral
from kasane_resources.pages import forms

blueprint = Blueprint("referrals", __name__)

MOST_ANSWERED = 50


@blueprint.get("/referrals")
@require("resources.referral.list")
def list_referrals() -> str:
    """Who waits for an answer, and the answers that came."""
    return _show()


@blueprint.post("/referrals/<referral_id>/answer")
@require("resources.referral.answer", object_argument="referral_id")
def answer(referral_id: str) -> Response | tuple[str, int]:
    """Writes down that the organization takes the person on, or why it cannot."""
    with reading() as connection:
        queries.referral(connection, referral_id)
    form = Form(forms.answer_fields(), prefix=f"{referral_id}-")
    right = form.check(request.form, forms.say)
    if right and form.values["answer"] == "decline" and not form.values["reason"]:
        form.add_error("reason", text("problem.decline_reason"))
    if form.errors:
        return _show(referral_id, form), 422
    command = AnswerReferral(referral_id, form.values["answer"] == "accept", form.values["reason"])
    with unit_of_work() as uow:
        answer_referral(command, uow, hooks())
    return redirect(url_for(".list_referrals", saved=1), 303)


def _show(referral_id: str = "", wrong: Form | None = None) -> str:
    with reading() as connection:
        waiting = queries.referrals(connection, waiting=True)
        answered = queries.referrals(connection, waiting=False, most=MOST_ANSWERED)
    answer_forms = {
        one.id: wrong
        if wrong and one.id == referral_id
        else Form(forms.answer_fields(), prefix=f"{one.id}-")
        for one in waiting
    }
    return render_template(
        "resources/referrals.html",
        waiting=waiting,
        answered=answered,
        answer_forms=answer_forms,
        form=wrong,
        saved="saved" in request.args,
    )
