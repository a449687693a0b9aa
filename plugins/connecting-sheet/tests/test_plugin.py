"""Checks how a つなぐシート is made in the towns that use it, and that the plugin conforms."""

from collections.abc import Mapping
from typing import Any

from kasane_connecting_sheet.plugin import Plugin
from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import Choice, FieldSpec, HandoffPolicy, SheetView

DEFAULTS: Mapping[str, Any] = {
    name: spec.default for name, spec in Plugin.metadata.settings.items()
}
HOKUEI = {
    **DEFAULTS,
    "overdue_role": "coordinator",
    "accompany": False,
    "explain_consent": False,
    "source": "002:L792-794; 002:L805-807",
}
SHEET = SheetView("tax_window", "livelihood_support")


def test_the_plugin_conforms() -> None:
    assert check_plugin("connecting-sheet") == []


def test_in_ikoma_somebody_goes_along_or_calls_and_the_head_is_told_when_it_is_late() -> None:
    assert Plugin(DEFAULTS).handoff_policy(SHEET) == HandoffPolicy(
        label="つなぐシート",
        acknowledge_within_days=2,
        overdue_role="responsible",
        requires_consent=True,
        companionship=(Choice("accompanied", "同行"), Choice("telephoned", "電話で確認")),
        source="004:L124-125; P1",
    )


def test_in_hokuei_the_coordinator_is_told_and_the_slides_say_no_more() -> None:
    plugin = Plugin(HOKUEI)

    assert plugin.handoff_policy(SHEET) == HandoffPolicy(
        label="つなぐシート",
        acknowledge_within_days=2,
        overdue_role="coordinator",
        requires_consent=True,
        source="002:L792-794; 002:L805-807",
    )
    assert plugin.consent_policy("handoff") is None


def test_a_town_sets_days_and_fields() -> None:
    own = {"acknowledge_within_days": 1, "decide_within_days": 7}
    plugin = Plugin({**DEFAULTS, **own, "sheet_fields": {"members": "世帯構成"}})

    policy = plugin.handoff_policy(SHEET)

    assert (policy.acknowledge_within_days, policy.decide_within_days) == (1, 7)
    assert plugin.handoff_form_fields() == (FieldSpec("members", "世帯構成"),)
    assert Plugin(DEFAULTS).handoff_policy(SHEET).decide_within_days is None
    assert Plugin(DEFAULTS).handoff_form_fields() == ()


def test_only_the_sheet_is_explained() -> None:
    plugin = Plugin(DEFAULTS)

    explained = plugin.consent_policy("handoff")

    assert explained is not None
    assert explained.explanation.startswith("つなぐシートを使うと")
    assert (explained.valid_for_days, explained.source) == (365, "P1")
    assert plugin.consent_policy("multi_agency") is None
