"""Community issues raised from cases: by theme and number, and the answers that came back."""

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers
from kasane_cases.commands.participation import RaiseCommunityIssue
from kasane_cases.domain.community_issue import FEWEST_FOR_A_PLACE, SMALLEST_SAID, IssueLevel
from kasane_cases.pages import forms, words
from kasane_cases.pages.doing import create, or_again
from kasane_cases.pages.words import page
from kasane_cases.queries import participation as queries
from kasane_kit.auth import require
from kasane_kit.web import Form, hooks, reading, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("community_issues", __name__)


@blueprint.get("/community-issues")
@require("cases.community_issue.raise")
def show() -> str:
    """What was raised, what was answered, and the form for a new one."""
    return _page(Form(_fields(), typed={"theme": request.args.get("theme", "")}))


@blueprint.post("/community-issues")
@require("cases.community_issue.raise")
def raise_issue() -> Response | tuple[str, int]:
    """Raises a theme; the number is counted here and not typed."""
    form = Form(_fields())
    if not form.check(request.form, text):
        return _page(form), 422
    values = form.values
    return or_again(
        lambda: create(
            handlers.raise_community_issue,
            lambda object_id: RaiseCommunityIssue(
                object_id,
                values["theme"],
                IssueLevel(values["level"]),
                tuple(values.get("areas") or ()),
            ),
            hooks(),
        ),
        lambda: _page(form),
        url_for(".show"),
    )


def _fields() -> list[FieldSpec]:
    with reading() as connection:
        areas = queries.places_of_cases(connection)
    fields = [
        forms.spec(
            "theme", FieldKind.CHOICE, forms.choices(words.category_labels()), required=True
        ),
        forms.spec(
            "level", FieldKind.CHOICE, forms.members(IssueLevel, "issue_level"), required=True
        ),
    ]
    if areas:
        places = [Choice(area, area) for area in areas]
        fields.append(
            forms.spec("areas", FieldKind.CHOICES, places, hint=text("community_issue.areas_hint"))
        )
    return fields


def _page(form: Form) -> str:
    with reading() as connection:
        found = queries.community_issues(connection)
    return page(
        "community_issues.html",
        found=found,
        form=form,
        smallest=SMALLEST_SAID,
        fewest=FEWEST_FOR_A_PLACE,
    )
