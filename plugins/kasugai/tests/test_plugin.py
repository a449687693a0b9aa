"""Checks Kasugai City's answers against its second plan, and that the plugin conforms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kasane_kasugai.plugin import Plugin
from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import (
    AttendeeKind,
    CaseView,
    ConsentView,
    ConsultationView,
    Escalation,
    EscalationLevel,
    FieldKind,
    LegalKind,
    NeedView,
    OfficeKind,
    OutreachAgency,
    PersonView,
    Phase,
    PhaseAnswer,
    PlanForm,
    ResponsibleOffice,
    RoleFunction,
    ScreeningView,
    SecrecyNotice,
)

DEFAULTS: Mapping[str, Any] = {"area_labels": {}, "started": {}}
TODAY = date(2026, 11, 2)
CASE = CaseView("case-1", "in_support", support_decided=True)
FROM_COMMISSIONER = {"kasugai": {"route": "welfare_commissioner"}}


def _consultation(
    single: bool | None,
    ordinary: bool | None,
    extensions: Mapping[str, Mapping[str, object]] | None = None,
) -> ConsultationView:
    return ConsultationView(
        "telephone",
        "community_inclusion",
        screening=ScreeningView(single, ordinary),
        extensions=extensions or {},
    )


def test_the_plugin_conforms() -> None:
    assert check_plugin("kasugai") == []


def test_the_citys_own_words() -> None:
    assert Plugin(DEFAULTS).town_terms(TODAY) == {"coordinator": "地域福祉包括化推進員"}


def test_twelve_centers_and_one_core_center_stand_beside_the_offices() -> None:
    offices = Plugin(DEFAULTS).organization(TODAY)

    assert len(offices) == 11 + 12
    assert [office.area for office in offices if office.area] == [str(n) for n in range(1, 13)]
    assert [office.code for office in offices if office.code == "core_support_center"] == [
        "core_support_center"
    ]


def test_the_offices_that_do_not_receive_are_those_the_plan_has_in_the_background() -> None:
    offices = Plugin(DEFAULTS).organization(TODAY)

    assert [office.code for office in offices if not office.receives] == [
        "welfare_policy",
        "core_support_center",
        "social_welfare_council",
    ]


def test_an_agency_whose_operator_is_not_stated_is_not_taken_for_the_citys_own() -> None:
    offices = Plugin(DEFAULTS).organization(TODAY)

    assert [office.code for office in offices if office.kind is OfficeKind.MUNICIPAL] == [
        "community_inclusion",
        "disability_welfare",
        "family_support",
        "childcare_promotion",
        "nursery",
        "welfare_policy",
    ]


def test_the_city_may_name_its_areas() -> None:
    plugin = Plugin({**DEFAULTS, "area_labels": {"12": "ひがし"}})

    labels = [office.label for office in plugin.organization(TODAY) if office.area]

    assert labels[11] == "地域包括支援センター（ひがし）"
    assert labels[0] == "地域包括支援センター（日常生活圏域1）"


def test_an_unknown_area_is_refused_by_number() -> None:
    with pytest.raises(ValueError, match="area_labels に知らない圏域「13」"):
        Plugin({**DEFAULTS, "area_labels": {"13": "みなみ"}})


@pytest.mark.parametrize(
    ("on", "headcount"),
    [
        (date(2022, 4, 1), "2名"),
        (date(2023, 4, 1), "3.5名"),
        (date(2024, 3, 31), "3.5名"),
        (date(2024, 4, 1), "3名"),
        (date(2026, 3, 31), "4名"),
        (date(2026, 4, 1), ""),
    ],
)
def test_the_headcount_of_the_coordinators_is_as_printed_for_each_year(
    on: date, headcount: str
) -> None:
    roles = Plugin(DEFAULTS).roles(on)

    found = [(role.label, role.headcount) for role in roles if role.code == "coordinator"]

    assert found == [("地域福祉包括化推進員", headcount)]


def test_no_coordinator_is_shown_before_the_programme_began() -> None:
    codes = [role.code for role in Plugin(DEFAULTS).roles(date(2022, 3, 31))]

    assert "coordinator" not in codes
    assert "outreach_worker" not in codes


def test_the_roles_are_those_of_the_plan() -> None:
    roles = Plugin(DEFAULTS).roles(TODAY)

    assert [(role.code, role.label, role.function) for role in roles] == [
        ("receiver", "相談支援機関の職員", RoleFunction.RECEIVER),
        ("coordinator", "地域福祉包括化推進員", RoleFunction.COORDINATOR),
        ("outreach_worker", "地域福祉包括化推進員", RoleFunction.OUTREACH_WORKER),
        ("community_coordinator", "地域福祉コーディネーター", RoleFunction.PARTNER),
        ("community_adviser", "地域福祉アドバイザー", RoleFunction.PARTNER),
        ("welfare_commissioner", "民生委員・児童委員", RoleFunction.PARTNER),
        ("commissioner_supporter", "民生委員協力員", RoleFunction.PARTNER),
        ("partner", "関係機関の職員", RoleFunction.PARTNER),
    ]


@pytest.mark.parametrize(
    ("on", "label"),
    [
        (date(2020, 3, 31), "第2層生活支援コーディネーター"),
        (date(2020, 4, 1), "地域福祉コーディネーター"),
    ],
)
def test_the_community_coordinator_was_renamed(on: date, label: str) -> None:
    roles = Plugin(DEFAULTS).roles(on)

    assert [role.label for role in roles if role.code == "community_coordinator"] == [label]


@pytest.mark.parametrize(
    ("category", "area", "office"),
    [
        ("nursing_care", "3", "community_support_center_3"),
        ("nursing_care", "", "community_inclusion"),
        ("nursing_care", "unknown", "community_inclusion"),
        ("child_rearing", "3", "family_support"),
        ("income", "", "self_reliance_corner"),
        ("withdrawal_truancy", "", "self_reliance_corner"),
    ],
)
def test_the_field_decides_the_responsible_office(category: str, area: str, office: str) -> None:
    consultation = ConsultationView("desk", "family_center", main_category=category, area=area)

    answer = Plugin(DEFAULTS).responsible_office(consultation)

    assert answer is not None
    assert answer.office == office


def test_care_in_a_known_area_is_answered_with_the_source() -> None:
    consultation = ConsultationView("desk", "", main_category="nursing_care", area="1")

    assert Plugin(DEFAULTS).responsible_office(consultation) == ResponsibleOffice(
        "community_support_center_1",
        "介護の相談なので、お住まいの圏域の地域包括支援センターにつなぎます。",
        "001:L99; 001:L351",
    )


@pytest.mark.parametrize("category", ["illness_disability", "housing", ""])
def test_where_the_plan_names_no_office_none_is_answered(category: str) -> None:
    consultation = ConsultationView("desk", "family_center", main_category=category)

    assert Plugin(DEFAULTS).responsible_office(consultation) is None


def test_the_route_is_asked_and_may_be_left_open() -> None:
    (field,) = Plugin(DEFAULTS).intake_form_fields("telephone")

    assert (field.name, field.kind, field.required) == ("route", FieldKind.CHOICE, False)
    assert [(choice.value, choice.label) for choice in field.choices] == [
        ("welfare_commissioner", "民生委員・児童委員から"),
        ("community_group", "地域食堂など食を通じた地域活動団体から"),
        ("platform", "つながりづくりプラットフォームの参加団体から"),
        ("agency", "関係機関から"),
        ("residents", "地域住民から"),
    ]


def test_a_commissioners_report_goes_to_the_coordinator_at_once() -> None:
    answer = Plugin(DEFAULTS).escalation(_consultation(None, None, FROM_COMMISSIONER))

    assert answer == Escalation(
        EscalationLevel.MULTI_AGENCY,
        "coordinator",
        "民生委員・児童委員からの相談なので、地域福祉包括化推進員につなぎます。",
        "001:L176",
    )


def test_a_commissioners_report_that_a_desk_can_cope_with_stays_there() -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(True, None, FROM_COMMISSIONER)) is None


@pytest.mark.parametrize(
    "extensions",
    [{}, {"kasugai": {"route": "agency"}}, {"other": {"route": "welfare_commissioner"}}],
)
def test_another_route_waits_for_the_desks_finding(
    extensions: Mapping[str, Mapping[str, object]],
) -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(None, None, extensions)) is None


@pytest.mark.parametrize(
    ("single", "ordinary", "level"),
    [
        (False, None, EscalationLevel.MULTI_AGENCY),
        (False, False, EscalationLevel.MULTI_AGENCY),
        (None, False, EscalationLevel.MULTI_AGENCY),
        (False, True, EscalationLevel.RELATED_AGENCIES),
    ],
)
def test_beyond_one_agency_the_coordinator_is_told(
    single: bool | None, ordinary: bool | None, level: EscalationLevel
) -> None:
    answer = Plugin(DEFAULTS).escalation(_consultation(single, ordinary))

    assert answer is not None
    assert (answer.level, answer.target_role) == (level, "coordinator")


def test_consent_says_that_residents_may_be_present() -> None:
    plugin = Plugin(DEFAULTS)

    policy = plugin.consent_policy("multi_agency")

    assert policy is not None
    assert "住民のこともあります" in policy.explanation
    assert policy.source == "001:L181; 001:L418; 001:L420"
    assert plugin.consent_policy("handoff") is None


@pytest.mark.parametrize("state", ["refused", "not_asked", "pending", "withdrawn", "unable"])
def test_without_consent_the_support_conference_prepares(state: str) -> None:
    consent = ConsentView(PersonView("p-1"), state)

    route = Plugin(DEFAULTS).meeting_for(CASE, consent, urgent=False)

    assert (route.body, route.source) == ("support_conference", "001:L387; 001:L418")
    assert "明記していません" in route.reason


@pytest.mark.parametrize(
    ("status", "source"),
    [("outreach", "001:L385; 001:L418"), ("in_support", "001:L418")],
)
def test_on_consent_outreach_moves_on_to_the_agencies(status: str, source: str) -> None:
    case = CaseView("case-1", status)
    consent = ConsentView(PersonView("p-1"), "given")

    route = Plugin(DEFAULTS).meeting_for(case, consent, urgent=False)

    assert (route.body, route.source) == ("multi_agency_conference", source)
    assert ("多機関協働事業に移行" in route.reason) == (status == "outreach")


def test_the_bodies_have_their_legal_kinds() -> None:
    bodies = Plugin(DEFAULTS).meeting_bodies(TODAY)

    assert [(body.code, body.label, body.legal_kinds) for body in bodies] == [
        ("support_conference", "支援会議", (LegalKind.SUPPORT_CONFERENCE,)),
        ("multi_agency_conference", "重層的支援会議", (LegalKind.MULTI_AGENCY_CONFERENCE,)),
        ("promotion_meeting", "包括的支援推進会議", (LegalKind.GOVERNANCE,)),
        ("community_care_meeting", "地域ケア会議", (LegalKind.COMMUNITY_CARE_CONFERENCE,)),
        ("individual_care_meeting", "地域ケア個別会議", (LegalKind.COMMUNITY_CARE_CONFERENCE,)),
        ("community_care_council", "地域包括ケア推進協議会", (LegalKind.GOVERNANCE,)),
        ("study_group", "地域支援研究会", (LegalKind.STAFF,)),
        ("isolation_liaison", "孤独・孤立対策庁内連携会議", (LegalKind.STAFF,)),
        ("support_coordination", "支援調整会議", (LegalKind.STAFF,)),
        ("platform_east", "つながりづくりプラットフォーム（東エリア）", (LegalKind.COMMUNITY,)),
        ("platform_west", "つながりづくりプラットフォーム（西エリア）", (LegalKind.COMMUNITY,)),
        ("food_drive_network", "フードドライブ・ネットワーク連絡会", (LegalKind.COMMUNITY,)),
    ]


def test_the_community_care_meeting_has_five_functions() -> None:
    bodies = Plugin(DEFAULTS).meeting_bodies(TODAY)

    topics = [body.topics for body in bodies if body.code == "community_care_meeting"]

    assert topics == [
        (
            "個別課題の解決",
            "ネットワークの構築",
            "地域生活課題の発見",
            "地域づくり・資源開発",
            "政策形成",
        )
    ]


@pytest.mark.parametrize(
    ("body", "first_day"),
    [
        ("support_conference", date(2022, 4, 1)),
        ("study_group", date(2020, 11, 1)),
        ("platform_east", date(2023, 4, 1)),
        ("platform_west", date(2025, 4, 1)),
    ],
)
def test_a_body_is_there_from_its_first_day(body: str, first_day: date) -> None:
    plugin = Plugin(DEFAULTS)

    before = [
        one.code for one in plugin.meeting_bodies(date(first_day.year, first_day.month - 1, 28))
    ]
    after = [one.code for one in plugin.meeting_bodies(first_day)]

    assert body not in before
    assert body in after


def test_the_host_of_the_support_conference_is_an_office_of_the_city() -> None:
    plugin = Plugin(DEFAULTS)

    hosts = [
        body.host for body in plugin.meeting_bodies(TODAY) if body.code == "support_conference"
    ]
    municipal = [
        office.label for office in plugin.organization(TODAY) if office.kind is OfficeKind.MUNICIPAL
    ]

    assert hosts == ["地域共生推進課"]
    assert hosts[0] in municipal


def test_residents_sit_in_the_conference_of_agencies() -> None:
    slots = Plugin(DEFAULTS).attendees("multi_agency_conference", CASE)

    assert slots is not None
    assert [(slot.label, slot.role, slot.kind) for slot in slots] == [
        ("地域福祉包括化推進員", "coordinator", AttendeeKind.MUNICIPAL_STAFF),
        ("関係各課", "", AttendeeKind.MUNICIPAL_STAFF),
        ("関係機関", "partner", AttendeeKind.PARTNER_AGENCY),
        ("地域住民等", "", AttendeeKind.RESIDENT),
    ]


def test_seven_members_make_the_promotion_meeting() -> None:
    plugin = Plugin(DEFAULTS)

    slots = plugin.attendees("promotion_meeting", CASE)

    assert slots is not None
    assert [slot.label for slot in slots] == [
        "子育て推進課",
        "こども家庭支援課",
        "保育課",
        "福祉政策課",
        "地域共生推進課",
        "障がい福祉課",
        "市社会福祉協議会",
    ]
    offices = {office.code for office in plugin.organization(TODAY)}
    assert {slot.office for slot in slots} <= offices


@pytest.mark.parametrize("body", ["support_conference", "community_care_council", "unknown"])
def test_where_the_plan_names_nobody_no_seat_is_made_up(body: str) -> None:
    assert Plugin(DEFAULTS).attendees(body, CASE) is None


@pytest.mark.parametrize(
    ("body", "year", "words"),
    [
        ("promotion_meeting", 2026, ("年2回",)),
        ("multi_agency_conference", 2026, ("随時開催",)),
        ("support_conference", 2022, ("必要に応じて開催",)),
        ("isolation_liaison", 2023, ("令和5年度：1回",)),
        ("isolation_liaison", 2024, ("令和6年度：2回",)),
        ("isolation_liaison", 2025, ("令和7年度：2回",)),
        ("isolation_liaison", 2026, None),
        ("promotion_meeting", 2021, None),
        ("study_group", 2026, None),
    ],
)
def test_the_cadence_is_as_printed(body: str, year: int, words: tuple[str, ...] | None) -> None:
    assert Plugin(DEFAULTS).cadence(body, year) == words


def test_a_resident_signs_a_pledge_without_a_penalty() -> None:
    notice = Plugin(DEFAULTS).secrecy_notice(
        "multi_agency_conference", AttendeeKind.RESIDENT, TODAY
    )

    assert notice == SecrecyNotice(
        "重層的支援会議に地域住民として出席します。会議で知ったことを、会議の外の人に伝えません。",
        "誓約（法律の罰則によるものではありません。市の計画に誓約の様式はありません）",
        needs_signature=True,
        source="001:L420",
    )
    assert [word for word in ("懲役", "拘禁", "罰金") if word in notice.text] == []


@pytest.mark.parametrize(
    ("body", "attendee"),
    [
        ("multi_agency_conference", AttendeeKind.MUNICIPAL_STAFF),
        ("multi_agency_conference", AttendeeKind.PARTNER_AGENCY),
        ("support_conference", AttendeeKind.RESIDENT),
    ],
)
def test_for_the_others_the_platforms_words_stand(body: str, attendee: AttendeeKind) -> None:
    assert Plugin(DEFAULTS).secrecy_notice(body, attendee, TODAY) is None


def test_the_plan_has_two_sheets_and_none_for_outreach() -> None:
    plugin = Plugin(DEFAULTS)

    assert plugin.plan_form("multi_agency") == PlanForm(
        "支援プラン", "coordinator", whole_household=True, source="001:L157; 001:L395"
    )
    assert plugin.plan_form("participation") == PlanForm(
        "参加支援のプラン", "coordinator", whole_household=False, source="001:L157; 001:L377"
    )
    assert plugin.plan_form("outreach") is None


def test_a_case_ends_on_an_evaluation() -> None:
    assert Plugin(DEFAULTS).closing_requirements(CASE) == ("evaluation",)


def test_the_coordinators_visit_in_every_area() -> None:
    agencies = Plugin(DEFAULTS).outreach_agencies("7", NeedView("withdrawal_truancy"))

    assert agencies == (
        OutreachAgency(
            "community_inclusion",
            "地域共生推進課（地域福祉包括化推進員）",
            "7",
            "outreach_worker",
            "001:L157; 001:L389",
        ),
    )


def test_outreach_goes_in_three_steps_from_the_first_year() -> None:
    plugin = Plugin(DEFAULTS)

    campaigns = plugin.campaigns(2022)

    assert campaigns is not None
    assert [(one.code, one.steps, one.feature) for one in campaigns] == [
        (
            "continuous_outreach",
            (
                "関係機関や民生委員・児童委員、地域住民等との連携を通じた情報収集",
                "事前調整（必要に応じて支援会議を開催）",
                "家庭訪問、同行支援",
            ),
            "outreach",
        )
    ]
    assert plugin.campaigns(2021) is None


@pytest.mark.parametrize(
    ("feature", "on", "expected"),
    [
        ("programme", date(2022, 3, 31), Phase.PLANNED),
        ("programme", date(2022, 4, 1), Phase.ACTIVE),
        ("first_plan", TODAY, Phase.NOT_STATED),
        ("second_plan", date(2026, 3, 31), Phase.PLANNED),
        ("second_plan", date(2029, 3, 31), Phase.ACTIVE),
        ("second_plan", date(2029, 4, 1), Phase.ENDED),
        ("platform_west", date(2025, 4, 1), Phase.ACTIVE),
        ("food_drive", TODAY, Phase.NOT_STATED),
        ("integrated_plan", date(2028, 4, 1), Phase.PLANNED),
        ("connection_supporter", TODAY, Phase.PLANNED),
    ],
)
def test_the_phase_of_each_item_is_as_the_plan_dates_it(
    feature: str, on: date, expected: Phase
) -> None:
    answer = Plugin(DEFAULTS).phase(feature, on)

    assert answer is not None
    assert answer.phase is expected


def test_the_rule_for_moving_on_is_shown_with_its_source() -> None:
    assert Plugin(DEFAULTS).phase("outreach", TODAY) == PhaseAnswer(
        Phase.ACTIVE,
        "アウトリーチ等を通じた継続的支援事業："
        "令和4年度から。支援の同意が得られた場合は多機関協働事業に移行",
        "001:L30; 001:L383-389",
    )


def test_the_city_may_say_that_an_intention_has_begun() -> None:
    plugin = Plugin({**DEFAULTS, "started": {"place_list": date(2026, 10, 1)}})

    before, after = (plugin.phase("place_list", on) for on in (date(2026, 9, 30), TODAY))

    assert before is not None
    assert after is not None
    assert (before.phase, after.phase) == (Phase.PLANNED, Phase.ACTIVE)
    assert after.text.endswith("今後取り組むこと。市が実施を始めた日は2026-10-01です。")


def test_an_unknown_item_has_no_phase() -> None:
    assert Plugin(DEFAULTS).phase("unknown", TODAY) is None


def test_a_dated_item_cannot_be_started_by_a_setting() -> None:
    with pytest.raises(ValueError, match="started に知らない項目「platform_west」"):
        Plugin({**DEFAULTS, "started": {"platform_west": TODAY}})


def test_the_assessment_of_a_household_asks_about_supporters_as_well() -> None:
    answer = Plugin(DEFAULTS).assessment_forms("household", TODAY)

    assert answer is not None
    [sheet] = answer
    assert sheet.extends_platform is True
    assert [one.label for part in sheet.sections for one in part.fields] == [
        "支援関係者が困っていること"
    ]
    assert sheet.source == "001:L395-396"
    assert Plugin(DEFAULTS).assessment_forms("member", TODAY) is None
    assert Plugin(DEFAULTS).assessment_forms("household", date(2022, 3, 31)) is None


def test_a_commissioner_whom_the_desk_noted_counts_as_well() -> None:
    asked = ConsultationView("telephone", "family_support", route="commissioner")

    answer = Plugin(DEFAULTS).escalation(asked)

    assert answer is not None
    assert (answer.target_role, answer.source) == ("coordinator", "001:L176")
