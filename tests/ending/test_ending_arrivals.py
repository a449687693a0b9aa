"""Ends what became no consultation in the whole house: every service and file, and an older backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from kasane_intake.commands.arrivals import SetArrivalTerm
from kasane_intake.commands.public_form import SendWebMessage, SortWebMessage
from kasane_intake.domain.arrival import TermUnit
from kasane_intake.domain.arrival_errors import ArrivalDestroyed
from kasane_intake.domain.public_form import ContactWay, Sender
from kasane_intake.handlers.arrivals import end_arrivals, set_arrival_term
from kasane_intake.handlers.public_form import send_web_message
from kasane_intake.handlers.web_messages import set_web_message_aside
from kasane_intake.repository.public_form import WebMessages
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.config import Settings
from kasane_kit.ids import new_id
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web.kept_drafts import KeptDrafts
from kasane_runtime.backups import Backups
from kasane_runtime.cli import main
from kasane_runtime.compose import compose
from kasane_runtime.databases import migrate_sqlite
from kasane_runtime.processes import settle
from kasane_runtime.retention import left_over, swept, without_tombstone

TOWN = "292095"
CANARY = ("架空田 とめきち", "カクウダトメキチ", "000-7777-1212", "夜ごと戸がたたかれて眠れない")
NEIGHBOUR = "隣田 さくら"
BEGIN = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)

pytestmark = [pytest.mark.slow]


class House:
    """A whole installation with one town, to which two people wrote."""

    def __init__(self, folder: Path, clock_at: Any) -> None:
        self.folder, self._clock_at = folder, clock_at
        self.composition = compose(Settings(var=folder / "var", served_towns=(HOST, TOWN)))
        migrate_sqlite(self.composition)
        clock_at(BEGIN)

    def go(self, days: int) -> None:
        self._clock_at(clock.now() + timedelta(days=days))

    def do(self, function: str, handler: Any, command: Any, *more: Any) -> Any:
        actor = Actor(f"who-{function}", "職員 架空", TOWN, (), frozenset({function}))
        house = self.composition.house
        with municipality_scope(TOWN), UnitOfWork(house, "intake", actor) as uow:
            done = handler(command, uow, *more)
        settle(self.composition)
        return done

    def send(self, form_id: str, *words: str) -> str:
        name, kana, contact, story = words
        command = SendWebMessage(
            form_id=form_id,
            sender=Sender.RESIDENT,
            story=story,
            name=name,
            kana=kana,
            brought_by="",
            hidden=False,
            contact_way=ContactWay.PHONE,
            contact=contact,
            do_not_contact="",
            address="192.0.2.7",
            seconds=60,
            trap="",
        )
        receipt = self.do("coordinator", send_web_message, command, b"k" * 32)
        with self.reading() as connection:
            return WebMessages(connection).by_receipt(receipt.number).id

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        databases = self.composition.house.databases
        with municipality_scope(TOWN), databases.reading("intake") as connection:
            yield connection

    def type_about(self, message_id: str) -> None:
        house = self.composition.house
        with municipality_scope(TOWN), house.databases.writing("intake") as connection:
            form = f"/intake/{TOWN}/web-messages/{message_id}"
            kept = KeptDrafts(connection, "who-types")
            assert kept.keep("draft".ljust(20, "0"), form, [("reason", CANARY[3])], 1)
            connection.commit()

    def work(self) -> None:
        with municipality_scope(TOWN):
            end_arrivals(self.composition.house, TOWN)
        settle(self.composition)
        assert list(swept(self.composition, TOWN))

    def readable(self) -> str:
        """What every row of intake opens to, and every draft that is kept."""
        found = []
        with self.reading() as connection:
            columns = self.composition.services["intake"].columns
            assert columns is not None
            for table in columns.sorted_tables:
                found += [repr(tuple(row)) for row in connection.execute(table.select())]
            found += map(repr, connection.exec_driver_sql("SELECT id FROM kept_draft").all())
        return "\n".join(found)

    def bytes(self) -> bytes:
        self.composition.house.databases.dispose()
        files = sorted(self.folder.joinpath("var").rglob("*"))
        return b"".join(path.read_bytes() for path in files if path.is_file())


@pytest.fixture
def house(tmp_path: Path, clock_at: Any) -> Iterator[House]:
    one = House(tmp_path, clock_at)
    yield one
    one.composition.house.databases.dispose()


def test_they_end_in_every_service_and_no_backup_brings_them_back(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = house.send("f1", *CANARY)
    house.send("f2", NEIGHBOUR, "", "000-8888-1313", "庭の木のことで")
    waiting = Backups(house.composition).create(TOWN, house.folder / "before")
    house.do("coordinator", set_web_message_aside, SortWebMessage(ours, 1, "広告でした"))
    term = SetArrivalTerm(
        new_id(), 6, TermUnit.MONTHS, "架空市文書管理規程", "別表", date(2020, 4, 1)
    )
    house.do("town_administrator", set_arrival_term, term)
    house.type_about(ours)
    handled = Backups(house.composition).create(TOWN, house.folder / "after")
    assert [word for word in CANARY if word not in house.readable()] == []
    house.go(400)

    house.work()

    assert [word for word in CANARY if word in house.readable()] == []
    assert "draft" not in house.readable()
    assert NEIGHBOUR in house.readable()
    content = house.bytes()
    assert [word for word in CANARY if word.encode() in content] == []
    assert NEIGHBOUR.encode() in content
    (stone,) = house.composition.house.tombstones.all(TOWN)
    assert (stone.kind, stone.records) == ("arrival", (ours,))
    assert list(left_over(house.composition, TOWN)) == []
    assert without_tombstone(house.composition, TOWN) == []

    for backup in (waiting, handled):
        done = Backups(house.composition).restore(backup, TOWN)
        assert any(stone.shredding_id in line for line in done.settled.services)
        Backups(house.composition).clear(TOWN)
        settle(house.composition)
        assert [word for word in CANARY if word in house.readable()] == []
        assert NEIGHBOUR in house.readable()
        with house.reading() as connection:
            with pytest.raises(ArrivalDestroyed):
                WebMessages(connection).get(ours)
            (other,) = WebMessages(connection).waiting()
        assert other.name == NEIGHBOUR

    house.composition.house.databases.dispose()
    monkeypatch.setenv("KASANE_VAR", str(house.composition.settings.var))
    monkeypatch.delenv("KASANE_MODE", raising=False)
    assert main(["retention", "verify", TOWN]) == 0
    assert main(["retention", "list", TOWN]) == 0
    said = capsys.readouterr().out
    assert "読める言葉はありません" in said
    assert "6 か月、架空市文書管理規程 別表" in said
    assert "だれも処理していないまま期間が過ぎて待つもの 1 件（消しません）" in said
    assert "消し終えたもの 1 件" in said
    assert CANARY[0] not in said
