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
from kasane_kit.auth import AccountFacts, accounts
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources import queries
from kasane_resources.commands import PublishHumanService, WriteHostContact
from kasane_resources.domain.freshness import (
    ConfirmationDays,
    Freshness,
    OrganizationAnswer,
    freshness,
)
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
    seen = re.search(r'name="entry" value="(\w{64})"', page)
    sent = {"entry": seen[1] if seen else "", **form, "csrf_token": found[1] if found else ""}
    return client.post(f"/292095/confirm/{token}", data=sent)


def confirm(bench: Workbench, who: Visitor, service_id: str):
    version = str(read(bench, service_id).version)
    return who.post(f"/human-services/{service_id}/confirm", {"version": version})


def waiting(bench: Workbench) -> list[OrganizationAnswer]:
    with bench.reading() as connection:
        return OrganizationAnswers(connection).waiting(10)


def decide(bench: Workbench, who: Visitor, one: OrganizationAnswer, decision: str):
    version = str(read(bench, one.human_service_id).version)
    return who.post(f"/human-services/answers/{one.id}", {"decision": decision, "version": version})


def change(bench: Workbench, who: Visitor, service_id: str, **values: str):
    form = {"name": "ひだまり食堂", "status": "active", "visibility": "public"}
    version = str(read(bench, service_id).version)
    form |= {"area_kind": "not_stated", "version": version, **values}
    return who.post(f"/human-services/{service_id}/edit", form)


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
    confirm(workbench, who, service_id)

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
    confirm(workbench, workbench.visit_as(worker), kept)
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
    [one] = waiting(workbench)
    decide(workbench, who, one, "taken")
    assert read(workbench, service_id).entry.last_confirmed_on == clock.today()
    again = decide(workbench, who, one, "left")
    assert again.status_code == 409


def test_an_answer_that_is_left_confirms_nothing(workbench: Workbench) -> None:
    service_id = publish(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    answer(workbench, link_of(workbench, who, service_id), answer="as_it_is")
    [one] = waiting(workbench)

    decide(workbench, who, one, "left")

    assert read(workbench, service_id).entry.last_confirmed_on is None
    assert waiting(workbench) == []
    assert workbench.said(HumanServiceConfirmed) == []


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
    codes = [
        answer(workbench, token, answer="changed", text=f"{day}日は休みます").status_code
        for day in range(1, 5)
    ]

    assert empty.status_code == 422
    assert codes == [200, 200, 200, 429]
    assert len(waiting(workbench)) == 3


def test_the_same_answer_through_a_link_waits_once(workbench: Workbench) -> None:
    service_id = publish(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    token = link_of(workbench, who, service_id)

    sent = [answer(workbench, token, answer="changed", text="電話が変わりました") for _ in range(3)]

    assert [one.status_code for one in sent] == [200, 200, 200]
    assert [one.text for one in waiting(workbench)] == ["電話が変わりました"]
    assert workbench.said(OrganizationAnswered) == [OrganizationAnswered(service_id)]


def test_an_answer_stands_on_the_page_of_its_entry_and_is_not_over_before_it_was_read(
    workbench: Workbench,
) -> None:
    service_id = publish(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    token = link_of(workbench, who, service_id)
    answer(workbench, token, answer="changed", text="電話が変わりました")
    [one] = waiting(workbench)

    page = who.get(f"/human-services/{service_id}").text
    confirm(workbench, who, service_id)

    assert "電話が変わりました" in page
    assert f"/human-services/confirmations#answer-{one.id}" in page
    assert read(workbench, service_id).entry.last_confirmed_on == clock.today()
    assert workbench.said(HumanServiceConfirmed) == []
    decide(workbench, who, one, "left")
    assert workbench.said(HumanServiceConfirmed) == [HumanServiceConfirmed(service_id)]


def test_a_later_day_of_confirming_that_is_written_into_the_entry_confirms_it(
    workbench: Workbench,
) -> None:
    service_id = publish(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    today, before = (clock.today() - timedelta(days=days) for days in (0, 1))

    change(workbench, who, service_id, last_confirmed_on=today.isoformat())
    change(workbench, who, service_id, last_confirmed_on=today.isoformat(), phone="0743-00-0000")
    change(workbench, who, service_id, last_confirmed_on=before.isoformat())

    assert read(workbench, service_id).entry.last_confirmed_on == before
    assert workbench.said(HumanServiceConfirmed) == [HumanServiceConfirmed(service_id)]


def test_what_was_changed_after_the_organization_answered_is_not_confirmed_by_the_answer(
    workbench: Workbench,
) -> None:
    service_id = publish(workbench, phone="0743-00-0001")
    who = workbench.visit_as(workbench.staff("coordinator"))
    answer(workbench, link_of(workbench, who, service_id), answer="as_it_is")
    change(workbench, who, service_id, phone="0743-00-0002")
    [one] = waiting(workbench)

    refused = decide(workbench, who, one, "taken")

    assert refused.status_code == 409
    assert "団体の返事のあとで、登録の内容が変わりました" in refused.text
    assert read(workbench, service_id).entry.last_confirmed_on is None
    assert waiting(workbench) == [one]


def test_who_keeps_an_entry_makes_no_difference_to_what_was_answered(workbench: Workbench) -> None:
    service_id = publish(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    answer(workbench, link_of(workbench, who, service_id), answer="as_it_is")
    who.post(f"/human-services/{service_id}/owner", {"mine": "1"})
    confirm(workbench, who, service_id)
    [one] = waiting(workbench)

    assert decide(workbench, who, one, "taken").status_code == 303
    assert waiting(workbench) == []


def test_an_organization_confirms_only_what_it_saw(workbench: Workbench) -> None:
    service_id = publish(workbench, phone="0743-00-0001")
    who = workbench.visit_as(workbench.staff("coordinator"))
    token = link_of(workbench, who, service_id)

    refused = answer(workbench, token, answer="as_it_is", text="よろしく", entry="0" * 64)

    assert refused.status_code == 409
    assert "お返事はまだ届いていません" in refused.text
    assert ("よろしく" in refused.text, "0743-00-0001" in refused.text) == (True, True)
    assert waiting(workbench) == []


def test_nobody_confirms_what_somebody_else_wrote_meanwhile(workbench: Workbench) -> None:
    service_id = publish(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    answer(workbench, link_of(workbench, who, service_id), answer="changed", text="休みます")
    [one] = waiting(workbench)
    page = who.get(f"/human-services/{service_id}").text
    version = re.findall(r'name="version" value="(\d+)"', page)
    change(workbench, who, service_id, phone="0743-00-0002")

    refused = [
        who.post(f"/human-services/{service_id}/confirm", {"version": version[0]}),
        who.post(f"/human-services/answers/{one.id}", {"decision": "taken", "version": version[0]}),
    ]

    assert [again.status_code for again in refused] == [412, 412]
    assert all("ほかの人がこの記録を変えました" in again.text for again in refused)
    assert "0743-00-0002" in refused[0].text
    assert read(workbench, service_id).entry.last_confirmed_on is None


def test_an_entry_of_somebody_who_has_left_is_nobodys(workbench: Workbench) -> None:
    service_id = publish(workbench)
    leaver = workbench.staff("coordinator", account_id="account-leaver")
    workbench.visit_as(leaver).post(f"/human-services/{service_id}/owner", {"mine": "1"})
    left = AccountFacts("account-leaver", "職員 一郎", (), ("coordinator",), "", False, 2)
    with (
        municipality_scope(workbench.municipality),
        workbench.house.databases.writing("resources") as connection,
    ):
        accounts.remember(connection, left)
        connection.commit()
    who = workbench.visit_as(workbench.staff("coordinator"))

    listed = who.get("/human-services/confirmations").text
    with municipality_scope(workbench.municipality):
        remind_of_confirmations(workbench.house, workbench.municipality)
    answer(workbench, link_of(workbench, who, service_id), answer="as_it_is")

    assert "ひだまり食堂" in listed
    assert workbench.said(HumanServiceConfirmationDue) == [
        HumanServiceConfirmationDue(service_id, "", clock.today())
    ]
    assert workbench.said(OrganizationAnswered) == [OrganizationAnswered(service_id)]
