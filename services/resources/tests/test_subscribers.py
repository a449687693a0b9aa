"""Subscribers: what resources does when a case speaks."""

from kasane_contracts.cases import PersonsMovedCase, ReferralRequested, SupportNeedIdentified
from kasane_contracts.resources import HumanServicesSuggested
from kasane_kit.delivery import Delivery
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench
from kasane_resources import queries
from kasane_resources.commands import ImportSample, PublishHumanService
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.human_service import HumanServiceEntry
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.schedule import Schedule
from kasane_resources.handlers import import_sample, publish_human_service

IKOMA = Eligibility(area=ServiceArea(AreaKind.TOWNS, ("生駒市",)))
NEED = SupportNeedIdentified(
    need_id="n1",
    case_id="c1",
    person_id="p1",
    category="taxes_utilities",
    age=48,
    area="東新町",
    latitude=34.6919,
    longitude=135.7006,
    description="市県民税の滞納。娘の病気で働けない",
)


def publish(bench: Workbench, name: str, *categories: str, **values: object) -> str:
    with bench.unit(bench.staff("coordinator")) as uow:
        entry = HumanServiceEntry(
            name=name, categories=categories, **{"eligibility": IKOMA, **values}
        )
        return publish_human_service(PublishHumanService(new_id(), entry), uow, bench.hooks)


def test_a_need_is_answered_with_points_and_reasons(workbench: Workbench) -> None:
    service_id = publish(
        workbench,
        "納付のしかたの相談",
        "payment_advice",
        schedule=Schedule(("MO", "TU")),
        location=Location("", "", "292095", Position(34.6919, 135.7006)),
    )

    workbench.hear(NEED)

    (said,) = workbench.said(HumanServicesSuggested)
    (suggestion,) = said.suggestions
    assert (said.need_id, said.case_id, said.missing) == ("n1", "c1", ())
    assert (suggestion.human_service_id, suggestion.points) == (service_id, 120.2)
    assert suggestion.reasons == (
        "【種類】「税・公共料金の納付相談」は「税金や公共料金」に主に応えるものです。［+40点］",
        "【種類】書かれた困りごとの言葉から、「税・公共料金の納付相談」が役に立つか、"
        "入口になります（同義語辞書 第2版）。［+35.2点］",
        "【名前・説明】書かれた困りごとのうち1種類に、名前・説明・対象の文で触れています。［+7点］",
        "【提供地域】「生駒市」が対象で、お住まいの地域が入ります。［+12点］",
        "【所在地】直線で約0.0kmです（徒歩約0分・車約0分の見積もり）。［+20点］",
        "【開催曜日】月火に開いています。［+6点］",
        "【最後に確かめた日】まだ人が確かめていません。［+0点］",
    )


def test_the_words_of_the_need_do_not_leave_the_service_unsealed(workbench: Workbench) -> None:
    publish(workbench, "病気と滞納の相談", "payment_advice", description="娘の病気で働けない方へ")

    workbench.hear(NEED)

    (said,) = workbench.said(HumanServicesSuggested)
    reasons = "".join(said.suggestions[0].reasons)
    assert "【説明】" in reasons
    assert "娘" not in reasons
    assert "滞納" not in reasons


def test_nothing_listed_is_said_and_kept_as_a_gap_without_the_person(workbench: Workbench) -> None:
    workbench.hear(NEED)

    (said,) = workbench.said(HumanServicesSuggested)
    assert said.suggestions == ()
    assert said.missing == ("「税金や公共料金」に応えるものが、この町の一覧に一つもありません。",)
    with workbench.reading() as connection:
        (gap,) = queries.gaps(connection, workbench.staff("coordinator"))
        (theme,) = queries.gap_themes(connection)
    assert (theme.category, theme.open, theme.areas) == ("taxes_utilities", 1, (("東新町", 1),))
    assert (gap.category, gap.area, gap.age_band) == ("taxes_utilities", "東新町", "40-49")
    assert "滞納" not in str(gap)


def test_what_is_too_far_is_no_suggestion_and_the_gap_says_how_far(workbench: Workbench) -> None:
    with workbench.unit(workbench.staff("coordinator")) as uow:
        import_sample(ImportSample("i1"), uow, workbench.hooks)

    workbench.hear(
        SupportNeedIdentified("n2", "c1", "p1", "no_food", 9, "東新町", 34.6919, 135.7006)
    )

    (said,) = workbench.said(HumanServicesSuggested)
    assert said.suggestions == ()
    assert said.missing == (
        "「食べるものがない」に応える1件は、休止中または終了しています。",
        "「食べるものがない」に応える5件は、提供地域の外です。",
        "「食べるものがない」に応える54件は、遠すぎます。",
        "いちばん近いものでも約356kmあります。",
    )


def test_imported_rows_near_the_home_are_suggested_with_their_reason(workbench: Workbench) -> None:
    with workbench.unit(workbench.staff("coordinator")) as uow:
        import_sample(ImportSample("i1"), uow, workbench.hooks)

    workbench.hear(SupportNeedIdentified("n2", "c1", "p1", "no_food", 9, "", 35.7080, 139.7522))

    (said,) = workbench.said(HumanServicesSuggested)
    assert len(said.suggestions) == 10
    assert said.missing == ()
    points = [suggestion.points for suggestion in said.suggestions]
    assert points == sorted(points, reverse=True)
    assert all(reason.startswith("【") for one in said.suggestions for reason in one.reasons)


def test_the_same_need_again_keeps_one_gap_and_resolves_it_when_something_fits(
    workbench: Workbench,
) -> None:
    workbench.hear(NEED)
    workbench.hear(NEED)
    with workbench.reading() as connection:
        (gap,) = queries.gaps(connection, workbench.staff("coordinator"))
    assert gap.resolved_on is None

    publish(workbench, "納付のしかたの相談", "payment_advice")
    workbench.hear(NEED)

    with workbench.reading() as connection:
        (gap,) = queries.gaps(connection, workbench.staff("coordinator"))
    assert gap.resolved_on is not None


def test_a_second_delivery_of_an_event_changes_nothing(workbench: Workbench) -> None:
    envelope = workbench.hear(
        ReferralRequested("r1", "c1", "n1", "p1", "s1", "生駒 太郎", "お願い")
    )
    Delivery(workbench.service, workbench.house).deliver([envelope])
    workbench.hear(ReferralRequested("r1", "c1", "n1", "p1", "s1", "別の名前", "別の文"))

    with workbench.reading() as connection:
        (waiting,) = queries.referrals(connection, waiting=True)
    assert (waiting.name, waiting.message) == ("生駒 太郎", "お願い")


def test_a_referral_follows_its_person_into_another_case(workbench: Workbench) -> None:
    workbench.hear(ReferralRequested("r1", "c1", "n1", "p1", "s1", "生駒 太郎", "お願い"))
    workbench.hear(ReferralRequested("r2", "c1", "n2", "p2", "s1", "生駒 花子", "お願い"))

    workbench.hear(PersonsMovedCase("c1", "c9", "2026-0090", ("p1",)))

    with workbench.reading() as connection:
        found = {one.id: one.case_id for one in queries.referrals(connection, waiting=True)}
    assert found == {"r1": "c9", "r2": "c1"}


def test_a_category_nobody_knows_is_a_gap_and_no_error(workbench: Workbench) -> None:
    workbench.hear(SupportNeedIdentified("n9", "c1", "p1", "unknown_category"))

    (said,) = workbench.said(HumanServicesSuggested)
    assert said.missing == ("「unknown_category」に応えるものが、この町の一覧に一つもありません。",)


def test_a_home_at_impossible_degrees_is_a_home_that_is_not_known(workbench: Workbench) -> None:
    publish(workbench, "食料支援", "food_pantry")

    workbench.hear(SupportNeedIdentified("n9", "c1", "p1", "no_food", 30, "東新町", 999.0, 135.7))

    (said,) = workbench.said(HumanServicesSuggested)
    assert [suggestion.name for suggestion in said.suggestions] == ["食料支援"]
