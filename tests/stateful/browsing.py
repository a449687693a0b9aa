"""Opens every page and asks every program's door of the service as one person and another."""

import re
from collections.abc import Mapping
from functools import cached_property
from random import Random

from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor
from tests.stateful.model import PREPARING, Home, Matter, Meeting
from tests.stateful.play import Play

TOWN_PART = "/<municipality:municipality>"
KNOWN_IDS = {"case_id", "person_id", "session_id", "item_id", "plan_id", "transfer_id"}
FILES = (".pdf", ".xlsx")
TURNS = 5
HANDLING = {"coordinator", "head"}


class Browsing(Play):
    """What stands on pages; a page that is added later is opened without a change here."""

    @cached_property
    def addresses(self) -> list[tuple[str, frozenset[str]]]:
        """The addresses that are read and whose ids a play knows, with the names of the ids."""
        found = [
            (rule.rule.removeprefix(TOWN_PART), frozenset(rule.arguments - {"municipality"}))
            for rule in self.town.here.app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.rule.startswith(TOWN_PART)
        ]
        return sorted(
            ((rule, ids) for rule, ids in found if ids <= KNOWN_IDS and not rule.endswith(FILES)),
            key=lambda one: one[0],
        )

    def opens_pages(self, viewer: Actor, draw: Random, many: int) -> None:
        """Opens some addresses about something, and finds nothing that this person may not know."""
        visitor = self.town.here.visit_as(viewer)
        for _ in range(many):
            rule, names = draw.choice(self.addresses)
            ids = self._ids(names, draw)
            if ids is not None:
                self._opens(viewer, visitor, rule, ids)

    def opens_next_pages(self, viewer: Actor, draw: Random, turn: int) -> None:
        """Opens some addresses, the next ones in every play, so that each has its turn."""
        visitor = self.town.here.visit_as(viewer)
        for rule, names in self.addresses[turn % TURNS :: TURNS]:
            ids = self._ids(names, draw)
            if ids is not None:
                self._opens(viewer, visitor, rule, ids)

    def _ids(self, names: frozenset[str], draw: Random) -> dict[str, str] | None:
        """Something that is there for each id, one about the other; None when there is nothing yet."""
        home: Home = draw.choice(list(self.known.homes.values()))
        ids = {"case_id": home.id, "person_id": draw.choice(sorted(home.known))}
        if "plan_id" in names:
            plans = [(case, plan) for plan, case in self.written.items()]
            if not plans:
                return None
            ids["case_id"], ids["plan_id"] = draw.choice(plans)
            ids["person_id"] = draw.choice(sorted(self.known.homes[ids["case_id"]].known))
        if names & {"session_id", "item_id"}:
            meetings = [one for one in self.known.meetings.values() if one.matters]
            if not meetings:
                return None
            meeting = draw.choice(meetings)
            ids |= {"session_id": meeting.id, "item_id": draw.choice(meeting.matters).id}
        if "transfer_id" in names:
            if not self.transfers:
                return None
            ids["transfer_id"] = draw.choice(sorted(self.transfers))
        return {name: ids[name] for name in names}

    def _opens(self, viewer: Actor, visitor: Visitor, rule: str, ids: Mapping[str, str]) -> None:
        path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda part: ids[part[1]], rule)
        answer = visitor.get(path)
        self.must(answer.status_code < 500, f"{rule} failed with {answer.status_code}")
        if answer.status_code == 200:
            self.done["opened a page"] += 1
            page = answer.text
            self.reads(viewer, page, rule if ids else "the list")
            self.names(viewer, page, rule, ids)

    def names(self, viewer: Actor, page: str, rule: str, ids: Mapping[str, str]) -> None:
        """Finds on a page nobody's name who may not be named to the viewer there."""
        if "試験「" not in page:
            return
        for person in self.known.folk:
            if f"試験「{person}」" in page:
                self.must(
                    self._may_be_named(viewer.account_id, person, rule, ids),
                    f"I-01, I-03, I-07: {viewer.account_id} reads of {person} on {rule}",
                )

    def _may_be_named(self, account: str, person: str, rule: str, ids: Mapping[str, str]) -> bool:
        known = self.known
        about = known.homes.get(ids.get("case_id", ""))
        homes = [about] if about is not None and person in about.known else known.homes.values()
        if any(
            person in home.known and known.may_read_person(account, home.id, person)
            for home in homes
        ):
            return True
        if "transfer_id" in ids and account in HANDLING:
            # Who prepared or approved it goes on knowing whom, also where the case was restricted since.
            return person in self.transfers[ids["transfer_id"]]
        return "session_id" in ids and self._is_named_in(
            account, known.meetings[ids["session_id"]], person, rule
        )

    def _is_named_in(self, account: str, meeting: Meeting, person: str, rule: str) -> bool:
        def heard(matter: Matter) -> bool:
            return (meeting.state != PREPARING or rule.endswith("/pack")) and meeting.heard_by(
                matter, account
            ) is not None

        return any(
            matter.person == person and (account in self.known.leads or heard(matter))
            for matter in meeting.matters
        )
