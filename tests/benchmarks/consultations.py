"""The consultations of one town as intake's repository writes them; a test compares the two."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from kasane_intake.domain.categories import NATIONAL
from kasane_intake.domain.consultation import (
    Consultation,
    ContactPerson,
    PersonConcerned,
    Screening,
)
from kasane_intake.domain.reception import Channel
from kasane_intake.domain.same_person.traits import PersonTraits, stored_keys
from kasane_intake.domain.search import findable, grams_of, terms_of, text_of
from tests.benchmarks.copying import Grams
from tests.benchmarks.residents import Resident, ordered_id, story

TABLES = (
    "intake_consultation",
    "intake_person_concerned",
    "intake_person_key",
    "intake_search_term",
    "intake_search_text",
    "intake_reception",
    "intake_national_category",
    "intake_step",
    "intake_counter",
)
YEARS = 10
OFFICES = (
    ("tax_window", 20),
    ("livelihood_support", 20),
    ("community_care", 20),
    ("disability_welfare", 15),
    ("childcare_support_center", 15),
    ("welfare_policy", 10),
)
Row = tuple[str, dict[str, Any]]


class Desk:
    """Takes consultations of a town's residents, oldest first, over ten years."""

    def __init__(
        self, draw: Random, homes: Sequence[tuple[Resident, ...]], many: int, now: datetime
    ) -> None:
        self._draw, self._homes, self._many, self._now = draw, homes, many, now
        self._keys: dict[Resident, tuple[str, ...]] = {}
        self._numbers: dict[int, int] = {}

    def consultations(self) -> Iterator[tuple[Consultation, tuple[Resident, ...]]]:
        """Each consultation, and those it is about."""
        draw = self._draw
        offices, weights = zip(*OFFICES, strict=True)
        channels = (Channel.WINDOW, Channel.TELEPHONE, Channel.VISIT, Channel.AGENCY)
        start = self._now - timedelta(days=365 * YEARS)
        pause = (self._now - start) / max(self._many, 1)
        for place in range(self._many):
            at = start + pause * place
            turn, which = divmod(place, len(self._homes))
            home = self._homes[which]
            # Every household comes in its turn, each time about another of its members first.
            members = (*home[turn % len(home) :], *home[: turn % len(home)])
            about = members[: draw.choices((1, 2, 3), (75, 20, 5))[0]]
            year = at.year if at.month >= 4 else at.year - 1
            self._numbers[year] = self._numbers.get(year, 0) + 1
            main = draw.choice(NATIONAL)
            yield (
                Consultation.receive(
                    consultation_id=ordered_id(draw, at),
                    number=f"{year}-{self._numbers[year]:06d}",
                    received_at=at,
                    received_by=f"staff-{draw.randint(1, 40)}",
                    desk=draw.choices(offices, weights)[0],
                    channel=draw.choice(channels),
                    story=story(draw, about[0].name.replace(" ", "")),
                    categories=tuple(dict.fromkeys((main, draw.choice(NATIONAL)))),
                    main_category=main,
                    contact=ContactPerson(
                        home[0].name, home[0].kana, "家族", home[0].phone, draw.random() < 0.02
                    ),
                    persons=tuple(
                        PersonConcerned(
                            ordered_id(draw, at),
                            one.name,
                            one.kana,
                            one.birth_date,
                            "本人",
                            one.address,
                            one.phone,
                            given_consent=draw.random() < 0.5,
                        )
                        for one in about
                    ),
                    urgent=False,
                    area="",
                    screening=Screening(),
                    extensions={},
                    national=((main,), main),
                ),
                about,
            )

    def rows(self, one: Consultation, about: Sequence[Resident], status: str) -> Iterator[Row]:
        """What the repository keeps of a consultation that stands in this state now."""
        yield "intake_consultation", _columns(one, status)
        for position, (person, resident) in enumerate(zip(one.persons, about, strict=True)):
            yield (
                "intake_person_concerned",
                {
                    "id": person.person_id,
                    "consultation_id": one.id,
                    "position": position,
                    "name": person.name,
                    "kana": person.kana,
                    "birth_date": person.birth_date,
                    "relation": person.relation,
                    "address": person.address,
                    "phone": person.phone,
                    "given_consent": person.given_consent,
                },
            )
            for key in self._keys_of(resident):
                yield "intake_person_key", {"person_id": person.person_id, "key": key}
        searched = findable(one)
        for kind, term in terms_of(searched):
            yield (
                "intake_search_term",
                {"term": term, "consultation_id": one.id, "kind": kind.value},
            )
        text = text_of(searched)
        yield (
            "intake_search_text",
            {
                "consultation_id": one.id,
                "received_at": one.received_at,
                "text": text,
                "tags": Grams(grams_of(text)),
                "tag_version": 1,
            },
        )
        yield "intake_reception", {"consultation_id": one.id}
        for code in one.national_categories:
            row = {"consultation_id": one.id, "code": code, "main": code == one.national_main}
            yield "intake_national_category", row
        yield (
            "intake_step",
            {
                "id": ordered_id(self._draw, one.received_at),
                "consultation_id": one.id,
                "to_status": "received",
                "by_account": one.received_by,
                "by_name": "窓口の職員",
                "at": one.received_at,
            },
        )

    def counters(self) -> Iterator[Row]:
        """The last receipt number of each year."""
        for year, last in self._numbers.items():
            yield "intake_counter", {"year": year, "last": last}

    def _keys_of(self, one: Resident) -> tuple[str, ...]:
        found = self._keys.get(one)
        if found is None:
            traits = PersonTraits(one.name, one.kana, one.birth_date, one.address, one.phone)
            found = self._keys[one] = stored_keys(traits)
        return found


def _columns(one: Consultation, status: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "received_at": one.received_at,
        "received_by": one.received_by,
        "desk": one.desk,
        "channel": one.channel.value,
        "story": one.story,
        "categories": list(one.categories),
        "main_category": one.main_category,
        "contact_name": one.contact.name,
        "contact_kana": one.contact.kana,
        "contact_relation": one.contact.relation,
        "contact_phone": one.contact.phone,
        "contact_hidden": one.contact.hidden,
        "escalation_level": one.escalation.level,
        "status": status,
        "outcome": "" if status == "received" else "ほかの窓口を案内した。",
        "extensions": {},
        "version": 1,
    }
