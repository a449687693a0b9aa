"""The coordinator's list, and opening a case from a consultation that waits."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import OpenCase, PersonOfCase, TeamMember
from kasane_cases.domain.case import ENDED, CaseStatus, GrantSubject
from kasane_cases.domain.consultation_summary import ConsultationSummary
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.domain.transfer import OfferStatus
from kasane_cases.pages import forms, words
from kasane_cases.pages.doing import create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import Form, actor, hooks, reading, repeated, term, text

blueprint = Blueprint("cases", __name__)
PAGE = 50
FILTERS = ("status", "area", "due", "mine", "sort")


@blueprint.get("/cases")
@require("cases.case.list")
def list_cases() -> str:
    """What waits for a coordinator, and the open cases."""
    asked = request.args
    wanted = queries.CaseFilter(
        closed=asked.get("closed") == "1",
        status=asked.get("status", ""),
        area=asked.get("area", "").strip(),
        overdue=asked.get("due") == "1",
        mine=asked.get("mine") == "1",
        attention=asked.get("sort", "attention") == "attention",
    )
    with reading() as connection:
        waiting = queries.waiting(connection, actor())
        offered = sum(one.status is OfferStatus.OFFERED for one in queries.offers(connection))
        lines = queries.case_lines(
            connection,
            actor(),
            clock.today(),
            after=asked.get("after", ""),
            limit=PAGE + 1,
            narrowed=wanted,
        )
        people = {one.account_id: one.display_name for one in queries.colleagues(connection)}
    more = lines[PAGE - 1].id if len(lines) > PAGE else ""
    leads = {line.id: words.subject_label(line.lead, people) for line in lines if line.lead}
    kept = {name: asked[name] for name in FILTERS if asked.get(name)}
    return page(
        "list.html",
        waiting=() if wanted.closed else waiting,
        lines=lines[:PAGE],
        leads=leads,
        more=more,
        closed=wanted.closed,
        wanted=wanted,
        kept=kept,
        states=[state for state in CaseStatus if (state in ENDED) is wanted.closed],
        may_open=actor().has("coordinator"),
        offered=offered,
    )


@blueprint.get("/cases/new")
@require("cases.case.open")
def new_case() -> str | Response:
    """The opening form, from a consultation or empty; the case when there is one already."""
    summary = _summary(request.args.get("consultation", ""))
    if summary is not None and summary.case_id:
        return redirect(url_for("case.show", case_id=summary.case_id))
    return _opening_page(summary, _opening_form(summary), [Form(forms.person_fields())])


@blueprint.post("/cases")
@require("cases.case.open")
def open_case() -> Response | tuple[str, int]:
    """Opens the case and shows it."""
    summary = _summary(request.form.get("consultation_id", ""))
    form = _opening_form(summary)
    right = form.check(request.form, text)
    rows = [] if summary else repeated(forms.person_fields(), request.form, "persons", text)
    if summary is None and not rows:
        form.add_error("persons", text("open.nobody"))
    if not right or form.errors or any(row.errors for row in rows):
        return _opening_page(summary, form, rows or [Form(forms.person_fields())]), 422
    values = form.values
    try:
        case_id = create(
            handlers.open_case,
            lambda object_id: OpenCase(
                case_id=object_id,
                consultation_id=summary.id if summary else "",
                persons=tuple(PersonOfCase(new_id(), **row.values) for row in rows),
                consent_confirmed=tuple(values.get("consent_confirmed", ())),
                address_protected=tuple(values.get("address_protected", ())),
                support_decided=values["support_decided"],
                support_reason=values["support_reason"],
                team=tuple(
                    TeamMember(GrantSubject.OFFICE, code) for code in values.get("team", ())
                ),
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _opening_page(summary, form, rows), refusal.status
    return redirect(url_for("case.show", case_id=case_id), 303)


def _summary(consultation_id: str) -> ConsultationSummary | None:
    if not consultation_id:
        return None
    with reading() as connection:
        return queries.consultation_summary(connection, actor(), consultation_id)


def _opening_form(summary: ConsultationSummary | None) -> Form:
    persons = summary.persons if summary else ()
    names = {p.id: p.name or term("person_concerned") for p in persons}
    heard = {p.id: names[p.id] for p in persons if p.given_consent}
    return Form(forms.opening_fields(heard, names))


def _opening_page(summary: ConsultationSummary | None, form: Form, rows: list[Form]) -> str:
    return page(
        "open.html",
        summary=summary,
        form=form,
        rows=rows,
        person_specs=forms.person_fields(),
    )
