"""The prefecture's page: counts by town, no person."""

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.plugins import MisconfiguredTown
from kasane_kit.tenancy import Town
from kasane_kit.web import text, this_house
from kasane_portal.domain.overview import (
    SMALLEST_SHOWN,
    YEARS_TOLD,
    fiscal_year,
    month_before,
    months_of,
)
from kasane_portal.pages.local import in_host
from kasane_portal.queries import overview_of_towns

blueprint = Blueprint("overview", __name__)


@blueprint.get("/overview")
@require("portal.overview.read")
def overview_page() -> str:
    """The counts of one fiscal year; whole years only, because shorter periods would overlap."""
    if not in_host():
        raise NotFound
    present = fiscal_year(clock.today())
    years = [str(present - back) for back in range(YEARS_TOLD)]
    asked = request.args.get("year", "")
    year = int(asked) if asked in years else present
    found = overview_of_towns(this_house(), year)
    return render_template(
        "portal/overview.html",
        found=found,
        years=years,
        present=present,
        smallest=SMALLEST_SHOWN,
        through=min(month_before(clock.today()), months_of(year)[1]),
        kind_labels=[text(f"count_kind.{kind}") for kind in found.overview.kinds],
        plugins={
            town.code: _plugins(town, readable=town.code in found.overview.rows)
            for town in found.towns
        },
        prefectures=this_house().prefectures.places(),
    )


def _plugins(town: Town, *, readable: bool) -> tuple[list[str], str]:
    """The town's set of today; what its file says where its database cannot be read."""
    if not readable:
        return list(town.plugins), ""
    house = this_house().plugins
    names = house.town(town.code).plugins
    try:
        asked = house.hooks_for(town.code)
    except MisconfiguredTown as problem:
        return list(names), problem.sentence
    return [_label(asked.manager.get_plugin(name), name) for name in names], ""


def _label(plugin: object, name: str) -> str:
    return str(getattr(getattr(plugin, "metadata", None), "label", name))
