"""Keeping entries fresh: confirm, own, ask the organization, decide about its answers."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import actor, hooks, reading, typed_version, unit_of_work
from kasane_resources import queries
from kasane_resources.commands.freshness import (
    ConfirmEntry,
    DecideAnswer,
    MakeConfirmLink,
    OwnEntry,
    RevokeConfirmLink,
)
from kasane_resources.domain.freshness import Freshness, freshness
from kasane_resources.domain.human_service import HumanServiceEntry
from kasane_resources.handlers import freshness as handlers
from kasane_resources.pages.directory import entry_page
from kasane_resources.pages.refusals import or_again
from kasane_resources.queries import freshness as stored

blueprint = Blueprint("freshness", __name__)


def freshness_of(entry: HumanServiceEntry) -> Freshness:
    """How fresh an entry is today, for templates."""
    return freshness(entry.last_confirmed_on, clock.today(), handlers.confirmation_days(hooks()))


@blueprint.get("/human-services/confirmations")
@require("resources.answer.list")
def list_work() -> str:
    """Answers of organizations that wait, and entries to be confirmed: one's own first."""
    return _work_page()


def _work_page() -> str:
    with reading() as connection:
        days = handlers.confirmation_days(hooks())
        work = stored.confirmation_work(connection, actor(), days)
    return render_template(
        "resources/confirmations.html",
        work=work,
        rule=hooks().resource_freshness(on=clock.today()),
        saved="saved" in request.args,
    )


@blueprint.post("/human-services/<human_service_id>/confirm")
@require("resources.human_service.confirm", object_argument="human_service_id")
def confirm(human_service_id: str) -> Response | tuple[str, int]:
    """Keeps that the person at the screen made sure today that the entry is right."""
    _must_be_seen(human_service_id)

    def run() -> None:
        with unit_of_work() as uow:
            command = ConfirmEntry(human_service_id, typed_version())
            handlers.confirm_entry(command, uow, hooks())

    return or_again(run, lambda: entry_page(human_service_id), _entry_again(human_service_id))


@blueprint.post("/human-services/<human_service_id>/owner")
@require("resources.human_service.confirm", object_argument="human_service_id")
def own(human_service_id: str) -> Response:
    """The person at the screen keeps the entry right, or no longer does."""
    _must_be_seen(human_service_id)
    mine = request.form.get("mine") == "1"
    with unit_of_work() as uow:
        handlers.own_entry(OwnEntry(human_service_id, mine), uow, hooks())
    return redirect(_entry_again(human_service_id), 303)


@blueprint.get("/human-services/<human_service_id>/links")
@require("resources.confirm_link.write", object_argument="human_service_id")
def show_links(human_service_id: str) -> str:
    """The links of an entry, without their addresses: those are shown once, when made."""
    return _show_links(human_service_id)


@blueprint.post("/human-services/<human_service_id>/links")
@require("resources.confirm_link.write", object_argument="human_service_id")
def make_link(human_service_id: str) -> str:
    """Makes a link and shows its address, this once."""
    _must_be_seen(human_service_id)
    with unit_of_work() as uow:
        token = handlers.make_confirm_link(MakeConfirmLink(human_service_id), uow, hooks())
    address = url_for("public_confirmation.show_entry", token=token, _external=True)
    return _show_links(human_service_id, address)


@blueprint.post("/human-services/<human_service_id>/links/<link_id>/revoke")
@require("resources.confirm_link.write", object_argument="human_service_id")
def revoke_link(human_service_id: str, link_id: str) -> Response:
    """Closes a link for good."""
    _must_be_seen(human_service_id)
    with unit_of_work() as uow:
        handlers.revoke_confirm_link(RevokeConfirmLink(human_service_id, link_id), uow, hooks())
    return redirect(url_for(".show_links", human_service_id=human_service_id), 303)


@blueprint.post("/human-services/answers/<answer_id>")
@require("resources.answer.decide", object_argument="answer_id")
def decide(answer_id: str) -> Response | tuple[str, int]:
    """Takes an answer over, which confirms the entry, or leaves it."""
    command = DecideAnswer(answer_id, request.form.get("decision") == "taken", typed_version())

    def run() -> None:
        with unit_of_work() as uow:
            handlers.decide_answer(command, uow, hooks())

    return or_again(run, _work_page, url_for(".list_work", saved=1))


def _show_links(human_service_id: str, address: str = "") -> str:
    with reading() as connection:
        service = queries.human_service(connection, actor(), human_service_id)
        links = stored.links_of(connection, human_service_id)
    return render_template(
        "resources/confirm_links.html",
        service=service,
        links=links,
        address=address,
        today=clock.today(),
    )


def _must_be_seen(human_service_id: str) -> None:
    with reading() as connection:
        queries.human_service(connection, actor(), human_service_id)


def _entry_again(human_service_id: str) -> str:
    return url_for("directory.show_human_service", human_service_id=human_service_id, saved=1)
