"""``kasane keys``: what lies sealed under which key, and another key of a town while everybody goes on working."""

import argparse

from kasane_kit.config import SettingsError
from kasane_kit.db import FieldSeals
from kasane_kit.db.resealing import (
    refuse_plain,
    seal_plain,
    standing,
    tag_anew,
    take_plain,
    wrap_anew,
)
from kasane_kit.keys import KeyMissing, MasterKey
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
    verbs.add_parser(
        "wrap", help="鍵を親の鍵で包む / wrap the keys under the master key"
    ).set_defaults(command=_wrap)
    verbs.add_parser(
        "unwrap-check", help="すべての鍵が開くか / whether every key opens"
    ).set_defaults(command=_unwrap_check)
    master = verbs.add_parser("rotate-master", help="親の鍵を替える / another master key")
    master.add_argument("file", help="新しい親の鍵 / the file of the new one")
    master.set_defaults(command=_rotate_master)
    seal = verbs.add_parser("seal", help="封のない古い行に封をする / seal rows of before")
    seal.add_argument("municipality")
    seal.add_argument(
        "--take-plain",
        action="store_true",
        help="封だけの欄にある平文も引き受ける / take over plain texts in closed columns",
    )
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
                f"封なし {found.plain}、鍵 {versions} / sealed, plain, keys by version; "
                f"平文を断る欄 {found.closed} / columns that refuse plain text"
            )
            if found.refused:
                print(
                    f"✗ {municipality} {service}: 平文を断る欄に平文が {found.refused} 個あります。書き込まれたか、古い"
                    "バックアップのものです。読めません。 / plain texts planted or from an old backup; they are refused"
                )
        return True

    return 0 if in_every_database(composition, look) else 1


def _wrap(_options: argparse.Namespace) -> int:
    return _wrap_all(_master())


def _rotate_master(options: argparse.Namespace) -> int:
    status = _wrap_all(MasterKey(options.file), _master())
    if not status:
        print(
            f"KASANE_MASTER_KEY_FILE={options.file} にして、すべてのプロセスを起こし直してください。"
            "前の親の鍵は、それから捨てられます。 / Set it and restart every process; then the former may go."
        )
    return status


def _unwrap_check(_options: argparse.Namespace) -> int:
    keys, wrong = compose_told().house.keys, 0
    for name in keys.names():
        try:
            keys.key(name)
        except KeyMissing as error:
            wrong += 1
            print(f"✗ {name}: {error}")
        else:
            print(f"○ {name} {'包んである / wrapped' if keys.is_wrapped(name) else '平 / plain'}")
    return 1 if wrong else 0


def _wrap_all(master: MasterKey, *earlier: MasterKey) -> int:
    keys, wrong = compose_told().house.keys, 0
    for name in keys.names():
        try:
            done = keys.wrap(name, master, *earlier)
        except KeyMissing as error:
            wrong += 1
            print(f"✗ {name}: {error}")
        else:
            print(f"○ {name} {'包みました / wrapped' if done else 'そのまま / as it was'}")
    return 1 if wrong else 0


def _master() -> MasterKey:
    file = compose_told().settings.master_key_file
    if not file:
        raise SettingsError(
            "KASANE_MASTER_KEY_FILE is not set; nothing was wrapped; set it to a file with 32 random bytes, kept "
            "apart from the key folder"
        )
    return MasterKey(file)


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
            own = composition.house.databases
            if options.take_plain:
                take_plain(own, name, service.sealed_tables)
            done = seal_plain(own, name, service.sealed_tables)
            tag_anew(own, name, service.tagged)
            refuse_plain(own, name, service.sealed_tables)
            print(f"{town} {name}: {done} 行に封をしました。 / rows sealed", flush=True)
    return 0


def _of_town(options: argparse.Namespace) -> tuple[Composition, str]:
    composition = compose_told()
    if options.municipality not in composition.municipalities():
        raise UnknownTown(f"{options.municipality} is not served here; nothing was changed")
    return composition, options.municipality
