"""The prefecture's page: counts by town, no person."""

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.plugins import MisconfiguredTown
from kasane_kit.tenancy import Town
from kasane_kit.web import text, this_house
from kasane_portal.domain.overview import SMALLEST_SHOWN, fiscal_year
from kasane_portal.pages.local import in_host
from kasane_portal.queries import overview_of_towns

blueprint = Blueprint("overview", __name__)

YEARS_SHOWN = 5


@blueprint.get("/overview")
@require("portal.overview.read")
def overview_page() -> str:
    """The counts of one fiscal year; whole years only, because shorter periods would overlap."""
    if not in_host():
        raise NotFound
    present = fiscal_year(clock.today())
    years = [str(present - back) for back in range(YEARS_SHOWN)]
    asked = request.args.get("year", "")
    year = int(asked) if asked in years else present
    found = overview_of_towns(this_house(), year)
    return render_template(
        "portal/overview.html",
        found=found,
        years=years,
        present=present,
        smallest=SMALLEST_SHOWN,
        today=clock.today(),
        kind_labels=[text(f"count_kind.{kind}") for kind in found.overview.kinds],
        plugins={town.code: _plugins(town) for town in found.towns},
        prefectures=this_house().prefectures.places(),
    )


def _plugins(town: Town) -> tuple[list[str], str]:
    try:
        asked = this_house().plugins.hooks_for(town.code)
    except MisconfiguredTown as problem:
        return list(town.plugins), problem.sentence
    return [_label(asked.manager.get_plugin(name), name) for name in town.plugins], ""


def _label(plugin: object, name: str) -> str:
    return str(getattr(getattr(plugin, "metadata", None), "label", name))
