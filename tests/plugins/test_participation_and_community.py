"""What the towns' documents say about participation support and community building."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from kasane_kit.plugins import build_manager, catalogue
from kasane_kit.tenancy import Town
from kasane_plugin_api import CaseView, CommunityLevel, IssueView

TODAY = date(2026, 11, 21)
CASE = CaseView("case-1", "in_support")


def town(name: str) -> Any:
    """The plugin's own answers, without the platform's defaults."""
    manager = build_manager(Town("000000", "町", "000000", (name,)), catalogue())
    return SimpleNamespace(plugin=manager.get_plugin(name)).plugin


def test_only_kasugai_asks_for_a_judgement_before_participation_support() -> None:
    asked = {
        name: getattr(town(name), "participation_rule", lambda case: None)(CASE)
        for name in ("kasugai", "eniwa", "ikoma", "hokuei", "senboku", "yonago")
    }

    assert {name: rule.judged_by for name, rule in asked.items() if rule} == {
        "kasugai": "multi_agency_conference",
        "eniwa": "",
        "ikoma": "",
        "hokuei": "",
        "senboku": "",
    }
    assert asked["yonago"] is None
    assert asked["kasugai"].source == "001:L371-379"
    assert asked["hokuei"].carried_by == "social_welfare_council"
    assert [track.value for track in asked["eniwa"].tracks] == ["solving", "staying_in_touch"]


@pytest.mark.parametrize(
    ("name", "level", "body", "upwards"),
    [
        ("hokuei", "neighbourhood", "neighbourhood_meeting", "district"),
        ("hokuei", "district", "second_layer_council", "town"),
        ("hokuei", "town", "", None),
        ("kasugai", "district", "community_care_meeting", "town"),
        ("kasugai", "town", "community_care_council", None),
        ("eniwa", "district", "area_council", "town"),
        ("ikoma", "neighbourhood", "community_project", "town"),
        ("ikoma", "town", "multi_agency_conference", None),
    ],
)
def test_an_issue_goes_where_the_document_says(
    name: str, level: str, body: str, upwards: str | None
) -> None:
    plugin = town(name)

    route = plugin.community_route(IssueView("housing", CommunityLevel(level)), TODAY)

    assert (route.body, route.next_level) == (body, upwards)
    known = {one.code for one in plugin.meeting_bodies(TODAY)}
    assert {route.body, *route.further} - {""} <= known
    assert route.source != ""


def test_a_level_that_a_document_does_not_name_is_not_answered() -> None:
    issue = IssueView("housing", CommunityLevel.NEIGHBOURHOOD)

    assert town("kasugai").community_route(issue, TODAY) is None
    assert town("yonago").community_route(issue, TODAY) is None


def test_training_is_as_the_documents_list_it() -> None:
    courses = {
        name: [(one.code, len(one.parts)) for one in town(name).training_courses(TODAY)]
        for name in ("yonago", "kasugai", "hokuei", "eniwa")
    }

    assert courses == {
        "yonago": [("basic", 0), ("personal_support", 0), ("multi_layered", 0)],
        "kasugai": [("joint_training", 3)],
        "hokuei": [("cross_field", 0), ("all_staff", 0)],
        "eniwa": [("concept_training", 0), ("case_discussion", 0)],
    }
    assert all(one.follow_up for one in town("yonago").training_courses(TODAY))
    assert town("kasugai").training_courses(date(2020, 1, 1)) == ()


def test_the_food_drive_of_kasugai_is_counted_several_times_and_says_so() -> None:
    network, *platforms = town("kasugai").community_networks(TODAY)

    assert (network.multi_counted, network.source) == (True, "001:L241-259")
    assert [one.value for one in network.activities] == [
        "meals", "pantry", "collection", "bank", "other",
    ]  # fmt: skip
    assert [one.code for one in platforms] == ["platform_east", "platform_west"]
