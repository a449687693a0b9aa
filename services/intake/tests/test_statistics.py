"""Counts what came in, in national words, each consultation once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kasane_kit import clock
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Workbench

PERIOD = "/api/v1/statistics/receptions?first=2026-04-01&last=2027-03-31"


def take(bench: Workbench, day: datetime, **body: Any) -> None:
    """One consultation on a day."""
    desk = next(o.code for o in bench.hooks.organization(on=day.date()) if o.receives)
    with clock.fixed(lambda: day):
        staff = bench.visit_as(bench.staff("receiver", office=desk))
        answer = staff.send_json(
            "POST",
            "/api/v1/consultations",
            {"desk": desk, "channel": "window", "story": "相談", **body},
        )
    assert answer.status_code == 201


def test_a_consultation_counts_once_and_its_categories_in_the_nations_words(
    make_workbench: BenchMaker,
) -> None:
    bench = make_workbench("intake", {TOWN: ("yonago",)})
    in_year, before = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 3, 31, 14, 59, tzinfo=UTC)
    take(bench, in_year, categories=["hoarding", "housing", "neighbours"], main_category="hoarding")
    take(bench, in_year, channel="telephone", reception={"route": "commissioner"})
    take(bench, in_year, channel="web_commissioner", categories=["nursing_care"])
    take(bench, before, categories=["housing"])
    coordinator = bench.visit_as(bench.staff("coordinator"))

    counted = coordinator.send_json("GET", PERIOD).json

    assert counted == {
        "consultations": 3,
        "channels": {"telephone": 1, "web_commissioner": 1, "window": 1},
        "routes": {"commissioner": 2},
        "categories": {"housing": 1, "community_relations": 1, "nursing_care": 1},
        "main_categories": {"housing": 1},
    }


@pytest.mark.parametrize(
    "asked", ["", "?first=2026-04-01", "?first=2026-04-02&last=2026-04-01", "?first=x&last=y"]
)
def test_a_period_that_is_none_is_refused(workbench: Workbench, asked: str) -> None:
    answer = workbench.visit_as(workbench.staff("coordinator")).send_json(
        "GET", f"/api/v1/statistics/receptions{asked}"
    )

    assert answer.status_code == 422


def test_a_receiver_does_not_read_the_counts(workbench: Workbench) -> None:
    answer = workbench.visit_as(workbench.staff("receiver", office="zei")).send_json("GET", PERIOD)

    assert answer.status_code == 403
