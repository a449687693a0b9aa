"""Tells the relay of a service in another process at once that something was committed.

A call that gets lost costs the time until the relay looks by itself. PostgreSQL's NOTIFY carries it: on a connection of
its own after the business transaction, in the host's database, so that one ear hears every town.
"""

import logging
import os
import threading
from collections import defaultdict
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kasane_kit.db.engine import Databases
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import HOST, municipality_scope

log = logging.getLogger("kasane.bell")

PAUSE_SECONDS = 0.005
"""What is committed within it is told together."""
EAR_SECONDS = 1.0
MOST_IN_ONE = 500
# Nothing is written that has to reach the disk before the next.
_RING = text("SELECT set_config('synchronous_commit', 'off', true), pg_notify(:channel, :towns)")


class Bell:
    """Rings in a thread of its own, made in the process that first rings; nobody waits for it."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._thread: threading.Thread | None = None
        self._signal = threading.Condition()
        self._towns: dict[str, set[str]] = defaultdict(set)
        self._ends = False
        self._pid = 0
        databases.at_end(self.close)

    def ring(self, service: str, municipality: str) -> None:
        """Returns at once; the relay hears it a moment later, or never."""
        if self._pid != os.getpid():
            # A thread does not survive a fork, and a lock may have been held in it.
            self._pid, self._thread, self._signal = os.getpid(), None, threading.Condition()
        with self._signal:
            self._towns[service].add(municipality)
            if self._thread is None:
                self._ends = False
                self._thread = threading.Thread(target=self._run, name="kasane-bell", daemon=True)
                self._thread.start()
            self._signal.notify()

    def close(self) -> None:
        """Ends the thread after what it has in hand; the next ring begins another."""
        if self._pid != os.getpid():
            return
        with self._signal:
            thread, self._thread, self._ends = self._thread, None, True
            self._signal.notify()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        pause = threading.Event()
        with municipality_scope(HOST):
            while True:
                with self._signal:
                    while not self._towns and not self._ends:
                        self._signal.wait()
                    if self._ends:
                        return
                    told, self._towns = self._towns, defaultdict(set)
                try:
                    for service, towns in told.items():
                        self._tell(service, sorted(towns))
                except (SQLAlchemyError, KeyMissing, OSError) as error:
                    log.debug("the bell was not heard: %s", error)
                pause.wait(PAUSE_SECONDS)

    def _tell(self, service: str, towns: list[str]) -> None:
        with self._databases.asking(service) as connection:
            for start in range(0, len(towns), MOST_IN_ONE):
                connection.execute(
                    _RING,
                    {
                        "channel": channel_of(service),
                        "towns": ",".join(towns[start : start + MOST_IN_ONE]),
                    },
                )


def listen(
    databases: Databases,
    service: str,
    heard: Callable[[str], None],
    stop: threading.Event,
    on_line: Callable[[], None] = lambda: None,
) -> None:
    """Calls ``heard`` for each town that rings until ``stop``; raises when the line is cut.

    ``on_line`` is called once: from then on a call can only get lost on its way here.
    """
    with municipality_scope(HOST), databases.line(service) as connection:
        line = connection.connection.driver_connection
        assert line is not None
        # Listening is no work: the server would take this connection for one that nobody needs.
        connection.exec_driver_sql("SET idle_session_timeout = 0")
        connection.exec_driver_sql(f'LISTEN "{channel_of(service)}"')
        on_line()
        while not stop.is_set():
            for notice in line.notifies(timeout=EAR_SECONDS, stop_after=1):
                for municipality in notice.payload.split(","):
                    heard(municipality)


def channel_of(service: str) -> str:
    """The name under which the relay of a service listens."""
    return f"kasane_{service}"
