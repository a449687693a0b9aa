"""Checks what is answered of a council, that nothing unread is, and that the plugin conforms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kasane_kit.testing.conformance import check_plugin
from kasane_loneliness_council.plugin import Plugin
from kasane_plugin_api import LegalKind, Phase

DEFAULTS: Mapping[str, Any] = {
    name: spec.default for name, spec in Plugin.metadata.settings.items()
}
SET_UP = {
    **DEFAULTS,
    "host": "架空町",
    "members": ["架空町福祉課", "架空町社協"],
    "coordinator": "架空町福祉課",
    "held_with": "支援会議",
    "started": {"loneliness_council": date(2026, 4, 1)},
}
ON = date(2026, 4, 1)


def test_the_plugin_conforms() -> None:
    assert check_plugin("loneliness-council") == []


def test_a_town_that_set_none_up_has_no_body_and_a_plan() -> None:
    plugin = Plugin(DEFAULTS)

    assert plugin.meeting_bodies(ON) == ()
    assert [one.state.phase for one in plugin.plan_items(ON)] == [Phase.PLANNED]


def test_the_council_stands_from_the_day_it_was_set_up() -> None:
    plugin = Plugin(SET_UP)

    (body,) = plugin.meeting_bodies(ON)

    assert plugin.meeting_bodies(date(2026, 3, 31)) == ()
    assert body.legal_kinds == (LegalKind.LONELINESS_COUNCIL,)
    assert (body.host, body.members) == ("架空町", ("架空町福祉課", "架空町社協"))
    assert body.note == (
        "原則は本人の同意を得た上で共有する。孤独・孤立対策調整機関は架空町福祉課。「支援会議」と一体で開く。"
    )
    answer = plugin.phase("loneliness_council", ON)
    assert answer is not None
    assert answer.phase is Phase.ACTIVE


def test_what_was_not_read_is_not_stated() -> None:
    (secrecy,) = (one for one in Plugin(DEFAULTS).stated_facts(ON) if one.code.endswith("_secrecy"))

    assert secrecy.words == ""
    assert not hasattr(Plugin, "secrecy_notice")


def test_a_day_for_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="知らない項目「council」"):
        Plugin({**DEFAULTS, "started": {"council": ON}})
