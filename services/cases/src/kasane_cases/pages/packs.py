"""The meeting pack: pages that close after some days, and numbered copies on paper."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as Answer

from kasane_cases import handlers, queries
from kasane_cases.commands import IssuePack, PrintCopies, SetPackDays, SettleCopy
from kasane_cases.domain.pack import LONGEST_PACK_DAYS, CopyState
from kasane_cases.pages import words
from kasane_cases.pages.doing import change, or_again
from kasane_cases.pages.words import page
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.papers import (
    Block,
    Fields,
    Grid,
    Heading,
    Note,
    PageBreak,
    Paper,
    Prose,
    download,
    pdf,
)
from kasane_kit.web import actor, hooks, reading, term, text, wareki

blueprint = Blueprint("packs", __name__)


@blueprint.get("/conferences/<session_id>/pack")
@require("cases.conference.read", object_argument="session_id")
def show(session_id: str) -> str:
    """The viewer's own pack, as far as it was opened to them."""
    with reading() as connection:
        pack = queries.own_pack(connection, actor(), session_id)
    return page("pack.html", pack=pack, session=pack.session)


@blueprint.get("/conferences/<session_id>/packs")
@require("cases.conference.lead", object_argument="session_id")
def desk(session_id: str) -> str:
    """Who may read what, and where the numbered copies are."""
    return _desk(session_id)


@blueprint.post("/conferences/<session_id>/packs")
@require("cases.conference.lead", object_argument="session_id")
def issue(session_id: str) -> Answer | tuple[str, int]:
    """Opens the pages to the attendees."""
    return _try(session_id, lambda: change(handlers.issue_pack, IssuePack(session_id), hooks()))


@blueprint.post("/conferences/<session_id>/packs/days")
@require("cases.conference.lead", object_argument="session_id")
def set_days(session_id: str) -> Answer | tuple[str, int]:
    """Says for how long after the session the pages stay open."""
    typed = request.form.get("days", "").strip()
    if not (typed.isdecimal() and len(typed) < 4 and int(typed) <= LONGEST_PACK_DAYS):
        return _desk(session_id, wrong_days=typed), 422
    command = SetPackDays(session_id, int(typed))
    return _try(session_id, lambda: change(handlers.set_pack_days, command))


@blueprint.post("/conferences/<session_id>/copies")
@require("cases.conference.lead", object_argument="session_id")
def print_copies(session_id: str) -> Answer | tuple[str, int]:
    """Numbers a copy for each attendee."""
    command = PrintCopies(session_id)
    return _try(session_id, lambda: change(handlers.print_copies, command, hooks()))


@blueprint.get("/conferences/<session_id>/copies/<copy_id>.pdf")
@require("cases.conference.lead", object_argument="session_id")
def copy_as_pdf(session_id: str, copy_id: str) -> Response:
    """One numbered copy on paper."""
    with reading() as connection:
        copy, pack = queries.pack_for_copy(connection, actor(), session_id, copy_id)
    number = text("pack.copy_number", number=copy.number)
    paper = Paper(
        title=f"{pack.session.body_label} {text('pack.title')}",
        blocks=tuple(_blocks(pack)),
        number=f"{number} {copy.holder}",
        printed_on=clock.today(),
        printed_by=actor().display_name,
        footer=text("pack.footer"),
        watermark=f"{number} {copy.holder}",
    )
    return download(pdf(paper), f"{text('pack.title')}-{copy.number}.pdf")


@blueprint.post("/conferences/<session_id>/copies/<copy_id>")
@require("cases.conference.lead", object_argument="session_id")
def settle_copy(session_id: str, copy_id: str) -> Answer | tuple[str, int]:
    """Notes that a copy was collected or destroyed."""
    typed = request.form.get("state", "")
    if typed not in {CopyState.COLLECTED.value, CopyState.DESTROYED.value}:
        return _desk(session_id), 422
    command = SettleCopy(session_id, copy_id, CopyState(typed))
    return _try(session_id, lambda: change(handlers.settle_copy, command))


def _desk(session_id: str, wrong_days: str | None = None) -> str:
    with reading() as connection:
        found = queries.pack_desk(connection, actor(), session_id)
    return page(
        "packs.html",
        desk=found,
        session=found.session,
        opened={
            attendee.id: {part.item_id for part in found.parts if part.attendee_id == attendee.id}
            for attendee in found.session.attendees
        },
        longest=LONGEST_PACK_DAYS,
        wrong_days=wrong_days,
    )


def _try(session_id: str, act: Callable[[], Any]) -> Answer | tuple[str, int]:
    return or_again(act, lambda: _desk(session_id), url_for("packs.desk", session_id=session_id))


def _blocks(pack: queries.Pack) -> list[Block]:
    session = pack.session
    day = session.held_on or session.planned_for
    blocks: list[Block] = [
        Fields(
            (
                (text("conference.planned_for"), wareki(day)),
                (text("field.place"), session.place or text("pack.not_stated")),
            )
        ),
        Heading(text("session.agenda")),
        Grid(
            (text("pack.number"), text("field.topic")),
            tuple((str(n), _topic(one)) for n, one in enumerate(pack.dossiers, 1)),
        ),
        Heading(text("pack.roster")),
        Grid(
            (text("field.name"), text("field.attendee_kind"), text("session.duty_short")),
            tuple(
                (
                    one.name,
                    term(f"attendee_kind.{one.kind.value}"),
                    text("session.bound") if one.bound else text("session.not_bound"),
                )
                for one in session.attendees
                if one.present
            ),
        ),
        Note(pack.attendee.duty.text),
    ]
    for number, dossier in enumerate(pack.dossiers, 1):
        blocks.extend(_of_item(number, dossier))
    return blocks


def _of_item(number: int, dossier: queries.Dossier) -> list[Block]:
    blocks: list[Block] = [PageBreak(), Heading(f"{number}. {_topic(dossier)}")]
    if dossier.restricted:
        return [*blocks, Prose(text("pack.restricted"))]
    if dossier.withheld:
        return [*blocks, Prose(text("pack.withheld"))]
    if dossier.person is None:
        return [*blocks, Prose(text("session.no_identity"))]
    age = text("pack.age", age=dossier.age) if dossier.age is not None else ""
    identity = (
        (text("field.name"), dossier.person.name or text("case.no_name")),
        (text("field.kana"), dossier.person.kana),
        (text("pack.age_label"), age),
        (text("field.relation"), dossier.relation),
    )
    blocks.append(Fields(identity))
    labels = words.category_labels()
    if dossier.needs:
        blocks.append(Heading(text("pack.needs")))
        rows = tuple((labels.get(code, code), told) for code, told in dossier.needs)
        blocks.append(Grid((text("field.category"), text("field.description")), rows))
    for plan in dossier.plans:
        blocks.append(Heading(term(f"plan_kind.{plan.kind.value}")))
        blocks.append(Prose("\n".join(f"・{goal.text}" for goal in plan.goals)))
        tracks = tuple(
            (track.what, track.agency, wareki(track.due_on) if track.due_on else "")
            for track in plan.tracks
        )
        if tracks:
            blocks.append(Grid((text("field.what"), text("field.who"), text("case.due")), tracks))
    return blocks


def _topic(dossier: queries.Dossier) -> str:
    return text("session.restricted_item") if dossier.restricted else dossier.item.topic
