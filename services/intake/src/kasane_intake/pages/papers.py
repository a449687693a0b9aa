"""Papers of intake: the sheet of one consultation, and the list as a workbook."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kasane_intake import queries
from kasane_intake.domain.consultation import Consultation
from kasane_intake.pages import forms
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.papers import (
    Block,
    Cell,
    Choices,
    Fields,
    Grid,
    Heading,
    Note,
    Paper,
    Prose,
    Signature,
    download,
    pdf,
    workbook,
)
from kasane_kit.web import actor, reading, text, this_town, wareki

blueprint = Blueprint("papers", __name__)

MOST_LINES = 100_000
MOST_FOUND = 1000


@blueprint.get("/consultations/<consultation_id>/paper.pdf")
@require("intake.paper.read", object_argument="consultation_id")
def consultation_paper(consultation_id: str) -> Response:
    """The sheet of a consultation with the line of consent and a signature, or without them."""
    with_consent = request.args.get("consent") == "1"
    with reading() as connection:
        found = queries.consultation(connection, actor(), consultation_id)
    title = text("paper.title_with" if with_consent else "paper.title_without")
    made = pdf(
        Paper(
            title,
            _blocks(found, with_consent=with_consent),
            number=text("paper.number", number=found.number),
            printed_on=clock.today(),
            printed_by=actor().display_name,
            footer=this_town().name,
        )
    )
    return download(made, f"{title}_{found.number}.pdf")


@blueprint.get("/consultations/list.xlsx")
@require("intake.export.list")
def list_workbook() -> Response:
    """What the list shows, one state or all or what was searched for, without addresses and telephone numbers."""
    words, status = request.args.get("q", "").strip()[:200], request.args.get("status", "")
    with reading() as connection:
        if words:
            answer = queries.search(connection, actor(), words, status=status, most=MOST_FOUND)
            lines, more = [one.line for one in answer.found], answer.more
        else:
            lines = list(
                queries.consultations(connection, actor(), status=status, most=MOST_LINES + 1)
            )
            more = len(lines) > MOST_LINES
    offices, categories = forms.office_labels(), forms.category_labels()
    columns = [
        text("field.number"),
        text("text.received_on"),
        text("field.desk"),
        text("field.who"),
        text("field.main"),
        text("field.categories"),
        text("field.status"),
        text("field.urgent"),
    ]
    rows: list[list[Cell]] = [
        [
            line.number,
            line.received_at,
            offices.get(line.desk, line.desk),
            "、".join(name or text("text.anonymous") for name, _kana in line.persons),
            categories.get(line.main_category, line.main_category),
            "、".join(categories.get(code, code) for code in line.categories),
            text(f"consultation_status.{line.status}"),
            line.urgent,
        ]
        for line in lines[:MOST_LINES]
    ]
    if more:
        rows.append([text("paper.more"), *[""] * (len(columns) - 1)])
    title = text("page.list")
    return download(workbook(title, columns, rows), f"{title}_{clock.today().isoformat()}.xlsx")


def _blocks(found: Consultation, *, with_consent: bool) -> tuple[Block, ...]:
    """What stands on the sheet. A hidden complainant stands on none, not even at the desk (I-11)."""
    contact = found.contact.outside_the_desk
    hidden = (Note(text("paper.contact_kept")),) if contact.hidden else ()
    offices, categories = forms.office_labels(), forms.category_labels()
    said = {code: "◎" if code == found.main_category else "○" for code in found.categories}
    labels = {**{code: code for code in said}, **categories}
    head = (
        (text("text.received_on"), wareki(found.received_at)),
        (text("field.channel"), text(f"channel.{found.channel.value}")),
        (text("field.desk"), offices.get(found.desk, found.desk)),
    )
    who: tuple[tuple[str, str], ...] = () if contact.hidden else _contact(contact)
    return (
        Heading(text("page.reception")),
        Fields(head),
        Heading(text("page.contact")),
        *((Fields(who),) if who else hidden),
        Heading(text("page.persons")),
        *_persons(found),
        Heading(text("paper.troubles")),
        Choices(tuple((label, said.get(code, "")) for code, label in labels.items())),
        Heading(text("page.story")),
        Prose(found.shared_story),
        *_end(with_consent=with_consent),
    )


def _contact(contact: Any) -> tuple[tuple[str, str], ...]:
    name = f"{contact.name}（{contact.kana}）" if contact.name and contact.kana else contact.name
    return (
        (text("field.contact_name"), name or text("text.anonymous")),
        (text("field.contact_relation"), contact.relation),
        (text("field.phone"), contact.phone),
    )


def _persons(found: Consultation) -> tuple[Block, ...]:
    if not found.persons:
        return (Prose(text("text.no_persons")),)
    names = ("name", "kana", "relation", "birth_date", "address", "phone")
    rows = tuple(
        (
            one.name or one.description or text("text.anonymous"),
            one.kana,
            one.relation,
            wareki(one.birth_date),
            one.address,
            one.phone,
        )
        for one in found.persons
    )
    return (Grid(tuple(text(f"field.{name}") for name in names), rows),)


def _end(*, with_consent: bool) -> tuple[Block, ...]:
    if not with_consent:
        return (Note(text("paper.no_consent")),)
    return (
        Heading(text("paper.consent")),
        Prose(text("paper.consent_line")),
        Fields(((text("paper.day"), ""),)),
        Signature(text("paper.signature")),
    )
