"""A case told without saying whose it is, on paper, for staff and community meetings."""

from flask import Blueprint, Response, request

from kasane_cases import handlers, queries
from kasane_cases.commands import MakeCaseStudy
from kasane_cases.domain.case_study import CaseStudy
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.pages import forms, words
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.papers import Fields, Heading, Note, Paper, Prose, download, pdf
from kasane_kit.web import Form, actor, reading, text, unit_of_work
from kasane_plugin_api import FieldKind, FieldSpec

blueprint = Blueprint("case_studies", __name__)

PARTS = ("course", "good", "question")


@blueprint.get("/cases/<case_id>/case-study")
@require("cases.case_study.make", object_argument="case_id")
def form(case_id: str) -> str:
    """What goes out by itself, and what a person writes."""
    return _page(case_id, Form(_fields()))


@blueprint.post("/cases/<case_id>/case-study")
@require("cases.case_study.make", object_argument="case_id")
def make(case_id: str) -> Response | tuple[str, int]:
    """The study on paper; refused when the words say whose it is."""
    typed = Form(_fields())
    if not typed.check(request.form, text):
        return _page(case_id, typed), 422
    told = tuple(
        (text(f"field.study_{part}"), typed.values[f"study_{part}"])
        for part in PARTS
        if typed.values[f"study_{part}"]
    )
    try:
        with unit_of_work() as uow:
            study = handlers.make_case_study(MakeCaseStudy(case_id, told), uow)
    except CasesRefusal as refusal:
        if refusal.status == 404:
            raise
        show_refusal(refusal)
        return _page(case_id, typed), refusal.status
    return download(pdf(_paper(study)), f"{text('study.title')}.pdf")


def _fields() -> list[FieldSpec]:
    return [
        forms.spec(f"study_{part}", FieldKind.TEXTAREA, required=part == "course", max_length=2000)
        for part in PARTS
    ]


def _page(case_id: str, typed: Form) -> str:
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
    return page("case_study.html", file=file, form=typed)


def _paper(study: CaseStudy) -> Paper:
    labels = words.category_labels()
    ages = "、".join(text("study.age", band=band) for band in study.ages)
    facts = (
        (text("study.ages"), ages),
        (text("study.relations"), "、".join(study.relations)),
        (text("study.categories"), "、".join(labels.get(one, one) for one in study.categories)),
        (text("study.needs"), "、".join(labels.get(one, one) for one in study.needs)),
        (text("study.sessions"), str(study.sessions)),
    )
    told = [block for title, words_ in study.told for block in (Heading(title), Prose(words_))]
    return Paper(
        title=text("study.title"),
        blocks=(Note(text("study.note")), Fields(facts), *told),
        printed_on=clock.today(),
        footer=text("study.footer"),
    )
