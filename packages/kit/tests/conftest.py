"""Puts two small services on SQLite files: intake, which speaks, and cases, which listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import URL, Column, Integer, MetaData, String, Table, insert, make_url, select

from kasane_contracts.envelope import Envelope
from kasane_contracts.intake import ConsultationClosed, ConsultationReceived
from kasane_kit.auth import Actor
from kasane_kit.bus import DeadLetter, Message, MessageCodes, Relay, dead_letters
from kasane_kit.bus.messages import Placed
from kasane_kit.bus.tables import cursor
from kasane_kit.db import Databases, MigrationSource, upgrade
from kasane_kit.db.engine import SqliteAddresses, open_engine
from kasane_kit.delivery import Delivery, Outcome
from kasane_kit.keys import KeyRing
from kasane_kit.plugins import PluginHouse
from kasane_kit.service import Service
from kasane_kit.tenancy import HOST, Town, UnknownTown, municipality_scope
from kasane_kit.unit_of_work import House, UnitOfWork
from tests.support.private_postgres import PrivatePostgres
from tests.support.sealed_lamps import Ground, ground_at

TOWN, OTHER_TOWN, UNSERVED_TOWN = "292095", "012319", "313721"
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{name}1"
down_revision = None
branch_labels = ("{name}",)
depends_on = "k0001"


def upgrade():
    op.create_table(
        "{name}_heard",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("consultation_id", sa.String(64), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
    )
"""

heard = Table(
    "cases_heard",
    MetaData(),
    Column("position", Integer, primary_key=True),
    Column("consultation_id", String(64), nullable=False),
    Column("text", String(200), nullable=False),
)


class SmallRefusal(Exception):
    """The small services refuse nothing."""


class ServedTowns:
    """A town directory over a mapping that a test may change."""

    def __init__(self, towns: dict[str, Town]) -> None:
        self._towns = towns

    def get(self, code: str) -> Town:
        if code not in self._towns:
            raise UnknownTown(code)
        return self._towns[code]

    def towns(self) -> tuple[Town, ...]:
        return tuple(self._towns[code] for code in sorted(self._towns))

    def serves(self, code: str) -> bool:
        return code in self._towns


class Kept:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    def publish(self, events: Sequence[Placed]) -> None:
        self.envelopes += [Envelope.from_log(event.to_json()) for event in events]


@dataclass
class BusBench:
    """Intake and cases with their house; what cases shall stumble over is put into ``failing``."""

    folder: Path
    house: House
    towns: dict[str, Town]
    failing: set[str] = field(default_factory=set)
    delivery: Delivery = field(init=False)
    cases: Service = field(init=False)

    def __post_init__(self) -> None:
        def hear_closed(event: ConsultationClosed, uow: UnitOfWork, _hooks: Any) -> None:
            if event.outcome in self.failing:
                raise RuntimeError(f"{event.outcome} cannot be written")
            write_down(event.consultation_id, event.outcome, uow)

        def hear_received(event: ConsultationReceived, uow: UnitOfWork, _hooks: Any) -> None:
            write_down(event.consultation_id, event.story, uow)

        self.cases = small_service(
            self.folder,
            "cases",
            {ConsultationClosed: hear_closed, ConsultationReceived: hear_received},
        )
        self.delivery = Delivery(self.cases, self.house)

    @property
    def heard_table(self) -> Table:
        """Where cases writes down what it heard."""
        return heard

    def say(self, *events: Any, town: str = TOWN) -> list[Envelope]:
        """Intake says events in a transaction of their own; returns them with their numbers."""
        actor = Actor("account-1", "職員 一郎", town)
        with municipality_scope(town):
            for event in events:
                with UnitOfWork(self.house, "intake", actor) as uow:
                    uow.publish(event)
                    uow.connection.commit()
            kept = Kept()
            relay = Relay("intake", self.house.databases, kept)
            while relay.run_once():
                pass
        return kept.envelopes

    def bring(self, *texts: str | bytes, town: str = TOWN) -> Outcome:
        """A transport brings messages that a holder of the town's key sent."""
        codes = MessageCodes(self.house.keys)
        bodies = [text if isinstance(text, bytes) else text.encode() for text in texts]
        return self.delivery.deliver_messages(
            [Message(body, codes.code(town, body)) for body in bodies]
        )

    def close(self, *outcomes: str, consultation: str = "", town: str = TOWN) -> list[Envelope]:
        """Consultations that were closed, each under an id of its own unless one is given."""
        events = [ConsultationClosed(consultation or f"about-{one}", one) for one in outcomes]
        return self.say(*events, town=town)

    def receive(self, story: str, town: str = TOWN) -> Envelope:
        """A consultation with a story, which is personal and travels sealed."""
        (envelope,) = self.say(
            ConsultationReceived("c-1", "1", "window", "desk", date(2026, 4, 1), (), story=story),
            town=town,
        )
        return envelope

    def heard(self, town: str = TOWN) -> list[str]:
        """What cases wrote down, in the order of writing."""
        with municipality_scope(town), self.house.databases.reading("cases") as connection:
            return list(connection.scalars(select(heard.c.text).order_by(heard.c.position)))

    def letters(self, town: str = TOWN) -> list[DeadLetter]:
        """What cases parked, in order."""
        with municipality_scope(town), self.house.databases.reading("cases") as connection:
            return list(dead_letters.list_letters(connection))

    def place(self, town: str = TOWN) -> int:
        """The number behind which cases stands in intake's stream; 0 before the first."""
        with municipality_scope(town), self.house.databases.reading("cases") as connection:
            rows = list(connection.scalars(select(cursor.c.sequence)))
        return rows[-1] if rows else 0


def write_down(consultation_id: str, text: str, uow: UnitOfWork) -> None:
    uow.connection.execute(insert(heard).values(consultation_id=consultation_id, text=text))
    uow.record("cases.consultation.heard", "consultation", consultation_id)


def small_service(folder: Path, name: str, hears: dict[type, Any], pages: Any = ()) -> Service:
    versions = folder / "services" / name / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / f"{name}.py").write_text(MIGRATION.format(name=name), "utf-8")
    return Service(
        name=name,
        package="kasane_kit",
        root=folder / "services" / name,
        pages=pages,
        api=(),
        permissions=(),
        says=(ConsultationClosed, ConsultationReceived),
        hears=hears,
        tables=(f"{name}_heard",),
        refusal=SmallRefusal,
    )


@cache
def empty(name: str) -> bytes:
    """The file of a small service with every table and no row, made by its migrations once."""
    with TemporaryDirectory() as folder:
        url = SqliteAddresses(Path(folder)).url(name, HOST)
        engine = open_engine(url)
        with engine.connect() as connection:
            upgrade(connection, MigrationSource(small_service(Path(folder), name, {}).migrations))
            connection.commit()
        engine.dispose()
        return Path(url.database or "").read_bytes()


@contextmanager
def bus_bench_in(folder: Path) -> Iterator[BusBench]:
    """Intake and cases in two towns, with nothing said yet."""
    towns = {code: Town(code, f"町 {code}", code) for code in (TOWN, OTHER_TOWN)}
    keys = KeyRing(folder / "keys")
    keys.ensure("signing", HOST, *towns, UNSERVED_TOWN)
    directory = ServedTowns(towns)
    addresses = SqliteAddresses(folder / "var")
    house = House(Databases(addresses, keys), keys, directory, PluginHouse(directory))
    bench = BusBench(folder, house, towns)
    intake = small_service(folder, "intake", {})
    for service in (intake, bench.cases):
        for municipality in (HOST, *towns, UNSERVED_TOWN):
            place = Path(addresses.url(service.name, municipality).database or "")
            place.write_bytes(empty(service.name))
    yield bench
    house.databases.dispose()


@pytest.fixture
def bus_bench(tmp_path: Path) -> Iterator[BusBench]:
    """Intake and cases in two towns, with nothing said yet."""
    with bus_bench_in(tmp_path) as bench:
        yield bench


@pytest.fixture(scope="session")
def new_bus_bench() -> Callable[[], AbstractContextManager[BusBench]]:
    """Makes one after the other, each in a folder of its own: for tests that play many histories."""

    @contextmanager
    def make() -> Iterator[BusBench]:
        with TemporaryDirectory() as folder, bus_bench_in(Path(folder)) as bench:
            yield bench

    return make


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """Lamps with sealed words in a database of either kind."""
    if request.param == "sqlite":
        address = URL.create("sqlite", database=str(tmp_path / "lamps.sqlite"))
    else:
        server: PrivatePostgres = request.getfixturevalue("private_postgres")
        address = make_url(server.dsn).set(drivername="postgresql+psycopg")
    with ground_at(address, tmp_path) as made:
        yield made


@pytest.fixture
def server(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Ground]:
    """The lamps where several write at the same time."""
    address = make_url(private_postgres.dsn).set(drivername="postgresql+psycopg")
    with ground_at(address, tmp_path) as made:
        yield made
