"""Several times and several places of one entry: in pages, through the API, and by HSDS without loss."""

import json
import re
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources import queries
from kasane_resources.commands import PublishHumanService
from kasane_resources.domain import hsds
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry, Visibility
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.matching import match as match_of
from kasane_resources.domain.need import Availability, Need
from kasane_resources.domain.opening import FurtherOpening, in_order
from kasane_resources.domain.schedule import Schedule
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.domain.travel import REACHES, Means, minutes_for, reach_of
from kasane_resources.handlers import publish_human_service
from kasane_resources.handlers.needs import suggestion

MORNING = FurtherOpening(Schedule(("WE",), "09:00", "11:00"))
WEST = FurtherOpening(
    Schedule(("SA",), "13:00", "15:00", "雨の日は休み", (2,)),
    Location("西集会所", "生駒市西1-2", "292095", Position(34.7, 135.6)),
)
ENTRY = HumanServiceEntry(
    name="ひだまり広場",
    schedule=Schedule(("MO",), "10:00", "12:00"),
    location=Location("東集会所", "生駒市東新町8-38", "292095", Position(34.6919, 135.7006)),
    further=(MORNING, WEST),
)


def publish(bench: Workbench, entry: HumanServiceEntry = ENTRY) -> str:
    with bench.unit(bench.staff("coordinator")) as uow:
        command = PublishHumanService(new_id(), entry)
        return str(publish_human_service(command, uow, bench.hooks))


def entry_of(bench: Workbench, service_id: str) -> HumanServiceEntry:
    with bench.reading() as connection:
        return queries.human_service(connection, bench.staff("coordinator"), service_id).entry


def visitor(bench: Workbench) -> Visitor:
    return bench.visit_as(bench.staff("coordinator"))


def typed_in(page: str) -> dict[str, list[str]]:
    """What a form holds when nobody changes anything, by name; the template of a new row is no part of it."""
    page = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    page = page.split('<form class="k-form"', 1)[1].split("</form>", 1)[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name is None or (
            ('type="checkbox"' in tag or 'type="radio"' in tag) and "checked" not in tag
        ):
            continue
        found.setdefault(name[1], []).append(value[1] if value else "")
    for name, inner in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL
    ):
        found.setdefault(name, []).append(inner.strip())
    for name, inner in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', inner)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    return found


def test_the_page_shows_every_time_and_place_to_workers_and_to_everybody(
    workbench: Workbench,
) -> None:
    service_id = publish(workbench)

    for page in (
        visitor(workbench).get(f"/human-services/{service_id}").text,
        workbench.app.test_client().get(f"/292095/shien/{service_id}").text,
        visitor(workbench).get("/human-services/map").text,
    ):
        assert "西集会所" in page
        assert "雨の日は休み" in page
        assert "09:00〜11:00" in page
    assert "ひだまり広場" in visitor(workbench).get("/human-services?q=西集会所").text


def test_a_form_that_is_sent_unchanged_loses_no_time_and_no_place(workbench: Workbench) -> None:
    service_id = publish(workbench)
    who = visitor(workbench)
    path = f"/human-services/{service_id}/edit"

    typed = typed_in(who.get(path).text)
    assert who.post(path, typed).status_code == 303

    assert entry_of(workbench, service_id) == replace(ENTRY, last_confirmed_on=None)


def test_a_row_is_added_changed_and_taken_away(workbench: Workbench) -> None:
    service_id = publish(workbench, replace(ENTRY, further=()))
    who = visitor(workbench)
    path = f"/human-services/{service_id}/edit"
    row = {
        "further-0-location_name": "西集会所",
        "further-0-address": "生駒市西1-2",
        "further-0-byday": ["SA"],
        "further-0-opens_at": "１３：００",
    }

    another = who.post(path, {**typed_in(who.get(path).text), "_add": "further"})
    assert another.status_code == 422
    assert 'name="further-0-location_name"' in another.text
    wrong = who.post(path, {**typed_in(who.get(path).text), **row, "further-0-opens_at": "昼すぎ"})
    assert (wrong.status_code, "昼すぎ" in wrong.text) == (422, True)
    assert entry_of(workbench, service_id).further == ()

    assert who.post(path, {**typed_in(who.get(path).text), **row}).status_code == 303
    assert entry_of(workbench, service_id).further == (
        FurtherOpening(Schedule(("SA",), "13:00"), Location("西集会所", "生駒市西1-2")),
    )
    kept = {
        name: value
        for name, value in typed_in(who.get(path).text).items()
        if not name.startswith("further-")
    }
    assert who.post(path, kept).status_code == 303
    assert entry_of(workbench, service_id).further == ()


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (replace(ENTRY, schedule=Schedule()), "further_needs_time"),
        (replace(ENTRY, location=Location()), "further_needs_place"),
        (replace(ENTRY, further=(MORNING,) * 31), "further_too_many"),
        (
            replace(ENTRY, further=(replace(MORNING, schedule=Schedule(monthdays=(40,))),)),
            "monthday_out_of_range",
        ),
        (
            replace(
                ENTRY, further=(FurtherOpening(location=Location("x", position=Position(0, 0))),)
            ),
            "position_outside_japan",
        ),
    ],
)
def test_what_contradicts_the_first_time_or_place_is_refused(
    entry: HumanServiceEntry, code: str
) -> None:
    assert ("further", code) in list(entry.problems(clock.today()))


def test_the_api_takes_and_gives_several_times_and_places(workbench: Workbench) -> None:
    who = visitor(workbench)
    body = {
        "name": "ひだまり広場",
        "schedule": {"byday": ["MO"], "opens_at": "10:00"},
        "location": {"name": "東集会所", "address": "生駒市東新町8-38"},
        "further": [
            {"location": {"name": "西集会所"}, "schedule": {"byday": ["SA"]}},
            {"schedule": {"byday": ["WE"], "opens_at": "09:00"}},
        ],
    }

    made = who.send_json("POST", "/api/v1/human-services", body)

    assert made.status_code == 201, made.text
    assert [one["byday"] for one in made.json["schedules"]] == ["MO", "WE"]
    places = made.json["service_at_locations"]
    assert [one["location"]["name"] for one in places] == ["東集会所", "西集会所"]
    assert places[1]["schedules"][0]["byday"] == "SA"
    wrong = {**body, "further": [{"schedule": {"byday": ["XX"]}}]}
    assert who.send_json("POST", "/api/v1/human-services", wrong).status_code == 422
    lone = {"name": "x", "further": [{"schedule": {"byday": ["WE"]}}]}
    assert who.send_json("POST", "/api/v1/human-services", lone).status_code == 422


def test_hsds_of_another_directory_keeps_all_its_places_and_schedules() -> None:
    written = {
        "id": "6f3c0c54-1111-4222-8333-944444444444",
        "name": "ひろば",
        "status": "active",
        "service_at_locations": [
            {
                "id": "a",
                "location": {"id": "l1", "location_type": "physical", "name": "東"},
                "schedules": [
                    {"id": "s1", "byday": "MO", "opens_at": "10:00"},
                    {"id": "s2", "byday": "TU"},
                ],
            },
            {
                "id": "b",
                "location": {"id": "l2", "location_type": "physical", "name": "西"},
                "schedules": [{"id": "s3", "byday": "WE"}, {"id": "s4", "byday": "TH"}],
            },
            {"id": "c", "location": {"id": "l3", "location_type": "physical", "name": "南"}},
        ],
    }

    read = hsds.read_service(written, Visibility.PUBLIC)

    assert read.problems == ()
    assert (read.entry.schedule.byday, read.entry.location.name) == (("MO",), "東")
    assert [(one.location.name, one.schedule.byday) for one in read.entry.further] == [
        ("", ("TU",)),
        ("西", ("WE",)),
        ("西", ("TH",)),
        ("南", ()),
    ]
    again = hsds.read_service(
        hsds.write_service(HumanService(new_id(), read.entry)), Visibility.PUBLIC
    )
    assert again.entry == read.entry


def test_the_export_of_one_town_is_the_import_of_another_with_every_place(
    workbench: Workbench,
) -> None:
    service_id = publish(workbench)
    with workbench.reading() as connection:
        service = queries.human_service(connection, workbench.staff("coordinator"), service_id)
    written = hsds.write_service(service)
    tables = hsds.to_tables([written])
    (nested,) = hsds.from_tables(
        {name: [{k: v for k, v in row.items()} for row in rows] for name, rows in tables.items()}
    )

    for one in (json.loads(json.dumps(written)), nested):
        assert hsds.read_service(one, Visibility.PUBLIC).entry == service.entry
    assert in_order((WEST, MORNING)) == (MORNING, WEST)


def test_an_import_shows_which_time_or_place_would_change(workbench: Workbench) -> None:
    who = visitor(workbench)
    service = HumanService(new_id(), ENTRY)

    def send(one: HumanService) -> str:
        content = json.dumps([hsds.write_service(one)]).encode()
        files = {"source": "open_data", "file": (BytesIO(content), "a.json")}
        return str(who.post("/human-services/import", files).location)

    first = send(service)
    assert who.post(first.split("/292095", 1)[1] + "/apply").status_code == 303
    service.entry = replace(ENTRY, further=(MORNING,))
    preview = who.get(send(service).split("/292095", 1)[1]).text

    assert "ほかの時間・場所" in preview
    assert "西集会所" in preview


HOME = Position(34.7001, 135.6001)


def test_an_entry_is_found_by_a_time_and_a_place_that_are_not_its_first(
    workbench: Workbench,
) -> None:
    far = replace(ENTRY, name="遠い広場", further=())
    service_id, other_id = publish(workbench), publish(workbench, far)

    def ids(**asked: object) -> list[str]:
        with workbench.reading() as connection:
            search = DirectorySearch(**asked)
            found = queries.human_services(connection, workbench.staff("coordinator"), search)
        return [one.id for one in found]

    near = {"near": HOME, "within": REACHES["2"]}
    assert ids(**near) == [service_id]
    assert ids(**near, day="SA") == [service_id]
    assert ids(**near, day="MO") == []  # open on Mondays, but at another place
    assert ids(day="WE") == [service_id]
    assert sorted(ids(day="MO")) == sorted([service_id, other_id])
    saturday = datetime(2026, 11, 14, 13, 30, tzinfo=clock.JAPAN)
    assert ids(open_at=saturday) == [service_id]
    assert ids(open_at=saturday.replace(day=21)) == []  # the second Saturday alone


def test_the_nearest_place_that_answers_comes_first_and_is_named(workbench: Workbench) -> None:
    west = publish(workbench)
    middle = publish(
        workbench,
        replace(
            ENTRY,
            name="なか広場",
            further=(),
            location=Location("中", "", "292095", Position(34.7, 135.62)),
        ),
    )
    around = publish(
        workbench,
        replace(ENTRY, name="起点", further=(), location=Location("家", "", "292095", HOME)),
    )

    page = visitor(workbench).get(f"/human-services?near={around}&within=30").text

    places = [page.index(f"/human-services/{one}") for one in (around, west, middle)]
    assert places == sorted(places)
    assert "<strong>西集会所</strong>" in page
    assert "徒歩約1分・車約1分の見積もり" in page
    within = visitor(workbench).get(f"/human-services?near={around}&within=foot15").text
    assert middle not in within
    assert west in within


def test_every_place_has_a_marker_on_the_map(workbench: Workbench) -> None:
    publish(workbench)

    page = visitor(workbench).get("/human-services/map").text

    assert page.count("data-latitude=") == 2
    assert 'data-latitude="34.7" data-longitude="135.6" data-name="ひだまり広場　西集会所"' in page


def test_a_need_is_matched_by_the_nearest_place_and_the_time_that_suits() -> None:
    service = HumanService("s1", replace(ENTRY, categories=("salon",)))
    need = Need(
        "isolation",
        (),
        "292095",
        position=HOME,
        availability=Availability.read("土日"),
        description="ひとり暮らしで話す人がいない。居場所がほしい。",
    )

    (match,) = match_of(need, [service], taxonomy(), date(2026, 11, 21)).matches

    said = suggestion(match, "孤立").reasons
    assert any(
        reason.startswith("【ほかの場所】「西集会所」までは直線で約0.0km") for reason in said
    )
    assert any("「西集会所」では土に開いていて、都合のよい時間と重なります" in one for one in said)


def test_a_way_is_estimated_by_the_length_of_roads() -> None:
    assert minutes_for(1.0, Means.FOOT) == 18  # 1.3 km at 4.5 km an hour: 17.3
    assert minutes_for(1.0, Means.CAR) == 3
    assert minutes_for(0.0, Means.FOOT) == 0
    for minutes in (15, 30):
        assert minutes_for(reach_of(minutes, Means.CAR), Means.CAR) == minutes
