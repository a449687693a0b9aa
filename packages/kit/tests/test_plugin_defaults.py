"""Checks the national defaults, hook by hook."""

from datetime import date

import pytest

from kasane_kit.plugins import DefaultTown, misfit, questions
from kasane_plugin_api import (
    AttendeeKind,
    CaseView,
    Choice,
    ConsentView,
    ConsultationView,
    EscalationLevel,
    FreshnessRule,
    NeedView,
    PersonView,
    Phase,
    PlanView,
    ScreeningView,
    SessionView,
    SheetView,
)
from kasane_plugin_api.samples import sample_arguments

TODAY = date(2026, 11, 2)
CASE = CaseView("case-1", "in_support")


@pytest.mark.parametrize("hook", sorted(questions()))
def test_the_default_answers_every_hook_with_the_declared_type(hook: str) -> None:
    question = questions()[hook]

    answers = [
        getattr(DefaultTown(), hook)(**arguments)
        for arguments in sample_arguments(question.arguments)
    ]

    assert [misfit(answer, question.answer) for answer in answers if answer is not None] == [
        "" for answer in answers if answer is not None
    ]
    # These stand in a prefecture's or a town's own document and nowhere else.
    nobody_answers = hook in (
        "prefecture_view",
        "evaluation_framework",
        "governance_flow",
        "retention_period",
    )
    assert (not [answer for answer in answers if answer is not None]) is nobody_answers


@pytest.mark.parametrize(
    ("screening", "level"),
    [
        (ScreeningView(), None),
        (ScreeningView(True, None), None),
        (ScreeningView(False, True), EscalationLevel.RELATED_AGENCIES),
        (ScreeningView(False, False), EscalationLevel.MULTI_AGENCY),
    ],
)
def test_what_is_beyond_the_desk_goes_to_the_coordinator(
    screening: ScreeningView, level: EscalationLevel | None
) -> None:
    answer = DefaultTown().escalation(ConsultationView("desk", "window", screening=screening))

    assert (answer.level if answer else None) is level
    assert (answer.target_role if answer else "coordinator") == "coordinator"


@pytest.mark.parametrize(
    ("state", "body"),
    [
        ("given", "multi_agency_conference"),
        ("refused", "support_conference"),
        ("not_asked", "support_conference"),
        ("expired", "support_conference"),
    ],
)
def test_consent_decides_the_body(state: str, body: str) -> None:
    route = DefaultTown().meeting_for(CASE, ConsentView(PersonView("p-1"), state), urgent=True)

    assert route.body == body


def test_a_sheet_is_acknowledged_in_two_working_days() -> None:
    policy = DefaultTown().handoff_policy(SheetView("a", "b"))

    assert (policy.acknowledge_within_days, policy.overdue_role) == (2, "coordinator")
    assert policy.companionship == (
        Choice("accompanied", "同行"),
        Choice("telephoned", "電話で確認"),
    )


def test_consent_holds_for_a_year_and_says_that_this_is_our_choice() -> None:
    policy = DefaultTown().consent_policy("multi_agency")

    assert policy.valid_for_days == 365
    assert "本システムの既定" in policy.explanation
    assert policy.source == ""


def test_no_notice_prints_a_penalty() -> None:
    notices = [
        DefaultTown().secrecy_notice(body, attendee, TODAY)
        for body in ("support_conference", "multi_agency_conference", "unknown")
        for attendee in AttendeeKind
    ]

    assert [
        word
        for notice in notices
        for word in ("懲役", "拘禁", "罰金", "159条")
        if word in notice.text + notice.basis
    ] == []


def test_only_the_support_conference_cites_the_law() -> None:
    town = DefaultTown()

    by_law = town.secrecy_notice("support_conference", AttendeeKind.MUNICIPAL_STAFF, TODAY)
    pledge = town.secrecy_notice("multi_agency_conference", AttendeeKind.RESIDENT, TODAY)

    assert (by_law.basis, by_law.needs_signature) == ("社会福祉法第106条の6", False)
    assert (pledge.basis, pledge.needs_signature) == (
        "誓約（法律の罰則によるものではありません）",
        True,
    )


def test_plans_are_looked_at_after_ninety_days_by_our_choice() -> None:
    interval = DefaultTown().monitoring_interval(PlanView("multi_agency"))

    assert interval.days == 90
    assert interval.reason == "国の定めではなく、本システムの既定の間隔です。"


def test_the_quiet_defaults() -> None:
    town = DefaultTown()

    assert town.town_terms(TODAY) == {}
    assert town.organization(TODAY) == ()
    assert town.intake_form_fields("desk") == ()
    assert town.handoff_form_fields() == ()
    assert town.after_meeting(SessionView("support_conference")) == ()
    assert town.campaigns(2026) == ()
    assert town.status_labels().labels == {}
    assert town.quorum("any", 12, 1).met
    assert town.cadence("any", 2026) == ("随時",)
    assert town.closing_requirements(CASE) == ("evaluation", "next_contact")


def test_an_undated_feature_runs_and_the_coordinator_is_turned_to() -> None:
    town = DefaultTown()

    assert town.phase("anything", TODAY).phase is Phase.ACTIVE
    assert [one.role for one in town.emergency_contacts(ConsultationView("desk", ""))] == [
        "coordinator"
    ]
    assert [one.role for one in town.outreach_agencies("", NeedView("debt"))] == ["coordinator"]
    assert [slot.role for slot in town.attendees("any", CASE)] == ["coordinator", "contact"]
    assert len(town.consultation_categories()) == 16
    assert [one.layout for one in town.resource_sources()] == ["kodomo_shokudo"]
    assert town.resource_freshness(date(2026, 11, 21)) == FreshnessRule(180, 365, 30, stated=False)
    assert town.rank_resources(NeedView("debt"), ()) == ()


def test_the_receiving_desk_keeps_the_matter() -> None:
    town = DefaultTown()

    known = town.responsible_office(ConsultationView("desk", "window"))

    assert known is not None
    assert known.office == "window"
    assert town.responsible_office(ConsultationView("telephone", "")) is None


def test_there_are_three_national_plans() -> None:
    town = DefaultTown()

    forms = [town.plan_form(kind) for kind in ("multi_agency", "outreach", "participation")]

    assert [form.label for form in forms if form is not None] == [
        "支援プラン（多機関協働）",
        "支援プラン（アウトリーチ等を通じた継続的支援）",
        "支援プラン（参加支援）",
    ]
    assert town.plan_form("unknown") is None


def test_the_national_legal_bases_are_summaries_with_a_source() -> None:
    bases = DefaultTown().legal_bases(TODAY)

    assert [one.code for one in bases] == [
        "pipa_69_1",
        "pipa_69_2_2",
        "pipa_69_2_3",
        "pipa_69_2_4",
    ]
    assert {one.source for one in bases} == {"P11; P12"}


def test_no_record_is_over_until_a_town_says_a_term() -> None:
    for kind in ("case", "consultation", "audit_trail"):
        assert DefaultTown().retention_period(kind) is None
