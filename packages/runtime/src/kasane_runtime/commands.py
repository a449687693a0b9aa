"""What the commands of an operator share: the house, told with what is wrong in it, and a look into all of it."""

import sys
from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kasane_kit.config import Settings
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.compose import Composition, compose


def compose_told(settings: Settings | None = None) -> Composition:
    """The house of these settings, or of the environment; what is wrong with a town goes to standard error."""
    composition = compose(settings or Settings.from_env())
    for problem in composition.directory.problems:
        print(f"kasane: {problem.sentence}", file=sys.stderr)
    for wrong in composition.house.plugins.misconfigured():
        print(f"kasane: {wrong.sentence}", file=sys.stderr)
    return composition


def in_every_database(
    composition: Composition, look: Callable[[str, str, Connection], bool]
) -> bool:
    """Looks into every service's database; what cannot be read is told and the others go on."""
    good = True
    for municipality in composition.municipalities():
        try:
            with municipality_scope(municipality):
                for service in composition.services:
                    with composition.house.databases.reading(service) as connection:
                        good &= look(municipality, service, connection)
        except (KeyMissing, DBAPIError) as error:
            good = False
            print(
                f"✗ {municipality}: 読み出せません（{type(error).__name__}）。"
                "まだ用意していない町なら kasane migrate を、用意した町なら控えから戻してください。"
                " / cannot be read; run kasane migrate, or restore it from its backup."
            )
    return good
