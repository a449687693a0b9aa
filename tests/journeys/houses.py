"""Starts a whole house for the journeys: embedded in one process, or distributed over ten with real servers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from kasane_kit.config import Settings
from kasane_runtime import demo
from kasane_runtime.compose import Composition, compose
from kasane_runtime.databases import migrate_postgres, migrate_sqlite
from tests.support import own_processes
from tests.support.front_door import FrontDoor
from tests.support.own_processes import LOOPBACK, free_port, wait_until
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

ROOT = Path(__file__).parents[2]
HOST_OF_JOURNEYS = "journeys"
SERVICES = ("cases", "intake", "outreach", "portal", "resources")
PASSWORD = demo.PASSWORD
DISTRIBUTED_TOWNS = ("292095", "012319")
# Staff of the towns that the demonstration does not fill: town, account, name, role of that town, office.
OTHER_STAFF = (
    ("052159", "senboku-desk", "窓口 みき", "receiver", "health"),
    ("052159", "senboku-coordinator", "調整 たけし", "coordinator", "social_welfare"),
    ("232068", "kasugai-desk", "窓口 みき", "receiver", "disability_welfare"),
    ("232068", "kasugai-coordinator", "調整 たけし", "coordinator", "community_inclusion"),
    ("232068", "kasugai-outreach", "訪問 なつ", "outreach_worker", "community_inclusion"),
    ("312029", "yonago-desk", "窓口 みき", "receiver", "welfare_policy"),
    ("312029", "yonago-coordinator", "調整 たけし", "coordinator", "general_support_center"),
    ("312029", "yonago-head", "課長 まさる", "responsible", "general_support_center"),
    ("313726", "hokuei-desk", "窓口 みき", "receiver", "welfare"),
    ("313726", "hokuei-colleague", "担当 ようこ", "contact", "education"),
    ("313726", "hokuei-coordinator", "調整 たけし", "coordinator", "welfare"),
    ("313726", "hokuei-head", "課長 まさる", "responsible", "welfare"),
    ("313726", "hokuei-outreach", "訪問 しおり", "outreach_worker", "welfare"),
)


class House:
    """A running house: its address, and the programs that make it."""

    def __init__(self, folder: Path) -> None:
        self.address = ""
        self.ready: list[str] = []
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._programs: list[tuple[str, list[str], dict[str, str]]] = []
        self._doors: list[FrontDoor] = []

    def wait(self) -> None:
        """Returns when every service says that it is ready."""
        for url in self.ready:
            assert wait_until(_answers(url), seconds=240), (
                f"{url} did not become ready: {self._logs()}"
            )

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Starts one program of the house; its output goes to a log named after it."""
        self._programs.append((name, command, environment))
        self._processes.append(
            own_processes.start(
                [str(Path(sys.executable).parent / command[0]), *command[1:]],
                environment={**os.environ, **environment},
                log=self._folder / f"{name}.log",
                folder=self._folder,
            )
        )

    def open_door(self, ports: dict[str, int]) -> None:
        """Puts a front door before the services."""
        self._doors.append(FrontDoor(ports))
        self.address = self._doors[-1].address

    def kill(self) -> None:
        """Every program dies at once, as when the power goes."""
        own_processes.end_all(self._processes, signal.SIGKILL, patience=10)
        self._processes.clear()

    def start_again(self) -> None:
        """Starts what was killed, at the same addresses, and waits for it."""
        programs, self._programs = self._programs, []
        for name, command, environment in programs:
            self.start(name, command, environment)
        self.wait()

    def close(self) -> None:
        """Ends everything."""
        for door in self._doors:
            door.close()
        own_processes.end_all(self._processes, signal.SIGTERM, patience=10)

    def _logs(self) -> str:
        return "\n".join(
            f"{log.name}: {own_processes.tail(log)}" for log in sorted(self._folder.glob("*.log"))
        )


def furnish(folder: Path) -> Path:
    """Databases of every town with its staff, to be copied for each house on SQLite."""
    composition = compose(Settings.from_env(_on_sqlite(folder)))
    migrate_sqlite(composition)
    demo.create_accounts(composition)
    _staff_the_other_towns(composition)
    composition.house.databases.dispose()
    return folder / "var"


def embedded(folder: Path, furnished: Path) -> House:
    """One process with SQLite: `kasane serve`."""
    environment = _on_sqlite(folder)
    shutil.copytree(furnished, folder / "var")
    house, port = House(folder), free_port()
    house.start("serve", ["kasane", "serve", "--port", str(port)], environment)
    house.address = f"http://{LOOPBACK}:{port}"
    house.ready = [f"{house.address}/{service}/-/ready" for service in SERVICES]
    return house


def distributed(folder: Path, postgres: PrivatePostgres, rabbit: PrivateRabbit) -> House:
    """A web and a worker process for each service, PostgreSQL, RabbitMQ and a front door."""
    _make_room(postgres, rabbit)
    base = f"{LOOPBACK}:{postgres.port}"
    environment = {
        "KASANE_MODE": "distributed",
        "KASANE_VAR": str(folder / "var"),
        "KASANE_TOWN_FILES": str(_two_towns(folder)),
        "KASANE_DATABASE_URL": f"postgresql+psycopg://{base}/",
        "KASANE_ADMIN_DATABASE_URL": f"postgresql+psycopg://postgres@{base}/postgres",
        "KASANE_BROKER_URL": rabbit.url.replace("%2F", HOST_OF_JOURNEYS),
    }
    composition = compose(Settings.from_env(environment))
    migrate_postgres(composition)
    demo.create_accounts(composition)
    composition.house.databases.dispose()
    house, ports = House(folder), {}
    for service in SERVICES:
        ports[service] = free_port()
        web = [
            "gunicorn",
            "-c",
            str(ROOT / "deploy/gunicorn.conf.py"),
            "--bind",
            f"{LOOPBACK}:{ports[service]}",
        ]
        web += ["--workers", "1", "kasane_runtime.wsgi:application()"]
        house.start(f"web-{service}", web, {**environment, "KASANE_TARGET": service})
        house.start(f"work-{service}", ["kasane", "work", service], environment)
    house.open_door(ports)
    house.ready = [f"http://{LOOPBACK}:{ports[service]}/{service}/-/ready" for service in SERVICES]
    return house


def _on_sqlite(folder: Path) -> dict[str, str]:
    return {
        "KASANE_VAR": str(folder / "var"),
        "KASANE_TOWN_FILES": str(ROOT / "deploy/towns"),
    }


def _staff_the_other_towns(composition: Composition) -> None:
    for town, account, name, role, office in OTHER_STAFF:
        demo.create_account(composition, town, account, name, PASSWORD, (role,), office)


def _two_towns(folder: Path) -> Path:
    """The files of the towns that are played distributed; the rest would only be migrated."""
    towns = folder / "towns"
    towns.mkdir()
    for code in DISTRIBUTED_TOWNS:
        (file,) = (ROOT / "deploy/towns").glob(f"{code}-*.toml")
        shutil.copy(file, towns)
    return towns


def _make_room(postgres: PrivatePostgres, rabbit: PrivateRabbit) -> None:
    """Other tests use the same servers: their databases go, and the queues are ours alone."""
    names = postgres.psql("SELECT datname FROM pg_database WHERE datname LIKE 'kasane%'").split()
    for name in names:
        postgres.psql(f'DROP DATABASE "{name}" WITH (FORCE)')
    rabbit.rabbitmqctl("add_vhost", HOST_OF_JOURNEYS)
    rabbit.rabbitmqctl("set_permissions", "-p", HOST_OF_JOURNEYS, "guest", ".*", ".*", ".*")


def _answers(url: str) -> Iterator[bool]:
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                yield answer.status == 200
        except (urllib.error.URLError, OSError):
            yield False
