"""The pages of outreach, through real requests."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from kasane_contracts import links
from kasane_contracts.outreach import VisitCalledOff, VisitCompleted, VisitScheduled
from kasane_kit.auth import Actor
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Visitor, Workbench
from kasane_outreach.repository import HouseholdsToReach, VisitRounds, Visits

pytestmark = pytest.mark.usefixtures("worker", "second_worker", "coordinator")
Ask = Callable[..., object]
SCHEDULE = {
    "on": "2026-11-24",
    "starts_at": "10:00",
    "minutes": "45",
    "worker": "worker-1",
    "submission": "schedule-1",
}
ADDRESS = "奈良県生駒市東新町8番38号"


def scheduled(bench: Workbench, visitor: Visitor, request_id: str = "request-1") -> str:
    answer = visitor.post(f"/households/{request_id}/visits/new", SCHEDULE)
    assert answer.status_code == 303
    with bench.reading() as connection:
        return Visits(connection).of_household(request_id)[-1].id


def test_the_list_shows_what_waits_and_links_to_it(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()

    page = workbench.visit_as(coordinator).get("/households")

    assert page.status_code == 200
    assert "見本 花子" in page.text
    assert ADDRESS in page.text
    assert f"/{TOWN}/households/request-1" in page.text


def test_a_protected_address_is_shown_to_the_worker_of_the_visit_alone(
    workbench: Workbench, coordinator: Actor, worker: Actor, second_worker: Actor, ask: Ask
) -> None:
    ask(address_protected=True)
    office, mine = workbench.visit_as(coordinator), workbench.visit_as(worker)
    visit_id = scheduled(workbench, office)

    pages = [
        office.get(path).text
        for path in (
            "/households",
            "/households/request-1",
            "/households/request-1/visits/new",
            "/visits",
            f"/visits/{visit_id}",
            "/rounds/new",
        )
    ]
    pages += [mine.get(path).text for path in ("/households", "/visits")]
    other = workbench.visit_as(second_worker).get(f"/visits/{visit_id}")
    at_the_door = mine.get(f"/visits/{visit_id}").text

    assert [ADDRESS in page for page in pages] == [False] * 8
    assert [page.count("東新町") for page in pages[:4]] == [0, 0, 0, 0]
    assert other.status_code == 404
    assert ADDRESS in at_the_door
    assert "書き写したり" in at_the_door


def test_a_worker_sees_own_visits_and_households_of_the_own_agency(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask(name="だれでも 一")
    ask(request_id="request-2", case_id="case-2", agency="another", name="よその 二")
    mine = workbench.visit_as(worker)

    page = mine.get("/households")

    assert "だれでも 一" in page.text
    assert "よその 二" not in page.text
    assert mine.get("/households/request-2").status_code == 404
    assert mine.get("/households/request-2/visits/new").status_code == 404


def test_a_visit_is_scheduled_once_for_a_double_click(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visitor = workbench.visit_as(coordinator)

    first = visitor.post("/households/request-1/visits/new", SCHEDULE)
    second = visitor.post("/households/request-1/visits/new", SCHEDULE)

    assert (first.status_code, second.status_code) == (303, 303)
    assert len(workbench.said(VisitScheduled)) == 1


def test_a_wrong_schedule_shows_every_problem_and_keeps_what_was_typed(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask(two_person=True)
    wrong = {"on": "2026-13-01", "starts_at": "朝", "minutes": "一時間", "worker": "nobody"}

    page = workbench.visit_as(coordinator).post("/households/request-1/visits/new", wrong)

    assert page.status_code == 422
    assert page.text.count('k-field__error"') >= 5
    assert "一時間" in page.text
    assert "時刻を読み取れません" in page.text
    assert workbench.said(VisitScheduled) == []


def test_a_second_visit_on_the_day_is_warned_of_and_can_be_meant(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visitor = workbench.visit_as(coordinator)
    scheduled(workbench, visitor)
    again = {**SCHEDULE, "starts_at": "15:00", "submission": "schedule-2"}

    warned = visitor.post("/households/request-1/visits/new", again)
    meant = visitor.post(
        "/households/request-1/visits/new",
        {**again, "despite_same_day": "1", "submission": "schedule-3"},
    )

    assert warned.status_code == 409
    assert "10:00 訪問 一子" in warned.text
    assert "despite_same_day" in warned.text
    assert meant.status_code == 303
    assert len(workbench.said(VisitScheduled)) == 2


def test_the_visits_of_today_are_in_their_order(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask(name="あとの 方")
    ask(request_id="request-2", case_id="case-2", name="さきの 方", two_person=True)
    office = workbench.visit_as(coordinator)
    office.post("/households/request-1/visits/new", {**SCHEDULE, "starts_at": "14時"})
    office.post(
        "/households/request-2/visits/new",
        {**SCHEDULE, "starts_at": "9:30", "second_worker": "worker-2", "submission": "b"},
    )
    mine = workbench.visit_as(worker)

    today, tomorrow = mine.get("/visits"), mine.get("/visits?on=2026-11-25")

    assert today.text.index("さきの 方") < today.text.index("あとの 方")
    assert "2人で訪問" in today.text
    assert "この日の訪問はありません" in tomorrow.text
    assert mine.get("/visits?on=nonsense&worker=x").status_code == 200
    assert mine.get("/visits?on=9999-12-31").status_code == 200


def test_a_visit_is_recorded_from_its_page(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask()
    visit_id = scheduled(workbench, workbench.visit_as(coordinator))
    mine = workbench.visit_as(worker)
    record = {
        "result": "met",
        "note": "玄関で話せた",
        "consent_heard": "1",
        "accompanied_to": "福祉課の窓口",
        "next_wish": "来週の午前",
        "version": "1",
        "submission": "record-1",
    }

    first = mine.post(f"/visits/{visit_id}/record", record)
    second = mine.post(f"/visits/{visit_id}/record", record)

    assert (first.status_code, second.status_code) == (303, 303)
    (said,) = workbench.said(VisitCompleted)
    assert (said.consent_heard, said.note) == (True, "玄関で話せた")
    page = mine.get(f"/visits/{visit_id}?saved=1").text
    assert "福祉課の窓口" in page
    assert "訪問を記録しました" in page


def test_a_record_without_a_result_keeps_the_note(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask()
    visit_id = scheduled(workbench, workbench.visit_as(coordinator))

    page = workbench.visit_as(worker).post(
        f"/visits/{visit_id}/record", {"note": "庭木が伸びている", "version": "1"}
    )

    assert page.status_code == 422
    assert "庭木が伸びている" in page.text
    assert workbench.said(VisitCompleted) == []


def test_late_and_second_records_are_refused_and_the_text_stays(
    workbench: Workbench, coordinator: Actor, worker: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", case_id="case-2")
    office, mine = workbench.visit_as(coordinator), workbench.visit_as(worker)
    recorded = scheduled(workbench, office)
    office.post(f"/visits/{recorded}/record", {"result": "met", "version": "1", "submission": "a"})
    answer = office.post(
        "/households/request-2/visits/new", {**SCHEDULE, "starts_at": "13時", "submission": "b"}
    )
    assert answer.status_code == 303
    with workbench.reading() as connection:
        cancelled = Visits(connection).of_household("request-2")[0].id
    office.post(f"/visits/{cancelled}/cancel", {"reason": "本人から連絡", "version": "1"})
    late = {"result": "absent", "note": "書いておいた文", "version": "1", "submission": "c"}

    second = mine.post(f"/visits/{recorded}/record", late)
    after = mine.post(f"/visits/{cancelled}/record", late)

    assert (second.status_code, after.status_code) == (409, 409)
    assert "調整 太郎さんがすでに記録しています" in second.text
    assert "とりやめになっています（本人から連絡）" in after.text
    assert second.text.count("書いておいた文") == 1
    assert after.text.count("書いておいた文") == 1
    assert len(workbench.said(VisitCompleted)) == 1


def test_a_visit_is_cancelled_only_with_a_reason(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visitor = workbench.visit_as(coordinator)
    visit_id = scheduled(workbench, visitor)

    refused = visitor.post(f"/visits/{visit_id}/cancel", {"reason": " ", "version": "1"})

    assert refused.status_code == 422
    with workbench.reading() as connection:
        assert Visits(connection).get(visit_id).due is True


def test_a_visit_is_cancelled_once_and_the_first_reason_stays(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visitor = workbench.visit_as(coordinator)
    path = f"/visits/{scheduled(workbench, visitor)}/cancel"

    first, again = (visitor.post(path, {"reason": "都合", "version": "1"}) for _ in range(2))
    other = visitor.post(path, {"reason": "本人から電話があったため", "version": "2"})

    assert (first.status_code, again.status_code, other.status_code) == (303, 303, 409)
    assert "とりやめになっています（都合）" in other.text
    assert other.text.count("本人から電話があったため") == 1
    assert len(workbench.said(VisitCalledOff)) == 1


def test_a_household_is_placed_by_block_or_by_coordinates(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask(address="どこか")
    visitor = workbench.visit_as(coordinator)
    path = "/households/request-1/place"

    wrong = [
        visitor.post(path, {"version": "1", **typed}).status_code
        for typed in (
            {},
            {"town_block": "東新町", "coordinates": "34.7,135.7"},
            {"town_block": "見知らぬ町"},
            {"coordinates": "北緯34度"},
            {"coordinates": "0,0"},
        )
    ]
    right = visitor.post(path, {"version": "1", "coordinates": "３４．６９，１３５．７０"})
    stale = visitor.post(path, {"version": "1", "town_block": "東新町"})

    assert wrong == [422] * 5
    assert (right.status_code, stale.status_code) == (303, 412)
    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).get("request-1")
    assert found.position is not None
    assert (found.position.latitude, found.position.longitude) == (34.69, 135.70)


def test_a_telephone_number_is_checked_and_becomes_a_link(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visitor = workbench.visit_as(coordinator)
    path = "/households/request-1/contact-details"

    wrong = visitor.post(path, {"version": "1", "phone": "javascript:alert(1)"})
    right = visitor.post(
        path, {"version": "1", "kana": "みほん", "phone": "０７４３－００－００００"}
    )
    visit_id = scheduled(workbench, visitor)

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert 'href="tel:0743-00-0000"' in visitor.get(f"/visits/{visit_id}").text


ROUND = {
    "on": "2026-11-25",
    "town_block": "東新町",
    "worker-worker-1-chosen": "1",
    "worker-worker-1-starts": "9:00",
    "worker-worker-1-ends": "17:00",
    "worker-worker-1-mode": "car",
    "household-request-1-chosen": "1",
    "household-request-1-minutes": "45",
    "household-request-1-earliest": "13:00",
    "submission": "round-1",
}


def test_a_round_is_planned_shown_accepted_and_printed_without_names(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visitor = workbench.visit_as(coordinator)

    answer = visitor.post("/rounds/new", ROUND)
    path = answer.location.removeprefix(f"/{TOWN}")
    preview, paper = visitor.get(path), visitor.get(f"{path}/print")
    assert workbench.said(VisitScheduled) == []
    accepted = visitor.post(f"{path}/accept", {"version": "1"})

    assert (answer.status_code, accepted.status_code) == (303, 303)
    assert "13:00–13:45" in preview.text
    assert "見本 花子" in preview.text
    assert "東新町" in paper.text
    assert ("見本 花子" in paper.text, ADDRESS in paper.text) == (False, False)
    assert [one.starts_at for one in workbench.said(VisitScheduled)] == ["13:00"]


def test_a_wrong_round_shows_its_problems_and_plans_nothing(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visitor = workbench.visit_as(coordinator)
    wrong = {
        "nothing": {"on": "2026-11-25", "town_block": "東新町"},
        "past": {**ROUND, "on": "2026-11-01"},
        "hours": {**ROUND, "worker-worker-1-ends": "8:00"},
        "unreadable": {**ROUND, "worker-worker-1-starts": "朝"},
        "minutes": {**ROUND, "household-request-1-minutes": "1000"},
        "window": {**ROUND, "household-request-1-latest": "13:30"},
        "place": {**ROUND, "coordinates": "34.7,135.7"},
    }

    answers = {name: visitor.post("/rounds/new", form) for name, form in wrong.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        wrong, 422
    )
    assert "回る職員を選んでください" in answers["nothing"].text
    assert 'value="8:00"' in answers["hours"].text
    with workbench.reading() as connection:
        assert VisitRounds(connection).on(date(2026, 11, 25)) == ()


def test_a_round_is_open_to_its_people_only(
    workbench: Workbench, coordinator: Actor, worker: Actor, second_worker: Actor, ask: Ask
) -> None:
    ask()
    path = workbench.visit_as(coordinator).post("/rounds/new", ROUND).location
    path = path.removeprefix(f"/{TOWN}")

    assert workbench.visit_as(worker).get(path).status_code == 200
    stranger = workbench.visit_as(second_worker)
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/accept", {"version": "1"}).status_code == 404
    assert workbench.said(VisitScheduled) == []


def test_campaigns_are_shown_with_their_phase(make_workbench: BenchMaker) -> None:
    bench = make_workbench("outreach", {TOWN: ("postal-survey", "ikoma")})
    administrator = bench.staff("town_administrator")

    page = bench.visit_as(administrator).get("/campaigns?year=2026")

    assert page.status_code == 200
    assert "アンケート調査" in page.text
    assert "予定" in page.text
    assert "訪問相談の受け皿が用意されている" in page.text
    assert bench.visit_as(administrator).get("/campaigns?year=9999").status_code == 200
    assert bench.visit_as(administrator).get("/households").status_code == 403


def test_a_receiver_opens_nothing_here_and_changes_nothing(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visit_id = scheduled(workbench, workbench.visit_as(coordinator))
    receiver = workbench.visit_as(workbench.staff("receiver"))

    got = [receiver.get(p).status_code for p in ("/households", "/visits", "/rounds/new")]
    sent = receiver.post(f"/visits/{visit_id}/record", {"result": "met", "version": "1"})

    assert got == [403, 403, 403]
    assert sent.status_code == 403
    assert workbench.said(VisitCompleted) == []


def test_a_person_of_another_town_finds_nothing(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    stranger = workbench.staff("coordinator", account_id="far-1", municipality=OTHER_TOWN)
    visitor = workbench.visit_as(replace(stranger, municipality=OTHER_TOWN))

    answers = [
        visitor.get("/households").status_code,
        visitor.get("/households/request-1").status_code,
        visitor.get("/households/request-99").status_code,
        visitor.post("/households/request-1/visits/new", SCHEDULE).status_code,
        visitor.post("/households/request-99/visits/new", SCHEDULE).status_code,
    ]

    assert answers == [302, 302, 302, 401, 401]
    assert workbench.said(VisitScheduled) == []


def test_every_link_to_outreach_leads_to_a_page(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    visitor = workbench.visit_as(coordinator)
    visit_id = scheduled(workbench, visitor)

    addresses = [
        links.todays_visits(TOWN),
        links.households_to_reach(TOWN),
        links.visit(TOWN, visit_id),
    ]

    assert [
        visitor.get(one.removeprefix(f"/outreach/{TOWN}")).status_code for one in addresses
    ] == [200, 200, 200]
