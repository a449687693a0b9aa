"""A telephone that holds a worker's round of one day, and what was handed out to it."""

from dataclasses import dataclass
from datetime import date, datetime

from kasane_outreach.domain.door_errors import DeviceStopped


@dataclass
class DoorDevice:
    """One telephone of one account; ``day`` is the last day for which it got a key.

    A stopped telephone stays stopped: its next contact wipes it, and the sign-in that was used on it
    (``session_id``) begins no day on any other number either.
    """

    id: str
    account_id: str
    label: str
    day: date
    first_at: datetime
    last_contact_at: datetime
    stopped_at: datetime | None = None
    stopped_by: str = ""
    session_id: str = ""

    @property
    def stopped(self) -> bool:
        """Whether it may no longer be used."""
        return self.stopped_at is not None

    def begin(self, day: date, at: datetime, session_id: str) -> None:
        """Begins a day on it. Raises DeviceStopped."""
        if self.stopped:
            raise DeviceStopped
        self.day, self.last_contact_at, self.session_id = day, at, session_id

    def stop(self, by: str, at: datetime) -> bool:
        """Stops it for good; False when it was stopped before."""
        if self.stopped:
            return False
        self.stopped_at, self.stopped_by = at, by
        return True


def place_of_item(municipality: str, device_id: str, day: date, item_id: str) -> str:
    """Where the seal of one thing sent belongs: it opens for no other town, telephone, day or thing."""
    return f"door|{municipality}|{device_id}|{day.isoformat()}|{item_id}"


def place_of_round(municipality: str, device_id: str, day: date) -> str:
    """Where the seal of a day's round belongs."""
    return f"door-round|{municipality}|{device_id}|{day.isoformat()}"


def purpose_of_key(account_id: str, device_id: str, day: date) -> str:
    """What the key of one account on one telephone for one day is derived for."""
    return f"door-step of {account_id} on {device_id} for {day.isoformat()}"
