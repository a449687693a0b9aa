"""What the commands of an operator share: the house, told with what is wrong in it, and a look into all of it."""

import sys
from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kasane_kit.config import Settings, SettingsError
from kasane_kit.db import Barrier, Barriers, BarrierState, RestoreCutOff
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_runtime.compose import HOST_SERVICE, Composition, compose


def compose_told(settings: Settings | None = None) -> Composition:
    """The house of these settings, or of the environment; what is wrong with a town goes to standard error."""
    composition = compose(settings or Settings.from_env())
    for problem in composition.directory.problems:
        print(f"kasane: {problem.sentence}", file=sys.stderr)
    for wrong in composition.house.plugins.misconfigured():
        print(f"kasane: {wrong.sentence}", file=sys.stderr)
    return composition


def house_of(municipality: str, service: str = "") -> Composition:
    """The house that serves this municipality and, when one is named, has this service.

    Raises UnknownTown and SettingsError with the sentence for the operator.
    """
    composition = compose_told()
    served = composition.municipalities()
    if municipality not in served:
        raise UnknownTown(
            f"{municipality} is not served here; nothing was changed; name one of {', '.join(served)}"
        )
    if service and service not in composition.services:
        known = ", ".join(composition.services)
        raise SettingsError(f"{service} is no service; nothing was changed; name one of {known}")
    return composition


def closed_town(municipality: str) -> str:
    """What an operator is told whose command met a town that is closed for writing."""
    barrier = Barrier()
    if municipality:
        composition = compose(Settings.from_env())
        with municipality_scope(municipality):
            barrier = Barriers(composition.house.databases, HOST_SERVICE).now()
    if barrier.state is BarrierState.MOVED:
        return (
            f"{municipality} は {barrier.address} へ移りました。ここに書けず、何も変えていません。"
            f"同じ命令を移った先で実行してください。 / {municipality} has moved to {barrier.address}; "
            "nothing was changed; run the same command there"
        )
    return (
        "この町は移している最中で、書けません。何も変えていません。終わってから、同じ命令をもう一度実行してください。"
        " / The town is being moved and is closed for writing; nothing was changed; run the same command again "
        "when the move has ended"
    )


def in_every_database(
    composition: Composition, look: Callable[[str, str, Connection], bool]
) -> bool:
    """Looks into every service's database; what cannot be read is told and the others go on.

    It is not good either where a town is left out because its file cannot be used.
    """
    good = not composition.directory.problems
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
                "データベースが動いているか、鍵のフォルダーがあるかを確かめてください。"
                "まだ用意していない町なら kasane migrate を。控えから戻すのは、失われたと分かってからです。"
                " / cannot be read; see that its database runs and its key is there; run kasane migrate for a new "
                "town; restore only what is known to be lost."
            )
        except RestoreCutOff as error:
            good = False
            print(f"✗ {municipality}: {error}")
    return good
