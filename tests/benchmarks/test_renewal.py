"""What is measured of seals: it runs at a small size, and what it counts is there to be counted."""

import json
from pathlib import Path

import pytest
from sqlalchemy import URL, select, update

from kasane_kit.db import Databases
from kasane_kit.tenancy import municipality_scope
from tests.benchmarks import renewal, sealing


def test_every_cell_is_renewed_beside_two_users(tmp_path: Path) -> None:
    address = URL.create("sqlite", database=str(tmp_path / "bench.sqlite"))
    with sealing._made(address, tmp_path) as own, municipality_scope(sealing.TOWN):
        server = Databases(own._addresses, own.keys)
        found = renewal.measure(own, server, sealing.TOWN, 400, 2)

    assert (found["renewal_users"], found["renewal_records"]) == (2, 20)
    # What a user edited meanwhile was written under the new key by the user.
    assert 400 - found["renewal_user_edits"] <= found["renewal_cells"] <= 400
    assert [found[f"renewal_{one}"] for one in ("user_errors", "lost_edits", "cells_left")] == [
        0
    ] * 3


def test_an_edit_that_was_overwritten_is_counted(tmp_path: Path) -> None:
    address = URL.create("sqlite", database=str(tmp_path / "bench.sqlite"))
    with sealing._made(address, tmp_path) as own, municipality_scope(sealing.TOWN):
        renewal.measure(own, Databases(own._addresses, own.keys), sealing.TOWN, 40, 0)
        with own.writing("bench") as connection:
            first = connection.scalars(select(renewal.page.c.id).limit(1)).one()
            connection.execute(
                update(renewal.page).where(renewal.page.c.id == first).values(version=7)
            )
            connection.commit()
        with own.reading("bench") as connection:
            assert renewal.lost(connection, 7) == 1
            assert renewal.lost(connection, 8) == 2


def test_everything_about_seals_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    small = "--on sqlite --consultations 40 --repetitions 2 --renewed-cells 80 --users 1"

    assert sealing.main(small.split()) == 0

    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(last) == ["sqlite"]
    found = last["sqlite"]
    assert (found["renewal_cells_left"], found["search 家賃"]["found"]) == (0, 10)
    assert {"page_more_cpu_ms", "add_cpu_ms", "sealed_rows_per_s"} < set(found)
