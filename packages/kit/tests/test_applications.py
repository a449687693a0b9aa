"""An application that goes from test to test answers from the house of the test that has it."""

from __future__ import annotations

import pytest

from kasane_kit.testing.applications import Applications
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN


def test_an_application_is_lent_again_and_answers_from_the_next_house(
    make_workbench: BenchMaker,
) -> None:
    lending = Applications()
    first, second = make_workbench("cases"), make_workbench("cases", {TOWN: ("ikoma",)})
    lent = lending.lend(first.service, first.house)
    client = lent.app.test_client()
    assert client.get("/-/ready").status_code == 200
    lending.give_back(first.service, lent)

    again = lending.lend(second.service, second.house)
    first.house.databases.dispose()

    assert again is lent
    assert lent.app.extensions["kasane"]["house"].directory.get(TOWN).plugins == ("ikoma",)
    assert client.get("/-/ready").status_code == 200


def test_two_benches_of_one_service_have_two_applications(make_workbench: BenchMaker) -> None:
    one, other = make_workbench("cases"), make_workbench("cases")

    assert one.app is not other.app
    assert one.app is one.app


def test_after_its_test_an_application_answers_nobody(make_workbench: BenchMaker) -> None:
    lending, bench = Applications(), make_workbench("cases")
    lent = lending.lend(bench.service, bench.house)
    lending.give_back(bench.service, lent)

    with pytest.raises(RuntimeError, match="the test of this application has ended"):
        lent.app.extensions["kasane"]["house"].directory.get(TOWN)


def test_an_application_that_a_test_changed_is_not_lent_again(make_workbench: BenchMaker) -> None:
    lending, bench = Applications(), make_workbench("cases")
    lent = lending.lend(bench.service, bench.house)
    lent.app.config["KASANE_SECURE_COOKIES"] = True
    lending.give_back(bench.service, lent)

    assert lending.lend(bench.service, bench.house) is not lent
