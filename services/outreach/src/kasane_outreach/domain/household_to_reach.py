"""A household that somebody should visit, until it is reached or the case ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.domain.errors import AddressProtected, HouseholdClosed
from kasane_outreach.domain.position import Position


class ReachStatus(StrEnum):
    """Where the reaching stands. Reached is no end: ties are kept up, further visits may follow."""

    WAITING = "waiting"
    SCHEDULED = "scheduled"
    REACHED = "reached"
    CLOSED = "closed"


@dataclass
class HouseholdToReach:
    """One request to visit a person of a case; ``attempts`` counts visits at which nobody was
    met.

    ``sealed_address`` is a protected address under the town's key; ``address`` is empty then.
    ``asked_by`` is the worker who asked for the visits, where no case did. ``at_host`` says that the
    visits go to the host of a participation, not to the person's home.
    """

    id: str
    case_id: str
    person_id: str
    name: str
    address: str
    reason: str
    purpose: str
    heard_at: datetime
    by_when: date | None = None
    minutes: int = 45
    two_person: bool = False
    agency: str = ""
    area: str = ""
    category: str = ""
    address_protected: bool = False
    kana: str = ""
    phone: str = ""
    position: Position | None = None
    town_block: str = ""
    status: ReachStatus = ReachStatus.WAITING
    attempts: int = 0
    last_result: VisitResult | None = None
    version: int = 1
    phone_protected: bool = False
    sealed_address: str = ""
    asked_by: str = ""
    end_reason: str = ""
    at_host: bool = False

    @property
    def open(self) -> bool:
        """Whether visits may still be scheduled."""
        return self.status is not ReachStatus.CLOSED

    @property
    def hides_address(self) -> bool:
        """Whether only the workers of a visit may read where it is: protected, or a housemate's is."""
        return self.address_protected or bool(self.sealed_address)

    def keep_sealed(self, sealed: str) -> None:
        """Takes it off the map and keeps the address sealed only, if it has one."""
        self.position, self.town_block = None, ""
        if sealed:
            self.address, self.sealed_address = "", sealed

    def open_seal(self, address: str) -> None:
        """The address that was sealed stands open again."""
        self.address, self.sealed_address = address, ""

    def protect_address(self, *, protected: bool, phone_too: bool) -> None:
        """The address, and the telephone when it is protected too, are shown to the workers of a
        visit only, or to everybody who may look.
        """
        self.address_protected, self.phone_protected = protected, protected and phone_too

    def kept_back(self, persons: Collection[str]) -> bool:
        """Whether the address is to be hidden when the homes of these persons are.

        A host's place is hidden only where the person's own address is protected.
        """
        return self.address_protected or (not self.at_host and self.person_id in persons)

    @property
    def ready_for_round(self) -> bool:
        """Whether a round may take it: waiting, placed, and its address not protected (I-10)."""
        waiting = self.status is ReachStatus.WAITING
        return waiting and self.position is not None and not self.hides_address

    def overdue(self, today: date) -> bool:
        """Whether it should have been reached before today."""
        late = self.by_when is not None and self.by_when < today
        return late and self.status in (ReachStatus.WAITING, ReachStatus.SCHEDULED)

    def place(self, position: Position, town_block: str = "") -> None:
        """Puts it on the map.

        Raises AddressProtected: a protected address is never on one (I-10).
        """
        if self.hides_address:
            raise AddressProtected
        self.position, self.town_block = position, town_block

    def note_contact_details(self, kana: str, phone: str) -> None:
        """Writes down how the name is read and where one can call.

        A protected number stays when none is given, because who writes may not have seen it.
        """
        self.kana = kana
        if phone or not self.phone_protected:
            self.phone = phone

    def visit_scheduled(self) -> None:
        """A visit has a day. Raises HouseholdClosed."""
        if not self.open:
            raise HouseholdClosed
        self.status = ReachStatus.SCHEDULED

    def visit_cancelled(self, *, others_due: bool, wanted: bool = False) -> None:
        """A visit fell through; without another one the household waits again.

        Where the last visit met somebody it stays reached, unless another one is still ``wanted``.
        """
        if self.status is ReachStatus.SCHEDULED and not others_due:
            met = self.last_result is not None and self.last_result.contact_made
            self.status = ReachStatus.REACHED if met and not wanted else ReachStatus.WAITING

    def visited(self, result: VisitResult, *, others_due: bool) -> None:
        """Takes in what came of a visit: back on the list unless contact was made; closed
        stays closed.

        After *moved* the place is forgotten, because the address no longer holds.
        """
        self.last_result = result
        if not result.contact_made:
            self.attempts += 1
        if result is VisitResult.MOVED:
            self.position, self.town_block = None, ""
        if self.open:
            after = ReachStatus.REACHED if result.contact_made else ReachStatus.WAITING
            self.status = ReachStatus.SCHEDULED if others_due else after

    def close(self, reason: str = "") -> None:
        """The case ended, or nobody has to go there any more; nothing more is scheduled."""
        self.status, self.end_reason = ReachStatus.CLOSED, reason

    def forget(self, reason: str) -> None:
        """Closes it and keeps nothing of who it was: the list that it came from had to go."""
        self.close(reason)
        self.name = self.kana = self.phone = self.address = self.sealed_address = ""
        self.position, self.town_block = None, ""
