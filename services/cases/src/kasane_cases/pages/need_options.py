"""One human service for a need: what was decided so far, and the next step."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import DecideNeedOption
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.domain.need_option import OptionStep
from kasane_cases.pages import forms
from kasane_cases.pages.doing import create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, reading, text

blueprint = Blueprint("need_options", __name__)
ADDRESS = "/cases/<case_id>/needs/<need_id>/options/<human_service_id>"
LONGEST_NAME = 200


@blueprint.get(ADDRESS)
@require("cases.need_option.read", object_argument="case_id")
def show_option(case_id: str, need_id: str, human_service_id: str) -> str:
    """What was decided about the service, and a form for the next step."""
    name = request.args.get("name", "")[:LONGEST_NAME]
    form = Form(forms.need_option_fields(), typed={"step": request.args.get("step", "")})
    return _page(case_id, need_id, human_service_id, name, form)


@blueprint.post(ADDRESS)
@require("cases.need_option.decide", object_argument="case_id")
def decide_option(case_id: str, need_id: str, human_service_id: str) -> Response | tuple[str, int]:
    """Takes the step, or shows the form again and says why not."""
    form = Form(forms.need_option_fields())
    name = request.form.get("name", "")[:LONGEST_NAME]
    if not form.check(request.form, text):
        return _page(case_id, need_id, human_service_id, name, form), 422

    def command(object_id: str) -> DecideNeedOption:
        return DecideNeedOption(
            object_id,
            case_id,
            need_id,
            human_service_id,
            name,
            OptionStep(form.values["step"]),
            form.values["reason"] or "",
        )

    try:
        create(handlers.decide_need_option, command)
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _page(case_id, need_id, human_service_id, name, form), refusal.status
    return redirect(url_for("case.show", case_id=case_id) + f"#need-{need_id}", 303)


def _page(case_id: str, need_id: str, human_service_id: str, name: str, form: Form) -> str:
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
    need = file.need(need_id)
    steps = [
        one
        for one in file.options
        if (one.need_id, one.human_service_id) == (need_id, human_service_id)
    ]
    suggestion = next(
        (one for one in need.suggestions if one.human_service_id == human_service_id), None
    )
    known = suggestion.name if suggestion else (steps[-1].name if steps else name)
    return page(
        "need_option.html",
        file=file,
        need=need,
        person=file.person(need.person_id),
        service_id=human_service_id,
        name=known,
        suggestion=suggestion,
        steps=steps,
        form=form,
    )
