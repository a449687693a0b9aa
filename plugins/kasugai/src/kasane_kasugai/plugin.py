"""Answers the platform's questions as Kasugai City's second plan (R8 to R10) has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from typing import Any

from kasane_plugin_api import (
    AssessmentSheet,
    AttendeeKind,
    AttendeeSlot,
    Campaign,
    CaseView,
    Choice,
    ConsentPolicy,
    ConsentView,
    ConsultationView,
    Escalation,
    EscalationLevel,
    FieldKind,
    FieldSpec,
    LegalKind,
    MeetingBody,
    MeetingRoute,
    NeedView,
    Office,
    OutreachAgency,
    Phase,
    PhaseAnswer,
    PlanForm,
    PluginKind,
    PluginMetadata,
    ResponsibleOffice,
    Role,
    SecrecyNotice,
    Sentences,
    SettingSpec,
    Structure,
    hookimpl,
    valid_on,
)

SUPPORT_CONFERENCE = str(LegalKind.SUPPORT_CONFERENCE)
MULTI_AGENCY_CONFERENCE = str(LegalKind.MULTI_AGENCY_CONFERENCE)
WELFARE_COMMISSIONER = "welfare_commissioner"
FIRST_YEAR = 2022


@dataclass(frozen=True)
class PlanItem:
    """One item of the plan; ``draft`` marks what it only intends (今後取り組むこと).

    An item that is no draft and has no first day has none in the document either.
    """

    feature: str
    label: str
    words: str
    source: str
    since: date | None = None
    until: date | None = None
    draft: bool = False


@dataclass(frozen=True)
class HeldSessions:
    """How often a body met in one fiscal year, as the document prints it."""

    body: str
    year: int
    words: str


@dataclass(frozen=True)
class FieldOffice:
    """The office that the document names for one national category of trouble."""

    category: str
    office: str
    reason: str
    source: str


@dataclass(frozen=True)
class KindOfPlan:
    """The plan sheet for one national kind of plan."""

    kind: str
    form: PlanForm


@dataclass(frozen=True)
class SheetOfScope:
    """What an assessment of one scope asks in addition."""

    scope: str
    sheet: AssessmentSheet


class Plugin:
    """春日井市: 地域福祉包括化推進員 joins agencies, residents and outreach into one team."""

    metadata = PluginMetadata(
        name="kasugai",
        label="春日井市",
        label_en="Kasugai City",
        kind=PluginKind.TOWN,
        settings={
            "area_labels": SettingSpec(
                dict,
                "日常生活圏域の番号（1から12）と名前（資料は名前を挙げていない）",
                default={},
                item_type=str,
            ),
            "started": SettingSpec(
                dict,
                "「今後取り組むこと」の項目のコードと、市が実際に始めた日",
                default={},
                item_type=date,
            ),
        },
        documents={
            "001": "春日井市「第二期重層的支援体制整備事業実施計画」令和8年3月",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure = Structure(_file("structure.toml"))
        self._sentences = Sentences(_file("strings", "ja.toml"))
        self._terms = dict(structure.table("terms"))
        self._centers = self._named(structure.rows("support_centers", Office), settings)
        self._offices = structure.rows("offices", Office) + self._centers
        self._field_offices = structure.rows("field_offices", FieldOffice)
        self._routes = structure.rows("routes", Choice)
        self._roles = structure.rows("roles", Role)
        self._bodies = structure.rows("bodies", MeetingBody)
        self._held = structure.rows("held_sessions", HeldSessions)
        self._attendees = {
            body.code: structure.rows(f"attendees.{body.code}", AttendeeSlot)
            for body in self._bodies
        }
        self._plans = {one.kind: one.form for one in structure.rows("plans", KindOfPlan)}
        self._sheets = structure.rows("assessments", SheetOfScope)
        self._campaigns = structure.rows("campaigns", Campaign)
        self._items = {item.feature: item for item in structure.rows("plan_items", PlanItem)}
        self._started = self._checked_starts(settings["started"])

    @hookimpl
    def town_terms(self, on: date) -> Mapping[str, str]:
        """The city's own words."""
        return dict(self._terms)

    @hookimpl
    def organization(self, on: date) -> Sequence[Office]:
        """担当課, the agencies that receive and the twelve 地域包括支援センター."""
        return valid_on(self._offices, on)

    @hookimpl
    def roles(self, on: date) -> Sequence[Role]:
        """地域福祉包括化推進員 with the year's headcount, and the others the plan names."""
        return valid_on(self._roles, on)

    @hookimpl
    def responsible_office(self, consultation: ConsultationView) -> ResponsibleOffice | None:
        """The agency of the field; for care the 地域包括支援センター of the area."""
        for center in self._centers:
            if consultation.main_category == "nursing_care" and center.area == consultation.area:
                return ResponsibleOffice(
                    center.code,
                    self._sentences.say("responsible.by_area"),
                    "001:L99; 001:L351",
                )
        for known in self._field_offices:
            if known.category == consultation.main_category:
                return ResponsibleOffice(known.office, known.reason, known.source)
        return None

    @hookimpl
    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """The plan's years as printed; what it only intends runs from the day the city has set."""
        item = self._items.get(feature)
        if item is None:
            return None
        since = self._started.get(feature) if item.draft else item.since
        words = item.words
        if item.draft and since is not None:
            words = self._sentences.say("phase.started", words=words, day=since.isoformat())
        return PhaseAnswer(_phase(item, since, on), f"{item.label}：{words}", item.source)

    @hookimpl
    def intake_form_fields(self, channel: str) -> Sequence[FieldSpec]:
        """By which route it came: the plan counts consultations from 民生委員."""
        return (
            FieldSpec(
                "route",
                self._sentences.say("intake.route"),
                FieldKind.CHOICE,
                hint=self._sentences.say("intake.route_hint"),
                choices=self._routes,
            ),
        )

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation | None:
        """To 地域福祉包括化推進員: from 民生委員 at once, from a desk when it cannot cope alone."""
        screening = consultation.screening
        alone = screening.single_agency_enough
        together = screening.ordinary_cooperation_enough
        if alone is False and together is True:
            return self._to_coordinator(
                EscalationLevel.RELATED_AGENCIES, "related_agencies", "001:L348; 001:L393"
            )
        if alone is False or together is False:
            return self._to_coordinator(EscalationLevel.MULTI_AGENCY, "multi_agency", "001:L393")
        route = consultation.extensions.get(self.metadata.name, {}).get("route")
        if alone is None and route == WELFARE_COMMISSIONER:
            return self._to_coordinator(
                EscalationLevel.MULTI_AGENCY, "welfare_commissioner", "001:L176"
            )
        return None

    @hookimpl
    def consent_policy(self, purpose: str) -> ConsentPolicy | None:
        """Says that residents are among those who hear it; the plan gives no form and no term."""
        if purpose != "multi_agency":
            return None
        return ConsentPolicy(
            self._sentences.say("consent.multi_agency"), source="001:L181; 001:L418; 001:L420"
        )

    @hookimpl
    def meeting_bodies(self, on: date) -> Sequence[MeetingBody]:
        """The two conferences, governance, staff meetings and residents' platforms."""
        return valid_on(self._bodies, on)

    @hookimpl
    def meeting_for(self, case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute:
        """On consent 重層的支援会議, and outreach moves on; without it 支援会議 (inferred)."""
        if not consent.given:
            return MeetingRoute(
                SUPPORT_CONFERENCE,
                self._sentences.say("meeting.without_consent"),
                "001:L387; 001:L418",
            )
        if case.status == "outreach":
            return MeetingRoute(
                MULTI_AGENCY_CONFERENCE,
                self._sentences.say("meeting.transition"),
                "001:L385; 001:L418",
            )
        return MeetingRoute(
            MULTI_AGENCY_CONFERENCE, self._sentences.say("meeting.with_consent"), "001:L418"
        )

    @hookimpl
    def attendees(self, body: str, case: CaseView) -> Sequence[AttendeeSlot] | None:
        """Those whom the plan names for the body; residents sit in the 重層的支援会議."""
        return self._attendees.get(body) or None

    @hookimpl
    def cadence(self, body: str, year: int) -> Sequence[str] | None:
        """年2回, 随時 and as needed as printed; for the liaison what each year had."""
        held = tuple(one.words for one in self._held if (one.body, one.year) == (body, year))
        if held:
            return held
        words = {one.code: one.cadence for one in self._bodies if one.cadence}.get(body)
        return (words,) if words is not None and year >= FIRST_YEAR else None

    @hookimpl
    def secrecy_notice(self, body: str, attendee: AttendeeKind, on: date) -> SecrecyNotice | None:
        """A resident in the 重層的支援会議 signs a pledge; the plan prints neither form nor penalty."""
        if body != MULTI_AGENCY_CONFERENCE or attendee is not AttendeeKind.RESIDENT:
            return None
        return SecrecyNotice(
            text=self._sentences.say("secrecy.resident"),
            basis=self._sentences.say("secrecy.basis"),
            needs_signature=True,
            source="001:L420",
        )

    @hookimpl
    def assessment_forms(self, scope: str, on: date) -> Sequence[AssessmentSheet] | None:
        """The household's has a part for 支援関係者, whom the city supports as well."""
        found = [
            one.sheet for one in self._sheets if one.scope == scope and one.sheet.valid_from <= on
        ]
        return found or None

    @hookimpl
    def plan_form(self, kind: str) -> PlanForm | None:
        """The plans of 多機関協働 and 参加支援; for outreach the document names none."""
        return self._plans.get(kind)

    @hookimpl
    def closing_requirements(self, case: CaseView) -> Sequence[str]:
        """The last step of 多機関協働 is 支援の評価 (001:L395)."""
        return ("evaluation",)

    @hookimpl
    def outreach_agencies(self, area: str, need: NeedView) -> Sequence[OutreachAgency]:
        """地域福祉包括化推進員 of 地域共生推進課, in every area."""
        return (
            OutreachAgency(
                "community_inclusion",
                self._sentences.say("outreach.agency"),
                area,
                "outreach_worker",
                "001:L157; 001:L389",
            ),
        )

    @hookimpl
    def campaigns(self, year: int) -> Sequence[Campaign] | None:
        """The three steps of アウトリーチ等を通じた継続的支援, from R4 on."""
        return self._campaigns if year >= FIRST_YEAR else None

    def _to_coordinator(self, level: EscalationLevel, reason: str, source: str) -> Escalation:
        return Escalation(level, "coordinator", self._sentences.say(f"escalation.{reason}"), source)

    def _named(self, centers: Sequence[Office], settings: Mapping[str, Any]) -> tuple[Office, ...]:
        names: Mapping[str, str] = settings["area_labels"]
        areas = [center.area for center in centers]
        for number in names:
            if number not in areas:
                raise ValueError(
                    f"設定 area_labels に知らない圏域「{number}」があります。"
                    f"書けるのは{'、'.join(areas)}です"
                )
        named: list[Office] = []
        for center in centers:
            area = names.get(center.area) or self._sentences.say(
                "area.numbered", number=center.area
            )
            label = self._sentences.say("area.office", label=center.label, area=area)
            named.append(replace(center, label=label))
        return tuple(named)

    def _checked_starts(self, started: Mapping[str, date]) -> Mapping[str, date]:
        drafts = [item.feature for item in self._items.values() if item.draft]
        for feature in started:
            if feature not in drafts:
                raise ValueError(
                    f"設定 started に知らない項目「{feature}」があります。"
                    f"書けるのは{'、'.join(drafts)}です"
                )
        return dict(started)


def _phase(item: PlanItem, since: date | None, on: date) -> Phase:
    if since is None:
        return Phase.PLANNED if item.draft else Phase.NOT_STATED
    if on < since:
        return Phase.PLANNED
    if item.until is not None and on > item.until:
        return Phase.ENDED
    return Phase.ACTIVE


def _file(*parts: str) -> str:
    return resources.files("kasane_kasugai").joinpath(*parts).read_text("utf-8")
