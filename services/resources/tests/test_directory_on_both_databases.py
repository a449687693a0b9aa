"""The directory's own tables hold and find the same on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, create_engine, text

from kasane_kit.auth import Actor
from kasane_resources import tables
from kasane_resources.domain.column_mapping import ColumnMapping
from kasane_resources.domain.directory_import import DirectoryImport, ImportState
from kasane_resources.domain.freshness import ConfirmLink, OrganizationAnswer
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry
from kasane_resources.domain.layout_rows import ReadRow
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.map_setting import MapSetting
from kasane_resources.domain.open_data import RowProblem
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.profile import (
    Accessibility,
    CostOption,
    HostContact,
    MicroTask,
    Vacancy,
)
from kasane_resources.domain.quarantine import QuarantinedCell
from kasane_resources.domain.schedule import Schedule
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.queries import hsds as hsds_queries
from kasane_resources.queries import places
from kasane_resources.queries.freshness import confirmation_work
from kasane_resources.queries.hsds import Asked
from kasane_resources.repository import (
    ColumnMappings,
    ConfirmLinks,
    DirectoryImports,
    HostContacts,
    HumanServices,
    OrganizationAnswers,
    Organizations,
    Quarantine,
    RefusedRows,
    Reminders,
)
from kasane_resources.repository.map_setting import keep_map_setting, map_setting
from tests.support.private_postgres import PrivatePostgres

NOON = datetime(2026, 11, 21, 3, tzinfo=UTC)
WORKER = Actor("a1", "職員 一郎", "292095", functions=frozenset({"coordinator"}))
ENTRY = HumanServiceEntry(
    name="ひだまり商店",
    organization_name="架空の会",
    corporate_number="7000012050002",
    schedule=Schedule(("SA",), "10:00", weeks=(2, 4), interval=2, valid_to=date(2027, 3, 31)),
    location=Location("生駒市", "生駒市東新町8-38", "292095", Position(34.6919, 135.7006)),
    alternate_name="ひだまり",
    alert="年末年始は休みます",
    vacancy=Vacancy(0, date(2026, 11, 1), "春に空きます"),
    accessibility=(Accessibility.WHEELCHAIR,),
    costs=(CostOption("大人", 300), CostOption("実費")),
    micro_tasks=(MicroTask("値札貼り", "座ってできます", 30), MicroTask("清掃")),
    referral_needed=False,
    last_confirmed_on=date(2025, 1, 1),
    further=(
        FurtherOpening(Schedule(("WE",), "13:00", valid_from=date(2026, 4, 1))),
        FurtherOpening(
            Schedule(monthdays=(1, 15), description="朝だけ"),
            Location("西集会所", "生駒市西1-2", "292095", Position(34.7, 135.6)),
        ),
    ),
)


@contextmanager
def sqlite() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        yield connection
    engine.dispose()


@contextmanager
def postgresql(server: PrivatePostgres) -> Iterator[Connection]:
    engine = create_engine(server.dsn.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA directory"))
        connection.execute(text("SET search_path TO directory"))
        tables.metadata.create_all(connection)
        yield connection
        connection.execute(text("DROP SCHEMA directory CASCADE"))
    engine.dispose()


def held(connection: Connection) -> None:
    """Puts one of everything in and reads it back."""
    organization = Organizations(connection).named("架空の会", "7000012050002")
    service = HumanService("s1", ENTRY, organization, owner="a1", confirmed_by="職員 一郎")
    services = HumanServices(connection)
    services.add([service])
    [read] = services.load(["s1"])
    assert (read.entry, read.owner, read.location_id) == (ENTRY, "a1", service.location_id)
    services.save(read)

    asked = Asked(search="ひだまり", modified_after=datetime(2020, 1, 1, tzinfo=UTC))
    found = hsds_queries.services(connection, WORKER, asked)
    assert [one.id for one in found.items] == ["s1"]
    assert hsds_queries.organizations(connection, WORKER, Asked(search="架空")).total == 1
    assert hsds_queries.services(connection, WORKER, Asked(kinds=("salon",))).total == 0
    everybody = places.for_everybody(connection, DirectorySearch(words="ひだまり"))
    assert [one.id for one in everybody] == ["s1"]

    contacts = HostContacts(connection)
    for contact in (HostContact("架空 花子"), HostContact("架空 花子", "0743-00-0000")):
        contacts.put("s1", contact)
        assert contacts.of("s1") == contact

    keep_map_setting(connection, MapSetting("https://a.jp/{z}/{x}/{y}", "架空"))
    assert map_setting(connection).origin == "https://a.jp"


def left_behind(connection: Connection) -> None:
    """What imports and organizations leave is found again."""
    imports = DirectoryImports(connection)
    content = "施設,住所\nゆうゆう会,生駒市元町1-6\n".encode()
    one = DirectoryImport(
        "i1", "own", "kodomo_shokudo", "public", "a.csv", "d", content, "a1", NOON
    )
    imports.add(one)
    for name in ("通いの場", "集いの場"):
        header = ("施設", "住所")
        meant = {"施設": "名称", "住所": "住所"}
        ColumnMappings(connection).put(ColumnMapping.of(header, name, meant))
    assert imports.plan(imports.get("i1", for_update=True)).counts()["added"] == 1
    one.state = ImportState.QUEUED
    imports.save(one)
    assert imports.under_way() == ["i1"]

    quarantine = Quarantine(connection)
    cell = QuarantinedCell("c1", "s1", "own", "k", "備考", "h", b"sealed", NOON)
    quarantine.put(cell)
    assert (quarantine.waiting(5), quarantine.count_waiting()) == ([cell], 1)
    row = ReadRow(3, "k", "d", {"名称": "=1"}, "=1", None, (RowProblem("名称", "formula", "=1"),))
    refused = RefusedRows(connection)
    refused.keep("own", "a.csv", [row], NOON)
    refused.put_back("own", "k", "備考", "0743")
    assert [kept.original for kept in refused.of("own", 5)] == [{"名称": "=1", "備考": "0743"}]
    refused.forget("own", ["k"])
    assert refused.of("own", 5) == []

    links, answers = ConfirmLinks(connection), OrganizationAnswers(connection)
    link = ConfirmLink("l1", "s1", "x" * 64, "a1", NOON, date(2026, 12, 21))
    links.add(link)
    assert (links.with_digest("x" * 64), links.of("s1")) == (link, [link])
    answer = OrganizationAnswer("n1", "s1", "l1", False, "土曜は休み", NOON)
    answers.put(answer)
    assert (answers.waiting(5), answers.waiting_through("l1")) == ([answer], 1)
    work = confirmation_work(connection, WORKER)
    assert ([one.id for _, one in work.answers], [one.id for one in work.mine]) == (["s1"], ["s1"])
    reminders = Reminders(connection)
    assert reminders.due(date(2026, 11, 21)) == ["s1"]
    reminders.remember("s1", date(2026, 11, 21))
    assert reminders.due(date(2026, 11, 22)) == []
    assert reminders.due(date(2026, 12, 21)) == ["s1"]


def test_one_of_everything_on_sqlite() -> None:
    with sqlite() as connection:
        held(connection)
        left_behind(connection)


@pytest.mark.postgresql
def test_one_of_everything_on_postgresql(private_postgres: PrivatePostgres) -> None:
    with postgresql(private_postgres) as connection:
        held(connection)
        left_behind(connection)
