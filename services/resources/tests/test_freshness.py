"""Freshness: who confirmed an entry and when, its keeper, reminders, and the organization's own link."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from kasane_contracts.resources import (
    HumanServiceConfirmationDue,
    HumanServiceConfirmed,
    OrganizationAnswered,
)
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources import queries
from kasane_resources.commands import PublishHumanService, WriteHostContact
from kasane_resources.domain.freshness import ConfirmationDays, Freshness, freshness
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry, Visibility
from kasane_resources.domain.profile import HostContact
from kasane_resources.handlers import publish_human_service, write_host_contact
from kasane_resources.handlers.freshness import remind_of_confirmations
from kasane_resources.repository import OrganizationAnswers

TODAY = date(2026, 11, 21)
ASK_AFTER = timedelta(days=180)
DAYS = ConfirmationDays(ASK_AFTER, timedelta(days=365), timedelta(days=30))


def publish(bench: Workbench, **values: object) -> str:
    with bench.unit(bench.staff("coordinator")) as uow:
        entry = HumanServiceEntry(**{"name": "ひだまり食堂", **values})
        return publish_human_service(PublishHumanService(new_id(), entry), uow, bench.hooks)


def read(bench: Workbench, service_id: str) -> HumanService:
    with bench.reading() as connection:
        return queries.human_service(connection, bench.staff("coordinator"), service_id)


def link_of(bench: Workbench, who: Visitor, service_id: str) -> str:
    page = who.post(f"/human-services/{service_id}/links").text
    [token] = re.findall(r"/292095/confirm/([\w-]{43})", page)
    return token


def answer(bench: Workbench, token: str, **form: str):
    client = bench.app.test_client()
    page = client.get(f"/292095/confirm/{token}").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    sent = {**form, "csrf_token": found[1] if found else ""}
    return client.post(f"/292095/confirm/{token}", data=sent)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (0, Freshness.FRESH),
        (180, Freshness.FRESH),
        (181, Freshness.DUE),
        (365, Freshness.DUE),
        (366, Freshness.STALE),
    ],
)
def test_an_entry_ages_by_the_day(days: int, found: Freshness) -> None:
    assert freshness(TODAY - timedelta(days=days), TODAY, DAYS) is found
    assert freshness(None, TODAY, DAYS) is Freshness.NEVER


def test_a_worker_confirms_an_entry_and_keeps_it(workbench: Workbench) -> None:
    service_id = publish(workbench)
    worker = workbench.staff("coordinator")
    who = workbench.visit_as(worker)

    who.post(f"/human-services/{service_id}/owner", {"mine": "1"})
    who.post(f"/human-services/{service_id}/confirm")

    service = read(workbench, service_id)
    assert (service.entry.last_confirmed_on, service.confirmed_by, service.owner) == (
        clock.today(),
        worker.display_name,
        worker.account_id,
    )
    assert workbench.said(HumanServiceConfirmed) == [HumanServiceConfirmed(service_id)]
    page = who.get(f"/human-services/{service_id}").text
    assert "確認済み" in page
    who.post(f"/human-services/{service_id}/owner", {})
    assert read(workbench, service_id).owner == ""
    reader = workbench.visit_as(workbench.staff("receiver"))
    assert reader.post(f"/human-services/{service_id}/confirm").status_code == 403


def test_the_keeper_is_reminded_once_a_month_until_it_is_confirmed(
    workbench: Workbench, clock_at
) -> None:
    clock_at(datetime(2026, 1, 5, 3, tzinfo=UTC))
    kept = publish(workbench, last_confirmed_on=date(2026, 1, 5))
    publish(workbench, name="だれの担当でもない", last_confirmed_on=date(2026, 1, 5))
    worker = workbench.staff("coordinator")
    who = workbench.visit_as(worker)
    who.post(f"/human-services/{kept}/owner", {"mine": "1"})

    def reminded_on(*moment: int) -> list[HumanServiceConfirmationDue]:
        clock_at(datetime(*moment, 3, tzinfo=UTC))
        with municipality_scope(workbench.municipality):
            remind_of_confirmations(workbench.house, workbench.municipality)
        return workbench.said(HumanServiceConfirmationDue)

    due = HumanServiceConfirmationDue(kept, worker.account_id, date(2026, 1, 5) + ASK_AFTER)
    assert reminded_on(2026, 7, 4) == []
    assert reminded_on(2026, 7, 5) == [due]
    assert reminded_on(2026, 7, 5) == [due]
    assert reminded_on(2026, 8, 3) == [due]
    assert reminded_on(2026, 8, 4) == [due, due]
    workbench.visit_as(worker).post(f"/human-services/{kept}/confirm")
    assert reminded_on(2026, 10, 4) == [due, due]


def test_an_organization_sees_its_public_entry_only_and_a_worker_decides(
    workbench: Workbench,
) -> None:
    service_id = publish(workbench, phone="0743-00-0000")
    who = workbench.visit_as(workbench.staff("coordinator"))
    with workbench.unit(workbench.staff("coordinator")) as uow:
        command = WriteHostContact(service_id, HostContact("架空 花子"))
        write_host_contact(command, uow, workbench.hooks)
    token = link_of(workbench, who, service_id)

    page = workbench.app.test_client().get(f"/292095/confirm/{token}")
    sent = answer(workbench, token, answer="changed", text="土曜日は休みになりました")

    assert page.status_code == 200
    assert "0743-00-0000" in page.text
    assert "架空 花子" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "町の職員が確かめます" in sent.text
    assert read(workbench, service_id).entry.last_confirmed_on is None
    assert workbench.said(OrganizationAnswered) == [OrganizationAnswered(service_id)]
    work = who.get("/human-services/confirmations").text
    assert "土曜日は休みになりました" in work
    assert token not in work
    with workbench.reading() as connection:
        [waiting] = OrganizationAnswers(connection).waiting(10)
    who.post(f"/human-services/answers/{waiting.id}", {"decision": "taken"})
    assert read(workbench, service_id).entry.last_confirmed_on == clock.today()
    again = who.post(f"/human-services/answers/{waiting.id}", {"decision": "left"})
    assert again.status_code == 409


def test_an_answer_that_is_left_confirms_nothing(workbench: Workbench) -> None:
    service_id = publish(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    answer(workbench, link_of(workbench, who, service_id), answer="as_it_is")
    with workbench.reading() as connection:
        [waiting] = OrganizationAnswers(connection).waiting(10)

    who.post(f"/human-services/answers/{waiting.id}", {"decision": "left"})

    assert read(workbench, service_id).entry.last_confirmed_on is None
    with workbench.reading() as connection:
        assert OrganizationAnswers(connection).waiting(10) == []


def test_a_link_that_expired_was_revoked_or_never_made_shows_nothing(
    workbench: Workbench, clock_at
) -> None:
    clock_at(datetime(2026, 11, 21, 3, tzinfo=UTC))
    service_id = publish(workbench)
    worker = workbench.staff("coordinator")
    who = workbench.visit_as(worker)
    first, second = (link_of(workbench, who, service_id) for _ in range(2))
    page = who.get(f"/human-services/{service_id}/links").text
    revoke = re.findall(r"/human-services/[^\"]+/revoke", page)[0]

    who.post(revoke)

    answers = [workbench.app.test_client().get(f"/292095/confirm/{t}") for t in (first, second)]
    assert sorted(one.status_code for one in answers) == [200, 404]
    wrong = workbench.app.test_client().get(f"/292095/confirm/{'x' * 43}")
    assert (wrong.status_code, "ひだまり食堂" in wrong.text) == (404, False)
    clock_at(datetime(2026, 12, 22, 3, tzinfo=UTC))
    late = [workbench.app.test_client().get(f"/292095/confirm/{t}") for t in (first, second)]
    assert [one.status_code for one in late] == [404, 404]


def test_an_entry_that_is_no_longer_public_has_no_open_link(workbench: Workbench) -> None:
    hidden = publish(workbench, visibility=Visibility.SUPPORTERS_ONLY)
    who = workbench.visit_as(workbench.staff("coordinator"))

    assert who.post(f"/human-services/{hidden}/links").status_code == 404


def test_a_flood_of_answers_stops_after_three_and_an_empty_one_is_not_kept(
    workbench: Workbench,
) -> None:
    service_id = publish(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    token = link_of(workbench, who, service_id)

    empty = answer(workbench, token, answer="changed", text="  ")
    codes = [answer(workbench, token, answer="as_it_is").status_code for _ in range(4)]

    assert empty.status_code == 422
    assert codes == [200, 200, 200, 429]
    with workbench.reading() as connection:
        assert len(OrganizationAnswers(connection).waiting(10)) == 3
