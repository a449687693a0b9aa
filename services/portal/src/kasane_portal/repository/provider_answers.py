"""Keeps which answers of a sign-in provider were taken."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from kasane_kit import clock
from kasane_kit.db import Taken, unless_taken
from kasane_portal import tables


class SpentAnswers:
    """The answers of a provider that were taken: none of them is taken again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def spend(self, digest: str, until: datetime) -> bool:
        """Whether this is the first time; ``until`` is when it would be too old in any case."""
        self._connection.execute(
            delete(tables.spent_answer).where(tables.spent_answer.c.until < clock.now())
        )
        try:
            with unless_taken(tables.spent_answer.c.digest), self._connection.begin_nested():
                self._connection.execute(
                    insert(tables.spent_answer).values(digest=digest, until=until)
                )
        except Taken:
            return False
        return True
