"""Checks Eniwa City's answers against its draft plan, and that the plugin conforms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kasane_eniwa.plugin import Plugin
from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import (
    AttendeeKind,
    CaseView,
    ConsentView,
    ConsultationView,
    EmergencyContact,
    Escalation,
    EscalationLevel,
    LegalKind,
    NeedView,
    OfficeKind,
    PersonView,
    Phase,
    Quorum,
    ResponsibleOffice,
    RoleFunction,
    ScreeningView,
    SessionView,
)

DEFAULTS: Mapping[str, Any] = {"area_labels": {}, "started": {}}
TODAY = date(2026, 11, 2)
CASE = CaseView("case-1", "in_support", support_decided=True)


def _consultation(single: bool | None, ordinary: bool | None) -> ConsultationView:
    return ConsultationView("desk", "elderly_care", screening=ScreeningView(single, ordinary))


def test_the_plugin_conforms() -> None:
    assert check_plugin("eniwa") == []


def test_the_citys_own_words() -> None:
    assert Plugin(DEFAULTS).town_terms(TODAY) == {
        "coordinator": "重層支援コーディネーター",
        "contact": "重層支援担当者",
        "outreach_worker": "地域福祉コーディネーター機能",
        "office": "断らない相談窓口",
    }


def test_no_desk_is_a_one_stop_desk_and_every_desk_receives() -> None:
    offices = Plugin(DEFAULTS).organization(TODAY)

    assert len(offices) == 16
    assert all(office.receives for office in offices)
    assert [office for office in offices if office.lead] == []


def test_each_of_the_four_areas_has_its_support_center() -> None:
    offices = Plugin(DEFAULTS).organization(TODAY)

    assert [(office.code, office.label) for office in offices if office.area] == [
        ("community_support_center_1", "地域包括支援センター（日常生活圏域1）"),
        ("community_support_center_2", "地域包括支援センター（日常生活圏域2）"),
        ("community_support_center_3", "地域包括支援センター（日常生活圏域3）"),
        ("community_support_center_4", "地域包括支援センター（日常生活圏域4）"),
    ]


def test_the_city_may_name_its_areas() -> None:
    plugin = Plugin({**DEFAULTS, "area_labels": {"2": "ひがし"}})

    labels = [office.label for office in plugin.organization(TODAY) if office.area]

    assert labels[1] == "地域包括支援センター（ひがし）"
    assert labels[2] == "地域包括支援センター（日常生活圏域3）"


def test_an_unknown_area_is_refused_by_number() -> None:
    with pytest.raises(ValueError, match="area_labels に知らない圏域「5」"):
        Plugin({**DEFAULTS, "area_labels": {"5": "みなみ"}})


def test_no_agency_is_taken_for_a_contractor_of_the_programme() -> None:
    offices = Plugin(DEFAULTS).organization(TODAY)

    by_kind = [sum(office.kind is kind for office in offices) for kind in OfficeKind]

    assert dict(zip(OfficeKind, by_kind, strict=True)) == {
        OfficeKind.MUNICIPAL: 8,
        OfficeKind.CONTRACTED: 0,
        OfficeKind.PARTNER_AGENCY: 8,
        OfficeKind.RESIDENTS: 0,
        OfficeKind.COMPANY: 0,
    }


def test_the_roles_are_those_of_the_plan() -> None:
    roles = Plugin(DEFAULTS).roles(TODAY)

    assert [(role.code, role.label, role.function) for role in roles] == [
        ("receiver", "断らない相談窓口の職員", RoleFunction.RECEIVER),
        ("contact", "重層支援担当者", RoleFunction.CONTACT),
        ("coordinator", "重層支援コーディネーター", RoleFunction.COORDINATOR),
        ("outreach_worker", "地域福祉コーディネーター機能", RoleFunction.OUTREACH_WORKER),
        ("adviser", "アドバイザー", RoleFunction.PARTNER),
        ("core_member", "コアメンバー", RoleFunction.PARTNER),
        ("partner", "関係機関の職員", RoleFunction.PARTNER),
    ]
    assert [role.headcount for role in roles] == [""] * 7


@pytest.mark.parametrize(
    ("category", "area", "answer"),
    [
        (
            "nursing_care",
            "3",
            ResponsibleOffice(
                "community_support_center_3",
                "介護の相談なので、お住まいの圏域の地域包括支援センターにつなぎます。",
                "000:L204; 000:L311-313",
            ),
        ),
        (
            "nursing_care",
            "",
            ResponsibleOffice(
                "elderly_care",
                "介護の相談なので、介護福祉課につなぎます。",
                "000:L204; 000:L311-313",
            ),
        ),
        ("housing", "3", None),
    ],
)
def test_the_responsible_office_for_care_is_known(
    category: str, area: str, answer: ResponsibleOffice | None
) -> None:
    consultation = ConsultationView("desk", "health", main_category=category, area=area)

    assert Plugin(DEFAULTS).responsible_office(consultation) == answer


def test_the_coordinator_is_told_in_an_emergency() -> None:
    contacts = Plugin(DEFAULTS).emergency_contacts(ConsultationView("desk", "health", urgent=True))

    assert contacts == (
        EmergencyContact(
            "福祉課（重層支援コーディネーター）", "coordinator", 30, "000:L177; 000:L215"
        ),
    )


def test_beyond_one_agency_the_contacts_discuss() -> None:
    answer = Plugin(DEFAULTS).escalation(_consultation(False, None))

    assert answer == Escalation(
        EscalationLevel.RELATED_AGENCIES,
        "contact",
        "単独の支援機関のみでは対応が難しいため、重層支援担当者を中心に関係部署等と"
        "情報共有や協議を行います。",
        "000:L154",
    )


def test_beyond_ordinary_cooperation_the_coordinator_takes_over() -> None:
    answer = Plugin(DEFAULTS).escalation(_consultation(False, False))

    assert answer == Escalation(
        EscalationLevel.MULTI_AGENCY,
        "coordinator",
        "通常の連携の範囲を超えたチームでの支援が必要なため、重層支援コーディネーターに"
        "つなぎます。",
        "000:L157",
    )


def test_a_desk_that_can_cope_keeps_the_matter() -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(True, None)) is None


def test_consent_is_explained_for_the_conference_of_agencies() -> None:
    plugin = Plugin(DEFAULTS)

    policy = plugin.consent_policy("multi_agency")

    assert policy is not None
    assert policy.source == "000:L217"
    assert plugin.consent_policy("handoff") is None


@pytest.mark.parametrize(
    ("state", "body"),
    [
        ("given", "multi_agency_conference"),
        ("refused", "support_conference"),
        ("not_asked", "support_conference"),
        ("withdrawn", "support_conference"),
        ("unable", "support_conference"),
    ],
)
def test_consent_decides_the_conference(state: str, body: str) -> None:
    consent = ConsentView(PersonView("p-1"), state)

    assert Plugin(DEFAULTS).meeting_for(CASE, consent, urgent=False).body == body


def test_the_bodies_have_their_legal_kinds() -> None:
    bodies = Plugin(DEFAULTS).meeting_bodies(TODAY)

    assert [(body.code, body.legal_kinds[0]) for body in bodies] == [
        ("support_conference", LegalKind.SUPPORT_CONFERENCE),
        ("multi_agency_conference", LegalKind.MULTI_AGENCY_CONFERENCE),
        ("contact_meeting", LegalKind.POLICY_SHARING),
        ("review_panel", LegalKind.GOVERNANCE),
        ("coordination_meeting", LegalKind.GOVERNANCE),
        ("welfare_council", LegalKind.GOVERNANCE),
        ("area_council", LegalKind.COMMUNITY),
        ("core_member_meeting", LegalKind.COMMUNITY),
        ("exchange_meeting", LegalKind.COMMUNITY),
    ]


@pytest.mark.parametrize(
    ("on", "label", "former"),
    [
        (date(2023, 1, 13), "包括的相談支援及びケアラー支援推進事業調整会議", ""),
        (
            date(2025, 8, 6),
            "恵庭市重層的支援及びケアラー支援推進事業調整会議",
            "包括的相談支援及びケアラー支援推進事業調整会議",
        ),
    ],
)
def test_the_coordination_meeting_was_renamed(on: date, label: str, former: str) -> None:
    bodies = Plugin(DEFAULTS).meeting_bodies(on)

    named = [
        (body.label, body.former_label) for body in bodies if body.code == "coordination_meeting"
    ]

    assert named == [(label, former)]


def test_the_review_panel_begins_with_its_rules() -> None:
    plugin = Plugin(DEFAULTS)

    before = [body.code for body in plugin.meeting_bodies(date(2022, 12, 19))]
    after = [body.code for body in plugin.meeting_bodies(date(2022, 12, 20))]

    assert "review_panel" not in before
    assert "review_panel" in after


def test_the_exchange_of_another_city_is_not_mixed_in() -> None:
    labels = [body.label for body in Plugin(DEFAULTS).meeting_bodies(TODAY)]

    assert "とりこぼさない支援を考える交流会" in labels
    assert [label for label in labels if "うみだす" in label] == []


@pytest.mark.parametrize(
    ("members", "present", "answer"),
    [
        (
            12,
            7,
            Quorum(True, "構成員12名の過半数（7名）以上が出席しています（出席7名）。"),
        ),
        (
            12,
            6,
            Quorum(
                False,
                "構成員12名の過半数（7名）に1名足りないため、会議を開催できません（出席6名）。",
            ),
        ),
        (
            11,
            6,
            Quorum(True, "構成員11名の過半数（6名）以上が出席しています（出席6名）。"),
        ),
        (0, 0, Quorum(False, "構成員が登録されていないため、会議を開催できません。")),
    ],
)
def test_the_review_panel_opens_with_a_majority(members: int, present: int, answer: Quorum) -> None:
    assert Plugin(DEFAULTS).quorum("review_panel", members, present) == answer


def test_the_conferences_have_no_quorum() -> None:
    assert Plugin(DEFAULTS).quorum("support_conference", 12, 1) is None


def test_the_attendees_of_the_support_conference() -> None:
    slots = Plugin(DEFAULTS).attendees("support_conference", CASE)

    assert slots is not None
    assert [(slot.label, slot.role, slot.kind) for slot in slots] == [
        ("重層支援コーディネーター", "coordinator", AttendeeKind.MUNICIPAL_STAFF),
        ("関係部署の重層支援担当者", "contact", AttendeeKind.MUNICIPAL_STAFF),
        ("関係機関の職員", "partner", AttendeeKind.PARTNER_AGENCY),
    ]
    assert Plugin(DEFAULTS).attendees("welfare_council", CASE) is None


def test_the_review_panel_meets_when_its_chair_calls_it() -> None:
    plugin = Plugin(DEFAULTS)

    assert plugin.cadence("review_panel", 2026) == ("座長が必要であると認めた場合に招集",)
    assert plugin.cadence("contact_meeting", 2026) is None


@pytest.mark.parametrize(
    ("attendee", "signs"),
    [(AttendeeKind.MUNICIPAL_STAFF, False), (AttendeeKind.PARTNER_AGENCY, True)],
)
def test_the_secrecy_notice_prints_no_penalty(attendee: AttendeeKind, signs: bool) -> None:
    notice = Plugin(DEFAULTS).secrecy_notice("support_conference", attendee, TODAY)

    assert notice is not None
    assert (notice.needs_signature, notice.source) == (signs, "000:L215")
    assert [word for word in ("懲役", "拘禁", "罰金") if word in notice.text + notice.basis] == []


def test_other_bodies_have_no_secrecy_notice_of_the_citys_own() -> None:
    notice = Plugin(DEFAULTS).secrecy_notice("review_panel", AttendeeKind.RESIDENT, TODAY)

    assert notice is None


def test_the_policy_is_shared_without_identity() -> None:
    follow_ups = Plugin(DEFAULTS).after_meeting(SessionView("support_conference", TODAY))

    assert [(one.body, one.source) for one in follow_ups] == [
        ("contact_meeting", "000:L206"),
        ("", "000:L207"),
    ]
    assert all("この支援会議に出席した人だけに見えます" in one.text for one in follow_ups)
    assert Plugin(DEFAULTS).after_meeting(SessionView("multi_agency_conference")) == ()


def test_the_states_have_the_citys_words() -> None:
    assert Plugin(DEFAULTS).status_labels().labels == {
        "closed": "終結",
        "observing": "経過観察",
        "replanning": "支援方針の再検討",
    }


def test_a_case_ends_on_an_evaluation() -> None:
    assert Plugin(DEFAULTS).closing_requirements(CASE) == ("evaluation",)


def test_the_center_of_the_area_visits() -> None:
    plugin = Plugin(DEFAULTS)
    need = NeedView("withdrawal_truancy")

    in_area = [agency.code for agency in plugin.outreach_agencies("2", need)]
    anywhere = [agency.area for agency in plugin.outreach_agencies("", need)]

    assert in_area == ["community_support_center_2"]
    assert anywhere == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("feature", "on", "expected"),
    [
        ("coordination_meeting", date(2022, 3, 31), Phase.PLANNED),
        ("coordination_meeting", date(2022, 4, 1), Phase.ACTIVE),
        ("transition", date(2024, 3, 31), Phase.PLANNED),
        ("transition", date(2026, 3, 31), Phase.ACTIVE),
        ("transition", date(2026, 4, 1), Phase.ENDED),
        ("implementation_plan", date(2026, 4, 1), Phase.PLANNED),
        ("platform", date(2030, 4, 1), Phase.PLANNED),
        ("digital_notebook", TODAY, Phase.NOT_STATED),
    ],
)
def test_the_phase_of_each_item_is_as_the_plan_dates_it(
    feature: str, on: date, expected: Phase
) -> None:
    answer = Plugin(DEFAULTS).phase(feature, on)

    assert answer is not None
    assert answer.phase is expected


def test_the_city_may_say_that_the_plan_has_begun() -> None:
    plugin = Plugin({**DEFAULTS, "started": {"implementation_plan": date(2026, 4, 1)}})

    phases = [
        plugin.phase("implementation_plan", on)
        for on in (date(2026, 3, 31), TODAY, date(2031, 4, 1))
    ]

    assert [answer.phase for answer in phases if answer is not None] == [
        Phase.PLANNED,
        Phase.ACTIVE,
        Phase.ENDED,
    ]


def test_an_unknown_item_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="started に知らない項目「transition」"):
        Plugin({**DEFAULTS, "started": {"transition": TODAY}})
