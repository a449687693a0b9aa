"""Calendars behind a secret address: what they show, and that they stop."""

import re
from collections.abc import Callable

import pytest
from icalendar import Calendar

from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Workbench
from kasane_outreach.domain.calendar_feed import number_of
from kasane_outreach.repository import Visits

pytestmark = pytest.mark.usefixtures("worker", "second_worker", "coordinator")
Ask = Callable[..., object]


@pytest.fixture
def visit_id(workbench: Workbench, coordinator: Actor, ask: Ask) -> str:
    """A visit of the first worker today at ten."""
    ask()
    form = {
        "on": "2026-11-24",
        "starts_at": "10:00",
        "minutes": "45",
        "worker": "worker-1",
        "submission": "s-1",
    }
    answer = workbench.visit_as(coordinator).post("/households/request-1/visits/new", form)
    assert answer.status_code == 303
    with workbench.reading() as connection:
        return Visits(connection).of_household("request-1")[0].id


def address(bench: Workbench, actor: Actor) -> str:
    page = bench.visit_as(actor).post("/calendars", {"whose": "mine"}).text
    return re.findall(r"http://localhost(/[^<]+\.ics)", page)[0]


def test_a_calendar_has_number_time_and_link_and_nobodys_name(
    workbench: Workbench, worker: Actor, visit_id: str
) -> None:
    path = address(workbench, worker)

    answer = workbench.app.test_client().get(path)

    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert answer.mimetype == "text/calendar"
    assert str(event["SUMMARY"]) == f"訪問 {number_of(visit_id)}"
    assert event["DTSTART"].to_ical() == b"20261124T010000Z"
    assert event["DTEND"].to_ical() == b"20261124T014500Z"
    assert str(event["URL"]).endswith(f"/outreach/{TOWN}/visits/{visit_id}")
    assert (int(event["SEQUENCE"]), str(event["STATUS"])) == (1, "CONFIRMED")
    for piece in ("見本", "花子", "東新町", "電話に出ない", "訪問 一子"):
        assert piece not in answer.text


def test_a_cancelled_visit_stays_with_a_higher_sequence_and_says_so(
    workbench: Workbench, worker: Actor, coordinator: Actor, visit_id: str
) -> None:
    path = address(workbench, worker)
    office = workbench.visit_as(coordinator)
    assert (
        office.post(
            f"/visits/{visit_id}/cancel", {"reason": "入院したため", "version": "1"}
        ).status_code
        == 303
    )

    (event,) = Calendar.from_ical(workbench.app.test_client().get(path).data).walk("VEVENT")

    assert (int(event["SEQUENCE"]), str(event["STATUS"])) == (2, "CANCELLED")
    assert "入院" not in str(event.to_ical().decode())


def test_another_workers_calendar_does_not_have_it_and_a_secret_opens_one_town_only(
    workbench: Workbench, worker: Actor, second_worker: Actor, visit_id: str
) -> None:
    mine, other = address(workbench, worker), address(workbench, second_worker)
    client = workbench.app.test_client()

    assert visit_id in client.get(mine).text.replace("\r\n ", "")
    assert visit_id not in client.get(other).text.replace("\r\n ", "")
    assert client.get(mine.replace(TOWN, OTHER_TOWN)).status_code == 404
    assert client.get(mine[:-6] + "x.ics").status_code == 404


def test_a_revoked_address_answers_no_more_and_only_its_maker_or_a_coordinator_revokes(
    workbench: Workbench, worker: Actor, second_worker: Actor, visit_id: str
) -> None:
    path = address(workbench, worker)
    mine = workbench.visit_as(worker)
    feed_id = re.findall(r"/calendars/([0-9a-f-]{36})/revoke", mine.get("/calendars").text)[0]
    client = workbench.app.test_client()

    refused = workbench.visit_as(second_worker).post(f"/calendars/{feed_id}/revoke")
    before = client.get(path).status_code
    done = mine.post(f"/calendars/{feed_id}/revoke")

    assert (refused.status_code, before, done.status_code) == (404, 200, 303)
    assert client.get(path).status_code == 404


def test_only_a_digest_of_the_secret_is_kept(
    workbench: Workbench, worker: Actor, visit_id: str
) -> None:
    path = address(workbench, worker)
    secret = path.rsplit("/", 1)[1].removesuffix(".ics")

    page = workbench.visit_as(worker).get("/calendars").text

    assert len(secret) == 43
    assert secret not in page
