"""What nobody offers: the list from which issues are raised and new resources are made."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import Form, actor, create_once, hooks, reading, text, unit_of_work
from kasane_plugin_api import Choice, CommunityLevel, FieldKind, FieldSpec
from kasane_resources import queries
from kasane_resources.commands.gaps import CloseGap, RaiseGaps
from kasane_resources.domain.errors import GapNotFound
from kasane_resources.domain.gap import Gap, GapTheme, said
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.handlers import community as community_handlers
from kasane_resources.handlers import gaps as handlers
from kasane_resources.pages import forms
from kasane_resources.pages.refusals import or_again
from kasane_resources.queries import community as community_queries

blueprint = Blueprint("gaps", __name__)

MOST_OFFERED = 30


@blueprint.get("/gaps")
@require("resources.gap.list")
def list_gaps() -> str:
    """Needs that nothing met, without the person, and how many of each kind."""
    with reading() as connection:
        found = queries.gaps(connection, actor())
        themes = queries.gap_themes(connection)
        raised = community_queries.issues_by_id(connection, [one.issue_id for one in found])
    return render_template(
        "resources/gaps.html",
        found=found,
        themes=themes,
        raised=raised,
        bodies=community_handlers.body_labels(hooks()),
        labels=forms.need_labels(),
        saved="saved" in request.args,
    )


@blueprint.get("/gaps/raise/<category>")
@require("resources.community.write")
def raising(category: str) -> str:
    """What would be raised: the theme, where, and the number that is said."""
    theme = _theme(category)
    form = Form(_raise_fields(theme), {"where": CommunityLevel.TOWN.value})
    return _raise_page(theme, form)


@blueprint.post("/gaps/raise/<category>")
@require("resources.community.write")
def raise_gaps(category: str) -> Response | tuple[str, int]:
    """Raises the open gaps of a category as one community issue."""
    theme = _theme(category)
    form = Form(_raise_fields(theme))
    if not form.check(request.form, forms.say):
        return _raise_page(theme, form), 422
    level, _, area = form.values["where"].partition(":")

    def create(uow: UnitOfWork, issue_id: str) -> None:
        command = RaiseGaps(issue_id, category, CommunityLevel(level), area)
        handlers.raise_gaps(command, uow, hooks())

    return or_again(
        lambda: create_once(create),
        lambda: _raise_page(_theme(category), form),
        url_for(".list_gaps", saved=1),
    )


@blueprint.get("/gaps/<gap_id>")
@require("resources.gap.list", object_argument="gap_id")
def show_gap(gap_id: str) -> str:
    """One gap: what is missing, and what was developed for it."""
    return _gap_page(gap_id)


@blueprint.post("/gaps/<gap_id>/close")
@require("resources.gap.close", object_argument="gap_id")
def close_gap(gap_id: str) -> Response | tuple[str, int]:
    """Closes a gap with the entry that was developed for it."""
    with reading() as connection:
        gap = queries.gap(connection, actor(), gap_id)
    form = Form(_close_fields(_entries(gap)))
    if not form.check(request.form, forms.say):
        return _gap_page(gap_id, form), 422
    command = CloseGap(gap_id, form.values["human_service_id"])
    return or_again(
        lambda: _change(handlers.close_gap, command),
        lambda: _gap_page(gap_id, form),
        url_for(".show_gap", gap_id=gap_id, saved=1),
    )


def _change(handler: Callable[..., Any], command: Any) -> None:
    with unit_of_work() as uow:
        handler(command, uow, hooks())


def _theme(category: str) -> GapTheme:
    with reading() as connection:
        themes = queries.gap_themes(connection)
    for theme in themes:
        if theme.category == category:
            return theme
    raise GapNotFound


def _raise_fields(theme: GapTheme) -> tuple[FieldSpec, ...]:
    levels = (CommunityLevel.NEIGHBOURHOOD, CommunityLevel.DISTRICT)
    offered = [Choice(CommunityLevel.TOWN.value, text("community_level.town"))]
    for area in theme.places:
        for level in levels:
            words = f"{text(f'community_level.{level.value}')}　{area}"
            offered.append(Choice(f"{level.value}:{area}", words))
    return (
        FieldSpec("where", text("field.level"), FieldKind.CHOICE, True, choices=tuple(offered)),
    )


def _close_fields(entries: list[tuple[str, str]]) -> tuple[FieldSpec, ...]:
    offered = tuple(Choice(entry_id, words) for entry_id, words in entries)
    return (
        FieldSpec(
            "human_service_id", text("field.developed"), FieldKind.CHOICE, True, choices=offered
        ),
    )


def _entries(gap: Gap) -> list[tuple[str, str]]:
    """What may have been developed: what the words find, or what has to do with the need's category."""
    words = request.args.get("q", "")[:200].strip()
    search = DirectorySearch(words=words or forms.need_labels().get(gap.category, gap.category))
    with reading() as connection:
        found = queries.human_services(connection, actor(), search, most=MOST_OFFERED)
    return [
        (one.id, "　".join(filter(None, (one.entry.name, one.entry.organization_name))))
        for one in found
    ]


def _raise_page(theme: GapTheme, form: Form) -> str:
    return render_template(
        "resources/gap_raise.html",
        theme=theme,
        counted=said(theme.to_raise),
        form=form,
        labels=forms.need_labels(),
    )


def _gap_page(gap_id: str, form: Form | None = None) -> str:
    with reading() as connection:
        gap = queries.gap(connection, actor(), gap_id)
        raised = community_queries.issues_by_id(connection, [gap.issue_id])
    entries = [] if gap.resolved_on else _entries(gap)
    return render_template(
        "resources/gap.html",
        gap=gap,
        issue=raised.get(gap.issue_id),
        bodies=community_handlers.body_labels(hooks()),
        form=form,
        closing=form or Form(_close_fields(entries)),
        entries=entries,
        words=request.args.get("q", "")[:200],
        labels=forms.need_labels(),
        saved="saved" in request.args,
    )
