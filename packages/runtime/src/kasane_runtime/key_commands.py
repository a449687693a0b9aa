"""``kasane keys``: what lies sealed under which key, and another key of a town while everybody goes on working."""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from kasane_kit.bus.sealing import events_under
from kasane_kit.config import SettingsError
from kasane_kit.db import (
    Databases,
    FieldSeals,
    MigrationSource,
    levels,
    pending_migrations,
    unknown_levels,
)
from kasane_kit.db.key_versions import BELIEVED_SECONDS, version_in_use
from kasane_kit.db.renewing import renew
from kasane_kit.db.resealing import (
    Standing,
    refuse_plain,
    seal_plain,
    standing,
    tag_anew,
    tagged_up_to,
    take_into_use,
    take_plain,
    wrap_anew,
)
from kasane_kit.db.under_town_key import reseal, versions_of
from kasane_kit.keys import KeyMissing, KeyRing, MasterKey
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_runtime.commands import compose_told, house_of, in_every_database
from kasane_runtime.compose import Composition
from kasane_runtime.databases import NotMigrated

_Lying = dict[int, dict[str, int]]
"""What lies under each older version of a town's key in one service: its kind and how many."""


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
        "--only-wrap",
        action="store_true",
        help="新しい鍵を使い始め、包み直すだけ / only take it into use and wrap under it",
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
    looked: dict[str, dict[str, _Lying]] = defaultdict(dict)

    def look(municipality: str, service: str, connection: Connection) -> bool:
        declared = composition.services[service]
        found = standing(connection, declared.sealed_tables)
        directly = versions_of(connection, declared.all_under_town_key)
        if declared.sealed_tables:
            _say_standing(municipality, service, found)
        if directly:
            print(
                f"○ {municipality} {service}: 町の鍵でじかに封をしたもの {_by_version(directly)}"
                " / sealed directly under the town's key, by version"
            )
        in_use = version_in_use(connection)
        _say_in_use(municipality, service, in_use, composition.house.keys)
        older = sum(
            many for part in (found.keys, directly) for one, many in part.items() if one < in_use
        )
        if older:
            print(
                f"△ {municipality} {service}: 前の世代の下に {older} 件。読めます。"
                f"kasane keys rotate {municipality} --only-wrap でつづけます。"
                " / under an older version; readable; run it to go on"
            )
        looked[municipality][service] = {
            version: {
                "鍵 / keys": found.keys.get(version, 0),
                "じかの封 / directly": directly.get(version, 0),
                "札 / tags": tagged_up_to(connection, declared.tagged, version),
                "出来事 / events": events_under(connection, version),
            }
            for version in range(2, in_use)
        }
        return True

    good = in_every_database(composition, look)
    for municipality, services in looked.items():
        if len(services) == len(composition.services):
            _say_what_may_go(municipality, services.values(), composition.house.keys)
    return 0 if good else 1


def _say_standing(municipality: str, service: str, found: Standing) -> None:
    print(
        f"{'○' if not found.plain else '△'} {municipality} {service}: 封 {found.sealed}、"
        f"封なし {found.plain}、鍵 {_by_version(found.keys)} / sealed, plain, keys by version; "
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


def _say_in_use(municipality: str, service: str, in_use: int, keys: KeyRing) -> None:
    newest = keys.newest_version(municipality)
    if in_use < newest:
        print(
            f"△ {municipality} {service}: 使っている世代は v{in_use}、作ってある世代は v{newest}。"
            f"すべての機械に写してから kasane keys rotate {municipality} --only-wrap。"
            " / made and not in use; copy it to every machine, then run it"
        )
    if in_use > newest:
        print(
            f"✗ {municipality} {service}: 使っている世代 v{in_use} の鍵が、この機械にありません。ここでは封ができず、"
            f"その封は開きません。{municipality}v{in_use}.key を、作った機械から写してください。"
            " / this machine has not got the version in use; copy it from where it was made"
        )


def _say_what_may_go(municipality: str, services: Iterable[_Lying], keys: KeyRing) -> None:
    """Which older versions nothing lies under any more; one that a service still seals under is not among them."""
    there, found = set(keys.names()), list(services)
    for version in sorted(set.intersection(*(set(one) for one in found))):
        if f"{municipality}v{version}" not in there:
            continue
        under: dict[str, int] = defaultdict(int)
        for one in found:
            for name, many in one[version].items():
                under[name] += many
        left = "、".join(f"{name} {many}" for name, many in under.items() if many)
        if left:
            print(
                f"△ {municipality}: v{version} の下に {left}。{municipality}v{version}.key は捨てられません。"
                " / something lies under it; do not throw it away"
            )
        else:
            print(
                f"○ {municipality}: v{version} の下には何もありません。{municipality}v{version}.key は、"
                "その世代の控えを捨てたあとで捨てられます。"
                " / nothing lies under it; it may go when the backups of its time have gone"
            )


def _by_version(many: Mapping[int, int]) -> str:
    return "、".join(f"v{one}: {many[one]}" for one in sorted(many)) or "—"


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
    with municipality_scope(town):
        _refuse_behind(composition, town)
        if not options.only_wrap:
            version = keys.make_version(town)
            print(
                f"{town}: 鍵 v{version} を作りました。ほかの機械の鍵のフォルダーにも写してください。"
                f" / Made key v{version}; copy it into the folder of every machine."
            )
        return 0 if options.only_make else _wrap_and_seal(composition, town)


def _refuse_behind(composition: Composition, town: str) -> None:
    """Another machine took a version into use that is not here: one made here would have its number twice."""
    newest, databases = composition.house.keys.newest_version(town), composition.house.databases
    for name in composition.services:
        with databases.reading(name) as connection:
            in_use = version_in_use(connection)
        if in_use > newest:
            raise KeyMissing(
                f"version {in_use} of the key {town} is in use and not in this machine's folder; nothing was made or "
                f"changed; copy {town}v{in_use}.key from the machine on which it was made, then run this again"
            )


def _wrap_and_seal(composition: Composition, town: str) -> int:
    databases, keys, whole = composition.house.databases, composition.house.keys, True
    for name, service in composition.services.items():
        _refuse_tables_of_another_release(databases, name, MigrationSource(service.migrations))
    version = keys.newest_version(town)
    for name in composition.services:
        take_into_use(databases, name, version)
    # By then every process that runs seals under it.
    time.sleep(BELIEVED_SECONDS)
    for name, service in composition.services.items():
        wrapped = wrap_anew(databases, FieldSeals(keys, town), name)
        sealed = reseal(databases, name, service.all_under_town_key)
        tagged = tag_anew(databases, name, service.tagged)
        print(
            f"{town} {name}: {wrapped.keys} 件を包み直し、じかの封 {sealed.cells} 個をし直し、"
            f"{tagged} 行に札をつけ直しました。"
            " / wrapped anew; sealed anew directly; tagged anew",
            flush=True,
        )
        shut = (*wrapped.shut, *sealed.shut)
        for place in shut:
            print(f"✗ {town} {name}: {place}")
        whole = whole and not shut
    if not whole:
        print(
            "開かない封には触れていません。控えから戻すか、漏えいしたときの手順を見てください。"
            " / What does not open was left as it is; restore it, or see when-something-leaked.md"
        )
    return 0 if whole else 1


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
