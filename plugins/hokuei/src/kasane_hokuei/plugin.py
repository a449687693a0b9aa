"""Answers the platform's questions as Hokuei Town's slides of March 2024 have it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kasane_plugin_api import (
    AttendeeKind,
    CaseView,
    CommunityRoute,
    ConsentView,
    ConsultationView,
    DataScope,
    Escalation,
    IssueView,
    LegalBasis,
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
    ResponsibleOffice,
    Role,
    RouteAtLevel,
    SecrecyNotice,
    SettingSpec,
    StepUp,
    Structure,
    TownReports,
    TrainingCourse,
    hookimpl,
    town_files,
    two_steps,
    valid_on,
)

CONFERENCE = "comprehensive_support_conference"
PSYCHIATRIC_VISITS = "psychiatric_visits"


@dataclass(frozen=True)
class FirstDesk:
    """Which office takes a kind of trouble first; ``reason`` is a key of the strings."""

    category: str
    office: str
    reason: str
    source: str


class Plugin(TownReports):
    """北栄町: no one-stop desk, one conference under 106条の6 for all, five corporations visit."""

    metadata = PluginMetadata(
        name="hokuei",
        label="北栄町",
        label_en="Hokuei Town",
        kind=PluginKind.TOWN,
        api_version="0.2",
        scopes=frozenset(
            {
                DataScope.CASE,
                DataScope.CONSENT,
                DataScope.CONSULTATION,
                DataScope.ISSUE,
                DataScope.NEED,
            }
        ),
        settings={
            "areas": SettingSpec(
                dict,
                "地区（自治会など）と、そこを訪問する法人のコード（資料に分担なし）",
                default={},
                item_type=str,
            ),
            "psychiatric_corporation": SettingSpec(
                str, "精神科のある医療法人の名前（資料に記載なし）", default=""
            ),
            "started": SettingSpec(
                dict,
                "検討中の項目のコードと、町が実際に始めた日",
                default={},
                item_type=date,
            ),
        },
        documents={
            "002": "令和5年度市町村・支援機関連携強化研修会の資料 令和6年3月14日"
            "（鳥取県、米子市福祉政策課、北栄町福祉課）",
            "P11": "個人情報の保護に関する法律 第69条（iuris.jp）",
            "P12": "個人情報保護法69条の解説（compliance21.com）",
            "P53": "個人情報保護委員会 FAQ Q3-3-3（民生委員への提供）",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, self._sentences = town_files("kasane_hokuei")
        self.read_reports("kasane_hokuei")
        self._participation = structure.rows("participation", ParticipationRule)
        self._community_routes = structure.rows("community_routes", RouteAtLevel)
        self._courses = structure.rows("training_courses", TrainingCourse)
        self._terms = dict(structure.table("terms"))
        self._plan_items = PlanItems(structure, self._sentences, settings["started"])
        self._corporations = structure.rows("corporations", Office)
        self._psychiatric = self._psychiatric_corporation(
            structure, settings["psychiatric_corporation"]
        )
        self._offices = (
            *structure.rows("offices", Office),
            *self._corporations,
            *self._psychiatric,
        )
        self._areas = self._checked_areas(settings["areas"])
        self._roles = structure.rows("roles", Role)
        self._first_desks = {row.category: row for row in structure.rows("responsible", FirstDesk)}
        self._bodies = structure.rows("bodies", MeetingBody)
        self._legal_bases = structure.rows("legal_bases", LegalBasis)

    @hookimpl
    def town_terms(self, on: date) -> Mapping[str, str]:
        """The town's own words."""
        return dict(self._terms)

    @hookimpl
    def organization(self, on: date) -> Sequence[Office]:
        """The desks by field, the five corporations and, once it visits, the psychiatric one."""
        return valid_on(self._offices, on)

    @hookimpl
    def roles(self, on: date) -> Sequence[Role]:
        """相談支援包括化推進員, where the post sat that year, and the others the slides name."""
        return valid_on(self._roles, on)

    @hookimpl
    def responsible_office(self, consultation: ConsultationView) -> ResponsibleOffice | None:
        """The desk of the field; 福祉課's 推進員 for what has no clear desk."""
        row = self._first_desks.get(consultation.main_category)
        if row is None:
            return None
        return ResponsibleOffice(
            row.office, self._sentences.say(f"responsible.{row.reason}"), row.source
        )

    @hookimpl
    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """H25 to R6 as dated; what is being considered runs only from the day the town has set."""
        return self._plan_items.phase(feature, on)

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation | None:
        """Beyond one desk, and beyond ordinary cooperation, to 相談支援包括化推進員."""
        return two_steps(
            consultation,
            self._sentences,
            beyond_one=StepUp("coordinator", "002:L677-679; 002:L769-773"),
            beyond_cooperation=StepUp("coordinator", "002:L688; 002:L769-773"),
        )

    @hookimpl
    def legal_bases(self, on: date) -> Sequence[LegalBasis]:
        """The national bases, and telling 民生委員 as the commission's answer has it."""
        return valid_on(self._legal_bases, on)

    @hookimpl
    def meeting_bodies(self, on: date) -> Sequence[MeetingBody]:
        """包括的支援会議 under 106条の6, the three liaison meetings and the residents' two."""
        return valid_on(self._bodies, on)

    @hookimpl
    def meeting_for(self, case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute:
        """One body with and without consent; as 106条の6 its material stays closed in both."""
        key = "meeting.with_consent" if consent.given else "meeting.without_consent"
        return MeetingRoute(CONFERENCE, self._sentences.say(key), "002:L778-782")

    @hookimpl
    def cadence(self, body: str, year: int) -> Sequence[str] | None:
        """包括的支援会議 flexibly; for the others the slides give none."""
        words = {one.code: one.cadence for one in self._bodies if one.cadence}.get(body)
        return (words,) if words is not None else None

    @hookimpl
    def secrecy_notice(self, body: str, attendee: AttendeeKind, on: date) -> SecrecyNotice | None:
        """The law's duty in 包括的支援会議; the slides print no penalty, so none is shown."""
        if body != CONFERENCE:
            return None
        return SecrecyNotice(
            text=self._sentences.say("secrecy.support_conference"),
            basis=self._sentences.say("secrecy.basis"),
            needs_signature=attendee is not AttendeeKind.MUNICIPAL_STAFF,
            source="002:L780",
        )

    @hookimpl
    def outreach_agencies(self, area: str, need: NeedView) -> Sequence[OutreachAgency]:
        """The corporation the town gave the area to, else all five; psychiatry once it visits."""
        of_area = [one for one in self._corporations if one.code == self._areas.get(area)]
        agencies = [
            OutreachAgency(
                one.code, one.label, area, "outreach_worker", "002:L713-723; 002:L844-848"
            )
            for one in of_area or self._corporations
        ]
        if need.category == "illness_disability":
            agencies.extend(
                OutreachAgency(one.code, one.label, area, source=one.source)
                for one in self._psychiatric
            )
        return agencies

    @hookimpl
    def participation_rule(self, case: CaseView) -> ParticipationRule | None:
        """Carried out by the 社協 (002:L605)."""
        return self._participation[0]

    @hookimpl
    def community_route(self, issue: IssueView, on: date) -> CommunityRoute | None:
        """Three layers: 自治会, school district, whole town (002:L925-992)."""
        return next((row.route for row in self._community_routes if row.holds_for(issue)), None)

    @hookimpl
    def training_courses(self, on: date) -> Sequence[TrainingCourse]:
        """Training across fields and for all staff (002:L788-807)."""
        return valid_on(self._courses, on)

    def _psychiatric_corporation(self, structure: Structure, name: str) -> tuple[Office, ...]:
        started = self._plan_items.began(PSYCHIATRIC_VISITS)
        if started is None:
            return ()
        (row,) = structure.rows("psychiatric_corporation", Office)
        return (replace(row, label=name or row.label, valid_from=started),)

    def _checked_areas(self, areas: Mapping[str, str]) -> Mapping[str, str]:
        known = [one.code for one in self._corporations]
        for area, code in areas.items():
            if code not in known:
                raise ValueError(
                    f"設定 areas の「{area}」に知らない法人「{code}」があります。"
                    f"書けるのは{'、'.join(known)}です"
                )
        return dict(areas)
