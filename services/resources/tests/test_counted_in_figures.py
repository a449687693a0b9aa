"""What resources says so that a town's figures can be counted: gatherings, groups and donations, without a name."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kasane_contracts import resources as says
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench
from kasane_resources.commands.community import (
    CancelGathering,
    CountGathering,
    JoinNetwork,
    Leave,
    PlanGathering,
    ReceiveDonation,
    VoidDonation,
)
from kasane_resources.domain.community import GatheringKind, ParticipantKind
from kasane_resources.domain.errors import (
    BodyUnknown,
    CommunityNotFound,
    DatesBackward,
    WordsMissing,
)
from kasane_resources.handlers import community as handlers
from kasane_resources.queries import community as queries

BenchMaker = Callable[..., Workbench]
GIVEN = ReceiveDonation("d1", "food_drive", date(2026, 5, 1), "株式会社かさね", "米 30kg")


@pytest.fixture
def kasugai(make_workbench: BenchMaker) -> Workbench:
    return make_workbench("resources", {"292095": ("kasugai",)})


def run(bench: Workbench, handler: Callable[..., Any], command: Any) -> Any:
    with bench.unit(bench.staff("coordinator")) as unit:
        return handler(command, unit, bench.hooks)


def test_who_came_is_told_by_kind_on_the_day_in_japan_and_nothing_when_it_is_called_off(
    kasugai: Workbench,
) -> None:
    evening = datetime(2026, 5, 31, 22, tzinfo=UTC)
    lesson = PlanGathering(
        "t1",
        GatheringKind.TRAINING,
        "合同研修会",
        evening,
        evening.replace(hour=23),
        course="joint_training",
    )
    run(kasugai, handlers.plan_gathering, lesson)
    came = {ParticipantKind.PROFESSIONAL: 20, ParticipantKind.TOWN_STAFF: 0}
    run(kasugai, handlers.count_gathering, CountGathering("t1", 1, came, 3))
    run(kasugai, handlers.cancel_gathering, CancelGathering("t1", 2))

    counted, cancelled = kasugai.said(says.GatheringCounted)
    assert (counted.held_on, counted.course, counted.new_ties) == (
        date(2026, 6, 1),
        "joint_training",
        3,
    )
    assert counted.participants == (says.ParticipantCount("professional", 20),)
    assert (cancelled.participants, cancelled.cancelled) == ((), True)


def test_a_group_keeps_its_id_when_it_leaves_and_comes_back(kasugai: Workbench) -> None:
    join = JoinNetwork("m1", "food_drive", "こども食堂A", ("meals",), date(2025, 6, 1))
    run(kasugai, handlers.join_network, join)
    run(kasugai, handlers.leave, Leave("m1", date(2026, 3, 31)))
    again = JoinNetwork("m2", "food_drive", "こども食堂A", ("pantry",), date(2026, 9, 1))
    run(kasugai, handlers.join_network, again)

    told = [
        (one.member_id, one.group_id, one.activities, one.until)
        for one in kasugai.said(says.NetworkMemberChanged)
    ]
    assert told == [
        ("m1", "m1", ("meals",), None),
        ("m1", "m1", ("meals",), date(2026, 3, 31)),
        ("m2", "m1", ("pantry",), None),
    ]


def test_a_group_written_by_mistake_is_taken_back_and_never_was_a_member(
    kasugai: Workbench,
) -> None:
    somebody = kasugai.visit_as(kasugai.staff("coordinator"))
    join = JoinNetwork("m1", "food_drive", "誤登録の会", ("meals",), date(2999, 4, 1))
    run(kasugai, handlers.join_network, join)

    early = somebody.post("/community/networks/m1/leave")
    empty = somebody.post("/community/networks/m1/void", {"m1-void-reason": " "})
    gone = somebody.post("/community/networks/m1/void", {"m1-void-reason": "書き誤り"})
    again = somebody.post("/community/networks/m1/void", {"m1-void-reason": "もう一度"})

    assert (early.status_code, "加わる日（2999-04-01）より前" in early.text) == (409, True)
    assert (empty.status_code, gone.status_code) == (422, 303)
    assert (again.status_code, "記録が取り消されています" in again.text) == (409, True)
    assert [(one.voided, one.until) for one in kasugai.said(says.NetworkMemberChanged)] == [
        (False, None),
        (True, None),
    ]
    with kasugai.reading() as connection:
        member = queries.network_member(connection, "m1")
    assert (member.void_reason, member.takes_part_in(2999)) == ("書き誤り", False)
    assert "書き誤り" in somebody.get("/community/networks").text


def test_a_donation_is_told_without_its_giver_and_taken_back_once(kasugai: Workbench) -> None:
    run(kasugai, handlers.receive_donation, GIVEN)
    with pytest.raises(WordsMissing):
        run(kasugai, handlers.void_donation, VoidDonation("d1", " "))
    run(kasugai, handlers.void_donation, VoidDonation("d1", "二度書いた"))
    with pytest.raises(CommunityNotFound):
        run(kasugai, handlers.void_donation, VoidDonation("d1", "もう一度"))

    assert kasugai.said(says.DonationReceived) == [
        says.DonationReceived("d1", "food_drive", date(2026, 5, 1)),
        says.DonationReceived("d1", "food_drive", date(2026, 5, 1), voided=True),
    ]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"network": "unknown"}, BodyUnknown),
        ({"giver": "  "}, WordsMissing),
        ({"received_on": date(2090, 1, 1)}, DatesBackward),
    ],
)
def test_a_donation_that_cannot_be_is_refused_and_nothing_is_told(
    kasugai: Workbench, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        run(kasugai, handlers.receive_donation, ReceiveDonation(**{**vars(GIVEN), **wrong}))

    assert kasugai.said(says.DonationReceived) == []


def test_a_donation_is_written_and_taken_back_on_the_page(kasugai: Workbench) -> None:
    somebody = kasugai.visit_as(kasugai.staff("coordinator"))
    form = {
        "submission": new_id(),
        "food_drive-donation-giver": "株式会社かさね",
        "food_drive-donation-received_on": "2026-05-01",
        "food_drive-donation-what": "米",
    }

    assert somebody.post("/community/networks/food_drive/donations", form).status_code == 303
    assert "寄付（1件）" in somebody.get("/community/networks").text
    (told,) = kasugai.said(says.DonationReceived)

    path = f"/community/donations/{told.donation_id}/void"
    wrong = somebody.post(path, {f"{told.donation_id}-void-reason": "誤\0り"})
    assert (wrong.status_code, "寄付（1件）" in wrong.text) == (422, True)
    gone = somebody.post(path, {f"{told.donation_id}-void-reason": "誤り"})
    assert gone.status_code == 303
    assert "寄付（0件）" in somebody.get("/community/networks").text


def test_a_group_joins_a_platform_that_names_no_activities(kasugai: Workbench) -> None:
    somebody = kasugai.visit_as(kasugai.staff("coordinator"))
    form = {
        "submission": new_id(),
        "platform_east-name": "団体あおぞら",
        "platform_east-since": "2026-05-01",
    }

    assert somebody.post("/community/networks/platform_east/members", form).status_code == 303

    (told,) = kasugai.said(says.NetworkMemberChanged)
    assert (told.network, told.activities) == ("platform_east", ())
