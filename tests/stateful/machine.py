"""Every step a person could take, at random, and what has to be true after each."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from kasane_cases import commands, handlers, queries, tables
from kasane_cases.domain.case import GrantSubject
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.disclosure import ClosedClass, Destination
from kasane_cases.domain.errors import CasesRefusal
from kasane_cases.domain.support_plan import PlanGoal, PlanKind
from kasane_cases.repository import Cases, Sessions
from kasane_contracts.cases import OutreachRequested
from kasane_contracts.intake import PersonsMerged, PersonsMergeUndone
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import OTHER_TOWN
from tests.stateful.model import (
    CLOSED_KINDS,
    OPEN,
    OVER,
    PREPARING,
    Folk,
    Ground,
    Home,
    Knowledge,
    Line,
    Matter,
    Meeting,
    Right,
    Said,
    Seat,
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


class Sharing(RuleBasedStateMachine):
    """One play: a town at work for some months."""

    town: ClassVar[TownOfThePlay]
    steps: ClassVar[int] = 0
    done: ClassVar[Counter[str]] = Counter()

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
        self.steps_taken: list[tuple[str, str]] = []
        self.turn = 0

    def teardown(self) -> None:
        try:
            for viewer in self.viewers:
                self.turn = 0
                self.looks(viewer, self.known.homes.values(), self.known.meetings.values())
            self.other_town_knows_nothing()
        finally:
            self.stack.close()
            self.town.end()

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

    # -- people and households ------------------------------------------------------------------

    @initialize(size=st.integers(2, 3), decided=st.booleans())
    def begins(self, size: int, decided: bool) -> None:
        self.open_case(size, decided)

    @precondition(lambda self: len(self.known.homes) < 4)
    @rule(size=st.integers(1, 3), decided=st.booleans())
    def a_case_is_opened(self, size: int, decided: bool) -> None:
        self.open_case(size, decided)

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

    @rule(which=ANY)
    def support_is_decided(self, which: int) -> None:
        home = self.home(which)
        done, _ = self.tries(
            handlers.decide_support, commands.DecideSupport(home.id, "支援決定会議")
        )
        home.decided = home.decided or done

    @rule(which=ANY, who=ANY)
    def a_household_divides(self, which: int, who: int) -> None:
        home = self.home(which)
        if len(self.known.homes) >= 6 or len(home.members) < 2:
            return
        leaving = one_of(sorted(home.members), who)
        step, new_case = new_id(), new_id()
        version = self.version(home)
        done, _ = self.tries(
            handlers.split_household,
            commands.SplitHousehold(
                step, home.id, new_case, (leaving,), clock.today(), "別居", version
            ),
        )
        if done:
            self.known.homes[new_case] = Home(new_case, set(), set(), home.decided)
            self.known.rights.append(Right(new_id(), new_case, "coordinator"))
            self.steps_taken.append((home.id, step))
            self.households_changed()

    @rule(which=ANY, other=ANY)
    def households_join(self, which: int, other: int) -> None:
        home, gone = self.home(which), self.home(other)
        step = new_id()
        done, _ = self.tries(
            handlers.join_households,
            commands.JoinHouseholds(
                step, home.id, gone.id, clock.today(), "同居", self.version(home)
            ),
        )
        if done:
            self.steps_taken.append((home.id, step))
            self.households_changed()

    @rule(who=ANY)
    def somebody_leaves(self, who: int) -> None:
        home, person = self.someone(who)
        step = new_id()
        done, _ = self.tries(
            handlers.end_membership,
            commands.EndMembership(step, home.id, person, clock.today(), "転出"),
        )
        if done:
            self.steps_taken.append((home.id, step))
            self.households_changed()

    @precondition(lambda self: bool(self.steps_taken))
    @rule(which=ANY)
    def a_step_is_taken_back(self, which: int) -> None:
        case_id, step = one_of(self.steps_taken, which)
        again = new_id()
        done, _ = self.tries(
            handlers.undo_household_step, commands.UndoStep(again, case_id, step, "誤り")
        )
        if done:
            self.households_changed()

    def version(self, home: Home) -> int:
        with self.town.reading() as connection:
            return Cases(connection).get(home.id).version

    def households_changed(self) -> None:
        """Reads who lives where; what people said goes with them into another case."""
        before = {one.id: set(one.members) for one in self.known.homes.values()}
        with self.town.reading() as connection:
            for home in self.known.homes.values():
                case = Cases(connection).get(home.id)
                home.members = set(case.household.members_on(clock.today()))
                home.known |= {person.id for person in case.persons}
                home.open = case.open
        homes = self.known.homes.values()
        for gone in homes:
            for person in before[gone.id] - gone.members:
                for right in self.known.rights:
                    right.ended = right.ended or (right.case, right.person) == (gone.id, person)
                for new in homes:
                    if person in new.members - before[new.id]:
                        self.follows(person, gone.id, new.id)

    def follows(self, person: str, gone: str, new: str) -> None:
        entries = self.known.said.get((gone, person))
        if entries:
            self.known.said.setdefault((new, person), []).append(entries[-1])
        for meeting in self.known.meetings.values():
            for matter in meeting.matters:
                if meeting.state == PREPARING and (matter.case, matter.person) == (gone, person):
                    matter.case = new

    @rule(who=ANY)
    def an_address_is_protected(self, who: int) -> None:
        home, person = self.someone(who)
        done, _ = self.tries(
            handlers.protect_address,
            commands.ProtectAddress(
                new_id(), home.id, person, clock.today(), "試験町", "証 1", "避難"
            ),
        )
        if done:
            folk = self.known.folk[person]
            if not folk.protected:
                folk.readers.add("coordinator")
            folk.protected = True

    @rule(who=ANY, moved_out=st.booleans())
    def a_protection_ends(self, who: int, moved_out: bool) -> None:
        home, person = self.someone(who)
        done, _ = self.tries(
            handlers.end_protection, commands.EndProtection(home.id, person, moved_out, "終了")
        )
        if done and not moved_out:
            self.known.folk[person].protected = False

    @rule(one=ANY, other=ANY)
    def two_records_are_found_to_be_one_person(self, one: int, other: int) -> None:
        first, second = one_of(self.known.folk, one), one_of(self.known.folk, other)
        if first != second and len(self.merges) < 4:
            merge = PersonsMerged(new_id(), first, second, "c-1", "c-2")
            self.town.here.hear(merge)
            self.merges.append(merge)
            self.done["merged"] += 1

    @precondition(lambda self: bool(self.merges))
    @rule()
    def they_are_two_after_all(self) -> None:
        merge = self.merges.pop()
        self.town.here.hear(
            PersonsMergeUndone(
                merge.merge_id,
                merge.one_person_id,
                merge.other_person_id,
                merge.one_consultation_id,
                merge.other_consultation_id,
            )
        )
        self.done["merge undone"] += 1

    # -- consent --------------------------------------------------------------------------------

    @rule(who=ANY, scope=ANY, days=st.sampled_from([3, 40, 300]), starts=st.sampled_from([0, 0, 5]))
    def somebody_consents(self, who: int, scope: int, days: int, starts: int) -> None:
        home, person = self.someone(who)
        self.consents(home, person, one_of(SCOPES, scope), days, starts)

    def consents(
        self, home: Home, person: str, scope: ConsentScope, days: int = 300, starts: int = 0
    ) -> None:
        first = clock.today() + timedelta(days=starts)
        command = commands.RecordConsent(
            new_id(),
            home.id,
            person,
            ConsentState.GIVEN,
            scope,
            method="written",
            valid_from=first,
            expires_on=first + timedelta(days=days),
        )
        if self.tries(handlers.record_consent, command)[0]:
            self.keep(home, person, "given", scope, first, first + timedelta(days=days))

    @rule(
        who=ANY, state=st.sampled_from(["withdrawn", "withdrawn", "refused", "pending", "unable"])
    )
    def somebody_says_otherwise(self, who: int, state: str) -> None:
        home, person = self.someone(who)
        stood = self.known.consent(home.id, person) is not None
        command = commands.RecordConsent(new_id(), home.id, person, ConsentState(state))
        done, _ = self.tries(handlers.record_consent, command)
        self.must(
            done or not (stood and state == "withdrawn"), "I-08: a consent could not be withdrawn"
        )
        if done:
            self.keep(home, person, state, ConsentScope(), date.min, date.max)

    def keep(
        self, home: Home, person: str, state: str, scope: ConsentScope, first: date, last: date
    ) -> None:
        said = Said(
            self.known.tick(),
            state,
            frozenset(one.value for one in scope.purposes),
            frozenset(one.value for one in scope.recipients),
            frozenset(one.value for one in scope.data_classes),
            first,
            last,
        )
        self.known.said.setdefault((home.id, person), []).append(said)

    # -- meetings -------------------------------------------------------------------------------

    @rule(
        kind=st.one_of(st.sampled_from(MOSTLY), st.sampled_from(list(LegalKind))),
        asked=ANY,
        contracted=st.integers(0, 7),
    )
    def a_session_is_planned(self, kind: LegalKind, asked: int, contracted: int) -> None:
        self.plan(kind, asked, self.town.contracted if not contracted else None)

    def plan(self, kind: LegalKind, asked: int, actor: Actor | None = None) -> Meeting | None:
        who = (
            *(commands.AttendeeAsked(account_id=one.account_id) for one in self.town.workers),
            *(
                commands.AttendeeAsked(one, name=f"客 {one.value}", affiliation=one.value)
                for one in GUESTS
            ),
        )
        session_id = new_id()
        command = commands.PlanSession(
            session_id, kind.value, kind, clock.today(), attendees=some_of(who, asked)
        )
        done, _ = self.tries(handlers.plan_session, command, actor)
        if not done:
            return None
        self.must(
            actor is None or kind is not LegalKind.SUPPORT_CONFERENCE,
            "I-05: a contractor convened a 支援会議",
        )
        with self.town.reading() as connection:
            seats = [
                Seat(a.id, a.name, a.kind.value, a.account_id, a.affiliation)
                for a in Sessions(connection).get(session_id).attendees
            ]
        meeting = self.known.meetings[session_id] = Meeting(session_id, kind.value, seats)
        return meeting

    def meeting(self, number: int) -> Meeting | None:
        live = [one for one in self.known.meetings.values() if one.state != OVER]
        found: Meeting | None = one_of(live, number) if live else None
        return found

    @precondition(lambda self: self.meeting(0) is not None)
    @rule(which=ANY, who=ANY, signed=st.booleans())
    def secrecy_is_recorded(self, which: int, who: int, signed: bool) -> None:
        meeting = self.meeting(which)
        if meeting is not None:
            self.binds(meeting, one_of(meeting.seats, who), signed)

    def binds(self, meeting: Meeting, seat: Seat, signed: bool) -> None:
        command = commands.RecordSecrecy(meeting.id, seat.id, signed)
        if self.tries(handlers.record_secrecy, command)[0]:
            seat.bound = True

    @precondition(lambda self: self.meeting(0) is not None)
    @rule(which=ANY, who=ANY, present=st.booleans())
    def presence_is_marked(self, which: int, who: int, present: bool) -> None:
        meeting = self.meeting(which)
        if meeting is not None:
            seat = one_of(meeting.seats, who)
            command = commands.MarkPresence(meeting.id, seat.id, present)
            if self.tries(handlers.mark_presence, command)[0]:
                seat.present = present

    @precondition(lambda self: self.meeting(0) is not None)
    @rule(which=ANY, who=ANY, admitted=st.one_of(st.just(0), ANY))
    def a_person_is_put_on_an_agenda(self, which: int, who: int, admitted: int) -> None:
        meeting = self.meeting(which)
        if meeting is not None:
            self.adds(meeting, *self.someone(who), admitted)

    def adds(self, meeting: Meeting, home: Home, person: str, admitted: int = 0) -> Matter | None:
        chosen = some_of([seat.id for seat in meeting.seats], admitted)
        command = commands.AddAgendaItem(
            new_id(), meeting.id, "支援の方針", home.id, person, admitted=chosen
        )
        if not self.tries(handlers.add_agenda_item, command)[0]:
            return None
        matter = Matter(command.item_id, home.id, person, meeting.kind, chosen)
        if meeting.kind == "multi_agency_conference":
            self.must(home.decided, "I-06: an undecided case is on a 重層的支援会議's agenda")
        if meeting.kind != "support_conference":
            self.must(
                self.known.consented(home.id, person, "multi_agency", ()),
                "I-02: a person without consent is on an agenda",
            )
            self.must(
                meeting.kind in CLOSED_KINDS or meeting.kind == "multi_agency_conference",
                "I-12, I-20: a person is on the agenda of a body without persons",
            )
        meeting.matters.append(matter)
        return matter

    @precondition(lambda self: self.meeting(0) is not None)
    @rule(which=ANY)
    def a_session_opens(self, which: int) -> None:
        meeting = self.meeting(which)
        if meeting is not None and meeting.state == PREPARING:
            self.opens(meeting)

    def opens(self, meeting: Meeting) -> None:
        if not self.tries(handlers.open_session, commands.OpenSession(meeting.id))[0]:
            return
        self.must(
            all(seat.bound for seat in meeting.seats if seat.present),
            "I-03: a session opened before everybody was bound",
        )
        for matter in meeting.matters:
            self.must(
                self.known.may_be_spoken_of(meeting, matter),
                f"I-02, I-06, I-08: {matter.person} was spoken of at a {matter.kind}",
            )
        meeting.state, meeting.opened_on = OPEN, clock.today()

    @rule(kind=st.sampled_from(MOSTLY), seed=ANY, consenting=st.booleans())
    def a_session_is_convened(self, kind: LegalKind, seed: int, consenting: bool) -> None:
        self.convenes(kind, seed, consenting)

    @rule(kind=st.sampled_from(MOSTLY), seed=ANY, consenting=st.booleans())
    def a_session_is_convened_and_talks(self, kind: LegalKind, seed: int, consenting: bool) -> None:
        meeting = self.convenes(kind, seed * 4, consenting)
        if meeting is not None and meeting.state == OPEN:
            self.tells(meeting, seed, seed // 7)
            self.opens_packs(meeting)
            self.nothing_is_told_without_a_basis_and_nothing_told_is_lost()
            if seed % 2:
                self.somebody_says_otherwise(seed // 3, "withdrawn")
                self.tells(meeting, seed, seed // 5)
            if seed % 3:
                self.ends(meeting)

    def convenes(self, kind: LegalKind, seed: int, consenting: bool) -> Meeting | None:
        """A session from its date to its opening, now and then with somebody who is not bound."""
        draw = Random(seed)
        meeting = self.plan(kind, draw.getrandbits(8) & draw.getrandbits(8) & ~(1 << 6))
        if meeting is None:
            return None
        home, person = self.someone(draw.getrandbits(8))
        if consenting:
            self.consents(home, person, SCOPES[0], draw.choice([3, 40, 300]))
            if not home.decided:
                self.support_is_decided(list(self.known.homes).index(home.id))
        missing = draw.randrange(12)
        for place, seat in enumerate(meeting.seats):
            if place != missing:
                self.binds(meeting, seat, signed=True)
        self.adds(meeting, home, person)
        if seed % 4:
            self.tries(handlers.confirm_members, commands.ConfirmMembers(meeting.id))
        else:
            self.opens(meeting)
        return meeting

    @precondition(lambda self: any(m.state == OPEN for m in self.known.meetings.values()))
    @rule(which=ANY, item=ANY, who=ANY)
    def something_is_told(self, which: int, item: int, who: int) -> None:
        live = [one for one in self.known.meetings.values() if one.state == OPEN and one.matters]
        if not live:
            return
        self.tells(one_of(live, which), item, who)

    def tells(self, meeting: Meeting, item: int, who: int) -> None:
        if not meeting.matters:
            return
        matter = one_of(meeting.matters, item)
        actor = one_of((self.town.coordinator, *self.town.workers), who)
        word = self.new_word()
        command = commands.RecordFact(new_id(), meeting.id, matter.id, word, "試験病院")
        if self.tries(handlers.record_fact, command, actor)[0]:
            self.must(
                meeting.heard_by(matter, actor.account_id) is not None,
                "I-03: somebody outside wrote about a matter",
            )
            if matter.kind in ("multi_agency_conference", "self_reliance_conference"):
                self.must(
                    self.known.may_be_spoken_of(meeting, matter),
                    "I-08: a matter went on after its consent had ended",
                )
            matter.words.add(word)
            self.words[word] = (meeting, matter)

    def new_word(self) -> str:
        self.words_made += 1
        return f"事実「{self.words_made}」"

    @precondition(lambda self: self.meeting(0) is not None)
    @rule(which=ANY)
    def a_session_ends(self, which: int) -> None:
        meeting = self.meeting(which)
        if meeting is None or meeting.state != OPEN:
            return
        self.ends(meeting)

    def ends(self, meeting: Meeting) -> None:
        if self.tries(handlers.hold_session, commands.HoldSession(meeting.id))[0]:
            meeting.state = OVER

    @precondition(lambda self: any(one.state == OVER for one in self.known.meetings.values()))
    @rule(which=ANY, fixed=st.booleans())
    def minutes_are_written(self, which: int, fixed: bool) -> None:
        over = [one for one in self.known.meetings.values() if one.state == OVER]
        meeting = one_of(over, which)
        told = {}
        for matter in meeting.matters[:1]:
            word = self.new_word()
            self.words[word] = (meeting, matter)
            told[matter.id] = word
        if fixed:
            self.tries(handlers.fix_minutes, commands.FixMinutes(meeting.id, "記録", told))
        else:
            self.tries(handlers.draft_minutes, commands.DraftMinutes(meeting.id, "記録", told))

    @precondition(lambda self: self.meeting(0) is not None)
    @rule(which=ANY)
    def packs_are_opened(self, which: int) -> None:
        meeting = self.meeting(which)
        if meeting is not None:
            self.opens_packs(meeting)

    def opens_packs(self, meeting: Meeting) -> None:
        self.tries(handlers.issue_pack, commands.IssuePack(meeting.id))

    # -- telling others -------------------------------------------------------------------------

    @rule(which=ANY, who=ANY, days=st.sampled_from([0, 0, 5]))
    def somebody_joins_the_team(self, which: int, who: int, days: int) -> None:
        home, actor = self.home(which), one_of(self.town.workers, who)
        last = clock.today() + timedelta(days=days) if days else None
        command = commands.AssignTeam(
            new_id(), home.id, commands.TeamMember(GrantSubject.ACCOUNT, actor.account_id), last
        )
        if not self.tries(handlers.assign_team, command)[0]:
            return
        outside = KIND_OF_OFFICE[actor.office] != "municipal_staff"
        for person in sorted(home.known) if outside else [""]:
            self.known.rights.append(
                Right(
                    command.grant_id,
                    home.id,
                    actor.account_id,
                    person,
                    self.known.tick(),
                    last or date.max,
                )
            )

    @precondition(lambda self: bool(self.known.rights))
    @rule(which=ANY)
    def somebody_leaves_the_team(self, which: int) -> None:
        right = one_of(self.known.rights, which)
        command = commands.EndTeam(right.case, right.id)
        if self.tries(handlers.end_team, command)[0] and not right.person:
            right.ended = True

    @rule(which=ANY, restricted=st.booleans())
    def a_case_is_kept_to_its_team(self, which: int, restricted: bool) -> None:
        home = self.home(which)
        command = commands.RestrictCase(home.id, restricted, self.version(home))
        if self.tries(handlers.restrict_case, command)[0]:
            home.restricted = restricted
            self.known.rights.append(Right(new_id(), home.id, "coordinator"))

    @rule(who=ANY, recipient=st.sampled_from(list(AttendeeKind)), service=ANY)
    def a_referral_is_asked_for(self, who: int, recipient: AttendeeKind, service: int) -> None:
        home, person = self.someone(who)
        need = commands.IdentifyNeed(new_id(), home.id, person, "no_food", "食べるもの")
        if self.tries(handlers.identify_need, need)[0]:
            self.tries(
                handlers.request_referral,
                commands.RequestReferral(
                    new_id(),
                    home.id,
                    need.need_id,
                    one_of(["service-1", "partner", "contracted"], service),
                    recipient=recipient,
                ),
            )

    @rule(who=ANY, agency=st.sampled_from(["coordinator", "care", "contracted", "partner"]))
    def a_visit_is_asked_for(self, who: int, agency: str) -> None:
        home, person = self.someone(who)
        command = commands.RequestOutreach(new_id(), home.id, person, "会う", agency)
        if self.tries(handlers.request_outreach, command)[0]:
            said = self.town.here.said(OutreachRequested)[-1]
            if self.known.folk[person].protected:
                self.must(said.address == "", "I-10: a protected address went with a request")

    @rule(
        who=ANY,
        destination=st.sampled_from(list(Destination)),
        purpose=st.sampled_from(list(ConsentPurpose)),
        classes=SEVERAL,
        closed=st.one_of(st.none(), st.sampled_from(list(ClosedClass))),
        recipient=st.sampled_from(["partner", "contracted", "of-care", "試験病院"]),
    )
    def somebody_is_told(
        self,
        who: int,
        destination: Destination,
        purpose: ConsentPurpose,
        classes: int,
        closed: ClosedClass | None,
        recipient: str,
    ) -> None:
        home, person = self.someone(who)
        told = some_of(DataClass, classes) or (DataClass.IDENTITY,)
        self.tries(
            handlers.tell_somebody,
            commands.TellSomebody(
                new_id(),
                home.id,
                person,
                destination,
                recipient,
                purpose,
                told,
                (closed,) if closed else (),
            ),
        )

    @rule(
        who=ANY,
        destination=st.sampled_from(list(Destination)),
        classes=SEVERAL,
        closed=st.one_of(st.none(), st.sampled_from(list(ClosedClass))),
        own=st.booleans(),
        days=st.sampled_from([0, 5, 50]),
    )
    def another_law_is_used(
        self,
        who: int,
        destination: Destination,
        classes: int,
        closed: ClosedClass | None,
        own: bool,
        days: int,
    ) -> None:
        home, person = self.someone(who)
        told = some_of(DataClass, classes) or (DataClass.IDENTITY,)
        shut = (closed,) if closed else ()
        last = clock.today() + timedelta(days=days)
        asked = commands.AskLegalGround(
            new_id(),
            home.id,
            person,
            "pipa_69_1",
            destination,
            "試験病院",
            told,
            "救急",
            shut,
            last,
        )
        if not self.tries(handlers.ask_legal_ground, asked)[0]:
            return
        ground = self.known.grounds[asked.ground_id] = Ground(
            asked.ground_id,
            home.id,
            person,
            destination.value,
            "試験病院",
            frozenset(one.value for one in told),
            frozenset(one.value for one in shut),
            "coordinator",
            last,
        )
        approver = self.town.coordinator if own else self.town.head
        answer = commands.AnswerLegalGround(home.id, asked.ground_id, True)
        if self.tries(handlers.answer_legal_ground, answer, approver)[0]:
            ground.approved_by = approver.account_id
        self.tries(
            handlers.tell_somebody,
            commands.TellSomebody(
                new_id(),
                home.id,
                person,
                destination,
                "試験病院",
                ConsentPurpose.HANDOFF,
                told,
                shut,
            ),
        )

    @rule(which=ANY, who=ANY, word=ANY)
    def a_plan_is_written(self, which: int, who: int, word: int) -> None:
        home = self.home(which)
        if not home.members:
            return
        text = one_of(
            ["家計が落ち着く", *(one for one, (_, m) in self.words.items() if one in m.words)], word
        )
        persons = some_of(sorted(home.members), who) or tuple(sorted(home.members))[:1]
        command = commands.DraftPlan(
            new_id(), home.id, PlanKind.MULTI_AGENCY, persons, (PlanGoal(text),)
        )
        if self.tries(handlers.draft_plan, command)[0] and text in self.words:
            _, matter = self.words[text]
            self.must(
                matter.kind != "support_conference"
                or (matter.case != home.id and matter.person not in persons),
                "I-04: a plan took a word told only in a closed session",
            )
            del self.words[text]

    @rule(which=ANY, who=ANY, secret=st.booleans())
    def a_household_moves_to_another_town(self, which: int, who: int, secret: bool) -> None:
        home = self.home(which)
        persons = some_of(sorted(home.members), who) or tuple(sorted(home.members))[:1]
        prepare = commands.PrepareTransfer(
            new_id(),
            home.id,
            OTHER_TOWN,
            persons,
            "引き継ぎ",
            "窓口",
            "評価",
            "head",
            secret=secret,
        )
        if not self.tries(handlers.prepare_transfer, prepare)[0]:
            return
        approve = commands.ApproveTransfer(prepare.transfer_id, 1)
        done, key = self.tries(handlers.approve_transfer, approve, self.town.head)
        if not done:
            return
        self.nothing_is_told_without_a_basis_and_nothing_told_is_lost()
        self.town.post.carry()
        self.other_town_knows_nothing()
        self.town.do_there(
            handlers.accept_offer, commands.AcceptOffer(prepare.transfer_id, key, new_id())
        )
        self.moved |= set(persons)
        self.town.post.carry()
        self.done["accepted"] += 1
        self.households_changed()

    @rule(days=st.sampled_from([0, 1, 1, 4, 30, 200]), hours=st.integers(0, 5))
    def time_passes(self, days: int, hours: int) -> None:
        self.at += timedelta(days=days, hours=hours)
        self.known.day = clock.today()
        type(self).steps += 1

    # -- what has to be true after every step ---------------------------------------------------

    @invariant()
    def nothing_is_told_without_a_basis_and_nothing_told_is_lost(self) -> None:
        self.at += timedelta(seconds=1)
        with self.town.reading() as connection:
            for name, kept in self.kept.items():
                found = connection.execute(select(getattr(tables, name)))
                rows = {row.id: row for row in found}
                for row_id, before in kept.items():
                    self.must(
                        row_id in rows and tuple(rows[row_id]) == before,
                        f"I-08: a line of {name} was changed or lost",
                    )
                new = [row for row_id, row in rows.items() if row_id not in kept]
                if name == "disclosure":
                    for row in new:
                        self.has_a_basis(row)
                kept |= {row.id: tuple(row) for row in new}

    def has_a_basis(self, row: Any) -> None:
        wrong = self.known.has_basis(
            Line(
                row.case_id,
                row.person_id,
                row.destination,
                row.recipient,
                row.recipient_code,
                row.act,
                row.reference,
                row.purpose,
                frozenset(row.data_classes),
                frozenset(row.closed_classes),
                row.basis,
                row.basis_reference,
            )
        )
        self.must(not wrong, f"{wrong} ({row.act}: {row.person_id} to {row.destination})")
        self.done[f"told:{row.basis}"] += 1

    @invariant()
    def nobody_sees_what_they_may_not(self) -> None:
        if self.known.homes:
            self.turn += 1
            draw = Random(self.turn)
            homes = [draw.choice(list(self.known.homes.values()))]
            meetings = list(self.known.meetings.values())
            self.looks(
                draw.choice(self.viewers), homes, draw.sample(meetings, min(2, len(meetings)))
            )

    def looks(self, viewer: Actor, homes: Iterable[Home], meetings: Iterable[Meeting]) -> None:
        """Reads as one person, and finds nothing that this person may not know."""
        known, account = self.known, viewer.account_id
        with self.town.reading() as connection:
            for home in homes:
                try:
                    found = queries.case_file(connection, viewer, home.id, clock.today())
                except CasesRefusal:
                    continue
                for person in found.persons:
                    self.must(
                        known.may_read_person(account, home.id, person.id),
                        f"I-01, I-03, I-07: {account} reads of {person.id} in a case",
                    )
                self.reads(viewer, repr(found), "a case")
                self.done["looked at a case"] += 1
            if self.turn % 5 == 0:
                lines = queries.case_lines(connection, viewer, clock.today())
                self.reads(viewer, repr(lines), "the list")
            for meeting in meetings:
                self.looks_at(viewer, meeting, connection)

    def looks_at(self, viewer: Actor, meeting: Meeting, connection: Any) -> None:
        known, account = self.known, viewer.account_id
        for read in (queries.session_file, queries.own_pack):
            try:
                found = read(connection, viewer, meeting.id)
            except CasesRefusal:
                continue
            shown = (
                [one.item for one in found.dossiers]
                if isinstance(found, queries.Pack)
                else found.session.items
            )
            for item in shown:
                matter = next(one for one in meeting.matters if one.id == item.id)
                named = (
                    bool(item.person_id)
                    if not isinstance(found, queries.Pack)
                    else any(one.person is not None for one in found.dossiers if one.item is item)
                )
                self.must(
                    not named
                    or account in known.leads
                    or (
                        (meeting.state != PREPARING or isinstance(found, queries.Pack))
                        and meeting.heard_by(matter, account) is not None
                    ),
                    f"I-03: {account} sees whose matter it is",
                )
            if not isinstance(found, queries.Pack):
                self.reads(viewer, repr(found), "a session")
            self.done["looked at a session"] += 1

    def reads(self, viewer: Actor, shown: str, where: str) -> None:
        """Finds in what is shown no word and no address that the viewer may not read."""
        account = viewer.account_id
        if "事実「" in shown:
            for word, (meeting, matter) in self.words.items():
                if word in shown:
                    self.must(
                        self.known.may_read_words(account, meeting, matter),
                        f"I-04: {account} reads in {where} what was told at a {matter.kind}",
                    )
        if where != "a session" and "住所「" in shown:
            for person in self.known.folk:
                if f"住所「{person}」" in shown:
                    self.must(
                        where != "the list" and self.known.may_read_address(account, person),
                        f"I-10: {account} reads the protected address of {person} in {where}",
                    )

    def other_town_knows_nothing(self) -> None:
        """Nobody but who was handed over and accepted is in the other town's database (I-09)."""
        there = self.town.everything_there()
        for person in self.known.folk:
            self.must(
                person in self.moved or f"「{person}」" not in there,
                f"I-09: the other town holds {person}",
            )
        self.must("事実「" not in there, "I-04: words of a session went to another town")
