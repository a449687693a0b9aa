"""An installation of the first release keeps everything through `kasane migrate`, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, create_engine, make_url, text
from werkzeug.test import Client

from kasane_kit.auth import COOKIE
from kasane_kit.config import Settings
from kasane_kit.db import FieldSeals, migrate
from kasane_kit.db.engine import SqliteAddresses, open_engine
from kasane_kit.db.resealing import standing
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import open_session
from kasane_runtime import databases
from kasane_runtime.compose import Composition, compose, load_services, make_app
from tests.faults.conftest import drop_our_databases
from tests.upgrades import first_release
from tests.upgrades.first_release import Row

IKOMA, ENIWA = "292095", "012319"
TOWN_FILES = Path(__file__).parents[2] / "deploy/towns"
# Made anew from the names by the migrations of the search.
MADE_ANEW = ("intake_person_key",)


@dataclass
class Installation:
    """An installation that the first release made and wrote into; ``url`` gives a database by service and town."""

    environment: dict[str, str]
    engine: Callable[[str, str], Engine]
    rows: list[Row]

    def of_now(self) -> Composition:
        """The house of today on these databases."""
        return compose(Settings.from_env(self.environment))

    def places(self) -> list[tuple[str, str, list[Row]]]:
        """(service, town, the rows that were planted there)."""
        names = sorted({(row.service, row.town) for row in self.rows})
        return [
            (service, town, [r for r in self.rows if (r.service, r.town) == (service, town)])
            for service, town in names
        ]

    def ids(self, table: str, town: str) -> list[str]:
        """The ids of the planted rows of a table."""
        return [str(r.values["id"]) for r in self.rows if (r.table, r.town) == (table, town)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    """Made by the migrations of the first release, with the rows its code wrote."""
    towns = tmp_path / "towns"
    towns.mkdir()
    for town in (IKOMA, ENIWA):
        (file,) = TOWN_FILES.glob(f"{town}-*.toml")
        shutil.copy(file, towns)
    environment = {"KASANE_VAR": str(tmp_path / "var"), "KASANE_TOWN_FILES": str(towns)}

    def sqlite(service: str, town: str) -> Engine:
        return open_engine(SqliteAddresses(tmp_path / "var").url(service, town))

    def postgresql(service: str, town: str) -> Engine:
        url = make_url(environment["KASANE_ADMIN_DATABASE_URL"])
        options = {"options": f"-csearch_path={service} -ctimezone=UTC"}
        return create_engine(
            url.set(drivername="postgresql+psycopg", database=f"kasane_{town}"),
            connect_args=options,
        )

    if request.param == "postgresql":
        server = request.getfixturevalue("private_postgres")
        drop_our_databases(server)
        environment |= {
            "KASANE_MODE": "distributed",
            "KASANE_DATABASE_URL": server.dsn,
            "KASANE_ADMIN_DATABASE_URL": server.dsn,
            "KASANE_BROKER_URL": "amqp://127.0.0.1:1",
        }
    with monkeypatch.context() as then:
        then.setattr(migrate, "KIT_MIGRATIONS", first_release.kit_migrations(tmp_path / "then"))
        services = first_release.services_of_then(load_services(), tmp_path / "then")
        composition = compose(Settings.from_env(environment), services)
        databases.migrate(composition)
        composition.house.databases.dispose()
    found = Installation(
        environment, postgresql if request.param == "postgresql" else sqlite, first_release.rows()
    )
    for service, town, planted in found.places():
        engine = found.engine(service, town)
        with engine.begin() as connection:
            first_release.plant(connection, planted)
        engine.dispose()
    return found


# An index over an expression is no column, and columns are what this test reads.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection:sqlalchemy.exc.SAWarning")
@pytest.mark.slow
def test_every_row_of_the_first_release_is_kept_and_a_second_run_changes_nothing(
    installation: Installation,
) -> None:
    composition = installation.of_now()

    databases.migrate(composition)
    first = contents(installation)
    databases.migrate(composition)

    assert contents(installation) == first
    if composition.settings.database_url:
        assert databases.check_rights(composition) == []
    lost, plain, sealed = [], 0, 0
    for service, town, planted in installation.places():
        engine = installation.engine(service, town)
        FieldSeals(composition.house.keys, town).install(engine)
        of_today = composition.services[service]
        with engine.connect() as connection:
            lost += [
                f"{town}: {sentence}"
                for sentence in first_release.kept(
                    connection, planted, of_today.columns or MetaData()
                )
                if not sentence.startswith(MADE_ANEW)
            ]
            found = standing(connection, of_today.sealed_tables)
        plain, sealed = plain + found.plain, sealed + found.sealed
        engine.dispose()
    assert (plain, sealed > 50) == (0, True)
    # What was called decided then, with everybody's agreement, is called in force now.
    assert lost == [
        f"{town}: cases_support_plan.status: 'decided' became 'active'" for town in (ENIWA, IKOMA)
    ]


@pytest.mark.slow
def test_what_the_first_release_wrote_is_read_on_the_pages_of_today(
    installation: Installation,
) -> None:
    composition = installation.of_now()
    databases.migrate(composition)
    clients = {town: coordinator(installation, composition, town) for town in (IKOMA, ENIWA)}

    said = {
        (town, path): clients[town].get(f"/{service}/{town}/{path}", buffered=True)
        for town in (IKOMA, ENIWA)
        for service, path in pages(installation, town)
    }

    assert {where: a.status_code for where, a in said.items() if a.status_code != 200} == {}
    everything = {
        town: "".join(a.text for (t, _), a in said.items() if t == town) for town in clients
    }
    for town, page in everything.items():
        names = {
            str(row.values["name"])
            for row in installation.rows
            if row.town == town and row.table in ("cases_person", "intake_person_concerned")
        }
        assert [name for name in names if name not in page] == []
    composition.house.databases.dispose()


def contents(installation: Installation) -> dict[tuple[str, str], dict[str, int]]:
    """How many rows every table of every place holds."""
    found = {}
    for service, town, _ in installation.places():
        engine = installation.engine(service, town)
        with engine.connect() as connection:
            tables = engine.dialect.get_table_names(connection)
            found[service, town] = {
                table: connection.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0
                for table in tables
            }
        engine.dispose()
    return found


def coordinator(installation: Installation, composition: Composition, town: str) -> Client:
    """A browser in which the coordinator of the first release's rows is signed in."""
    (account,) = [
        str(row.values["account_id"])
        for row in installation.rows
        if (row.service, row.table, row.town) == ("cases", "account_projection", town)
        and "coordinator" in str(row.values["functions"])
    ]
    revision = next(
        int(row.values["revision"])
        for row in installation.rows
        if row.table == "account_projection" and row.values["account_id"] == account
    )
    with municipality_scope(town):
        session_id = open_session(composition.house.databases, account, revision)
    client = Client(make_app(composition, "all"))
    client.set_cookie(COOKIE, session_id)
    return client


def pages(installation: Installation, town: str) -> list[tuple[str, str]]:
    """(service, path) of what a coordinator reads of the rows."""
    found = [
        ("portal", ""),
        ("cases", "cases"),
        ("intake", "consultations"),
        ("outreach", "households"),
        ("outreach", "visits"),
        ("resources", "human-services"),
    ]
    for service, table, place in (
        ("cases", "cases_case", "cases"),
        ("cases", "cases_session", "conferences"),
        ("intake", "intake_consultation", "consultations"),
        ("outreach", "outreach_household_to_reach", "households"),
        ("outreach", "outreach_visit", "visits"),
        ("resources", "resources_human_service", "human-services"),
    ):
        found += [(service, f"{place}/{one}") for one in installation.ids(table, town)]
    for row in installation.rows:
        if row.town == town and row.table == "cases_support_plan":
            found.append(("cases", f"cases/{row.values['case_id']}/plans/{row.values['id']}"))
    return found
