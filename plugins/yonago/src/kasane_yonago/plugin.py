"""Answers the platform's questions as Yonago City's slides of March 2024 have it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from kasane_plugin_api import (
    AttendeeKind,
    AttendeeSlot,
    CaseView,
    Category,
    CommunityRoute,
    ConsentView,
    ConsultationView,
    DataScope,
    Escalation,
    IssueView,
    LegalKind,
    MeetingBody,
    MeetingRoute,
    Office,
    OfficeKind,
    PhaseAnswer,
    PlanItems,
    PluginKind,
    PluginMetadata,
    ResponsibleOffice,
    Role,
    RouteAtLevel,
    SettingSpec,
    StepUp,
    TownReports,
    TrainingCourse,
    hookimpl,
    town_files,
    two_steps,
    valid_on,
)

HUB = "general_support_center"
OPENED = date(2022, 4, 11)
ATTENDEE_OF_OPERATOR = {
    OfficeKind.MUNICIPAL: AttendeeKind.MUNICIPAL_STAFF,
    OfficeKind.CONTRACTED: AttendeeKind.CONTRACTOR,
    OfficeKind.PARTNER_AGENCY: AttendeeKind.PARTNER_AGENCY,
}


class Plugin(TownReports):
    """米子市: えしこに takes any matter, every office has a contact, the person joins the table."""

    metadata = PluginMetadata(
        name="yonago",
        label="米子市",
        label_en="Yonago City",
        kind=PluginKind.TOWN,
        api_version="0.2",
        scopes=frozenset(
            {
                DataScope.CASE,
                DataScope.CONSENT,
                DataScope.CONSULTATION,
                DataScope.ISSUE,
            }
        ),
        settings={
            "center_operator": SettingSpec(
                str,
                "えしこにの運営主体（municipal、contracted、partner_agency。資料に記載なし）",
                default="partner_agency",
            ),
            "windows": SettingSpec(
                dict,
                "市役所の各相談窓口のコードと名前（資料は名前を挙げていない）",
                default={},
                item_type=str,
            ),
            "started": SettingSpec(
                dict,
                "資料に始まりのない項目のコードと、市が実際に始めた日",
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
            "002": "令和5年度市町村・支援機関連携強化研修会の資料 令和6年3月14日"
            "（鳥取県、米子市福祉政策課、北栄町福祉課）",
            "P2": "jt-tsushin.jp の記事 令和5年 https://www.jt-tsushin.jp/articles/case/jt50_ines",
        },
    )

    def __init__(self, settings: Mapping[str, Any]) -> None:
        structure, self._sentences = town_files("kasane_yonago")
        self.read_reports("kasane_yonago")
        self._community_routes = structure.rows("community_routes", RouteAtLevel)
        self._courses = structure.rows("training_courses", TrainingCourse)
        self._terms = dict(structure.table("terms"))
        operator = _operator(settings["center_operator"])
        self._offices = (
            *(replace(hub, kind=operator) for hub in structure.rows("hub", Office)),
            *structure.rows("offices", Office),
        )
        self._offices += self._windows(settings["windows"])
        self._roles = structure.rows("roles", Role)
        self._categories = structure.rows("categories", Category)
        self._bodies = structure.rows("bodies", MeetingBody)
        self._attendees = {
            body.code: tuple(
                replace(slot, kind=ATTENDEE_OF_OPERATOR[operator]) if slot.office == HUB else slot
                for slot in structure.rows(f"attendees.{body.code}", AttendeeSlot)
            )
            for body in self._bodies
        }
        self._has_support_conference: bool = settings["support_conference"]
        if self._has_support_conference:
            self._bodies += structure.rows("undocumented_bodies", MeetingBody)
        self._plan_items = PlanItems(structure, self._sentences, settings["started"], undated=True)

    @hookimpl
    def town_terms(self, on: date) -> Mapping[str, str] | None:
        """The city's own words from the day the center opened."""
        return dict(self._terms) if on >= OPENED else None

    @hookimpl
    def organization(self, on: date) -> Sequence[Office]:
        """えしこに with its opening hours, the office that wrote, and the windows the city names."""
        return valid_on(self._offices, on)

    @hookimpl
    def roles(self, on: date) -> Sequence[Role] | None:
        """「断らない相談」担当者 in each office and the staff of えしこに."""
        return valid_on(self._roles, on) or None

    @hookimpl
    def responsible_office(self, consultation: ConsultationView) -> ResponsibleOffice | None:
        """えしこに for who does not know where to turn: no desk, or none of the city's kinds."""
        received = consultation.received_on
        unclear = not consultation.desk or consultation.main_category == "other"
        if not unclear or (received is not None and received < OPENED):
            return None
        return ResponsibleOffice(
            HUB, self._sentences.say("responsible.any_field"), "002:L421; 002:L458"
        )

    @hookimpl
    def phase(self, feature: str, on: date) -> PhaseAnswer | None:
        """Dated items as dated; an item without a date runs only from the day the city has set."""
        return self._plan_items.phase(feature, on)

    @hookimpl
    def consultation_categories(self) -> Sequence[Category]:
        """相談内容 as printed, each with the national kind that it means."""
        return self._categories

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation | None:
        """Beyond one field, and beyond ordinary cooperation, to えしこに's 総合相談支援員."""
        return two_steps(
            consultation,
            self._sentences,
            beyond_one=StepUp("coordinator", "002:L412; 002:L421"),
            beyond_cooperation=StepUp("coordinator", "002:L468-470"),
        )

    @hookimpl
    def meeting_bodies(self, on: date) -> Sequence[MeetingBody] | None:
        """The conference with person and family, and えしこに's meeting with the contacts."""
        return valid_on(self._bodies, on) or None

    @hookimpl
    def meeting_for(self, case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute:
        """With consent the city's conference; without it the city has named no body."""
        if consent.given:
            return MeetingRoute(
                str(LegalKind.MULTI_AGENCY_CONFERENCE),
                self._sentences.say("meeting.with_consent"),
                "002:L478-480",
            )
        if self._has_support_conference:
            return MeetingRoute(
                str(LegalKind.SUPPORT_CONFERENCE),
                self._sentences.say("meeting.without_consent_decided"),
            )
        return MeetingRoute("", self._sentences.say("meeting.without_consent"), "002:L478-484")

    @hookimpl
    def attendees(self, body: str, case: CaseView) -> Sequence[AttendeeSlot] | None:
        """The person, the family and those who support; nothing where nobody is listed."""
        return self._attendees.get(body)

    @hookimpl
    def community_route(self, issue: IssueView, on: date) -> CommunityRoute | None:
        """Gaps are discussed at the 重層的支援会議 (002:L480-482)."""
        return next((row.route for row in self._community_routes if row.holds_for(issue)), None)

    @hookimpl
    def training_courses(self, on: date) -> Sequence[TrainingCourse]:
        """Three courses with a follow-up (002:L513-523)."""
        return valid_on(self._courses, on)

    def _windows(self, named: Mapping[str, str]) -> tuple[Office, ...]:
        for code in named:
            if code in {office.code for office in self._offices}:
                raise ValueError(
                    f"設定 windows のコード「{code}」は、えしこに又は福祉政策課のコードです。"
                    "別のコードにしてください"
                )
        return tuple(
            Office(
                code,
                label,
                valid_from=OPENED,
                source="002:L501",
                note="市が設定した窓口。名前は資料にない",
            )
            for code, label in named.items()
        )


def _operator(named: str) -> OfficeKind:
    known = [str(kind) for kind in ATTENDEE_OF_OPERATOR]
    if named not in known:
        raise ValueError(
            f"設定 center_operator の「{named}」は使えません。書けるのは{'、'.join(known)}です"
        )
    return OfficeKind(named)
