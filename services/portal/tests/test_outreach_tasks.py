"""What outreach asks of people stands among their tasks, and leaves when it is done or falls through."""

from datetime import date

from kasane_contracts import outreach
from kasane_kit.testing.workbench import Workbench
from kasane_portal.commands import ChangeAccount, CreateAccount
from kasane_portal.handlers import accounts
from kasane_portal.queries import my_tasks

PASSWORD = "correct horse battery"

TODAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 22)
COORDINATOR, WORKER, SECOND = "role:coordinator", "account:w1", "account:w2"


def tasks(bench: Workbench, *targets: str, on: date = TODAY) -> list[tuple[str, str]]:
    with bench.reading() as connection:
        found = my_tasks(connection, frozenset(targets), on)
    return [(task.kind.value, task.subject_id) for task in found]


def test_a_day_of_watching_is_the_watchers_and_from_the_day_after_the_coordinators_too(
    workbench: Workbench,
) -> None:
    workbench.hear(outreach.WatchDue("a1", "k1", "w1", "c1", TODAY))
    assert tasks(workbench, WORKER) == [("watch", "a1")]
    assert tasks(workbench, COORDINATOR, "account:c1") == []
    assert tasks(workbench, COORDINATOR, on=TOMORROW) == [("watch", "a1")]
    assert tasks(workbench, "account:c1", on=TOMORROW) == [("watch", "a1")]

    # The report brings the next day: nobody is late any more.
    workbench.hear(outreach.WatchDue("a1", "k1", "w1", "c1", date(2026, 11, 28)))
    assert tasks(workbench, COORDINATOR, on=TOMORROW) == []
    assert tasks(workbench, WORKER) == [("watch", "a1")]

    workbench.hear(outreach.WatchEnded("a1", "k1"))
    assert tasks(workbench, WORKER, COORDINATOR, on=date(2026, 12, 31)) == []


def test_a_visit_handed_over_is_the_new_workers_and_comes_back_if_it_is_given_back(
    workbench: Workbench,
) -> None:
    workbench.hear(outreach.VisitScheduled("v1", "o1", "k1", "w1", TODAY, "10:00", 45))
    workbench.hear(outreach.VisitHandedOver("v1", "o1", "k1", TODAY, ("w2",)))
    assert (tasks(workbench, WORKER), tasks(workbench, SECOND)) == ([], [("visit", "v1")])

    workbench.hear(outreach.VisitHandedOver("v1", "o1", "k1", TODAY, ("w1", "w2")))
    assert tasks(workbench, WORKER) == tasks(workbench, SECOND) == [("visit", "v1")]


def test_what_waits_only_for_who_has_left_is_the_coordinators_until_it_is_handed_over(
    workbench: Workbench,
) -> None:
    for login_name in ("w1", "w2"):
        account(workbench, login_name, active=True)
    workbench.hear(outreach.VisitScheduled("v1", "o1", "k1", "w1", TODAY, "10:00", 45))
    workbench.hear(outreach.VisitScheduled("v2", "o2", "k2", "w1", TODAY, "13:00", 45, "w2"))
    workbench.hear(outreach.WatchDue("a1", "k1", "w1", "c1", TODAY))
    assert tasks(workbench, COORDINATOR) == []

    account(workbench, "w1", active=False)

    assert tasks(workbench, COORDINATOR) == [("visit", "v1")]
    assert sorted(tasks(workbench, COORDINATOR, on=TOMORROW)) == [("visit", "v1"), ("watch", "a1")]
    assert tasks(workbench, SECOND) == [("visit", "v2")]
    coordinator = workbench.staff("coordinator", roles=("coordinator",))
    page = workbench.visit_as(coordinator).get("/").text
    assert "アカウントが閉じられた担当者" in page

    workbench.hear(outreach.VisitHandedOver("v1", "o1", "k1", TODAY, ("w2",)))
    assert tasks(workbench, COORDINATOR) == []


def account(bench: Workbench, account_id: str, *, active: bool) -> None:
    """An account of a worker that is open or was closed."""
    with bench.unit(bench.staff("town_administrator")) as uow:
        if active:
            roles = ("contact",)
            made = CreateAccount(account_id, f"name-{account_id}", "訪問 次郎", PASSWORD, roles)
            accounts.create_account(made, uow, bench.hooks)
        else:
            closed = ChangeAccount(account_id, "訪問 次郎", ("contact",), "", False, 1)
            accounts.change_account(closed, uow, bench.hooks)


def test_a_visit_that_falls_through_leaves_the_list(workbench: Workbench) -> None:
    workbench.hear(outreach.VisitScheduled("v1", "o1", "k1", "w1", TODAY, "10:00", 45))

    workbench.hear(outreach.VisitCalledOff("v1", "o1", "k1"))

    assert tasks(workbench, WORKER) == []


def test_visits_that_a_worker_asks_for_wait_for_a_day_or_their_end(workbench: Workbench) -> None:
    for request_id in ("o1", "o2"):
        workbench.hear(outreach.VisitsAskedFor(request_id, "", "w1", TOMORROW))
    assert tasks(workbench, COORDINATOR) == [("outreach", "o1"), ("outreach", "o2")]

    workbench.hear(outreach.VisitScheduled("v1", "o1", "", "w1", TODAY, "10:00", 45))
    workbench.hear(outreach.VisitRequestEnded("o2", ""))

    assert tasks(workbench, COORDINATOR) == []


def test_a_worker_who_does_not_report_is_looked_for_until_all_is_well(workbench: Workbench) -> None:
    workbench.hear(outreach.CheckInOverdue("i1", "v1", "w1", ("coordinator",)))
    assert tasks(workbench, COORDINATOR) == [("check_in", "i1")]

    workbench.hear(outreach.CheckInSettled("i1", "v1"))

    assert tasks(workbench, COORDINATOR) == []
