"""``kasane keys``: what lies sealed under which key, and another key of a town while everybody goes on working."""

import argparse

from kasane_kit.config import SettingsError
from kasane_kit.db import (
    Databases,
    FieldSeals,
    MigrationSource,
    levels,
    pending_migrations,
    unknown_levels,
)
from kasane_kit.db.renewing import renew
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
from kasane_runtime.commands import compose_told, house_of, in_every_database
from kasane_runtime.compose import Composition
from kasane_runtime.databases import NotMigrated


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
    renewing = verbs.add_parser(
        "renew", help="記録の鍵を新しくし、封をし直す / new keys of records, cells sealed anew"
    )
    renewing.add_argument("municipality")
    renewing.add_argument("--service", default="", help="このサービスだけ / only this one")
    renewing.add_argument(
        "--owner-limit",
        type=int,
        help="古い鍵の記録から何件まで / so many records, oldest key first",
    )
    renewing.set_defaults(command=_renew)
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
            if found.set_aside:
                print(
                    f"△ {municipality} {service}: 鍵を新しくしている途中の記録が {found.set_aside} 件。欄は読めます。"
                    f"kasane keys renew {municipality} でつづけます。"
                    " / records between two keys; all is readable; run it to go on"
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


def _renew(options: argparse.Namespace) -> int:
    most, town, whole = options.owner_limit, options.municipality, True
    if most is not None and most < 1:
        raise SettingsError(f"--owner-limit is {most}; nothing was changed; give 1 or more")
    composition = house_of(town, options.service)
    services = {
        name: service
        for name, service in composition.services.items()
        if service.sealed_tables and options.service in ("", name)
    }
    own = composition.house.databases
    with municipality_scope(town):
        for name, service in services.items():
            _refuse_tables_of_another_release(own, name, MigrationSource(service.migrations))
        for name, service in services.items():
            done = renew(own, name, service.sealed_tables, most)
            print(
                f"{town} {name}: 記録 {done.records} 件の鍵を新しくし、{done.cells} 個の欄に封をし直し、"
                f"古い鍵を {done.retired} 個消しました。"
                " / records with a new key, cells sealed anew, old keys deleted",
                flush=True,
            )
            for place in done.shut:
                print(f"✗ {town} {name}: {place}")
            whole = whole and not done.shut
    if not whole:
        print(
            "開かない封には触れず、その鍵も残しました。控えから戻すか、漏えいしたときの手順を見てください。"
            " / What does not open was left with its key; restore it, or see when-something-leaked.md"
        )
    return 0 if whole else 1


def _refuse_tables_of_another_release(
    databases: Databases, service: str, source: MigrationSource
) -> None:
    """A key is deleted when no cell lies under it: every sealed column there is has to be known."""
    with databases.reading(service) as connection:
        later = unknown_levels(source, levels(connection))
        if later or pending_migrations(connection, source):
            raise NotMigrated(
                f"the tables of {service} are not those of this release; nothing was changed; "
                "run kasane migrate of the newest release, then this again with that release"
            )


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
