"""Says who may know what about whom, written from the domain report and without the product's policy."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

CLOSED_KINDS = {"support_conference", "self_reliance_conference"}
CONSENT_KINDS = {"multi_agency_conference", "self_reliance_conference"}
PREPARING, OPEN, OVER = "preparing", "open", "over"


@dataclass
class Said:
    """One entry of what a person said about passing on their information, in the order of time."""

    order: int
    state: str
    purposes: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    first: date = date.min
    last: date = date.max


@dataclass
class Seat:
    """Somebody asked to a session."""

    id: str
    name: str
    kind: str
    account: str
    office: str
    present: bool = True
    bound: bool = False


@dataclass
class Matter:
    """One person of one case on an agenda, with the words told about them there."""

    id: str
    case: str
    person: str
    kind: str
    admitted: tuple[str, ...] = ()
    words: set[str] = field(default_factory=set)


@dataclass
class Meeting:
    """One session."""

    id: str
    kind: str
    seats: list[Seat]
    matters: list[Matter] = field(default_factory=list)
    state: str = PREPARING
    opened_on: date = date.min

    def hearing(self, matter: Matter) -> list[Seat]:
        """Who is there and takes part in a matter; families only where they are named."""
        return [
            seat
            for seat in self.seats
            if seat.present
            and (seat.id in matter.admitted if matter.admitted else seat.kind != "person_or_family")
        ]

    def heard_by(self, matter: Matter, account: str) -> Seat | None:
        """The seat of an account that takes part in a matter, bound by secrecy."""
        own = next((seat for seat in self.seats if account and seat.account == account), None)
        return own if own is not None and own.bound and own in self.hearing(matter) else None


@dataclass
class Right:
    """A right of the team to a case: to all of it, or to one person of it on that person's consent."""

    id: str
    case: str
    account: str
    person: str = ""
    given_at: int = 0
    last: date = date.max
    ended: bool = False


@dataclass
class Ground:
    """Another legal basis that somebody asked for and somebody else answered."""

    id: str
    case: str
    person: str
    destination: str
    recipient: str
    classes: frozenset[str]
    closed: frozenset[str]
    asked_by: str
    last: date
    approved_by: str = ""


@dataclass
class Folk:
    """One person: the day they are protected, and who may read the address."""

    id: str
    protected: bool = False
    readers: set[str] = field(default_factory=set)


@dataclass
class Home:
    """One case with the household it is about."""

    id: str
    members: set[str]
    known: set[str]
    decided: bool = False
    open: bool = True
    restricted: bool = False


@dataclass
class Line:
    """One line of the ledger in plain words."""

    case: str
    person: str
    destination: str
    recipient: str
    code: str
    act: str
    reference: str
    purpose: str
    classes: frozenset[str]
    closed: frozenset[str]
    basis: str
    basis_reference: str


class Knowledge:
    """What happened so far, and from it who may know what."""

    def __init__(self, day: date, kinds: dict[str, str], leads: Iterable[str]) -> None:
        self.day = day
        self.kinds = kinds
        self.leads = set(leads)
        self.homes: dict[str, Home] = {}
        self.folk: dict[str, Folk] = {}
        self.said: dict[tuple[str, str], list[Said]] = {}
        self.meetings: dict[str, Meeting] = {}
        self.rights: list[Right] = []
        self.grounds: dict[str, Ground] = {}
        self.clock = 0

    def tick(self) -> int:
        """The next moment; later things have higher numbers."""
        self.clock += 1
        return self.clock

    def consent(self, case: str, person: str) -> Said | None:
        """The consent of this very person that holds today; a withdrawal ends all before it (I-08)."""
        entries = self.said.get((case, person), [])
        if not entries or entries[-1].state != "given":
            return None
        last = entries[-1]
        if not last.first <= self.day <= last.last:
            return None
        ended = [
            one.order
            for (_, whose), others in self.said.items()
            if whose == person
            for one in others
            if one.state in ("withdrawn", "refused")
        ]
        return None if any(order > last.order for order in ended) else last

    def say_elsewhere(self, case: str, person: str, records: set[str], said: Said) -> None:
        """What somebody takes back or narrows holds everywhere, also under their other records (I-08)."""
        for (there, whose), entries in self.said.items():
            stood = entries[-1]
            here = (there, whose) == (case, person)
            if here or whose not in records or stood.state != "given":
                continue
            if said.state in ("withdrawn", "refused"):
                entries.append(replace(stood, order=said.order, state=said.state))
            if said.state != "given":
                continue
            self._narrow(entries, said, said.order)

    def join(self, person: str, gone: str, new: str) -> None:
        """Two households that somebody lived in become one: their consent holds no wider than both."""
        came, entries = self.said.get((gone, person)), self.said.get((new, person), [])
        if not came:
            return
        if came[-1].state != "given":
            self.said.setdefault((new, person), []).append(came[-1])
        elif entries and entries[-1].state == "given":
            self._narrow(entries, came[-1], max(came[-1].order, entries[-1].order))

    @staticmethod
    def _narrow(entries: list[Said], by: Said, order: int) -> None:
        stood = entries[-1]
        narrowed = replace(
            stood,
            order=order,
            purposes=stood.purposes & by.purposes,
            recipients=stood.recipients & by.recipients,
            classes=stood.classes & by.classes,
            last=min(stood.last, by.last),
        )
        if not (narrowed.purposes and narrowed.recipients and narrowed.classes):
            narrowed = replace(narrowed, state="withdrawn")
        if replace(narrowed, order=stood.order) != stood:
            entries.append(narrowed)

    def consented(
        self,
        case: str,
        person: str,
        purpose: str,
        recipients: Iterable[str],
        classes: Iterable[str] = (),
    ) -> bool:
        """Whether this person's consent covers it (I-01, I-02, I-07)."""
        found = self.consent(case, person)
        return (
            found is not None
            and purpose in found.purposes
            and set(recipients) <= found.recipients
            and set(classes) <= found.classes
        )

    def may_be_spoken_of(self, meeting: Meeting, matter: Matter) -> bool:
        """Whether a matter may be opened before this body (I-02, I-06)."""
        home = self.homes[matter.case]
        if matter.kind == "support_conference":
            return home.open and all(
                seat.kind != "person_or_family" for seat in meeting.hearing(matter)
            )
        if matter.kind not in CONSENT_KINDS or not home.open:
            return False
        if matter.kind == "multi_agency_conference" and not home.decided:
            return False
        kinds = {seat.kind for seat in meeting.hearing(matter)}
        return self.consented(matter.case, matter.person, "multi_agency", kinds)

    def has_basis(self, line: Line) -> str:
        """What is wrong with a line of the ledger; empty when it has a basis (I-01)."""
        if "report_source" in line.closed and (
            line.basis == "consent" or line.destination == "person_or_family"
        ):
            return "I-11: the source of a report went on consent or to the family"
        if "conference_material" in line.closed and line.basis != "support_conference":
            return "I-04: material of a 支援会議 left its circle"
        if "child_council_material" in line.closed and line.basis != "other_law":
            return "I-12: material of the 要対協 went without a law of its own"
        if "protected_address" in line.closed and line.basis not in ("own_duty", "other_law"):
            return "I-10: a protected address was told"
        if line.destination in ("community", "governance", "staff", "policy_sharing"):
            return "I-20: a body without persons was told of one"
        answer = {
            "consent": self._by_consent,
            "support_conference": self._by_conference,
            "other_law": self._by_law,
            "own_duty": self._by_duty,
        }.get(line.basis)
        return "I-01: no basis" if answer is None else answer(line)

    def _by_consent(self, line: Line) -> str:
        kind = {
            "other_town": "municipal_staff",
            "child_protection_council": "partner_agency",
            "community_care_conference": "partner_agency",
            "loneliness_council": "partner_agency",
            "self_reliance_conference": "partner_agency",
            "multi_agency_conference": "",
        }.get(line.destination, line.destination)
        classes = set(line.classes) | ({"finance"} if "delinquency" in line.closed else set())
        if not self.homes[line.case].open:
            return "I-01: told on consent after the case ended"
        if line.destination == "multi_agency_conference" and not self.homes[line.case].decided:
            return "I-06: told before the town decided"
        kinds = [kind] if kind else []
        if not self.consented(line.case, line.person, line.purpose, kinds, classes):
            return "I-01, I-07, I-08: no consent of this person covers it"
        return ""

    def _by_conference(self, line: Line) -> str:
        if line.destination == "person_or_family":
            return "I-04: a 支援会議 is no basis towards the family"
        for meeting in self.meetings.values():
            if meeting.state == PREPARING:
                continue
            for matter in meeting.matters:
                if (matter.person, matter.kind) != (line.person, "support_conference"):
                    continue
                names = {line.code, line.recipient} - {""}
                heard = [
                    seat
                    for seat in meeting.seats
                    if seat.present and names & {seat.id, seat.account, seat.office, seat.name}
                ]
                if meeting.id == line.basis_reference and heard and all(s.bound for s in heard):
                    return ""
        return "I-01, I-03: nobody bound of that 支援会議 was told"

    def _by_law(self, line: Line) -> str:
        ground = self.grounds.get(line.basis_reference)
        if ground is None or not ground.approved_by or ground.approved_by == ground.asked_by:
            return "I-01: nobody else approved the legal basis"
        fits = (
            (ground.case, ground.person, ground.destination, ground.recipient)
            == (line.case, line.person, line.destination, line.recipient)
            and line.classes <= ground.classes
            and line.closed <= ground.closed
            and self.day <= ground.last
        )
        return "" if fits else "I-01: the legal basis is for something else"

    def _by_duty(self, line: Line) -> str:
        if line.destination != "municipal_staff":
            return "I-01: own duty ends at the town hall"
        known = {self.kinds.get(line.code)}
        known |= {
            seat.kind
            for meeting in self.meetings.values()
            for seat in meeting.seats
            if line.code and seat.id == line.code
        }
        return "" if known & {"municipal_staff"} else "I-01: own duty for somebody unknown"

    def may_read_person(self, account: str, case: str, person: str) -> bool:
        """Whether somebody may see who this person of a case is (I-01, I-03, I-07)."""
        home = self.homes[case]
        if account in self.leads and not home.restricted:
            return True
        kind = self.kinds[account]
        for right in self.rights:
            if right.ended or (right.case, right.account) != (case, account):
                continue
            if self.day > right.last:
                continue
            if not right.person:
                return True
            if right.person == person and self._still(right, kind):
                return True
        return any(
            meeting.state == OPEN
            and meeting.opened_on == self.day
            and matter.person == person
            and matter.case == case
            and meeting.heard_by(matter, account) is not None
            and (
                matter.kind not in CONSENT_KINDS
                or self.consented(case, person, "multi_agency", [kind])
            )
            for meeting in self.meetings.values()
            for matter in meeting.matters
        )

    def _still(self, right: Right, kind: str) -> bool:
        found = self.consent(right.case, right.person)
        return (
            found is not None
            and found.order <= right.given_at
            and self.consented(right.case, right.person, "multi_agency", [kind])
        )

    def may_read_words(self, account: str, meeting: Meeting, matter: Matter) -> bool:
        """Whether somebody may read what was told about a matter (I-03, I-04)."""
        if meeting.state == PREPARING:
            return False
        if meeting.heard_by(matter, account) is not None:
            return True
        return matter.kind not in CLOSED_KINDS and (
            account in self.leads or self.may_read_person(account, matter.case, matter.person)
        )

    def may_read_address(self, account: str, person: str) -> bool:
        """Whether an address is open to somebody who may read of the person (I-10)."""
        folk = self.folk[person]
        return not folk.protected or account in folk.readers
