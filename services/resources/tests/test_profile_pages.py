"""Pages: what the Japanese profile adds to an entry, and the contact at the host apart from it."""

import re

from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit import clock
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources import queries
from kasane_resources.domain.profile import (
    Accessibility,
    CostOption,
    HostContact,
    MicroTask,
    Vacancy,
)
from kasane_resources.domain.schedule import Schedule

FORM = {
    "name": "ひだまり商店",
    "status": "active",
    "visibility": "public",
    "area_kind": "not_stated",
    "alternate_name": "ひだまり",
    "alert": "年末年始は休みます",
    "byday": ["SA"],
    "weeks": ["2", "4"],
    "interval": "",
    "opens_at": "10:00",
    "accessibility": ["wheelchair", "written_conversation"],
    "accessibility_note": "入口に段差があります",
    "referral_needed": "needed",
    "costs": "大人 300円\nこども　無料（中学生まで）\n材料費は実費",
    "capacity": "5",
    "vacancy_available": "2",
    "vacancy_asked_on": clock.today().isoformat(),
    "micro_tasks": "値札貼り（30分）：座ってできます\n清掃",
    "submission": "profile-1",
}


def visitor(bench: Workbench, function: str = "coordinator") -> Visitor:
    return bench.visit_as(bench.staff(function))


def added(bench: Workbench) -> str:
    answer = visitor(bench).post("/human-services/new", FORM)
    assert answer.status_code == 303
    return answer.location.rpartition("/")[2].partition("?")[0]


def test_the_form_keeps_the_whole_profile_and_shows_it_again(workbench: Workbench) -> None:
    service_id = added(workbench)

    with workbench.reading() as connection:
        entry = queries.human_service(connection, workbench.staff("coordinator"), service_id).entry
    assert entry.schedule == Schedule(("SA",), "10:00", weeks=(2, 4))
    assert entry.accessibility == (Accessibility.WHEELCHAIR, Accessibility.WRITTEN_CONVERSATION)
    assert entry.referral_needed is True
    assert entry.costs == (
        CostOption("大人", 300),
        CostOption("こども", 0, "中学生まで"),
        CostOption("材料費は実費"),
    )
    assert entry.vacancy == Vacancy(2, clock.today())
    assert entry.micro_tasks == (MicroTask("値札貼り", "座ってできます", 30), MicroTask("清掃"))
    form = visitor(workbench).get(f"/human-services/{service_id}/edit").text
    assert "値札貼り（30分）：座ってできます\n清掃</textarea>" in form
    assert "大人 300円\nこども 無料（中学生まで）\n材料費は実費</textarea>" in form
    page = visitor(workbench).get(f"/human-services/{service_id}").text
    for words in ("第2・第4", "空き 2", "車いすで使える", "値札貼り（30分）", "年末年始は休みます"):
        assert words in page, words


def test_what_was_not_said_is_shown_as_not_stated(workbench: Workbench) -> None:
    form = {name: FORM[name] for name in ("name", "status", "visibility", "area_kind")}
    answer = visitor(workbench).post("/human-services/new", form)

    page = visitor(workbench).get(answer.location.removeprefix("/292095")).text

    assert "<dt>支援者の紹介</dt><dd>記載なし</dd>" in page.replace("\n", "").replace("  ", "")


def test_a_wrong_day_of_the_month_is_named_at_its_field(workbench: Workbench) -> None:
    wrong = {**FORM, "byday": [], "weeks": [], "monthdays": "1、40"}

    answer = visitor(workbench).post("/human-services/new", wrong)

    assert answer.status_code == 422
    assert "日にちは1から31までの数字で書いてください。" in answer.text
    with workbench.reading() as connection:
        assert queries.human_services(connection, workbench.staff("coordinator")) == []


def test_the_contact_at_the_host_is_for_supporters_and_each_look_is_recorded(
    workbench: Workbench,
) -> None:
    service_id = added(workbench)
    address = f"/human-services/{service_id}/host-contact"
    who = visitor(workbench)

    saved = who.post(address, {"host_name": "架空 花子", "host_phone": "0743-00-0000"})

    assert saved.status_code == 303
    assert "架空 花子" in who.get(address).text
    assert "架空 花子" not in who.get(f"/human-services/{service_id}").text
    assert visitor(workbench, "town_administrator").get(address).status_code == 403
    assert visitor(workbench, "receiver").post(address, {"host_name": "別の人"}).status_code == 403
    with workbench.reading() as connection:
        assert queries.host_contact(connection, service_id) == HostContact(
            "架空 花子", "0743-00-0000"
        )
    looks = [entry.action for entry in workbench.said(AuditEntryRecorded)]
    assert looks.count("resources.host_contact.read") == 1
    assert looks.count("resources.host_contact.written") == 1


def test_the_second_writer_of_a_contact_sees_the_first_ones_words_and_keeps_their_own(
    workbench: Workbench,
) -> None:
    service_id = added(workbench)
    address = f"/human-services/{service_id}/host-contact"
    who = visitor(workbench)
    who.post(address, {"host_name": "架空 花子"})
    before = {"host_name": "架空 花子", "version": version_on(who.get(address).text)}
    other = visitor(workbench, "contact")
    assert other.post(address, {**before, "host_note": "木曜は不在"}).status_code == 303
    looks = [entry.action for entry in workbench.said(AuditEntryRecorded)]

    refused = who.post(address, {**before, "host_phone": "0743-00-0000"})

    assert refused.status_code == 412
    assert "ほかの人が担当者を書き換えました" in refused.text
    assert ("木曜は不在" in refused.text, 'value="0743-00-0000"' in refused.text) == (True, True)
    assert contact_of(workbench, service_id) == HostContact("架空 花子", note="木曜は不在")
    further = [entry.action for entry in workbench.said(AuditEntryRecorded)][len(looks) :]
    assert further == ["resources.host_contact.write.form_opened"]
    both = {"host_name": "架空 花子", "host_phone": "0743-00-0000", "host_note": "木曜は不在"}
    assert who.post(address, {**both, "version": version_on(refused.text)}).status_code == 303
    assert contact_of(workbench, service_id) == HostContact(
        "架空 花子", "0743-00-0000", note="木曜は不在"
    )


def test_a_contact_that_was_emptied_and_written_anew_is_not_the_one_read_before(
    workbench: Workbench,
) -> None:
    service_id = added(workbench)
    address = f"/human-services/{service_id}/host-contact"
    who = visitor(workbench)
    who.post(address, {"host_name": "架空 花子"})
    version = version_on(who.get(address).text)
    assert who.post(address, {"version": version}).status_code == 303
    assert not contact_of(workbench, service_id).known
    again = {"host_name": "架空 太郎", "version": version_on(who.get(address).text)}
    assert who.post(address, again).status_code == 303

    refused = who.post(address, {"host_name": "架空 花子", "version": version})

    assert refused.status_code == 412
    assert contact_of(workbench, service_id) == HostContact("架空 太郎")


def version_on(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def contact_of(bench: Workbench, service_id: str) -> HostContact:
    with bench.reading() as connection:
        return queries.host_contact(connection, service_id)
