"""The town as its plugins describe it: read-only, every line with its source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from werkzeug.exceptions import NotFound

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.plugins import MisconfiguredTown, PluginFailed, ask_each, catalogue
from kasane_kit.tenancy import Town, current_municipality
from kasane_kit.web import actor, hooks, this_house
from kasane_plugin_api import Campaign, MeetingBody, Office, PhaseAnswer, Role
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.domain.period import Period
from kasane_portal.pages.local import in_host
from kasane_portal.pages.period_words import period_words
from kasane_portal.pages.town_plugins import PluginsToday, plugins_today
from kasane_portal.pages.town_rules import RuleSection, TownRules

blueprint = Blueprint("town", __name__)


@dataclass(frozen=True)
class EnabledPlugin:
    """A plugin of the town: its name, label and version; empty where it could not be loaded."""

    name: str
    label: str = ""
    kind: str = ""
    version: str = ""


@dataclass(frozen=True)
class DatedItem:
    """An item of the town's plan in a fiscal year, and whether it is planned or running."""

    year: int
    campaign: Campaign
    phase: PhaseAnswer | None

    @property
    def year_words(self) -> str:
        """The fiscal year in the era."""
        return period_words(Period.parse(str(self.year)))


@dataclass(frozen=True)
class Description:
    """What the plugins answered today; ``problems`` are sentences about what they could not."""

    plugins: tuple[EnabledPlugin, ...]
    offices: tuple[Office, ...] = ()
    roles: tuple[Role, ...] = ()
    bodies: tuple[tuple[MeetingBody, tuple[str, ...]], ...] = ()
    items: tuple[DatedItem, ...] = ()
    rules: tuple[RuleSection, ...] = ()
    documents: Mapping[str, str] | None = None
    problems: tuple[str, ...] = ()
    state: PluginsToday | None = None


@blueprint.get("/town")
@require("portal.town.read")
def town_page() -> str:
    """The town, its plugins and what they say; opens in a misconfigured town as well."""
    if in_host():
        raise NotFound
    town = this_house().plugins.town(current_municipality())
    return render_template("portal/town.html", town_read=town, description=_description(town))


def _description(town: Town) -> Description:
    try:
        asked: Any = hooks()
    except MisconfiguredTown as problem:
        return Description(_named_only(town), problems=(problem.sentence,))
    problems: list[PluginFailed] = []

    def joined(name: str, **arguments: Any) -> tuple[Any, ...]:
        return ask_each(asked, name, on_failure=problems.append, **arguments).joined()

    today = clock.today()
    year = fiscal_year(today)
    bodies: Iterable[MeetingBody] = joined("meeting_bodies", on=today)
    items = [
        DatedItem(one, campaign, _phase(asked, campaign.feature, problems))
        for one in (year, year + 1)
        for campaign in joined("campaigns", year=one)
    ]
    plugins = [_enabled(asked, name) for name in town.plugins]
    return Description(
        plugins=tuple(plugins),
        offices=joined("organization", on=today),
        roles=joined("roles", on=today),
        bodies=tuple((body, joined("cadence", body=body.code, year=year)) for body in bodies),
        items=tuple(items),
        rules=TownRules(asked, today, problems).sections(),
        documents={
            tag: title
            for name in town.plugins
            for tag, title in asked.manager.get_plugin(name).metadata.documents.items()
        },
        problems=tuple(dict.fromkeys(failure.notice for failure in problems)),
        state=plugins_today(asked) if actor().has("town_administrator") else None,
    )


def _phase(asked: Any, feature: str, problems: list[PluginFailed]) -> PhaseAnswer | None:
    if not feature:
        return None
    try:
        answer: PhaseAnswer | None = asked.phase(feature=feature, on=clock.today())
    except PluginFailed as failure:
        problems.append(failure)
        return None
    return answer


def _enabled(asked: Any, name: str) -> EnabledPlugin:
    metadata = asked.manager.get_plugin(name).metadata
    return EnabledPlugin(name, metadata.label, metadata.kind.value, catalogue()[name].version)


def _named_only(town: Town) -> tuple[EnabledPlugin, ...]:
    return tuple(EnabledPlugin(name) for name in town.plugins)
