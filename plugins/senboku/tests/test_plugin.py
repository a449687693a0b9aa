"""Checks Semboku City's answers against its plan, and that the plugin conforms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import (
    AttendeeKind,
    CaseView,
    ConsentView,
    ConsultationView,
    Escalation,
    EscalationLevel,
    FollowUp,
    LegalKind,
    NeedView,
    OfficeKind,
    OutreachAgency,
    PersonView,
    Phase,
    PlanForm,
    ResponsibleOffice,
    RoleFunction,
    ScreeningView,
    SecrecyNotice,
    SessionView,
)
from kasane_senboku.plugin import Plugin

DEFAULTS: Mapping[str, Any] = {"secrecy_notices": {}, "started": {}}
TODAY = date(2026, 11, 2)
FIRST_DAY = date(2025, 4, 1)
CASE = CaseView("case-1", "in_support", support_decided=True)
CONFERENCES = ("support_conference", "multi_agency_conference")
PRINTED = (
    "「支援会議」・「重層的支援会議」により知りえた秘密を漏らした時には"
    "「1年以下の懲役又は100万円以下の罰金」に処せられます。"
)


def _consultation(single: bool | None, ordinary: bool | None) -> ConsultationView:
    return ConsultationView("desk", "health", screening=ScreeningView(single, ordinary))


def test_the_plugin_conforms() -> None:
    assert check_plugin("senboku") == []


def test_the_plugin_conforms_with_a_notice_of_the_citys_own() -> None:
    settings = {"secrecy_notices": {"2027-04-01": "新しい文言"}}

    assert check_plugin("senboku", other_settings=settings) == []


def test_the_citys_own_words() -> None:
    assert Plugin(DEFAULTS).town_terms(TODAY) == {"coordinator": "重層的支援コーディネーター"}


def test_the_desks_are_the_existing_ones_and_all_receive() -> None:
    offices = Plugin(DEFAULTS).organization(TODAY)

    assert [(office.code, office.kind) for office in offices] == [
        ("social_welfare", OfficeKind.MUNICIPAL),
        ("community_support_center", OfficeKind.MUNICIPAL),
        ("disability_consultation_aisen", OfficeKind.CONTRACTED),
        ("family_center", OfficeKind.MUNICIPAL),
        ("health", OfficeKind.MUNICIPAL),
        ("social_welfare_council", OfficeKind.CONTRACTED),
    ]
    assert all(office.receives for office in offices)
    assert [office.label for office in offices if office.lead] == ["市民福祉部社会福祉課"]


def test_the_roles_are_those_of_the_plan() -> None:
    roles = Plugin(DEFAULTS).roles(TODAY)

    assert [(role.code, role.label, role.function) for role in roles] == [
        ("receiver", "各課の職員", RoleFunction.RECEIVER),
        ("coordinator", "重層的支援コーディネーター", RoleFunction.COORDINATOR),
        ("outreach_worker", "訪問する職員（直営）", RoleFunction.OUTREACH_WORKER),
        ("physical_disability_counselor", "身体障害者相談員", RoleFunction.PARTNER),
        ("intellectual_disability_counselor", "知的障害者相談員", RoleFunction.PARTNER),
        ("welfare_commissioner", "民生児童委員", RoleFunction.PARTNER),
        ("partner", "支援機関等の職員", RoleFunction.PARTNER),
    ]
    assert [role.headcount for role in roles] == [""] * 7


def test_the_coordinator_is_new_with_the_programme() -> None:
    before = [role.code for role in Plugin(DEFAULTS).roles(date(2025, 3, 31))]
    after = [role.code for role in Plugin(DEFAULTS).roles(FIRST_DAY)]

    assert "coordinator" not in before
    assert "coordinator" in after


@pytest.mark.parametrize(
    ("category", "answer"),
    [
        (
            "nursing_care",
            ResponsibleOffice(
                "community_support_center",
                "介護の相談なので、仙北市地域包括支援センターにつなぎます。",
                "003:L111-115",
            ),
        ),
        (
            "child_rearing",
            ResponsibleOffice(
                "family_center",
                "子育ての相談なので、子ども家庭センターにつなぎます（保健課も同じ事業を行っています）。",
                "003:L123-129",
            ),
        ),
        ("income", None),
        ("illness_disability", None),
    ],
)
def test_the_desk_of_a_field_is_named_only_where_the_plan_names_it(
    category: str, answer: ResponsibleOffice | None
) -> None:
    consultation = ConsultationView("desk", "health", main_category=category)

    assert Plugin(DEFAULTS).responsible_office(consultation) == answer


@pytest.mark.parametrize(("single", "ordinary"), [(None, None), (True, None), (True, True)])
def test_nothing_goes_on_before_the_office_has_confirmed_that_it_cannot_cope(
    single: bool | None, ordinary: bool | None
) -> None:
    assert Plugin(DEFAULTS).escalation(_consultation(single, ordinary)) is None


@pytest.mark.parametrize(("single", "ordinary"), [(False, None), (False, False), (None, False)])
def test_a_complex_matter_goes_to_the_coordinator(
    single: bool | None, ordinary: bool | None
) -> None:
    answer = Plugin(DEFAULTS).escalation(_consultation(single, ordinary))

    assert answer == Escalation(
        EscalationLevel.MULTI_AGENCY,
        "coordinator",
        "複雑化・複合化した事例で、単独の課だけでは解決が困難なため、"
        "重層的支援コーディネーターにつなぎます。",
        "003:L193; 003:L206",
    )


def test_offices_that_cope_together_still_consult_the_coordinator() -> None:
    answer = Plugin(DEFAULTS).escalation(_consultation(False, True))

    assert answer is not None
    assert (answer.level, answer.target_role, answer.source) == (
        EscalationLevel.RELATED_AGENCIES,
        "coordinator",
        "003:L67; 003:L206",
    )


def test_consent_is_explained_for_the_conference_of_agencies() -> None:
    plugin = Plugin(DEFAULTS)

    policy = plugin.consent_policy("multi_agency")

    assert policy is not None
    assert policy.source == "003:L199; 003:L207"
    assert plugin.consent_policy("handoff") is None


@pytest.mark.parametrize(
    ("state", "body"),
    [
        ("given", "multi_agency_conference"),
        ("refused", "support_conference"),
        ("not_asked", "support_conference"),
        ("pending", "support_conference"),
        ("withdrawn", "support_conference"),
        ("expired", "support_conference"),
        ("unable", "support_conference"),
    ],
)
def test_consent_decides_the_conference(state: str, body: str) -> None:
    consent = ConsentView(PersonView("p-1"), state)

    assert Plugin(DEFAULTS).meeting_for(CASE, consent, urgent=False).body == body


def test_one_household_may_have_items_in_two_bodies() -> None:
    plugin = Plugin(DEFAULTS)
    mother = ConsentView(PersonView("p-1", 78, "mother"), "given")
    son = ConsentView(PersonView("p-2", 52, "son"), "refused")

    bodies = [plugin.meeting_for(CASE, one, urgent=True).body for one in (mother, son)]

    assert bodies == ["multi_agency_conference", "support_conference"]


def test_the_two_bodies_begin_with_the_programme() -> None:
    plugin = Plugin(DEFAULTS)

    bodies = plugin.meeting_bodies(FIRST_DAY)

    assert plugin.meeting_bodies(date(2025, 3, 31)) == ()
    assert [(body.code, body.label, body.legal_kinds, body.host) for body in bodies] == [
        ("support_conference", "支援会議", (LegalKind.SUPPORT_CONFERENCE,), "仙北市"),
        (
            "multi_agency_conference",
            "重層的支援会議",
            (LegalKind.MULTI_AGENCY_CONFERENCE,),
            "仙北市",
        ),
    ]


@pytest.mark.parametrize("body", CONFERENCES)
def test_the_coordinator_and_the_offices_attend(body: str) -> None:
    slots = Plugin(DEFAULTS).attendees(body, CASE)

    assert slots is not None
    assert [(slot.label, slot.role) for slot in slots] == [
        ("重層的支援コーディネーター", "coordinator"),
        ("各課", ""),
    ]


def test_an_unknown_body_has_no_seats() -> None:
    assert Plugin(DEFAULTS).attendees("unknown", CASE) is None


@pytest.mark.parametrize("body", CONFERENCES)
@pytest.mark.parametrize(
    ("attendee", "signs"),
    [
        (AttendeeKind.MUNICIPAL_STAFF, False),
        (AttendeeKind.CONTRACTOR, True),
        (AttendeeKind.PARTNER_AGENCY, True),
        (AttendeeKind.RESIDENT, True),
    ],
)
def test_both_conferences_show_the_citys_printed_sentence_dated_and_with_its_source(
    body: str, attendee: AttendeeKind, signs: bool
) -> None:
    notice = Plugin(DEFAULTS).secrecy_notice(body, attendee, TODAY)

    assert notice == SecrecyNotice(
        text=PRINTED,
        basis=(
            "秘密漏えいに関する罰則規定（社会福祉法第159条）。"
            "仙北市の計画（令和7年4月）に印刷された文言です"
        ),
        needs_signature=signs,
        effective_from=date(2025, 4, 1),
        source="003:L209-211",
    )


@pytest.mark.parametrize(
    ("body", "attendee", "on"),
    [
        ("support_conference", AttendeeKind.RESIDENT, date(2025, 3, 31)),
        ("unknown", AttendeeKind.RESIDENT, TODAY),
        ("multi_agency_conference", AttendeeKind.PERSON_OR_FAMILY, TODAY),
    ],
)
def test_the_sentence_is_shown_only_where_and_when_the_city_prints_it(
    body: str, attendee: AttendeeKind, on: date
) -> None:
    assert Plugin(DEFAULTS).secrecy_notice(body, attendee, on) is None


def test_a_new_print_holds_from_its_day_and_leaves_earlier_sessions_as_they_were() -> None:
    plugin = Plugin({**DEFAULTS, "secrecy_notices": {"2027-04-01": "新しい文言です。"}})
    partner = AttendeeKind.PARTNER_AGENCY

    before = plugin.secrecy_notice("support_conference", partner, date(2027, 3, 31))
    after = plugin.secrecy_notice("support_conference", partner, date(2027, 4, 1))

    assert before is not None
    assert before.text == PRINTED
    assert after == SecrecyNotice(
        "新しい文言です。",
        "仙北市が設定した文言です（2027-04-01から）",
        needs_signature=True,
        effective_from=date(2027, 4, 1),
    )


@pytest.mark.parametrize("day", ["令和9年4月", "2027-02-30", ""])
def test_a_print_without_a_readable_date_is_refused(day: str) -> None:
    with pytest.raises(ValueError, match=f"secrecy_notices の日付「{day}」が読めません"):
        Plugin({**DEFAULTS, "secrecy_notices": {day: "文言"}})


def test_after_the_support_conference_nobody_goes_on_without_consent() -> None:
    follow_ups = Plugin(DEFAULTS).after_meeting(SessionView("support_conference", TODAY))

    assert follow_ups == (
        FollowUp(
            role="coordinator",
            text="重層的支援コーディネーターが支援を続けます。"
            "本人の同意が得られたら、重層的支援会議に進みます。",
            source="003:L206",
        ),
    )


def test_after_the_conference_of_agencies_come_plan_and_resources() -> None:
    plugin = Plugin(DEFAULTS)

    follow_ups = plugin.after_meeting(SessionView("multi_agency_conference", TODAY))

    assert [(one.role, one.source) for one in follow_ups] == [("coordinator", "003:L206")]
    assert "支援プランを策定し" in follow_ups[0].text
    assert plugin.after_meeting(SessionView("unknown", TODAY)) == ()


def test_the_coordinator_writes_the_plan() -> None:
    plugin = Plugin(DEFAULTS)

    assert plugin.plan_form("multi_agency") == PlanForm(
        "支援プラン", "coordinator", source="003:L193; 003:L206"
    )
    assert plugin.plan_form("participation") is None


def test_a_case_ends_on_an_evaluation() -> None:
    assert Plugin(DEFAULTS).closing_requirements(CASE) == ("evaluation",)


def test_the_city_itself_visits() -> None:
    agencies = Plugin(DEFAULTS).outreach_agencies("", NeedView("withdrawal_truancy"))

    assert agencies == (
        OutreachAgency("direct", "仙北市（直営）", "", "outreach_worker", "003:L181-185"),
    )


@pytest.mark.parametrize(
    ("feature", "on", "expected"),
    [
        ("programme", date(2025, 3, 31), Phase.PLANNED),
        ("programme", FIRST_DAY, Phase.ACTIVE),
        ("implementation_plan", date(2029, 3, 31), Phase.ACTIVE),
        ("implementation_plan", date(2029, 4, 1), Phase.ENDED),
        ("outreach", FIRST_DAY, Phase.ACTIVE),
        ("care_prevention", TODAY, Phase.NOT_STATED),
        ("pdca", TODAY, Phase.NOT_STATED),
        ("next_welfare_plan", date(2029, 4, 1), Phase.PLANNED),
    ],
)
def test_the_phase_of_each_item_is_as_the_plan_dates_it(
    feature: str, on: date, expected: Phase
) -> None:
    answer = Plugin(DEFAULTS).phase(feature, on)

    assert answer is not None
    assert answer.phase is expected


def test_the_spelling_of_the_table_of_contents_is_kept_beside_the_texts() -> None:
    answer = Plugin(DEFAULTS).phase("multi_agency", TODAY)

    assert answer is not None
    assert answer.text == "多機関協働事業：令和7年4月から。直営（目次では「多機関共同事業」）"


def test_the_city_may_say_that_the_next_plan_has_begun() -> None:
    plugin = Plugin({**DEFAULTS, "started": {"next_welfare_plan": date(2029, 4, 1)}})

    before, after = (
        plugin.phase("next_welfare_plan", on) for on in (date(2029, 3, 31), date(2029, 4, 1))
    )

    assert before is not None
    assert after is not None
    assert (before.phase, after.phase) == (Phase.PLANNED, Phase.ACTIVE)


def test_an_unknown_item_has_no_phase() -> None:
    assert Plugin(DEFAULTS).phase("unknown", TODAY) is None


def test_a_dated_item_cannot_be_started_by_a_setting() -> None:
    with pytest.raises(ValueError, match="started に知らない項目「programme」"):
        Plugin({**DEFAULTS, "started": {"programme": TODAY}})


def test_a_worker_at_a_door_calls_the_office_whose_number_the_plan_prints() -> None:
    safety = Plugin(DEFAULTS).visit_safety(date(2026, 11, 24))

    (contact,) = safety.contacts
    assert (contact.label, contact.phone, contact.source) == (
        "市民福祉部 社会福祉課",
        "0187-43-2255",
        "003:L227-231",
    )
    assert (safety.grace_minutes, safety.alarm_roles) == (15, ("coordinator",))
