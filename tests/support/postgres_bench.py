"""A bench whose town is kept by PostgreSQL, with the grants of the running product."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kasane_kit.auth import sessions
from kasane_kit.db import Databases, MigrationSource
from kasane_kit.db.engine import PostgresAddresses, logins_key
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import HOST
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Workbench
from kasane_runtime.postgres import Server
from tests.support.private_postgres import PrivatePostgres


@contextmanager
def on_postgres(plain: Workbench, server: PrivatePostgres, folder: Path) -> Iterator[Workbench]:
    """The same bench on a database of its own, which goes at the end."""
    service = plain.service
    keys = KeyRing(folder / "keys")
    keys.ensure("signing", HOST, TOWN, OTHER_TOWN, logins_key(TOWN))
    base = f"{server.host}:{server.port}"
    addresses = PostgresAddresses(f"postgresql+psycopg://{base}/", keys)
    server.psql(f'DROP DATABASE IF EXISTS "kasane_{TOWN}"')
    names = sorted({service.name, sessions.KEEPER})
    with Server(f"postgresql+psycopg://postgres@{base}/postgres", addresses, names) as admin:
        admin.make_owner()
        admin.make_municipality(TOWN)
        admin.upgrade(TOWN, sessions.SCHEMA, sessions.MIGRATIONS)
        admin.upgrade(TOWN, service.name, MigrationSource(service.migrations))
        admin.grant(TOWN)
        assert admin.deviations(TOWN) == []
    databases = Databases(addresses, keys)
    house = replace(plain.house, databases=databases, keys=keys)
    try:
        yield Workbench(service, house)
    finally:
        databases.dispose()
        server.psql(f'DROP DATABASE "kasane_{TOWN}"')
