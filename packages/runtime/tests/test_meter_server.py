"""A worker answers Prometheus at an address of its own."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from kasane_kit.config import Settings, SettingsError
from kasane_kit.meters import Meters
from kasane_runtime.meter_server import METERS_PATH, MeterServer, meters_page

TOKEN = "a-token"

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def server() -> Iterator[MeterServer]:
    meters = Meters()
    meters.relayed.labels("cases", "292095").inc(5)
    server = MeterServer({METERS_PATH: meters_page(meters)}, "127.0.0.1:0", TOKEN)
    server.start()
    yield server
    server.stop()


def ask(server: MeterServer, token: str = TOKEN, path: str = "/-/metrics") -> tuple[int, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_worker_tells_who_shows_the_token(server: MeterServer) -> None:
    status, text = ask(server)

    assert status == 200
    assert 'kasane_events_relayed_total{service="cases",town="292095"} 5.0' in text


@pytest.mark.parametrize(
    ("token", "path"), [("other", "/-/metrics"), ("", "/-/metrics"), (TOKEN, "/")]
)
def test_anybody_else_is_told_nothing(server: MeterServer, token: str, path: str) -> None:
    assert ask(server, token, path) == (404, "")


@pytest.mark.parametrize("bind", ["nowhere", "127.0.0.1:99999", "127.0.0.1:", "256.0.0.1:9108"])
def test_an_address_that_cannot_be_listened_at_is_one_sentence(bind: str) -> None:
    with pytest.raises(
        SettingsError, match=r"KASANE_METRICS_BIND is .*nothing was started; set a free"
    ):
        MeterServer({}, bind, TOKEN)


def test_an_address_that_is_taken_is_one_sentence(server: MeterServer) -> None:
    with pytest.raises(SettingsError, match="cannot be listened at"):
        MeterServer(Meters(), f"127.0.0.1:{server.port}", TOKEN)


def test_an_address_without_a_token_is_refused() -> None:
    with pytest.raises(SettingsError, match="KASANE_METRICS_TOKEN is not; nothing was started"):
        Settings.from_env({"KASANE_METRICS_BIND": "127.0.0.1:9108"})
