"""An organization confirms its public entry through a link, without an account."""

from flask import Blueprint, Response, g, make_response, render_template, request

from kasane_kit.auth import platform_actor, public
from kasane_kit.tenancy import current_municipality
from kasane_kit.unit_of_work import Cause, UnitOfWork
from kasane_kit.web import guard_open_forms, text, this_house, this_service
from kasane_resources.commands.freshness import AnswerAsOrganization
from kasane_resources.domain.errors import (
    AnswerMissing,
    EntryChangedSince,
    LinkClosed,
    TooManyAnswers,
)
from kasane_resources.domain.freshness import LONGEST_ANSWER, entry_digest
from kasane_resources.domain.human_service import HumanService
from kasane_resources.handlers.freshness import answer_as_organization, entry_of_link

blueprint = Blueprint("public_confirmation", __name__)
guard_open_forms(blueprint, largest=32 * 1024, robots="noindex, noarchive")

BECAUSE = (
    "an organization has no account; an unguessable link shows its public entry and nothing else"
)


@blueprint.get("/confirm/<token>")
@public(BECAUSE)
def show_entry(token: str) -> Response:
    """The public entry with the question whether it is right."""
    try:
        with _unit() as uow:
            service = entry_of_link(token, uow)
    except LinkClosed:
        return _closed()
    return make_response(_show(service))


@blueprint.post("/confirm/<token>")
@public(BECAUSE)
def send_answer(token: str) -> Response:
    """Keeps the answer for a worker; the entry does not change by itself."""
    said = request.form.get("answer", "")
    written = request.form.get("text", "")
    seen = request.form.get("entry", "")
    command = AnswerAsOrganization(token, said == "as_it_is", written, seen)
    try:
        with _unit() as uow:
            service = entry_of_link(token, uow)
            if said not in ("as_it_is", "changed"):
                raise AnswerMissing
            answer_as_organization(command, uow)
    except LinkClosed:
        return _closed()
    except EntryChangedSince as refusal:
        return make_response(_show(service, text("text.look_again")), refusal.status)
    except (AnswerMissing, TooManyAnswers) as refusal:
        why = text(f"refusal.{refusal.code}.why", **refusal.facts)
        next_step = text(f"refusal.{refusal.code}.next", **refusal.facts)
        return make_response(_show(service, why + next_step), refusal.status)
    return make_response(_show(service, sent=True))


def _unit() -> UnitOfWork:
    """A unit of work for somebody without an account: the trail names the platform."""
    actor = platform_actor(this_service().name, current_municipality())
    return UnitOfWork(this_house(), this_service().name, actor, Cause(g.request_id))


def _show(service: HumanService, problem: str = "", *, sent: bool = False) -> str:
    return render_template(
        "resources/public/confirm.html",
        service=service,
        digest=entry_digest(service.entry),
        problem=problem,
        sent=sent,
        most=LONGEST_ANSWER,
    )


def _closed() -> Response:
    return make_response(render_template("resources/public/link_closed.html"), 404)
