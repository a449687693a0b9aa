"""What the engines of a process share, so that a statement is compiled once and not once for every town."""

import threading
from typing import Any

from sqlalchemy import Dialect, Engine, event

STATEMENTS = 2000
"""So many compiled statements a group of engines keeps; the services of one process have some hundreds each."""


class SharedStatements:
    """Engines of one kind of database with one dialect and one store of compiled statements.

    SQLAlchemy keeps what it compiled with the engine and under its dialect. A town that was quiet would pay for every
    statement again, which costs more than asking them, and each town would keep its own copy of all of them. What a
    dialect learns from a server, it has to have learned before it is shared: so the first engine that connects gives
    its own to all that come after it. Whatever belongs to a town must therefore be looked up when a row is read, and
    never be kept in a type.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._dialect: Dialect | None = None
        self._compiled: Any = None

    def join(self, engine: Engine) -> None:
        """Lets an engine share, at once or from its first connection on. Each was made with the same settings."""
        if not self._share(engine):
            event.listen(engine, "connect", lambda *_connection: self._offer(engine), once=True)

    def _offer(self, engine: Engine) -> None:
        # Called behind SQLAlchemy's own first look at the server, in which the dialect learned what it needs.
        with self._guard:
            if self._dialect is None:
                self._dialect, self._compiled = engine.dialect, engine._compiled_cache
                return
        self._share(engine)

    def _share(self, engine: Engine) -> bool:
        with self._guard:
            if self._dialect is None:
                return False
            # There is no argument of create_engine() for either of them.
            engine.dialect, engine._compiled_cache = self._dialect, self._compiled
        return True
