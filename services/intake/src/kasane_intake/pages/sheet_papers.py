"""A つなぐシート on paper, with and without the person's particulars."""

from collections.abc import Mapping

from flask import Blueprint, Response

from kasane_intake import queries
from kasane_intake.domain.consultation import Consultation, PersonConcerned
from kasane_intake.domain.names_in_text import without_names
from kasane_intake.domain.referral_sheet import ReferralSheet
from kasane_intake.pages import forms, sheet_forms
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.papers import (
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
)
from kasane_kit.web import actor, age_on, reading, text, wareki

blueprint = Blueprint("sheet_papers", __name__)

Block = Fields | Grid | Heading | Note | Prose | Choices | Signature


@blueprint.get("/sheets/<sheet_id>/paper.pdf")
@require("intake.referral_sheet.read", object_argument="sheet_id")
def paper(sheet_id: str) -> Response:
    """With the particulars of those who consented (the facts of 岡山市's model sheet, P33)."""
    return _paper(sheet_id, with_person=True)


@blueprint.get("/sheets/<sheet_id>/paper-without-person.pdf")
@require("intake.referral_sheet.read", object_argument="sheet_id")
def paper_without_person(sheet_id: str) -> Response:
    """Without names, addresses and the story: to and from, why, kinds of trouble."""
    return _paper(sheet_id, with_person=False)


def _paper(sheet_id: str, *, with_person: bool) -> Response:
    with reading() as connection:
        sheet = queries.sheet(connection, actor(), sheet_id)
        consultation = queries.consultation(connection, actor(), sheet.consultation_id)
    policy = sheet_forms.policy_for(sheet.to_office)
    made = pdf(
        Paper(
            policy.label,
            (*_route(sheet, consultation), *_about(sheet, consultation, with_person)),
            number=consultation.number,
            printed_on=clock.today(),
            printed_by=actor().display_name,
            footer=text("sheets.paper.footer"),
        )
    )
    return download(made, f"{policy.label}_{consultation.number}.pdf")


def _route(sheet: ReferralSheet, consultation: Consultation) -> tuple[Block, ...]:
    offices, ways = forms.office_labels(), forms.companionship(sheet_forms.policy_for(""))
    way = {choice.value: choice.label for choice in ways}
    return (
        Fields(
            (
                (text("sheets.paper.number"), consultation.number),
                (text("sheets.paper.sent_on"), wareki(sheet.sent_on)),
                (text("sheets.field.responsible"), _word(offices, sheet.responsible_office)),
                (text("sheets.paper.to"), _word(offices, sheet.to_office)),
                (
                    text("sheets.paper.consent"),
                    text("sheets.paper.consented", count=len(sheet.persons) or 1)
                    if sheet.consent
                    else "",
                ),
                (text("field.companionship"), way.get(sheet.companionship, sheet.companionship)),
            )
        ),
    )


def _about(
    sheet: ReferralSheet, consultation: Consultation, with_person: bool
) -> tuple[Block, ...]:
    troubles = tuple(
        (label, _mark(code, consultation)) for code, label in forms.category_labels().items()
    )
    kinds: tuple[Block, ...] = (
        (Heading(text("sheets.paper.categories")), Choices(troubles)) if troubles else ()
    )
    signed = (Signature(text("sheets.paper.received_by")),)
    if not with_person:
        return (*kinds, Note(text("sheets.paper.without")), *signed)
    told = [p for p in consultation.persons if p.person_id in sheet.persons]
    others = [p for p in consultation.persons if p not in told]
    return (
        Heading(text("sheets.paper.persons")),
        *(_person(told[0]) if told else ()),
        Fields(
            (
                (
                    text("sheets.paper.household"),
                    text("sheets.paper.people", count=len(consultation.persons)),
                ),
            )
        ),
        *_household(told),
        *((Note(text("sheets.text.untold_count", count=len(others))),) if others else ()),
        *kinds,
        Heading(text("sheets.paper.story")),
        Prose(without_names(consultation.shared_story, told, others)),
        Heading(text("sheets.paper.reason")),
        Prose(sheet.reason),
        *_town(sheet),
        *signed,
    )


def _person(person: PersonConcerned) -> tuple[Block, ...]:
    return (
        Fields(
            (
                (text("sheets.paper.name"), person.name or person.description),
                (text("sheets.paper.kana"), person.kana),
                (text("sheets.paper.gender"), ""),
                (
                    text("sheets.paper.birth_date"),
                    wareki(person.birth_date) if person.birth_date else "",
                ),
                (text("sheets.paper.address"), person.address),
                (text("sheets.paper.phone"), person.phone),
            )
        ),
    )


def _household(told: list[PersonConcerned]) -> tuple[Block, ...]:
    columns = ("name", "age", "relation", "note")
    rows = tuple(
        (
            person.name or person.description,
            str(age_on(person.birth_date, clock.today())) if person.birth_date else "",
            person.relation,
            person.description if person.name else "",
        )
        for person in told
    )
    if not rows:
        return ()
    return (Grid(tuple(text(f"sheets.paper.{name}") for name in columns), rows),)


def _town(sheet: ReferralSheet) -> tuple[Block, ...]:
    shown = []
    for plugin, spec in forms.sheet_town_fields():
        value = sheet.extensions.get(plugin, {}).get(spec.name)
        words = {choice.value: choice.label for choice in spec.choices}
        many = value if isinstance(value, list) else [value] if value else []
        said = "、".join(
            text("answer.yes") if one is True else words.get(str(one), str(one)) for one in many
        )
        shown.append((spec.label, said))
    return (Fields(tuple(shown)),) if shown else ()


def _mark(code: str, consultation: Consultation) -> str:
    if code == consultation.main_category:
        return "◎"
    return "○" if code in consultation.categories else ""


def _word(words: Mapping[str, str], code: str) -> str:
    return words.get(code, code)
