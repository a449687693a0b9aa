"""Commands about days that do not go as planned."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class MendDay:
    """Give out anew what a worker cannot visit on a day, exactly as it was shown: ``shown`` is the mark of it."""

    on: date
    account_id: str
    shown: str
