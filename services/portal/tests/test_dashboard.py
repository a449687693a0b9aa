"""A town's month at a glance: each number as it was said, a link where the viewer may go, no person."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, insert

from kasane_contracts import cases, intake, outreach
from kasane_kit import clock
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Workbench
from kasane_portal.domain.effort import AnswerTime, answer_time
from kasane_portal.tables import account

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
TILE = re.compile(
    r'k-tile__link"(?: href="(?P<href>[^"]*)")?>\s*<span class="k-tile__label">'
    r"(?:<svg.*?</svg>)?(?P<label>[^<]+)</span>\s*"
    r'<span class="k-tile__count">(?P<count>\d+)',
    re.DOTALL,
)


def received(name: str, on: date = TODAY) -> intake.ConsultationReceived:
    return intake.ConsultationReceived(name, f"2026-{name}", "window", "tax", on, ("income",))


def sent(name: str, by: date) -> intake.ReferralSheetSent:
    return intake.ReferralSheetSent(name, name, "tax", "welfare", by)


def case(name: str, state: str) -> cases.CaseOpened:
    return cases.CaseOpened(name, name, "", f"home-{name}", TODAY, 2, state)


@pytest.fixture
def bench(make_workbench: Callable[..., Workbench]) -> Workbench:
    return make_workbench("portal")


@pytest.fixture
def month(bench: Workbench) -> Workbench:
    """A month in November: two consultations, three cases, two meetings ahead, three visits."""
    said = [
        received("c1"),
        received("c2", date(2026, 11, 2)),
        received("c0", date(2026, 10, 31)),
        sent("s1", date(2026, 11, 19)),
        sent("s2", date(2026, 11, 25)),
        case("k1", "assessment"),
        case("k2", "assessment"),
        case("k3", "assessment"),
        cases.CaseStatusChanged("k2", "in_support"),
        cases.CaseStatusChanged("k3", "closed"),
        cases.CaseClosed("k3", "", "roles_settled", TODAY),
        cases.ConferencePlanned("m1", "body", "support_conference", TODAY + timedelta(days=3)),
        cases.ConferencePlanned("m2", "body", "support_conference", TODAY + timedelta(days=15)),
        cases.ConferenceHeld("m0", "body", "support_conference", TODAY, 1, ("k1",)),
        cases.GapsCounted("292095", TODAY, (cases.GapCount("no_contact", 4),)),
        outreach.VisitCompleted("v1", "r", "k1", "p", TODAY, "met"),
        outreach.ContactNotMade("v2", "r", "k1", "p", TODAY, "absent", 1),
        outreach.ContactNotMade("v3", "r", "k1", "p", TODAY, "absent", 2),
    ]
    with clock.fixed(lambda: NOON):
        bench.hear_all(said)
    return bench


def tiles(
    bench: Workbench, *functions: str, path: str = "/dashboard"
) -> dict[str, tuple[int, str]]:
    visitor = bench.visit_as(bench.staff(*functions))
    with clock.fixed(lambda: NOON):
        page = visitor.get(path)
    assert page.status_code == 200
    return {
        found["label"].strip(): (int(found["count"]), found["href"] or "")
        for found in TILE.finditer(page.text)
    }


def test_each_number_of_the_month_is_what_was_said_and_leads_to_its_list(month: Workbench) -> None:
    assert tiles(month, "coordinator") == {
        "受け付けた相談": (2, "/intake/292095/consultations"),
        "開いたケース": (3, "/cases/292095/cases"),
        "終えたケース": (1, "/cases/292095/cases"),
        "開いた会議": (1, "/cases/292095/conferences"),
        "会えた訪問": (1, "/outreach/292095/visits"),
        "会えなかった訪問": (2, "/outreach/292095/visits"),
        "受領を待つシート": (2, "/intake/292095/sheets"),
        "2週間以内の会議": (1, "/cases/292095/conferences"),
        "見落としの心配": (4, "/cases/292095/gaps"),
        "開いているケース": (2, "/cases/292095/cases"),
        "待っている仕事": (2, "/portal/292095/"),
    }


def test_a_viewer_has_no_link_to_where_one_may_not_go_and_no_load(month: Workbench) -> None:
    found = tiles(month, "receiver")

    assert {label: href for label, (_count, href) in found.items() if href} == {
        "受け付けた相談": "/intake/292095/consultations",
        "受領を待つシート": "/intake/292095/sheets",
    }
    assert "開いているケース" not in found
    assert tiles(month, "town_administrator").keys() == found.keys()


def test_the_head_sees_the_load_and_nobody_is_named(month: Workbench) -> None:
    head = month.visit_as(month.staff("responsible", name="責任 花子"))
    with clock.fixed(lambda: NOON):
        page = head.get("/dashboard").text

    load = page[page.index('id="load"') : page.index('id="answers"')]
    assert "町ぜんたいの数です。職員ごとには分けません。" in load
    assert "責任 花子" not in load


def test_states_of_cases_are_in_their_order(month: Workbench) -> None:
    visitor = month.visit_as(month.staff("coordinator"))
    with clock.fixed(lambda: NOON):
        page = visitor.get("/dashboard").text

    states = page[page.index('id="states"') : page.index('id="load"')]
    found = re.findall(r'scope="row">([^<]+)</th><td class="k-cell--number"[^>]*>(\d+)', states)
    assert found == [("アセスメント", "1"), ("支援中", "1"), ("終結", "1")]


def test_an_earlier_month_has_its_own_numbers_and_a_month_without_any_says_so(
    month: Workbench,
) -> None:
    assert tiles(month, "coordinator", path="/dashboard?month=2026-10")["受け付けた相談"][0] == 1
    visitor = month.visit_as(month.staff("coordinator"))
    with clock.fixed(lambda: NOON):
        empty = visitor.get("/dashboard?month=2026-09").text
        wrong = [visitor.get(f"/dashboard?month={one}") for one in ("x", "2019-01", "2026-13")]
    assert "この月の出来事は、まだありません。" in empty
    assert [one.status_code for one in wrong] == [200, 200, 200]
    assert all("2026年11月の様子" in one.text for one in wrong)


def test_the_host_has_no_month(bench: Workbench) -> None:
    assert bench.visit_as(bench.staff("receiver")).client.get("/host/dashboard").status_code != 200


@pytest.mark.parametrize(
    ("minutes", "staff", "shown"),
    [
        ([1, 2, 3, 4, 100], 5, AnswerTime(5, 3)),
        ([1, 2, 3, 4], 50, AnswerTime(0, None)),
        ([1, 2, 3, 4, 5, 6], 4, AnswerTime(0, None)),
        ([], 9, AnswerTime(0, None)),
    ],
)
def test_no_time_is_shown_for_fewer_than_five(
    minutes: list[int], staff: int, shown: AnswerTime
) -> None:
    assert answer_time(minutes, staff) == shown


def test_the_time_to_the_first_answer_is_from_sending_to_acknowledgement(bench: Workbench) -> None:
    for place, minutes in enumerate((5, 90, 30, 40, 600)):
        with clock.fixed(lambda: NOON):
            bench.hear(sent(f"s{place}", TODAY))
        with clock.fixed(lambda later=minutes: NOON + timedelta(minutes=later)):
            bench.hear(intake.ReferralSheetAcknowledged(f"s{place}", f"s{place}", "welfare", TODAY))
    visitor = bench.visit_as(bench.staff("receiver"))

    def shown() -> str:
        with clock.fixed(lambda: NOON):
            page = visitor.get("/dashboard").text
        return page[page.index('id="answers"') :]

    employ(bench, 4)
    assert "少ないため出しません" in shown()
    assert "40分" not in shown()
    employ(bench, 5)
    assert "<strong>40分</strong>" in shown()
    assert "5件の中央値" in shown()


def employ(bench: Workbench, how_many: int) -> None:
    """So many people have an account in the town."""
    with (
        municipality_scope(bench.municipality),
        bench.house.databases.writing("portal") as connection,
    ):
        connection.execute(delete(account))
        connection.execute(
            insert(account),
            [
                {
                    "id": f"staff{place}",
                    "login_name": f"staff{place}",
                    "display_name": "職員",
                    "roles": [],
                    "functions": [],
                    "office": "",
                    "active": True,
                    "revision": 1,
                    "password_hash": "",
                }
                for place in range(how_many)
            ],
        )
        connection.commit()
