"""``kasane backup``: take, verify, restore, and try all of it beside the running town."""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kasane_kit.db.resealing import standing
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_runtime import databases
from kasane_runtime.backups import BackupRefused, Backups
from kasane_runtime.commands import compose_told
from kasane_runtime.compose import Composition, compose
from kasane_runtime.restoring import begin_anew, lost_acts


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds ``kasane backup`` with its verbs."""
    backup = commands.add_parser("backup", help="控え / backups")
    verbs = backup.add_subparsers(required=True, metavar="command")
    create = verbs.add_parser("create", help="動かしたまま取る / take one while it works")
    create.add_argument("municipality")
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
    restore.set_defaults(command=_restore)
    drill = verbs.add_parser(
        "drill", help="取って、別の場所に戻して、読む / take, restore elsewhere, read"
    )
    drill.add_argument("municipality")
    drill.set_defaults(command=_drill)


def _create(options: argparse.Namespace) -> int:
    composition = _of_town(options.municipality)
    folder = Backups(composition).create(options.municipality, options.into)
    manifest = Backups(composition).verify(folder)
    size = sum(part.bytes for part in manifest.parts)
    print(
        f"{folder}: {len(manifest.parts)} 個、{size} バイト、開いて確かめました。 / taken, verified"
    )
    return 0


def _verify(options: argparse.Namespace) -> int:
    manifest = Backups(compose_told()).verify(options.backup)
    print(f"○ {manifest.town} {manifest.made_at}: {len(manifest.parts)} 個 / whole")
    return 0


def _restore(options: argparse.Namespace) -> int:
    composition, town = _of_town(options.municipality), options.municipality
    services = tuple(options.service) or tuple(composition.services)
    unknown = sorted(set(services) - set(composition.services))
    if unknown:
        raise BackupRefused(f"{', '.join(unknown)} is no service here; nothing was changed")
    manifest = Backups(composition).restore(options.backup, town, tuple(options.service))
    print(f"{town}: {manifest.made_at} に戻しました。 / restored")
    for line in told(composition, town, services):
        print(line)
    return 0


def told(composition: Composition, town: str, services: tuple[str, ...]) -> Iterator[str]:
    """Begins new epochs after a restore; says who is ahead of the backup and what was done behind it."""
    ahead = begin_anew(composition, town, services)
    yield from (f"△ {one.sentence}" for one in ahead)
    yield from (f"△ {act}" for act in lost_acts(composition, town, services))
    if not ahead:
        yield "先へ進んでいるサービスはありません。 / Nobody is ahead of the backup."


def _drill(options: argparse.Namespace) -> int:
    composition, town = _of_town(options.municipality), options.municipality
    if composition.settings.database_url:
        raise BackupRefused(
            "the drill restores beside the town and needs SQLite; nothing was done; on PostgreSQL restore into "
            "another server as docs/operations/back-up.md says"
        )
    with tempfile.TemporaryDirectory(prefix="kasane-drill-") as folder:
        backup = Backups(composition).create(town, Path(folder) / "backups")
        elsewhere = compose(
            replace(
                composition.settings,
                var=Path(folder) / "var",
                keys=composition.settings.keys_folder,
                served_towns=(town,),
            ),
            composition.services,
        )
        Backups(elsewhere).restore(backup, town)
        for line in told(elsewhere, town, tuple(elsewhere.services)):
            print(line)
        databases.migrate(elsewhere)
        with municipality_scope(town):
            for name, service in elsewhere.services.items():
                with elsewhere.house.databases.reading(name) as connection:
                    found = standing(connection, service.sealed_tables)
                    for table in service.sealed_tables:
                        connection.execute(table.select()).all()
                print(f"○ {town} {name}: 封をした欄 {found.sealed} がすべて開きました。 / all open")
        elsewhere.house.databases.dispose()
    print(
        "この町は戻せます。何も残していません。 / This town can be restored; nothing was left behind."
    )
    return 0


def _of_town(municipality: str) -> Composition:
    composition = compose_told()
    if municipality not in composition.municipalities():
        raise UnknownTown(f"{municipality} is not served here; nothing was changed")
    return composition
