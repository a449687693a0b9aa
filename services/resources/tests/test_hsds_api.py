"""The HSDS API: the pages of the specification, for those who may see, and the export."""

import io
import json
import zipfile

import pytest

from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources.commands import PublishHumanService
from kasane_resources.domain import hsds
from kasane_resources.domain.human_service import HumanServiceEntry, Visibility
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.profile import HostContact, Vacancy
from kasane_resources.handlers import publish_human_service
from kasane_resources.repository import HostContacts
from services.resources.tests.hsds_schemas import errors

PAGE = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty"}


def program(bench: Workbench, function: str = "coordinator") -> Visitor:
    return bench.visit_as(bench.staff(function))


@pytest.fixture
def three(workbench: Workbench) -> list[str]:
    """A public entry with a place, one for the town hall, one for supporters only."""
    entries = [
        HumanServiceEntry(
            name="1 ひだまり食堂",
            organization_name="架空の会",
            corporate_number="7000012050002",
            categories=("children_cafeteria",),
            location=Location("生駒市", "生駒市東新町8-38", "292095", Position(34.6919, 135.7006)),
            capacity=10,
            vacancy=Vacancy(2, clock.today()),
        ),
        HumanServiceEntry(name="2 庁内の窓口", visibility=Visibility.TOWN_HALL),
        HumanServiceEntry(name="3 見守り先", visibility=Visibility.SUPPORTERS_ONLY),
    ]
    ids = []
    for entry in entries:
        with workbench.unit(workbench.staff("coordinator")) as uow:
            command = PublishHumanService(new_id(), entry)
            ids.append(publish_human_service(command, uow, workbench.hooks))
    return ids


def test_the_root_says_which_version_and_which_profile(workbench: Workbench) -> None:
    answer = program(workbench).get("/api/v1/").json

    assert (answer["version"], answer["profile"]) == ("3.1", hsds.PROFILE)
    assert answer["openapi_url"].endswith("/-/openapi.json")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("services?full=true", "service"),
        ("services", "service"),
        ("organizations", "organization"),
        ("locations", "location"),
        ("service_at_locations", "service_at_location"),
        ("service_at_locations?full=true", "service_at_location"),
        ("taxonomies", "taxonomy"),
        ("taxonomy_terms", "taxonomy_term"),
    ],
)
def test_every_page_fits_the_schemas(
    workbench: Workbench, three: list[str], path: str, name: str
) -> None:
    page = program(workbench).get(f"/api/v1/{path}").json

    assert set(page) == PAGE | {"contents"}
    assert page["size"] == len(page["contents"]) > 0
    assert [errors(name, one) for one in page["contents"]] == [[]] * page["size"]
    one = program(workbench).get(f"/api/v1/{path.partition('?')[0]}/{page['contents'][0]['id']}")
    if name != "location":
        assert (one.status_code, errors(name, one.json)) == (200, [])


def test_pages_are_numbered_and_a_wrong_number_is_refused(
    workbench: Workbench, three: list[str]
) -> None:
    who = program(workbench)

    first = who.get("/api/v1/services?per_page=2").json
    second = who.get("/api/v1/services?per_page=2&page=2").json

    assert [one["id"] for one in first["contents"] + second["contents"]] == three
    assert (first["total_items"], first["total_pages"], first["size"]) == (3, 2, 2)
    assert (first["first_page"], first["last_page"]) == (True, False)
    assert (second["first_page"], second["last_page"], second["size"]) == (False, True, 1)
    for wrong in ("page=0", "page=x", "per_page=101", "modified_after=gestern"):
        assert who.get(f"/api/v1/services?{wrong}").status_code == 400, wrong


def test_nobody_is_told_of_an_entry_that_is_not_for_them(
    workbench: Workbench, three: list[str]
) -> None:
    office = program(workbench, "town_administrator")

    assert [one["id"] for one in office.get("/api/v1/services").json["contents"]] == three[:2]
    assert office.get(f"/api/v1/services/{three[2]}").status_code == 404
    lines = office.get("/api/v1/services?format=ndjson").text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == three[:2]
    package = zipfile.ZipFile(io.BytesIO(office.get("/api/v1/export").data))
    assert [one["id"] for one in json.loads(package.read("services.json"))] == three[:2]
    public = office.get("/api/v1/export?public_only=true").data
    written = json.loads(zipfile.ZipFile(io.BytesIO(public)).read("services.json"))
    assert [one["id"] for one in written] == three[:1]
    anonymous = workbench.app.test_client().get("/292095/api/v1/services")
    assert anonymous.status_code == 401


def test_services_are_found_by_words_term_organization_and_change(
    workbench: Workbench, three: list[str]
) -> None:
    who = program(workbench)
    term = hsds.known_terms()["kasane-kinds", "children_cafeteria"]
    [organization] = who.get("/api/v1/organizations").json["contents"]

    for query, found in (
        ("search=ひだまり", three[:1]),
        (f"taxonomy_term_id={term['id']}", three[:1]),
        (f"taxonomy_id={term['taxonomy_id']}", three[:1]),
        ("taxonomy_term_id=00000000-0000-0000-0000-000000000000", []),
        (f"organization_id={organization['id']}", three[:1]),
        ("modified_after=2000-01-01", three),
        ("modified_after=2999-01-01T00:00:00%2B09:00", []),
    ):
        page = who.get(f"/api/v1/services?{query}").json
        assert [one["id"] for one in page["contents"]] == found, query
    minimal = who.get("/api/v1/services?minimal=true").json["contents"]
    assert [set(one) for one in minimal] == [{"id", "modified_date"}] * 3
    whole = who.get(f"/api/v1/organizations/{organization['id']}?full_service=true").json
    assert [one["id"] for one in whole["services"]] == three[:1]


def test_the_export_holds_json_and_a_data_package_and_no_contact_at_a_host(
    workbench: Workbench, three: list[str]
) -> None:
    with workbench.unit(workbench.staff("coordinator")) as uow:
        HostContacts(uow.connection).put(three[0], HostContact("架空 花子", "0743-00-0000"))
        uow.record("resources.host_contact.written", "human_service", three[0])
        uow.commit()

    answer = program(workbench).get("/api/v1/export")

    assert answer.mimetype == "application/zip"
    package = zipfile.ZipFile(io.BytesIO(answer.data))
    described = json.loads(package.read("datapackage.json"))
    paths = [one["path"] for one in described["resources"]]
    assert sorted(package.namelist()) == sorted([*paths, "services.json", "datapackage.json"])
    assert package.read("services.csv").decode().splitlines()[0].startswith("id,organization_id")
    assert not any("架空 花子" in package.read(name).decode() for name in package.namelist())
