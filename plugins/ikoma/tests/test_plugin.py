"""Checks Ikoma City's answers against its document, and that the plugin conforms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from kasane_ikoma.plugin import Plugin
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
    OutreachAgency,
    PersonView,
    Phase,
    PhaseAnswer,
    PlanView,
    RoleFunction,
    ScreeningView,
)

DEFAULTS: Mapping[str, Any] = {
    "door_contacts": {},
    "ask_entries_after_days": 180,
    "related_offices": {},
    "started": {},
    "support_conference": False,
}
R4 = date(2023, 3, 31)
R5 = date(2023, 4, 1)
R8 = date(2026, 11, 2)
CASE = CaseView("case-1", "in_support", support_decided=True)


def _consultation(single: bool | None, ordinary: bool | None) -> ConsultationView:
    return ConsultationView("desk", "tax_window", screening=ScreeningView(single, ordinary))


def test_the_plugin_conforms() -> None:
    assert check_plugin("ikoma") == []


def test_the_citys_own_words_hold_from_r5() -> None:
    plugin = Plugin(DEFAULTS)

    assert plugin.town_terms(R4) is None
    assert plugin.town_terms(R5) == {
        "coordinator": "いこまる主任推進員",
        "contact": "いこまる推進員",
        "responsible": "責任者",
        "office": "いこまる相談窓口",
        "lead_agency": "主担当課",
        "referral_sheet": "つなぐシート",
    }


def test_eight_offices_and_the_council_are_lead() -> None:
    offices = Plugin(DEFAULTS).organization(R8)

    assert offices is not None
    assert [office.label for office in offices if office.lead] == [
        "障がい福祉課",
        "生活支援課",
        "地域包括ケア推進課",
        "健康課",
        "幼保こども園課",
        "子育て支援総合センター",
        "生涯学習課",
        "福祉政策課",
        "社会福祉協議会",
    ]


def test_every_desk_receives_the_tax_window_too() -> None:
    offices = Plugin(DEFAULTS).organization(R8)

    assert offices is not None
    assert len(offices) == 14
    assert all(office.receives for office in offices)
    assert [(office.code, office.lead) for office in offices if office.label == "税の窓口"] == [
        ("tax_window", False)
    ]


def test_the_city_may_add_related_offices() -> None:
    plugin = Plugin({**DEFAULTS, "related_offices": {"water_works": "水道の窓口"}})

    offices = plugin.organization(R8)

    assert offices is not None
    assert (offices[-1].code, offices[-1].label, offices[-1].source) == (
        "water_works",
        "水道の窓口",
        "004:L160",
    )


def test_the_roles_carry_the_ranks_of_the_document() -> None:
    roles = Plugin(DEFAULTS).roles(R8)

    assert roles is not None
    assert [(role.code, role.label, role.function, role.rank) for role in roles] == [
        ("receiver", "いこまる相談窓口の職員", RoleFunction.RECEIVER, ""),
        ("contact", "いこまる推進員", RoleFunction.CONTACT, "主幹・係長級"),
        ("responsible", "責任者", RoleFunction.RESPONSIBLE, "所属長"),
        ("coordinator", "いこまる主任推進員", RoleFunction.COORDINATOR, ""),
        ("partner", "社協職員", RoleFunction.PARTNER, ""),
        (
            "outreach_worker",
            "いこまる主任推進員（専門職を兼務）",
            RoleFunction.OUTREACH_WORKER,
            "",
        ),
    ]


def test_the_number_of_chief_promoters_comes_from_the_newspaper() -> None:
    roles = Plugin(DEFAULTS).roles(R8)

    assert roles is not None
    chief = next(role for role in roles if role.code == "coordinator")
    assert (chief.headcount, chief.source) == ("2名", "004:L139; 004:L215; P1")


def test_specialists_visit_from_the_day_the_city_has_set() -> None:
    plugin = Plugin({**DEFAULTS, "started": {"specialist": date(2025, 4, 1)}})

    before = [role.label for role in plugin.roles(date(2025, 3, 31)) or ()]
    after = [role.label for role in plugin.roles(date(2025, 4, 1)) or ()]

    assert before[-1] == "いこまる主任推進員（専門職を兼務）"
    assert after[-1] == "専門職"
    assert len(before) == len(after) == 6


@pytest.mark.parametrize(
    ("single", "ordinary", "level", "target"),
    [
        (False, False, EscalationLevel.MULTI_AGENCY, "coordinator"),
        (None, False, EscalationLevel.MULTI_AGENCY, "coordinator"),
        (False, True, EscalationLevel.RELATED_AGENCIES, "contact"),
        (False, None, EscalationLevel.RELATED_AGENCIES, "contact"),
    ],
)
def test_a_matter_beyond_the_desk_is_escalated(
    single: bool | None, ordinary: bool | None, level: EscalationLevel, target: str
) -> None:
    answer = Plugin(DEFAULTS).escalation(_consultation(single, ordinary))

    assert answer is not None
    assert (answer.level, answer.target_role) == (level, target)


def test_the_escalation_names_its_reason_and_source() -> None:
    answer = Plugin(DEFAULTS).escalation(_consultation(False, False))

    assert answer == Escalation(
        EscalationLevel.MULTI_AGENCY,
        "coordinator",
        "既存の連携体制では解決できないため、いこまる主任推進員のコーディネートで"
        "多機関協働による支援を行います。",
        "004:L137-138",
    )


def test_a_desk_that_can_cope_keeps_the_matter() -> None:
    plugin = Plugin(DEFAULTS)

    assert plugin.escalation(_consultation(True, None)) is None
    assert plugin.escalation(_consultation(None, None)) is None


def test_there_is_one_conference_and_no_support_conference() -> None:
    bodies = Plugin(DEFAULTS).meeting_bodies(R8)

    assert bodies is not None
    assert [(body.code, body.label, body.legal_kinds) for body in bodies] == [
        (
            "multi_agency_conference",
            "重層的支援会議",
            (LegalKind.MULTI_AGENCY_CONFERENCE,),
        ),
        ("promotion_council", "地域共生社会推進会議", (LegalKind.GOVERNANCE,)),
        ("promoters_meeting", "いこまる推進員会議", (LegalKind.STAFF,)),
        ("community_project", "（仮称）わがごとカイギ", (LegalKind.COMMUNITY,)),
    ]
    assert Plugin(DEFAULTS).meeting_bodies(R4) is None


def test_a_person_who_has_consented_goes_to_the_monthly_conference() -> None:
    consent = ConsentView(PersonView("p-1"), "given")

    route = Plugin(DEFAULTS).meeting_for(CASE, consent, urgent=False)

    assert (route.body, route.source) == ("multi_agency_conference", "004:L218-221")
    assert not route.undecided


@pytest.mark.parametrize(
    "state", ["not_asked", "pending", "refused", "withdrawn", "expired", "unable"]
)
def test_without_consent_the_city_has_not_decided(state: str) -> None:
    consent = ConsentView(PersonView("p-1"), state)

    route = Plugin(DEFAULTS).meeting_for(CASE, consent, urgent=True)

    assert route.undecided
    assert route.reason.startswith("市の資料は、本人同意のない方のことを検討する会議体を定めて")


def test_the_city_may_set_up_a_support_conference() -> None:
    plugin = Plugin({**DEFAULTS, "support_conference": True})
    consent = ConsentView(PersonView("p-1"), "refused")

    route = plugin.meeting_for(CASE, consent, urgent=False)
    bodies = plugin.meeting_bodies(R8)

    assert route.body == "support_conference"
    assert bodies is not None
    assert bodies[-1].legal_kinds == (LegalKind.SUPPORT_CONFERENCE,)
    assert plugin.attendees("support_conference", CASE) is None


def test_the_first_contact_sits_in_the_monthly_conference() -> None:
    slots = Plugin(DEFAULTS).attendees("multi_agency_conference", CASE)

    assert slots is not None
    assert [(slot.label, slot.role, slot.kind) for slot in slots] == [
        ("いこまる主任推進員（招集）", "coordinator", AttendeeKind.MUNICIPAL_STAFF),
        ("主担当課のいこまる推進員", "contact", AttendeeKind.MUNICIPAL_STAFF),
        ("ケース検討に必要な課のいこまる推進員", "contact", AttendeeKind.MUNICIPAL_STAFF),
        ("社協職員", "partner", AttendeeKind.PARTNER_AGENCY),
        ("一次接触者", "receiver", AttendeeKind.PARTNER_AGENCY),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("multi_agency_conference", ["定例で月1回", "必要に応じて適宜"]),
        ("promotion_council", ["年1-2回"]),
        ("promoters_meeting", ["年1-2回"]),
        ("community_project", None),
    ],
)
def test_the_cadence_is_in_the_words_of_the_document(body: str, words: list[str] | None) -> None:
    assert Plugin(DEFAULTS).cadence(body, 2026) == words


def test_the_plan_is_for_the_whole_household_and_by_the_chief_promoter() -> None:
    form = Plugin(DEFAULTS).plan_form("multi_agency")

    assert form is not None
    assert (form.label, form.author_role, form.whole_household) == (
        "世帯全体の支援プラン",
        "coordinator",
        True,
    )
    assert Plugin(DEFAULTS).plan_form("outreach") is None


def test_plans_are_looked_at_monthly() -> None:
    interval = Plugin(DEFAULTS).monitoring_interval(PlanView("multi_agency", R8))

    assert (interval.days, interval.by_role) == (30, "coordinator")


@pytest.mark.parametrize(
    "feature",
    [
        "connecting_sticker",
        "connecting_sheet",
        "leaflet",
        "consultation_day",
        "promoters",
        "resource_map",
        "event_grants",
        "community_project",
        "existing_events",
        "multi_agency_conference",
        "support_plan",
        "promotion_council",
        "promoters_meeting",
    ],
)
def test_what_the_document_begins_in_r5_runs_from_then(feature: str) -> None:
    plugin = Plugin(DEFAULTS)

    before, after = plugin.phase(feature, R4), plugin.phase(feature, R5)

    assert before is not None
    assert after is not None
    assert (before.phase, after.phase) == (Phase.PLANNED, Phase.ACTIVE)


@pytest.mark.parametrize("feature", ["specialist", "survey", "virtual_space", "ict_sharing"])
def test_what_the_document_only_drafts_stays_planned(feature: str) -> None:
    plugin = Plugin(DEFAULTS)

    answers = [plugin.phase(feature, on) for on in (R5, date(2024, 4, 1), date(2040, 4, 1))]

    assert [answer.phase for answer in answers if answer is not None] == [Phase.PLANNED] * 3


def test_the_phase_speaks_in_the_words_of_the_document() -> None:
    answer = Plugin(DEFAULTS).phase("survey", R8)

    assert answer == PhaseAnswer(Phase.PLANNED, "アンケート調査：R6～（案）", "004:L201-204")


def test_the_city_may_say_that_a_draft_has_begun() -> None:
    plugin = Plugin({**DEFAULTS, "started": {"survey": date(2026, 4, 1)}})

    before, after = plugin.phase("survey", date(2026, 3, 31)), plugin.phase("survey", R8)

    assert before is not None
    assert before.phase is Phase.PLANNED
    assert after is not None
    assert after.phase is Phase.ACTIVE
    assert after.text == "アンケート調査：R6～（案）。市が実施を始めた日は2026-04-01です。"


def test_an_unknown_draft_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="started に知らない項目「leaflet」"):
        Plugin({**DEFAULTS, "started": {"leaflet": R5}})


def test_the_document_says_nothing_about_other_features() -> None:
    assert Plugin(DEFAULTS).phase("household_survey", R8) is None


@pytest.mark.parametrize(
    ("year", "codes"),
    [(2022, []), (2023, ["event_booths"]), (2024, ["event_booths"])],
)
def test_the_booths_are_listed_from_r5(year: int, codes: list[str]) -> None:
    assert [campaign.code for campaign in Plugin(DEFAULTS).campaigns(year)] == codes


def test_the_chief_promoter_visits_until_specialists_are_placed() -> None:
    need = NeedView("withdrawal_truancy")

    agencies = Plugin(DEFAULTS).outreach_agencies("", need)
    with_specialists = Plugin({**DEFAULTS, "started": {"specialist": R8}})

    assert agencies == (
        OutreachAgency(
            "outreach_worker",
            "いこまる主任推進員（専門職を兼務）",
            "",
            "outreach_worker",
            "004:L185",
        ),
    )
    assert [one.label for one in with_specialists.outreach_agencies("", need)] == ["専門職"]


def test_resources_come_from_the_map() -> None:
    (source,) = Plugin(DEFAULTS).resource_sources()

    assert (source.code, source.label, source.layout, source.visibility) == (
        "resource_map",
        "社会資源マップ",
        "kodomo_shokudo",
        "public",
    )


def test_how_long_an_entry_counts_as_confirmed_is_the_citys_own_setting() -> None:
    def rule(days: int) -> tuple[int, int, int, bool]:
        found = Plugin({**DEFAULTS, "ask_entries_after_days": days}).resource_freshness(R4)
        return (
            found.ask_after_days,
            found.stale_after_days,
            found.remind_again_days,
            found.stated,
        )

    assert rule(180) == (180, 365, 30, False)
    assert rule(90) == (90, 365, 30, True)
    assert rule(400) == (400, 400, 30, True)


def test_the_numbers_for_workers_at_a_door_are_the_citys_own_setting() -> None:
    contacts = {"福祉政策課（夜間）": "0800-000-0000"}

    silent = Plugin(DEFAULTS).visit_safety(date(2026, 11, 24))
    set_by_city = Plugin({**DEFAULTS, "door_contacts": contacts}).visit_safety(date(2026, 11, 24))

    assert silent is None
    assert set_by_city is not None
    assert [(one.label, one.phone) for one in set_by_city.contacts] == [*contacts.items()]
