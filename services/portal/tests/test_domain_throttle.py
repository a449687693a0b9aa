"""When signing in has to wait."""

from datetime import UTC, datetime, timedelta

from kasane_portal.domain.throttle import blocked_until

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def minutes_ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=one) for one in minutes]


def test_four_failures_of_an_account_do_not_stop_it() -> None:
    assert blocked_until(minutes_ago(1, 2, 3, 4), [], NOW) is None


def test_the_fifth_failure_stops_the_account_until_the_oldest_of_five_is_a_quarter_old() -> None:
    until = blocked_until(minutes_ago(1, 2, 3, 4, 5), [], NOW)

    assert until == NOW + timedelta(minutes=10)


def test_a_failure_a_quarter_of_an_hour_old_no_longer_counts() -> None:
    assert blocked_until(minutes_ago(1, 2, 3, 4, 15), [], NOW) is None


def test_twenty_failures_stop_an_address() -> None:
    nineteen = minutes_ago(*[1] * 19)

    assert blocked_until([], nineteen, NOW) is None
    assert blocked_until([], [*nineteen, NOW], NOW) == NOW + timedelta(minutes=14)


def test_the_longer_of_two_waits_holds() -> None:
    until = blocked_until(minutes_ago(*[9] * 5), minutes_ago(*[2] * 20), NOW)

    assert until == NOW + timedelta(minutes=13)
