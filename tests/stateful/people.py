"""People and households change, and people say what may be passed on."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from kasane_cases import commands, handlers
from kasane_cases.domain.consent import (
    ConsentScope,
    ConsentState,
)
from kasane_contracts.intake import PersonsMerged, PersonsMergeUndone
from kasane_kit import clock
from kasane_kit.ids import new_id
from tests.stateful.model import (
    Home,
    Right,
    Said,
)
from tests.stateful.play import ANY, SCOPES, Play, one_of


class People(Play):
    """What happens in families."""

    @initialize(size=st.integers(2, 3), decided=st.booleans())
    def begins(self, size: int, decided: bool) -> None:
        self.open_case(size, decided)

    @precondition(lambda self: len(self.known.homes) < 4)
    @rule(size=st.integers(1, 3), decided=st.booleans())
    def a_case_is_opened(self, size: int, decided: bool) -> None:
        self.open_case(size, decided)

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
            self.households_changed(step)

    @rule(who=ANY)
    def somebody_leaves(self, who: int) -> None:
        pairs = [
            (home, one)
            for home in self.known.homes.values()
            for one in sorted(home.members)
            if len(home.members) > 1
        ]
        home, person = one_of(pairs, who) if pairs and who % 8 else self.someone(who)
        step = new_id()
        done, _ = self.tries(
            handlers.end_membership,
            commands.EndMembership(step, home.id, person, clock.today(), "転出"),
        )
        if done:
            self.steps_taken.append((home.id, step))
            self.households_changed()

    @rule(who=ANY, other=ANY, first=ANY, second=ANY)
    def somebody_belongs_to_two_households(
        self, who: int, other: int, first: int, second: int
    ) -> None:
        """A child of two homes, whose consent may be narrower in one of them."""
        (home, person), also = self.someone(who), self.home(other)
        step = new_id()
        command = commands.AddMember(
            step,
            also.id,
            commands.PersonDetails(f"試験「{person}」"),
            "子",
            clock.today(),
            known_person_id=person,
        )
        if self.tries(handlers.add_member, command)[0]:
            self.steps_taken.append((also.id, step))
            self.households_changed()
            self.consents(home, person, one_of(SCOPES, first))
            self.consents(also, person, one_of(SCOPES, second))

    @precondition(lambda self: bool(self.steps_taken))
    @rule(which=ANY)
    def a_step_is_taken_back(self, which: int) -> None:
        case_id, step = one_of(self.steps_taken, which)
        again = new_id()
        done, _ = self.tries(
            handlers.undo_household_step, commands.UndoStep(again, case_id, step, "誤り")
        )
        if done:
            self.households_changed(again)

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
        pairs = [
            (home, one)
            for home in self.known.homes.values()
            for one in sorted(home.members)
            if self.known.folk[one].protected
        ]
        home, person = one_of(pairs, who) if pairs else self.someone(who)
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
        self.known.say_elsewhere(home.id, person, self.records_of(person), said)

    def records_of(self, person: str) -> set[str]:
        """This person under every record that was found to be theirs."""
        found, before = {person}, 0
        while len(found) > before:
            before = len(found)
            for merge in self.merges:
                pair = {merge.one_person_id, merge.other_person_id}
                found |= pair if pair & found else set()
        return found
