"""What the towns' documents say about evaluation, reports, rosters, other systems and phases."""

from datetime import date
from typing import Any

import pytest

from kasane_kit.plugins import Hooks, build_manager
from kasane_kit.tenancy import Town

ON = date(2026, 11, 21)


def hooks_of(*plugins: str) -> Any:
    town = Town("012319", "試験の町", "010006", plugins)
    return Hooks(town, build_manager(town))


@pytest.mark.parametrize(
    ("plugin", "kind", "items", "year"),
    [
        ("eniwa", "logic_model", 8, 2026),
        ("kasugai", "marks", 23, 2026),
        ("senboku", "pdca", 0, 2026),
        ("hokuei", "action_plan", 0, 2026),
        ("yonago", "counts", 0, 2026),
    ],
)
def test_each_town_has_its_own_way_to_look_back(
    plugin: str, kind: str, items: int, year: int
) -> None:
    frame = hooks_of(plugin).evaluation_framework(year=year)

    assert (frame.kind.value, len(frame.items)) == (kind, items)


def test_nothing_is_filled_in_where_a_document_is_silent() -> None:
    assert hooks_of("ikoma").evaluation_framework(year=2026) is None
    assert hooks_of("eniwa").evaluation_framework(year=2025) is None
    assert hooks_of("senboku").governance_flow(report="annual", on=ON) is None
    assert tuple(hooks_of("kasugai").seat_rules(on=ON)) == ()


def test_the_eight_indicators_are_printed_without_a_target() -> None:
    frame = hooks_of("eniwa").evaluation_framework(year=2026)

    assert frame.cadence == "年1回"
    assert {item.printed for item in frame.items} == {"○"}
    assert [item.source for item in frame.items] == [f"000:L{line}" for line in range(366, 374)]


def test_marks_of_the_self_evaluation_stand_as_printed() -> None:
    items = hooks_of("kasugai").evaluation_framework(year=2026).items

    assert [item.printed for item in items].count("○") == 12
    assert [item.printed for item in items].count("▲") == 11


def test_a_report_goes_before_the_panel_and_then_before_the_welfare_council() -> None:
    steps = hooks_of("eniwa").governance_flow(report="annual", on=ON)

    assert [step.body for step in steps] == [
        "review_panel",
        "welfare_council",
        "coordination_meeting",
    ]
    assert hooks_of("eniwa").governance_flow(report="other", on=ON) is None


def test_every_body_of_a_report_and_of_a_roster_is_a_body_of_the_town() -> None:
    for plugin in ("eniwa", "kasugai", "ikoma", "hokuei"):
        hooks = hooks_of(plugin)
        bodies = {body.code for body in hooks.meeting_bodies(on=ON)}
        named = {step.body for step in hooks.governance_flow(report="annual", on=ON)}
        named |= {rule.body for rule in hooks.seat_rules(on=ON)}
        assert named <= bodies, plugin


def test_the_panel_has_twelve_seats_of_eight_kinds_for_two_years() -> None:
    (rule,) = hooks_of("eniwa").seat_rules(on=ON)

    assert (rule.most, len(rule.kinds), rule.term_years) == (12, 8, 2)
    assert rule.officers == ("座長", "副座長")


def test_files_are_of_the_platforms_own_layout_and_none_claims_another_systems() -> None:
    assert [(one.code, one.layout) for one in hooks_of("eniwa").bridges(on=ON)] == [
        ("digital_notebook", "shared_ledger")
    ]
    assert [(one.code, one.layout) for one in hooks_of("yonago").bridges(on=ON)] == [
        ("information_sharing", "")
    ]
    assert [(one.code, one.layout) for one in hooks_of("senboku").bridges(on=ON)] == [
        ("figures_file", "figures")
    ]


def test_every_item_of_a_plan_is_told_with_its_phase() -> None:
    items = hooks_of("ikoma").plan_items(on=ON)
    phases = [item.state.phase.value for item in items]

    assert (phases.count("active"), phases.count("planned")) == (13, 4)
    assert all(item.state.source for item in items)


def test_metrics_have_unique_codes_and_published_figures_belong_to_them() -> None:
    for plugin in ("eniwa", "hokuei", "ikoma", "kasugai", "senboku", "yonago"):
        hooks = hooks_of(plugin)
        codes = [metric.code for metric in hooks.metrics(year=2026)]
        assert len(set(codes)) == len(codes), plugin
        assert {one.metric for one in hooks.published_figures()} <= set(codes), plugin


def test_a_fact_holds_in_its_days_and_a_lost_figure_has_no_words() -> None:
    before, now = date(2027, 3, 31), date(2027, 4, 1)
    eniwa = hooks_of("eniwa")

    assert "panel_term" in {one.code for one in eniwa.stated_facts(on=before)}
    assert "panel_term" not in {one.code for one in eniwa.stated_facts(on=now)}
    lost = {
        one.code
        for plugin in ("eniwa", "hokuei", "ikoma", "kasugai", "senboku", "yonago")
        for one in hooks_of(plugin).stated_facts(on=ON)
        if not one.words
    }
    assert lost == {
        "after_hours",
        "cadence_quorum_form",
        "conference_without_consent",
        "list_of_desks",
        "lost_charts",
        "promotion_schedule",
        "schedule",
        "without_consent",
    }
