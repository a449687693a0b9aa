"""Answers the platform's questions as Kasugai City's second plan (R8 to R10) has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kasane_plugin_api import (
    AssessmentSheet,
    AttendeeKind,
    AttendeeSlot,
    Campaign,
    CandidateView,
    CaseView,
    Choice,
    CommunityNetwork,
    CommunityRoute,
    ConsentPolicy,
    ConsentView,
    ConsultationView,
    DataScope,
    Escalation,
    EscalationLevel,
    FieldKind,
    FieldSpec,
    IssueView,
    LegalKind,
    MeetingBody,
    MeetingRoute,
    NeedView,
    Office,
    OutreachAgency,
    ParticipationRule,
    PhaseAnswer,
    PlanForm,
    PlanItems,
    PluginKind,
    PluginMetadata,
    RankedResource,
    ResponsibleOffice,
    Role,
    RouteAtLevel,
    SecrecyNotice,
    SettingSpec,
    TownReports,
    TrainingCourse,
    hookimpl,
    named_by_area,
    slots_of,
    town_files,
    valid_on,
)

SUPPORT_CONFERENCE = str(LegalKind.SUPPORT_CONFERENCE)
MULTI_AGENCY_CONFERENCE = str(LegalKind.MULTI_AGENCY_CONFERENCE)
WELFARE_COMMISSIONER = "welfare_commissioner"
FIRST_YEAR = 2022
WITHDRAWAL = "withdrawal_truancy"


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


class Plugin(TownReports):
    """春日井市: 地域福祉包括化推進員 joins agencies, residents and outreach into one team."""

    metadata = PluginMetadata(
        name="kasugai",
        label="春日井市",
        label_en="Kasugai City",
        kind=PluginKind.TOWN,
        api_version="0.2",
        scopes=frozenset(
            {
                DataScope.CASE,
                DataScope.CONSENT,
                DataScope.CONSULTATION,
                DataScope.DIRECTORY,
                DataScope.ISSUE,
                DataScope.NEED,
            }
        ),
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
        structure, self._sentences = town_files("kasane_kasugai")
        self.read_reports("kasane_kasugai")
        self._participation = structure.rows("participation", ParticipationRule)
        self._community_routes = structure.rows("community_routes", RouteAtLevel)
        self._courses = structure.rows("training_courses", TrainingCourse)
        self._networks = structure.rows("community_networks", CommunityNetwork)
        self._terms = dict(structure.table("terms"))
        self._centers = named_by_area(
            structure.rows("support_centers", Office), settings["area_labels"], self._sentences
        )
        self._offices = structure.rows("offices", Office) + self._centers
        self._field_offices = structure.rows("field_offices", FieldOffice)
        self._routes = structure.rows("routes", Choice)
        self._roles = structure.rows("roles", Role)
        self._bodies = structure.rows("bodies", MeetingBody)
        self._held = structure.rows("held_sessions", HeldSessions)
        self._attendees = slots_of(structure, self._bodies)
        self._plans = {one.kind: one.form for one in structure.rows("plans", KindOfPlan)}
        self._sheets = structure.rows("assessments", SheetOfScope)
        self._campaigns = structure.rows("campaigns", Campaign)
        self._plan_items = PlanItems(structure, self._sentences, settings["started"])

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
        return self._plan_items.phase(feature, on)

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
        said = consultation.extensions.get(self.metadata.name, {}).get("route")
        commissioners = consultation.route == "commissioner" or said == WELFARE_COMMISSIONER
        if alone is None and commissioners:
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
    def rank_resources(
        self, need: NeedView, candidates: Sequence[CandidateView]
    ) -> Sequence[RankedResource]:
        """For somebody withdrawn, hosts with small tasks come a little earlier (値札貼り, 清掃)."""
        if need.category != WITHDRAWAL:
            return ()
        sentence = self._sentences.say("rank.micro_task")
        return tuple(
            RankedResource(one.human_service_id, 8.0, sentence, "001:L296-298")
            for one in candidates
            if one.micro_tasks
        )

    @hookimpl
    def campaigns(self, year: int) -> Sequence[Campaign] | None:
        """The three steps of アウトリーチ等を通じた継続的支援, from R4 on."""
        return self._campaigns if year >= FIRST_YEAR else None

    @hookimpl
    def participation_rule(self, case: CaseView) -> ParticipationRule | None:
        """Only after a 重層的支援会議 judged it needed (001:L378)."""
        return self._participation[0]

    @hookimpl
    def community_route(self, issue: IssueView, on: date) -> CommunityRoute | None:
        """From the area care meeting to the council (001:L100)."""
        return next((row.route for row in self._community_routes if row.holds_for(issue)), None)

    @hookimpl
    def training_courses(self, on: date) -> Sequence[TrainingCourse]:
        """The joint training in three parts (001:L207-211)."""
        return valid_on(self._courses, on)

    @hookimpl
    def community_networks(self, on: date) -> Sequence[CommunityNetwork]:
        """The food drive, whose activities are counted several times (001:L250)."""
        return self._networks

    def _to_coordinator(self, level: EscalationLevel, reason: str, source: str) -> Escalation:
        return Escalation(level, "coordinator", self._sentences.say(f"escalation.{reason}"), source)
