"""米子市 at work: a contact in every office, three courses with what follows, gaps by the city's body."""

from collections.abc import Callable
from datetime import datetime, timedelta

from kasane_kit import clock
from kasane_kit.testing.workbench import Workbench
from kasane_resources.commands.community import CountGathering, PlanGathering
from kasane_resources.domain.community import GatheringKind, ParticipantKind
from kasane_resources.handlers import community as handlers
from kasane_resources.queries import community as queries
from tests.plugins.towns_at_work import account, bench_of

Maker = Callable[..., Workbench]


def test_every_office_that_the_city_names_has_its_contact(make_workbench: Maker) -> None:
    settings = {"windows": {"disability": "障がい者支援課", "children": "こども相談課"}}
    bench = bench_of(make_workbench, "portal", "yonago", settings)
    administrator = bench.visit_as(bench.staff("town_administrator"))

    answers = [
        account(administrator, "contact", office)
        for office in ("disability", "children", "welfare_policy", "general_support_center")
    ]

    assert answers == [303] * 4
    assert administrator.get("/accounts").text.count("「断らない相談」担当者") >= 4


def test_three_courses_are_held_and_counted_and_graduates_are_followed_up(
    make_workbench: Maker,
) -> None:
    bench = bench_of(make_workbench, "resources", "yonago")
    start = datetime(2026, 6, 1, 13, tzinfo=clock.JAPAN)
    held = (
        ("basic", ""),
        ("personal_support", ""),
        ("multi_layered", ""),
        ("basic", "フォローアップ"),
    )
    for number, (course, part) in enumerate(held):
        lesson = PlanGathering(
            f"t{number}",
            GatheringKind.TRAINING,
            "人と地域とつながる研修",
            start,
            start + timedelta(hours=2),
            course=course,
            part=part,
        )
        came = {ParticipantKind.RESIDENT: 3, ParticipantKind.PROFESSIONAL: 5}
        with bench.unit(bench.staff("coordinator")) as uow:
            handlers.plan_gathering(lesson, uow, bench.hooks)
        with bench.unit(bench.staff("coordinator")) as uow:
            handlers.count_gathering(CountGathering(f"t{number}", 1, came, 0), uow, bench.hooks)

    page = bench.visit_as(bench.staff("coordinator")).get("/community/training?year=2026").text
    with bench.reading() as connection:
        counted = {one.course: one.present for one in queries.attendance(connection, 2026)}

    assert counted == {"basic": 16, "personal_support": 8, "multi_layered": 8}
    for words in (
        "基礎コース",
        "対人援助コース",
        "重層的支援力強化コース",
        "手の届く範囲でできる活動",
    ):
        assert words in page
