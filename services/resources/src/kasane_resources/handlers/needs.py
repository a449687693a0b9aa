"""Looking for human services that could meet a need, and keeping what nobody offers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from kasane_contracts.cases import SupportNeedIdentified
from kasane_contracts.resources import HumanServicesSuggested, Suggestion
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.domain.gap import Gap, age_band
from kasane_resources.domain.human_service import ContactMode
from kasane_resources.domain.location import Position
from kasane_resources.domain.matching import (
    ExclusionReason,
    Match,
    Matching,
    Need,
    PartKind,
    ScorePart,
    match,
)
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.repository import Gaps, candidates

OBJECT = "support_need"


def suggest_human_services(event: SupportNeedIdentified, uow: UnitOfWork, hooks: Any) -> Matching:
    """Says what the directory offers for a need; keeps a gap when nothing fits; does not commit."""
    label, need = _need(event, hooks)
    today = clock.today()
    found = match(need, candidates(uow.connection, need), taxonomy(), today)
    missing = tuple(_missing(need, label, found))
    gaps = Gaps(uow.connection)
    if missing:
        gaps.record(
            Gap(
                new_id(),
                event.need_id,
                event.category,
                event.area,
                age_band(event.age),
                missing,
                today,
            )
        )
        uow.record("resources.gap.recorded", OBJECT, event.need_id)
    elif gaps.resolve(event.need_id, today):
        uow.record("resources.gap.resolved", OBJECT, event.need_id)
    uow.record("resources.human_services.suggested", OBJECT, event.need_id)
    uow.publish(
        HumanServicesSuggested(
            need_id=event.need_id,
            case_id=event.case_id,
            suggestions=tuple(suggestion(one, label) for one in found.matches),
            missing=missing,
        )
    )
    return found


def _need(event: SupportNeedIdentified, hooks: Any) -> tuple[str, Need]:
    label, national = event.category, ""
    for category in hooks.consultation_categories():
        if category.code == event.category:
            label, national = category.label, category.national
    return label, Need(
        category=event.category,
        categories=tuple(filter(None, (event.category, national))),
        municipality=hooks.town.code,
        age=event.age,
        area=event.area,
        town_name=hooks.town.name,
        position=_position(event),
        description=f"{label} {event.description}",
    )


def _position(event: SupportNeedIdentified) -> Position | None:
    """Where the home is; degrees that no place has are not known rather than an error."""
    if event.latitude is None or event.longitude is None:
        return None
    try:
        return Position(event.latitude, event.longitude)
    except ValueError:
        return None


def suggestion(one: Match, label: str) -> Suggestion:
    """One match in the words that a person reads, with the points of every part."""
    return Suggestion(
        human_service_id=one.human_service.id,
        name=one.human_service.entry.name,
        points=one.points,
        reasons=tuple(_reason(part, label) for part in one.parts),
    )


def _reason(part: ScorePart, label: str) -> str:
    """The sentence of a part with its points, naming the field it comes from."""
    sentence = _say(f"match.{part.kind.value}.{part.code}", label=label, **_shown(part.facts))
    return _say("match.points", sentence=sentence, points=f"{part.points:+g}")


def _shown(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: _shown_fact(name, value) for name, value in facts.items()}


def _shown_fact(name: str, value: object) -> str:
    if name == "kind":
        return taxonomy()[str(value)].ja
    if name == "days" and isinstance(value, Sequence):
        return "".join(_say(f"day.{day}") for day in value)
    if isinstance(value, ContactMode):
        return _say(f"contact_mode.{value.value}")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


def _missing(need: Need, label: str, found: Matching) -> Iterator[str]:
    """What nobody offers: empty as soon as one match meets the need by its kind."""
    if any(part.kind is PartKind.CATEGORY for one in found.matches for part in one.parts):
        return
    left_out = found.related_exclusions(need, taxonomy())
    if not left_out:
        yield _say("missing.nothing_listed", label=label)
        return
    counts = Counter(exclusion.reason for exclusion in left_out)
    for reason in ExclusionReason:
        if counts[reason]:
            yield _say(f"missing.{reason.value}", label=label, count=str(counts[reason]))
    distances = [e.distance_km for e in left_out if e.distance_km is not None]
    if counts[ExclusionReason.TOO_FAR] and distances:
        yield _say("missing.nearest", km=f"{min(distances):.0f}")


def _say(key: str, **facts: str) -> str:
    return _strings().text(key, **facts)


@cache
def _strings() -> Strings:
    return Strings("kasane_resources")
