"""What a town has laid down about taking part, the community and its people, and what else its documents say."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from kasane_kit.web import text
from kasane_plugin_api import CaseView, CommunityLevel, CommunityRoute, FactTopic, IssueView
from kasane_portal.pages.rule import Rule

Asked = Callable[..., Sequence[Any]]
ORIGINS = ("cases", "gaps")


class TownCommunityRules:
    """Asks one town's plugins through ``asked``, which leaves out what fails."""

    def __init__(self, asked: Asked, today: date) -> None:
        self._asked = asked
        self._today = today

    def participation(self) -> Iterator[Rule]:
        """What must have happened before participation support, who carries it out, and its steps."""
        for given in self._asked("participation_rule", case=CaseView("", "in_support"))[-1:]:
            rule = given.answer
            judged = self._body(rule.judged_by)
            yield Rule(
                text("town_rules.before_participation"),
                judged or text("town_rules.no_judgement"),
                (
                    rule.reason,
                    *_named("carried_by", self._office(rule.carried_by)),
                    *_named("steps", " → ".join(rule.steps)),
                    *_named("tracks", _listed(one.label for one in rule.tracks)),
                ),
                rule.source,
                not rule.stated,
            )

    def issues(self) -> Iterator[Rule]:
        """Where a community issue goes at each level; one raised of gaps where it goes elsewhere."""
        for level in CommunityLevel:
            first: CommunityRoute | None = None
            for kind in ORIGINS:
                view = IssueView("", level, (), kind)
                given = self._asked("community_route", issue=view, on=self._today)[-1:]
                if not given or given[0].answer == first:
                    continue
                route = given[0].answer
                key = "issue_at" if kind == ORIGINS[0] else "gap_at"
                place, onward = _level(level), _level(route.next_level)
                yield Rule(
                    text(f"town_rules.{key}", level=place),
                    self._body(route.body) or text("town_rules.chosen"),
                    (
                        route.reason,
                        *_named("beside", _listed(self._body(one) for one in route.further)),
                        *_named("goes_on_to", onward),
                    ),
                    route.source,
                    given[0].plugin == "default",
                )
                first = route

    def people(self) -> Iterator[Rule]:
        """Courses for people who support others."""
        for given in self._asked("training_courses", on=self._today):
            for course in given.answer:
                yield Rule(
                    course.label,
                    course.audience,
                    (
                        *_named("parts", " → ".join(course.parts)),
                        *_named("follow_up", course.follow_up),
                    ),
                    course.source,
                    given.plugin == "default",
                )

    def networks(self) -> Iterator[Rule]:
        """Networks of groups and how they are counted."""
        for given in self._asked("community_networks", on=self._today):
            for one in given.answer:
                yield Rule(
                    one.label,
                    _listed(choice.label for choice in one.activities),
                    (one.footnote,) if one.footnote else (),
                    one.source,
                    given.plugin == "default",
                )

    def freshness(self) -> Iterator[Rule]:
        """How long an entry of the directory counts as confirmed."""
        for given in self._asked("resource_freshness", on=self._today)[-1:]:
            rule = given.answer
            yield Rule(
                text("town_rules.entries_asked"),
                text("town_rules.after_days", days=rule.ask_after_days),
                (
                    text("town_rules.entries_stale", days=rule.stale_after_days),
                    text("town_rules.entries_again", days=rule.remind_again_days),
                    text("town_rules.vacancy_believed", days=rule.vacancy_days),
                    *(() if rule.stated else (text("town_rules.platform_choice"),)),
                ),
                rule.source,
            )

    def facts(self) -> Iterator[Rule]:
        """What no other question asks about, in the order of its headings; empty words are *not stated*."""
        found = [
            one for given in self._asked("stated_facts", on=self._today) for one in given.answer
        ]
        order = list(FactTopic)
        for one in sorted(found, key=lambda fact: order.index(fact.topic)):
            yield Rule(
                text("town_rules.fact_of", topic=text(f"fact_topic.{one.topic}"), label=one.label),
                one.words or text("town_rules.not_stated"),
                (one.note,) if one.note else (),
                one.source,
            )

    def _body(self, named: str) -> str:
        asked = self._asked("meeting_bodies", on=self._today)
        bodies = [one for given in asked for one in given.answer]
        return next((one.label for one in bodies if one.code == named), named)

    def _office(self, named: str) -> str:
        asked = self._asked("organization", on=self._today)
        offices = [one for given in asked for one in given.answer]
        return next((one.label for one in offices if one.code == named), named)


def _level(level: CommunityLevel | None) -> str:
    return text(f"town_rules.level.{level}") if level else ""


def _named(key: str, words: str) -> tuple[str, ...]:
    return (text(f"town_rules.{key}", **{key: words}),) if words else ()


def _listed(labels: Iterable[str]) -> str:
    return text("kit.list_separator").join(labels)
