"""What a town has laid down, asked of its plugins question by question, each answer with its source.

The situations are examples of what a worker meets; what no document says stays *not stated*, and where the
platform's national default stands in, the page says so.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kasane_contracts.glossary import glossary
from kasane_kit.plugins import PluginFailed, ask_each
from kasane_kit.plugins.defaults import DEFAULT
from kasane_kit.web import term, text
from kasane_plugin_api import (
    AttendeeKind,
    CaseView,
    ConsentView,
    ConsultationView,
    FieldSpec,
    LegalKind,
    MeetingBody,
    NeedView,
    PersonView,
    PlanView,
    Role,
    ScreeningView,
    SecrecyNotice,
    SheetView,
    matching_bodies,
    matching_roles,
)
from kasane_portal.pages.rule import Rule
from kasane_portal.pages.town_community import TownCommunityRules
from kasane_portal.pages.town_reports import TownReportRules

CHANNEL = "window"
SITUATIONS = (
    ("desk_enough", ScreeningView(True, True)),
    ("one_agency_not_enough", ScreeningView(False, True)),
    ("beyond_cooperation", ScreeningView(False, False)),
)
CONSENT_STATES = ("given", "not_asked", "refused", "unable")
NEEDED = ("evaluation", "next_contact")
PLAN_KINDS = ("multi_agency", "outreach", "participation")


@dataclass(frozen=True)
class RuleSection:
    """Rules under one heading; ``key`` names it in addresses and strings."""

    key: str
    rules: tuple[Rule, ...]


class TownRules:
    """Asks one town's plugins; failures go to ``problems`` and leave out their own line only."""

    def __init__(self, hooks: Any, today: date, problems: list[PluginFailed]) -> None:
        self._hooks = hooks
        self._today = today
        self._problems = problems

    def sections(self) -> tuple[RuleSection, ...]:
        """Every section that has a line, in the order in which a worker meets them."""
        reports = TownReportRules(self._asked, self._today)
        community = TownCommunityRules(self._asked, self._today)
        asked: Sequence[tuple[str, Callable[[], Iterable[Rule]]]] = (
            ("escalation", self._escalations),
            ("emergency", self._emergencies),
            ("route", self._routes),
            ("secrecy", self._secrecy),
            ("paper", self._papers),
            ("plan", self._plans),
            ("visiting", self._visiting),
            ("participation", community.participation),
            ("issue", community.issues),
            ("network", community.networks),
            ("people", community.people),
            ("source", self._resource_sources),
            ("freshness", community.freshness),
            ("phases", reports.plan),
            ("published", reports.published),
            ("evaluation", reports.evaluation),
            ("report", reports.reporting),
            ("system", reports.systems),
            ("fact", community.facts),
            ("word", self._words),
        )
        found = (RuleSection(key, tuple(rules())) for key, rules in asked)
        return tuple(section for section in found if section.rules)

    def _first(self, name: str, **arguments: Any) -> tuple[Any, bool]:
        """The answer that decides, and whether it is the national default; None when nobody answers."""
        given = self._asked(name, **arguments)
        return (given[-1].answer, given[-1].plugin == DEFAULT) if given else (None, False)

    def _each(self, name: str, **arguments: Any) -> Iterator[tuple[Any, bool]]:
        for given in self._asked(name, **arguments):
            for item in given.answer:
                yield item, given.plugin == DEFAULT

    def _asked(self, name: str, **arguments: Any) -> Sequence[Any]:
        return ask_each(self._hooks, name, on_failure=self._problems.append, **arguments).given

    def _escalations(self) -> Iterator[Rule]:
        for key, screening in SITUATIONS:
            answer, national = self._first(
                "escalation", consultation=ConsultationView(CHANNEL, "", screening=screening)
            )
            question = text(f"town_rules.situation.{key}")
            if answer is None:
                yield Rule(question, text("town_rules.stays_with_desk"))
            else:
                yield Rule(
                    question,
                    self._role_words(answer.target_role),
                    (answer.reason,),
                    answer.source,
                    national,
                )

    def _emergencies(self) -> Iterator[Rule]:
        urgent = ConsultationView(CHANNEL, "", urgent=True)
        for contact, national in self._each("emergency_contacts", consultation=urgent):
            yield Rule(
                contact.label,
                self._role_words(contact.role) if contact.role else "",
                (text("town_rules.within_minutes", minutes=contact.within_minutes),),
                contact.source,
                national,
            )

    def _routes(self) -> Iterator[Rule]:
        for state in CONSENT_STATES:
            calm = self._route(state, urgent=False)
            pressing = self._route(state, urgent=True)
            if calm is not None:
                yield calm
            if pressing is not None and (calm is None or pressing.answer != calm.answer):
                yield Rule(
                    text("town_rules.urgent_and", question=pressing.question),
                    pressing.answer,
                    pressing.details,
                    pressing.source,
                    pressing.national,
                )

    def _route(self, state: str, *, urgent: bool) -> Rule | None:
        answer, national = self._first(
            "meeting_for",
            case=CaseView("", "assessment", support_decided=True),
            consent=ConsentView(PersonView(""), state),
            urgent=urgent,
        )
        if answer is None:
            return None
        place = text("town_rules.undecided") if answer.undecided else self._body_words(answer.body)
        question = text("town_rules.consent_is", state=term(f"consent_state.{state}"))
        return Rule(question, place, (answer.reason,), answer.source, national)

    def _secrecy(self) -> Iterator[Rule]:
        """What the town itself prints on the duty of secrecy; the platform's words are not the town's."""
        for body, _ in self._each("meeting_bodies", on=self._today):
            printed: dict[str, SecrecyNotice] = {}
            for kind in AttendeeKind:
                notice, national = self._first(
                    "secrecy_notice", body=body.code, attendee=kind, on=self._today
                )
                if notice is not None and not national:
                    printed.setdefault(notice.text, notice)
            for notice in printed.values():
                yield Rule(body.label, notice.text, (notice.basis,), notice.source)

    def _papers(self) -> Iterator[Rule]:
        policy, national = self._first("handoff_policy", sheet=SheetView("", ""))
        if policy is not None:
            yield Rule(
                policy.label,
                text("town_rules.acknowledged_within", days=policy.acknowledge_within_days),
                (
                    *self._told(policy.overdue_role),
                    *(choice.label for choice in policy.companionship),
                    *_labels(item for item, _ in self._each("handoff_form_fields")),
                ),
                policy.source,
                national,
            )
        added = _labels(item for item, _ in self._each("intake_form_fields", channel=CHANNEL))
        if added:
            yield Rule(text("town_rules.asked_at_intake"), "", added)
        consent, national = self._first("consent_policy", purpose="multi_agency")
        if consent is not None:
            yield Rule(
                term("consent"),
                text("town_rules.valid_for", days=consent.valid_for_days),
                (consent.explanation, *(method.label for method in consent.methods)),
                consent.source,
                national,
            )
        for scope in ("household", "member"):
            for sheet, national in self._each("assessment_forms", scope=scope, on=self._today):
                yield Rule(
                    text(f"town_rules.assessment_of_{scope}"),
                    sheet.label,
                    tuple(part.label for part in sheet.sections),
                    sheet.source,
                    national,
                )

    def _plans(self) -> Iterator[Rule]:
        for kind in PLAN_KINDS:
            form, national = self._first("plan_form", kind=kind)
            interval, _ = self._first("monitoring_interval", plan=PlanView(kind))
            if form is None:
                continue
            author = self._role_words(form.author_role) if form.author_role else ""
            details = (
                text("town_rules.written_by", who=author) if author else "",
                text("town_rules.looked_at_every", days=interval.days) if interval else "",
                *_labels(form.fields),
            )
            yield Rule(
                term(f"plan_kind.{kind}"),
                form.label,
                tuple(filter(None, details)),
                form.source,
                national,
            )
        needed = dict(self._each("closing_requirements", case=CaseView("", "in_support")))
        if needed:
            said = (text(f"town_rules.needed.{one}") for one in NEEDED if one in needed)
            yield Rule(
                text("town_rules.before_closing"),
                text("kit.list_separator").join(said),
                national=all(needed.values()),
            )

    def _visiting(self) -> Iterator[Rule]:
        for agency, national in self._each("outreach_agencies", area="", need=NeedView("")):
            yield Rule(
                agency.label,
                agency.area,
                (self._role_words(agency.role),) if agency.role else (),
                agency.source,
                national,
            )

    def _resource_sources(self) -> Iterator[Rule]:
        for source, national in self._each("resource_sources"):
            yield Rule(source.label, "", (), source.source, national)

    def _words(self) -> Iterator[Rule]:
        own, national = self._first("town_terms", on=self._today)
        for term_id, word in sorted((own or {}).items()):
            entry = glossary().get(term_id)
            if entry is not None and not national:
                yield Rule(entry.ja, word, (), self._source_of(word))
        labels, national = self._first("status_labels")
        if labels is not None and not national:
            for status, word in labels.labels.items():
                yield Rule(term(f"case_status.{status}"), word, (), labels.source)

    def _source_of(self, word: str) -> str:
        """Where a word of the town stands: at the post, the item of the plan or the fact that has it."""
        posts = ((one.label, one.source) for one, _ in self._each("roles", on=self._today))
        items = (
            (one.label, one.state.source) for one, _ in self._each("plan_items", on=self._today)
        )
        facts = (
            (one.label + one.words, one.source)
            for one, _ in self._each("stated_facts", on=self._today)
        )
        return next((source for said, source in (*posts, *items, *facts) if word in said), "")

    def _told(self, role: str) -> tuple[str, ...]:
        return (text("town_rules.told_when_late", who=self._role_words(role)),) if role else ()

    def _role_words(self, named: str) -> str:
        posts: list[Role] = [item for item, _ in self._each("roles", on=self._today)]
        found = matching_roles(posts, named)
        return text("kit.list_separator").join(dict.fromkeys(one.label for one in found)) or named

    def _body_words(self, named: str) -> str:
        bodies: list[MeetingBody] = [
            item for item, _ in self._each("meeting_bodies", on=self._today)
        ]
        found = matching_bodies(bodies, named)
        if found:
            return text("kit.list_separator").join(dict.fromkeys(one.label for one in found))
        return text(f"legal_kind.{named}") if named in set(LegalKind) else named


def _labels(fields: Iterable[FieldSpec]) -> tuple[str, ...]:
    return tuple(one.label for one in fields)
