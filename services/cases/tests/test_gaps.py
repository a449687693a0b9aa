"""The gap watcher: nothing is lost from sight, and each line says why."""

from datetime import datetime, time, timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus, GrantSubject
from kasane_cases.domain.errors import UnknownChoice
from kasane_cases.domain.gap import GapKind
from kasane_cases.repository import Plans, Tasks
from kasane_contracts.cases import GapsCounted
from kasane_contracts.intake import (
    PersonConcerned,
    ReferralSheetAccepted,
    ReferralSheetReturned,
    ReferralSheetSent,
)
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope

MOTHER, SON = "person-mother", "person-son"


@pytest.fixture
def later(clock_at):
    def go(days):
        clock_at(datetime.combine(clock.today() + timedelta(days=days), time(12), clock.JAPAN))

    return go


def found(at_work, kind, viewer=None):
    with at_work.bench.reading() as connection:
        lines = queries.gaps(connection, viewer or at_work.coordinator, clock.today(), kind)
        counts = queries.gap_counts(connection, viewer or at_work.coordinator, clock.today())
    assert counts[kind] == len(lines)
    return [line.case_id or line.consultation_id for line in lines]


def test_a_case_without_anybody_in_charge_is_listed_until_somebody_is_named(at_work):
    case_id = at_work.case()
    assert found(at_work, GapKind.NO_LEAD) == [case_id]

    at_work.do(
        handlers.name_lead,
        commands.NameLead(
            case_id,
            commands.TeamMember(GrantSubject.ACCOUNT, "account-coordinator"),
            at_work.read_case(case_id).version,
        ),
    )

    assert found(at_work, GapKind.NO_LEAD) == []


def test_a_household_that_nobody_met_is_listed_after_the_towns_days(at_work, later):
    case_id = at_work.case()
    later(60)
    assert found(at_work, GapKind.NO_CONTACT) == []
    later(1)
    assert found(at_work, GapKind.NO_CONTACT) == [case_id]

    at_work.consent(case_id, MOTHER)

    assert found(at_work, GapKind.NO_CONTACT) == []


def test_the_town_sets_its_own_days(at_work, later):
    case_id = at_work.case()
    later(11)
    assert found(at_work, GapKind.NO_CONTACT) == []

    at_work.do(handlers.set_watch_rules, commands.SetWatchRules({GapKind.NO_CONTACT: 10}))

    assert found(at_work, GapKind.NO_CONTACT) == [case_id]


@pytest.mark.parametrize(
    "days", [{GapKind.NO_CONTACT: 0}, {GapKind.NO_CONTACT: 367}, {GapKind.NO_LEAD: 5}]
)
def test_days_that_make_no_sense_are_refused(at_work, days):
    with pytest.raises(UnknownChoice):
        at_work.do(handlers.set_watch_rules, commands.SetWatchRules(days))

    with at_work.bench.reading() as connection:
        assert queries.watch_days(connection)[GapKind.NO_CONTACT] == 60


def test_a_sheet_without_a_taker_is_listed_and_stands_in_the_timeline(at_work, later):
    case_id = at_work.case()
    consultation_id = at_work.read_case(case_id).consultation_id
    sent = ReferralSheetSent("sheet-1", consultation_id, "tax", "welfare", clock.today())
    at_work.bench.hear(sent)
    assert found(at_work, GapKind.HANDOFF_UNANSWERED) == []
    later(1)
    assert found(at_work, GapKind.HANDOFF_UNANSWERED) == [case_id]

    at_work.bench.hear(ReferralSheetAccepted("sheet-1", consultation_id, "welfare"))

    assert found(at_work, GapKind.HANDOFF_UNANSWERED) == []
    shown = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}").text
    assert "/intake/292095/sheets/sheet-1" in shown
    assert "引き受けた" in shown


def test_a_sheet_that_came_back_waits_again_also_without_a_case(at_work):
    at_work.bench.hear(
        ReferralSheetSent("sheet-1", "consultation-1", "tax", "welfare", clock.today())
    )
    at_work.bench.hear(ReferralSheetReturned("sheet-1", "consultation-1", "tax", "welfare"))

    assert found(at_work, GapKind.HANDOFF_UNANSWERED) == ["consultation-1"]


def test_a_plan_whose_review_is_past_is_listed_until_a_newer_one_holds(at_work, later):
    case_id = _planned(at_work, 30)
    assert found(at_work, GapKind.PLAN_UNREVIEWED) == []
    later(31)
    assert found(at_work, GapKind.PLAN_UNREVIEWED) == [case_id]

    _plan_again(at_work, case_id)

    assert found(at_work, GapKind.PLAN_UNREVIEWED) == []


def test_a_decided_plan_to_which_nobody_agreed_is_listed_and_does_not_hide_the_one_that_holds(
    at_work, later
):
    case_id = _planned(at_work, 30)
    later(31)
    _plan_again(at_work, case_id, agreed=False)

    assert found(at_work, GapKind.PLAN_UNREVIEWED) == [case_id]
    later(31)
    assert found(at_work, GapKind.PLAN_UNREVIEWED) == [case_id, case_id]


def test_a_case_that_was_taken_and_not_supported_is_listed(at_work, later):
    idle, planned = at_work.case(), at_work.case()
    at_work.plan(planned, MOTHER)
    later(31)

    assert found(at_work, GapKind.ACCEPTED_NO_SUPPORT) == [idle]


def test_an_observation_whose_day_is_past_does_not_vanish(at_work, later):
    case_id = _planned(at_work, 30)
    at_work.do(
        handlers.change_status,
        commands.ChangeStatus(
            case_id,
            CaseStatus.OBSERVING,
            at_work.read_case(case_id).version,
            clock.today() + timedelta(days=20),
        ),
    )
    later(20)
    assert found(at_work, GapKind.OBSERVATION_OVERDUE) == []
    later(1)
    assert found(at_work, GapKind.OBSERVATION_OVERDUE) == [case_id]


def test_a_consent_is_listed_before_it_expires_and_not_once_it_was_given_anew(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON, expires_on=clock.today() + timedelta(days=30))
    assert found(at_work, GapKind.CONSENT_EXPIRING) == [case_id]

    at_work.consent(case_id, SON)

    assert found(at_work, GapKind.CONSENT_EXPIRING) == []


def test_a_protection_that_ends_is_listed_and_reminded_of_once(at_work, later):
    case_id = at_work.case(MOTHER)
    at_work.do(
        handlers.protect_address,
        commands.ProtectAddress(
            new_id(), case_id, MOTHER, clock.today(), "試験警察署", "", "安全のため"
        ),
    )
    assert _reminders(at_work, case_id) == []
    later(340)
    assert found(at_work, GapKind.PROTECTION_ENDING) == [case_id]

    assert _reminders(at_work, case_id) == [MOTHER]
    assert _reminders(at_work, case_id) == [MOTHER]


def test_gaps_of_a_restricted_case_are_seen_by_its_team_only(at_work):
    case_id = at_work.case()
    at_work.do(
        handlers.restrict_case,
        commands.RestrictCase(case_id, True, at_work.read_case(case_id).version),
    )
    other = at_work.bench.staff("coordinator", account_id="account-colleague")

    assert found(at_work, GapKind.NO_LEAD) == [case_id]
    assert found(at_work, GapKind.NO_LEAD, other) == []


def test_the_page_counts_and_explains_and_takes_the_towns_days(at_work):
    case_id = at_work.case()
    browser = at_work.bench.visit_as(at_work.coordinator)

    shown = browser.get("/gaps").text
    assert f"/cases/292095/cases/{case_id}" in shown
    assert "主担当が決まっていません" in shown
    assert "試験町1番地" not in shown
    fields = {
        "days_no_contact": "10",
        "days_accepted_no_support": "30",
        "days_consent_expiring": "30",
        "days_protection_ending": "31",
        "days_plan_ending": "30",
        "days_look_due": "7",
        "days_observation_due": "7",
    }
    assert shown.count("国の決まり：") == 1
    assert shown.count("国の定めはありません") == 6
    assert browser.post("/gaps/rules", {**fields, "days_no_contact": "百"}).status_code == 422
    assert browser.post("/gaps/rules", {**fields, "days_no_contact": "0"}).status_code == 422
    assert browser.post("/gaps/rules", fields).status_code == 303
    with at_work.bench.reading() as connection:
        assert queries.watch_days(connection)[GapKind.NO_CONTACT] == 10
    assert "この町が決めた日数です" in browser.get("/gaps").text


def tasks_of(at_work, case_id):
    with at_work.bench.reading() as connection:
        return sorted(task.kind.value for task in Tasks(connection).open_of_case(case_id))


def run(at_work, job):
    with municipality_scope(at_work.bench.municipality):
        job(at_work.bench.house, at_work.bench.municipality)


def test_a_look_is_asked_for_once_as_many_days_before_as_the_town_says(at_work, later):
    case_id = _planned(at_work, 30)
    before = tasks_of(at_work, case_id)
    later(22)
    run(at_work, handlers.remind_of_days)
    assert (tasks_of(at_work, case_id), found(at_work, GapKind.LOOK_DUE)) == (before, [])

    at_work.do(handlers.set_watch_rules, commands.SetWatchRules({GapKind.LOOK_DUE: 8}))
    run(at_work, handlers.remind_of_days)
    run(at_work, handlers.remind_of_days)

    assert tasks_of(at_work, case_id) == sorted([*before, "look_at_plan"])
    assert found(at_work, GapKind.LOOK_DUE) == [case_id]


def test_a_look_takes_its_task_away_and_the_next_day_has_one_of_its_own(at_work, later):
    case_id = _planned(at_work, 5)
    before = tasks_of(at_work, case_id)
    run(at_work, handlers.remind_of_days)
    case = at_work.read_case(case_id)
    with at_work.bench.reading() as connection:
        (plan,) = Plans(connection).of_case(case_id)
    look = commands.RecordMonitoring(
        new_id(),
        case_id,
        plan.id,
        case.persons[0].id,
        clock.today(),
        "元気そう",
        next_on=clock.today() + timedelta(days=20),
    )
    assert "look_at_plan" in tasks_of(at_work, case_id)

    at_work.do(handlers.record_monitoring, look)
    run(at_work, handlers.remind_of_days)
    assert "look_at_plan" not in tasks_of(at_work, case_id)
    later(14)
    run(at_work, handlers.remind_of_days)

    assert tasks_of(at_work, case_id) == sorted([*before, "look_at_plan"])


def test_the_end_of_a_plan_is_told_before_it_comes(at_work, later):
    case_id = at_work.case(MOTHER)
    at_work.active(case_id, MOTHER, ends_on=clock.today() + timedelta(days=60))
    later(29)
    run(at_work, handlers.remind_of_days)
    assert "evaluate_plan" not in tasks_of(at_work, case_id)
    later(1)
    run(at_work, handlers.remind_of_days)

    assert "evaluate_plan" in tasks_of(at_work, case_id)
    assert found(at_work, GapKind.PLAN_ENDING) == [case_id]


def test_an_observation_is_told_before_its_day_and_the_task_ends_with_it(at_work, later):
    case_id = _planned(at_work, 200)
    at_work.do(
        handlers.change_status,
        commands.ChangeStatus(
            case_id,
            CaseStatus.OBSERVING,
            at_work.read_case(case_id).version,
            clock.today() + timedelta(days=10),
        ),
    )
    later(3)
    run(at_work, handlers.remind_of_days)
    assert "look_again" in tasks_of(at_work, case_id)
    assert found(at_work, GapKind.OBSERVATION_DUE) == [case_id]

    at_work.do(
        handlers.change_status,
        commands.ChangeStatus(case_id, CaseStatus.REPLANNING, at_work.read_case(case_id).version),
    )

    assert "look_again" not in tasks_of(at_work, case_id)


def test_the_towns_days_hold_for_reminders_of_consents_and_protections_too(at_work, later):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON, expires_on=clock.today() + timedelta(days=50))
    at_work.do(
        handlers.protect_address,
        commands.ProtectAddress(new_id(), case_id, MOTHER, clock.today(), "試験町", "証 1", "避難"),
    )
    at_work.do(
        handlers.set_watch_rules,
        commands.SetWatchRules({GapKind.CONSENT_EXPIRING: 50, GapKind.PROTECTION_ENDING: 366}),
    )

    run(at_work, handlers.remind_of_expiring)
    run(at_work, handlers.remind_of_protections)

    assert {"renew_consent", "renew_protection"} <= set(tasks_of(at_work, case_id))


def test_the_counts_are_told_without_a_case_and_only_when_they_change(at_work):
    case_id = at_work.case()
    run(at_work, handlers.tell_gap_counts)
    run(at_work, handlers.tell_gap_counts)
    (told,) = at_work.bench.said(GapsCounted)

    assert {one.kind: one.number for one in told.counts if one.number} == {"no_lead": 1}
    assert case_id not in repr(told)
    at_work.case()
    run(at_work, handlers.tell_gap_counts)
    assert len(at_work.bench.said(GapsCounted)) == 2


def test_who_does_not_coordinate_does_not_see_the_gaps(at_work):
    contact = at_work.bench.visit_as(at_work.bench.staff("contact", account_id="account-contact"))

    assert contact.get("/gaps").status_code == 403
    assert contact.get("/api/v1/gaps").status_code == 403


def test_the_api_gives_counts_and_the_lines_of_one_kind(at_work):
    case_id = at_work.case()
    program = at_work.bench.visit_as(at_work.coordinator)

    answer = program.get("/api/v1/gaps?kind=no_lead").json

    assert answer["counts"]["no_lead"] == 1
    assert [one["case_id"] for one in answer["items"]] == [case_id]
    assert program.get("/api/v1/gaps?kind=gone").status_code == 422


def test_the_list_is_narrowed_and_what_needs_attention_comes_first(at_work, later):
    calm, urgent = (
        at_work.case(),
        at_work.do(
            handlers.open_case,
            commands.OpenCase(new_id(), at_work.consultation(urgent=True, persons=_somebody())),
        ),
    )
    overdue = _planned(at_work, 5, persons=_somebody())
    later(6)

    def listed(**narrowed):
        with at_work.bench.reading() as connection:
            lines = queries.case_lines(
                connection,
                at_work.coordinator,
                clock.today(),
                narrowed=queries.CaseFilter(**narrowed),
            )
        return [line.id for line in lines]

    assert listed(attention=True) == [urgent, overdue, calm]
    assert listed(overdue=True) == [overdue]
    assert listed(status="in_support") == [overdue]
    assert listed(area="nowhere") == []
    assert listed(mine=True) == []


def test_the_list_by_attention_goes_on_where_the_page_ended(at_work):
    cases = [
        at_work.do(
            handlers.open_case,
            commands.OpenCase(
                new_id(), at_work.consultation(urgent=number % 2 == 0, persons=_somebody())
            ),
        )
        for number in range(5)
    ]
    wanted = queries.CaseFilter(attention=True)
    seen, after = [], ""
    for _ in range(5):
        with at_work.bench.reading() as connection:
            (line,) = queries.case_lines(
                connection,
                at_work.coordinator,
                clock.today(),
                after=after,
                limit=1,
                narrowed=wanted,
            )
        seen.append(line.id)
        after = line.id

    assert seen == [cases[0], cases[2], cases[4], cases[1], cases[3]]


def _somebody():
    return (PersonConcerned(new_id(), "本人", True, "試験 三郎"),)


def _planned(at_work, days, persons=None):
    opened = {"consultation_id": at_work.consultation(persons=persons)} if persons else {}
    case_id = at_work.case(**opened)
    person = at_work.read_case(case_id).persons[0].id
    at_work.consent(case_id, person)
    plan_id = at_work.plan(case_id, person)
    session_id = at_work.held(case_id, person)
    at_work.do(
        handlers.decide_plan,
        commands.DecidePlan(
            case_id, plan_id, session_id, (person,), clock.today() + timedelta(days=days)
        ),
    )
    return case_id


def _plan_again(at_work, case_id, agreed=True):
    person = at_work.read_case(case_id).persons[0].id
    plan_id = at_work.plan(case_id, person)
    session_id = at_work.held(case_id, person)
    at_work.do(
        handlers.decide_plan,
        commands.DecidePlan(
            case_id,
            plan_id,
            session_id,
            (person,) if agreed else (),
            clock.today() + timedelta(days=30),
        ),
    )


def _reminders(at_work, case_id):
    with municipality_scope(at_work.bench.municipality):
        handlers.remind_of_protections(at_work.bench.house, at_work.bench.municipality)
    with at_work.bench.reading() as connection:
        file = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    return [task.person_id for task in file.tasks if task.kind.value == "renew_protection"]
