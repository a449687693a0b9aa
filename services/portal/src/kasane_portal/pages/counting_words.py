"""Says in words how a figure is counted: which events, which rule, what is left out."""

from collections.abc import Iterator, Mapping
from typing import Any

from kasane_kit import clock
from kasane_kit.plugins import MisconfiguredTown, PluginFailed, ask_each
from kasane_kit.web import hooks, strings, text
from kasane_kit.web.dates import wareki
from kasane_plugin_api import MeasureKind, Metric
from kasane_portal.domain.figure import FactKind, MarkKind

# Where a code of a mark has its label, in the town's answers.
ASKED = {
    "consultation_categories": (MarkKind.CATEGORY,),
    "meeting_bodies": (MarkKind.BODY,),
    "organization": (MarkKind.BODY,),
    "community_networks": (MarkKind.NETWORK,),
    "training_courses": (MarkKind.COURSE,),
}
DATED = ("meeting_bodies", "organization", "training_courses", "community_networks")

Labels = Mapping[tuple[str, str], str]


def labels_of_marks() -> Labels:
    """The town's words for codes that figures are narrowed by; what does not answer is left out."""
    found: dict[tuple[str, str], str] = {}
    try:
        asked: Any = hooks()
    except MisconfiguredTown:
        return found
    ignored: list[PluginFailed] = []
    for question, marks in ASKED.items():
        arguments = {"on": clock.today()} if question in DATED else {}
        answers = ask_each(asked, question, on_failure=ignored.append, **arguments)
        for one in answers.joined():
            for mark in marks:
                found.setdefault((mark, one.code), one.label)
            if question == "community_networks":
                for activity in one.activities:
                    found.setdefault((MarkKind.ACTIVITY, activity.value), activity.label)
    return found


def how_counted(metric: Metric, labels: Labels) -> tuple[str, ...]:
    """The rule of a figure in sentences, the kind of count first."""
    return tuple(_sentences(metric, labels))


def _sentences(metric: Metric, labels: Labels) -> Iterator[str]:
    yield text(f"counting.kind.{metric.kind}")
    if metric.kind is MeasureKind.CADENCE:
        return
    if metric.counts:
        separator = text("kit.list_separator")
        facts = separator.join(text(f"fact_kind.{one}") for one in metric.counts if _is_fact(one))
        yield text("counting.events", events=facts)
    elif metric.parts:
        yield text("counting.parts")
    else:
        yield text("counting.stated")
    for narrowing in metric.where:
        yield text("counting.only", rule=_rule(narrowing, labels))
    for narrowing in metric.share_where:
        yield text("counting.share", rule=_rule(narrowing, labels))
    if metric.claim:
        yield text("counting.claim", percent=metric.claim_from, claim=metric.claim)
    if metric.new_only:
        yield text("counting.new_only")
    if metric.collected_from:
        yield text("counting.collected_from", day=wareki(metric.collected_from))
    if metric.kind is MeasureKind.DISTINCT_PERSON and metric.counts:
        yield text("counting.merged")


def _is_fact(kind: str) -> bool:
    return kind in set(FactKind)


def _rule(narrowing: str, labels: Labels) -> str:
    name, _, values = narrowing.partition("=")
    if name not in set(MarkKind):
        return narrowing
    shown = [labels.get((name, value)) or _known(name, value) for value in values.split("|")]
    return text(
        "counting.rule",
        mark=text(f"mark_kind.{name}"),
        values=text("kit.list_separator").join(shown),
    )


def _known(mark: str, value: str) -> str:
    """The platform's word for a code that is the same in every town, else the code itself."""
    key = f"mark_value.{mark}.{value}"
    return text(key) if strings().has(key) else value
