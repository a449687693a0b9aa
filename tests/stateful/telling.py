"""Others are told, asked for help and handed a case."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kasane_cases import commands, handlers
from kasane_cases.domain.case import GrantSubject
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    DataClass,
)
from kasane_cases.domain.disclosure import ClosedClass, Destination
from kasane_cases.domain.support_plan import PlanGoal, PlanKind
from kasane_contracts.cases import OutreachRequested
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import OTHER_TOWN
from tests.stateful.model import (
    Ground,
    Home,
    Meeting,
    Right,
)
from tests.stateful.play import ANY, SCOPES, SEVERAL, Play, one_of, some_of
from tests.stateful.town import KIND_OF_OFFICE


class Telling(Play):
    """What leaves the office."""

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
        for person in sorted(home.members) if outside else [""]:
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

    @precondition(lambda self: any(one.given_at and not one.ended for one in self.known.rights))
    @rule(which=ANY)
    def somebody_leaves_the_team(self, which: int) -> None:
        right = one_of([one for one in self.known.rights if one.given_at and not one.ended], which)
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

    @rule(
        who=ANY,
        recipient=st.sampled_from(list(AttendeeKind)),
        service=ANY,
        scope=st.one_of(st.none(), st.sampled_from(SCOPES)),
    )
    def a_referral_is_asked_for(
        self, who: int, recipient: AttendeeKind, service: int, scope: ConsentScope | None
    ) -> None:
        home, person = self.someone(who)
        if scope is not None:
            self.consents(home, person, scope)
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
        own=st.sampled_from([False, False, True]),
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
        told = [one for one, (_, matter) in self.words.items() if one in matter.words]
        text = one_of(["家計が落ち着く", *told], word)
        home = self.home(which)
        if text in self.words and which % 2:
            home = self.known.homes[self.words[text][1].case]
        self.plans(home, some_of(sorted(home.members), who), text)

    def plans_with(self, meeting: Meeting) -> None:
        """Takes what was told at a session about somebody into that very person's plan."""
        for matter in meeting.matters:
            for word in sorted(matter.words & set(self.words))[:1]:
                self.plans(self.known.homes[matter.case], (matter.person,), word)

    def plans(self, home: Home, chosen: tuple[str, ...], text: str) -> None:
        if not home.members:
            return
        persons = chosen or tuple(sorted(home.members))[:1]
        command = commands.DraftPlan(
            new_id(), home.id, PlanKind.MULTI_AGENCY, persons, (PlanGoal(text),)
        )
        if not self.tries(handlers.draft_plan, command)[0]:
            return
        self.written[command.plan_id] = home.id
        if text in self.words:
            _, matter = self.words[text]
            self.must(
                matter.kind != "support_conference"
                or (matter.case != home.id and matter.person not in persons),
                "I-04: a plan took a word told only in a closed session",
            )
            del self.words[text]

    @rule(which=ANY, who=ANY, secret=st.booleans(), asked=st.booleans())
    def a_household_moves_to_another_town(
        self, which: int, who: int, secret: bool, asked: bool
    ) -> None:
        home = self.home(which)
        persons = some_of(sorted(home.members), who) or tuple(sorted(home.members))[:1]
        for person in persons if asked else ():
            self.consents(home, person, SCOPES[0])
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
        self.transfers[prepare.transfer_id] = persons
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
        if home.members - set(persons):
            for right in self.known.rights:
                right.ended = right.ended or (right.case == home.id and right.person in persons)
        self.done["accepted"] += 1
        self.households_changed()

    @rule(days=st.sampled_from([0, 1, 1, 4, 30, 200]), hours=st.integers(0, 5))
    def time_passes(self, days: int, hours: int) -> None:
        self.at += timedelta(days=days, hours=hours)
        if clock.today() != self.known.day:
            self.known.day = clock.today()
            self.households_changed()
        type(self).steps += 1
