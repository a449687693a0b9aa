"""With a disk that takes no more, pages answer 503, lose nothing confirmed, and recover."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, request
from sqlalchemy import event, insert, select

from kasane_kit import web
from kasane_kit.auth import DataGrade, Permission, require
from kasane_kit.bus.tables import outbox
from kasane_kit.service import Service
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Workbench, build_workbench
from kasane_kit.unit_of_work import UnitOfWork
from packages.kit.tests.conftest import heard, small_service

STORY = "話" * 4_000


def bench_with_a_page(folder: Path) -> Workbench:
    """Cases with one page on which a person writes something down."""
    pages = Blueprint("notes", __name__)

    @pages.post("/notes")
    @require("cases.note.write")
    def write_note() -> tuple[str, int]:
        def write(uow: UnitOfWork, note_id: str) -> None:
            uow.connection.execute(
                insert(heard).values(consultation_id=note_id, text=request.form["text"])
            )
            uow.record("cases.note.written", "note", note_id)
            uow.commit()

        return web.create_once(write), 201

    @pages.get("/notes")
    @require("cases.note.write")
    def count_notes() -> str:
        with web.reading() as connection:
            return str(len(connection.execute(select(heard)).all()))

    service: Service = small_service(folder, "cases", {}, (pages,))
    permission = Permission(
        "cases.note.write", "cases.note.written", frozenset({"writer"}), "note", personal=False
    )
    noted = dataclasses.replace(
        service, permissions=(permission,), data={"note": DataGrade.PERSONAL}
    )
    return build_workbench(noted, folder / "var")


@pytest.fixture
def page_bench(tmp_path: Path) -> Iterator[Workbench]:
    """The page on an ordinary disk."""
    bench = bench_with_a_page(tmp_path)
    yield bench
    bench.house.databases.dispose()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that is a disk of its own with 4 MB, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)) != 0:
        pytest.skip("only root may mount a small disk; the test with a full file covers the rest")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mount(*arguments: str) -> int:
    return subprocess.run(["mount", *arguments], check=False).returncode


def confirmed_until_full(visitor) -> int:
    """Writes until an answer is not 201; returns how many were confirmed before."""
    confirmed = 0
    while confirmed < 1_000:
        answer = visitor.post("/notes", {"text": STORY})
        if answer.status_code != 201:
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "10"
            assert "すでに完了と表示された記録は失われていません" in answer.text
            return confirmed
        confirmed += 1
    raise AssertionError("the disk was never full")


def notes_and_events(bench: Workbench) -> tuple[int, int]:
    """The rows and the events that say so: an act has both or none."""
    with bench.reading() as connection:
        return (
            len(connection.execute(select(heard)).all()),
            len(connection.execute(select(outbox)).all()),
        )


def test_a_full_disk_answers_503_and_recovers_when_there_is_room(small_disk: Path) -> None:
    bench = bench_with_a_page(small_disk)
    visitor = bench.visit_as(bench.staff("writer"))

    confirmed = confirmed_until_full(visitor)

    assert confirmed > 10
    assert notes_and_events(bench) == (confirmed, confirmed)
    assert visitor.get("/notes").text == str(confirmed)
    mount("-o", "remount,size=16m", str(small_disk))
    assert visitor.post("/notes", {"text": STORY}).status_code == 201
    assert notes_and_events(bench) == (confirmed + 1, confirmed + 1)
    bench.house.databases.dispose()


@pytest.mark.parametrize(
    "limit",
    ["PRAGMA max_page_count = 1", "PRAGMA query_only = ON"],
    ids=["a file that cannot grow", "a file that may only be read"],
)
def test_a_database_that_takes_nothing_answers_503_and_recovers(
    page_bench: Workbench, limit: str
) -> None:
    visitor = page_bench.visit_as(page_bench.staff("writer"))
    assert visitor.post("/notes", {"text": STORY}).status_code == 201
    with municipality_scope(page_bench.municipality):
        engine = page_bench.house.databases._engine("cases")

    def set_limit(connection, _record) -> None:
        connection.execute(limit)

    engine.dispose()
    event.listen(engine, "connect", set_limit)

    assert confirmed_until_full(visitor) == 0

    assert notes_and_events(page_bench) == (1, 1)
    assert visitor.get("/notes").text == "1"
    event.remove(engine, "connect", set_limit)
    engine.dispose()
    assert visitor.post("/notes", {"text": STORY}).status_code == 201
    assert notes_and_events(page_bench) == (2, 2)
