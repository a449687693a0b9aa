"""Reads which plugins a town chose from a service's own database, whatever scope is open."""

import contextvars
from collections.abc import Callable

from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from kasane_kit.db.engine import Databases
from kasane_kit.tenancy import ChosenSet, chosen, municipality_scope


def choices_in(databases: Databases, service: str) -> Callable[[str], ChosenSet | None]:
    """A function that reads the choice of a town; None where it never chose or its tables are not made yet."""

    def read(code: str) -> ChosenSet | None:
        with municipality_scope(code):
            try:
                with databases.reading(service) as connection:
                    return chosen.find(connection)
            except DBAPIError:
                with databases.reading(service) as connection:
                    if inspect(connection).has_table(chosen.town_projection.name):
                        raise
                return None

    # The asker may stand in the scope of the host or of another town: the choice is its town's own.
    return lambda code: contextvars.Context().run(read, code)
