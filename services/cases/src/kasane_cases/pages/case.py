"""One case: household, needs, sessions, plans, visits, timeline; support, team, state, end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import (
    AssignTeam,
    ChangeStatus,
    CloseCase,
    DecideSupport,
    EndTeam,
    NameLead,
    TeamMember,
)
from kasane_cases.domain.case import NEEDS_CONSENT, CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.conference import LegalKind, PersonStanding, obstacles_of_item
from kasane_cases.domain.consent import ConsentPurpose
from kasane_cases.domain.errors import CaseRestricted, CasesRefusal, ChangedMeanwhile
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.views import meeting_route, routed_bodies
from kasane_cases.pages import forms, words
from kasane_cases.pages.doing import change, create, or_again
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import AccountFacts, require
from kasane_kit.web import Form, actor, hooks, reading, text, typed_version
from kasane_plugin_api import FieldKind

blueprint = Blueprint("case", __name__)


@blueprint.app_template_filter("name_in")
def name_in(code: str, names: Mapping[str, str]) -> str:
    """The words for a code, else the code."""
    return names.get(code, code)


@blueprint.get("/cases/<case_id>")
@require("cases.case.read", object_argument="case_id")
def show(case_id: str) -> str | Response:
    """One case as far as the viewer may see it; a coordinator is told how a restricted one opens."""
    try:
        return _case_page(case_id)
    except CaseRestricted:
        return redirect(url_for("protection.restricted_form", case_id=case_id))


@blueprint.get("/cases/<case_id>/needs/fragment")
@require("cases.case.read", object_argument="case_id")
def needs_fragment(case_id: str) -> str:
    """The needs with their suggestions, for the part of the page that arrives later."""
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
    return page("_needs.html", file=file, names=_names(file), may=_may(file))


@blueprint.post("/cases/<case_id>/support-decision")
@require("cases.case.open", object_argument="case_id")
def decide_support(case_id: str) -> Response | tuple[str, int]:
    """Writes down the town's decision to support."""
    form = Form([forms.spec("support_reason", required=True, max_length=400)])
    if not form.check(request.form, text):
        return _case_page(case_id, support_form=form), 422
    change(handlers.decide_support, DecideSupport(case_id, form.values["support_reason"]))
    return _back(case_id)


@blueprint.post("/cases/<case_id>/team")
@require("cases.case.assign", object_argument="case_id")
def assign_team(case_id: str) -> Response | tuple[str, int]:
    """Gives an office, a post or a colleague a right to the case."""
    form = _team_form(_staff())
    if not form.check(request.form, text):
        return _case_page(case_id, team_form=form), 422
    kind, _, subject = form.values["member"].partition(":")
    member = TeamMember(GrantSubject(kind), subject)

    def command(object_id: str) -> AssignTeam:
        return AssignTeam(object_id, case_id, member, form.values["valid_to"])

    return or_again(
        lambda: create(handlers.assign_team, command, hooks()),
        lambda: _case_page(case_id, team_form=form),
        url_for("case.show", case_id=case_id),
    )


@blueprint.post("/cases/<case_id>/lead")
@require("cases.case.assign", object_argument="case_id")
def name_lead(case_id: str) -> Response | tuple[str, int]:
    """Names who is in charge."""
    form = _team_form(_staff())
    if not form.check(request.form, text):
        return _case_page(case_id, team_form=form), 422
    kind, _, subject = form.values["member"].partition(":")
    command = NameLead(case_id, TeamMember(GrantSubject(kind), subject), typed_version())
    change(handlers.name_lead, command, hooks())
    return _back(case_id)


@blueprint.post("/cases/<case_id>/team/<grant_id>/end")
@require("cases.case.assign", object_argument="case_id")
def end_team(case_id: str, grant_id: str) -> Response:
    """Ends a right to the case."""
    change(handlers.end_team, EndTeam(case_id, grant_id))
    return _back(case_id)


@blueprint.get("/cases/<case_id>/status")
@require("cases.case.close", object_argument="case_id")
def status_form(case_id: str) -> str:
    """The states that may follow, the others greyed with the reason."""
    return _status_page(case_id, None)


@blueprint.post("/cases/<case_id>/status")
@require("cases.case.close", object_argument="case_id")
def change_status(case_id: str) -> Response | tuple[str, int]:
    """Moves the case on."""
    form = Form(forms.status_fields(CaseStatus))
    right = form.check(request.form, text)
    if form.values.get("status") == CaseStatus.OBSERVING and not form.values.get("review_on"):
        form.add_error("review_on", text("status.review_needed"))
    if not right or form.errors:
        return _status_page(case_id, form), 422
    command = ChangeStatus(
        case_id,
        CaseStatus(form.values["status"]),
        typed_version(),
        form.values["review_on"],
    )
    try:
        change(handlers.change_status, command)
    except CasesRefusal as refusal:
        show_refusal(refusal)
        faster = isinstance(refusal, ChangedMeanwhile)
        return _status_page(case_id, form, faster=faster), refusal.status
    return _back(case_id)


@blueprint.get("/cases/<case_id>/close")
@require("cases.case.close", object_argument="case_id")
def closing_form(case_id: str) -> str:
    """The form that ends the multi-agency work."""
    return _closing_page(case_id, Form(forms.closing_fields()))


@blueprint.post("/cases/<case_id>/close")
@require("cases.case.close", object_argument="case_id")
def close(case_id: str) -> Response | tuple[str, int]:
    """Ends the multi-agency work."""
    form = Form(forms.closing_fields())
    right = form.check(request.form, text)
    values = form.values
    if bool(values.get("next_contact")) == bool(values.get("no_contact_needed")):
        form.add_error("next_contact", text("closing.next_contact_or_none"))
    if not right or form.errors:
        return _closing_page(case_id, form), 422
    command = CloseCase(
        case_id,
        ClosingOutcome(values["outcome"]),
        values["evaluation"],
        typed_version(),
        values["next_contact"],
        values["no_contact_needed"],
        values["review_on"],
    )
    try:
        change(handlers.close_case, command, hooks())
    except CasesRefusal as refusal:
        show_refusal(refusal)
        return _closing_page(case_id, form), refusal.status
    return _back(case_id)


def _case_page(case_id: str, **opened: Any) -> str:
    today = clock.today()
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, today)
        staff = queries.colleagues(connection)
        steps = queries.case_steps(connection, file)
        elsewhere = queries.also_elsewhere(
            connection, actor(), case_id, [person.id for person in file.persons], today
        )
        transfers = queries.transfers_of_case(connection, actor(), case_id, clock.today())
        looks_end = queries.looks_end(connection, file)
        taken_over = queries.documents_from_another_town(connection, case_id, file.admission)
    names = _names(file)
    people = {one.account_id: one.display_name for one in staff}
    return page(
        "case.html",
        file=file,
        names=names,
        steps=steps,
        step_word=words.step_label,
        elsewhere=elsewhere,
        may=_may(file),
        transfers=transfers if actor().has("coordinator") else (),
        taken_over=taken_over,
        gates={person.id: _gates(file, person.id) for person in file.persons},
        states={person.id: file.consent_state(person.id, today) for person in file.persons},
        timeline=[words.timeline_line(entry, names) for entry in file.timeline],
        team=[(grant, words.member_label(grant, people)) for grant in file.team],
        support_form=opened.get(
            "support_form", Form([forms.spec("support_reason", required=True, max_length=400)])
        ),
        team_form=opened["team_form"] if "team_form" in opened else _team_form(staff),
        method_labels=words.method_labels(),
        people=people,
        lead=words.subject_label(file.case.lead, people),
        task_words={task.id: words.task_words(task, looks_end) for task in file.tasks},
    )


def _gates(file: queries.CaseFile, person_id: str) -> list[dict[str, Any]]:
    """For each body that takes persons: whether this one may be put before it, and why not."""
    today = clock.today()
    consent = file.consents.get(person_id)
    standing = PersonStanding(consent, file.case.support_decided, file.person(person_id).name)
    route = meeting_route(file.case, person_id, consent, today, hooks())
    named = {body.code for body in routed_bodies(route, today, hooks())}
    found = []
    for body in hooks().meeting_bodies(on=today):
        for kind in body.legal_kinds:
            legal_kind = LegalKind(kind.value)
            if legal_kind.takes_persons:
                obstacles = obstacles_of_item(legal_kind, standing, (), today)
                found.append(
                    {
                        "label": body.label,
                        "named": body.code in named,
                        "reasons": [words.obstacle_words(one) for one in obstacles],
                        "route": route.reason if body.code in named else "",
                    }
                )
    if route.undecided:
        found.append({"label": "", "named": False, "reasons": [], "route": route.reason})
    return found


def _status_page(case_id: str, form: Form | None, *, faster: bool = False) -> str:
    today = clock.today()
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, today)
    consents = file.consents.values()
    agreed = any(c.covers(today, ConsentPurpose.MULTI_AGENCY) for c in consents)
    states = [
        (state, text("status.needs_consent") if state in NEEDS_CONSENT and not agreed else "")
        for state in file.case.next_states()
    ]
    changes = (e for e in file.timeline if e.kind is TimelineKind.STATUS_CHANGED)
    return page(
        "status.html",
        file=file,
        faster=next(changes, None) if faster else None,
        states=states,
        form=form or Form(forms.status_fields(file.case.next_states())),
    )


def _closing_page(case_id: str, form: Form) -> str:
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
    return page("close.html", file=file, form=form)


def _staff() -> Sequence[AccountFacts]:
    with reading() as connection:
        return queries.colleagues(connection)


def _team_form(staff: Iterable[AccountFacts]) -> Form:
    members = {
        **{f"office:{code}": label for code, label in words.office_labels().items()},
        **{f"role:{code}": label for code, label in words.role_labels().items()},
        **{f"account:{one.value}": one.label for one in forms.people(staff)},
    }
    return Form(
        [
            forms.spec("member", FieldKind.CHOICE, forms.choices(members), required=True),
            forms.spec("valid_to", FieldKind.DATE),
        ]
    )


def _names(file: queries.CaseFile) -> dict[str, str]:
    return {person.id: person.name or text("case.no_name") for person in file.persons}


def _may(file: queries.CaseFile) -> dict[str, bool]:
    who = actor()
    if file.admission.only_reads:
        return dict.fromkeys(("lead", "head", "write", "record", "transfer"), False)
    lead = who.has("coordinator")
    write = lead or who.has("contact") or who.has("responsible")
    return {
        "lead": lead,
        "head": who.has("responsible"),
        "write": write,
        "record": write or who.has("outreach_worker"),
        "transfer": lead,
    }


def _back(case_id: str) -> Response:
    return redirect(url_for("case.show", case_id=case_id), 303)
