"""Community building through the browser: issues, gatherings, networks, partners, training."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kasane_kit import clock
from kasane_kit.auth import public, require
from kasane_kit.tenancy import current_municipality
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import (
    Form,
    create_once,
    hooks,
    reading,
    text,
    this_town,
    typed_version,
    unit_of_work,
)
from kasane_plugin_api import CommunityLevel, CommunityNetwork, fiscal_year
from kasane_resources.commands.community import (
    AnswerIssue,
    CancelGathering,
    CountGathering,
    HandUpIssue,
    JoinNetwork,
    Leave,
    PlanGathering,
    RaiseIssue,
    ReceiveDonation,
    RegisterPartner,
    RouteIssue,
    VoidDonation,
    VoidMember,
)
from kasane_resources.domain.community import GatheringKind, IssueOutcome, ParticipantKind
from kasane_resources.domain.errors import CommunityNotFound
from kasane_resources.handlers import community as handlers
from kasane_resources.pages import community_forms as fields
from kasane_resources.pages import forms
from kasane_resources.pages.calendar import calendar_of, calendar_response
from kasane_resources.pages.refusals import or_again
from kasane_resources.queries import community as queries

blueprint = Blueprint("community", __name__)


@blueprint.get("/community")
@require("resources.community.list")
def show() -> str:
    """Issues that wait, issues with an answer."""
    return _issues_page(Form(fields.issue_fields(forms.need_labels())))


@blueprint.post("/community/issues")
@require("resources.community.write")
def raise_issue() -> Answer | tuple[str, int]:
    """Raises an issue by hand."""
    form = Form(fields.issue_fields(forms.need_labels()))
    if not form.check(request.form, forms.say):
        return _issues_page(form), 422
    values = form.values
    areas = tuple(filter(None, (part.strip() for part in values["areas"].split("、"))))

    def create(uow: UnitOfWork, issue_id: str) -> None:
        level = CommunityLevel(values["level"])
        command = RaiseIssue(issue_id, values["theme"], values["title"], level, areas)
        handlers.raise_issue(command, uow, hooks())

    return or_again(
        lambda: create_once(create), lambda: _issues_page(form), url_for(".show", saved=1)
    )


@blueprint.get("/community/issues/<issue_id>")
@require("resources.community.list", object_argument="issue_id")
def show_issue(issue_id: str) -> str:
    """One issue: its way, what can be done next, its answer."""
    return _issue_page(issue_id)


@blueprint.post("/community/issues/<issue_id>/route")
@require("resources.community.write", object_argument="issue_id")
def route_issue(issue_id: str) -> Answer | tuple[str, int]:
    """Gives it to a body."""
    form = Form(fields.route_fields(handlers.body_labels(hooks())))
    return _step(
        issue_id,
        "route",
        form,
        lambda values, version: (
            handlers.route_issue,
            RouteIssue(issue_id, values["body"], version),
        ),
    )


@blueprint.post("/community/issues/<issue_id>/hand-up")
@require("resources.community.write", object_argument="issue_id")
def hand_up(issue_id: str) -> Answer | tuple[str, int]:
    """Hands it up to the next level."""
    return _step(
        issue_id,
        "hand_up",
        Form(fields.hand_up_fields()),
        lambda values, version: (
            handlers.hand_up_issue,
            HandUpIssue(issue_id, values["reason"], version),
        ),
    )


@blueprint.post("/community/issues/<issue_id>/answer")
@require("resources.community.write", object_argument="issue_id")
def answer(issue_id: str) -> Answer | tuple[str, int]:
    """Writes the body's answer down; it goes back to where the issue came from."""
    return _step(
        issue_id,
        "answer",
        Form(fields.answer_fields()),
        lambda values, version: (
            handlers.answer_issue,
            AnswerIssue(issue_id, IssueOutcome(values["outcome"]), values["answer"], version),
        ),
    )


@blueprint.get("/community/gatherings")
@require("resources.community.list")
def list_gatherings() -> str:
    """What comes and what was, and the form for a new one."""
    return _gatherings_page(Form(_gathering_fields()))


@blueprint.post("/community/gatherings")
@require("resources.community.write")
def plan_gathering() -> Answer | tuple[str, int]:
    """Plans a gathering."""
    form = Form(_gathering_fields())
    if not form.check(request.form, forms.say):
        return _gatherings_page(form), 422
    values: dict[str, Any] = {
        name: value or "" if name in ("body", "course", "part") else value
        for name, value in form.values.items()
    }

    def create(uow: UnitOfWork, gathering_id: str) -> None:
        values["kind"] = GatheringKind(values["kind"])
        command = PlanGathering(gathering_id, **values)
        handlers.plan_gathering(command, uow, hooks())

    return or_again(
        lambda: create_once(create),
        lambda: _gatherings_page(form),
        url_for(".list_gatherings", saved=1),
    )


@blueprint.get("/community/gatherings/<gathering_id>")
@require("resources.community.list", object_argument="gathering_id")
def show_gathering(gathering_id: str) -> str:
    """One gathering and who came, by kind."""
    return _gathering_page(gathering_id)


@blueprint.post("/community/gatherings/<gathering_id>/attendance")
@require("resources.community.write", object_argument="gathering_id")
def count(gathering_id: str) -> Answer | tuple[str, int]:
    """Writes down who came."""
    form = Form(fields.count_fields())
    if not form.check(request.form, forms.say):
        return _gathering_page(gathering_id, form), 422
    attendance = {kind: form.values[kind.value] or 0 for kind in ParticipantKind}
    command = CountGathering(gathering_id, typed_version(), attendance, form.values["new_ties"])
    return or_again(
        lambda: _change(handlers.count_gathering, command),
        lambda: _gathering_page(gathering_id, form),
        url_for(".show_gathering", gathering_id=gathering_id, saved=1),
    )


@blueprint.post("/community/gatherings/<gathering_id>/cancel")
@require("resources.community.write", object_argument="gathering_id")
def cancel(gathering_id: str) -> Answer | tuple[str, int]:
    """Says that it does not take place."""
    return or_again(
        lambda: _change(handlers.cancel_gathering, CancelGathering(gathering_id, typed_version())),
        lambda: _gathering_page(gathering_id),
        url_for(".show_gathering", gathering_id=gathering_id, saved=1),
    )


@blueprint.get("/community/gatherings.ics")
@require("resources.community.list")
def calendar() -> Response:
    """Every gathering of the last months and the coming year as a calendar."""
    with reading() as connection:
        found = queries.gatherings(connection)
    name = text("text.calendar_name", town=this_town().name)
    return calendar_response(calendar_of(found, name, current_municipality()))


@blueprint.get("/community/public.ics")
@public(
    "residents read the town's public gatherings in their own calendars; nobody is named in them"
)
def public_calendar() -> Response:
    """The public gatherings as a calendar, without an account."""
    with reading() as connection:
        found = queries.gatherings(connection, public_only=True)
    name = text("text.calendar_name", town=this_town().name)
    return calendar_response(calendar_of(found, name, current_municipality()))


@blueprint.get("/community/networks")
@require("resources.community.list")
def list_networks() -> str:
    """Each network with its members and its numbers by fiscal year."""
    return _networks_page()


@blueprint.post("/community/networks/<network>/members")
@require("resources.community.write", object_argument="network")
def join(network: str) -> Answer | tuple[str, int]:
    """Writes a group down as a member."""
    found = next((one for one in _networks() if one.code == network), None)
    if found is None:
        raise CommunityNotFound
    form = Form(fields.member_fields(found), prefix=f"{network}-")
    if not form.check(request.form, forms.say):
        return _networks_page({network: form}), 422
    values = form.values

    def create(uow: UnitOfWork, member_id: str) -> None:
        activities = tuple(values.get("activities", ()))
        command = JoinNetwork(member_id, network, values["name"], activities, values["since"])
        handlers.join_network(command, uow, hooks())

    return or_again(
        lambda: create_once(create),
        lambda: _networks_page({network: form}),
        url_for(".list_networks", saved=1),
    )


@blueprint.post("/community/networks/<network>/donations")
@require("resources.community.write", object_argument="network")
def receive_donation(network: str) -> Answer | tuple[str, int]:
    """Writes down what a network was given."""
    if all(one.code != network for one in _networks()):
        raise CommunityNotFound
    form = Form(fields.donation_fields(), prefix=f"{network}-donation-")
    if not form.check(request.form, forms.say):
        return _networks_page(wrong_donations={network: form}), 422

    def create(uow: UnitOfWork, donation_id: str) -> None:
        handlers.receive_donation(
            ReceiveDonation(donation_id, network, **form.values), uow, hooks()
        )

    return or_again(
        lambda: create_once(create),
        lambda: _networks_page(wrong_donations={network: form}),
        url_for(".list_networks", saved=1),
    )


@blueprint.post("/community/donations/<donation_id>/void")
@require("resources.community.write", object_argument="donation_id")
def void_donation(donation_id: str) -> Answer | tuple[str, int]:
    """Takes a donation back that was written by mistake."""
    form = fields.void_form(donation_id)

    def again() -> str:
        return _networks_page(wrong_voids={donation_id: form})

    if not form.check(request.form, forms.say):
        return again(), 422
    command = VoidDonation(donation_id, form.values["reason"])
    return or_again(
        lambda: _change(handlers.void_donation, command),
        again,
        url_for(".list_networks", saved=1),
    )


@blueprint.get("/community/partners")
@require("resources.community.list")
def list_partners() -> str:
    """The partner companies."""
    return _partners_page(Form(fields.partner_fields()))


@blueprint.post("/community/partners")
@require("resources.community.write")
def register() -> Answer | tuple[str, int]:
    """Registers a company."""
    form = Form(fields.partner_fields())
    if not form.check(request.form, forms.say):
        return _partners_page(form), 422

    def create(uow: UnitOfWork, partner_id: str) -> None:
        handlers.register_partner(RegisterPartner(partner_id, **form.values), uow, hooks())

    return or_again(
        lambda: create_once(create),
        lambda: _partners_page(form),
        url_for(".list_partners", saved=1),
    )


@blueprint.post("/community/<any('networks','partners'):place>/<object_id>/leave")
@require("resources.community.write", object_argument="object_id")
def leave(place: str, object_id: str) -> Answer | tuple[str, int]:
    """A member or partner leaves today."""
    again = (
        _networks_page
        if place == "networks"
        else lambda: _partners_page(Form(fields.partner_fields()))
    )
    return or_again(
        lambda: _change(handlers.leave, Leave(object_id, clock.today())),
        again,
        url_for(f".list_{place}", saved=1),
    )


@blueprint.post("/community/<any('networks','partners'):place>/<object_id>/void")
@require("resources.community.write", object_argument="object_id")
def void_member(place: str, object_id: str) -> Answer | tuple[str, int]:
    """Takes a member or partner back that was written by mistake."""
    form = fields.void_form(object_id)

    def again() -> str:
        if place == "networks":
            return _networks_page(wrong_voids={object_id: form})
        return _partners_page(Form(fields.partner_fields()), {object_id: form})

    if not form.check(request.form, forms.say):
        return again(), 422
    return or_again(
        lambda: _change(handlers.void_member, VoidMember(object_id, form.values["reason"])),
        again,
        url_for(f".list_{place}", saved=1),
    )


@blueprint.get("/community/training")
@require("resources.community.list")
def training() -> str:
    """The town's courses, and attendance of a fiscal year by course and kind."""
    today = clock.today()
    year = queries.asked_year(request.args.get("year", ""), today)
    with reading() as connection:
        counts = queries.attendance(connection, year)
    courses = hooks().training_courses(on=today)
    return _page(
        "community_training.html",
        courses=courses,
        labels={one.code: one.label for one in courses},
        counts=counts,
        year=year,
        this_year=fiscal_year(today),
        kinds=tuple(ParticipantKind),
        kind_labels=[text(f"participant_kind.{kind.value}") for kind in ParticipantKind],
    )


def _step(
    issue_id: str,
    name: str,
    form: Form,
    command: Callable[[dict[str, Any], int], tuple[Callable[..., Any], Any]],
) -> Answer | tuple[str, int]:
    if not form.check(request.form, forms.say):
        return _issue_page(issue_id, {name: form}), 422
    handler, wanted = command(form.values, typed_version())
    return or_again(
        lambda: _change(handler, wanted),
        lambda: _issue_page(issue_id, {name: form}),
        url_for(".show_issue", issue_id=issue_id, saved=1),
    )


def _change(handler: Callable[..., Any], command: Any) -> None:
    with unit_of_work() as uow:
        handler(command, uow, hooks())


def _networks() -> tuple[CommunityNetwork, ...]:
    return tuple(hooks().community_networks(on=clock.today()))


def _gathering_fields() -> Any:
    courses = {one.code: one.label for one in hooks().training_courses(on=clock.today())}
    return fields.gathering_fields(handlers.body_labels(hooks()), courses)


def _page(template: str, **context: Any) -> str:
    return render_template(
        f"resources/{template}",
        today=clock.today(),
        now=clock.now(),
        saved="saved" in request.args,
        bodies=handlers.body_labels(hooks()),
        **context,
    )


def _issues_page(form: Form) -> str:
    with reading() as connection:
        waiting = queries.issues(connection, waiting=True)
        answered = queries.issues(connection, waiting=False)
    return _page(
        "community.html",
        waiting=waiting,
        answered=answered,
        form=form,
        themes=forms.need_labels(),
    )


def _issue_page(issue_id: str, wrong: dict[str, Form] | None = None) -> str:
    with reading() as connection:
        issue = queries.issue(connection, issue_id)
    route = handlers.route_for(issue, hooks())
    named = handlers.body_labels(hooks())
    shown = {
        "route": Form(fields.route_fields(named), typed={"body": issue.body or route.body}),
        "hand_up": Form(fields.hand_up_fields()),
        "answer": Form(fields.answer_fields()),
        **(wrong or {}),
    }
    return _page(
        "community_issue.html",
        issue=issue,
        route=route,
        forms=shown,
        form=next(iter((wrong or {}).values()), None),
        themes=forms.need_labels(),
        history=[_line(step, named) for step in reversed(issue.steps)],
    )


def _line(step: Any, bodies: dict[str, str]) -> dict[str, Any]:
    about = (text(f"community_level.{step.level}"), bodies.get(step.body, step.body))
    return {
        "at": step.at.astimezone(clock.JAPAN),
        "title": text(f"issue_step_kind.{step.kind.value}"),
        "body": "　".join(filter(None, (*about, step.reason, step.by_name))),
        "href": "",
        "service": "",
    }


def _gatherings_page(form: Form) -> str:
    now = clock.now()
    with reading() as connection:
        found = queries.gatherings(connection)
    return _page(
        "gatherings.html",
        coming=[one for one in found if one.ends_at >= now],
        past=[one for one in reversed(found) if one.ends_at < now],
        form=form,
    )


def _gathering_page(gathering_id: str, form: Form | None = None) -> str:
    with reading() as connection:
        one = queries.gathering(connection, gathering_id)
    typed = {kind.value: one.attendance.get(kind, "") for kind in ParticipantKind}
    typed["new_ties"] = "" if one.new_ties is None else one.new_ties
    courses = {course.code: course.label for course in hooks().training_courses(on=clock.today())}
    return _page(
        "gathering.html",
        one=one,
        form=form or Form(fields.count_fields(), typed=typed),
        courses=courses,
        kinds=tuple(ParticipantKind),
    )


def _networks_page(
    wrong: dict[str, Form] | None = None,
    wrong_donations: dict[str, Form] | None = None,
    wrong_voids: dict[str, Form] | None = None,
) -> str:
    networks = _networks()
    with reading() as connection:
        files = [queries.network_file(connection, one, clock.today()) for one in networks]
    shown = {one.code: Form(fields.member_fields(one), prefix=f"{one.code}-") for one in networks}
    donations = {
        one.code: Form(fields.donation_fields(), prefix=f"{one.code}-donation-") for one in networks
    }
    return _page(
        "networks.html",
        files=files,
        forms={**shown, **(wrong or {})},
        donation_forms={**donations, **(wrong_donations or {})},
        wrong_voids=wrong_voids or {},
        void_form=fields.void_form,
    )


def _partners_page(form: Form, wrong_voids: dict[str, Form] | None = None) -> str:
    with reading() as connection:
        found = queries.partners(connection)
    return _page(
        "partners.html",
        found=found,
        form=form,
        wrong_voids=wrong_voids or {},
        void_form=fields.void_form,
    )
