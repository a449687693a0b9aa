"""Answers the platform's questions as Eniwa City's draft plan for R8 to R12 has it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kasane_plugin_api import (
    AttendeeKind,
    AttendeeSlot,
    CaseView,
    CommunityRoute,
    ConsentPolicy,
    ConsentView,
    ConsultationView,
    DataScope,
    EmergencyContact,
    Escalation,
    FollowUp,
    IssueView,
    LegalKind,
    MeetingBody,
    MeetingRoute,
    NeedView,
    Office,
    OutreachAgency,
    ParticipationRule,
    PhaseAnswer,
    PlanItems,
    PluginKind,
    PluginMetadata,
    Quorum,
    ResponsibleOffice,
    Role,
    RouteAtLevel,
    SecrecyNotice,
    SessionView,
    SettingSpec,
    StatusLabels,
    StepUp,
    TownReports,
    TrainingCourse,
    hookimpl,
    named_by_area,
    slots_of,
    town_files,
    two_steps,
    valid_on,
)

SUPPORT_CONFERENCE = str(LegalKind.SUPPORT_CONFERENCE)
MULTI_AGENCY_CONFERENCE = str(LegalKind.MULTI_AGENCY_CONFERENCE)


class Plugin(TownReports):
    """恵庭市: 分散型チームアプローチ, every desk receives, two steps up, two conferences."""

    metadata = PluginMetadata(
        name="eniwa",
        label="恵庭市",
        label_en="Eniwa City",
        kind=PluginKind.TOWN,
        api_version="0.2",
        scopes=frozenset(
            {
                DataScope.CASE,
                DataScope.CONSENT,
                DataScope.CONSULTATION,
                DataScope.ISSUE,
                DataScope.NEED,
                DataScope.SESSION,
            }
        ),
        settings={
            "area_labels": SettingSpec(
                dict,
                "日常生活圏域の番号（1から4）と名前（資料は名前を挙げていない）",
                default={},
                item_type=str,
            ),
            "started": SettingSpec(
                dict,
                "（案）の項目のコードと、市が実際に始めた日",
                default={},
                item_type=date,
            ),
        },
        documents={
            "000": "恵庭市「重層的支援体制整備事業実施計画（案）」令和8年度～令和12年度",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, self._sentences = town_files("kasane_eniwa")
        self.read_reports("kasane_eniwa")
        self._participation = structure.rows("participation", ParticipationRule)
        self._community_routes = structure.rows("community_routes", RouteAtLevel)
        self._courses = structure.rows("training_courses", TrainingCourse)
        self._terms = dict(structure.table("terms"))
        self._centers = named_by_area(
            structure.rows("support_centers", Office), settings["area_labels"], self._sentences
        )
        self._offices = structure.rows("offices", Office) + self._centers
        self._roles = structure.rows("roles", Role)
        self._bodies = structure.rows("bodies", MeetingBody)
        self._attendees = slots_of(structure, self._bodies)
        self._plan_items = PlanItems(structure, self._sentences, settings["started"])

    @hookimpl
    def town_terms(self, on: date) -> Mapping[str, str]:
        """The city's own words."""
        return dict(self._terms)

    @hookimpl
    def organization(self, on: date) -> Sequence[Office]:
        """City departments, specialised agencies and the four 地域包括支援センター."""
        return valid_on(self._offices, on)

    @hookimpl
    def roles(self, on: date) -> Sequence[Role]:
        """重層支援担当者, 重層支援コーディネーター and the others the plan names."""
        return valid_on(self._roles, on)

    @hookimpl
    def responsible_office(self, consultation: ConsultationView) -> ResponsibleOffice | None:
        """Care goes to the area's 地域包括支援センター; for the rest the plan names no office."""
        if consultation.main_category != "nursing_care":
            return None
        source = "000:L204; 000:L311-313"
        for center in self._centers:
            if center.area == consultation.area:
                return ResponsibleOffice(
                    center.code, self._sentences.say("responsible.by_area"), source
                )
        return ResponsibleOffice(
            "elderly_care", self._sentences.say("responsible.by_field"), source
        )

    @hookimpl
    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """R4, R6 and R7 as dated; the draft's items run only from the day the city has set."""
        return self._plan_items.phase(feature, on)

    @hookimpl
    def emergency_contacts(self, consultation: ConsultationView) -> Sequence[EmergencyContact]:
        """Who calls the 支援会議, which considers urgent matters; the plan gives no minutes."""
        return (
            EmergencyContact(
                self._sentences.say("emergency.contact"),
                role="coordinator",
                source="000:L177; 000:L215",
            ),
        )

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation | None:
        """Two steps: 重層支援担当者, then 重層支援コーディネーター."""
        return two_steps(
            consultation,
            self._sentences,
            beyond_one=StepUp("contact", "000:L154"),
            beyond_cooperation=StepUp("coordinator", "000:L157"),
        )

    @hookimpl
    def consent_policy(self, purpose: str) -> ConsentPolicy | None:
        """What the 重層的支援会議 is for; the plan gives no form and no term."""
        if purpose != "multi_agency":
            return None
        return ConsentPolicy(self._sentences.say("consent.multi_agency"), source="000:L217")

    @hookimpl
    def meeting_bodies(self, on: date) -> Sequence[MeetingBody]:
        """The two conferences, the sharing of policies, governance and community."""
        return valid_on(self._bodies, on)

    @hookimpl
    def meeting_for(self, case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute:
        """With consent the 重層的支援会議, without it the 支援会議."""
        if consent.given:
            return MeetingRoute(
                MULTI_AGENCY_CONFERENCE, self._sentences.say("meeting.with_consent"), "000:L217"
            )
        return MeetingRoute(
            SUPPORT_CONFERENCE, self._sentences.say("meeting.without_consent"), "000:L215"
        )

    @hookimpl
    def attendees(self, body: str, case: CaseView) -> Sequence[AttendeeSlot] | None:
        """Those whom the plan names for the body."""
        return self._attendees.get(body) or None

    @hookimpl
    def quorum(self, body: str, members: int, present: int) -> Quorum | None:
        """検討会 opens only when more than half of its members are present."""
        if body not in {one.code for one in self._bodies if one.quorum_majority}:
            return None
        if members <= 0:
            return Quorum(False, self._sentences.say("quorum.nobody"))
        needed = members // 2 + 1
        met = present >= needed
        reason = self._sentences.say(
            "quorum.met" if met else "quorum.not_met",
            members=members,
            needed=needed,
            present=present,
            missing=needed - present,
        )
        return Quorum(met, reason)

    @hookimpl
    def cadence(self, body: str, year: int) -> Sequence[str] | None:
        """検討会 when its chair calls it; for the others the plan gives none."""
        words = {one.code: one.cadence for one in self._bodies if one.cadence}.get(body)
        return (words,) if words is not None else None

    @hookimpl
    def secrecy_notice(self, body: str, attendee: AttendeeKind, on: date) -> SecrecyNotice | None:
        """The members of the 支援会議 are bound; the plan prints no penalty, so none is shown."""
        if body != SUPPORT_CONFERENCE:
            return None
        return SecrecyNotice(
            text=self._sentences.say("secrecy.support_conference"),
            basis=self._sentences.say("secrecy.basis"),
            needs_signature=attendee is not AttendeeKind.MUNICIPAL_STAFF,
            source="000:L215",
        )

    @hookimpl
    def after_meeting(self, session: SessionView) -> Sequence[FollowUp]:
        """The policy goes to 重層支援担当者会議, progress to 電子@連絡帳, both without identity."""
        if session.body != SUPPORT_CONFERENCE:
            return ()
        return (
            FollowUp(
                body="contact_meeting",
                text=self._sentences.say("after.policy_sharing"),
                source="000:L206",
            ),
            FollowUp(text=self._sentences.say("after.notebook"), source="000:L207"),
        )

    @hookimpl
    def status_labels(self) -> StatusLabels:
        """終結, 経過観察 and 支援方針の再検討."""
        return StatusLabels(
            {
                "closed": "終結",
                "observing": "経過観察",
                "replanning": "支援方針の再検討",
            },
            "000:L207",
        )

    @hookimpl
    def closing_requirements(self, case: CaseView) -> Sequence[str]:
        """A plan ends on an evaluation of its course and result (000:L217)."""
        return ("evaluation",)

    @hookimpl
    def outreach_agencies(self, area: str, need: NeedView) -> Sequence[OutreachAgency]:
        """The 地域包括支援センター of the area, or all four when the area is not known."""
        of_area = [center for center in self._centers if center.area == area]
        return tuple(
            OutreachAgency(
                center.code, center.label, center.area, "outreach_worker", "000:L159; 000:L254-256"
            )
            for center in of_area or self._centers
        )

    @hookimpl
    def participation_rule(self, case: CaseView) -> ParticipationRule | None:
        """Two ways side by side (000:L281)."""
        return self._participation[0]

    @hookimpl
    def community_route(self, issue: IssueView, on: date) -> CommunityRoute | None:
        """The council of each area (000:L187)."""
        return next((row.route for row in self._community_routes if row.holds_for(issue)), None)

    @hookimpl
    def training_courses(self, on: date) -> Sequence[TrainingCourse]:
        """Training for staff and agencies, case discussions (000:L237, L272)."""
        return valid_on(self._courses, on)
