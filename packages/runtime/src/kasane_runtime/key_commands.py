"""``kasane keys``: what lies sealed under which key, and another key of a town while everybody goes on working."""

import argparse

from kasane_kit.db import FieldSeals
from kasane_kit.db.resealing import seal_plain, standing, wrap_anew
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_runtime.commands import compose_told, in_every_database
from kasane_runtime.compose import Composition


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds ``kasane keys`` with its verbs."""
    keys = commands.add_parser("keys", help="封と鍵 / seals and keys")
    verbs = keys.add_subparsers(required=True, metavar="command")
    verbs.add_parser(
        "status", help="封をした欄と鍵の世代 / sealed cells and versions of keys"
    ).set_defaults(command=_status)
    rotate = verbs.add_parser("rotate", help="町の鍵を替える / another key of a town")
    rotate.add_argument("municipality")
    part = rotate.add_mutually_exclusive_group()
    part.add_argument(
        "--only-make", action="store_true", help="新しい鍵を作るだけ / only make the new key"
    )
    part.add_argument(
        "--only-wrap", action="store_true", help="新しい鍵で包み直すだけ / only wrap under it"
    )
    rotate.set_defaults(command=_rotate)
    seal = verbs.add_parser("seal", help="封のない古い行に封をする / seal rows of before")
    seal.add_argument("municipality")
    seal.set_defaults(command=_seal)


def _status(_options: argparse.Namespace) -> int:
    composition = compose_told()

    def look(municipality: str, service: str, connection: object) -> bool:
        tables = composition.services[service].sealed_tables
        if tables:
            found = standing(connection, tables)  # type: ignore[arg-type]
            versions = "、".join(f"v{one}: {found.keys[one]}" for one in sorted(found.keys)) or "—"
            print(
                f"{'○' if not found.plain else '△'} {municipality} {service}: 封 {found.sealed}、"
                f"封なし {found.plain}、鍵 {versions} / sealed, plain, keys by version"
            )
        return True

    return 0 if in_every_database(composition, look) else 1


def _rotate(options: argparse.Namespace) -> int:
    composition, town = _of_town(options)
    keys = composition.house.keys
    if not options.only_wrap:
        version = keys.make_version(town)
        print(
            f"{town}: 鍵 v{version} を作りました。ほかの機械の鍵のフォルダーにも写してください。"
            f" / Made key v{version}; copy it into the folder of every machine."
        )
    if not options.only_make:
        with municipality_scope(town):
            for name in composition.services:
                done = wrap_anew(composition.house.databases, FieldSeals(keys, town), name)
                print(f"{town} {name}: {done} 件を包み直しました。 / wrapped anew", flush=True)
    return 0


def _seal(options: argparse.Namespace) -> int:
    composition, town = _of_town(options)
    with municipality_scope(town):
        for name, service in composition.services.items():
            done = seal_plain(composition.house.databases, name, service.sealed_tables)
            print(f"{town} {name}: {done} 行に封をしました。 / rows sealed", flush=True)
    return 0


def _of_town(options: argparse.Namespace) -> tuple[Composition, str]:
    composition = compose_told()
    if options.municipality not in composition.municipalities():
        raise UnknownTown(f"{options.municipality} is not served here; nothing was changed")
    return composition, options.municipality
