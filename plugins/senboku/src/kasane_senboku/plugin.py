"""Answers the platform's questions as Semboku City's plan of April 2025 (R7 to R10) has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kasane_plugin_api import (
    AttendeeKind,
    AttendeeSlot,
    CaseView,
    ConsentPolicy,
    ConsentView,
    ConsultationView,
    DataScope,
    DoorContact,
    Escalation,
    EscalationLevel,
    FollowUp,
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
    ResponsibleOffice,
    Role,
    SecrecyNotice,
    SessionView,
    SettingSpec,
    Structure,
    TownReports,
    VisitSafety,
    hookimpl,
    slots_of,
    town_files,
    valid_on,
)

SUPPORT_CONFERENCE = str(LegalKind.SUPPORT_CONFERENCE)
MULTI_AGENCY_CONFERENCE = str(LegalKind.MULTI_AGENCY_CONFERENCE)


@dataclass(frozen=True)
class PrintedNotice:
    """A penalty sentence as the city prints it, the bodies it names and the date of the print."""

    text: str
    basis: str
    bodies: tuple[str, ...]
    effective_from: date
    source: str


@dataclass(frozen=True)
class FieldOffice:
    """The office that the document names for one national category of trouble."""

    category: str
    office: str
    reason: str
    source: str


class Plugin(TownReports):
    """仙北市: no new desk, every 課 confirms, the coordinator branches by consent."""

    metadata = PluginMetadata(
        name="senboku",
        label="仙北市",
        label_en="Semboku City",
        kind=PluginKind.TOWN,
        api_version="0.2",
        scopes=frozenset(
            {
                DataScope.CASE,
                DataScope.CONSENT,
                DataScope.CONSULTATION,
                DataScope.NEED,
                DataScope.SESSION,
            }
        ),
        settings={
            "secrecy_notices": SettingSpec(
                dict,
                "市が新しく印刷した罰則の文言。その日付（例 2025-06-01）と文言",
                default={},
                item_type=str,
            ),
            "started": SettingSpec(
                dict,
                "予定の項目のコードと、市が実際に始めた日",
                default={},
                item_type=date,
            ),
        },
        documents={
            "003": "仙北市「重層的支援体制整備事業実施計画」令和7年4月",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, self._sentences = town_files("kasane_senboku")
        self.read_reports("kasane_senboku")
        self._participation = structure.rows("participation", ParticipationRule)
        self._terms = dict(structure.table("terms"))
        self._offices = structure.rows("offices", Office)
        self._field_offices = structure.rows("field_offices", FieldOffice)
        self._roles = structure.rows("roles", Role)
        self._bodies = structure.rows("bodies", MeetingBody)
        self._attendees = slots_of(structure, self._bodies)
        self._notices = self._dated_notices(structure, settings["secrecy_notices"])
        self._plan_items = PlanItems(structure, self._sentences, settings["started"])

    @hookimpl
    def town_terms(self, on: date) -> Mapping[str, str]:
        """The city's own words."""
        return dict(self._terms)

    @hookimpl
    def organization(self, on: date) -> Sequence[Office]:
        """The existing desks: the city's own and the two it has contracted."""
        return valid_on(self._offices, on)

    @hookimpl
    def roles(self, on: date) -> Sequence[Role]:
        """各課の職員, 重層的支援コーディネーター and the counsellors the plan names."""
        return valid_on(self._roles, on)

    @hookimpl
    def responsible_office(self, consultation: ConsultationView) -> ResponsibleOffice | None:
        """The desk of the field where the plan names one of the city's own."""
        for known in self._field_offices:
            if known.category == consultation.main_category:
                return ResponsibleOffice(known.office, known.reason, known.source)
        return None

    @hookimpl
    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """From R7.4 to R10 as printed; the fifth welfare plan from the day the city has set."""
        return self._plan_items.phase(feature, on)

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation | None:
        """各課 confirm first; what one 課 cannot solve goes to 重層的支援コーディネーター."""
        screening = consultation.screening
        alone = screening.single_agency_enough is not False
        if alone and screening.ordinary_cooperation_enough is not False:
            return None
        if screening.ordinary_cooperation_enough is True:
            return Escalation(
                EscalationLevel.RELATED_AGENCIES,
                "coordinator",
                self._sentences.say("escalation.related_agencies"),
                "003:L67; 003:L206",
            )
        return Escalation(
            EscalationLevel.MULTI_AGENCY,
            "coordinator",
            self._sentences.say("escalation.multi_agency"),
            "003:L193; 003:L206",
        )

    @hookimpl
    def consent_policy(self, purpose: str) -> ConsentPolicy | None:
        """What the 重層的支援会議 is for; the plan gives no form and no term."""
        if purpose != "multi_agency":
            return None
        return ConsentPolicy(
            self._sentences.say("consent.multi_agency"), source="003:L199; 003:L207"
        )

    @hookimpl
    def meeting_bodies(self, on: date) -> Sequence[MeetingBody]:
        """支援会議 and 重層的支援会議, from the programme's first day."""
        return valid_on(self._bodies, on)

    @hookimpl
    def meeting_for(self, case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute:
        """Each person's own consent decides, so one household may have items in both bodies."""
        if consent.given:
            return MeetingRoute(
                MULTI_AGENCY_CONFERENCE,
                self._sentences.say("meeting.with_consent"),
                "003:L199; 003:L207",
            )
        return MeetingRoute(
            SUPPORT_CONFERENCE,
            self._sentences.say("meeting.without_consent"),
            "003:L201; 003:L206",
        )

    @hookimpl
    def attendees(self, body: str, case: CaseView) -> Sequence[AttendeeSlot] | None:
        """The coordinator who convenes and 各課; the plan lists nobody else."""
        return self._attendees.get(body) or None

    @hookimpl
    def secrecy_notice(self, body: str, attendee: AttendeeKind, on: date) -> SecrecyNotice | None:
        """The sentence that the city prints for both conferences, as of the session's day.

        The person concerned and the family are not among those whom the print addresses.
        """
        printed = [one for one in self._notices if body in one.bodies and one.effective_from <= on]
        if not printed or attendee is AttendeeKind.PERSON_OR_FAMILY:
            return None
        return SecrecyNotice(
            text=printed[-1].text,
            basis=printed[-1].basis,
            needs_signature=attendee is not AttendeeKind.MUNICIPAL_STAFF,
            effective_from=printed[-1].effective_from,
            source=printed[-1].source,
        )

    @hookimpl
    def after_meeting(self, session: SessionView) -> Sequence[FollowUp]:
        """After 支援会議 on to 重層的支援会議 once there is consent; after that plan and resources."""
        if session.body == SUPPORT_CONFERENCE:
            return (
                FollowUp(
                    role="coordinator",
                    text=self._sentences.say("after.support_conference"),
                    source="003:L206",
                ),
            )
        if session.body == MULTI_AGENCY_CONFERENCE:
            return (
                FollowUp(
                    role="coordinator",
                    text=self._sentences.say("after.multi_agency_conference"),
                    source="003:L206",
                ),
            )
        return ()

    @hookimpl
    def plan_form(self, kind: str) -> PlanForm | None:
        """支援プラン by the coordinator; the plan prints no sheet."""
        if kind != "multi_agency":
            return None
        return PlanForm(
            self._sentences.say("plan.multi_agency"),
            author_role="coordinator",
            source="003:L193; 003:L206",
        )

    @hookimpl
    def closing_requirements(self, case: CaseView) -> Sequence[str]:
        """支援プランの評価 belongs to the work (003:L193, 003:L207)."""
        return ("evaluation",)

    @hookimpl
    def outreach_agencies(self, area: str, need: NeedView) -> Sequence[OutreachAgency]:
        """The city itself (直営); the plan names no 課."""
        return (
            OutreachAgency(
                "direct",
                self._sentences.say("outreach.agency"),
                area,
                "outreach_worker",
                "003:L181-185",
            ),
        )

    @hookimpl
    def visit_safety(self, on: date) -> VisitSafety:
        """The office that leads the programme, by the number that its plan prints."""
        lead = DoorContact(self._sentences.say("door.lead"), "0187-43-2255", "003:L227-231")
        return VisitSafety((lead,), source="003:L227-231")

    @hookimpl
    def participation_rule(self, case: CaseView) -> ParticipationRule | None:
        """Run by the city itself (003:L173-177)."""
        return self._participation[0]

    def _dated_notices(
        self, structure: Structure, printed_since: Mapping[str, str]
    ) -> tuple[PrintedNotice, ...]:
        notices = list(structure.rows("secrecy_notices", PrintedNotice))
        bodies = tuple(body.code for body in self._bodies)
        for day, text in printed_since.items():
            try:
                effective_from = date.fromisoformat(day)
            except ValueError:
                raise ValueError(
                    f"設定 secrecy_notices の日付「{day}」が読めません。"
                    "2025-06-01 のように書いてください"
                ) from None
            basis = self._sentences.say("secrecy.basis_set_by_city", day=effective_from.isoformat())
            notices.append(PrintedNotice(text, basis, bodies, effective_from, ""))
        return tuple(sorted(notices, key=lambda one: one.effective_from))
