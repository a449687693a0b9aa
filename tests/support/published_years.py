"""Makes a town's years out of its published figures: the events that services would have said, in random order.

The truth is the published figure; everything around it is there to be left out: contacts of the same
person under other records, sessions of other bodies, matters of another desk, a year that went on after
the month of the print. The same seed gives the same events.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from kasane_contracts import cases, intake, outreach, resources

OUTCOMES = ("met", "talked")


@dataclass
class PublishedYears:
    """Collects the events of one town; ``events`` gives them in the order in which they happened."""

    seed: int
    _random: Random = field(init=False)
    _said: list[tuple[date, int, Any]] = field(default_factory=list)
    _number: int = 0

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def events(self) -> Iterator[Any]:
        """Every event by its day, those of one day as they were made."""
        for _day, _number, event in sorted(self._said, key=lambda one: one[:2]):
            yield event

    def consultations(
        self,
        how_many: int,
        first: date,
        last: date,
        *,
        persons: int = 0,
        visits: int = 0,
        desk: str = "window",
        routes: Sequence[str] = ("person", "family", "agency"),
        categories: tuple[str, ...] = ("income",),
        known: Sequence[str] = (),
    ) -> tuple[str, ...]:
        """So many contacts of so many people (each at least once), ``visits`` of them at a door.

        Every contact makes a record of its own, as at a window; records of one person are merged later.
        The first of them are those ``known`` from before. Returns a record of each person. Without
        ``persons`` nobody is named.
        """
        firsts: list[str] = []
        for place in range(how_many):
            on = self._day(first, last)
            if visits and place >= how_many - visits:
                self._visit(on, self._random.choice(firsts))
                continue
            record = self._id("person")
            named = (intake.PersonConcerned(record, "本人"),) if persons else ()
            self._say(
                on,
                intake.ConsultationReceived(
                    self._id("consultation"),
                    f"{on:%Y}-{self._number:06d}",
                    "window",
                    desk,
                    on,
                    categories,
                    persons=(*named, *self._housemates()),
                    route=routes[place % len(routes)],
                    national_categories=categories,
                ),
            )
            if not persons:
                continue
            if len(firsts) < persons:
                if len(firsts) < len(known):
                    self.same_person(on, known[len(firsts)], record)
                firsts.append(record)
            else:
                self.same_person(on, self._random.choice(firsts), record)
        return tuple(firsts)

    def same_person(self, on: date, one: str, other: str) -> None:
        """Two records are found to be of one person."""
        consultation = self._id("consultation")
        merged = intake.PersonsMerged(self._id("merge"), one, other, consultation, consultation)
        self._say(on, merged)

    def cases(self, how_many: int, on: date) -> tuple[str, ...]:
        """Cases of as many households, opened on a day."""
        opened = []
        for _ in range(how_many):
            case = self._id("case")
            household = self._id("household")
            self._say(on, cases.CaseOpened(case, case, "", household, on, 2, "assessment"))
            opened.append(case)
        return tuple(opened)

    def sessions(
        self,
        how_many: int,
        first: date,
        last: date,
        body: str,
        legal_kind: str = "staff",
        of_cases: Sequence[str] = (),
    ) -> None:
        """Sessions of a body; every case is spoken of at least once, some again."""
        spoken: list[list[str]] = [[] for _ in range(how_many)]
        for place, case in enumerate(of_cases):
            spoken[place % how_many].append(case)
        for at_session in spoken:
            if of_cases and (not at_session or self._random.random() < 0.3):
                at_session.append(self._random.choice(list(of_cases)))
            on = self._day(first, last)
            ids = tuple(dict.fromkeys(at_session))
            self._say(
                on,
                cases.ConferenceHeld(
                    self._id("session"), body, legal_kind, on, len(at_session), ids
                ),
            )

    def training(
        self, present: dict[str, int], first: date, last: date, courses: Sequence[str]
    ) -> None:
        """Trainings at which so many of each kind came in all, spread over the courses."""
        left = dict(present)
        for place, course in enumerate(courses):
            after = len(courses) - place - 1
            came = {
                kind: number if after == 0 else self._random.randint(0, number)
                for kind, number in left.items()
            }
            left = {kind: left[kind] - came[kind] for kind in left}
            on = self._day(first, last)
            gathering = self._id("gathering")
            # The first count was wrong and is put right: only the second stands.
            for counted in ({kind: number + 1 for kind, number in came.items()}, came):
                participants = tuple(
                    resources.ParticipantCount(kind, number) for kind, number in counted.items()
                )
                self._say(
                    on,
                    resources.GatheringCounted(
                        gathering, "training", on, participants, course=course
                    ),
                )

    def network(
        self, network: str, groups: dict[int, int], activities: dict[str, dict[int, int]]
    ) -> None:
        """Groups that take part in each fiscal year, and how many of them do what; neither ever shrinks."""
        members: list[tuple[str, date, set[str]]] = []
        doing: dict[str, int] = dict.fromkeys(activities, 0)
        for year in sorted(groups):
            start = date(year, 4, 1) + timedelta(days=self._random.randint(0, 300))
            joining: list[tuple[str, date, set[str]]] = [
                (self._id("group"), start, set()) for _ in range(groups[year] - len(members))
            ]
            members += joining
            for activity, by_year in activities.items():
                free = [one for one in members if activity not in one[2]]
                # The newcomers first, so that each of them does something.
                free.sort(key=lambda one: (len(one[2]), one[0]))
                for one in free[: by_year[year] - doing[activity]]:
                    one[2].add(activity)
                doing[activity] = by_year[year]
            for group, since, active in members:
                # A group that began something new has another line from this year on.
                self._say(
                    start,
                    resources.NetworkMemberChanged(
                        f"{group}-{year}",
                        network,
                        tuple(sorted(active)),
                        max(since, date(year, 4, 1)),
                        date(year + 1, 3, 31),
                        group,
                    ),
                )

    def members(self, network: str, how_many: int, since: date) -> None:
        """Groups that take part since a day and still do."""
        for _ in range(how_many):
            group = self._id("group")
            self._say(since, resources.NetworkMemberChanged(group, network, (), since, None, group))

    def donations(self, network: str, how_many: int, first: date, last: date) -> None:
        """Donations, and one that was written by mistake and taken back."""
        for place in range(how_many + 1):
            on, given = self._day(first, last), self._id("donation")
            self._say(on, resources.DonationReceived(given, network, on))
            if place == how_many:
                self._say(on, resources.DonationReceived(given, network, on, voided=True))

    def _visit(self, on: date, person: str) -> None:
        visit = self._id("visit")
        if self._random.random() < 0.5:
            met = outreach.VisitCompleted(
                visit, "r", "k", person, on, self._random.choice(OUTCOMES)
            )
            self._say(on, met)
        else:
            self._say(on, outreach.ContactNotMade(visit, "r", "k", person, on, "absent", 1))

    def _housemates(self) -> tuple[intake.PersonConcerned, ...]:
        if self._random.random() < 0.7:
            return ()
        return (intake.PersonConcerned(self._id("housemate"), "子"),)

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self._random.randint(0, (last - first).days))

    def _id(self, kind: str) -> str:
        self._number += 1
        return f"{kind}-{self.seed}-{self._number}"

    def _say(self, on: date, event: Any) -> None:
        self._said.append((on, len(self._said), event))
