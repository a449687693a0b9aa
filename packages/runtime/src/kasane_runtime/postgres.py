"""Makes the town wall on PostgreSQL: a database per town, in it a schema and login per service."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from types import TracebackType

import psycopg
from psycopg import sql
from sqlalchemy import create_engine, make_url, text

from kasane_kit.auth import sessions
from kasane_kit.config import SettingsError
from kasane_kit.db import MigrationSource, upgrade
from kasane_kit.db.engine import LOG_READER, PostgresAddresses, database_name, login_name
from kasane_kit.db.migrate import VERSION_TABLE

OWNER = "kasane_owner"
CONNECTIONS = 24
LOGIN_SETTINGS = {"statement_timeout": "15s", "idle_in_transaction_session_timeout": "30s"}
LOGIN_ATTRIBUTES = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
EVERYTHING_ITS_OWN = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
APPEND_ONLY = frozenset({"SELECT", "INSERT"})
LOOK = frozenset({"SELECT"})
_TRAIL = "audit_entry"
RIGHTS_ON = {
    _TRAIL: APPEND_ONLY,
    "event_log": APPEND_ONLY,
    "town_barrier": LOOK,
    VERSION_TABLE: LOOK,
}
BLANK_EVENT = "blank_event"
READ_BY_LOG_READER = ("event_log", "stream")
# They reach other databases or files, or run code beside SQL.
FORBIDDEN_EXTENSIONS = ("dblink", "postgres_fdw", "file_fdw", "plpython3u", "plperlu", "pltclu")

_MIGRATING_LOCK = 7_206_010_602


class ServerUnreachable(SettingsError):
    """PostgreSQL does not answer at the administrator's address, or does not let the administrator in."""


@dataclass(frozen=True)
class Deviation:
    """A right that is not as it should be: in which database, and what is different."""

    database: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.database}: {self.sentence}"


class Server:
    """One PostgreSQL server, seen by its administrator. Use it as a context manager."""

    def __init__(self, admin_url: str, addresses: PostgresAddresses, services: Iterable[str]):
        self._url = make_url(admin_url).set(drivername="postgresql+psycopg")
        self._addresses = addresses
        self._services = tuple(services)
        self._admin: psycopg.Connection | None = None

    def __enter__(self) -> "Server":
        try:
            self._admin = self._connect(self._url.database or "postgres")
        except psycopg.OperationalError as error:
            raise ServerUnreachable(
                "PostgreSQL に管理者としてつながらないので、何も変えていません。KASANE_ADMIN_DATABASE_URL の"
                "アドレスとパスワードを確かめて、もう一度実行してください。 / The administrator was not let in, so "
                "nothing was changed; check KASANE_ADMIN_DATABASE_URL and run it again "
                f"({str(error).strip().splitlines()[-1]})"
            ) from error
        self._admin.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING_LOCK])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def make_owner(self) -> None:
        """The role that owns everything; nobody logs in as it."""
        self._make_role(OWNER)
        if self._row(_DANGEROUS, OWNER) == (True,):
            self._run("ALTER ROLE {owner} NOSUPERUSER NOCREATEDB NOCREATEROLE", owner=OWNER)
        self._run("ALTER ROLE {owner} NOLOGIN", owner=OWNER)
        # An administrator who is no superuser acts for the owner through this.
        self._run("GRANT {owner} TO CURRENT_USER", owner=OWNER)

    def make_municipality(
        self, municipality: str, beside: str = "", *, empty: bool = False
    ) -> None:
        """The database, its logins and an empty schema for each service, or with ``empty`` none.

        With ``beside`` it is a copy under another name.
        """
        database = database_name(municipality) + beside
        if not self._row("SELECT 1 FROM pg_database WHERE datname = %s", database):
            self._run(
                "CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'",
                database=database,
                owner=OWNER,
            )
        self._run("ALTER DATABASE {database} OWNER TO {owner}", database=database, owner=OWNER)
        self._run("REVOKE ALL ON DATABASE {database} FROM PUBLIC", database=database)
        for service in (*self._services, LOG_READER):
            self._make_login(municipality, service, database)
        with self._connect(database) as inside:
            inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            for schema in () if empty else (*self._services, sessions.SCHEMA):
                inside.execute(
                    sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(
                        sql.Identifier(schema), sql.Identifier(OWNER)
                    )
                )

    def upgrade(
        self,
        municipality: str,
        service: str,
        source: MigrationSource,
        *,
        expand_only: bool = False,
        beside: str = "",
    ) -> None:
        """Brings the tables of a service up to date, as their owner, in one transaction."""
        engine = create_engine(
            self._url.set(database=database_name(municipality) + beside), hide_parameters=True
        )
        try:
            with engine.begin() as connection:
                quote = engine.dialect.identifier_preparer.quote
                connection.execute(text(f"SET LOCAL ROLE {quote(OWNER)}"))
                connection.execute(text(f"SET LOCAL search_path = {quote(service)}"))
                upgrade(connection, source, expand_only=expand_only)
        finally:
            engine.dispose()

    def grant(self, municipality: str, beside: str = "") -> None:
        """Gives each login what it needs in its own schema, and takes away everything else."""
        with self._connect(database_name(municipality) + beside) as inside:
            reader = login_name(municipality, LOG_READER)
            for service in self._services:
                login = login_name(municipality, service)
                self._grant_schema(inside, service, login, reader)
            self._grant_sessions(inside, municipality)

    def deviations(self, municipality: str, beside: str = "") -> list[Deviation]:
        """What differs from what make_municipality and grant give."""
        database = database_name(municipality) + beside
        if not self._row("SELECT 1 FROM pg_database WHERE datname = %s", database):
            return [Deviation(database, "there is no such database; run kasane migrate")]
        with self._connect(database) as inside:
            found = [
                *self._of_database(municipality, database),
                *self._of_logins(inside, municipality),
                *self._of_schemas(inside, municipality),
                *self._of_tables(inside, municipality),
            ]
        return [Deviation(database, sentence) for sentence in found]

    def exists(self, database: str) -> bool:
        """Whether there is a database of this name."""
        return self._row("SELECT 1 FROM pg_database WHERE datname = %s", database) is not None

    def has_worked(self, municipality: str) -> bool:
        """Whether somebody ever did anything in the town, which has left a line on its trail; the owner is there."""
        database = database_name(municipality)
        if not self.exists(database):
            return False
        with self._connect(database) as inside:
            inside.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
            for service in self._services:
                there = inside.execute(
                    "SELECT 1 FROM pg_tables WHERE (schemaname, tablename) = (%s, %s)",
                    [service, _TRAIL],
                )
                trail = sql.Identifier(service, _TRAIL)
                if (
                    there.fetchone()
                    and inside.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(trail)).fetchone()
                ):
                    return True
        return False

    def others_in(self, database: str) -> int:
        """How many connections others have to a database."""
        found = self._row(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'",
            database,
        )
        return int(str(found[0])) if found else 0

    def drop(self, database: str) -> None:
        """Takes a copy away with whoever is in it; nothing where there is none."""
        self._run("DROP DATABASE IF EXISTS {database} WITH (FORCE)", database=database)

    def put_in_place(self, municipality: str, beside: str, aside: str) -> None:
        """Gives a copy the name of the town's database, which gets another one, both or neither.

        Raises psycopg.errors.ObjectInUse where somebody is in one of them. No login of a service enters the old
        one any more.
        """
        database = database_name(municipality)
        with self._connection.transaction():
            if self.exists(database):
                for service in (*self._services, LOG_READER):
                    self._run(
                        "REVOKE ALL ON DATABASE {database} FROM {login}",
                        database=database,
                        login=login_name(municipality, service),
                    )
                self._run(
                    "ALTER DATABASE {database} RENAME TO {aside}",
                    database=database,
                    aside=database + aside,
                )
            self._run(
                "ALTER DATABASE {copy} RENAME TO {database}",
                copy=database + beside,
                database=database,
            )

    def kept_aside(self, municipality: str, aside: str) -> list[str]:
        """The names of a town's databases that restores have replaced."""
        rows = self._connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1",
            [database_name(municipality) + aside],
        )
        return [str(name) for (name,) in rows]

    # What is made

    def _make_role(self, name: str) -> None:
        if not self._row("SELECT 1 FROM pg_roles WHERE rolname = %s", name):
            self._run("CREATE ROLE {role} NOLOGIN", role=name)

    def _make_login(self, municipality: str, service: str, database: str) -> None:
        login = login_name(municipality, service)
        self._make_role(login)
        password = self._addresses.password(municipality, login)
        # Hashed here, so that the server and its logs never see the password itself.
        verifier = self._connection.pgconn.encrypt_password(
            password.encode(), login.encode(), b"scram-sha-256"
        )
        # Whoever is no superuser may not even name what only a superuser gives.
        dangerous = self._row(_DANGEROUS, login) == (True,)
        attributes = LOGIN_ATTRIBUTES if dangerous else "LOGIN NOINHERIT"
        statement = f"ALTER ROLE {{role}} {attributes} CONNECTION LIMIT {CONNECTIONS}"
        self._run(
            f"{statement} PASSWORD {{verifier}}",
            role=login,
            verifier=sql.Literal(verifier.decode()),
        )
        for name, value in LOGIN_SETTINGS.items():
            self._run(f"ALTER ROLE {{role}} SET {name} = '{value}'", role=login)
        if service != LOG_READER:
            self._run(
                "ALTER ROLE {role} SET search_path = {schema}, pg_catalog",
                role=login,
                schema=service,
            )
        self._run(
            "GRANT CONNECT ON DATABASE {database} TO {role}",
            database=database,
            role=login,
        )

    def _grant_schema(
        self, inside: psycopg.Connection, service: str, login: str, reader: str
    ) -> None:
        schema = sql.Identifier(service)
        every_login = sql.SQL(", ").join([sql.Identifier(login), sql.Identifier(reader)])

        def run(statement: str, **parts: sql.Composable) -> None:
            inside.execute(sql.SQL(statement).format(schema=schema, **parts))

        def to(table: str, rights: Iterable[str], who: str) -> None:
            run(
                f"GRANT {', '.join(sorted(rights))} ON {{schema}}.{{table}} TO {{who}}",
                table=sql.Identifier(table),
                who=sql.Identifier(who),
            )

        with inside.transaction():
            for what in ("SCHEMA", "ALL TABLES IN SCHEMA", "ALL SEQUENCES IN SCHEMA"):
                run(f"REVOKE ALL ON {what} {{schema}} FROM PUBLIC, {{logins}}", logins=every_login)
            run("GRANT USAGE ON SCHEMA {schema} TO {logins}", logins=every_login)
            run(
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {login}",
                login=sql.Identifier(login),
            )
            for (table,) in inside.execute(_TABLES, [service]).fetchall():
                to(table, RIGHTS_ON.get(table, EVERYTHING_ITS_OWN), login)
                if table in READ_BY_LOG_READER:
                    to(table, LOOK, reader)
            if inside.execute("SELECT to_regproc(%s)", [f"{service}.{BLANK_EVENT}"]).fetchone() != (
                None,
            ):
                run(
                    "GRANT EXECUTE ON FUNCTION {schema}.{name}(text, bigint, text) TO {login}",
                    name=sql.Identifier(BLANK_EVENT),
                    login=sql.Identifier(login),
                )

    def _grant_sessions(self, inside: psycopg.Connection, municipality: str) -> None:
        """The keeper begins and ends sessions; the others read them and write that one is in use."""
        names = (*self._services, LOG_READER)
        everybody = sql.SQL(", ").join(
            sql.Identifier(login_name(municipality, name)) for name in names
        )
        table = sql.Identifier(sessions.SCHEMA, sessions.open_session.name)
        schema, touched = sql.Identifier(sessions.SCHEMA), sql.Identifier(sessions.TOUCHED)
        with inside.transaction():
            for what in ("SCHEMA", "ALL TABLES IN SCHEMA", "ALL SEQUENCES IN SCHEMA"):
                inside.execute(
                    sql.SQL(f"REVOKE ALL ON {what} {{}} FROM PUBLIC, {{}}").format(
                        schema, everybody
                    )
                )
            if not inside.execute(_TABLES, [sessions.SCHEMA]).fetchall():
                return
            for service in self._services:
                who = sql.Identifier(login_name(municipality, service))
                inside.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, who))
                rights = EVERYTHING_ITS_OWN if service == sessions.KEEPER else LOOK
                inside.execute(
                    sql.SQL(f"GRANT {', '.join(sorted(rights))} ON {{}} TO {{}}").format(table, who)
                )
                if service != sessions.KEEPER:
                    inside.execute(
                        sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(touched, table, who)
                    )

    # What is checked

    def _of_database(self, municipality: str, database: str) -> Iterable[str]:
        expected = {login_name(municipality, name) for name in (*self._services, LOG_READER)}
        rows = self._connection.execute(_RIGHTS_ON_DATABASE, [database]).fetchall()
        given = {(grantee, right) for grantee, right in rows if grantee != OWNER}
        yield from _differences("the database", given, {(login, "CONNECT") for login in expected})

    def _of_logins(self, inside: psycopg.Connection, municipality: str) -> Iterable[str]:
        for service in (*self._services, LOG_READER):
            login = login_name(municipality, service)
            row = inside.execute(_LOGIN, [login]).fetchone()
            if row is None:
                yield f"there is no login {login}"
                continue
            dangerous, can_login, limit, settings, memberships = row
            if dangerous:
                yield f"{login} has an attribute of an administrator"
            if not can_login:
                yield f"{login} may not log in"
            if limit != CONNECTIONS:
                yield f"{login} may open {limit} connections, not {CONNECTIONS}"
            if memberships:
                yield f"{login} is a member of other roles"
            for name, value in LOGIN_SETTINGS.items():
                if f"{name}={value}" not in (settings or ()):
                    yield f"{login} has no {name} of {value}"
            for (owned,) in inside.execute(_OWNED, [login, login, login]).fetchall():
                yield f"{login} owns {owned}"

    def _of_schemas(self, inside: psycopg.Connection, municipality: str) -> Iterable[str]:
        reader = login_name(municipality, LOG_READER)
        expected = {
            (schema, login, "USAGE")
            for schema in self._services
            for login in (login_name(municipality, schema), reader)
        }
        expected |= {
            (sessions.SCHEMA, login_name(municipality, service), "USAGE")
            for service in self._services
        }
        rows = inside.execute(_RIGHTS_ON_SCHEMAS, [OWNER]).fetchall()
        yield from _differences("the schema", set(rows), expected)
        rows = inside.execute(
            "SELECT extname FROM pg_extension WHERE extname = ANY(%s)", [list(FORBIDDEN_EXTENSIONS)]
        ).fetchall()
        for (extension,) in rows:
            yield f"the extension {extension} is installed"

    def _of_tables(self, inside: psycopg.Connection, municipality: str) -> Iterable[str]:
        reader = login_name(municipality, LOG_READER)
        expected = set()
        for schema in self._services:
            login = login_name(municipality, schema)
            for (table,) in inside.execute(_TABLES, [schema]).fetchall():
                name = f"{schema}.{table}"
                rights = RIGHTS_ON.get(table, EVERYTHING_ITS_OWN)
                expected |= {(name, login, right) for right in rights}
                if table in READ_BY_LOG_READER:
                    expected.add((name, reader, "SELECT"))
        table = f"{sessions.SCHEMA}.{sessions.open_session.name}"
        touching = set()
        for service in self._services:
            login = login_name(municipality, service)
            if service == sessions.KEEPER:
                expected |= {(table, login, right) for right in EVERYTHING_ITS_OWN}
            else:
                expected.add((table, login, "SELECT"))
                touching.add((f"{table}.{sessions.TOUCHED}", login, "UPDATE"))
        rows = inside.execute(_RIGHTS_ON_TABLES, [OWNER]).fetchall()
        yield from _differences("the table", set(rows), expected)
        rows = inside.execute(_RIGHTS_ON_COLUMNS, [OWNER]).fetchall()
        yield from _differences("the column", set(rows), touching)

    # How the server is asked

    @property
    def _connection(self) -> psycopg.Connection:
        if self._admin is None:
            raise RuntimeError("the server is not open; nothing was done; use it in a with block")
        return self._admin

    def _connect(self, database: str) -> psycopg.Connection:
        address = self._url.set(drivername="postgresql", database=database)
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)

    def _row(self, statement: str, *values: str) -> tuple[object, ...] | None:
        return self._connection.execute(statement.encode(), values).fetchone()

    def _run(self, statement: str, **parts: str | sql.Composable) -> None:
        named = {
            name: part if isinstance(part, sql.Composable) else sql.Identifier(part)
            for name, part in parts.items()
        }
        self._connection.execute(sql.SQL(statement).format(**named))


def vacuum_full(admin_url: str, municipality: str) -> int:
    """Rewrites every table of a town, so that no page keeps what was destroyed; returns how many.

    Each table is locked while it is written anew. The write-ahead log keeps older pages until it is recycled.
    """
    if not admin_url:
        raise SettingsError(
            "KASANE_ADMIN_DATABASE_URL is not set; nothing was rewritten; set it to the administrator's login"
        )
    address = make_url(admin_url).set(drivername="postgresql", database=database_name(municipality))
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        found = connection.execute(_OWN_TABLES, [OWNER]).fetchall()
        for schema, table in found:
            connection.execute(
                sql.SQL("VACUUM (FULL) {}.{}").format(sql.Identifier(schema), sql.Identifier(table))
            )
    return len(found)


def _differences(
    kind: str, given: Set[tuple[str, ...]], expected: Set[tuple[str, ...]]
) -> Iterable[str]:
    for *name, who, right in sorted(given - expected):
        yield f"{' '.join([kind, *name])}: {who} has {right} and should not"
    for *name, who, right in sorted(expected - given):
        yield f"{' '.join([kind, *name])}: {who} has no {right}"


_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1
"""
_OWN_TABLES = """
SELECT schemaname, tablename FROM pg_tables WHERE tableowner = %s ORDER BY 1, 2
"""
_RIGHTS_ON_DATABASE = """
SELECT coalesce(r.rolname, 'PUBLIC'), a.privilege_type
FROM pg_database d CROSS JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE d.datname = %s
"""
_DANGEROUS = """
SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
FROM pg_roles WHERE rolname = %s
"""
_LOGIN = """
SELECT r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls,
       r.rolcanlogin, r.rolconnlimit, r.rolconfig,
       EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid)
FROM pg_roles r WHERE r.rolname = %s
"""
_OWNED = """
SELECT 'the database ' || datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s
UNION ALL
SELECT 'the schema ' || nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = %s
UNION ALL
SELECT 'the table ' || oid::regclass FROM pg_class WHERE pg_get_userbyid(relowner) = %s
"""
_RIGHTS_ON_SCHEMAS = """
SELECT n.nspname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type
FROM pg_namespace n CROSS JOIN aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
  AND a.grantee <> n.nspowner AND coalesce(r.rolname, '') <> %s
"""
_RIGHTS_ON_TABLES = """
SELECT n.nspname || '.' || c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
  AND c.relkind IN ('r', 'p', 'v', 'm')
  AND a.grantee <> c.relowner AND coalesce(r.rolname, '') <> %s
"""
_RIGHTS_ON_COLUMNS = """
SELECT n.nspname || '.' || c.relname || '.' || t.attname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN aclexplode(t.attacl) a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
  AND a.grantee <> c.relowner AND coalesce(r.rolname, '') <> %s
"""
