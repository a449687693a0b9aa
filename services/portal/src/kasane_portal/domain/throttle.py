"""When signing in has to wait: too many failures of one account or from one address."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT = 5
MOST_FROM_ADDRESS = 20


def blocked_until(
    of_account: Sequence[datetime], from_address: Sequence[datetime], now: datetime
) -> datetime | None:
    """The moment from which another try is answered, or None when it is answered now."""
    waits = [
        moment
        for moment in (
            _until(of_account, MOST_OF_ACCOUNT, now),
            _until(from_address, MOST_FROM_ADDRESS, now),
        )
        if moment is not None
    ]
    return max(waits, default=None)


def _until(failures: Sequence[datetime], most: int, now: datetime) -> datetime | None:
    recent = sorted(moment for moment in failures if now - moment < WINDOW)
    return recent[-most] + WINDOW if len(recent) >= most else None
