"""``kasane backup``: take, verify, restore, and try all of it beside the running town."""

import argparse
from pathlib import Path

import psycopg
from sqlalchemy.exc import DBAPIError

from kasane_kit.db import RestoreCutOff
from kasane_kit.keys import KeyMissing
from kasane_kit.logs import said
from kasane_runtime.backup_manifest import BackupRefused
from kasane_runtime.backups import Backups
from kasane_runtime.commands import compose_told, house_of
from kasane_runtime.compose import Composition
from kasane_runtime.passing_folder import passing_folder
from kasane_runtime.restoring import NUMBERS_LEFT_OUT
from kasane_runtime.retention import brought_back


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds ``kasane backup`` with its verbs."""
    backup = commands.add_parser("backup", help="控え / backups")
    verbs = backup.add_subparsers(required=True, metavar="command")
    create = verbs.add_parser("create", help="動かしたまま取る / take one while it works")
    create.add_argument(
        "municipality",
        nargs="?",
        default="",
        help="なければ県とすべての町 / or the host and all towns",
    )
    create.add_argument("--into", type=Path, required=True, help="置くフォルダー / folder")
    create.set_defaults(command=_create)
    verify = verbs.add_parser("verify", help="開けて確かめる / open it and look")
    verify.add_argument("backup", type=Path)
    verify.set_defaults(command=_verify)
    restore = verbs.add_parser("restore", help="止めた町に戻す / into a town that is stopped")
    restore.add_argument("municipality")
    restore.add_argument("backup", type=Path)
    restore.add_argument(
        "--service", action="append", default=[], help="このサービスだけ（SQLite） / only this one"
    )
    restore.add_argument(
        "--skip-numbers",
        type=int,
        default=NUMBERS_LEFT_OUT,
        help="使わずに飛ばす受付番号の数 / numbers that are left out",
    )
    restore.set_defaults(command=_restore)
    drill = verbs.add_parser(
        "drill", help="取って、別の場所に戻して、読む / take, restore elsewhere, read"
    )
    drill.add_argument("municipality", nargs="?", default="", help="なければすべての町 / or all")
    drill.add_argument("--into", type=Path, help="控えを一時置くフォルダー / for the time being")
    drill.set_defaults(command=_drill)
    clear = verbs.add_parser(
        "clear", help="復元で置きかえたものを消す / take away what restores have replaced"
    )
    clear.add_argument("municipality")
    clear.set_defaults(command=_clear)


def _create(options: argparse.Namespace) -> int:
    if options.municipality:
        _take(house_of(options.municipality), options.municipality, options.into)
        return 0
    composition = compose_told()
    good = not composition.directory.problems
    for town in composition.municipalities():
        try:
            _take(composition, town, options.into)
        except (BackupRefused, KeyMissing, RestoreCutOff, DBAPIError, psycopg.Error) as error:
            good = False
            print(
                f"✗ {town}: 控えを取れませんでした。ほかの町は続けます。"
                f" / no backup of it was taken, the others go on: {said(error)}"
            )
    return 0 if good else 1


def _take(composition: Composition, town: str, into: Path) -> None:
    backups = Backups(composition)
    folder = backups.create(town, into)
    parts = backups.verify(folder).parts
    size = sum(part.bytes for part in parts)
    print(
        f"{folder}: {len(parts)} 個、{size} バイト、開いて確かめました。 / taken, verified",
        flush=True,
    )


def _verify(options: argparse.Namespace) -> int:
    composition = compose_told()
    manifest = Backups(composition).verify(options.backup)
    print(f"○ {manifest.town} {manifest.made_at}: {len(manifest.parts)} 個 / whole")
    back = brought_back(composition.house.tombstones.all(manifest.town), manifest.made_at)
    if back:
        print(
            f"△ この控えには、そのあと消した記録 {back} 件が入っています。戻すと、戻したそのときに消し直します。"
            "町の鍵があるかぎり開くので、保管の期限が来たら控えごと消してください。"
            " / destroyed since; destroyed again when restored; it opens as long as the town's key exists,"
            " so delete it at the end of its term"
        )
    return 0


def _restore(options: argparse.Namespace) -> int:
    composition, town = house_of(options.municipality), options.municipality
    unknown = sorted(set(options.service) - set(composition.services))
    if unknown:
        raise BackupRefused(f"{', '.join(unknown)} is no service here; nothing was changed")
    if options.skip_numbers < 0:
        raise BackupRefused("--skip-numbers counts from 0; nothing was changed")
    done = Backups(composition).restore(
        options.backup, town, tuple(options.service), options.skip_numbers
    )
    print(f"{town}: {done.manifest.made_at} に戻しました。 / restored")
    for line in done.settled.lines():
        print(line)
    if done.kept:
        print(
            f"置きかえる前のものは {done.kept} にあります。確かめたら kasane backup clear {town} で消してください。"
            f" / what was replaced is kept; kasane backup clear {town} takes it away"
        )
    return 0


def _drill(options: argparse.Namespace) -> int:
    named = options.municipality
    composition = house_of(named) if named else compose_told()
    towns = [named] if named else [one.code for one in composition.directory.towns()]
    if not towns:
        raise BackupRefused(
            "no town is served here; nothing was tried; check KASANE_TOWN_FILES and KASANE_TOWNS"
        )
    for town in towns:
        with passing_folder("kasane-drill-", options.into) as folder:
            found = Backups(composition).drill(town, folder)
        print(
            f"○ {town}: 控え {found.bytes} バイトを {found.seconds_taken:.1f} 秒で取り、"
            f"{found.seconds_restored:.1f} 秒で横に戻しました。{found.rows} 行がそろい、封をした欄 {found.cells}、"
            f"ファイル {found.files} がすべて開きました。 / taken in {found.seconds_taken:.1f} s, restored beside "
            f"the town in {found.seconds_restored:.1f} s; every row is there, every sealed cell and file opens",
            flush=True,
        )
    print(
        "この町は戻せます。何も残していません。 / This town can be restored; nothing was left behind."
    )
    return 0


def _clear(options: argparse.Namespace) -> int:
    composition = house_of(options.municipality)
    gone = Backups(composition).clear(options.municipality)
    for name in gone:
        print(f"{name} を消しました。 / taken away")
    if not gone:
        print("復元で置きかえたものは、もうありません。 / There is nothing left to take away.")
    return 0
