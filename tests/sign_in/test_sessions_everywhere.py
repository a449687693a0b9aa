"""Sessions over all services on both databases: what the portal ends is ended everywhere, with no bus between them."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import Client

from kasane_kit import clock
from kasane_kit.auth import COOKIE, AccountFacts, Actor, OpenSessions, accounts, fingerprint_of
from kasane_kit.auth.sessions import IDLE_SECONDS, open_session, sessions_of
from kasane_kit.config import Settings
from kasane_kit.db.engine import PostgresAddresses
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import open_session as begin
from kasane_kit.unit_of_work import UnitOfWork
from kasane_portal.commands import ChangeAccount, SignIn
from kasane_portal.domain.errors import ChangedMeanwhile
from kasane_portal.handlers import accounts as account_handlers
from kasane_portal.handlers import sessions as session_handlers
from kasane_portal.queries import one_account
from kasane_runtime import databases
from kasane_runtime.backups import Backups
from kasane_runtime.compose import Composition, compose, make_app
from kasane_runtime.restoring import begin_anew
from tests.faults.conftest import drop_our_databases
from tests.support.private_postgres import PrivatePostgres

TOWN, OTHER_TOWN = "292095", "012319"
TOWN_FILES = Path(__file__).parents[2] / "deploy/towns"
PASSWORD = "correct horse battery"
DOORS = {
    "portal": "/portal/{town}/",
    "intake": "/intake/{town}/consultations",
    "cases": "/cases/{town}/cases",
    "resources": "/resources/{town}/human-services",
    "outreach": "/outreach/{town}/households",
}
pytestmark = [pytest.mark.slow]


@dataclass
class Installation:
    """All services in one town and its neighbour; nothing carries events from one service to another."""

    composition: Composition
    app: Callable[..., Any]
    account_id: str
    login_name: str

    def browser(self, session_id: str = "") -> Client:
        client = Client(self.app)
        if session_id:
            client.set_cookie(COOKIE, session_id)
        return client

    def sign_in(self) -> tuple[Client, str]:
        """A browser in which the coordinator signed in, and what its cookie holds."""
        client = self.browser()
        sent = {
            "csrf_token": token_of(client.get(f"/portal/{TOWN}/sign-in").text),
            "login_name": self.login_name,
            "password": PASSWORD,
        }
        assert client.post(f"/portal/{TOWN}/sign-in", data=sent).status_code == 303
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        return client, cookie.value

    def knock(self, session_id: str, town: str = TOWN) -> dict[str, int]:
        """What each service answers to a copy of the cookie."""
        thief = self.browser(session_id)
        return {
            name: thief.get(address.format(town=town), buffered=True).status_code
            for name, address in DOORS.items()
        }

    def hear(self, facts: AccountFacts) -> None:
        """Lets every service know the account, as the portal's event would."""
        with municipality_scope(TOWN):
            for service in self.composition.services:
                with self.composition.house.databases.writing(service) as connection:
                    accounts.remember(connection, facts)
                    connection.commit()

    def change(self, *, active: bool = True, name: str = "生駒 直子") -> int:
        """Another administrator changes the account; returns its revision."""
        house = self.composition.house
        with municipality_scope(TOWN):
            with house.databases.reading("portal") as connection:
                account = one_account(connection, self.account_id)
            command = ChangeAccount(
                account.id, name, account.roles, account.office, active, account.revision
            )
            with UnitOfWork(house, "portal", Actor("account-admin", "管理", TOWN)) as uow:
                changed = account_handlers.change_account(
                    command, uow, house.plugins.hooks_for(TOWN)
                )
        return changed.revision


EVERYWHERE = dict.fromkeys(DOORS, 200)
NOWHERE = dict.fromkeys(DOORS, 302)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def settings(folder: Path, server: PrivatePostgres | None) -> Settings:
    environment = {
        "KASANE_VAR": str(folder / "var"),
        "KASANE_TOWN_FILES": str(folder / "towns"),
    }
    if server is not None:
        environment |= {
            "KASANE_MODE": "distributed",
            "KASANE_DATABASE_URL": server.dsn,
            "KASANE_ADMIN_DATABASE_URL": server.dsn,
            "KASANE_BROKER_URL": "amqp://127.0.0.1:1",
        }
    return Settings.from_env(environment)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def composition(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Composition]:
    folder = tmp_path_factory.mktemp("everywhere")
    (folder / "towns").mkdir()
    for town in (TOWN, OTHER_TOWN):
        (file,) = TOWN_FILES.glob(f"{town}-*.toml")
        shutil.copy(file, folder / "towns")
    server = None
    if request.param == "postgresql":
        server = request.getfixturevalue("private_postgres")
        drop_our_databases(server)
    found = compose(settings(folder, server))
    databases.migrate(found)
    yield found
    found.house.databases.dispose()


@pytest.fixture(scope="module")
def app(composition: Composition) -> Callable[..., Any]:
    return make_app(composition, "all")


@pytest.fixture
def house(composition: Composition, app: Callable[..., Any]) -> Installation:
    """All services with an account of this test's own, of which every service has heard."""
    login_name = f"s{new_id()[-12:]}"
    account_id = composition.services["portal"].commands["create_account"](
        composition.house,
        TOWN,
        login_name=login_name,
        display_name="生駒 直子",
        password=PASSWORD,
        roles=["coordinator"],
        office="",
    )
    found = Installation(composition, app, account_id, login_name)
    with municipality_scope(TOWN), composition.house.databases.reading("portal") as connection:
        facts = accounts.find(connection, account_id)
    assert facts is not None
    found.hear(facts)
    return found


def test_a_copy_of_an_ended_session_is_refused_in_every_service_at_once_while_no_bus_runs(
    house: Installation,
) -> None:
    client, session_id = house.sign_in()
    other, other_id = house.sign_in()
    assert house.knock(session_id) == EVERYWHERE

    token = token_of(client.get(f"/portal/{TOWN}/").text)
    client.post(f"/portal/{TOWN}/sign-out", data={"csrf_token": token})

    assert house.knock(session_id) == NOWHERE
    assert house.knock(other_id) == EVERYWHERE
    token = token_of(other.get(f"/portal/{TOWN}/password").text)
    third, third_id = house.sign_in()
    assert third.get(f"/cases/{TOWN}/cases", buffered=True).status_code == 200
    other.post(f"/portal/{TOWN}/sessions/others/end", data={"csrf_token": token})
    assert (house.knock(third_id), house.knock(other_id)) == (NOWHERE, EVERYWHERE)


@pytest.mark.parametrize("active", [True, False])
def test_a_changed_account_is_signed_out_of_every_service_at_once_while_no_bus_runs(
    house: Installation, active: bool
) -> None:
    _, first = house.sign_in()
    _, second = house.sign_in()

    assert house.change(active=active) == 2

    assert house.knock(first) == house.knock(second) == NOWHERE
    # The other services have not heard of the change and would still take the account as it was.
    with municipality_scope(TOWN), house.composition.house.databases.reading("cases") as look:
        known = accounts.find(look, house.account_id)
    assert known is not None
    assert (known.active, known.revision) == (True, 1)


def test_a_new_password_signs_out_of_every_service_at_once(house: Installation) -> None:
    _, session_id = house.sign_in()

    house.composition.services["portal"].commands["set_password"](
        house.composition.house, TOWN, login_name=house.login_name, password="another battery"
    )

    assert house.knock(session_id) == NOWHERE


def test_the_session_of_another_town_is_a_strangers(house: Installation) -> None:
    with municipality_scope(OTHER_TOWN):
        foreign = begin(house.composition.house.databases, house.account_id)

    assert house.knock(foreign) == NOWHERE == house.knock("A" * 43)


def test_it_is_touched_by_whichever_service_is_used_and_ends_for_all_to_the_second(
    house: Installation,
) -> None:
    start = datetime(2026, 11, 24, 0, tzinfo=UTC)
    moment = [start]
    with clock.fixed(lambda: moment[0]):
        _, session_id = house.sign_in()
        for minutes, name in ((14, "cases"), (28, "outreach"), (42, "resources"), (56, "intake")):
            moment[0] = start + timedelta(minutes=minutes)
            client = house.browser(session_id)
            assert client.get(DOORS[name].format(town=TOWN), buffered=True).status_code == 200
        moment[0] += timedelta(seconds=IDLE_SECONDS + 1)
        idle = house.knock(session_id)
        moment[0] -= timedelta(seconds=1)
        assert (idle, house.knock(session_id)) == (NOWHERE, EVERYWHERE)


def test_many_requests_touch_one_session_at_once_and_all_are_answered(house: Installation) -> None:
    _, session_id = house.sign_in()
    kept, later = house.composition.house, clock.now() + timedelta(minutes=10)
    app = house.app

    def look(name: str) -> int:
        with clock.fixed(lambda: later):
            client = Client(app)
            client.set_cookie(COOKIE, session_id)
            return client.get(DOORS[name].format(town=TOWN), buffered=True).status_code

    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(look, list(DOORS) * 4))

    assert set(seen) == {200}
    with municipality_scope(TOWN), clock.fixed(lambda: later):
        (session,) = sessions_of(kept.databases, house.account_id)
    assert session.last_used == int(later.timestamp())


def test_whoever_signs_in_while_the_account_changes_is_signed_out_or_refused(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is compared before the transaction; the account changes meanwhile."""
    hold = session_handlers.Accounts.hold

    def slow(self: object, account: object) -> None:
        changed = threading.Event()
        if threading.current_thread().name == "signs-in":

            def change() -> None:
                house.change()
                changed.set()

            threading.Thread(target=change).start()
            changed.wait(0.5)
        hold(self, account)  # type: ignore[arg-type]

    monkeypatch.setattr(session_handlers.Accounts, "hold", slow)
    outcome: list[str] = []

    def sign_in() -> None:
        with municipality_scope(TOWN):
            try:
                outcome.append(
                    session_handlers.sign_in(
                        SignIn(house.login_name, PASSWORD), house.composition.house
                    )
                )
            except ChangedMeanwhile:
                outcome.append("")

    thread = threading.Thread(target=sign_in, name="signs-in")
    thread.start()
    thread.join(30)
    for _ in range(100):
        with municipality_scope(TOWN), house.composition.house.databases.reading("portal") as look:
            if one_account(look, house.account_id).revision == 2:
                break
        threading.Event().wait(0.1)

    assert len(outcome) == 1
    with municipality_scope(TOWN):
        assert sessions_of(house.composition.house.databases, house.account_id) == []
    assert house.knock(outcome[0]) == NOWHERE


def test_a_restore_and_a_restored_town_sign_everybody_out(
    house: Installation, tmp_path: Path
) -> None:
    _, before = house.sign_in()
    backup = Backups(house.composition).create(TOWN, tmp_path / "backups")
    _, behind = house.sign_in()

    Backups(house.composition).restore(backup, TOWN)

    assert house.knock(before) == house.knock(behind) == NOWHERE
    _, again = house.sign_in()
    assert house.knock(again) == EVERYWHERE
    begin_anew(
        house.composition,
        house.composition.house.databases,
        TOWN,
        tuple(house.composition.services),
    )
    assert house.knock(again) == NOWHERE


@pytest.mark.postgresql
@pytest.mark.parametrize("composition", ["postgresql"], indirect=True)
def test_on_postgresql_the_services_read_sessions_touch_them_and_can_do_nothing_else(
    house: Installation,
) -> None:
    kept, (_, session_id) = house.composition, house.sign_in()
    addresses = PostgresAddresses(kept.settings.database_url, kept.house.keys)

    def may(login: str, statement: str) -> bool:
        url = addresses.log_url("portal", TOWN) if login == "log" else addresses.url(login, TOWN)
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
                connection.rollback()
        except ProgrammingError as refused:
            if isinstance(refused.orig, InsufficientPrivilege):
                return False
            raise
        finally:
            engine.dispose()
        return True

    statements = {
        "SELECT fingerprint FROM sessions.open_session": {"portal", "cases"},
        "UPDATE sessions.open_session SET last_used = last_used": {"portal", "cases"},
        "UPDATE sessions.open_session SET until = until + 1": {"portal"},
        "UPDATE sessions.open_session SET account_id = 'x'": {"portal"},
        "INSERT INTO sessions.open_session SELECT 'x', account_id, revision, started, last_used, "
        "until, '', '' FROM sessions.open_session LIMIT 1": {"portal"},
        "DELETE FROM sessions.open_session": {"portal"},
        "TRUNCATE sessions.open_session": set(),
        "CREATE TABLE sessions.own (id int)": set(),
        "SELECT * FROM sessions.schema_version": set(),
    }
    found = {
        one: {login for login in ("portal", "cases", "log") if may(login, one)}
        for one in statements
    }

    assert found == statements
    assert databases.check_rights(kept) == []
    with municipality_scope(TOWN), kept.house.databases.reading("cases") as connection:
        kept_rows = connection.execute(
            select(open_session).where(open_session.c.account_id == house.account_id)
        ).all()
    assert [row.fingerprint for row in kept_rows] == [fingerprint_of(session_id)]


@pytest.mark.postgresql
@pytest.mark.parametrize("composition", ["postgresql"], indirect=True)
def test_on_postgresql_a_right_too_many_on_sessions_is_found(
    house: Installation, private_postgres: PrivatePostgres
) -> None:
    login = f"kasane_{TOWN}_cases"
    private_postgres.psql(
        f"GRANT UPDATE (until) ON sessions.open_session TO {login};"
        f"GRANT DELETE ON sessions.open_session TO {login}",
        database=f"kasane_{TOWN}",
    )

    found = [str(one) for one in databases.check_rights(house.composition)]

    assert found == [
        f"kasane_{TOWN}: the table sessions.open_session: {login} has DELETE and should not",
        f"kasane_{TOWN}: the column sessions.open_session.until: {login} has UPDATE and should not",
    ]
    databases.migrate(house.composition)
    assert databases.check_rights(house.composition) == []


@pytest.mark.postgresql
@pytest.mark.parametrize("composition", ["postgresql"], indirect=True)
def test_on_postgresql_a_request_says_one_statement_about_its_session(
    house: Installation, count_statements: Callable[[Callable[[], object]], list[str]]
) -> None:
    _, session_id = house.sign_in()
    sessions = OpenSessions(house.composition.house.databases, "cases")
    with municipality_scope(TOWN):
        said = count_statements(lambda: sessions.find(session_id))

    # A bell rings beside it now and then.
    about = [one for one in said if "open_session" in one or "account_projection" in one]
    assert len(about) == 1
    assert "JOIN account_projection" in about[0]


@pytest.fixture
def count_statements() -> Callable[[Callable[[], object]], list[str]]:
    """A function that does something and returns the statements that the process sent meanwhile."""

    def count(act: Callable[[], object]) -> list[str]:
        said: list[str] = []

        def note(*facts: object) -> None:
            said.append(str(facts[2]))

        event.listen(Engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return said

    return count
