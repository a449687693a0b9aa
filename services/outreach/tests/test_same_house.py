"""Two agencies at one house on one day: seen before it happens, without what is not the viewer's to see."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from icalendar import Calendar

from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach.domain.same_house import house_of, same_house
from kasane_outreach.repository import HouseholdsToReach, Visits

Ask = Callable[..., object]


@pytest.fixture
def others(workbench: Workbench) -> Actor:
    """A worker of another agency."""
    return workbench.staff(
        "outreach_worker", account_id="worker-9", name="別所 九子", office="other_agency"
    )


@pytest.fixture
def two(workbench: Workbench, coordinator: Actor, worker: Actor, others: Actor, ask: Ask) -> str:
    """Two cases of two agencies at one house, visited today at ten and at two; the first visit's id."""
    ask(agency="")
    ask(
        request_id="request-2",
        case_id="case-2",
        person_id="person-2",
        name="別人 太郎",
        address="生駒市 東新町８－３８",
        agency="other_agency",
    )
    office = workbench.visit_as(coordinator)
    assert schedule(office, "request-1", "worker-1", "10:00") == 303
    assert schedule(office, "request-2", "worker-9", "14:00") == 409
    assert schedule(office, "request-2", "worker-9", "14:00", despite_same_day="true") == 303
    with workbench.reading() as connection:
        return Visits(connection).of_household("request-1")[0].id


def schedule(visitor: Visitor, request_id: str, worker: str, at: str, **more: str) -> int:
    form = {
        "on": "2026-11-24",
        "starts_at": at,
        "minutes": "45",
        "worker": worker,
        "submission": f"{request_id}{more}",
        **more,
    }
    return visitor.post(f"/households/{request_id}/visits/new", form).status_code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("生駒市東新町8番38号", "生駒市 東新町８－３８"),
        ("北海道恵庭市相生町一丁目2番地3", "北海道恵庭市相生町1丁目2-3"),
        ("鳥取県北栄町由良宿十二丁目4の5", "鳥取県北栄町由良宿12-4-5"),
    ],
)
def test_an_address_is_one_house_however_it_is_written(one: str, other: str) -> None:
    assert house_of(one) == house_of(other) != ""


@pytest.mark.parametrize("address", ["", "生駒市東新町", "　"])
def test_without_a_number_no_house_is_known(address: str) -> None:
    assert house_of(address) == ""


def test_a_protected_address_is_compared_with_none(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    with workbench.reading() as connection:
        found = HouseholdsToReach(connection).get("request-1")
    neighbour = replace(found, id="request-9", case_id="case-9", person_id="person-9")

    assert same_house(found, neighbour)
    assert not same_house(found, replace(neighbour, address_protected=True))
    assert not same_house(replace(found, sealed_address="x"), neighbour)
    assert same_house(found, replace(neighbour, person_id="person-1", address_protected=True))


def test_who_may_not_see_the_other_visit_learns_its_time_and_nothing_else(
    workbench: Workbench, worker: Actor, two: str
) -> None:
    mine = workbench.visit_as(worker)

    pages = [mine.get(path).text for path in (f"/visits/{two}", "/week")]

    for page in pages:
        assert "14:00 ほかの機関" in page
        for piece in ("別人", "14:00 別所", "request-2"):
            assert piece not in page


def test_a_coordinator_sees_who_goes_there(
    workbench: Workbench, coordinator: Actor, two: str
) -> None:
    office = workbench.visit_as(coordinator)

    assert "14:00 別所 九子" in office.get(f"/visits/{two}").text
    week = office.get("/week?from=2026-11-26").text
    assert "同じ日に別の訪問：14:00 別所 九子" in week
    assert "同じ日に別の訪問：10:00 訪問 一子" in week


def test_it_is_told_before_the_second_one_is_scheduled(
    workbench: Workbench, others: Actor, worker: Actor, coordinator: Actor, ask: Ask
) -> None:
    ask()
    ask(
        request_id="request-2",
        case_id="case-2",
        person_id="person-2",
        address="生駒市東新町8-38",
        agency="other_agency",
    )
    assert schedule(workbench.visit_as(coordinator), "request-1", "worker-1", "10:00") == 303

    answer = workbench.visit_as(others).post(
        "/households/request-2/visits/new",
        {
            "on": "2026-11-24",
            "starts_at": "14:00",
            "minutes": "45",
            "worker": "worker-9",
            "submission": "s",
        },
    )

    assert answer.status_code == 409
    assert "10:00 " in answer.text
    with workbench.reading() as connection:
        assert Visits(connection).of_household("request-2") == ()


def test_the_calendar_of_a_telephone_says_that_another_goes_there_and_nobodys_name(
    workbench: Workbench, worker: Actor, two: str
) -> None:
    page = workbench.visit_as(worker).post("/calendars", {"whose": "mine"}).text
    feed = page.split("http://localhost", 1)[1].split(".ics", 1)[0] + ".ics"

    answer = workbench.app.test_client().get(feed)

    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert "同じ日に、この家への別の訪問があります" in str(event["DESCRIPTION"])
    for piece in ("別人", "別所", "見本"):
        assert piece not in answer.text


def test_the_week_begins_on_monday_and_a_wrong_day_is_today(
    workbench: Workbench, worker: Actor
) -> None:
    mine = workbench.visit_as(worker)

    assert "11月23日（月）" in mine.get("/week?from=2026-11-29").text
    assert "11月23日（月）" in mine.get("/week?from=なし").text
    assert "11月30日（月）" in mine.get("/week?from=2026-11-30").text
