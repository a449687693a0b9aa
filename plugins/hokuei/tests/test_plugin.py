"""Checks Hokuei Town's answers against its slides, and that the plugin conforms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kasane_hokuei.plugin import Plugin
from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import (
    AttendeeKind,
    CaseView,
    ConsentView,
    ConsultationView,
    Escalation,
    EscalationLevel,
    LegalKind,
    NeedView,
    OfficeKind,
    PersonView,
    Phase,
    ResponsibleOffice,
    RoleFunction,
    ScreeningView,
    matching_bodies,
)

DEFAULTS: Mapping[str, Any] = {
    "areas": {},
    "psychiatric_corporation": "",
    "started": {},
}
TODAY = date(2026, 11, 2)
CASE = CaseView("case-1", "in_support", support_decided=True)
STATES = ("not_asked", "pending", "refused", "given", "withdrawn", "expired", "unable")
FIVE = [
    ("outreach_corporation_1", "仁厚会"),
    ("outreach_corporation_2", "誠医会"),
    ("outreach_corporation_3", "中部福祉会"),
    ("social_welfare_council", "北栄町社協"),
    ("outreach_corporation_5", "みのり福祉会"),
]
VISITING = {**DEFAULTS, "started": {"psychiatric_visits": date(2025, 4, 1)}}


def _consultation(single: bool | None, ordinary: bool | None) -> ConsultationView:
    return ConsultationView("desk", "welfare", screening=ScreeningView(single, ordinary))


def test_the_plugin_conforms() -> None:
    assert check_plugin("hokuei") == []


def test_the_plugin_conforms_with_every_setting_given() -> None:
    settings = {
        "areas": {"1": "outreach_corporation_1"},
        "psychiatric_corporation": "見本の医療法人",
        "started": {"psychiatric_visits": date(2025, 4, 1)},
    }

    assert check_plugin("hokuei", other_settings=settings) == []


def test_the_towns_own_words() -> None:
    assert Plugin(DEFAULTS).town_terms(TODAY) == {
        "coordinator": "相談支援包括化推進員",
        "referral_sheet": "つなぐシート",
    }


def test_no_desk_is_a_one_stop_desk() -> None:
    offices = Plugin(DEFAULTS).organization(TODAY)

    receiving = [(office.label, office.fields) for office in offices if office.receives]

    assert receiving == [
        ("福祉課", ("elderly", "poverty", "disability")),
        ("地域包括支援センター", ("elderly",)),
        ("教育総務課", ("children",)),
    ]
    assert [office for office in offices if office.lead] == []


def test_the_five_corporations_are_contracted() -> None:
    plugin = Plugin(DEFAULTS)

    now = [o for o in plugin.organization(TODAY) if o.kind is OfficeKind.CONTRACTED]
    before = [o.code for o in plugin.organization(date(2021, 3, 31)) if o.receives is False]

    assert [(office.code, office.label) for office in now] == FIVE
    assert before == ["social_welfare_council"]


def test_the_psychiatric_corporation_is_only_considered() -> None:
    plugin = Plugin(DEFAULTS)

    codes = [office.code for office in plugin.organization(TODAY)]
    visitors = plugin.outreach_agencies("", NeedView("illness_disability"))
    phase = plugin.phase("psychiatric_visits", TODAY)

    assert "psychiatric_corporation" not in codes
    assert [(one.code, one.label) for one in visitors] == FIVE
    assert phase is not None
    assert (phase.phase, phase.source) == (Phase.PLANNED, "002:L878-882")


def test_the_psychiatric_corporation_visits_once_the_town_says_so() -> None:
    plugin = Plugin({**VISITING, "psychiatric_corporation": "見本の医療法人"})

    before = [office.code for office in plugin.organization(date(2025, 3, 31))]
    (office,) = [o for o in plugin.organization(TODAY) if o.code == "psychiatric_corporation"]
    for_illness = plugin.outreach_agencies("", NeedView("illness_disability"))
    for_care = plugin.outreach_agencies("", NeedView("nursing_care"))

    assert "psychiatric_corporation" not in before
    assert (office.label, office.kind) == ("見本の医療法人", OfficeKind.PARTNER_AGENCY)
    assert for_illness[-1].label == "見本の医療法人"
    assert [(one.code, one.label) for one in for_care] == FIVE


def test_a_psychiatric_corporation_without_a_name_keeps_the_words_of_the_slides() -> None:
    visitors = Plugin(VISITING).outreach_agencies("", NeedView("illness_disability"))

    assert visitors[-1].label == "精神科のある医療法人"


@pytest.mark.parametrize(
    ("on", "unit", "headcount"),
    [
        (date(2018, 4, 1), "地域包括支援センター", "1名"),
        (date(2019, 3, 31), "地域包括支援センター", "1名"),
        (date(2019, 4, 1), "生活困窮担当室", ""),
        (date(2022, 3, 31), "生活困窮担当室", ""),
        (date(2022, 4, 1), "福祉課", ""),
    ],
)
def test_the_coordinator_moved_from_office_to_office(on: date, unit: str, headcount: str) -> None:
    roles = [role for role in Plugin(DEFAULTS).roles(on) if role.code == "coordinator"]

    assert [(role.label, role.unit, role.headcount) for role in roles] == [
        ("相談支援包括化推進員", unit, headcount)
    ]


def test_the_roles_are_those_of_the_slides() -> None:
    roles = Plugin(DEFAULTS).roles(TODAY)

    assert [(role.code, role.label, role.function) for role in roles] == [
        ("receiver", "各相談支援機関の窓口の職員", RoleFunction.RECEIVER),
        ("coordinator", "相談支援包括化推進員", RoleFunction.COORDINATOR),
        ("responsible", "連携責任者", RoleFunction.RESPONSIBLE),
        ("contact", "事業担当者", RoleFunction.CONTACT),
        ("adviser", "福祉施策アドバイザー", RoleFunction.PARTNER),
        ("outreach_worker", "訪問する職員（町内5法人）", RoleFunction.OUTREACH_WORKER),
        ("participation_worker", "参加支援の担当（北栄町社協）", RoleFunction.PARTNER),
        ("community_coordinator", "生活支援コーディネーター", RoleFunction.PARTNER),
        ("specialist", "SSWやネウボラ等の他部署の専門職", RoleFunction.PARTNER),
    ]


@pytest.mark.parametrize(
    ("category", "answer"),
    [
        (
            "nursing_care",
            ResponsibleOffice(
                "welfare",
                "高齢者の相談なので、福祉課と地域包括支援センターの窓口が受け止めます。",
                "002:L681",
            ),
        ),
        (
            "income",
            ResponsibleOffice(
                "welfare", "生活困窮の相談なので、福祉課の窓口が受け止めます。", "002:L682"
            ),
        ),
        (
            "child_rearing",
            ResponsibleOffice(
                "education", "子どもの相談なので、教育総務課の窓口が受け止めます。", "002:L684"
            ),
        ),
        (
            "other",
            ResponsibleOffice(
                "welfare",
                "窓口がはっきりしない相談なので、福祉課の相談支援包括化推進員が受け持ちます。",
                "002:L771-772",
            ),
        ),
        ("housing", None),
        ("", None),
    ],
)
def test_the_desk_of_the_field_takes_the_matter(
    category: str, answer: ResponsibleOffice | None
) -> None:
    consultation = ConsultationView("desk", "education", main_category=category)

    assert Plugin(DEFAULTS).responsible_office(consultation) == answer


def test_beyond_ordinary_cooperation_the_coordinator_takes_it() -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(False, False)) == Escalation(
        EscalationLevel.MULTI_AGENCY,
        "coordinator",
        "複合的な課題を抱えるため、福祉課の相談支援包括化推進員が受け持ちます。",
        "002:L688; 002:L769-773",
    )


def test_beyond_one_desk_the_desks_connect() -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(False, True)) == Escalation(
        EscalationLevel.RELATED_AGENCIES,
        "coordinator",
        "一つの窓口では対応が難しいため、相談支援包括化推進員とともに、必要な機関につないで"
        "連携します。",
        "002:L677-679; 002:L769-773",
    )


def test_a_desk_that_can_cope_keeps_the_matter() -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(True, None)) is None


def test_the_bodies_have_their_legal_kinds() -> None:
    bodies = Plugin(DEFAULTS).meeting_bodies(TODAY)

    assert [(body.label, body.legal_kinds) for body in bodies] == [
        ("包括的支援会議", (LegalKind.SUPPORT_CONFERENCE,)),
        ("関係者連絡会「つながる会議」", (LegalKind.STAFF,)),
        ("連携責任者連絡会", (LegalKind.STAFF,)),
        ("事業担当者連絡会", (LegalKind.STAFF,)),
        ("よっしゃやらあ会（第2層協議体）", (LegalKind.COMMUNITY,)),
        ("支え愛連絡会", (LegalKind.COMMUNITY,)),
    ]


def test_the_town_has_no_body_that_decides_plans() -> None:
    bodies = Plugin(DEFAULTS).meeting_bodies(TODAY)

    assert matching_bodies(bodies, LegalKind.MULTI_AGENCY_CONFERENCE) == ()


def test_the_residents_council_begins_in_its_year() -> None:
    plugin = Plugin(DEFAULTS)

    before = [body.code for body in plugin.meeting_bodies(date(2017, 3, 31))]
    after = [body.code for body in plugin.meeting_bodies(date(2017, 4, 1))]

    assert "second_layer_council" not in before
    assert "second_layer_council" in after


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("state", STATES)
def test_one_conference_takes_people_with_and_without_consent(state: str, urgent: bool) -> None:
    plugin = Plugin(DEFAULTS)

    route = plugin.meeting_for(CASE, ConsentView(PersonView("p-1"), state), urgent)
    (body,) = matching_bodies(plugin.meeting_bodies(TODAY), route.body)

    assert (body.label, route.source) == ("包括的支援会議", "002:L778-782")
    assert body.legal_kinds == (LegalKind.SUPPORT_CONFERENCE,)
    assert "資料と議事は出席者だけに見えます" in route.reason


def test_the_conference_meets_flexibly() -> None:
    plugin = Plugin(DEFAULTS)

    assert plugin.cadence("comprehensive_support_conference", 2026) == ("柔軟に開催",)
    assert plugin.cadence("connecting_meeting", 2026) is None


@pytest.mark.parametrize(
    ("attendee", "signs"),
    [
        (AttendeeKind.MUNICIPAL_STAFF, False),
        (AttendeeKind.CONTRACTOR, True),
        (AttendeeKind.PARTNER_AGENCY, True),
    ],
)
def test_the_duty_of_secrecy_is_the_laws_and_prints_no_penalty(
    attendee: AttendeeKind, signs: bool
) -> None:
    notice = Plugin(DEFAULTS).secrecy_notice("comprehensive_support_conference", attendee, TODAY)

    assert notice is not None
    assert (notice.basis, notice.needs_signature, notice.source) == (
        "社会福祉法第106条の6",
        signs,
        "002:L780",
    )
    assert [word for word in ("懲役", "拘禁", "罰金") if word in notice.text + notice.basis] == []


def test_other_bodies_have_no_notice_of_the_towns_own() -> None:
    notice = Plugin(DEFAULTS).secrecy_notice("connecting_meeting", AttendeeKind.RESIDENT, TODAY)

    assert notice is None


def test_the_town_gives_areas_to_corporations() -> None:
    plugin = Plugin({**DEFAULTS, "areas": {"12": "outreach_corporation_3"}})
    need = NeedView("withdrawal_truancy", "12")

    in_area = plugin.outreach_agencies("12", need)
    elsewhere = plugin.outreach_agencies("13", need)

    assert [(one.label, one.area, one.role) for one in in_area] == [
        ("中部福祉会", "12", "outreach_worker")
    ]
    assert [(one.code, one.label) for one in elsewhere] == FIVE


def test_an_area_of_an_unknown_corporation_is_refused() -> None:
    with pytest.raises(ValueError, match="areas の「12」に知らない法人「someone」"):
        Plugin({**DEFAULTS, "areas": {"12": "someone"}})


@pytest.mark.parametrize(
    ("feature", "on", "expected"),
    [
        ("support_network", TODAY, Phase.NOT_STATED),
        ("life_support", date(2016, 4, 1), Phase.ACTIVE),
        ("multi_agency_model", date(2018, 3, 31), Phase.PLANNED),
        ("multi_agency_model", date(2021, 3, 31), Phase.ACTIVE),
        ("multi_agency_model", date(2021, 4, 1), Phase.ENDED),
        ("programme", date(2021, 3, 31), Phase.PLANNED),
        ("programme", date(2021, 4, 1), Phase.ACTIVE),
        ("implementation_plan", date(2022, 3, 31), Phase.PLANNED),
        ("implementation_plan", date(2022, 4, 1), Phase.ACTIVE),
        ("implementation_plan", date(2025, 3, 31), Phase.ACTIVE),
        ("implementation_plan", date(2025, 4, 1), Phase.ENDED),
        ("household_survey", date(2021, 4, 1), Phase.ACTIVE),
        ("action_plan", TODAY, Phase.NOT_STATED),
        ("psychiatric_visits", TODAY, Phase.PLANNED),
    ],
)
def test_the_phase_of_each_item_is_as_the_slides_date_it(
    feature: str, on: date, expected: Phase
) -> None:
    answer = Plugin(DEFAULTS).phase(feature, on)

    assert answer is not None
    assert answer.phase is expected


def test_the_five_parts_of_the_programme_run_from_r3() -> None:
    plugin = Plugin(DEFAULTS)
    parts = (
        "comprehensive_consultation",
        "multi_agency",
        "outreach",
        "participation",
        "community_development",
    )

    answers = [plugin.phase(part, date(2021, 4, 1)) for part in parts]

    assert [answer.phase if answer else None for answer in answers] == [Phase.ACTIVE] * 5


def test_the_town_may_say_that_the_psychiatric_visits_have_begun() -> None:
    plugin = Plugin(VISITING)

    before = plugin.phase("psychiatric_visits", date(2025, 3, 31))
    after = plugin.phase("psychiatric_visits", date(2025, 4, 1))

    assert before is not None
    assert after is not None
    assert (before.phase, after.phase) == (Phase.PLANNED, Phase.ACTIVE)
    assert after.text.endswith("町が実施を始めた日は2025-04-01です。")


def test_a_dated_item_is_not_started_again() -> None:
    with pytest.raises(ValueError, match="started に知らない項目「programme」"):
        Plugin({**DEFAULTS, "started": {"programme": TODAY}})


def test_the_legal_bases_beside_consent_have_their_sources() -> None:
    found = {one.code: one.source for one in Plugin(DEFAULTS).legal_bases(TODAY)}

    assert found == {
        "pipa_69_1": "P11; P12",
        "pipa_69_2_2": "P11; P12",
        "pipa_69_2_3": "P11; P12",
        "pipa_69_2_4": "P11; P12",
        "welfare_commissioner": "P53",
    }
