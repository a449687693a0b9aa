"""What towns' plugins share: plan items with their days, names of areas, two steps up."""

from datetime import date

import pytest

from kasane_plugin_api import (
    ConsultationView,
    Office,
    Phase,
    PlanItems,
    ScreeningView,
    Sentences,
    StepUp,
    Structure,
    named_by_area,
    two_steps,
)

SENTENCES = Sentences(
    """
    [phase]
    started = "{words}（{day}から）"
    [escalation]
    related_agencies = "関係する課へ"
    multi_agency = "調整役へ"
    [area]
    numbered = "第{number}圏域"
    office = "{label}（{area}）"
    """
)
ITEMS = Structure(
    """
    [[plan_items]]
    feature = "dated"
    label = "会議"
    words = "令和4年から6年まで"
    source = "900:L1"
    since = 2022-04-01
    until = 2024-03-31
    [[plan_items]]
    feature = "draft"
    label = "地図"
    words = "検討する"
    source = "900:L2"
    draft = true
    [[plan_items]]
    feature = "undated"
    label = "研修"
    words = "行う"
    source = "900:L3"
    """
)
DAY = date(2025, 5, 1)


@pytest.mark.parametrize(
    ("feature", "on", "phase"),
    [
        ("dated", date(2022, 3, 31), Phase.PLANNED),
        ("dated", date(2022, 4, 1), Phase.ACTIVE),
        ("dated", date(2024, 3, 31), Phase.ACTIVE),
        ("dated", date(2024, 4, 1), Phase.ENDED),
        ("draft", DAY, Phase.PLANNED),
        ("undated", DAY, Phase.NOT_STATED),
    ],
)
def test_an_item_stands_where_its_days_put_it(feature, on, phase):
    answer = PlanItems(ITEMS, SENTENCES, {}).phase(feature, on)

    assert answer is not None
    assert answer.phase is phase


def test_a_draft_runs_from_the_day_the_town_has_set_and_says_so():
    items = PlanItems(ITEMS, SENTENCES, {"draft": DAY})

    before, since = items.phase("draft", date(2025, 4, 30)), items.phase("draft", DAY)

    assert before is not None
    assert since is not None
    assert (before.phase, since.phase) == (Phase.PLANNED, Phase.ACTIVE)
    assert since.text == "地図：検討する（2025-05-01から）"
    assert items.began("draft") == DAY
    assert items.phase("unknown", DAY) is None


@pytest.mark.parametrize("feature", ["dated", "undated", "unknown"])
def test_a_day_for_an_item_that_the_document_did_not_leave_open_is_refused(feature):
    with pytest.raises(ValueError, match=f"項目「{feature}」があります。書けるのはdraftです"):
        PlanItems(ITEMS, SENTENCES, {feature: DAY})


def test_a_town_whose_document_has_no_days_may_set_them():
    items = PlanItems(ITEMS, SENTENCES, {"undated": DAY}, undated=True)

    answer = items.phase("undated", DAY)

    assert answer is not None
    assert answer.phase is Phase.ACTIVE


def test_offices_are_named_by_the_areas_name_or_its_number():
    centers = (Office("a", "包括", area="1"), Office("b", "包括", area="2"))

    named = named_by_area(centers, {"2": "東"}, SENTENCES)

    assert [one.label for one in named] == ["包括（第1圏域）", "包括（東）"]
    with pytest.raises(ValueError, match="知らない圏域「3」があります。書けるのは1、2です"):
        named_by_area(centers, {"3": "西"}, SENTENCES)


@pytest.mark.parametrize(
    ("alone", "together", "expected"),
    [
        (None, None, None),
        (True, True, None),
        (False, None, ("related_agencies", "contact", "900:L5", "関係する課へ")),
        (False, True, ("related_agencies", "contact", "900:L5", "関係する課へ")),
        (False, False, ("multi_agency", "coordinator", "900:L6", "調整役へ")),
        (True, False, ("multi_agency", "coordinator", "900:L6", "調整役へ")),
    ],
)
def test_a_matter_goes_up_one_step_or_two(alone, together, expected):
    consultation = ConsultationView(
        channel="window", desk="tax", screening=ScreeningView(alone, together)
    )

    found = two_steps(
        consultation,
        SENTENCES,
        beyond_one=StepUp("contact", "900:L5"),
        beyond_cooperation=StepUp("coordinator", "900:L6"),
    )

    answer = found and (found.level, found.target_role, found.source, found.reason)
    assert answer == expected
