"""The map and the printed list for workers, and the page of public entries for everybody."""

import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources.commands import PublishHumanService, WriteHostContact
from kasane_resources.domain.human_service import HumanServiceEntry, ServiceStatus, Visibility
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.profile import HostContact
from kasane_resources.handlers import publish_human_service, write_host_contact

TILES = "https://tiles.example.jp/std/{z}/{x}/{y}.png"
PLACE = Location("生駒市", "生駒市東新町8-38", "292095", Position(34.6919, 135.7006))


def publish(bench: Workbench, **values: object) -> str:
    with bench.unit(bench.staff("coordinator")) as uow:
        entry = HumanServiceEntry(**{"name": "ひだまり食堂", **values})
        return publish_human_service(PublishHumanService(new_id(), entry), uow, bench.hooks)


def visitor(bench: Workbench, function: str = "coordinator") -> Visitor:
    return bench.visit_as(bench.staff(function))


def as_anybody(bench: Workbench, path: str) -> TestResponse:
    return bench.app.test_client().get(f"/292095{path}")


def test_everybody_sees_public_entries_in_use_and_nothing_else(workbench: Workbench) -> None:
    public = publish(workbench, location=PLACE)
    hidden = [
        publish(workbench, name="庁内の窓口", visibility=Visibility.TOWN_HALL),
        publish(workbench, name="見守り先", visibility=Visibility.SUPPORTERS_ONLY),
        publish(workbench, name="やめた食堂", status=ServiceStatus.RETIRED),
    ]
    with workbench.unit(workbench.staff("coordinator")) as uow:
        command = WriteHostContact(public, HostContact("架空 花子"))
        write_host_contact(command, uow, workbench.hooks)

    page = as_anybody(workbench, "/shien")

    assert page.status_code == 200
    assert "1件あります" in page.text
    assert 'data-latitude="34.6919" data-longitude="135.7006"' in page.text
    for name in ("庁内の窓口", "見守り先", "やめた食堂", "架空 花子"):
        assert name not in page.text
    entry = as_anybody(workbench, f"/shien/{public}")
    assert ("生駒市東新町8-38" in entry.text, "架空 花子" in entry.text) == (True, False)
    assert [as_anybody(workbench, f"/shien/{one}").status_code for one in hidden] == [404] * 3


def test_the_public_list_is_searched_and_paged(workbench: Workbench) -> None:
    for number in range(51):
        publish(workbench, name=f"第{number:02d}食堂")

    first = as_anybody(workbench, "/shien")
    cursor = re.search(r"cursor=([^\"&]+)", first.text)

    assert cursor is not None
    assert first.text.count('<th scope="row">') == 50
    second = as_anybody(workbench, f"/shien?cursor={cursor[1]}")
    assert second.text.count('<th scope="row">') == 1
    assert "1件あります" in as_anybody(workbench, "/shien?q=第07").text


def test_a_stale_entry_is_greyed_with_words(workbench: Workbench) -> None:
    publish(workbench, last_confirmed_on=clock.today() - timedelta(days=400), location=PLACE)

    for page in (as_anybody(workbench, "/shien"), visitor(workbench).get("/human-services/map")):
        assert '<tr class="r-stale" data-latitude' in page.text
        assert "古い登録" in page.text


def test_the_map_takes_pictures_from_the_towns_own_address_only(workbench: Workbench) -> None:
    publish(workbench, location=PLACE)
    who = visitor(workbench, "town_administrator")
    before = who.get("/human-services/map").headers["Content-Security-Policy"]

    saved = who.post("/human-services/map/tiles", {"tiles": TILES, "attribution": "架空地図"})

    assert saved.status_code == 303
    page = who.get("/human-services/map")
    policy = page.headers["Content-Security-Policy"]
    assert policy == before.replace(
        "img-src 'self' data:", "img-src 'self' data: https://tiles.example.jp"
    )
    assert f'data-tiles="{TILES}" data-attribution="架空地図"' in page.text
    elsewhere = who.get("/human-services").headers["Content-Security-Policy"]
    assert "tiles.example.jp" not in elsewhere


@pytest.mark.parametrize(
    ("tiles", "attribution"),
    [
        ("http://tiles.example.jp/{z}/{x}/{y}.png", "架空地図"),
        ("https://tiles.example.jp/{z}/{x}.png", "架空地図"),
        ("https://tiles.example.jp/{z}/{x}/{y}.png; script-src *", "架空地図"),
        ("javascript:alert(1)//{z}{x}{y}", "架空地図"),
        (TILES, ""),
    ],
    ids=["http", "half", "policy", "script", "unnamed"],
)
def test_a_wrong_address_of_tiles_is_refused_and_changes_nothing(
    workbench: Workbench, tiles: str, attribution: str
) -> None:
    who = visitor(workbench, "town_administrator")

    answer = who.post("/human-services/map/tiles", {"tiles": tiles, "attribution": attribution})

    assert answer.status_code == 422
    assert "三つの場所を含む住所" in answer.text
    assert 'data-tiles=""' in _map_with_one_place(workbench)
    worker = visitor(workbench).post("/human-services/map/tiles", {"tiles": ""})
    assert worker.status_code == 403


def _map_with_one_place(bench: Workbench) -> str:
    publish(bench, location=PLACE)
    return visitor(bench).get("/human-services/map").text


def test_leaflet_comes_from_the_own_server_with_its_licence(workbench: Workbench) -> None:
    client = workbench.app.test_client()

    for name in ("leaflet/leaflet.js", "leaflet/LICENSE", "map.js", "directory.css"):
        with client.get(f"/-/static/{name}") as file:
            assert file.status_code == 200, name
            if name == "leaflet/LICENSE":
                assert "BSD 2-Clause" in file.text


def test_the_towns_administrator_closes_the_public_page_and_opens_it_again(
    workbench: Workbench,
) -> None:
    entry = publish(workbench)
    who = visitor(workbench, "town_administrator")
    page = who.get("/human-services/public-page").text
    assert "いま公開の対象になっている登録は1件です。" in page
    assert "公開の一覧を見る" in visitor(workbench).get("/human-services/map").text

    assert who.post("/human-services/public-page", {"open": "0"}).status_code == 303

    for path in ("/shien", f"/shien/{entry}"):
        closed = as_anybody(workbench, path)
        assert closed.status_code == 404
        assert "この町は、支援の一覧を公開していません。" in closed.text
        assert "ひだまり食堂" not in closed.text
    assert "公開の一覧を見る" not in visitor(workbench).get("/human-services/map").text
    page = who.get("/human-services/public-page").text
    assert workbench.staff("town_administrator").display_name in page

    assert who.post("/human-services/public-page", {"open": "1"}).status_code == 303
    assert "ひだまり食堂" in as_anybody(workbench, "/shien").text
    actions = [one.action for one in workbench.said(AuditEntryRecorded)]
    assert actions.count("resources.public_page.closed") == 1
    assert actions.count("resources.public_page.opened") == 1


def test_the_administrator_finds_the_way_to_the_switch_from_any_page(workbench: Workbench) -> None:
    who = visitor(workbench, "town_administrator")

    steps = [
        who.get(path).text for path in ("/human-services/confirmations", "/human-services/map")
    ]

    assert 'href="/resources/292095/human-services"' in steps[0]
    assert 'href="/292095/human-services/public-page"' in steps[1]


@pytest.mark.parametrize("function", ["coordinator", "responsible", "receiver"])
def test_nobody_but_the_administrator_moves_the_switch(workbench: Workbench, function: str) -> None:
    publish(workbench)
    who = visitor(workbench, function)

    assert who.get("/human-services/public-page").status_code == 403
    assert who.post("/human-services/public-page", {"open": "0"}).status_code == 403
    assert as_anybody(workbench, "/shien").status_code == 200
