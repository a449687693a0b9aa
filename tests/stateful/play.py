"""Begins a play, lets somebody try something, and keeps what has come of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select

from kasane_cases import commands, handlers, tables
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    DataClass,
)
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.repository import Cases
from kasane_contracts.intake import PersonsMerged
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.ids import new_id
from tests.stateful.model import (
    PREPARING,
    Folk,
    Home,
    Knowledge,
    Matter,
    Meeting,
)
from tests.stateful.town import KIND_OF_OFFICE, TownOfThePlay

ANY = st.integers(0, 2**16)
SEVERAL = st.integers(1, 2**16)
START = datetime(2026, 4, 1, 3, tzinfo=UTC)
SCOPES = (
    ConsentScope(tuple(ConsentPurpose), tuple(AttendeeKind), tuple(DataClass)),
    ConsentScope(
        (ConsentPurpose.MULTI_AGENCY, ConsentPurpose.HANDOFF),
        (AttendeeKind.MUNICIPAL_STAFF, AttendeeKind.PARTNER_AGENCY),
        (DataClass.IDENTITY, DataClass.CONTACT, DataClass.RECORD),
    ),
    ConsentScope((ConsentPurpose.HANDOFF,), tuple(AttendeeKind), (DataClass.IDENTITY,)),
    ConsentScope((ConsentPurpose.MULTI_AGENCY,), (AttendeeKind.MUNICIPAL_STAFF,), tuple(DataClass)),
)
MOSTLY = (
    LegalKind.SUPPORT_CONFERENCE,
    LegalKind.MULTI_AGENCY_CONFERENCE,
    LegalKind.SUPPORT_CONFERENCE,
    LegalKind.MULTI_AGENCY_CONFERENCE,
    LegalKind.SELF_RELIANCE_CONFERENCE,
)
GUESTS = (
    AttendeeKind.PARTNER_AGENCY,
    AttendeeKind.RESIDENT,
    AttendeeKind.PERSON_OR_FAMILY,
    AttendeeKind.CONTRACTOR,
)


class Broken(AssertionError):
    """Somebody was shown or told what they may not know; the message begins with the invariant."""


def one_of(things: Any, number: int) -> Any:
    """The thing that a drawn number means."""
    found = list(things)
    return found[number % len(found)]


def some_of(things: Any, number: int) -> tuple[Any, ...]:
    """The things whose bit is set in a drawn number."""
    return tuple(one for place, one in enumerate(things) if number >> place & 1)


class Play(RuleBasedStateMachine):
    """One play: a town at work for some months."""

    town: ClassVar[TownOfThePlay]
    steps: ClassVar[int] = 0
    done: ClassVar[Counter[str]] = Counter()
    with_pages: ClassVar[bool] = True
    plays: ClassVar[Iterator[int]]

    def __init__(self) -> None:
        super().__init__()
        self.town.begin()
        self.at = START
        self.stack = ExitStack()
        self.stack.enter_context(clock.fixed(lambda: self.at))
        town = self.town
        self.viewers = (town.coordinator, town.head, *town.workers)
        kinds = {actor.account_id: KIND_OF_OFFICE[actor.office] for actor in self.viewers}
        kinds[town.contracted.account_id] = "contractor"
        self.known = Knowledge(
            clock.today(),
            kinds | KIND_OF_OFFICE,
            [town.coordinator.account_id, town.head.account_id, town.contracted.account_id],
        )
        self.kept: dict[str, dict[str, tuple[Any, ...]]] = {"disclosure": {}, "consent": {}}
        self.words: dict[str, tuple[Meeting, Matter]] = {}
        self.words_made = 0
        self.merges: list[PersonsMerged] = []
        self.moved: set[str] = set()
        self.written: dict[str, str] = {}
        self.transfers: dict[str, tuple[str, ...]] = {}
        self.steps_taken: list[tuple[str, str]] = []
        self.turn = 0

    def tries(
        self, handler: Callable[..., Any], command: Any, actor: Actor | None = None
    ) -> tuple[bool, Any]:
        """Whether the town let it be done, and what came of it."""
        type(self).steps += 1
        name = handler.__name__
        try:
            found = self.town.do(handler, command, actor or self.town.coordinator)
        except CasesRefusal:
            self.done[f"refused:{name}"] += 1
            return False, None
        self.done[name] += 1
        return True, found

    @staticmethod
    def must(holds: bool, otherwise: str) -> None:
        if not holds:
            raise Broken(otherwise)

    def open_case(self, size: int, decided: bool) -> None:
        first = len(self.known.folk)
        ids = [f"p{first + number}" for number in range(size)]
        persons = tuple(
            commands.PersonOfCase(
                one, name=f"試験「{one}」", relation="家族", address=f"住所「{one}」"
            )
            for one in ids
        )
        case_id = new_id()
        done, _ = self.tries(
            handlers.open_case,
            commands.OpenCase(case_id, persons=persons, support_decided=decided),
        )
        assert done
        self.known.homes[case_id] = Home(case_id, set(ids), set(ids), decided)
        self.known.folk |= {one: Folk(one) for one in ids}

    def home(self, number: int) -> Home:
        found: Home = one_of(self.known.homes.values(), number)
        return found

    def someone(self, number: int) -> tuple[Home, str]:
        pairs = [(home, one) for home in self.known.homes.values() for one in sorted(home.known)]
        found: tuple[Home, str] = one_of(pairs, number)
        return found

    def version(self, home: Home) -> int:
        with self.town.reading() as connection:
            return Cases(connection).get(home.id).version

    def households_changed(self, step_id: str = "") -> None:
        """Reads who lives where; what people said goes with them into another case.

        A step that joined two households is named, for those who lived in both.
        """
        before = {one.id: set(one.members) for one in self.known.homes.values()}
        with self.town.reading() as connection:
            for home in self.known.homes.values():
                case = Cases(connection).get(home.id)
                home.members = set(case.household.members_on(clock.today()))
                home.known |= {person.id for person in case.persons}
                home.open = case.open
            steps = select(tables.household_step).where(tables.household_step.c.id == step_id)
            joined = {
                (row.case_id, row.other_case_id)
                for row in connection.execute(steps)
                if row.kind == "merged"
            }
        homes = self.known.homes.values()
        for gone in homes:
            for person in before[gone.id] - gone.members:
                for right in self.known.rights:
                    right.ended = right.ended or (right.case, right.person) == (gone.id, person)
                for new in homes:
                    if person in new.members - before[new.id]:
                        self.follows(person, gone.id, new.id)
                    elif (gone.id, new.id) in joined:
                        self.known.join(person, gone.id, new.id)

    def follows(self, person: str, gone: str, new: str) -> None:
        entries = self.known.said.get((gone, person))
        if entries:
            self.known.said.setdefault((new, person), []).append(entries[-1])
        for meeting in self.known.meetings.values():
            for matter in meeting.matters:
                if meeting.state == PREPARING and (matter.case, matter.person) == (gone, person):
                    matter.case = new
