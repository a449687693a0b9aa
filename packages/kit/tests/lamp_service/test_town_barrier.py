"""A town that is being moved says so: looking and drafts go on, and one that went names its new address."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit import db
from kasane_kit.db import barrier
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench

LAMP = {"name": "灯", "watts": "40"}
ELSEWHERE = "https://new.example"
BUSINESS = ("lamps_lamp",)
EVERYTHING = (*BUSINESS, "audit_entry", "audit_head", "outbox", "kept_draft")


@pytest.fixture
def keeper(lamps: Workbench, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Somebody who may light lamps, in a process that believes no barrier longer than a look."""
    monkeypatch.setattr(barrier, "SECONDS", 0.0)
    return lamps.visit_as(lamps.staff("receiver"))


@contextmanager
def written_by_the_owner(bench: Workbench) -> Iterator[sqlite3.Connection]:
    """The file of the lamps as the owner of its tables has it."""
    with municipality_scope(TOWN), bench.house.databases.reading("lamps") as connection:
        path = str(connection.engine.url.database)
    file = sqlite3.connect(path)
    with file:
        yield file
    file.close()


def shut(bench: Workbench, state: str, *tables: str) -> None:
    with written_by_the_owner(bench) as file:
        for table in tables:
            for verb in ("INSERT", "UPDATE", "DELETE"):
                file.execute(
                    f"CREATE TRIGGER IF NOT EXISTS barrier_{table}_{verb} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{barrier.CLOSED_SENTENCE}'); END"
                )
        address = ELSEWHERE if state == "moved" else ""
        file.execute("INSERT OR REPLACE INTO town_barrier VALUES (1, ?, 'm', ?)", (state, address))


def test_a_closed_town_shows_keeps_drafts_and_refuses_what_is_sent(
    lamps: Workbench, keeper: Visitor, lamp_rows: Any
) -> None:
    path = "/lamps/" + keeper.post("/lamps", LAMP).headers["Location"].rsplit("/", 1)[1]
    shut(lamps, "closed", *BUSINESS)

    page = keeper.post("/lamps", LAMP)
    api = keeper.send_json("POST", "/api/v1/lamps", {"name": "灯", "watts": 40})
    look = keeper.get(path)
    draft = keeper.send_json(
        "PUT", f"/-/drafts/{'a' * 32}", {"form": "/x", "fields": [["name", "灯"]], "typed_at": 1}
    )

    assert [a.status_code for a in (page, api, look, draft)] == [503, 503, 200, 200]
    assert "別の機械へ移しています" in page.text
    assert "電話で伝えてください" in page.text
    assert json.loads(api.text)["type"] == "urn:kasane:problem:town_is_moving"
    assert page.headers["Retry-After"] == "60"
    assert lamp_rows(lamps) == [("灯", 40)]
    looks = [e for e in lamps.said(AuditEntryRecorded) if e.action == "lamps.lamp.read"]
    assert len(looks) == 1


def test_a_sealed_town_shows_nothing_that_would_leave_no_trace(
    lamps: Workbench, keeper: Visitor
) -> None:
    path = "/lamps/" + keeper.post("/lamps", LAMP).headers["Location"].rsplit("/", 1)[1]
    shut(lamps, "sealed", *EVERYTHING)

    answers = [keeper.get(path), keeper.post("/lamps", LAMP)]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("別の機械へ移しています" in answer.text for answer in answers)


def test_a_town_that_went_sends_pages_on_and_tells_programs(
    lamps: Workbench, keeper: Visitor, lamp_rows: Any
) -> None:
    shut(lamps, "moved", *EVERYTHING)

    page, sent = keeper.get("/lamps?a=1"), keeper.post("/lamps", LAMP)
    api = keeper.get("/api/v1/lamps", headers={"Accept-Language": "en"})

    assert (page.status_code, page.headers["Location"]) == (302, f"{ELSEWHERE}/{TOWN}/lamps?a=1")
    assert [sent.status_code, api.status_code] == [410, 410]
    assert f"サインインして、もう一度行ってください： {ELSEWHERE}" in sent.text
    assert json.loads(api.text)["title"] == "This town has moved to another place."
    assert lamp_rows(lamps) == []


def test_the_refusal_of_the_barrier_is_an_outage_and_no_fault_of_an_event(lamps: Workbench) -> None:
    shut(lamps, "closed", *BUSINESS)
    with municipality_scope(TOWN), lamps.house.databases.writing("lamps") as connection:
        with pytest.raises(Exception, match="closed for writing") as refusal:
            connection.exec_driver_sql("INSERT INTO lamps_lamp VALUES ('x', 'y', 1, 1)")
        with pytest.raises(Exception, match="no such table") as mistake:
            connection.exec_driver_sql("INSERT INTO no_lamp VALUES (1)")

    assert db.is_closed(refusal.value)
    assert db.is_outage(refusal.value)
    assert not db.is_outage(mistake.value)


def test_a_town_whose_tables_know_no_barrier_yet_is_open(lamps: Workbench, keeper: Visitor) -> None:
    with written_by_the_owner(lamps) as file:
        file.execute("DROP TABLE town_barrier")

    assert keeper.get("/lamps").status_code == 200
