"""Restores towns on PostgreSQL: whole or not at all, with their rights, while another town stays as it is."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from kasane_contracts.intake import ConsultationClosed
from kasane_kit.auth import Actor
from kasane_kit.bus import Parcel, outbox
from kasane_kit.config import Settings
from kasane_kit.delivery import Post
from kasane_kit.keys import KeyMissing
from kasane_kit.service import Service
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_runtime import databases, restoring
from kasane_runtime.backup_manifest import BackupRefused
from kasane_runtime.backup_postgres import tables_of
from kasane_runtime.backups import Backups
from kasane_runtime.compose import Composition, compose
from kasane_runtime.moving.postgres_side import PostgresTown
from kasane_runtime.processes import settle, sweep
from tests.faults.conftest import drop_our_databases
from tests.faults.running_house import REPOSITORY, write_town_files
from tests.faults.small_house import SERVICES, say_one
from tests.support import own_processes
from tests.support.private_postgres import ENVIRONMENT, PrivatePostgres
from tests.support.without_broker import without_broker

TOWN, OTHER_TOWN = "292095", "012319"

pytestmark = [pytest.mark.slow]


class SmallTowns:
    """The small house on one server, and how an operator sees it."""

    def __init__(self, folder: Path, server: PrivatePostgres, services: dict[str, Service]) -> None:
        self.folder, self.server = folder, server
        self.environment = {
            "KASANE_MODE": "distributed",
            "KASANE_KEYS": str(folder / "keys"),
            "KASANE_VAR": str(folder / "var"),
            "KASANE_TOWN_FILES": str(folder / "towns"),
            "KASANE_DATABASE_URL": server.dsn,
            "KASANE_ADMIN_DATABASE_URL": server.dsn,
            "KASANE_BROKER_URL": "amqp://127.0.0.1:1",
        }
        self.composition = self.of(services)

    def of(self, services: dict[str, Service], **environment: str) -> Composition:
        """The same installation as another process, another release or another login sees it."""
        settings = Settings.from_env(self.environment | environment)
        return without_broker(compose(settings, services))

    def say(self, name: str, many: int, town: str = TOWN) -> None:
        for number in range(many):
            say_one(self.composition, town, name, number)

    def settled(self) -> None:
        settle(self.composition)
        sweep(self.composition)

    def stop(self) -> None:
        self.composition.house.databases.dispose()

    def heard(self, service: str, producer: str = "intake", town: str = TOWN) -> list[str]:
        with (
            municipality_scope(town),
            self.composition.house.databases.reading(service) as connection,
        ):
            rows = connection.execute(
                text(
                    f"SELECT consultation_id FROM {service}_small_heard WHERE producer = :producer "
                    "ORDER BY position"
                ),
                {"producer": producer},
            ).all()
        return [row[0] for row in rows]

    def epoch(self, service: str) -> str:
        with (
            municipality_scope(TOWN),
            self.composition.house.databases.reading(service) as connection,
        ):
            head = outbox.head(connection)
        assert head is not None
        return head.epoch

    def holds(self, town: str = TOWN) -> dict[str, tuple[int, str]]:
        found = PostgresTown(self.server.dsn, town, tuple(self.composition.services))
        try:
            return tables_of(found)
        finally:
            found.end()

    def databases(self) -> list[str]:
        return self.server.psql(
            "SELECT datname FROM pg_database WHERE datname LIKE 'kasane\\_%' ORDER BY 1"
        ).split()


OURS = ["kasane_012319", "kasane_292095", "kasane_host"]


@pytest.fixture
def towns(tmp_path: Path, private_postgres: PrivatePostgres) -> Iterator[SmallTowns]:
    """Two towns with three small services each, migrated."""
    drop_our_databases(private_postgres)
    write_town_files(tmp_path / "towns")
    found = SmallTowns(tmp_path, private_postgres, SERVICES)
    databases.migrate_postgres(found.composition)
    yield found
    found.stop()
    drop_our_databases(private_postgres)


def test_a_town_comes_back_whole_with_its_rights_and_the_other_town_is_untouched(
    towns: SmallTowns,
) -> None:
    backups = Backups(towns.composition)
    towns.say("before", 3)
    towns.say("elsewhere", 2, OTHER_TOWN)
    towns.settled()
    backup = backups.create(TOWN, towns.folder / "backups")
    towns.say("lost", 2)
    towns.settled()
    epochs = {service: towns.epoch(service) for service in SERVICES}
    other = towns.holds(OTHER_TOWN)
    towns.stop()

    restored = backups.restore(backup, TOWN)

    assert databases.check_rights(towns.composition) == []
    assert towns.heard("cases") == [f"before-{number:05d}" for number in range(3)]
    assert {
        service: towns.epoch(service) == epochs[service] for service in SERVICES
    } == dict.fromkeys(SERVICES, False)
    assert restored.settled.ahead == ()
    assert sorted(act.split()[-1] for act in restored.settled.acts if act.startswith("intake")) == [
        "lost-00000",
        "lost-00001",
    ]
    assert towns.holds(OTHER_TOWN) == other
    towns.say("after", 2)
    towns.settled()
    assert towns.heard("cases")[3:] == ["after-00000", "after-00001"]
    assert towns.heard("resources", "cases")[3:] == ["after-00000", "after-00001"]
    assert towns.databases() == sorted([*OURS, restored.kept])
    towns.stop()
    assert backups.clear(TOWN) == [restored.kept]
    assert towns.databases() == OURS


def test_no_login_of_the_town_enters_what_a_restore_replaced(towns: SmallTowns) -> None:
    backups = Backups(towns.composition)
    backup = backups.create(TOWN, towns.folder / "backups")
    towns.stop()
    kept = backups.restore(backup, TOWN).kept

    with pytest.raises(RuntimeError, match="permission denied for database"):
        towns.server.psql("SELECT 1", database=kept, user=f"kasane_{TOWN}_intake")


def test_a_backup_is_of_one_moment_for_all_services_although_the_town_works(
    towns: SmallTowns,
) -> None:
    backups = Backups(towns.composition)
    over = threading.Event()

    def work() -> None:
        number = 0
        while not over.is_set():
            say_one(towns.composition, TOWN, "during", number)
            settle(towns.composition)
            number += 1

    worker = threading.Thread(target=work)
    worker.start()
    try:
        time.sleep(1)
        backup = backups.create(TOWN, towns.folder / "backups")
    finally:
        over.set()
        worker.join(60)
    towns.settled()
    towns.stop()

    restored = backups.restore(backup, TOWN)
    towns.settled()
    # What cases heard of what waited it says only now.
    towns.settled()

    with (
        municipality_scope(TOWN),
        towns.composition.house.databases.reading("intake") as connection,
    ):
        rows = connection.execute(text("SELECT consultation_id FROM intake_small_said ORDER BY 1"))
        said = [row[0] for row in rows]
    assert restored.settled.ahead == ()
    assert len(said) > 0
    assert sorted(towns.heard("cases")) == said
    assert sorted(towns.heard("resources")) == said
    assert sorted(towns.heard("resources", "cases")) == said


def test_what_may_not_be_restored_is_refused_and_the_towns_stay_as_they_are(
    towns: SmallTowns, monkeypatch: pytest.MonkeyPatch
) -> None:
    towns.say("before", 1)
    towns.settled()
    backups = Backups(towns.composition)
    whole = backups.create(TOWN, towns.folder / "backups")
    towns.stop()
    before = {one: towns.holds(one) for one in (TOWN, OTHER_TOWN)}

    def refused(words: str, spoil: str = "", town: str = TOWN, by: Backups = backups) -> None:
        backup = towns.folder / "spoilt"
        shutil.rmtree(backup, ignore_errors=True)
        shutil.copytree(whole, backup)
        part, manifest = backup / f"{TOWN}.dump.sealed", backup / "manifest.json"
        said = manifest.read_text("utf-8")
        if spoil == "changed":
            raw = part.read_bytes()
            part.write_bytes(raw[:100] + bytes([raw[100] ^ 1]) + raw[101:])
        elif spoil == "cut":
            part.write_bytes(part.read_bytes()[:-10])
        elif spoil == "missing":
            part.unlink()
        elif spoil == "another town's name":
            manifest.write_text(said.replace(TOWN, OTHER_TOWN), "utf-8")
        elif spoil == "a later format":
            manifest.write_text(json.dumps(json.loads(said) | {"format": 3}), "utf-8")
        elif spoil == "other rows":
            manifest.write_text(
                said.replace('"rows"', '"row"').replace("[\n      1,", "[\n      2,")
            )
        elif spoil == "no manifest":
            manifest.unlink()
        services = ("intake",) if spoil == "one service" else ()
        with pytest.raises(BackupRefused, match=words) as error:
            by.restore(backup, town, services)
        assert "nothing was" in str(error.value)
        assert {one: towns.holds(one) for one in (TOWN, OTHER_TOWN)} == before, spoil
        assert towns.databases() == OURS, spoil

    refused("is a backup of 292095, not of 012319", town=OTHER_TOWN)
    refused("damaged or missing", "changed")
    refused("damaged or missing", "cut")
    refused("damaged or missing", "missing")
    refused("was changed, or the key of 012319", "another town's name", town=OTHER_TOWN)
    refused("was changed", "other rows")
    refused("written by a later release .* in the format 3", "a later format")
    refused("no manifest.json", "no manifest")
    refused("not restored by itself", "one service")
    with municipality_scope(TOWN), towns.composition.house.databases.reading("intake") as using:
        using.scalar(text("SELECT 1"))
        refused("is in use by 1 connections", by=Backups(towns.of(SERVICES)))
    towns.stop()
    monkeypatch.setenv("PATH", str(towns.folder))
    refused("pg_restore is not on this machine")
    key = towns.folder / "keys" / f"{TOWN}.key"
    key.write_bytes(os.urandom(32))
    refused("the key of 292095 is another one", by=Backups(towns.of(SERVICES)))
    key.unlink()
    with pytest.raises(KeyMissing, match=TOWN):
        Backups(towns.of(SERVICES)).restore(whole, TOWN)


def test_a_backup_of_a_later_release_is_refused_by_its_migrations(towns: SmallTowns) -> None:
    later = later_release(towns)
    databases.migrate_postgres(later)
    backup = Backups(later).create(TOWN, towns.folder / "backups")
    later.house.databases.dispose()
    before = towns.holds()

    with pytest.raises(
        BackupRefused, match=r"cases is at s0009.*nothing was changed; install that"
    ):
        Backups(towns.composition).restore(backup, TOWN)

    assert towns.holds() == before
    assert towns.databases() == OURS


def later_release(towns: SmallTowns) -> Composition:
    """A release whose cases have one more migration."""
    root = towns.folder / "later" / "cases"
    shutil.copytree(SERVICES["cases"].root, root)
    (root / "migrations/versions/s0009_more.py").write_text(
        '"""Adds a column."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        'revision = "s0009"\ndown_revision = "s0002"\nbranch_labels = None\ndepends_on = None\n\n\n'
        "def upgrade() -> None:\n"
        '    op.add_column("cases_small_heard", sa.Column("more", sa.Integer))\n',
        "utf-8",
    )
    return towns.of({**SERVICES, "cases": replace(SERVICES["cases"], root=root)})


def test_a_backup_of_an_earlier_release_is_brought_up_to_date_before_it_takes_the_place(
    towns: SmallTowns,
) -> None:
    towns.say("before", 2)
    towns.settled()
    backup = Backups(towns.composition).create(TOWN, towns.folder / "backups")
    towns.stop()
    later = later_release(towns)

    Backups(later).restore(backup, TOWN)

    assert "more" in towns.server.psql(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_small_heard'",
        database=f"kasane_{TOWN}",
    )
    assert databases.check_rights(later) == []
    assert towns.heard("cases") == ["before-00000", "before-00001"]
    later.house.databases.dispose()


def test_an_operator_who_is_no_superuser_migrates_takes_restores_and_drills(
    towns: SmallTowns,
) -> None:
    drop_our_databases(towns.server)
    for role in towns.server.psql(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'kasane\\_%'"
    ).split():
        towns.server.psql(f'DROP ROLE "{role}"')
    towns.server.psql("CREATE ROLE operator LOGIN CREATEDB CREATEROLE")
    ours = towns.of(SERVICES, KASANE_ADMIN_DATABASE_URL=towns.server.dsn_of("postgres", "operator"))
    try:
        databases.migrate_postgres(ours)
        databases.migrate_postgres(ours)
        towns.say("before", 2)
        towns.settled()
        towns.stop()
        backups = Backups(ours)
        backup = backups.create(TOWN, towns.folder / "backups")
        ours.house.databases.dispose()
        kept = backups.restore(backup, TOWN).kept
        (towns.folder / "trial").mkdir()
        trial = backups.drill(TOWN, towns.folder / "trial")

        assert databases.check_rights(ours) == []
        assert trial.rows > 0
        assert towns.heard("cases") == ["before-00000", "before-00001"]
        towns.stop()
        ours.house.databases.dispose()
        assert backups.clear(TOWN) == [kept]
    finally:
        ours.house.databases.dispose()
        towns.stop()
        drop_our_databases(towns.server)
        towns.server.psql(
            "REASSIGN OWNED BY operator TO postgres; DROP OWNED BY operator; DROP ROLE operator"
        )


def test_a_restore_that_is_killed_anywhere_leaves_the_town_as_it_was_or_restored_whole(
    towns: SmallTowns,
) -> None:
    towns.say("before", 30)
    towns.settled()
    backup = Backups(towns.composition).create(TOWN, towns.folder / "backups")
    towns.say("lost", 3)
    towns.settled()
    towns.stop()
    before, draw, killed = towns.holds(), random.Random(20261122), 0
    script = (
        "import os, sys; from pathlib import Path; from kasane_runtime.backups import Backups; "
        "from tests.faults.small_house import small_house; "
        "Backups(small_house(dict(os.environ))).restore(Path(sys.argv[1]), sys.argv[2])"
    )
    environment = ENVIRONMENT | {"PATH": os.environ["PATH"]} | towns.environment

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", script, str(backup), TOWN],
            env=environment,
            cwd=REPOSITORY,
            stderr=subprocess.PIPE,
        )

    # On one machine a restore takes a tenth of what it takes on another: the first are killed early.
    for longest in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6):
        process = start()
        while process.poll() is None and "kasane_292095_restoring" not in towns.databases():
            time.sleep(0.02)
        time.sleep(draw.random() * longest)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate(timeout=60)
        if len(towns.holds()["cases.cases_small_heard"]) and [
            name for name in towns.databases() if "_before_" in name
        ]:
            break
        assert towns.holds() == before
    assert killed >= 1
    if not [name for name in towns.databases() if "_before_" in name]:
        process = start()
        _out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()

    assert "kasane_292095_restoring" not in towns.databases()
    assert towns.heard("cases") == [f"before-{number:05d}" for number in range(30)]
    assert databases.check_rights(towns.composition) == []
    towns.say("after", 1)
    towns.settled()
    assert towns.heard("cases")[30:] == ["after-00000"]


def test_pg_restore_that_fails_in_the_middle_leaves_nothing_behind(
    towns: SmallTowns, monkeypatch: pytest.MonkeyPatch
) -> None:
    towns.say("before", 3)
    towns.settled()
    backups = Backups(towns.composition)
    backup = backups.create(TOWN, towns.folder / "backups")
    towns.stop()
    before, real = towns.holds(), shutil.which("pg_restore")
    programs = towns.folder / "programs"
    programs.mkdir()
    cut = programs / "pg_restore"
    cut.write_text(f'#!/bin/sh\nhead -c 20000 | {real} "$@"\n', "utf-8")
    cut.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")

    with pytest.raises(BackupRefused, match=r"pg_restore: error: .*nothing was changed"):
        backups.restore(backup, TOWN)
    with pytest.raises(BackupRefused, match="pg_restore: error"):
        backups.verify(backup)

    assert towns.databases() == OURS
    assert towns.holds() == before


def test_a_restore_that_fails_at_the_end_leaves_no_connection_and_the_town_as_it_was(
    towns: SmallTowns, monkeypatch: pytest.MonkeyPatch
) -> None:
    towns.say("before", 2)
    towns.settled()
    backups = Backups(towns.composition)
    backup = backups.create(TOWN, towns.folder / "backups")
    towns.stop()
    before, inside = towns.holds(), []

    def connections() -> str:
        return towns.server.psql(
            f"SELECT count(*) FROM pg_stat_activity WHERE datname = 'kasane_{TOWN}'"
        ).strip()

    def fail(*_what: object) -> None:
        inside.append(connections())
        raise LookupError("the copy cannot begin anew")

    monkeypatch.setattr(restoring, "begin_anew", fail)
    with pytest.raises(LookupError):
        backups.restore(backup, TOWN)

    assert inside == ["3"]
    gone = own_processes.again(lambda: connections() == "0")
    assert own_processes.wait_until(gone, seconds=240)
    assert towns.databases() == OURS
    assert towns.holds() == before


def test_a_disk_without_room_for_the_backup_says_so_and_keeps_nothing(towns: SmallTowns) -> None:
    disk = towns.folder / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)]
    )
    if not mounted:
        pytest.skip("only root may mount a small disk")
    try:
        with pytest.raises(BackupRefused, match=r"no room left on the disk of .*make room"):
            Backups(towns.composition).create(TOWN, disk)
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_parcels_of_which_two_towns_know_different_things_are_told_and_none_is_taken_twice(
    tmp_path: Path, private_postgres: PrivatePostgres
) -> None:
    drop_our_databases(private_postgres)
    write_town_files(tmp_path / "towns")

    def take(parcel: Parcel, uow: UnitOfWork, _hooks: object) -> None:
        uow.record("intake.note.taken", "note", str(parcel.body["number"]))
        uow.publish(ConsultationClosed(str(parcel.body["number"]), "taken"))

    intake = replace(SERVICES["intake"], parcels={"note": take})
    towns = SmallTowns(tmp_path, private_postgres, {**SERVICES, "intake": intake})
    databases.migrate_postgres(towns.composition)
    house = towns.composition.house

    def send(sender: str, to: str, number: str) -> str:
        with (
            municipality_scope(sender),
            UnitOfWork(house, "intake", Actor("account-1", "職員 一郎", sender)) as uow,
        ):
            parcel_id = uow.post("note", to, {"number": number})
            uow.record("intake.note.sent", "note", number)
            uow.commit()
        return parcel_id

    post = Post(intake, house)
    waiting = send(TOWN, OTHER_TOWN, "waited-at-the-backup")
    backup = Backups(towns.composition).create(TOWN, towns.folder / "backups")
    unknown = send(TOWN, OTHER_TOWN, "sent-behind-it")
    lost = send(OTHER_TOWN, TOWN, "taken-behind-it")
    assert post.carry() == 3
    towns.settled()
    towns.stop()

    found = Backups(towns.composition).restore(backup, TOWN).settled.parcels
    again = post.carry()
    towns.settled()

    assert [(unknown in line, lost in line, waiting in line) for line in found] == [
        (True, False, False),
        (False, True, False),
    ]
    assert again == 1
    assert sorted(towns.heard("cases", town=OTHER_TOWN)) == [
        "sent-behind-it",
        "waited-at-the-backup",
    ]
    towns.stop()
    drop_our_databases(private_postgres)
