"""Checks the only clock of the house."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest

from kasane_kit import clock


def test_now_has_the_time_zone_utc() -> None:
    before = datetime.now(UTC)

    moment = clock.now()

    assert moment.tzinfo is UTC
    assert before <= moment <= before + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-01T14:59:59+00:00", date(2026, 11, 1)),
        ("2026-11-01T15:00:00+00:00", date(2026, 11, 2)),
        ("2026-12-31T15:00:00+00:00", date(2027, 1, 1)),
        ("2026-11-02T00:00:00+09:00", date(2026, 11, 2)),
    ],
)
def test_a_day_is_a_day_in_japan(moment: str, day: date) -> None:
    with clock.fixed(lambda: datetime.fromisoformat(moment)):
        assert clock.today() == day
        assert clock.now() == datetime.fromisoformat(moment)
        assert clock.now().tzinfo is UTC


def test_the_clock_goes_on_after_the_block_even_when_it_fails() -> None:
    def work() -> None:
        with clock.fixed(lambda: datetime(1990, 1, 1, tzinfo=UTC)):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    assert clock.now().year >= 2026


def test_a_fixed_clock_is_seen_by_its_own_thread_only() -> None:
    seen: list[datetime] = []

    with clock.fixed(lambda: datetime(1990, 1, 1, tzinfo=UTC)):
        thread = Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()

    assert seen[0].year >= 2026
