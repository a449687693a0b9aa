"""The reports of a town: what is counted now, the versions that were frozen, their corrections and their files."""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, actor, create_once, reading, text, this_town
from kasane_plugin_api import FieldKind, FieldSpec
from kasane_portal.commands import FreezeReport
from kasane_portal.domain.errors import PeriodUnreadable, PortalRefusal
from kasane_portal.domain.figure import FactKind
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.domain.period import Period, PeriodKind
from kasane_portal.domain.report import (
    LateFact,
    ReportContent,
    ReportDifference,
    ReportVersion,
    differences,
)
from kasane_portal.handlers import reports as handlers
from kasane_portal.pages import report_files
from kasane_portal.pages.charts import charts_of
from kasane_portal.pages.local import in_host, may
from kasane_portal.pages.opened_figures import record_of
from kasane_portal.pages.period_words import period_words
from kasane_portal.pages.report_content import content_of
from kasane_portal.queries.governance import report_of
from kasane_portal.queries.reports import (
    all_versions,
    corrections_of,
    version_of,
    versions_of,
)

blueprint = Blueprint("reports", __name__)

YEARS_LISTED = 5
FILES = ("csv", "xlsx", "pdf")


@dataclass(frozen=True)
class ReportYear:
    """A fiscal year in the list: its time, its versions and the bodies it came before."""

    slug: str
    words: str
    over: bool
    versions: tuple[ReportVersion, ...]
    heard: int


@dataclass(frozen=True)
class Correction:
    """Something heard too late, with the address of its record for those who may look."""

    late: LateFact
    href: str


@blueprint.get("/reports")
@require("portal.report.read")
def index() -> str:
    """The years with what was frozen of each."""
    if in_host():
        raise NotFound
    today = clock.today()
    with reading() as connection:
        versions = all_versions(connection)
        present = fiscal_year(today)
        years = sorted(
            {*range(present, present - YEARS_LISTED, -1), *(one.year for one in versions)},
            reverse=True,
        )
        listed = [
            ReportYear(
                slug_of(period := Period.of_year(year, today)),
                period_words(period),
                period.kind is PeriodKind.FISCAL_YEAR,
                tuple(one for one in versions if one.year == year),
                len(report_of(connection, year)),
            )
            for year in years
        ]
    return render_template("portal/reports.html", years=listed, may=may)


@blueprint.get("/reports/<slug>")
@require("portal.report.read")
def show(slug: str) -> str:
    """A report as it is counted now; it moves until somebody freezes it."""
    return _draft(_period(slug))


@blueprint.post("/reports/<slug>/versions")
@require("portal.report.freeze")
def freeze(slug: str) -> Response | tuple[str, int]:
    """Freezes what is counted at this moment."""
    period = _period(slug)
    form = _form()
    if not form.check(request.form, text):
        return _draft(period, form), 422
    typed = request.form.get("seen", "0")
    seen = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    town, today = this_town().name, clock.today()

    def make(uow: UnitOfWork, version_id: str) -> None:
        handlers.freeze(
            FreezeReport(version_id, period.year, seen, form.values["reason"]),
            uow,
            lambda connection: content_of(connection, town, period, today)[0],
        )

    try:
        create_once(make)
    except PortalRefusal as refusal:
        said = (text(f"refusal.{refusal.code}.{part}", **refusal.facts) for part in PARTS)
        form.add_error("reason", "".join(said))
        return _draft(period, form), 422
    with reading() as connection:
        number = versions_of(connection, period.year)[0].number
    return make_response(redirect(url_for(".version", year=period.year, number=number), 303))


@blueprint.get("/reports/<int:year>/versions/<int:number>")
@require("portal.report.read")
def version(year: int, number: int) -> str:
    """A version as it was frozen, with what was heard about its time since."""
    found, differing, corrections = _frozen(year, number)
    with reading() as connection:
        others = versions_of(connection, year)
        heard = [one for one in report_of(connection, year) if one.version_id == found.id]
    return render_template(
        "portal/report_version.html",
        version=found,
        content=found.content,
        slug=str(year),
        others=others,
        latest=others[0].number == number,
        heard=heard,
        draft_slug=found.content.period.replace("/", "-"),
        differing=differing,
        corrections=corrections,
        charts=charts_of(found.content),
        may=may,
    )


@blueprint.get("/reports/<slug>/report.<kind>")
@require("portal.report.read")
def draft_file(slug: str, kind: str) -> Response | tuple[str, int]:
    """What is counted now, as a file that says it is not frozen."""
    period = _period(slug)
    with reading() as connection:
        content, _ = content_of(connection, this_town().name, period, clock.today())
    name = text("report.file_name", town=this_town().name, period=content.words)
    return _file(content, None, kind, name)


@blueprint.get("/reports/<int:year>/versions/<int:number>/report.<kind>")
@require("portal.report.read")
def version_file(year: int, number: int, kind: str) -> Response | tuple[str, int]:
    """A frozen version as a file."""
    if in_host():
        raise NotFound
    with reading() as connection:
        found = version_of(connection, year, number)
    name = text("report.file_name", town=this_town().name, period=found.content.words)
    mark = text("report.version_number", number=number)
    return _file(found.content, found, kind, f"{name}{mark}")


PARTS = ("why", "not_done", "next")


def slug_of(period: Period) -> str:
    """How a time stands in an address: ``2025`` or ``2026-11``."""
    return period.code.replace("/", "-")


def _period(slug: str) -> Period:
    """The time of an address; a year that is not over means up to this month. Raises NotFound."""
    if in_host():
        raise NotFound
    try:
        period = Period.parse(slug.replace("-", "/"))
    except PeriodUnreadable as wrong:
        raise NotFound from wrong
    today = clock.today()
    known = (PeriodKind.FISCAL_YEAR, PeriodKind.UP_TO_MONTH)
    if period.kind not in known or period.first is None or period.first > today:
        raise NotFound
    return period if period.last < today else Period.of_year(period.year, today)


def _draft(period: Period, form: Form | None = None) -> str:
    with reading() as connection:
        content, problems = content_of(connection, this_town().name, period, clock.today())
        versions = versions_of(connection, period.year)
    return render_template(
        "portal/report.html",
        content=content,
        problems=problems,
        slug=slug_of(period),
        period=period,
        months=_months(period),
        versions=versions,
        seen=versions[0].number if versions else 0,
        form=form or _form(needs_reason=bool(versions)),
        charts=charts_of(content),
        may=may,
    )


def _months(period: Period) -> list[tuple[str, str]]:
    """The times of the same year that could be reported instead, the whole year or what there is of it last."""
    today = clock.today()
    months = [Period.parse(f"{period.year:04d}/{month:02d}") for month in (9, 12)]
    whole = Period.of_year(period.year, today)
    shown = [*(one for one in months if one.last < min(today, whole.last)), whole]
    return [(slug_of(one), period_words(one)) for one in shown]


def _frozen(
    year: int, number: int
) -> tuple[ReportVersion, tuple[ReportDifference, ...], list[Correction]]:
    if in_host():
        raise NotFound
    with reading() as connection:
        found = version_of(connection, year, number)
        period = Period.parse(found.content.period)
        today, _ = content_of(connection, this_town().name, period, clock.today())
        late = corrections_of(connection, found)
    looks = may("portal.figure_rows.read")
    corrections = [
        Correction(
            one,
            record_of(FactKind(one.kind), one.fact_id)
            if looks and one.kind in set(FactKind)
            else "",
        )
        for one in late
    ]
    return found, differences(found.content, today), corrections


def _file(
    content: ReportContent, found: ReportVersion | None, kind: str, name: str
) -> Response | tuple[str, int]:
    if kind not in FILES:
        raise NotFound
    if kind == "xlsx":
        return report_files.as_workbook(content, name)
    if kind == "pdf":
        return report_files.as_paper(
            content, this_town().name, found, clock.today(), actor().display_name
        )
    encoding = request.args.get("encoding", "utf-8")
    if encoding not in report_files.ENCODINGS:
        raise NotFound
    return report_files.as_csv(content, name, encoding)


def _form(*, needs_reason: bool = False) -> Form:
    return Form(
        (
            FieldSpec(
                "reason",
                text("report.reason"),
                FieldKind.TEXTAREA,
                required=needs_reason,
                hint=text("report.reason_hint"),
                max_length=1000,
            ),
        )
    )
