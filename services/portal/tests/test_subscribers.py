"""What the portal keeps when others speak."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kasane_contracts import cases, intake, outreach, resources
from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit import clock
from kasane_kit.delivery import Delivery
from kasane_kit.testing.workbench import Workbench
from kasane_portal import tables
from kasane_portal.domain.overview import CountKind
from kasane_portal.queries import AuditFilter, count_by_month, find_audit_lines, my_tasks

TODAY = date(2026, 11, 21)
COORDINATOR = "role:coordinator"


def received(
    number: int = 1, role: str = "coordinator", **more: Any
) -> intake.ConsultationReceived:
    return intake.ConsultationReceived(
        f"c{number}",
        f"2026-00000{number}",
        "window",
        "tax",
        TODAY,
        ("income",),
        target_role=role,
        **more,
    )


def sent(**more: Any) -> intake.ReferralSheetSent:
    return intake.ReferralSheetSent("s1", "c1", "tax", "welfare", TODAY, "head", **more)


def plan(plan_id: str, review_on: date) -> cases.SupportPlanAgreed:
    return cases.SupportPlanAgreed(plan_id, "k1", "multi_agency", "m1", TODAY, review_on)


def scheduled(worker: str = "w1") -> outreach.VisitScheduled:
    return outreach.VisitScheduled("v1", "o1", "k1", worker, TODAY, "10:00", 45)


OPENED = cases.CaseOpened("k1", "R8-0001", "c1", "h1", TODAY, 2, "assessment")
REQUESTED = cases.OutreachRequested("o1", "k1", "p1", "見守り", TODAY, name="生駒 太郎")
ASKED = cases.ReferralRequested("r1", "k1", "n1", "p1", "s1", name="生駒 太郎")


def tasks(bench: Workbench, *targets: str, today: date = TODAY) -> list[tuple[str, str, str]]:
    with bench.reading() as connection:
        found = my_tasks(connection, frozenset(targets), today)
    return sorted((task.kind.value, task.subject_id, task.number) for task in found)


def test_a_consultation_waits_for_its_target_role_with_its_number(workbench: Workbench) -> None:
    workbench.hear(received())

    assert tasks(workbench, COORDINATOR) == [("consultation", "c1", "2026-000001")]
    assert tasks(workbench, "role:contact") == []


def test_what_the_desk_can_do_alone_waits_for_nobody_unless_it_is_urgent(
    workbench: Workbench,
) -> None:
    workbench.hear(received(1, role=""))
    workbench.hear(received(2, role="", urgent=True))

    assert tasks(workbench, COORDINATOR) == [("consultation", "c2", "2026-000002")]


def test_a_later_escalation_moves_the_task_and_the_number_is_remembered(
    workbench: Workbench,
) -> None:
    workbench.hear(received(role=""))
    workbench.hear(intake.ConsultationEscalated("c1", "related_agencies", "contact", "…"))
    assert tasks(workbench, "role:contact") == [("consultation", "c1", "2026-000001")]

    workbench.hear(intake.ConsultationEscalated("c1", "multi_agency", "coordinator", "…"))

    assert tasks(workbench, "role:contact") == []
    assert tasks(workbench, COORDINATOR) == [("consultation", "c1", "2026-000001")]


def test_an_escalation_taken_back_leaves_no_task_and_may_come_again(workbench: Workbench) -> None:
    workbench.hear(received())
    workbench.hear(intake.ConsultationEscalated("c1", "single_agency", "", "…"))
    assert tasks(workbench, COORDINATOR) == []

    workbench.hear(intake.ConsultationEscalated("c1", "multi_agency", "coordinator", "…"))

    assert tasks(workbench, COORDINATOR) == [("consultation", "c1", "2026-000001")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_opened_case_ends_the_task_whichever_is_heard_first(
    workbench: Workbench, order: tuple[int, int]
) -> None:
    events = (received(), OPENED)

    for place in order:
        workbench.hear(events[place])

    assert tasks(workbench, COORDINATOR) == []


def test_a_closed_consultation_ends_everything_about_it(workbench: Workbench) -> None:
    workbench.hear(received())
    workbench.hear(sent())

    workbench.hear(intake.ConsultationClosed("c1", "answered"))

    assert tasks(workbench, COORDINATOR, "office:welfare") == []


def test_a_sheet_waits_for_its_office_and_once_overdue_for_the_named_role(
    workbench: Workbench,
) -> None:
    workbench.hear(received(role=""))
    workbench.hear(sent())

    sheet = [("sheet_acknowledgement", "s1", "2026-000001")]
    assert tasks(workbench, "office:welfare") == sheet
    assert tasks(workbench, "role:head") == []
    assert tasks(workbench, "role:head", today=TODAY + timedelta(days=1)) == sheet


def test_an_acknowledged_sheet_still_waits_for_an_answer(workbench: Workbench) -> None:
    workbench.hear(sent())

    workbench.hear(intake.ReferralSheetAcknowledged("s1", "c1", "welfare"))
    assert tasks(workbench, "office:welfare") == [("sheet_answer", "s1", "")]

    workbench.hear(intake.ReferralSheetAccepted("s1", "c1", "welfare"))
    assert tasks(workbench, "office:welfare") == []


def test_a_returned_sheet_waits_for_its_sender_until_another_is_sent(workbench: Workbench) -> None:
    workbench.hear(sent())
    workbench.hear(intake.ReferralSheetReturned("s1", "c1", "tax", "welfare"))
    assert tasks(workbench, "office:welfare") == []
    assert tasks(workbench, "office:tax") == [("sheet_returned", "s1", "")]

    workbench.hear(intake.ReferralSheetSent("s2", "c1", "tax", "health", TODAY))

    assert tasks(workbench, "office:tax") == []
    assert tasks(workbench, "office:health") == [("sheet_acknowledgement", "s2", "")]


def test_an_outreach_request_waits_for_both_roles_until_a_visit_is_scheduled(
    workbench: Workbench,
) -> None:
    workbench.hear(OPENED)
    workbench.hear(REQUESTED)
    for target in (COORDINATOR, "role:outreach_worker"):
        assert tasks(workbench, target) == [("outreach", "o1", "R8-0001")]

    workbench.hear(scheduled())

    assert tasks(workbench, COORDINATOR, "role:outreach_worker") == []
    assert tasks(workbench, "account:w1") == [("visit", "v1", "R8-0001")]


def test_a_visit_moves_to_another_worker(workbench: Workbench) -> None:
    workbench.hear(scheduled("w1"))
    workbench.hear(scheduled("w2"))

    assert tasks(workbench, "account:w1") == []
    assert tasks(workbench, "account:w2") == [("visit", "v1", "")]


@pytest.mark.parametrize(
    "done",
    [
        outreach.VisitCompleted("v1", "o1", "k1", "p1", TODAY, "met"),
        outreach.ContactNotMade("v1", "o1", "k1", "p1", TODAY, "absent", 1),
    ],
)
def test_a_visit_is_done_when_it_was_made_or_tried(workbench: Workbench, done: Any) -> None:
    workbench.hear(scheduled())

    workbench.hear(done)

    assert tasks(workbench, "account:w1") == []


def test_a_conference_waits_until_it_was_held(workbench: Workbench) -> None:
    workbench.hear(cases.ConferencePlanned("m1", "monthly", "multi_agency_conference", TODAY))
    assert tasks(workbench, COORDINATOR) == [("conference", "m1", "")]

    workbench.hear(cases.ConferenceHeld("m1", "monthly", "multi_agency_conference", TODAY, 3))

    assert tasks(workbench, COORDINATOR) == []


def test_a_plan_is_to_be_looked_at_until_it_ends(workbench: Workbench) -> None:
    workbench.hear(OPENED)
    workbench.hear(plan("p1", TODAY))
    workbench.hear(plan("p1", TODAY))
    assert tasks(workbench, COORDINATOR) == [("plan_review", "p1", "R8-0001")]

    workbench.hear(plan("p2", TODAY))
    workbench.hear(cases.SupportPlanMonitored("p1", "k1", TODAY, TODAY + timedelta(days=30)))
    assert [task[1] for task in tasks(workbench, COORDINATOR)] == ["p1", "p2"]
    workbench.hear(cases.SupportPlanEnded("p1", "k1", "ended", TODAY))

    assert tasks(workbench, COORDINATOR) == [("plan_review", "p2", "R8-0001")]


def test_a_case_under_observation_is_not_forgotten(workbench: Workbench) -> None:
    workbench.hear(cases.CaseStatusChanged("k1", "observe", TODAY))
    assert tasks(workbench, COORDINATOR) == [("case_review", "k1", "")]

    workbench.hear(cases.CaseStatusChanged("k1", "in_support"))

    assert tasks(workbench, COORDINATOR) == []


def test_a_closed_case_ends_its_tasks(workbench: Workbench) -> None:
    for event in (OPENED, REQUESTED, ASKED, plan("p1", TODAY)):
        workbench.hear(event)
    workbench.hear(cases.CaseStatusChanged("k1", "observe", TODAY))
    assert len(tasks(workbench, COORDINATOR)) == 4

    workbench.hear(cases.CaseClosed("k1", "c1", "stable"))

    assert tasks(workbench, COORDINATOR) == []


def test_a_plan_that_goes_on_in_a_reopened_case_is_to_be_looked_at_again(
    workbench: Workbench,
) -> None:
    workbench.hear(OPENED)
    workbench.hear(plan("p1", TODAY))
    workbench.hear(cases.CaseClosed("k1", "c1", "stable", TODAY))
    workbench.hear(cases.CaseStatusChanged("k1", "reopened"))
    assert tasks(workbench, COORDINATOR) == []

    workbench.hear(cases.SupportPlanMonitored("p1", "k1", TODAY, TODAY + timedelta(days=30)))
    assert tasks(workbench, COORDINATOR) == [("plan_review", "p1", "R8-0001")]

    workbench.hear(cases.SupportPlanEnded("p1", "k1", "ended", TODAY))
    workbench.hear(cases.CaseClosed("k1", "c1", "stable", TODAY))
    assert tasks(workbench, COORDINATOR) == []


def moved(from_case: str, to_case: str, number: str, *persons: str) -> cases.PersonsMovedCase:
    return cases.PersonsMovedCase(from_case, to_case, number, persons)


def test_what_is_to_do_for_persons_follows_them_and_outlives_their_emptied_case(
    workbench: Workbench,
) -> None:
    waits = resources.ParticipationMoved("part1", "k1", "p1", "planned", TODAY)
    worker_asks = outreach.VisitsAskedFor("o2", "k1", "w1", None, "p1")
    for event in (OPENED, REQUESTED, ASKED, worker_asks, waits, plan("plan1", TODAY)):
        workbench.hear(event)

    workbench.hear(moved("k1", "k2", "R8-0002", "p1"))
    workbench.hear(cases.CaseClosed("k1", "c1", "joined", TODAY))

    assert tasks(workbench, COORDINATOR) == [
        ("outreach", "o1", "R8-0002"),
        ("outreach", "o2", "R8-0002"),
        ("participation", "part1", "R8-0002"),
        ("referral", "r1", "R8-0002"),
    ]
    workbench.hear(cases.CaseClosed("k2", "", "stable", TODAY))
    assert [task[0] for task in tasks(workbench, COORDINATOR)] == ["participation"]


def test_what_is_to_do_for_those_who_stay_and_what_is_done_stays_with_their_case(
    workbench: Workbench,
) -> None:
    workbench.hear(OPENED)
    workbench.hear(ASKED)
    workbench.hear(cases.OutreachRequested("o2", "k1", "p2", "見守り", TODAY))
    workbench.hear(resources.ReferralAccepted("r1", "k1", "s1"))

    workbench.hear(moved("k1", "k2", "R8-0002", "p1"))

    assert tasks(workbench, COORDINATOR) == [("outreach", "o2", "R8-0001")]
    with workbench.reading() as connection:
        done = select(tables.task.c.case_id).where(tables.task.c.subject_id == "r1")
        assert connection.scalar(done) == "k1"


def test_a_visit_with_a_day_shows_the_number_of_the_case_its_person_moved_to(
    workbench: Workbench,
) -> None:
    workbench.hear(OPENED)
    workbench.hear(replace(scheduled(), person_id="p1"))

    workbench.hear(moved("k1", "k2", "R8-0002", "p1"))
    assert tasks(workbench, "account:w1") == [("visit", "v1", "R8-0002")]

    workbench.hear(moved("k2", "k1", "R8-0001", "p1"))
    assert tasks(workbench, "account:w1") == [("visit", "v1", "R8-0001")]


@pytest.mark.parametrize(
    "answer",
    [
        resources.ReferralAccepted("r1", "k1", "s1"),
        resources.ReferralDeclined("r1", "k1", "s1", "満員"),
    ],
)
def test_a_referral_waits_for_its_answer(workbench: Workbench, answer: Any) -> None:
    workbench.hear(ASKED)
    assert tasks(workbench, COORDINATOR) == [("referral", "r1", "")]

    workbench.hear(answer)

    assert tasks(workbench, COORDINATOR) == []


def test_participation_is_to_do_where_somebody_takes_the_next_step_and_only_there(
    workbench: Workbench,
) -> None:
    workbench.hear(OPENED)
    due = TODAY + timedelta(days=14)
    seen = {}
    for status in ("admitted", "planned", "matched", "trial", "placed", "returned", "ended"):
        on = due if status == "trial" else None
        workbench.hear(resources.ParticipationMoved("part1", "k1", "p1", status, TODAY, due_on=on))
        seen[status] = tasks(workbench, COORDINATOR)

    waits = [("participation", "part1", "R8-0001")]
    assert seen == {
        "admitted": [],
        "planned": waits,
        "matched": waits,
        "trial": waits,
        "placed": [],
        "returned": waits,
        "ended": [],
    }


def test_a_settling_visit_waits_for_a_day_until_it_is_scheduled_or_called_off(
    workbench: Workbench,
) -> None:
    workbench.hear(OPENED)
    for request in ("o1", "o2"):
        workbench.hear(
            resources.SettlingVisitRequested(request, "part1", "k1", "R8-0001", "p1", TODAY)
        )
    assert [task[1] for task in tasks(workbench, "role:outreach_worker")] == ["o1", "o2"]

    workbench.hear(scheduled())
    workbench.hear(resources.SettlingVisitCalledOff("o2", "part1", "k1"))

    assert tasks(workbench, "role:outreach_worker") == []


def test_no_personal_data_reaches_the_copies_but_the_id_of_whom_a_task_follows(
    workbench: Workbench,
) -> None:
    person = intake.PersonConcerned("p1", name="生駒 太郎", address="生駒市東新町")
    workbench.hear(received(persons=(person,), story="家から出られない"))
    workbench.hear(REQUESTED)
    workbench.hear(ASKED)

    with workbench.reading() as connection:
        kept = [
            str(dict(row))
            for table in (tables.task, tables.task_target, tables.number, tables.counted_fact)
            for row in connection.execute(select(table)).mappings()
        ]
    assert len(kept) == 9
    for personal in ("生駒", "東新町", "家から"):
        assert [row for row in kept if personal in row] == []
    assert len([row for row in kept if "p1" in row]) == 2


def test_every_kept_task_is_recorded(workbench: Workbench) -> None:
    workbench.hear(received())
    workbench.hear(OPENED)

    done = [(entry.action, entry.object_id) for entry in workbench.said(AuditEntryRecorded)]
    assert done == [
        ("portal.task.opened", "consultation:c1"),
        ("portal.overview.counted", "2026-11:consultation_received"),
        ("portal.task.closed", "consultation:c1"),
        ("portal.overview.counted", "2026-11:case_opened"),
    ]


def test_a_second_delivery_changes_nothing(workbench: Workbench) -> None:
    envelope = workbench.hear(received())
    said = workbench.said()

    Delivery(workbench.service, workbench.house).deliver([envelope])

    assert workbench.said() == said
    assert tasks(workbench, COORDINATOR) == [("consultation", "c1", "2026-000001")]


def counts(bench: Workbench) -> dict[CountKind, int]:
    with bench.reading() as connection:
        return count_by_month(connection, "2000-01", "2999-12")


def test_each_kind_of_fact_is_counted_once_in_its_month(workbench: Workbench) -> None:
    for event in (
        received(),
        received(),
        received(2),
        OPENED,
        cases.ConferenceHeld("m1", "a", "support_conference", TODAY, 3),
        cases.ConferenceHeld("m2", "b", "multi_agency_conference", TODAY, 5),
        cases.ConferenceHeld("m3", "c", "governance", TODAY, 1),
        plan("p1", TODAY),
        resources.ReferralAccepted("r1", "k1", "s1"),
        resources.ReferralDeclined("r2", "k1", "s1", "満員"),
        outreach.VisitCompleted("v1", "o1", "k1", "p1", TODAY, "met"),
        outreach.ContactNotMade("v2", "o1", "k1", "p1", TODAY, "absent", 1),
        cases.CaseClosed("k1", "c1", "stable"),
    ):
        workbench.hear(event)

    assert counts(workbench) == {
        CountKind.CONSULTATION_RECEIVED: 2,
        CountKind.CASE_OPENED: 1,
        CountKind.SUPPORT_CONFERENCE_HELD: 1,
        CountKind.MULTI_AGENCY_CONFERENCE_HELD: 1,
        CountKind.SUPPORT_PLAN_AGREED: 1,
        CountKind.REFERRAL_ACCEPTED: 1,
        CountKind.VISIT_COMPLETED: 1,
        CountKind.CONTACT_NOT_MADE: 1,
        CountKind.CASE_CLOSED: 1,
    }


def test_counts_are_kept_by_the_month_of_the_fact(workbench: Workbench) -> None:
    workbench.hear(received())

    with workbench.reading() as connection:
        assert count_by_month(connection, "2026-11", "2026-11") == {
            CountKind.CONSULTATION_RECEIVED: 1
        }
        assert count_by_month(connection, "2026-12", "2027-03") == {}


def test_what_ended_is_counted_in_the_month_in_which_it_ended_not_in_which_it_is_heard(
    workbench: Workbench,
) -> None:
    workbench.hear(cases.CaseClosed("k1", "c1", "stable", date(2026, 3, 31)))
    workbench.hear(resources.ReferralAccepted("r1", "k1", "s1", "", date(2026, 3, 30)))

    with workbench.reading() as connection:
        assert count_by_month(connection, "2026-03", "2026-03") == {
            CountKind.CASE_CLOSED: 1,
            CountKind.REFERRAL_ACCEPTED: 1,
        }


def test_a_case_that_ends_a_second_time_is_counted_in_both_years(workbench: Workbench) -> None:
    workbench.hear(cases.CaseClosed("k1", "c1", "stable", date(2025, 6, 1)))
    workbench.hear(cases.CaseStatusChanged("k1", "reopened"))
    for _ in range(2):
        workbench.hear(cases.CaseClosed("k1", "c1", "stable", date(2026, 6, 1)))

    with workbench.reading() as connection:
        for year in (2025, 2026):
            found = count_by_month(connection, f"{year}-04", f"{year + 1}-03")
            assert found == {CountKind.CASE_CLOSED: 1}


def entry(number: int, service: str = "intake") -> AuditEntryRecorded:
    at = datetime(2026, 11, 21, 1, number, tzinfo=UTC).isoformat()
    return AuditEntryRecorded(
        f"e{number}", service, number, at, "a1", "職員", "x.y.done", "x", f"o{number}", "", "story"
    )


def test_audit_entries_of_every_service_are_kept_once_and_not_recorded_in_turn(
    workbench: Workbench,
) -> None:
    for event, producer in (
        (entry(1), "intake"),
        (entry(2, "cases"), "cases"),
        (entry(1), "intake"),
    ):
        workbench.hear(event, producer=producer)

    with workbench.reading() as connection:
        kept = find_audit_lines(connection, AuditFilter(), 10)
    assert [(line.entry_id, line.service) for line in kept] == [("e2", "cases"), ("e1", "intake")]
    assert workbench.said() == []


def test_what_has_no_day_of_its_own_is_counted_today(workbench: Workbench) -> None:
    workbench.hear(resources.ReferralAccepted("r1", "k1", "s1"))

    with workbench.reading() as connection:
        months = connection.scalars(select(tables.counted_fact.c.month)).all()
        number = connection.scalar(select(func.count()).select_from(tables.task_target))
    assert months == [f"{clock.today():%Y-%m}"]
    assert number == 0


def test_an_overdue_sheet_waits_for_its_sender_and_the_responsible_post_until_acknowledged(
    workbench: Workbench,
) -> None:
    workbench.hear(sent())
    overdue = intake.ReferralSheetOverdue("s1", "c1", "tax", "welfare", "head", TODAY, 1)
    workbench.hear(overdue)
    workbench.hear(intake.ReferralSheetOverdue("s1", "c1", "tax", "welfare", "head", TODAY, 2))

    assert tasks(workbench, "office:tax") == [("sheet_overdue", "s1", "")]
    assert tasks(workbench, "role:head") == [("sheet_overdue", "s1", "")]

    workbench.hear(intake.ReferralSheetAcknowledged("s1", "c1", "welfare"))

    assert tasks(workbench, "office:tax", "role:head") == []


def test_a_sheet_sent_on_leaves_its_first_office_and_waits_for_the_next(
    workbench: Workbench,
) -> None:
    workbench.hear(sent())
    workbench.hear(intake.ReferralSheetRedirected("s1", "c1", "welfare", "health", "s2"))
    workbench.hear(intake.ReferralSheetSent("s2", "c1", "welfare", "health", TODAY))

    assert tasks(workbench, "office:welfare") == []
    assert tasks(workbench, "office:health") == [("sheet_acknowledgement", "s2", "")]


def test_the_sender_reads_an_outcome_and_the_receiver_works_on_what_is_reopened(
    workbench: Workbench,
) -> None:
    workbench.hear(sent())
    workbench.hear(intake.ReferralSheetAccepted("s1", "c1", "welfare"))
    workbench.hear(intake.ReferralSheetOutcomeReturned("s1", "c1", "tax", "welfare"))
    assert tasks(workbench, "office:tax") == [("sheet_outcome", "s1", "")]

    workbench.hear(intake.ReferralSheetClosed("s1", "c1", "welfare", "closed"))
    assert tasks(workbench, "office:tax", "office:welfare") == []

    workbench.hear(intake.ReferralSheetReopened("s1", "c1", "welfare", "accepted"))
    assert tasks(workbench, "office:welfare") == [("sheet_reopened", "s1", "")]

    workbench.hear(intake.ReferralSheetOutcomeReturned("s1", "c1", "tax", "welfare"))
    assert tasks(workbench, "office:welfare") == []
    assert tasks(workbench, "office:tax") == [("sheet_outcome", "s1", "")]


def test_a_void_sheet_is_nobodys_task(workbench: Workbench) -> None:
    workbench.hear(sent(copies_to=("head",)))
    assert ("sheet_copy", "s1", "") in tasks(workbench, "role:head")

    workbench.hear(intake.ReferralSheetVoided("s1", "c1", "welfare", "void"))

    assert tasks(workbench, "office:welfare", "office:tax", "role:head") == []


def test_an_emergency_waits_for_the_named_posts_and_may_come_again(workbench: Workbench) -> None:
    declared = intake.EmergencyDeclared("c1", "2026-000001", ("coordinator", "head"), 30)
    for _ in range(2):
        workbench.hear(declared)
        assert tasks(workbench, COORDINATOR) == [("emergency", "c1", "2026-000001")]
        assert tasks(workbench, "role:head") == [("emergency", "c1", "2026-000001")]
        workbench.hear(intake.EmergencySettled("c1"))
        assert tasks(workbench, COORDINATOR, "role:head") == []


def test_the_desk_gets_in_touch_on_the_last_named_day_and_after_reopening(
    workbench: Workbench,
) -> None:
    workbench.hear(intake.ContactContinued("c1", "tax", TODAY))
    workbench.hear(intake.ContactContinued("c1", "tax", TODAY + timedelta(days=3)))
    with workbench.reading() as connection:
        (task,) = my_tasks(connection, frozenset({"office:tax"}), TODAY)
    assert (task.kind.value, task.due_on) == ("next_contact", TODAY + timedelta(days=3))

    workbench.hear(intake.ConsultationClosed("c1", "answered"))
    assert tasks(workbench, "office:tax") == []

    workbench.hear(intake.ConsultationReopened("c1", "2026-000001", "tax"))
    assert tasks(workbench, "office:tax") == [("next_contact", "c1", "2026-000001")]


def test_an_entry_to_confirm_is_a_task_of_its_keeper_again_and_again(
    workbench: Workbench,
) -> None:
    waiting = [("resource_confirmation", "s1", "")]
    workbench.hear(resources.HumanServiceConfirmationDue("s1", "a1", TODAY))
    assert (tasks(workbench, "account:a1"), tasks(workbench, COORDINATOR)) == (waiting, [])

    workbench.hear(resources.HumanServiceConfirmed("s1"))
    assert tasks(workbench, "account:a1") == []

    workbench.hear(resources.OrganizationAnswered("s1"))
    assert (tasks(workbench, "account:a1"), tasks(workbench, COORDINATOR)) == ([], waiting)
