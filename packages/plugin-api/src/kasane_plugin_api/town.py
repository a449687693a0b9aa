"""What most towns' plugins do alike: read their two files, follow a plan's items, name areas, step up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources

from kasane_plugin_api.answers import (
    AttendeeSlot,
    Escalation,
    EscalationLevel,
    MeetingBody,
    Office,
    Phase,
    PhaseAnswer,
)
from kasane_plugin_api.measures import PlanState
from kasane_plugin_api.structure import Sentences, Structure
from kasane_plugin_api.views import ConsultationView


@cache
def town_files(package: str) -> tuple[Structure, Sentences]:
    """A plugin's structure.toml and its Japanese sentences, read once per process for all its towns.

    Raises WrongStructure when the first is no TOML.
    """
    files = resources.files(package)
    structure = files.joinpath("structure.toml").read_text("utf-8")
    sentences = files.joinpath("strings", "ja.toml").read_text("utf-8")
    return Structure(structure), Sentences(sentences)


@dataclass(frozen=True)
class PlanItem:
    """One item of a town's plan: a ``[[plan_items]]`` row.

    ``draft`` marks what the document only intends. An item that is no draft and has no first day
    has none in the document either.
    """

    feature: str
    label: str
    words: str
    source: str
    since: date | None = None
    until: date | None = None
    draft: bool = False


class PlanItems:
    """The items of a plan, with the days on which the town really began what its document left open.

    A town may set the day of a draft; with ``undated`` that of every item without a first day.
    """

    def __init__(
        self,
        structure: Structure,
        sentences: Sentences,
        started: Mapping[str, date],
        *,
        undated: bool = False,
    ) -> None:
        """Raises ValueError, for the operator to read, when a day is set for another item."""
        self._items = {item.feature: item for item in structure.rows("plan_items", PlanItem)}
        self._sentences = sentences
        self._open = [
            item.feature
            for item in self._items.values()
            if item.draft or (undated and item.since is None)
        ]
        for feature in started:
            if feature not in self._open:
                raise ValueError(
                    f"設定 started に知らない項目「{feature}」があります。"
                    f"書けるのは{'、'.join(self._open)}です"
                )
        self._started = dict(started)

    def began(self, feature: str) -> date | None:
        """The day the town has set for an item that its document left open, or None."""
        return self._started.get(feature)

    def all(self, on: date) -> tuple[PlanState, ...]:
        """Every item with where it stands on a day, in the order of the file."""
        found = ((one, self.phase(one.feature, on)) for one in self._items.values())
        return tuple(
            PlanState(one.feature, one.label, state) for one, state in found if state is not None
        )

    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """Where an item stands on a day, with its words and source; None for an unknown item."""
        item = self._items.get(feature)
        if item is None:
            return None
        since, words = item.since, item.words
        if feature in self._open:
            since = self.began(feature)
            if since is not None:
                words = self._sentences.say("phase.started", words=words, day=since.isoformat())
        return PhaseAnswer(_phase(item, since, on), f"{item.label}：{words}", item.source)


def slots_of(
    structure: Structure, bodies: Iterable[MeetingBody]
) -> dict[str, tuple[AttendeeSlot, ...]]:
    """Who sits in each body: the ``[[attendees.<body>]]`` rows by the body's code."""
    return {body.code: structure.rows(f"attendees.{body.code}", AttendeeSlot) for body in bodies}


def named_by_area(
    centers: Sequence[Office], names: Mapping[str, str], sentences: Sentences
) -> tuple[Office, ...]:
    """Offices with their area in the label: the name that the town has set, else the area's number.

    Raises ValueError, for the operator to read, when a name is set for an area that is not there.
    """
    areas = [center.area for center in centers]
    for number in names:
        if number not in areas:
            raise ValueError(
                f"設定 area_labels に知らない圏域「{number}」があります。"
                f"書けるのは{'、'.join(areas)}です"
            )
    named = []
    for center in centers:
        area = names.get(center.area) or sentences.say("area.numbered", number=center.area)
        label = sentences.say("area.office", label=center.label, area=area)
        named.append(replace(center, label=label))
    return tuple(named)


@dataclass(frozen=True)
class StepUp:
    """To whom a matter goes at one step: the role's code, and where the document says so."""

    role: str
    source: str


def two_steps(
    consultation: ConsultationView,
    sentences: Sentences,
    *,
    beyond_one: StepUp,
    beyond_cooperation: StepUp,
) -> Escalation | None:
    """Up one step when a desk cannot cope alone, two when ordinary cooperation is not enough either."""
    screening = consultation.screening
    if screening.ordinary_cooperation_enough is False:
        level, step = EscalationLevel.MULTI_AGENCY, beyond_cooperation
    elif screening.single_agency_enough is False:
        level, step = EscalationLevel.RELATED_AGENCIES, beyond_one
    else:
        return None
    return Escalation(level, step.role, sentences.say(f"escalation.{level}"), step.source)


def _phase(item: PlanItem, since: date | None, on: date) -> Phase:
    if since is None:
        return Phase.PLANNED if item.draft else Phase.NOT_STATED
    if on < since:
        return Phase.PLANNED
    if item.until is not None and on > item.until:
        return Phase.ENDED
    return Phase.ACTIVE
