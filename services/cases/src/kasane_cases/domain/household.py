"""Who lives together, since when, and how a household divides and comes together again."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from unicodedata import normalize

ADULT_AGE = 18


def _place(address: str) -> str:
    return "".join(normalize("NFKC", address).split())


@dataclass(frozen=True)
class Person:
    """One person of a household, the name kept exactly as it was typed.

    A protected address is shown only to those who were admitted to it, and sent nowhere (I-10).
    """

    id: str
    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    address: str = ""
    phone: str = ""
    address_protected: bool = False
    sex: str = ""
    email: str = ""
    contact_note: str = ""
    phone_protected: bool = False

    def age_on(self, day: date) -> int | None:
        """Age in full years on a day; None without a birth date."""
        born = self.birth_date
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def withheld(self) -> "Person":
        """The person as somebody sees them who was not admitted to the protected address."""
        if not self.address_protected:
            return self
        if not self.phone_protected:
            return replace(self, address="", contact_note="")
        return replace(self, address="", phone="", email="", contact_note="")

    def named(self) -> "Person":
        """The person as those at a session hear of them: no address and no way to reach them."""
        return replace(self, address="", phone="", email="", contact_note="")

    def lives_with(self, other: "Person") -> bool:
        """Whether both have the same address, however it was typed."""
        return bool(self.address) and _place(self.address) == _place(other.address)

    def as_known_when_leaving(self, name: str, kana: str) -> "Person":
        """The person as a household that they left still knows them: no address, no later name."""
        return Person(
            self.id, name, kana, self.birth_date, address_protected=self.address_protected
        )


@dataclass(frozen=True)
class Membership:
    """That a person belongs to a household, as what, from when and until when."""

    person_id: str
    relation: str
    valid_from: date
    valid_to: date | None = None
    householder: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether the person belongs to the household on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Household:
    """Who lives together: the unit of support, never the unit of consent."""

    id: str
    memberships: tuple[Membership, ...]

    def running(self, person_id: str, day: date) -> Membership | None:
        """The membership of a person that holds on a day, or None."""
        return next(
            (m for m in self.memberships if m.person_id == person_id and m.holds_on(day)), None
        )

    def members_on(self, day: date) -> tuple[str, ...]:
        """Who belongs to the household on a day."""
        return tuple(dict.fromkeys(m.person_id for m in self.memberships if m.holds_on(day)))

    def left_on(self, person_id: str, day: date) -> date | None:
        """The first day without a person who no longer belongs to it on ``day``; else None."""
        if self.running(person_id, day) is not None:
            return None
        ends = [m.valid_to for m in self.memberships if m.person_id == person_id and m.valid_to]
        return max(ends) + timedelta(days=1) if ends else None

    def coming(
        self, person_id: str, relation: str, from_on: date, *, householder: bool = False
    ) -> "Household":
        """The household with a person who belongs to it from a day on."""
        others = tuple(
            m for m in self.memberships if (m.person_id, m.valid_from) != (person_id, from_on)
        )
        new = Membership(person_id, relation, from_on, None, householder)
        return replace(self, memberships=(*others, new))

    def leaving(self, persons: tuple[str, ...], from_on: date) -> "Household":
        """The household without the persons from a day on; what was stays."""
        last = from_on - timedelta(days=1)
        return replace(
            self,
            memberships=tuple(
                replace(m, valid_to=last)
                if m.person_id in persons and (m.valid_to is None or m.valid_to > last)
                else m
                for m in self.memberships
            ),
        )


class HouseholdStepKind(StrEnum):
    """How a household changed; each kind is the counter-step of another."""

    JOINED = "joined"
    LEFT = "left"
    SPLIT = "split"
    MERGED = "merged"


@dataclass(frozen=True)
class PersonThen:
    """Who took part in a step, as they were called on that day."""

    id: str
    name: str
    kana: str
    relation: str


@dataclass(frozen=True)
class HouseholdStep:
    """One dated change of a household; it is never erased, a counter-step takes it back.

    ``in_both`` are those of the persons who belonged to the household they came into before.
    """

    id: str
    kind: HouseholdStepKind
    from_on: date
    case_id: str
    other_case_id: str
    persons: tuple[PersonThen, ...]
    reason: str
    recorded_at: datetime
    recorded_by: str
    undoes: str = ""
    undone_by: str = ""
    in_both: tuple[str, ...] = ()


@dataclass(frozen=True)
class CareTie:
    """That one person of a household cares for another: the carer is a subject in own right."""

    id: str
    case_id: str
    carer_id: str
    cared_for_id: str
    note: str
    from_on: date
    ended_on: date | None = None

    def by_a_minor(self, carer: Person, day: date) -> bool:
        """Whether the carer is under age on a day (ヤングケアラー)."""
        age = carer.age_on(day)
        return age is not None and age < ADULT_AGE
