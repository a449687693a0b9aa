"""The directory's own tables hold and find the same on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from kasane_kit.auth import Actor
from kasane_kit.auth.tables import metadata as account_metadata
from kasane_kit.db import FieldSeals
from kasane_kit.db.sealed import metadata as key_metadata
from kasane_kit.keys import KeyRing
from kasane_resources import tables
from kasane_resources.domain.column_mapping import ColumnMapping
from kasane_resources.domain.community import (
    CommunityIssue,
    Gathering,
    GatheringKind,
    IssueOutcome,
    IssueStep,
    IssueStepKind,
    NetworkMember,
    ParticipantKind,
    PartnerCompany,
)
from kasane_resources.domain.directory_import import DirectoryImport, ImportState
from kasane_resources.domain.errors import (
    ChangedMeanwhile,
    CommunityNotFound,
    GapOver,
    MemberOver,
    NotYetMember,
)
from kasane_resources.domain.freshness import (
    ConfirmationDays,
    ConfirmLink,
    OrganizationAnswer,
)
from kasane_resources.domain.gap import Gap, GapTheme
from kasane_resources.domain.host_support import HostSupport, HostSupportKind, SettlingVisit
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry
from kasane_resources.domain.layout_rows import ReadRow
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.map_setting import MapSetting
from kasane_resources.domain.open_data import RowProblem
from kasane_resources.domain.opening import FurtherOpening
from kasane_resources.domain.participation import (
    Judgement,
    Participation,
    ParticipationStatus,
    ParticipationStep,
)
from kasane_resources.domain.profile import (
    Accessibility,
    CostOption,
    HostContact,
    MicroTask,
    Vacancy,
)
from kasane_resources.domain.public_page import PublicPage
from kasane_resources.domain.quarantine import QuarantinedCell
from kasane_resources.domain.referral import Referral
from kasane_resources.domain.schedule import Schedule
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.queries import community as community_queries
from kasane_resources.queries import hsds as hsds_queries
from kasane_resources.queries import participation as participation_queries
from kasane_resources.queries import places
from kasane_resources.queries.freshness import confirmation_work
from kasane_resources.queries.hsds import Asked
from kasane_resources.repository import (
    ColumnMappings,
    ConfirmLinks,
    DirectoryImports,
    Gaps,
    HostContacts,
    HumanServices,
    OrganizationAnswers,
    Organizations,
    Quarantine,
    Referrals,
    RefusedRows,
    Reminders,
)
from kasane_resources.repository.community import CommunityIssues, Gatherings, Members
from kasane_resources.repository.map_setting import keep_map_setting, map_setting
from kasane_resources.repository.participations import (
    HostSupports,
    Participations,
    SettlingVisits,
)
from kasane_resources.repository.public_page import keep_public_page, public_page
from tests.support.private_postgres import PrivatePostgres

NOON = datetime(2026, 11, 21, 3, tzinfo=UTC)
DAYS = ConfirmationDays(timedelta(days=180), timedelta(days=365), timedelta(days=30))
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


def _seal(engine: Engine) -> None:
    """Sealed columns are written and read with a key, as in a town."""
    with TemporaryDirectory() as folder:
        keys = KeyRing(Path(folder))
        keys.ensure("292095")
        keys.key("292095")
    FieldSeals(keys, "292095").install(engine)


@contextmanager
def sqlite() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    _seal(engine)
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        key_metadata.create_all(connection)
        account_metadata.create_all(connection)
        yield connection
    engine.dispose()


@contextmanager
def postgresql(server: PrivatePostgres) -> Iterator[Connection]:
    engine = create_engine(server.dsn.replace("postgresql://", "postgresql+psycopg://", 1))
    _seal(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA directory"))
        connection.execute(text("SET search_path TO directory"))
        tables.metadata.create_all(connection)
        key_metadata.create_all(connection)
        account_metadata.create_all(connection)
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
    for contact in (HostContact("架空 花子"), HostContact("架空 花子", "0743-00-0000", version=1)):
        contacts.put("s1", contact)
        assert contacts.of("s1") == contact
    for behind in (0, 1):
        with pytest.raises(ChangedMeanwhile):
            contacts.put("s1", HostContact("別の人", version=behind))
    assert (contacts.of("s1"), contacts.of("s1").version) == (contact, 2)

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
    assert (answers.waiting(5), answers.waiting_for("s1")) == ([answer], [answer])
    work = confirmation_work(connection, WORKER, DAYS)
    assert ([one.id for _, one in work.answers], [one.id for one in work.mine]) == (["s1"], ["s1"])
    assert [one.id for one in work.nobodys] == ["s1"]
    reminders = Reminders(connection)
    assert reminders.due(date(2026, 11, 21), DAYS) == ["s1"]
    reminders.remember("s1", date(2026, 11, 21))
    assert reminders.due(date(2026, 11, 22), DAYS) == []
    assert reminders.due(date(2026, 12, 21), DAYS) == ["s1"]


def takes_part(connection: Connection) -> None:
    """Participation support, its visits and its hosts; the name of nobody."""
    kept = Participations(connection)
    one = Participation("p1", "c1", "2026-0007", "person-1", NOON, "手を動かす", "housing", "東")
    one.steps = (ParticipationStep(one.status, NOON, "a1", "職員", "", {}),)
    kept.add(one)
    one.judged(Judgement("session-1", "own", "multi_agency_conference", date(2026, 11, 2), True))
    one.admit("multi_agency_conference")
    one.steps = (*one.steps, ParticipationStep(one.status, NOON, "a1", "職員", "会議", {"a": "b"}))
    kept.save(one)
    assert kept.get("p1") == one
    with pytest.raises(ChangedMeanwhile):
        kept.save(one, 1)
    assert [found.id for found in participation_queries.participations(connection)] == ["p1"]
    counts = participation_queries.participation_counts(connection)
    assert counts == {ParticipationStatus.ADMITTED: 1}

    visits = SettlingVisits(connection)
    for number, day in (("v1", 3), ("v2", 1)):
        visits.add(SettlingVisit(number, "p1", date(2026, 12, day)))
    visits.made("v2", date(2026, 12, 1), "met")
    assert [(visit.id, visit.made_on) for visit in visits.of("p1")] == [
        ("v1", None),
        ("v2", date(2026, 12, 1)),
    ]
    assert visits.call_off("p1") == ["v1"]
    assert visits.call_off("p1") == []

    support = HostSupport(
        "h1",
        "s1",
        "ひだまり商店",
        HostSupportKind.WORRY,
        date(2026, 11, 2),
        "雨の日",
        NOON,
        "a1",
        "職員",
    )
    supports = HostSupports(connection)
    supports.add(support)
    assert (supports.waiting(), supports.of("s1")) == ([support], [support])
    support.reply("休みにしてよい", date(2026, 11, 3), "職員")
    supports.save(support, 1)
    assert (supports.waiting(), supports.get("h1")) == ([], support)

    referrals = Referrals(connection)
    for number, person in (("r1", "person-1"), ("r2", "person-2")):
        referrals.add(Referral(number, "c1", "n1", person, "s1", "商店", "名", "文", NOON))
    assert referrals.move("c1", "c9", ("person-1",)) == ["r1"]
    assert [(r.id, r.case_id) for r in referrals.listed(waiting=True, most=5)] == [
        ("r1", "c9"),
        ("r2", "c1"),
    ]


def comes_together(connection: Connection) -> None:
    """Gaps, issues, gatherings, networks, partners, the switch of the public page."""
    gaps = Gaps(connection)
    for number, area in enumerate(("東", "東", "東", "西", "")):
        gaps.record(
            Gap(f"g{number}", f"n{number}", "housing", area, "50-59", ("ない",), NOON.date())
        )
    assert gaps.themes() == [GapTheme("housing", 5, 5, (("東", 3), ("", 1), ("西", 1)))]
    assert gaps.raised("housing", "東", "i1") == 3
    assert gaps.themes() == [GapTheme("housing", 5, 2, (("", 1), ("西", 1)))]
    closed = replace(gaps.get("g0"), resolved_on=NOON.date(), developed_id="s1", developed="隊")
    gaps.close(closed)
    with pytest.raises(GapOver):
        gaps.close(closed)
    assert gaps.resolve("n1", NOON.date())
    gaps.record(replace(gaps.get("g1"), resolved_on=None, issue_id=""))
    assert (gaps.get("g0"), gaps.get("g1").issue_id) == (closed, "i1")
    assert [gap.id for gap in gaps.of_issue("i1")] == ["g0", "g1", "g2"]
    assert gaps.listed(9)[-1] == closed

    issues = CommunityIssues(connection)
    step = IssueStep(IssueStepKind.RAISED, "town", "", NOON, "職員")
    issue = CommunityIssue(
        "i1", "gaps", "housing", "", "town", ("東",), None, NOON.date(), steps=(step,)
    )
    issues.add(issue)
    assert issues.listed(waiting=True, most=5) == [issue]
    issue.route("own")
    issue.reply(IssueOutcome.ACTIVITY, "つくる", NOON.date())
    issues.save(issue, 1)
    assert (issues.listed(waiting=True, most=5), issues.get("i1")) == ([], issue)
    assert issues.listed(waiting=False, most=5) == [issue]

    gatherings = Gatherings(connection)
    forum = Gathering(
        "m1", GatheringKind.TRAINING, "研修", NOON, NOON + timedelta(hours=2), public=True
    )
    forum.count({ParticipantKind.RESIDENT: 3}, 1)
    gatherings.add(forum)
    year = (datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
    assert gatherings.between(*year, public_only=True) == [forum]
    (counted,) = community_queries.attendance(connection, 2026)
    assert (counted.present, counted.new_ties) == (3, 1)

    members = Members(connection)
    for number, name in (("a", "食堂"), ("b", "あおぞら")):
        members.add(NetworkMember(number, "food_drive", name, ("meals",), date(2026, 4, 1)))
    assert members.leave("a", date(2026, 10, 1)) == "network_member"
    with pytest.raises(MemberOver):
        members.leave("a", date(2026, 10, 2))
    with pytest.raises(NotYetMember):
        members.leave("b", date(2026, 3, 31))
    with pytest.raises(CommunityNotFound):
        members.leave("c", date(2026, 10, 2))
    assert {one.id: one.until for one in members.of("food_drive")} == {
        "a": date(2026, 10, 1),
        "b": None,
    }
    members.add(PartnerCompany("x", "見本商店", "場所", "", date(2026, 4, 1)))
    assert members.void("x", "書き誤り") == "partner_company"
    for again in (lambda: members.void("x", "もう一度"), lambda: members.leave("x", date.max)):
        with pytest.raises(MemberOver):
            again()
    assert [(one.name, one.void_reason) for one in members.partners()] == [("見本商店", "書き誤り")]

    assert public_page(connection) == PublicPage()
    for page in (PublicPage(False, NOON, "管理"), PublicPage(True, NOON, "管理")):
        keep_public_page(connection, page)
        assert public_page(connection) == page


def test_one_of_everything_on_sqlite() -> None:
    with sqlite() as connection:
        held(connection)
        left_behind(connection)
        takes_part(connection)
        comes_together(connection)


@pytest.mark.postgresql
def test_one_of_everything_on_postgresql(private_postgres: PrivatePostgres) -> None:
    with postgresql(private_postgres) as connection:
        held(connection)
        left_behind(connection)
        takes_part(connection)
        comes_together(connection)
