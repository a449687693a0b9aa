"""Looking for human services that could meet a need, and keeping what nobody offers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from kasane_contracts.cases import SupportNeedIdentified
from kasane_contracts.resources import HumanServicesSuggested, LeftOut, Suggestion
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.plugins import ask_each
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import CandidateView, NeedView
from kasane_resources.domain.gap import Gap, age_band
from kasane_resources.domain.human_service import ContactMode
from kasane_resources.domain.location import Position
from kasane_resources.domain.matching import (
    MOST_SUGGESTIONS,
    Exclusion,
    ExclusionReason,
    Match,
    Matching,
    MatchingPolicy,
    Need,
    PartKind,
    ScorePart,
    match_rows,
)
from kasane_resources.domain.need import CIRCUMSTANCES, TIMES, Availability
from kasane_resources.domain.ranking import FIRST, TownAddition, ranked_by_town
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.handlers.freshness import confirmation_days
from kasane_resources.repository import Gaps, candidates, candidates_of_kind

OBJECT = "support_need"


def suggest_human_services(event: SupportNeedIdentified, uow: UnitOfWork, hooks: Any) -> Matching:
    """Says what the directory offers for a need; keeps a gap when nothing fits; does not commit."""
    label, need = _need(event, hooks)
    today = clock.today()
    policy = MatchingPolicy(taxonomy(), today, days=confirmation_days(hooks), most=FIRST)
    found = match_rows(need, candidates(uow.connection, need), policy)
    found = replace(found, matches=_ranked(found, event, hooks, uow))
    missing = tuple(_missing(need, label, found, uow, today))
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
            left_out=tuple(_left_out(one) for one in found.exclusions if one.of_kind),
        )
    )
    return found


def _need(event: SupportNeedIdentified, hooks: Any) -> tuple[str, Need]:
    label, national = event.category, ""
    circumstances = event.circumstances.split(",")
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
        ages=tuple(int(age) for age in event.household_ages.split(",") if age.isdigit()),
        without_car="without_car" in circumstances,
        unborn="pregnancy" in circumstances,
        fits=tuple(CIRCUMSTANCES[one] for one in circumstances if one in CIRCUMSTANCES),
        contact=ContactMode(event.contact) if event.contact in set(ContactMode) else None,
        availability=Availability.read(TIMES.get(event.times, "")),
    )


def _position(event: SupportNeedIdentified) -> Position | None:
    """Where the home is; degrees that no place has are not known rather than an error."""
    if event.latitude is None or event.longitude is None:
        return None
    try:
        return Position(event.latitude, event.longitude)
    except ValueError:
        return None


def _ranked(
    found: Matching, event: SupportNeedIdentified, hooks: Any, uow: UnitOfWork
) -> tuple[Match, ...]:
    """The first ten after the town's say; a plugin that fails leaves the platform's order."""
    views = tuple(
        CandidateView(
            human_service_id=one.human_service.id,
            title=one.human_service.entry.name,
            categories=one.human_service.entry.categories,
            points=one.points,
            micro_tasks=tuple(task.name for task in one.human_service.entry.micro_tasks),
        )
        for one in found.matches
    )
    need = NeedView(event.category, event.area)
    answers = ask_each(hooks, "rank_resources", need=need, candidates=views)
    for failure in answers.failures:
        uow.record("resources.plugin.failed", OBJECT, event.need_id, basis=failure.plugin)
    additions = [
        TownAddition(one.human_service_id, one.points, one.sentence) for one in answers.joined()
    ]
    return ranked_by_town(found.matches, additions, MOST_SUGGESTIONS)


def _left_out(one: Exclusion) -> LeftOut:
    entry = one.human_service.entry
    return LeftOut(one.human_service.id, entry.name, _say(f"left_out.{one.reason.value}"))


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
        parts = {"year": value.year, "month": value.month, "day": value.day}
        return _say("match.day.written", **{part: str(one) for part, one in parts.items()})
    if name == "offered" and isinstance(value, Sequence):
        return "・".join(_say(f"accessibility.{one}") for one in value)
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


def _missing(
    need: Need, label: str, found: Matching, uow: UnitOfWork, today: date
) -> Iterator[str]:
    """What nobody offers: empty as soon as one match meets the need by its kind."""
    if any(part.kind is PartKind.CATEGORY for one in found.matches for part in one.parts):
        return
    anywhere = match_rows(
        need, candidates_of_kind(uow.connection, need), MatchingPolicy(taxonomy(), today)
    )
    if not anywhere.related:
        yield _say("missing.nothing_listed", label=label)
        return
    for reason in ExclusionReason:
        if count := anywhere.related.get(reason):
            yield _say(f"missing.{reason.value}", label=label, count=str(count))
    if anywhere.related.get(ExclusionReason.TOO_FAR) and anywhere.nearest_km is not None:
        yield _say("missing.nearest", km=f"{anywhere.nearest_km:.0f}")


def _say(key: str, **facts: str) -> str:
    return _strings().text(key, **facts)


@cache
def _strings() -> Strings:
    return Strings("kasane_resources")
