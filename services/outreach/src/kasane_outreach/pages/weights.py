"""What a town's plans are weighed by: everybody who plans sees it, the coordinator changes it."""

from dataclasses import fields

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.web import Form, actor, reading, text, typed_version, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands import SetPlanWeights
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.planning import PlanWeights
from kasane_outreach.domain.weight_bounds import WEIGHT_BOUNDS
from kasane_outreach.handlers import set_plan_weights
from kasane_outreach.pages import forms
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("weights", __name__)

USUAL = PlanWeights()
NAMES = tuple(one.name for one in fields(PlanWeights))
Shown = tuple[str, int]


@blueprint.get("/plans/weights")
@require("outreach.plan.make")
def show() -> str:
    """The weights with what each does; a form for the coordinator."""
    return _show()[0]


@blueprint.post("/plans/weights")
@require("outreach.plan_weights.set")
def save() -> Response | Shown:
    """Keeps other weights, or those of the product again; plans that stand keep theirs."""
    form, version = Form(_specs()), typed_version()
    weights = USUAL
    if request.form.get("reset") != "1":
        if not form.check(request.form, forms.say):
            return _show(form, status=422)
        weights = PlanWeights(**{name: form.values[name] for name in NAMES})
    try:
        with unit_of_work() as uow:
            set_plan_weights(SetPlanWeights(weights, version), uow)
    except OutreachRefusal as refusal:
        goal = str(refusal.facts.get("goal", ""))
        if goal in NAMES:
            form.add_error(goal, forms.refusal_words(refusal)["why"])
        return _show(form, refusal, refusal.status)
    return redirect(url_for("weights.show", saved=1), 303)


def _specs() -> tuple[FieldSpec, ...]:
    found = []
    for name in NAMES:
        least, most = WEIGHT_BOUNDS[name]
        bounds = text("weights.bounds", least=least, most=most, usual=getattr(USUAL, name))
        hint = text(f"weights.{name}_hint") + bounds
        found.append(FieldSpec(name, text(f"weights.{name}"), FieldKind.INTEGER, True, hint=hint))
    return tuple(found)


def _show(
    form: Form | None = None, refusal: OutreachRefusal | None = None, status: int = 200
) -> Shown:
    with reading() as connection:
        weights, version = queries.plan_weights(connection)
    typed = {name: str(getattr(weights, name)) for name in NAMES}
    page = render_template(
        "outreach/weights.html",
        form=form or Form(_specs(), typed),
        weights=weights,
        usual=USUAL,
        names=NAMES,
        version=version,
        may_change=actor().has("coordinator"),
        saved=request.args.get("saved") == "1",
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status
