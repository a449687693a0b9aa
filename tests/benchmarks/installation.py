"""An installation on a PostgreSQL of its own: ten large towns, ten of a tenth, staff who are signed in."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from werkzeug.test import Client

from kasane_cases import tables as cases_tables
from kasane_intake import tables as intake_tables
from kasane_kit.auth import COOKIE
from kasane_kit.config import Settings
from kasane_kit.db.engine import Databases, database_name
from kasane_runtime.compose import compose, make_app
from kasane_runtime.demo import create_account
from kasane_runtime.processes import settle
from tests.benchmarks import cases, consultations
from tests.benchmarks.bus_towns import make_towns
from tests.benchmarks.cases import CaseWork
from tests.benchmarks.consultations import Desk
from tests.benchmarks.copying import Filling, Town
from tests.benchmarks.residents import households, ordered_id
from tests.support.missing import find_postgres_folder
from tests.support.own_processes import make_folder
from tests.support.private_postgres import PrivatePostgres
from tests.support.without_broker import without_broker

SERVER = {
    "shared_buffers": "3GB",
    "effective_cache_size": "12GB",
    "work_mem": "16MB",
    "min_wal_size": "1GB",
    "max_wal_size": "8GB",
    "autovacuum": "on",
    "jit": "off",
}
# While towns are made and filled the server may forget the disk; nothing is measured then.
HURRIED = {"fsync": "off", "full_page_writes": "off"}
TOWNS = 10
# Of one town; ten together hold 1,000,000 people, 2,000,000 consultations and 200,000 cases.
PEOPLE, CONSULTATIONS, CASES = 100_000, 200_000, 20_000
PASSWORD = "benchmark-password"
STAFF = {
    "clerk": ("窓口 はるか", ("receiver",), "tax_window"),
    "coordinator": ("調整 さくら", ("coordinator",), "welfare_policy"),
}


@dataclass(frozen=True)
class Sizes:
    """How much each town holds."""

    people: int
    consultations: int
    cases: int

    @classmethod
    def at(cls, scale: float) -> Sizes:
        """The full sizes times a scale; at least ten of each."""
        whole = (PEOPLE, CONSULTATIONS, CASES)
        return cls(*(max(10, round(number * scale)) for number in whole))


@dataclass(frozen=True)
class Seat:
    """A member of staff before a browser: the client, the town, and what a form has to carry."""

    client: Client
    town: str
    account_id: str
    form_token: str


class Installation:
    """Ten towns on one server, and ten with a tenth of their data; ``towns`` for less than ten."""

    def __init__(self, folder: Path, server: PrivatePostgres, towns: int = TOWNS) -> None:
        codes = [town_code(number) for number in range(99_101, 99_101 + 2 * towns)]
        self.large, self.small = codes[:towns], codes[towns:]
        self._server = server
        files = folder / "towns"
        files.mkdir()
        for code in codes:
            lines = f'code = "{code}"\nname = "架空町 {code}"\nprefecture = "290009"\nplugins = ["ikoma"]\n'
            (files / f"{code}.toml").write_text(lines, "utf-8")
        self.folder, self.address = folder, f"{server.host}:{server.port}"
        self.environment = {
            "KASANE_MODE": "distributed",
            "KASANE_VAR": str(folder / "var"),
            "KASANE_TOWN_FILES": str(files),
            "KASANE_DATABASE_URL": f"postgresql+psycopg://{self.address}/",
            "KASANE_ADMIN_DATABASE_URL": f"postgresql+psycopg://postgres@{self.address}/postgres",
            "KASANE_BROKER_URL": "amqp://nobody.invalid/",
        }
        self._composition = without_broker(compose(Settings.from_env(self.environment)))
        self._accounts: dict[tuple[str, str], str] = {}
        make_towns(self._composition, server, tell)

    def fill(self, sizes: Sizes, tenth: Sizes, seed: int, *, distinct: bool) -> None:
        """Fills every town and signs its staff up; without ``distinct`` towns hold the same, under own keys."""
        at_once = 1 if distinct else max(1, len(self.large) // 2)
        work = [
            (
                [self._place(town) for town in towns[place : place + at_once]],
                size,
                f"{seed}:{place if distinct else 0}",
            )
            for towns, size in ((self.large, sizes), (self.small, tenth))
            for place in range(0, len(towns), at_once)
        ]
        began, left = time.monotonic(), len(self.large) + len(self.small)
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            for done in pool.imap_unordered(_filled, work):
                left -= done
                tell(f"{left} towns left to fill after {time.monotonic() - began:.0f} s")
        self._accounts = {
            (town, login): create_account(
                self._composition, town, login, name, PASSWORD, roles, office
            )
            for town in (*self.large, *self.small)
            for login, (name, roles, office) in STAFF.items()
        }
        settle(self._composition)
        self._composition.house.databases.dispose()
        self._server.start_again(**dict.fromkeys(HURRIED, "on"))
        os.sync()

    def _place(self, town: str) -> Town:
        return Town(self.dsn(town), town, self._composition.settings.keys_folder)

    def dsn(self, town: str) -> str:
        """A town's database as superuser."""
        return self._server.dsn_of(database_name(town))

    @property
    def databases(self) -> Databases:
        """Every town's databases as the product reads them."""
        return self._composition.house.databases

    @property
    def server_process(self) -> subprocess.Popen[bytes]:
        """The program whose children serve the connections."""
        assert self._server.process is not None
        return self._server.process

    def seats(self) -> dict[tuple[str, str], Seat]:
        """Everybody signed in through the portal, by town and login."""
        app = make_app(self._composition, "all")
        return {
            (town, login): _sign_in(app, town, login, account)
            for (town, login), account in self._accounts.items()
        }

    def close(self) -> None:
        """Closes the application's connections."""
        self._composition.house.databases.dispose()


def tell(words: str) -> None:
    """How far it is, for whoever waits; what was measured goes to the standard output."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stderr.flush()


def start_server() -> PrivatePostgres:
    """A server with the settings of a machine of this size, hurried until it is filled.

    Raises SystemExit where there is none installed.
    """
    programs = find_postgres_folder()
    if programs is None:
        raise SystemExit("PostgreSQL がありません。make services で入ります。")
    server = PrivatePostgres(programs, **SERVER, **HURRIED)
    server.start()
    return server


def make_installation(server: PrivatePostgres, towns: int) -> Installation:
    """Empty towns of both sizes on the server."""
    return Installation(make_folder("kasane-bench-"), server, towns)


def fill_towns(towns: list[Town], sizes: Sizes, seed: str) -> None:
    """The same residents, consultations and cases for each of these towns."""
    draw, now = Random(seed), datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    many = sizes.consultations
    homes = households(draw, sizes.people, now.date())
    where = {resident: home for home in homes for resident in home}
    draw.shuffle(homes)
    desk, work = Desk(draw, homes, many, now), CaseWork(draw, now)
    intake = Filling(
        towns, "intake", [intake_tables.metadata.tables[name] for name in consultations.TABLES]
    )
    other = Filling(towns, "cases", [cases_tables.metadata.tables[name] for name in cases.TABLES])
    every = max(1, many // sizes.cases)
    for place, (one, about) in enumerate(desk.consultations()):
        case_id, left = "", many - place
        waiting = left <= cases.WAITING and place % every != 0
        if place % every == 0:
            case_id = ordered_id(draw, one.received_at)
            # Four of ten cases are still open, the newest ones more often.
            open_now = draw.random() < 0.2 + 0.4 * place / many
            for table, row in work.case(case_id, one, where[about[0]], open_now):
                other.add(table, row)
        status = "accepted_as_case" if case_id else "received" if left < many // 20 else "answered"
        for table, row in desk.rows(one, about, status):
            intake.add(table, row)
        for table, row in work.summary(one, about, case_id, waiting):
            other.add(table, row)
    for filling, counted in ((intake, desk.counters()), (other, work.counters())):
        for table, row in counted:
            filling.add(table, row)
        filling.finish()


def _filled(work: tuple[list[Town], Sizes, str]) -> int:
    fill_towns(*work)
    return len(work[0])


def counted(dsns: list[str]) -> dict[str, int]:
    """How much these databases hold together, counted where it is kept, people by what lies there unsealed."""
    found = {"people": 0, "consultations": 0, "cases": 0}
    for dsn in dsns:
        with psycopg.connect(dsn) as connection:
            for name, statement in (
                (
                    "people",
                    "SELECT count(DISTINCT (name, kana, birth_date, phone)) FROM intake.intake_person_concerned",
                ),
                ("consultations", "SELECT count(*) FROM intake.intake_consultation"),
                ("cases", "SELECT count(*) FROM cases.cases_case"),
            ):
                row: Any = connection.execute(statement).fetchone()
                found[name] += row[0]
    return found


def _sign_in(app: Any, town: str, login: str, account: str) -> Seat:
    client = Client(app)
    answer = client.post(
        f"/portal/{town}/api/v1/sessions", json={"login_name": login, "password": PASSWORD}
    )
    client.set_cookie(COOKIE, answer.get_json()["token"])
    page = client.get(f"/intake/{town}/consultations/new").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return Seat(client, town, account, token[1] if token else "")


def town_code(number: int) -> str:
    """Six digits of a town that does not exist, the last one checking the others."""
    digits = f"{number:05d}"
    total = sum(int(one) * weight for one, weight in zip(digits, (6, 5, 4, 3, 2), strict=True))
    return f"{digits}{(11 - total % 11) % 10}"
