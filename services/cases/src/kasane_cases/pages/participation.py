"""Participation support of a case's persons: proposing it, judging it at a session, telling the host."""

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands.participation import (
    JudgeParticipation,
    ProposeParticipation,
    TellHost,
)
from kasane_cases.domain.consent import AttendeeKind, DataClass
from kasane_cases.domain.participation import CaseParticipation
from kasane_cases.handlers.views import case_view
from kasane_cases.pages import forms, words
from kasane_cases.pages.doing import change, create, or_again
from kasane_cases.pages.sessions import names_of
from kasane_cases.pages.words import page
from kasane_cases.queries import participation as own_queries
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, text
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("participation", __name__)

# A host hears who comes; more than these is never needed for taking part.
MORE_CLASSES = (DataClass.CONTACT, DataClass.RECORD, DataClass.HEALTH, DataClass.DISABILITY)
HOSTS = (
    AttendeeKind.RESIDENT,
    AttendeeKind.PARTNER_AGENCY,
    AttendeeKind.CONTRACTOR,
    AttendeeKind.MUNICIPAL_STAFF,
)


@blueprint.get("/cases/<case_id>/participation")
@require("cases.participation.read", object_argument="case_id")
def show(case_id: str) -> str:
    """Where each participation of the case stands, and the form for a proposal."""
    return _page(case_id, request.args.get("person", ""))


@blueprint.post("/cases/<case_id>/participation")
@require("cases.participation.propose", object_argument="case_id")
def propose(case_id: str) -> Response | tuple[str, int]:
    """Proposes participation support for a person."""
    file = _file(case_id)
    form = Form(_proposal_fields(file))
    if not form.check(request.form, text):
        return _page(case_id, proposal=form), 422
    values = form.values
    return or_again(
        lambda: create(
            handlers.propose_participation,
            lambda object_id: ProposeParticipation(
                object_id, case_id, values["person_id"], values["category"], values["wish"]
            ),
            hooks(),
        ),
        lambda: _page(case_id, proposal=form),
        url_for(".show", case_id=case_id),
    )


@blueprint.post("/cases/<case_id>/participation/<participation_id>/host")
@require("cases.participation.tell_host", object_argument="case_id")
def tell_host(case_id: str, participation_id: str) -> Response | tuple[str, int]:
    """Tells the host who comes, when the person's consent or another basis allows it."""
    form = Form(_telling_fields(), prefix=f"{participation_id}-")
    if not form.check(request.form, text):
        return _page(case_id, telling={participation_id: form}), 422
    values = form.values
    return or_again(
        lambda: create(
            handlers.tell_host,
            lambda object_id: TellHost(
                object_id,
                case_id,
                participation_id,
                AttendeeKind(values["recipient"]),
                tuple(DataClass(one) for one in values["told_more"]),
            ),
            hooks(),
        ),
        lambda: _page(case_id, telling={participation_id: form}),
        url_for(".show", case_id=case_id),
    )


@blueprint.get("/conferences/<session_id>/items/<item_id>/participation")
@require("cases.participation.judge", object_argument="session_id")
def judgement_form(session_id: str, item_id: str) -> str:
    """What was proposed for the person of an item, each with the question of the session."""
    return _judgement_page(session_id, item_id)


@blueprint.post("/conferences/<session_id>/items/<item_id>/participation/<participation_id>")
@require("cases.participation.judge", object_argument="session_id")
def judge(session_id: str, item_id: str, participation_id: str) -> Response | tuple[str, int]:
    """Writes down whether the session judged it needed."""
    needed = request.form.get("needed", "")
    if needed not in ("yes", "no"):
        return _judgement_page(session_id, item_id, wrong=participation_id), 422
    command = JudgeParticipation(session_id, item_id, participation_id, needed == "yes")
    return or_again(
        lambda: change(handlers.judge_participation, command),
        lambda: _judgement_page(session_id, item_id),
        url_for(".judgement_form", session_id=session_id, item_id=item_id),
    )


def _file(case_id: str) -> queries.CaseFile:
    with reading() as connection:
        return queries.case_file(connection, actor(), case_id, clock.today())


def _proposal_fields(file: queries.CaseFile) -> list[FieldSpec]:
    persons = {one.id: one.name or text("case.no_name") for one in file.members}
    return [
        forms.spec("person_id", FieldKind.CHOICE, forms.choices(persons), required=True),
        forms.spec(
            "category", FieldKind.CHOICE, forms.choices(words.category_labels()), required=True
        ),
        forms.spec(
            "wish",
            FieldKind.TEXTAREA,
            required=True,
            hint=text("participation.wish_hint"),
            max_length=1000,
        ),
    ]


def _telling_fields() -> list[FieldSpec]:
    kinds = [one for one in forms.members(AttendeeKind, "attendee_kind") if one.value in HOSTS]
    more = [one for one in forms.members(DataClass, "data_class") if one.value in MORE_CLASSES]
    return [
        forms.spec("recipient", FieldKind.CHOICE, kinds, required=True),
        forms.spec("told_more", FieldKind.CHOICES, more, hint=text("participation.told_more_hint")),
    ]


def _page(
    case_id: str,
    person_id: str = "",
    proposal: Form | None = None,
    telling: dict[str, Form] | None = None,
) -> str:
    file = _file(case_id)
    with reading() as connection:
        found = own_queries.participations_of(connection, file)
    to_tell = {
        one.id: Form(_telling_fields(), prefix=f"{one.id}-") for one in found if _may_tell(one)
    }
    return page(
        "participation.html",
        file=file,
        found=found,
        names={one.id: one.name or text("case.no_name") for one in file.persons},
        rule=hooks().participation_rule(case=case_view(file.case)),
        form=proposal or Form(_proposal_fields(file), typed={"person_id": person_id}),
        telling={**to_tell, **(telling or {})},
        may_write=file.admission.whole
        and file.case.open
        and any(actor().has(one) for one in ("coordinator", "contact", "responsible")),
    )


def _may_tell(one: CaseParticipation) -> bool:
    return one.status in ("matched", "trial", "placed", "stable") and one.told_on is None


def _judgement_page(session_id: str, item_id: str, wrong: str = "") -> str:
    with reading() as connection:
        file = queries.session_file(connection, actor(), session_id)
        item = file.session.item(item_id)
        found = own_queries.participations_of_item(connection, item)
    return page(
        "participation_judgement.html",
        file=file,
        session=file.session,
        item=item,
        found=found,
        closed=file.session.kind_of(item).closed,
        names=names_of(file),
        wrong=wrong,
    )
