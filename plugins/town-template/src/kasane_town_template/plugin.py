"""Answers four questions for an invented town: the smallest real plugin, to be copied.

Read this file from top to bottom. Every hook that you do not answer keeps the national default;
docs/hooks.md lists them all. A plugin imports the standard library and kasane_plugin_api, nothing
else, and does no input or output while it is asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kasane_plugin_api import (
    Category,
    Choice,
    FieldKind,
    FieldSpec,
    PluginKind,
    PluginMetadata,
    RetentionPeriod,
    SettingSpec,
    hookimpl,
    town_files,
)


class Plugin:
    """One object is made for each town that enables the plugin, with that town's settings."""

    # What the platform must know before it makes the object. ``name`` is the entry point's name.
    metadata = PluginMetadata(
        name="town-template",
        label="ひな形の町",
        label_en="Template town",
        kind=PluginKind.TOWN,
        api_version="0.2",
        # Each setting that a town file may give under [settings.<name>]. A value of another type,
        # or a key that is not here, is refused with a sentence that names it.
        settings={
            "ask_how_heard": SettingSpec(
                bool, "相談を受けるとき、窓口を何で知ったかを聞くか", default=True
            ),
            "keep_cases_years": SettingSpec(
                int,
                "文書管理規程がケースの記録を残すと定める年数。0は、まだ決まっていない",
                default=0,
            ),
        },
        # Each source tag and the document it stands for: source = "900:L12" would need "900" here.
        documents={},
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        # Files are read here, once; the hooks below only compute.
        structure, self._sentences = town_files("kasane_town_template")
        self._terms = dict(structure.table("terms"))
        self._categories = structure.rows("categories", Category)
        self._asks: bool = settings["ask_how_heard"]
        self._years: int = settings.get("keep_cases_years", 0)

    # The name of the method is the question. It may take fewer arguments than docs/hooks.md shows.
    @hookimpl
    def town_terms(self) -> Mapping[str, str]:
        """A contribution: the words of all enabled plugins are merged."""
        return dict(self._terms)

    @hookimpl
    def consultation_categories(self) -> Sequence[Category]:
        """A contribution: as soon as one plugin answers, the national list is left out."""
        return self._categories

    @hookimpl
    def intake_form_fields(self, channel: str) -> Sequence[FieldSpec] | None:
        """None means no answer; the platform stores the fields under this plugin's name."""
        if not self._asks or channel != "desk":
            return None
        say = self._sentences.say
        return (
            FieldSpec(
                name="heard_from",
                label=say("intake.heard_from"),
                kind=FieldKind.CHOICE,
                hint=say("intake.heard_from_hint"),
                choices=(
                    Choice("flyer", say("intake.flyer")),
                    Choice("neighbour", say("intake.neighbour")),
                ),
            ),
        )

    @hookimpl
    def retention_period(self, kind: str) -> RetentionPeriod | None:
        """A decision: without a number from the town's own document None, and nothing is destroyed."""
        if kind != "case" or self._years < 1:
            return None
        return RetentionPeriod(self._years, self._sentences.say("retention.source"))
