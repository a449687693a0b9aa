"""The load of a country: its rate follows from what is assumed, and a short run loses nothing."""

import json

import pytest

from tests.benchmarks import nation
from tests.support.missing import find_epmd, find_postgres_folder, find_rabbitmq_folder


def test_the_peak_follows_from_what_is_assumed() -> None:
    assert nation.peak_rate() == pytest.approx(0.956, abs=0.001)


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.rabbitmq
@pytest.mark.skipif(
    None in (find_postgres_folder(), find_rabbitmq_folder(), find_epmd()),
    reason="needs PostgreSQL and RabbitMQ",
)
@pytest.mark.usefixtures("socket_enabled")
def test_what_desks_were_answered_is_stored_heard_and_audited_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nation.main(["--minutes", "0.05", "--towns", "1", "--times", "3"])

    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["consultations"] > 0
    assert result["requests"] == 5 * result["consultations"]
    assert [result[what] for what in ("lost", "twice", "strange", "trails_broken")] == [0] * 4
    assert 0 < result["receive_p50_ms"] <= result["receive_p99_ms"]
    assert 0 < result["applied_p50_ms"] <= result["applied_p99_ms"]
