"""What nobody offers: the list from which new resources are made."""

from flask import Blueprint, render_template

from kasane_kit.auth import require
from kasane_kit.web import reading
from kasane_resources import queries
from kasane_resources.pages import forms

blueprint = Blueprint("gaps", __name__)


@blueprint.get("/gaps")
@require("resources.gap.list")
def list_gaps() -> str:
    """Needs that nothing met, without the person."""
    with reading() as connection:
        found = queries.gaps(connection)
        counts = queries.gap_counts(connection)
    return render_template(
        "resources/gaps.html", found=found, counts=counts, labels=forms.need_labels()
    )
