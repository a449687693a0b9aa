"""Matching: what is left out and why, what is scored and why, always in the same order."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.folding import bigrams, fold, spellings
from kasane_resources.domain.freshness import PLATFORM_DAYS, ConfirmationDays
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanService,
    HumanServiceEntry,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.location import Location, Position, distance_km
from kasane_resources.domain.matching import ExclusionReason, Need, PartKind, match
from kasane_resources.domain.need import Availability
from kasane_resources.domain.profile import Vacancy
from kasane_resources.domain.ranking import TownAddition, ranked_by_town
from kasane_resources.domain.schedule import Schedule
from kasane_resources.domain.scoring import Scorer
from kasane_resources.domain.taxonomy import taxonomy

TODAY = date(2026, 11, 21)
TOWN_HALL = Position(34.6919, 135.7006)
NEED = Need(
    category="withdrawal_truancy",
    categories=("withdrawal_truancy",),
    municipality="292095",
    age=24,
    area="東新町",
    town_name="生駒市",
    position=TOWN_HALL,
    description="一年ほど自分の部屋から出ていない",
)
IKOMA = Eligibility(area=ServiceArea(AreaKind.TOWNS, ("生駒市",)))


def service(service_id: str = "s1", **changes: object) -> HumanService:
    entry = HumanServiceEntry(
        name="ひきこもり相談室", categories=("withdrawal_support",), eligibility=IKOMA
    )
    return HumanService(service_id, replace(entry, **changes))


def matched(*services: HumanService, need: Need = NEED) -> dict[str, float]:
    found = match(need, services, taxonomy(), TODAY)
    return {one.human_service.id: one.points for one in found.matches}


def reason(one: HumanService, need: Need = NEED) -> ExclusionReason | None:
    found = match(need, [one], taxonomy(), TODAY)
    return found.exclusions[0].reason if found.exclusions else None


def test_the_points_are_the_sum_of_the_parts_and_each_part_names_its_field() -> None:
    one = service(
        description="部屋から出ていない方の家を訪ねます",
        eligibility=replace(IKOMA, minimum_age=15, maximum_age=64),
        schedule=Schedule(("MO", "WE")),
        last_confirmed_on=date(2026, 10, 1),
        location=Location("", "", "292095", TOWN_HALL),
    )

    (found,) = match(NEED, [one], taxonomy(), TODAY).matches

    parts = {part.kind: (part.code, part.points) for part in found.parts}
    assert list(parts) == [
        PartKind.CATEGORY,
        PartKind.VOCABULARY,
        PartKind.OFFER,
        PartKind.AGE,
        PartKind.AREA,
        PartKind.DISTANCE,
        PartKind.SCHEDULE,
        PartKind.FRESHNESS,
        PartKind.DESCRIPTION,
    ]
    assert parts[PartKind.CATEGORY] == ("main", 40.0)
    assert parts[PartKind.VOCABULARY] == ("first", 48.0)
    assert parts[PartKind.OFFER] == ("named", 7.0)
    assert parts[PartKind.AGE] == ("inside", 3.0)
    assert parts[PartKind.AREA] == ("towns", 12.0)
    assert parts[PartKind.DISTANCE] == ("on_foot", 20.0)
    assert parts[PartKind.SCHEDULE] == ("days", 6.0)
    assert parts[PartKind.FRESHNESS] == ("fresh", 8.0)
    assert found.points == round(sum(points for _, points in parts.values()), 1)


def test_what_the_kind_is_mainly_for_comes_before_what_it_is_also_for() -> None:
    main, also = service("b"), service("a", categories=("learning_support", "place_to_be"))

    assert list(matched(also, main)) == ["b", "a"]


def test_the_order_does_not_depend_on_the_order_of_the_directory() -> None:
    services = [service(f"s{n:02d}", name=f"相談室{n % 3}") for n in range(30)]
    shuffled = services.copy()
    random.Random(7).shuffle(shuffled)

    assert list(matched(*services)) == list(matched(*shuffled))
    assert len(matched(*services)) == 10


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": ServiceStatus.TEMPORARILY_CLOSED}, ExclusionReason.NOT_ACTIVE),
        ({"eligibility": replace(IKOMA, maximum_age=23)}, ExclusionReason.AGE_OUTSIDE),
        ({"eligibility": replace(IKOMA, minimum_age=25)}, ExclusionReason.AGE_OUTSIDE),
        (
            {"eligibility": Eligibility(area=ServiceArea(AreaKind.TOWNS, ("恵庭市",)))},
            ExclusionReason.AREA_OUTSIDE,
        ),
        (
            {
                "eligibility": Eligibility(area=ServiceArea(AreaKind.RADIUS, radius_km=5)),
                "location": Location(position=Position(34.6851, 135.8048)),
            },
            ExclusionReason.TOO_FAR,
        ),
        (
            {
                "eligibility": Eligibility(),
                "location": Location("文京区", "", "131059", Position(35.71237, 139.74536)),
            },
            ExclusionReason.TOO_FAR,
        ),
        (
            {"eligibility": Eligibility(), "location": Location("文京区", "", "131059")},
            ExclusionReason.AREA_OUTSIDE,
        ),
        ({"categories": ("salon",)}, ExclusionReason.NOT_RELATED),
    ],
)
def test_what_cannot_serve_is_left_out_with_its_reason(
    changes: dict[str, object], expected: ExclusionReason
) -> None:
    assert matched(service(**changes)) == {}
    assert reason(service(**changes)) is expected


@pytest.mark.parametrize(
    "changes",
    [
        {"eligibility": replace(IKOMA, minimum_age=24, maximum_age=24)},
        {"eligibility": Eligibility(area=ServiceArea(AreaKind.TOWNS, ("東新町",)))},
        {"eligibility": Eligibility(area=ServiceArea(AreaKind.TOWNS, ("生駒市東新町",)))},
        {"eligibility": Eligibility(area=ServiceArea(AreaKind.ONLINE))},
        {"eligibility": Eligibility(), "location": Location("", "", "292010")},
        {"eligibility": Eligibility()},
        {"visibility": Visibility.SUPPORTERS_ONLY},
    ],
)
def test_what_can_serve_is_kept(changes: dict[str, object]) -> None:
    assert list(matched(service(**changes))) == ["s1"]


def test_another_district_of_the_same_town_is_outside() -> None:
    one = service(eligibility=Eligibility(area=ServiceArea(AreaKind.TOWNS, ("生駒市壱分町",))))

    assert reason(one) is ExclusionReason.AREA_OUTSIDE
    assert reason(one, replace(NEED, area="")) is None


def test_what_the_viewer_may_not_see_is_left_out() -> None:
    one = service(visibility=Visibility.SUPPORTERS_ONLY)

    found = match(NEED, [one], taxonomy(), TODAY, frozenset({Visibility.PUBLIC}))

    assert [(e.human_service.id, e.reason) for e in found.exclusions] == [
        ("s1", ExclusionReason.NOT_VISIBLE)
    ]


def test_a_kind_that_is_usually_for_others_loses_points_but_stays() -> None:
    need = replace(NEED, category="no_food", categories=("no_food",))
    cafeteria = service("a", name="こども食堂", categories=("children_cafeteria",))
    pantry = service("b", name="食料支援", categories=("food_pantry",))

    points = matched(cafeteria, pantry, need=need)

    assert points == {"b": 52.0, "a": 32.0}


def test_a_stated_lowest_age_does_not_make_a_grown_up_a_pupil() -> None:
    pupils = Eligibility(minimum_age=10, area=IKOMA.area)
    room = service("a", name="学習室", categories=("learning_support",), eligibility=pupils)
    need = replace(NEED, category="child_rearing", categories=("child_rearing",), age=None)

    def age_of(*ages: int) -> tuple[str, float]:
        (found,) = match(replace(need, ages=ages), [room], taxonomy(), TODAY).matches
        (part,) = (part for part in found.parts if part.kind is PartKind.AGE)
        return part.code, part.points

    assert age_of(38, 8) == ("not_usual", -20.0)
    assert age_of(38, 11) == ("from", 3.0)


def test_a_group_for_another_trouble_is_left_out_and_one_without_a_text_stays() -> None:
    drinking = replace(NEED, categories=(), description="朝から酒を飲んで仕事に行けない", age=45)
    gambling = service("a", name="ギャンブルをやめたい人の会", categories=("addiction_support",))
    sobriety = service("b", name="断酒の集い", categories=("addiction_support",))
    unsaid = service("c", name="水曜の会", categories=("addiction_support",))

    found = match(drinking, [gambling, sobriety, unsaid], taxonomy(), TODAY)

    assert [one.human_service.id for one in found.matches] == ["b", "c"]
    left_out = {one.human_service.id: one.reason for one in found.exclusions}
    assert left_out == {"a": ExclusionReason.OTHER_THEME}


def test_what_has_little_to_do_with_the_need_beside_the_best_is_left_out_alone_it_stays() -> None:
    best = service("a", description="ひきこもり、部屋から出られない方の家を訪ねます")
    weak = service("b", name="相談支援", categories=("disability_support",))

    assert reason(weak) is None
    found = match(NEED, [best, weak], taxonomy(), TODAY)
    left_out = {one.human_service.id: one.reason for one in found.exclusions}
    assert left_out == {"b": ExclusionReason.MUCH_WEAKER}


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("ひとり親、生活困窮", ("inside", 6.0)),
        ("外国人、依存症", ("other", -8.0)),
        ("外国人、地域の方", None),
    ],
)
def test_groups_are_weighed_when_the_words_of_the_need_can_prove_them(
    audience: str, expected: tuple[str, float] | None
) -> None:
    need = replace(NEED, description="離婚して一人で子どもを育てている")
    one = service(eligibility=replace(IKOMA, audience=audience))

    (found,) = match(need, [one], taxonomy(), TODAY).matches

    assert (
        next(
            ((part.code, part.points) for part in found.parts if part.kind is PartKind.AUDIENCE),
            None,
        )
        == expected
    )


def test_a_need_that_nobody_understands_goes_to_general_advice() -> None:
    need = replace(NEED, categories=(), description="うまく言えないが、ただ、もやもやする")

    assert list(
        matched(service("a", name="なんでも窓口", categories=("general_advice",)), need=need)
    ) == ["a"]


def test_a_kind_that_does_not_meet_the_need_is_suggested_only_when_the_words_do() -> None:
    similar = service("a", name="自分の部屋から出ていない方の会", categories=())
    other = service("b", name="将棋クラブ", categories=())

    assert list(matched(similar, other)) == ["a"]


def test_the_distance_between_two_stations_is_right() -> None:
    tokyo, shin_osaka = Position(35.681236, 139.767125), Position(34.733466, 135.500255)

    assert distance_km(tokyo, shin_osaka) == pytest.approx(402.6, abs=1.0)


def test_a_position_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="no place has"):
        Position(91, 0)


def test_folding_makes_spellings_equal_and_keeps_one_character() -> None:
    assert fold("ｺﾄﾞﾓ 食堂") == fold("こども食堂") == "コドモ食堂"
    assert spellings("子供食堂") == ("子供食堂", "子ドモ食堂", "コドモ食堂")
    assert spellings("子") == ("子",)
    assert bigrams("部屋から") == ("部屋", "屋カ")


CARE = replace(
    NEED,
    category="nursing_care",
    categories=("nursing_care",),
    age=84,
    description="母の物忘れが進んだ。",
)


def day_care(**changes: object) -> HumanService:
    entry = {"name": "通所", "categories": ("day_and_short_care",), **changes}
    return service(application_process="要介護認定", **entry)


def test_a_certificate_that_is_missing_excludes_and_an_unknown_one_costs_points() -> None:
    has = replace(CARE, conditions=("要介護2",))
    lacks = replace(CARE, description="母の物忘れが進んだ。介護保険は未申請。")

    points = {name: matched(day_care(), need=need) for name, need in (("?", CARE), ("+", has))}

    assert points["+"]["s1"] > points["?"]["s1"] + 40
    assert reason(day_care(), lacks) is ExclusionReason.CONDITION_MISSING


def test_one_of_two_certificates_is_enough() -> None:
    one = service(
        name="訪問", categories=("home_care",), application_process="要介護認定または受給者証"
    )
    lacks_one = replace(CARE, description="介護保険は未申請。", conditions=("知的障害",))

    (found,) = match(lacks_one, [one], taxonomy(), TODAY).matches

    assert PartKind.REFERRAL not in {part.kind for part in found.parts}


def test_full_and_unproven_together_outweigh_the_kind() -> None:
    one = day_care(description="ただいま満員です。")

    assert matched(one, need=CARE) == {}
    assert reason(one, CARE) is ExclusionReason.OUTWEIGHED


def test_another_town_with_a_district_of_the_same_name_is_outside() -> None:
    need = replace(NEED, area="中央")
    there = service(
        eligibility=Eligibility(area=ServiceArea(AreaKind.TOWNS, ("恵庭市中央部",))),
        location=Location("", "", "012319"),
    )

    assert reason(there, need) is ExclusionReason.AREA_OUTSIDE


@pytest.mark.parametrize(
    ("word", "expected"),
    [("奈良県", None), ("秋田県", ExclusionReason.AREA_OUTSIDE), ("奈良県北部", None)],
)
def test_a_prefecture_holds_its_towns(word: str, expected: ExclusionReason | None) -> None:
    one = service(
        eligibility=Eligibility(area=ServiceArea(AreaKind.TOWNS, (word,))),
        location=Location("", "", "292095", TOWN_HALL),
    )

    assert reason(one) is expected


def test_of_two_offices_for_parts_of_a_town_the_nearest_is_responsible() -> None:
    near = Location("", "", "292095", Position(34.69, 135.70))
    far = Location("", "", "292095", Position(34.67, 135.70))
    north, south = (
        service(
            name,
            eligibility=Eligibility(area=ServiceArea(AreaKind.TOWNS, (f"生駒市{part}部",))),
            location=place,
        )
        for name, part, place in (("n", "北", near), ("s", "南", far))
    )

    found = match(NEED, [north, south], taxonomy(), TODAY)

    assert [one.human_service.id for one in found.matches] == ["n"]
    assert [(one.human_service.id, one.reason) for one in found.exclusions] == [
        ("s", ExclusionReason.AREA_OUTSIDE)
    ]


def test_what_suits_the_household_gives_points_and_what_does_not_takes_them() -> None:
    one = service(
        contact_modes=(ContactMode.HOME_VISIT,),
        schedule=Schedule(("MO",), "09:00", "17:00"),
        eligibility=replace(IKOMA, audience="高齢者"),
    )
    need = replace(
        NEED,
        without_car=True,
        contact=ContactMode.HOME_VISIT,
        availability=Availability.read("土日"),
    )

    (found,) = match(need, [one], taxonomy(), TODAY).matches

    parts = {part.kind: (part.code, part.points) for part in found.parts}
    assert parts[PartKind.CONTACT] == ("wanted", 4.0)
    assert parts[PartKind.ACCESS] == ("comes", 5.0)
    assert parts[PartKind.SCHEDULE] == ("not_then", 3.0)
    assert parts[PartKind.AUDIENCE] == ("other", -8.0)


def test_a_town_adds_points_and_a_sentence_and_brings_nobody_in() -> None:
    matches = match(NEED, [service("a"), service("b")], taxonomy(), TODAY).matches
    additions = [
        TownAddition("b", 99, "町の決めごとです。"),
        TownAddition("a", 5, " "),
        TownAddition("left-out", 10, "入れてください。"),
    ]

    ranked = ranked_by_town(matches, additions, 10)

    assert [one.human_service.id for one in ranked] == ["b", "a"]
    assert ranked[0].points == round(matches[1].points + 10, 1)
    assert ranked[0].parts[-1].facts == {"sentence": "町の決めごとです。"}
    assert ranked[1] == matches[0]


def test_the_towns_days_decide_what_a_confirmation_and_a_told_vacancy_are_worth() -> None:
    def points(days: ConfirmationDays) -> dict[str, tuple[str, float]]:
        entry = replace(
            HumanServiceEntry("なごみ", categories=("salon",)),
            last_confirmed_on=TODAY - timedelta(days=200),
            vacancy=Vacancy(2, TODAY - timedelta(days=60)),
        )
        scorer = Scorer(Need("isolation", ("isolation",), "292095"), taxonomy(), TODAY, days=days)
        parts = scorer.parts(HumanService("s1", entry), 0.5)
        return {part.kind.value: (part.code, part.points) for part in parts}

    def town(ask: int, stale: int, vacancy: int) -> ConfirmationDays:
        return ConfirmationDays(*(timedelta(days=n) for n in (ask, stale, 30, vacancy)))

    assert points(PLATFORM_DAYS)["freshness"] == ("fresh", 5.0)
    assert points(PLATFORM_DAYS)["capacity"] == ("room", 5.0)
    assert points(town(365, 365, 90))["freshness"] == ("fresh", 8.0)
    assert points(town(30, 150, 90))["freshness"] == ("fresh", 2.0)
    assert points(town(30, 60, 30))["freshness"] == ("stale", -6.0)
    assert points(town(30, 60, 30))["capacity"] == ("asked_long_ago", 0.0)
