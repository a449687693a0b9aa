"""The town's set of plugins: tried on the last year, chosen by its administrator, taken back by a button."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from kasane_contracts import links
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.plugins import Hooks, InstalledPlugin, MisconfiguredTown, build_manager, catalogue
from kasane_kit.tenancy import Town, current_municipality, settings_text
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web import reading, text, this_house, unit_of_work
from kasane_plugin_api import PluginKind, PluginMetadata
from kasane_portal.commands import EnableTriedSet, GoBackToSet, KeepTrial
from kasane_portal.domain.plugin_set import OF_THE_FILE, PreviewShown, current_revision
from kasane_portal.domain.rehearsal import Rehearsal, RehearsedKind, rehearse
from kasane_portal.handlers import plugin_sets as handlers
from kasane_portal.pages.local import in_host
from kasane_portal.pages.rehearsals import Changed, changes_at_once, past_questions
from kasane_portal.queries.plugin_sets import revisions_of

blueprint = Blueprint("plugin_sets", __name__)


@dataclass(frozen=True)
class Offered:
    """A plugin that the town may enable; ``place`` is 1 for the one asked first, 0 for one that is not enabled."""

    name: str
    label: str
    kind: str
    version: str
    place: int


@dataclass(frozen=True)
class Typed:
    """What an administrator put together: plugins in a town file's order, and the lines of their settings."""

    plugins: tuple[str, ...]
    settings: str


@dataclass(frozen=True)
class Tried:
    """A set that could be built: what changes at once, what the year would have been, and whether it may be enabled.

    ``unfit`` is the sentence why not; ``id`` names the trial that can be enabled.
    """

    id: str
    typed: Typed
    changes: tuple[Changed, ...]
    rehearsal: Rehearsal
    unfit: str
    same: bool


@blueprint.get("/plugins")
@require("portal.plugin_set.rehearse")
def show() -> str:
    """The set of today, who chose it, every earlier one, and the form for another."""
    town = _today()
    return _page(Typed(town.plugins, settings_text(town.settings)))


@blueprint.post("/plugins/rehearsal")
@require("portal.plugin_set.rehearse")
def try_out() -> str | tuple[str, int]:
    """Replays the last year through today's set and the chosen one, in memory."""
    town = _today()
    typed = Typed(tuple(request.form.getlist("plugins")), request.form.get("settings", ""))
    try:
        typed = replace(typed, plugins=_in_order(typed.plugins))
        settings = _read(typed.settings)
        other = replace(
            town, plugins=typed.plugins, settings=settings, file="", installed=None, lines={}
        )
        after = Hooks(other, build_manager(other))
    except ValueError as unread:
        return _page(typed, problem=str(unread)), 422
    except MisconfiguredTown as wrong:
        return _page(typed, problem=wrong.sentence), 422
    try:
        before = Hooks(town, build_manager(town))
    except MisconfiguredTown:
        # Nothing of the last year can be compared with a set that answers nothing.
        bare = replace(town, plugins=(), settings={})
        before = Hooks(bare, build_manager(bare))
    with reading() as connection:
        rehearsal = rehearse(past_questions(connection, before, after), before, after)
    tried = Tried(
        new_id(),
        typed,
        changes_at_once(before, after),
        rehearsal,
        handlers.why_unfit(_of_file(), typed.plugins, settings_text(settings)),
        (typed.plugins, settings) == (town.plugins, dict(town.settings)),
    )
    with unit_of_work() as uow:
        handlers.keep_trial(
            KeepTrial(tried.id, typed.plugins, settings, _preview(tried)),
            uow,
        )
    return _page(typed, tried=tried)


@blueprint.post("/plugins")
@require("portal.plugin_set.choose")
def enable() -> Response:
    """Makes a tried set the town's own."""
    command = EnableTriedSet(request.form.get("trial", ""), request.form.get("reason", ""))
    return _chosen(lambda uow: handlers.enable(command, uow, _of_file(), _today()))


@blueprint.post("/plugins/revisions/<int:revision>")
@require("portal.plugin_set.choose", object_argument="revision")
def go_back(revision: int) -> Response:
    """Takes an earlier set up again."""
    seen = request.form.get("seen", "")
    command = GoBackToSet(
        revision,
        int(seen) if seen.isdecimal() and len(seen) < 9 else -1,
        text(
            "plugin_set.went_back_to_file" if revision == OF_THE_FILE else "plugin_set.went_back",
            revision=revision,
        ),
    )
    return _chosen(lambda uow: handlers.go_back(command, uow, _of_file(), _today()))


def _chosen(choose: Callable[[UnitOfWork], int]) -> Response:
    if in_host():
        raise NotFound
    with unit_of_work() as uow:
        choose(uow)
    return redirect(url_for(".show", _anchor="history"), 303)


def _page(typed: Typed, *, tried: Tried | None = None, problem: str = "") -> str:
    town = _today()
    with reading() as connection:
        revisions = revisions_of(connection)
    return render_template(
        "portal/plugin_set.html",
        offered=_offered(town, typed.plugins),
        enabled=town.plugins,
        labels=_label,
        typed=typed,
        tried=tried,
        problem=problem,
        link=_link,
        revisions=revisions,
        standing=current_revision(revisions),
        by_file=town.installed is None,
        of_file=_of_file(),
        of_the_file=OF_THE_FILE,
    )


def _offered(town: Town, chosen: tuple[str, ...]) -> list[Offered]:
    """What the town may enable, the one asked first on top; what cannot be loaded shows its name alone."""
    of_file = _of_file()
    found = []
    for name, installed in sorted(catalogue().items()):
        metadata = _metadata(installed)
        programme = metadata is not None and metadata.kind is PluginKind.PROGRAMME
        allowed = of_file.allowed is None or name in of_file.allowed
        if name not in (*of_file.plugins, *town.plugins) and not (programme and allowed):
            continue
        place = len(chosen) - chosen.index(name) if name in chosen else 0
        label = metadata.label if metadata else name
        kind = metadata.kind.value if metadata else ""
        found.append(Offered(name, label, kind, installed.version, place))
    return sorted(found, key=lambda one: (one.place or len(found) + 1, one.name))


def _metadata(installed: InstalledPlugin) -> PluginMetadata | None:
    try:
        found = installed.load().metadata  # type: ignore[attr-defined]
    except Exception:
        return None
    return found if isinstance(found, PluginMetadata) else None


def _label(name: str) -> str:
    metadata = _metadata(catalogue()[name]) if name in catalogue() else None
    return metadata.label if metadata else name


def _in_order(plugins: tuple[str, ...]) -> tuple[str, ...]:
    """Plugins as a town file lists them: who is asked first stands last. Raises ValueError with a sentence."""
    places = {}
    for name in plugins:
        typed = request.form.get(f"place-{name}", "").strip()
        if typed and not (typed.isdecimal() and len(typed) < 5):
            raise ValueError(text("plugin_set.no_place", plugin=_label(name), typed=typed))
        places[name] = int(typed) if typed else 0
    # What has no place is asked after the others, so that a programme does not speak before the town.
    last = max(places.values(), default=0) + 1
    return tuple(sorted(plugins, key=lambda name: -(places[name] or last)))


def _read(typed: str) -> Mapping[str, Mapping[str, Any]]:
    """The settings of each plugin; raises ValueError with a sentence."""
    try:
        read = tomllib.loads(typed)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(text("rehearsal.not_toml", why=str(error))) from error
    settings = read.get("settings", read)
    loose = next((key for key, value in settings.items() if not isinstance(value, dict)), None)
    if loose is not None:
        raise ValueError(text("plugin_set.loose_setting", setting=loose))
    return dict(settings)


def _preview(tried: Tried) -> PreviewShown:
    return PreviewShown(
        tried.rehearsal.asked,
        len(tried.rehearsal.differences),
        tuple(one.label for one in tried.changes if one.added),
        tuple(one.label for one in tried.changes if not one.added),
    )


def _today() -> Town:
    if in_host():
        raise NotFound
    return this_house().plugins.town(current_municipality())


def _of_file() -> Town:
    return this_house().directory.get(current_municipality())


def _link(kind: RehearsedKind, subject_id: str) -> str:
    if kind is RehearsedKind.FIGURE or not subject_id:
        return ""
    by_case = kind in (RehearsedKind.BODY, RehearsedKind.GATE)
    return (links.case if by_case else links.consultation)(current_municipality(), subject_id)
