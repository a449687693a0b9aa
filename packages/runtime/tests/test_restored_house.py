"""Restores the real services of a town: files, numbers given to people, acts that the backup does not know."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from kasane_cases.domain.attachment import AttachmentKind
from kasane_cases.handlers.attachments import keep_file
from kasane_cases.handlers.attachments import open_every_file as open_cases_files
from kasane_cases.repository.cases import Cases
from kasane_intake.repository.consultations import Consultations
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.config import Settings
from kasane_kit.keys import SealBroken
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.uploads import FileKind, Upload
from kasane_runtime import databases
from kasane_runtime.backups import Backups
from kasane_runtime.compose import Composition, compose
from kasane_runtime.processes import settle, sweep
from tests.faults.conftest import drop_our_databases
from tests.support.private_postgres import PrivatePostgres
from tests.support.without_broker import without_broker

TOWN, OTHER_TOWN = "292095", "012319"
TOWN_FILES = Path(__file__).parents[3] / "deploy/towns"
BIG = bytes(range(256)) * 4096 * 8

pytestmark = [pytest.mark.slow]


def composed(folder: Path, **environment: str) -> Composition:
    """Two real towns with every service."""
    (folder / "towns").mkdir()
    for code in (TOWN, OTHER_TOWN):
        (file,) = TOWN_FILES.glob(f"{code}-*.toml")
        shutil.copy(file, folder / "towns")
    return compose(
        Settings.from_env(
            {
                "KASANE_VAR": str(folder / "var"),
                "KASANE_KEYS": str(folder / "keys"),
                "KASANE_TOWN_FILES": str(folder / "towns"),
                **environment,
            }
        )
    )


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Composition]:
    """One process with SQLite."""
    found = composed(tmp_path)
    databases.migrate(found)
    yield found
    found.house.databases.dispose()


@pytest.fixture
def server(tmp_path: Path, private_postgres: PrivatePostgres) -> Iterator[Composition]:
    """Every service on PostgreSQL."""
    drop_our_databases(private_postgres)
    found = composed(
        tmp_path,
        KASANE_MODE="distributed",
        KASANE_DATABASE_URL=private_postgres.dsn,
        KASANE_ADMIN_DATABASE_URL=private_postgres.dsn,
        KASANE_BROKER_URL="amqp://127.0.0.1:1",
    )
    databases.migrate(found)
    yield without_broker(found)
    found.house.databases.dispose()
    drop_our_databases(private_postgres)


def unit(house: Composition, service: str, town: str = TOWN) -> UnitOfWork:
    return UnitOfWork(house.house, service, Actor("account-1", "職員 一郎", town))


def act(house: Composition, number: str, service: str = "intake") -> None:
    with municipality_scope(TOWN), unit(house, service) as uow:
        uow.record("intake.consultation.received", "consultation", number)
        uow.commit()
    settle(house)
    sweep(house)


def keep_a_file(house: Composition, attachment_id: str, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    upload = Upload("診断書.pdf", FileKind.PDF, content, digest)
    with municipality_scope(TOWN), unit(house, "cases") as uow:
        keep_file(uow, attachment_id, "case-1", "", upload, AttachmentKind.DOCUMENT)
        uow.commit()


def give_numbers(house: Composition, many: int) -> list[str]:
    given = []
    for _ in range(many):
        with municipality_scope(TOWN), unit(house, "intake") as uow:
            given.append(Consultations(uow.connection).next_number(2026))
            uow.record("intake.consultation.received", "consultation", given[-1])
            uow.commit()
        with municipality_scope(TOWN), unit(house, "cases") as uow:
            given.append(Cases(uow.connection).next_number(clock.today()))
            uow.record("cases.case.opened", "case", given[-1])
            uow.commit()
    return given


def test_what_was_done_behind_the_backup_is_told_by_the_portal_when_the_own_trail_is_gone(
    files: Composition, tmp_path: Path
) -> None:
    act(files, "consultation-before")
    backups = Backups(files)
    backup = backups.create(TOWN, tmp_path / "backups")
    act(files, "consultation-lost")
    files.house.databases.dispose()
    broken = tmp_path / "var" / TOWN / "intake.sqlite"
    broken.write_bytes(b"this was a database once" * 4096)

    restored = backups.restore(backup, TOWN, ["intake"])

    (told,) = restored.settled.acts
    assert told.startswith("intake: ")
    assert told.endswith("職員 一郎 intake.consultation.received consultation consultation-lost")
    ahead = restored.settled.ahead
    assert "portal" in {one.consumer for one in ahead}
    assert {one.producer for one in ahead} == {"intake"}
    act(files, "consultation-after")
    with municipality_scope(TOWN):
        later = files.services["portal"].commands["acts_behind"](
            files.house, TOWN, service="intake", position=0
        )
    assert {line.split()[-1] for line in later if "consultation-" in line} == {
        *("consultation-before", "consultation-lost", "consultation-after")
    }


def test_where_nothing_that_is_replaced_can_be_read_this_is_said_and_the_town_comes_back(
    files: Composition, tmp_path: Path
) -> None:
    act(files, "consultation-before")
    backups = Backups(files)
    backup = backups.create(TOWN, tmp_path / "backups")
    files.house.databases.dispose()
    for file in (tmp_path / "var" / TOWN).glob("*.sqlite*"):
        file.write_bytes(b"nothing")

    restored = backups.restore(backup, TOWN)

    assert len(restored.settled.acts) == len(files.services)
    assert all("nobody knows what was done" in line for line in restored.settled.acts)
    act(files, "consultation-after")


def test_a_number_that_somebody_holds_is_never_given_to_another(
    files: Composition, tmp_path: Path
) -> None:
    before = give_numbers(files, 2)
    backups = Backups(files)
    backup = backups.create(TOWN, tmp_path / "backups")
    behind = give_numbers(files, 3)
    files.house.databases.dispose()

    backups.restore(backup, TOWN, left_out=1)
    after = give_numbers(files, 2)
    files.house.databases.dispose()
    backups.restore(backup, TOWN, left_out=1000)
    at_last = give_numbers(files, 1)

    assert before == ["2026-000001", "C2026-0001", "2026-000002", "C2026-0002"]
    assert after == ["2026-000006", "C2026-0006", "2026-000007", "C2026-0007"]
    assert at_last == ["2026-001003", "C2026-1003"]
    assert not set(behind) & set(after)


def test_files_of_a_town_on_postgresql_come_back_and_the_drill_opens_every_one(
    server: Composition, tmp_path: Path
) -> None:
    keep_a_file(server, "attachment-1", b"%PDF-1.7 small")
    keep_a_file(server, "attachment-2", BIG)
    before = give_numbers(server, 2)
    (tmp_path / "trial").mkdir()
    backups = Backups(server)

    trial = backups.drill(TOWN, tmp_path / "trial")
    backup = backups.create(TOWN, tmp_path / "backups")
    server.house.databases.dispose()
    with municipality_scope(TOWN), unit(server, "cases") as uow:
        uow.connection.execute(text("DELETE FROM cases_attachment"))
        uow.record("cases.case.opened", "case", "nothing")
        uow.commit()
    server.house.databases.dispose()
    backups.restore(backup, TOWN)

    assert (trial.town, trial.files) == (TOWN, 2)
    assert trial.cells > 0
    assert trial.bytes > len(BIG) / 1000
    with municipality_scope(TOWN), server.house.databases.reading("cases") as connection:
        assert open_cases_files(connection, server.house.keys, TOWN) == 2
    assert databases.check_rights(server) == []
    after = give_numbers(server, 1)
    assert (before[-1], after) == ("C2026-0002", ["2026-001003", "C2026-1003"])


def test_a_file_that_is_not_what_was_handed_in_is_found(files: Composition) -> None:
    keep_a_file(files, "attachment-1", b"%PDF-1.7 small")
    with municipality_scope(TOWN), unit(files, "cases") as uow:
        uow.connection.execute(text("UPDATE cases_attachment SET digest = 'another'"))
        uow.record("cases.case.opened", "case", "nothing")
        uow.commit()

    with (
        municipality_scope(TOWN),
        files.house.databases.reading("cases") as connection,
        pytest.raises(SealBroken, match="attachment-1 is not the one"),
    ):
        open_cases_files(connection, files.house.keys, TOWN)
