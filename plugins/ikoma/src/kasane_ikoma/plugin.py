"""Answers the platform's questions as Ikoma City's document of June 2023 has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kasane_plugin_api import (
    AttendeeSlot,
    Campaign,
    CaseView,
    CommunityRoute,
    ConsentView,
    ConsultationView,
    DataScope,
    DoorContact,
    Escalation,
    FreshnessRule,
    IssueView,
    LegalKind,
    MeetingBody,
    MeetingRoute,
    MonitoringInterval,
    NeedView,
    Office,
    OutreachAgency,
    ParticipationRule,
    PhaseAnswer,
    PlanForm,
    PlanItems,
    PlanView,
    PluginKind,
    PluginMetadata,
    ResourceSource,
    Role,
    RouteAtLevel,
    SettingSpec,
    StepUp,
    Structure,
    TownReports,
    VisitSafety,
    hookimpl,
    slots_of,
    town_files,
    two_steps,
    valid_on,
)

BEGINNING = date(2023, 4, 1)


@dataclass(frozen=True)
class DatedCampaign:
    """A campaign and the first fiscal year in which the document has it."""

    from_year: int
    campaign: Campaign


PLATFORM_DAYS = 180


class Plugin(TownReports):
    """生駒市: existing desks receive, いこまる主任推進員 coordinates, one monthly conference."""

    metadata = PluginMetadata(
        name="ikoma",
        label="生駒市",
        label_en="Ikoma City",
        kind=PluginKind.TOWN,
        api_version="0.2",
        scopes=frozenset(
            {
                DataScope.CASE,
                DataScope.CONSENT,
                DataScope.CONSULTATION,
                DataScope.ISSUE,
                DataScope.NEED,
                DataScope.PLAN,
            }
        ),
        settings={
            "ask_entries_after_days": SettingSpec(
                int,
                "社会資源の登録を、確かめてから何日で問い合わせるか（資料に定めなし。180は基盤の既定）",
                default=PLATFORM_DAYS,
            ),
            "related_offices": SettingSpec(
                dict, "関係課のコードと名前（資料は条件だけを示す）", default={}, item_type=str
            ),
            "door_contacts": SettingSpec(
                dict,
                "訪問先の職員が危ないときにかける電話の名前と番号（資料に記載なし）",
                default={},
                item_type=str,
            ),
            "started": SettingSpec(
                dict,
                "（案）の項目のコードと、市が実際に始めた日",
                default={},
                item_type=date,
            ),
            "support_conference": SettingSpec(
                bool,
                "社会福祉法第106条の6の支援会議を市が設けたか（資料に記載なし）",
                default=False,
            ),
        },
        documents={
            "004": "生駒市福祉政策課「重層的支援体制整備事業の取組み」令和5年6月",
            "P1": "奈良新聞 令和5年5月31日 https://www.nara-np.co.jp/news/20230531085434.html",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, self._sentences = town_files("kasane_ikoma")
        self.read_reports("kasane_ikoma")
        self._participation = structure.rows("participation", ParticipationRule)
        self._community_routes = structure.rows("community_routes", RouteAtLevel)
        self._terms = dict(structure.table("terms"))
        self._offices = structure.rows("offices", Office) + tuple(
            Office(code, label, valid_from=BEGINNING, source="004:L160", note="市が設定した関係課")
            for code, label in settings["related_offices"].items()
        )
        self._plan_items = PlanItems(structure, self._sentences, settings["started"])
        self._roles = structure.rows("roles", Role) + self._outreach_roles(structure)
        self._bodies = structure.rows("bodies", MeetingBody)
        self._attendees = slots_of(structure, self._bodies)
        self._has_support_conference: bool = settings["support_conference"]
        if self._has_support_conference:
            self._bodies += structure.rows("undocumented_bodies", MeetingBody)
        self._campaigns = structure.rows("campaigns", DatedCampaign)
        self._sources = structure.rows("resource_sources", ResourceSource)
        self._contacts = tuple(
            DoorContact(label, phone) for label, phone in settings["door_contacts"].items()
        )
        self._ask_entries: int = settings["ask_entries_after_days"]

    @hookimpl
    def town_terms(self, on: date) -> Mapping[str, str] | None:
        """The city's own words from R5 on."""
        return dict(self._terms) if on >= BEGINNING else None

    @hookimpl
    def organization(self, on: date) -> Sequence[Office] | None:
        """主担当課, the windows that receive, and 関係課."""
        return valid_on(self._offices, on) or None

    @hookimpl
    def roles(self, on: date) -> Sequence[Role] | None:
        """責任者, いこまる推進員, いこまる主任推進員 and who else takes part."""
        return valid_on(self._roles, on) or None

    @hookimpl
    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """Every item marked R5～ or R6～（案）; a draft runs only from the day the city has set."""
        return self._plan_items.phase(feature, on)

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation | None:
        """Beyond one desk to いこまる推進員, beyond ordinary cooperation to いこまる主任推進員."""
        return two_steps(
            consultation,
            self._sentences,
            beyond_one=StepUp("contact", "004:L125; 004:L149"),
            beyond_cooperation=StepUp("coordinator", "004:L137-138"),
        )

    @hookimpl
    def meeting_bodies(self, on: date) -> Sequence[MeetingBody] | None:
        """The monthly conference, the two internal meetings and the residents' one."""
        return valid_on(self._bodies, on) if on >= BEGINNING else None

    @hookimpl
    def meeting_for(self, case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute:
        """With consent the monthly conference; without it the city has named no body."""
        if consent.given:
            return MeetingRoute(
                str(LegalKind.MULTI_AGENCY_CONFERENCE),
                self._sentences.say("meeting.with_consent"),
                "004:L218-221",
            )
        if self._has_support_conference:
            return MeetingRoute(
                str(LegalKind.SUPPORT_CONFERENCE),
                self._sentences.say("meeting.without_consent_decided"),
            )
        return MeetingRoute("", self._sentences.say("meeting.without_consent"), "004")

    @hookimpl
    def attendees(self, body: str, case: CaseView) -> Sequence[AttendeeSlot] | None:
        """対象 as the document lists them; nothing where it lists nobody."""
        return self._attendees.get(body)

    @hookimpl
    def cadence(self, body: str, year: int) -> Sequence[str] | None:
        """月1回 and 年1-2回 as printed."""
        words = {one.code: one.cadence for one in self._bodies if one.cadence}.get(body)
        return words.split("、") if words is not None and year >= BEGINNING.year else None

    @hookimpl
    def plan_form(self, kind: str) -> PlanForm | None:
        """One plan for the whole household, written mainly by いこまる主任推進員."""
        if kind != "multi_agency":
            return None
        return PlanForm(
            self._sentences.say("plan.multi_agency"),
            author_role="coordinator",
            whole_household=True,
            source="004:L223-226",
        )

    @hookimpl
    def monitoring_interval(self, plan: PlanView) -> MonitoringInterval:
        """At the monthly conference."""
        return MonitoringInterval(
            30, "coordinator", self._sentences.say("monitoring.monthly"), "004:L226; 004:L235"
        )

    @hookimpl
    def outreach_agencies(self, area: str, need: NeedView) -> Sequence[OutreachAgency]:
        """専門職 once the city has placed them, until then いこまる主任推進員."""
        role = [role for role in self._roles if role.code == "outreach_worker"][-1]
        return (OutreachAgency(role.code, role.label, area, role.code, role.source),)

    @hookimpl
    def campaigns(self, year: int) -> Sequence[Campaign]:
        """Booths from R5; the questionnaire is the programme plugin's."""
        return tuple(one.campaign for one in self._campaigns if year >= one.from_year)

    @hookimpl
    def visit_safety(self, on: date) -> VisitSafety | None:
        """The numbers that the city has set; the document says nothing of it."""
        return VisitSafety(self._contacts) if self._contacts else None

    @hookimpl
    def resource_freshness(self, on: date) -> FreshnessRule:
        """The city's own days, if it set any; stale after a year at the earliest, a reminder each month."""
        days = self._ask_entries
        return FreshnessRule(days, max(365, days), 30, stated=days != PLATFORM_DAYS)

    @hookimpl
    def resource_sources(self) -> Sequence[ResourceSource]:
        """社会資源マップ."""
        return self._sources

    @hookimpl
    def participation_rule(self, case: CaseView) -> ParticipationRule | None:
        """A specialist goes along (004:L184-190)."""
        return self._participation[0]

    @hookimpl
    def community_route(self, issue: IssueView, on: date) -> CommunityRoute | None:
        """わがごとカイギ without identities, and the monthly meeting (004:L180-182, L235)."""
        return next((row.route for row in self._community_routes if row.holds_for(issue)), None)

    def _outreach_roles(self, structure: Structure) -> tuple[Role, ...]:
        doubling, specialist = structure.rows("outreach_roles", Role)
        placed_on = self._plan_items.began("specialist")
        if placed_on is None:
            return (doubling,)
        return (
            replace(doubling, valid_to=placed_on - timedelta(days=1)),
            replace(specialist, valid_from=placed_on),
        )
