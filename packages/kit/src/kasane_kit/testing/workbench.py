"""Puts one service on a bench: real SQLite files, real pages, real delivery; only the other services are missing."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

from kasane_contracts import registry
from kasane_contracts.envelope import Envelope
from kasane_kit import clock
from kasane_kit.auth import COOKIE, AccountFacts, Actor, OpenSessions, Session, accounts
from kasane_kit.auth.sessions import KEEPER, MIGRATIONS, SCHEMA, SessionKeeping, fingerprint_of
from kasane_kit.bus.tables import event_log, outbox
from kasane_kit.db import Databases, MigrationSource, choices_in, upgrade
from kasane_kit.db.engine import SqliteAddresses, open_engine
from kasane_kit.delivery import Delivery
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing
from kasane_kit.plugins import PluginHouse
from kasane_kit.service import Service
from kasane_kit.tenancy import (
    HOST,
    ProjectedTownDirectory,
    Town,
    UnknownTown,
    municipality_scope,
)
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_kit.web import create_service_app
from kasane_kit.web.csrf import form_token

TOWN = "292095"
OTHER_TOWN = "012319"


class GivenTowns:
    """A town directory made of the given towns."""

    def __init__(self, *towns: Town) -> None:
        self._towns = {town.code: town for town in towns}

    def get(self, code: str) -> Town:
        """The town; raises UnknownTown."""
        try:
            return self._towns[code]
        except KeyError:
            raise UnknownTown(code) from None

    def towns(self) -> tuple[Town, ...]:
        """All given towns."""
        return tuple(self._towns[code] for code in sorted(self._towns))

    def serves(self, code: str) -> bool:
        """Whether it is a given town."""
        return code in self._towns


class Visitor:
    """A browser of one signed-in person: keeps the session and sends form tokens by itself."""

    def __init__(self, client: FlaskClient, token: str, municipality: str) -> None:
        self.client = client
        self._token = token
        self._town = municipality

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET a path below the town."""
        return self.client.get(f"/{self._town}{path}", **options)

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, **options: Any
    ) -> TestResponse:
        """POST a form to a path below the town."""
        return self.client.post(
            f"/{self._town}{path}", data={**(data or {}), "csrf_token": self._token}, **options
        )

    def send_json(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Call the API as a program does from a page: JSON and the form token in a header."""
        headers = {"X-CSRF-Token": self._token, **options.pop("headers", {})}
        return self.client.open(
            f"/{self._town}{path}", method=method, json=body, headers=headers, **options
        )


@dataclass
class Workbench:
    """A service with its house, two towns (292095 and 012319) and no plugins unless asked for."""

    service: Service
    house: House
    make_app: Callable[[Service, House], Flask] = create_service_app
    municipality: str = TOWN
    _sequences: dict[tuple[str, str], Iterator[int]] = field(default_factory=dict)

    @cached_property
    def app(self) -> Flask:
        """The service's application; made when it is first asked for, because many tests need none."""
        app = self.make_app(self.service, self.house)
        app.config["TESTING"] = False
        return app

    @property
    def hooks(self) -> Any:
        """The hooks of the bench's town."""
        return self.house.plugins.hooks_for(self.municipality)

    def staff(
        self,
        *functions: str,
        office: str = "",
        roles: tuple[str, ...] = (),
        account_id: str = "",
        name: str = "職員 一郎",
        municipality: str = "",
    ) -> Actor:
        """A staff member with the functions, known to the service."""
        town = municipality or self.municipality
        account_id = account_id or f"account-{'-'.join(functions) or 'none'}-{office}"
        with (
            municipality_scope(town),
            self.house.databases.writing(self.service.name) as connection,
        ):
            accounts.remember(
                connection, AccountFacts(account_id, name, roles, tuple(functions), office, True, 1)
            )
            connection.commit()
        return Actor(account_id, name, town, roles, frozenset(functions), office)

    def visit_as(self, actor: Actor) -> Visitor:
        """A browser in which the actor is signed in."""
        session_id = self.open_session(actor.account_id, actor.municipality)
        client = self.app.test_client()
        client.set_cookie(COOKIE, session_id)
        return Visitor(client, self.form_token(session_id), self.municipality)

    def open_session(self, account_id: str, municipality: str = "", revision: int = 1) -> str:
        """The id of a session of the account that begins now."""
        with municipality_scope(municipality or self.municipality):
            return open_session(self.house.databases, account_id, revision)

    def session(self, session_id: str) -> Session | None:
        """The session of an id in the bench's town as its service sees it now; None when it opens nothing."""
        with municipality_scope(self.municipality):
            found = OpenSessions(self.house.databases, self.service.name).find(session_id)
        return found[0] if found else None

    def form_token(self, session_id: str) -> str:
        """The token that the forms of a session carry."""
        return form_token(self.house.keys, fingerprint_of(session_id))

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[UnitOfWork]:
        """An open unit of work of the actor in the bench's town."""
        with (
            municipality_scope(self.municipality),
            UnitOfWork(self.house, self.service.name, actor) as unit,
        ):
            yield unit

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for looking into the service's database in the bench's town."""
        with (
            municipality_scope(self.municipality),
            self.house.databases.reading(self.service.name) as connection,
        ):
            yield connection

    def said(self, event_class: type | None = None) -> list[Any]:
        """The events the service said so far in the bench's town, oldest first, opened; of one class if given."""
        with self.reading() as connection:
            bodies = [
                *connection.scalars(select(event_log.c.body).order_by(event_log.c.sequence)),
                *connection.scalars(select(outbox.c.body).order_by(outbox.c.id)),
            ]
        found = []
        for body in bodies:
            envelope = Envelope.from_json(body)
            data = self.house.sealer.open(
                envelope.municipality, envelope.type, envelope.id, envelope.data
            )
            event = registry.load(envelope.type, data)
            if event_class is None or isinstance(event, event_class):
                found.append(event)
        return found

    def hear(self, event: Any, producer: str = "", correlation_id: str = "") -> Envelope:
        """Lets the service hear an event as if its producer had said it; returns the envelope."""
        envelope = self._envelope(event, producer, correlation_id)
        Delivery(self.service, self.house).deliver([envelope])
        return envelope

    def hear_all(self, events: Iterable[Any]) -> None:
        """Lets the service hear many events, in their order and in few deliveries."""
        delivery = Delivery(self.service, self.house)
        coming = iter(events)
        while together := list(itertools.islice(coming, 200)):
            delivery.deliver([self._envelope(event) for event in together])

    def _envelope(self, event: Any, producer: str = "", correlation_id: str = "") -> Envelope:
        entry = registry.type_of(event)
        source = producer or entry.producer
        data = registry.dump(event)
        event_id = new_id()
        numbers = self._sequences.setdefault((source, self.municipality), itertools.count(1))
        return Envelope(
            id=event_id,
            source=source,
            type=entry.type,
            subject=str(data[entry.subject_field]),
            time=clock.now().isoformat(),
            municipality=self.municipality,
            actor="account-elsewhere",
            correlationid=correlation_id or new_id(),
            epoch=f"bench-{source}",
            sequence=next(numbers),
            data=self.house.sealer.seal(self.municipality, entry.type, event_id, data),
        )


def open_session(databases: Databases, account_id: str, revision: int = 1) -> str:
    """The id of a session of an account in the open municipality that begins now, without anybody signing in."""
    afterwards: list[Callable[[], None]] = []
    in_files = databases.in_files(KEEPER)
    with databases.writing(SCHEMA if in_files else KEEPER) as connection:
        session_id = SessionKeeping(databases, connection, afterwards.append).begin(
            account_id, revision
        )
        connection.commit()
    for step in afterwards:
        step()
    return session_id


@cache
def _migrated(source: MigrationSource) -> bytes:
    """The file of a database with every table and no row, made by the migrations once per process."""
    with TemporaryDirectory() as folder:
        url = SqliteAddresses(Path(folder)).url("empty", HOST)
        engine = open_engine(url)
        with engine.connect() as connection:
            upgrade(connection, source)
            connection.commit()
        engine.dispose()
        return Path(url.database or "").read_bytes()


def build_workbench(
    service: Service,
    folder: Path,
    plugins: Mapping[str, tuple[str, ...]] | None = None,
    prefectures: tuple[Town, ...] = (),
) -> Workbench:
    """A bench for a service in a folder; ``plugins`` names the enabled plugins by town code.

    ``prefectures`` are those with a file of their own.
    """
    enabled = plugins or {}
    directory = GivenTowns(
        Town(TOWN, "生駒市", "290009", enabled.get(TOWN, ())),
        Town(OTHER_TOWN, "恵庭市", "010006", enabled.get(OTHER_TOWN, ())),
    )
    keys = KeyRing(folder / "keys")
    keys.ensure("signing", HOST, TOWN, OTHER_TOWN)
    addresses = SqliteAddresses(folder)
    for municipality in (HOST, TOWN, OTHER_TOWN):
        for name, source in (
            (service.name, MigrationSource(service.migrations)),
            (SCHEMA, MIGRATIONS),
        ):
            Path(addresses.url(name, municipality).database or "").write_bytes(_migrated(source))
    databases = Databases(addresses, keys)
    chosen = ProjectedTownDirectory(directory, choices_in(databases, service.name))
    house = House(
        databases,
        keys,
        directory,
        PluginHouse(chosen),
        prefectures=PluginHouse(GivenTowns(*prefectures)),
        look_again=chosen.look_again,
        tombstone_folder=folder / "tombstones",
    )
    return Workbench(service, house)
