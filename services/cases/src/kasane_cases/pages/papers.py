"""Papers of a case: assessment, plan, a person's record for disclosure; and the list as a workbook."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kasane_cases import queries
from kasane_cases.pages import paper_blocks, words
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.papers import Block, Cell, Paper, download, pdf, workbook
from kasane_kit.web import actor, reading, text, this_town

blueprint = Blueprint("papers", __name__)

MOST_LINES = 100_000


@blueprint.get("/cases/<case_id>/assessments/<assessment_id>/paper.pdf")
@require("cases.paper.read", object_argument="case_id")
def assessment_paper(case_id: str, assessment_id: str) -> Response:
    """One assessment with its marks; who told about others stands on no paper (I-11)."""
    _file(case_id)
    with reading() as connection:
        read = queries.assessment_read(connection, actor(), case_id, assessment_id, clock.today())
    blocks = paper_blocks.of_assessment(read)
    return _paper(read.form.label, blocks, read.case.number)


@blueprint.get("/cases/<case_id>/plans/<plan_id>/paper.pdf")
@require("cases.paper.read", object_argument="case_id")
def plan_paper(case_id: str, plan_id: str) -> Response:
    """One plan with a line to sign for every person."""
    file = _file(case_id)
    plan = file.plan(plan_id)
    return _paper(text("paper.plan"), paper_blocks.of_plan(file, plan), file.case.number)


@blueprint.get("/cases/<case_id>/persons/<person_id>/record.pdf")
@require("cases.record_copy.read", object_argument="person_id")
def record_copy(case_id: str, person_id: str) -> Response:
    """What is recorded about one person, with the parts marked that a request may not reach."""
    today = clock.today()
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, today)
        file.admission.check_taking_out()
        person = file.person(person_id)
        found = queries.assessment_file(connection, actor(), case_id, today)
        reads = [
            queries.assessment_read(connection, actor(), case_id, one.id, today)
            for one in reversed(found.history(person_id))
        ]
    blocks = paper_blocks.of_record(file, person, reads)
    return _paper(
        text("paper.record"), blocks, file.case.number, watermark=text("paper.record_watermark")
    )


@blueprint.get("/cases/list.xlsx")
@require("cases.export.list")
def list_workbook() -> Response:
    """The list of cases without any address."""
    closed = request.args.get("closed") == "1"
    with reading() as connection:
        lines = queries.case_lines(
            connection,
            actor(),
            clock.today(),
            closed=closed,
            limit=MOST_LINES,
            to_take_out=True,
        )
    columns = [
        text("list.number"),
        text("list.persons"),
        text("list.status"),
        text("list.opened"),
        text("list.session"),
        text("list.review"),
        text("list.unmet"),
        text("list.urgent"),
    ]
    rows: list[list[Cell]] = [
        [
            line.number,
            "、".join(name or text("case.no_name") for name in line.persons),
            words.status_label(line.status),
            line.opened_on,
            line.next_session_on,
            line.review_on,
            "、".join(text(f"unmet.{code}") for code in line.unmet),
            line.urgent,
        ]
        for line in lines
    ]
    title = text("list.closed_cases" if closed else "list.open_cases")
    return download(workbook(title, columns, rows), f"{title}_{clock.today().isoformat()}.xlsx")


def _file(case_id: str) -> queries.CaseFile:
    """The case for a paper; raises EmergencyTakesNothingOut."""
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, clock.today())
    file.admission.check_taking_out()
    return file


def _paper(title: str, blocks: tuple[Block, ...], number: str, watermark: str = "") -> Response:
    made = pdf(
        Paper(
            title,
            blocks,
            number=number,
            printed_on=clock.today(),
            printed_by=actor().display_name,
            footer=this_town().name,
            watermark=watermark,
        )
    )
    return download(made, f"{title}_{number}.pdf")
