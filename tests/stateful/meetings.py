"""Sessions are planned, opened, talked at and ended."""

from hashlib import sha256
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kasane_cases import commands, handlers
from kasane_cases.domain.conference import LegalKind
from kasane_cases.repository import Sessions
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.ids import new_id
from tests.stateful.model import (
    CLOSED_KINDS,
    OPEN,
    OVER,
    PREPARING,
    Home,
    Matter,
    Meeting,
    Seat,
)
from tests.stateful.play import ANY, GUESTS, MOSTLY, SCOPES, Play, one_of, some_of


class Meetings(Play):
    """What happens around a table."""

    @rule(
        kind=st.one_of(st.sampled_from(MOSTLY), st.sampled_from(list(LegalKind))),
        asked=ANY,
        contracted=st.integers(0, 3),
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
            self.tells(meeting, seed, 0)
            if seed % 2:
                self.plans_with(meeting)
            self.tells(meeting, seed, seed // 7)
            self.opens_packs(meeting)
            self.nothing_is_told_without_a_basis_and_nothing_told_is_lost()
            if seed % 2:
                self.somebody_says_otherwise(seed // 3, "withdrawn")
                self.tells(meeting, seed, seed // 5)
            if seed % 3:
                self.ends(meeting)
                self.writes_minutes(meeting, fixed=not seed % 5)

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
                # A case may end while its matter is on the table; who sits there has heard of it.
                kinds = {seat.kind for seat in meeting.hearing(matter)}
                self.must(
                    self.known.consented(matter.case, matter.person, "multi_agency", kinds),
                    "I-08: a matter went on after its consent had ended",
                )
            matter.words.add(word)
            self.words[word] = (meeting, matter)

    def new_word(self) -> str:
        """A statement like no other: the origin check compares pairs of signs, and sixteen signs are soon alike."""
        self.words_made += 1
        digest = sha256(str(self.words_made).encode()).digest()
        signs = (int.from_bytes(digest[n : n + 2]) % 20_000 for n in range(0, 12, 2))
        return f"事実「{''.join(chr(0x4E00 + sign) for sign in signs)}」"

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
        self.writes_minutes(one_of(over, which), fixed)

    def writes_minutes(self, meeting: Meeting, fixed: bool) -> None:
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
