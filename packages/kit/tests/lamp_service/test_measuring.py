"""What a process counts, and who may read it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kasane_kit.meters import Meters, OutboxLag
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_kit.web import create_service_app

TOKEN = "a-token-for-prometheus"
LAMP = {"name": "灯", "watts": "40"}


@pytest.fixture
def measured(lamps: Workbench) -> Workbench:
    lamps.app = create_service_app(lamps.service, lamps.house, meters_token=TOKEN)
    return lamps


def read(lamps: Workbench, token: str = TOKEN) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = lamps.app.test_client().get("/-/metrics", headers=headers)
    return answer.status_code, answer.text


def counted(meters: Meters, name: str, **labels: str) -> float | None:
    return meters.registry.get_sample_value(name, labels)


def test_requests_are_counted_by_town_view_and_status(measured: Workbench) -> None:
    keeper = measured.visit_as(measured.staff("receiver"))
    keeper.post("/lamps", LAMP)
    keeper.get("/lamps")
    keeper.get("/lamps/nobody-knows")
    measured.app.test_client().get("/-/health")

    status, text = read(measured)

    assert status == 200
    meters = measured.house.meters
    assert counted(meters, "kasane_request_seconds_count", service="lamps", town=TOWN) == 3
    assert counted(meters, "kasane_request_seconds_count", service="lamps", town="") == 2
    assert counted(meters, "kasane_answers_total", service="lamps", method="GET", status="404") == 1
    assert (
        counted(meters, "kasane_view_seconds_count", service="lamps", view="lamps.list_lamps") == 1
    )
    assert f'kasane_request_seconds_count{{service="lamps",town="{TOWN}"}} 3.0' in text


@pytest.mark.parametrize("shown", ["", "wrong", TOKEN[:-1], TOKEN + "x", "灯"])
def test_who_does_not_show_the_token_finds_no_such_page(measured: Workbench, shown: str) -> None:
    headers = {"Authorization": f"Bearer {shown}".encode().decode("latin-1")} if shown else {}

    answer = measured.app.test_client().get("/-/metrics", headers=headers)

    assert (answer.status_code, "kasane_" in answer.text) == (404, False)


def test_without_a_token_nobody_reads_it(lamps: Workbench) -> None:
    assert read(lamps, "")[0] == 404
    assert read(lamps, " ")[0] == 404


def test_no_word_of_a_record_is_in_what_is_counted(measured: Workbench) -> None:
    canary = "秘密の灯のなまえ"
    keeper = measured.visit_as(measured.staff("receiver"))
    keeper.post("/lamps", {"name": canary, "watts": "40"})
    keeper.get(f"/lamps/{canary}")
    keeper.get(f"/lamps?q={canary}")

    text = read(measured)[1]

    assert canary not in text
    assert "%E7%A7%98" not in text
    assert measured.staff("receiver").display_name not in text


def test_the_lag_of_an_outbox_grows_until_something_went_out() -> None:
    now = [100.0]
    lag = OutboxLag(lambda: now[0])

    def samples() -> dict[str, float]:
        return {one.labels["town"]: one.value for family in lag.collect() for one in family.samples}

    lag.waits("cases", TOWN)
    now[0] = 107.0
    lag.waits("cases", TOWN)
    assert samples() == {TOWN: 7.0}
    lag.moved("cases", TOWN)
    assert samples() == {}


def test_the_processes_of_one_server_answer_for_each_other(tmp_path: Path) -> None:
    program = (
        "import sys; from kasane_kit.meters import Meters; m = Meters(); "
        "m.answers.labels('lamps', 'GET', '200').inc(int(sys.argv[1])); "
        "m.relay_failing.labels('lamps', '292095').set(1); print(m.text().decode())"
    )

    def run(count: int) -> str:
        return subprocess.run(
            [sys.executable, "-c", program, str(count)],
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    run(3)
    text = run(4)

    assert 'kasane_answers_total{method="GET",service="lamps",status="200"} 7.0' in text


def test_a_visitor_of_another_town_is_counted_where_the_address_points(measured: Workbench) -> None:
    stranger: Visitor = measured.visit_as(measured.staff("receiver", municipality="012319"))

    stranger.client.get(f"/{TOWN}/lamps")

    meters = measured.house.meters
    assert counted(meters, "kasane_request_seconds_count", service="lamps", town=TOWN) == 1
