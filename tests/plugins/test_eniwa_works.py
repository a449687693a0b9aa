"""恵庭市 at work: two thresholds, four areas, no one-stop desk, another city's platform kept apart."""

from collections.abc import Callable

import pytest

from kasane_contracts.intake import ConsultationEscalated
from kasane_kit.testing.workbench import Workbench
from tests.plugins.towns_at_work import bench_of, received, screened

Maker = Callable[..., Workbench]


@pytest.mark.parametrize(
    ("alone", "together", "role"),
    [(True, True, []), (False, True, ["contact"]), (False, False, ["coordinator"])],
)
def test_beyond_one_agency_the_contacts_and_beyond_cooperation_the_coordinator(
    make_workbench: Maker, alone: bool, together: bool, role: list[str]
) -> None:
    bench = bench_of(make_workbench, "intake", "eniwa")
    desk = bench.visit_as(bench.staff("receiver", office="education_support"))
    made = received(desk, "education_support")

    assert screened(desk, made, alone, together, 1).status_code == 200

    assert [one.target_role for one in bench.said(ConsultationEscalated)] == role


@pytest.mark.parametrize("area", ["1", "2", "3", "4"])
def test_the_center_of_the_area_is_named_to_who_plans_a_visit(
    make_workbench: Maker, area: str
) -> None:
    bench = bench_of(make_workbench, "outreach", "eniwa")
    worker = bench.visit_as(bench.staff("coordinator", account_id="c1"))
    values = {
        "name": "見本 次郎",
        "address": "恵庭市京町1番地",
        "area": area,
        "purpose": "様子をうかがう",
        "minutes": "30",
        "submission": f"ask-{area}",
    }
    answer = worker.post("/households/new", values)
    assert answer.status_code == 303, answer.text

    page = worker.get(f"/households/{answer.location.rsplit('/', 1)[1]}").text

    named = [one for one in "1234" if f"第{one}" in page or f"圏域{one}" in page]
    assert f"{area}" in named or "地域包括支援センター" in page


def test_the_platform_of_nagaokakyo_is_a_reference_and_no_body_of_the_city(
    make_workbench: Maker,
) -> None:
    portal = bench_of(make_workbench, "portal", "eniwa")
    page = portal.visit_as(portal.staff("receiver")).get("/town").text
    bodies = page[page.index('id="bodies"') : page.index('id="offices"')]

    assert "とりこぼさない支援を考える交流会" in bodies
    assert "うみだす" not in bodies
    assert "長岡京" not in bodies
    assert "【参考】京都府長岡京市" in page
