"""The outreach campaigns of a fiscal year: what runs, what is only planned."""

from datetime import date

from flask import Blueprint, render_template, request

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import actor, hooks, reading, wareki
from kasane_outreach import queries
from kasane_outreach.pages.forms import FIRST_YEAR, LAST_YEAR

blueprint = Blueprint("campaigns", __name__)

RUNNERS = frozenset({"coordinator", "responsible", "contact"})


@blueprint.get("/campaigns")
@require("outreach.campaign.list")
def list_campaigns() -> str:
    """The campaigns that the town names for a year, each with its phase on this day."""
    today = clock.today()
    this_year = today.year if today.month >= 4 else today.year - 1
    typed = request.args.get("year", "")
    asked = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else this_year
    year = asked if FIRST_YEAR <= asked <= LAST_YEAR else this_year
    found = hooks().campaigns(year=year)
    with reading() as connection:
        runs = queries.campaign_runs(connection) if actor().functions & RUNNERS else ()
    return render_template(
        "outreach/campaigns.html",
        year=year,
        era_name=wareki(date(year, 6, 1)).partition("年")[0],
        runs=runs,
        may_run=bool(actor().functions & RUNNERS),
        campaigns=[(one, hooks().phase(feature=one.feature, on=today)) for one in found],
    )
