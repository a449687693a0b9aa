"""Knows which programs the larger tests need, whether they are here, and how to get them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# "1": a missing program fails its tests.
REQUIRE_SERVICES = "KASANE_REQUIRE_SERVICES"
# Markers parted by commas, whose programs are taken as missing.
WITHOUT = "KASANE_WITHOUT"


def find_postgres_folder() -> Path | None:
    """The folder with initdb, postgres and psql of the newest version; None when there is none."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(debian, key=lambda program: int(program.parts[-3]), reverse=True)
    if found:
        return found[0].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def find_rabbitmq_folder() -> Path | None:
    """The folder with RabbitMQ's own rabbitmq-server and rabbitmqctl; None when there is none.

    Debian's /usr/sbin/rabbitmq-server is a wrapper that changes the user and the folder, so the
    scripts behind it are preferred.
    """
    if shutil.which("erl") is None or find_epmd() is None:
        return None
    debian = Path("/usr/lib/rabbitmq/bin")
    if (debian / "rabbitmq-server").exists():
        return debian
    elsewhere = shutil.which("rabbitmq-server")
    return Path(elsewhere).resolve().parent if elsewhere else None


def find_epmd() -> Path | None:
    """Erlang's port mapper, without which no node has a name; None when there is none."""
    program = shutil.which("epmd")
    return Path(program) if program else None


def find_chromium() -> Path | None:
    """The installed browser; None when there is none. Playwright's own download is never used.

    The one without a window of its own comes first: it takes a third of the processor's time.
    """
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        program = shutil.which(name)
        if program:
            return Path(program)
    return None


def find_npm() -> Path | None:
    """What fetches the packages of a lock of Node.js; None when there is none. Node.js itself comes with Playwright."""
    program = shutil.which("npm")
    return Path(program) if program else None


@dataclass(frozen=True)
class Program:
    """A program that tests of one marker need."""

    marker: str
    name: str
    debian_package: str
    find: Callable[[], Path | None]

    @property
    def installed(self) -> bool:
        return self.marker not in os.environ.get(WITHOUT, "").split(",") and bool(self.find())

    @property
    def reason(self) -> str:
        return (
            f"{self.name} is not installed, so this test was not run; "
            f"run `make services` as root on Debian, or install {self.debian_package}."
        )

    @property
    def notice(self) -> tuple[str, str]:
        """What a person reads at the end of the run: Japanese, English."""
        return (
            f"{self.name} が無いため、{self.marker} の印のテスト {{count}} 件は実行していません。"
            "Debian の root で「make services」を実行するか、"
            f"{self.debian_package} を入れてください。",
            f"{self.name} was not found, so {{count}} tests marked {self.marker} did not run: "
            f"run `make services` as root on Debian, or install {self.debian_package}.",
        )


PROGRAMS: dict[str, Program] = {
    program.marker: program
    for program in (
        Program("postgresql", "PostgreSQL", "postgresql-15", find_postgres_folder),
        Program("rabbitmq", "RabbitMQ", "rabbitmq-server", find_rabbitmq_folder),
        Program("browser", "Chromium", "chromium-headless-shell", find_chromium),
        Program("npm", "npm", "npm", find_npm),
    )
}


def services_are_required() -> bool:
    """Whether a missing program is a failure (in CI) and not a skipped test."""
    return os.environ.get(REQUIRE_SERVICES, "") not in ("", "0")
