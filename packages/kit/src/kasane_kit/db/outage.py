"""Tells a database that is not there right now from a statement that can never succeed."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from kasane_kit.db.barrier import is_closed

# Primary result codes of SQLite about the file, the disk and locks; SQLITE_ERROR is about the statement.
_SQLITE_OUTAGES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
# Classes of SQLSTATE: connection, authorisation, catalogue name, rollback by conflict, resources,
# operator intervention, system and internal error.
_POSTGRES_OUTAGES = ("08", "28", "3D", "40", "53", "57P", "58", "XX")
_LOCK_NOT_AVAILABLE = "55P03"


def is_outage(error: BaseException) -> bool:
    """Whether the same work may succeed later without a change: connection, disk, lock, conflict."""
    if isinstance(error, NoFreeConnection):
        return True
    if isinstance(error, psycopg.Error):
        return _of_postgres(error)
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or is_closed(error):
        return True
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        # The low byte is the primary code; the rest says more about it.
        return code is not None and code & 0xFF in _SQLITE_OUTAGES
    if isinstance(cause, psycopg.Error):
        return _of_postgres(cause)
    return isinstance(error, OperationalError | InterfaceError)


def _of_postgres(error: psycopg.Error) -> bool:
    if error.sqlstate:
        return error.sqlstate.startswith(_POSTGRES_OUTAGES) or error.sqlstate == _LOCK_NOT_AVAILABLE
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
