"""Makes and upgrades the databases of every service in every municipality."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kasane_kit import audit
from kasane_kit.auth import sessions
from kasane_kit.bus import outbox
from kasane_kit.config import SettingsError
from kasane_kit.db import DatabaseAddresses, Databases, MigrationFailed, MigrationSource, upgrade
from kasane_kit.db.engine import PostgresAddresses, SqliteAddresses, logins_key, open_engine
from kasane_kit.db.outage import is_outage
from kasane_kit.db.resealing import refuse_plain, seal_plain, tag_anew
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.backup_sqlite import finish
from kasane_runtime.compose import Composition
from kasane_runtime.postgres import Deviation, Server

Say = Callable[[str], None]


class NotMigrated(RuntimeError):
    """Some municipalities were not brought up to date; the others were."""


def migrate(
    composition: Composition, say: Say = lambda _line: None, *, expand_only: bool = False
) -> None:
    """Brings every database up to date; running it again changes nothing.

    With ``expand_only`` nothing is taken away that the release before this one uses.

    Raises NotMigrated naming the municipalities that failed, after the others were done.
    """
    if composition.settings.database_url:
        migrate_postgres(composition, say, expand_only=expand_only)
    else:
        migrate_sqlite(composition, say, expand_only=expand_only)


def migrate_sqlite(
    composition: Composition, say: Say = lambda _line: None, *, expand_only: bool = False
) -> None:
    """Brings every SQLite file up to date."""
    composition.house.keys.ensure("signing")

    def bring(town: str) -> None:
        finish(composition.settings.var, town)
        _make_key(composition, town, lambda: _has_worked(composition, town))
        _bring_sqlite(composition, town, expand_only)

    _each(composition, bring, say)


def migrate_postgres(
    composition: Composition, say: Say = lambda _line: None, *, expand_only: bool = False
) -> None:
    """Makes roles, databases, schemas, tables and rights on PostgreSQL with the admin's login.

    One municipality after the other, each complete by itself, so that a run that was cut off is
    taken up by the next. A second run at the same time waits for the first.
    """
    codes = composition.municipalities()
    composition.house.keys.ensure("signing", *(logins_key(code) for code in codes))
    with _server(composition) as server:
        server.make_owner()

        def bring(town: str) -> None:
            _make_key(composition, town, lambda: server.has_worked(town))
            _bring_postgres(composition, server, town, expand_only)

        _each(composition, bring, say)


def migrate_one(composition: Composition, municipality: str) -> None:
    """Brings one municipality up to date; its own key is not made, it has to be there."""
    composition.house.keys.ensure("signing")
    if not composition.settings.database_url:
        _bring_sqlite(composition, municipality, False)
        return
    composition.house.keys.ensure(logins_key(municipality))
    with _server(composition) as server:
        server.make_owner()
        _bring_postgres(composition, server, municipality, False)


def _make_key(composition: Composition, municipality: str, has_worked: Callable[[], bool]) -> None:
    """Makes the key of a municipality that is new; one that has worked needs the key it had."""
    keys = composition.house.keys
    if not keys.has(municipality) and has_worked():
        raise KeyMissing(
            f"the key {municipality} is not in the folder of KASANE_KEYS, and {municipality} has worked with it; "
            "nothing was made or changed, for another key opens nothing of it and would be lost when the right one "
            "comes back; restore the folder from its backup, then run this again"
        )
    keys.ensure(municipality)


def _has_worked(composition: Composition, municipality: str) -> bool:
    """Whether somebody ever did anything in the municipality, which has left a line on its trail."""
    addresses = SqliteAddresses(Path(composition.settings.var))
    for name in composition.services:
        url = addresses.url(name, municipality)
        if Path(url.database or "").exists():
            engine = open_engine(url)
            try:
                with engine.connect() as connection:
                    if audit.is_begun(connection):
                        return True
            finally:
                engine.dispose()
    return False


def _bring_sqlite(composition: Composition, municipality: str, expand_only: bool) -> None:
    finish(composition.settings.var, municipality)
    addresses = SqliteAddresses(Path(composition.settings.var))
    for name, source in sources(composition):
        engine = open_engine(addresses.url(name, municipality))
        try:
            with engine.connect() as connection, _named(name):
                upgrade(connection, source, expand_only=expand_only)
                connection.commit()
        finally:
            engine.dispose()
    if not expand_only:
        _seal(composition, addresses, municipality)


def _bring_postgres(
    composition: Composition, server: Server, municipality: str, expand_only: bool
) -> None:
    server.make_municipality(municipality)
    for name, source in sources(composition):
        with _named(name):
            server.upgrade(municipality, name, source, expand_only=expand_only)
    server.grant(municipality)
    if not expand_only:
        settings = composition.settings
        addresses = PostgresAddresses(settings.database_url, composition.house.keys)
        _seal(composition, addresses, municipality)


def sources(composition: Composition) -> Iterator[tuple[str, MigrationSource]]:
    """(schema or file, its migrations) of everything that a municipality has: what the services share first."""
    yield sessions.SCHEMA, sessions.MIGRATIONS
    for name, service in composition.services.items():
        yield name, MigrationSource(service.migrations)


def check_rights(composition: Composition) -> list[Deviation]:
    """Where the rights on PostgreSQL are not what migrate_postgres gives; empty when all are."""
    with _server(composition) as server:
        return [
            deviation
            for municipality in composition.municipalities()
            for deviation in server.deviations(municipality)
        ]


def begin_epoch(composition: Composition, service: str, municipality: str) -> str:
    """Starts the numbering of a producer anew after its database was restored from a backup.

    Returns the new epoch. Without this its new events would carry numbers that consumers have
    already applied to others.
    """
    with (
        municipality_scope(municipality),
        composition.house.databases.writing(service) as connection,
    ):
        head = outbox.begin_epoch(connection)
        connection.commit()
    return head.epoch


def _seal(composition: Composition, addresses: DatabaseAddresses, municipality: str) -> None:
    """Seals what lies plain in columns that are sealed by now; what is sealed already stays as it is."""
    own = Databases(addresses, composition.house.keys)
    try:
        with municipality_scope(municipality):
            for name, service in composition.services.items():
                seal_plain(own, name, service.sealed_tables)
                tag_anew(own, name, service.tagged)
                refuse_plain(own, name, service.sealed_tables)
    finally:
        own.dispose()


def _server(composition: Composition) -> Server:
    settings = composition.settings
    if not settings.admin_database_url:
        raise SettingsError(
            "KASANE_ADMIN_DATABASE_URL is not set; nothing was changed; set it to the address of "
            "a login that may make roles and databases"
        )
    return Server(
        settings.admin_database_url,
        PostgresAddresses(settings.database_url, composition.house.keys),
        tuple(composition.services),
    )


@contextmanager
def _named(service: str) -> Iterator[None]:
    """Lets an error say in which service it happened."""
    try:
        yield
    except Exception as error:
        error.add_note(service)
        raise


def _each(composition: Composition, bring: Callable[[str], None], say: Say) -> None:
    """Every municipality, told with its place among all; one that fails is told and the others go on.

    Whose database did not answer, or was busy, is tried once more when the others are done.
    """
    everywhere = composition.municipalities()
    places = {town: f"{place}/{len(everywhere)} {town}" for place, town in enumerate(everywhere, 1)}
    silent, failed = [], []
    for municipality, place in places.items():
        error = _tried(bring, municipality)
        if error is not None and _may_pass(error):
            silent.append(municipality)
            say(f"… {place}: {_why(error)} → あとでもう一度 / once more when the others are done")
        elif _told(error, place, say):
            failed.append(municipality)
    failed += [one for one in silent if _told(_tried(bring, one), places[one], say)]
    if failed:
        raise NotMigrated(
            f"{len(failed)} of {len(everywhere)} were not brought up to date: {', '.join(failed)}; the others are; "
            "mend what is named above and run kasane migrate again, it goes on with these"
        )


def _tried(bring: Callable[[str], None], municipality: str) -> Exception | None:
    try:
        bring(municipality)
    except Exception as error:
        return error
    return None


def _told(error: Exception | None, place: str, say: Say) -> bool:
    """Says how it ended; whether it failed."""
    say(f"○ {place}" if error is None else f"✗ {place}: {_why(error)}")
    return error is not None


def _may_pass(error: Exception) -> bool:
    cause = error.__cause__ if isinstance(error, MigrationFailed) else error
    return cause is not None and is_outage(cause)


def _why(error: Exception) -> str:
    where = " ".join(getattr(error, "__notes__", ()))
    if isinstance(error, MigrationFailed):
        cause = error.__cause__
        return (
            f"{where} の移行 {error.revision} で止まりました。このサービスの表は前のままです。理由："
            f" / {where} stopped at migration {error.revision}; its tables are as they were: "
            f"{type(cause).__name__}: {cause}"
        )
    # SQLAlchemy's own text adds an address on the internet to what the server said.
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return f"{where} {type(cause).__name__}: {cause}".strip()
