"""Eight ways to change a trail, by somebody who may write the database and even holds its key: all are found."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from kasane_kit import audit
from kasane_kit.audit import SignedHead, WrongHead, chain
from kasane_kit.audit.heads import newer_than
from kasane_kit.db import MigrationSource, upgrade
from kasane_kit.db.engine import SqliteAddresses, open_engine

KEY, SIGNING, ELSEWHERE = b"k" * 32, b"s" * 32, b"e" * 32
TOWN = "292095"
ENTRIES, EARLIER = 9, 4


class House:
    """A trail on a file; its heads were kept elsewhere after four entries and after nine."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / TOWN / "intake.sqlite"
        (folder / "none" / "versions").mkdir(parents=True)
        self.engine = open_engine(SqliteAddresses(folder).url("intake", TOWN))
        with self.engine.connect() as connection:
            upgrade(connection, MigrationSource(folder / "none"))
            connection.commit()
        self.kept: list[SignedHead] = []
        self.backup = folder / "backup.sqlite"
        for number in range(1, ENTRIES + 1):
            self.act(number)
            if number == EARLIER:
                self.kept.append(self.head())
                with sqlite3.connect(self.path) as file, sqlite3.connect(self.backup) as copy:
                    file.backup(copy)
        self.kept.append(self.head())

    def act(self, number: int) -> None:
        with self.engine.connect() as connection:
            audit.record(
                connection,
                KEY,
                actor=f"staff-{number}",
                actor_name="窓口 一",
                action="tests.lamp.lit",
                object_kind="lamp",
                object_id=f"lamp-{number}",
            )
            connection.commit()

    def head(self) -> SignedHead:
        with self._reading() as connection:
            head = audit.sign_head(connection, SIGNING, TOWN, "intake")
        assert head is not None
        return head

    def verify(self) -> audit.Break | None:
        """What the chain by itself says."""
        with self._reading() as connection:
            return audit.verify(connection, KEY)

    def denied(self) -> audit.Break | None:
        """What the kept heads say."""
        with self._reading() as connection:
            return audit.find_denial(connection, self.kept)

    def attack(self, *statements: str) -> None:
        self.engine.dispose()
        with sqlite3.connect(self.path) as file:
            for (name,) in file.execute(
                "SELECT name FROM sqlite_master WHERE type='trigger'"
            ).fetchall():
                file.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                file.execute(statement)
        file.close()

    def rehash(self) -> None:
        """Links everything anew with the right key, as root on the server could."""
        with sqlite3.connect(self.path) as file:
            file.row_factory = sqlite3.Row
            digest, position = "", 0
            for row in file.execute("SELECT * FROM audit_entry ORDER BY position").fetchall():
                position = row["position"]
                digest = chain.link(KEY, digest, dict(row))
                file.execute(
                    "UPDATE audit_entry SET digest = ? WHERE position = ?", (digest, position)
                )
            proof = chain.seal(KEY, position, digest) if position else ""
            file.execute(
                "UPDATE audit_head SET position = ?, digest = ?, seal = ?",
                (position, digest, proof),
            )
        file.close()

    def _reading(self) -> Connection:
        return self.engine.connect().execution_options(kasane_reads=True)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.engine.dispose()


def change(house: House) -> None:
    house.attack("UPDATE audit_entry SET actor = 'nobody' WHERE position = 3")


def delete(house: House) -> None:
    house.attack("DELETE FROM audit_entry WHERE position = 3")


def insert(house: House) -> None:
    house.attack(
        "UPDATE audit_entry SET position = position + 100 WHERE position > 3",
        "INSERT INTO audit_entry SELECT 4, entry_id || 'x', at, 'nobody', actor_name, action, object_kind,"
        " object_id, basis, correlation_id, causation_id, digest FROM audit_entry WHERE position = 3",
        "UPDATE audit_entry SET position = position - 99 WHERE position > 100",
    )


def swap(house: House) -> None:
    house.attack(
        "UPDATE audit_entry SET position = 99 WHERE position = 3",
        "UPDATE audit_entry SET position = 3 WHERE position = 4",
        "UPDATE audit_entry SET position = 4 WHERE position = 99",
    )


def cut(house: House) -> None:
    house.attack("DELETE FROM audit_entry WHERE position > 7")
    house.rehash()


def rewrite(house: House) -> None:
    change(house)
    house.rehash()


def empty(house: House) -> None:
    house.attack(
        "DELETE FROM audit_entry", "UPDATE audit_head SET position = 0, digest = '', seal = ''"
    )


def roll_back(house: House) -> None:
    house.attack()
    with sqlite3.connect(house.backup) as copy, sqlite3.connect(house.path) as file:
        copy.backup(file)


ATTACKS = (change, delete, insert, swap, cut, rewrite, empty, roll_back)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_every_way_to_change_the_trail_is_found(
    house: House, attack: Callable[[House], None]
) -> None:
    assert house.verify() is None
    assert house.denied() is None

    attack(house)

    found = house.denied() or house.verify()
    assert found is not None
    assert found.sentence


@pytest.mark.parametrize("attack", [cut, rewrite, empty, roll_back], ids=lambda a: a.__name__)
def test_the_chain_alone_does_not_find_whoever_holds_its_key(
    house: House, attack: Callable[[House], None]
) -> None:
    attack(house)

    assert house.verify() is None
    assert house.denied() is not None


@pytest.mark.parametrize("attack", [change, delete, insert, swap], ids=lambda a: a.__name__)
def test_linking_everything_anew_does_not_help(
    house: House, attack: Callable[[House], None]
) -> None:
    attack(house)
    house.attack(
        "UPDATE audit_entry SET position = position - 1 WHERE position > 3"
        " AND NOT EXISTS (SELECT 1 FROM audit_entry WHERE position = 3)"
    )
    house.rehash()

    assert house.verify() is None
    assert house.denied() is not None


def test_a_trail_that_only_grew_bears_out_what_was_kept(house: House) -> None:
    for number in range(20, 25):
        house.act(number)

    assert house.denied() is None
    assert newer_than(house.kept[-1], house.head())


def test_what_takes_something_back_is_refused_where_it_is_kept(house: House) -> None:
    earlier, last = house.kept

    assert newer_than(None, last)
    assert not newer_than(last, last)
    with pytest.raises(WrongHead, match="縮みました"):
        newer_than(last, earlier)
    with pytest.raises(WrongHead, match="控えたものと違います"):
        newer_than(last, replace(last, digest="0" * 64))


def test_a_head_is_signed_by_its_town(house: House) -> None:
    head = house.kept[-1]

    assert SignedHead.of(head.as_line()) == head
    head.check(audit.public_key(SIGNING))
    with pytest.raises(WrongHead, match="この町の署名ではありません"):
        head.check(audit.public_key(ELSEWHERE))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("municipality", "012319"),
        ("service", "cases"),
        ("position", 1),
        ("digest", "0" * 64),
        ("at", "2020-01-01T00:00:00+00:00"),
        ("signature", "00"),
        ("signature", "not hexadecimal"),
    ],
)
def test_nothing_of_a_signed_head_can_be_changed(house: House, field: str, value: object) -> None:
    changed = SignedHead(**{**asdict(house.kept[-1]), field: value})

    with pytest.raises(WrongHead):
        changed.check(audit.public_key(SIGNING))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "[]",
        "null",
        "\x00",
        '{"municipality": "292095"}',
        '{"municipality": 1, "service": "a", "position": 1, "digest": "", "at": "", "signature": ""}',
        '{"municipality": "a", "service": "a", "position": true, "digest": "", "at": "", "signature": ""}',
    ],
)
def test_a_line_that_is_no_head_is_refused(line: str) -> None:
    with pytest.raises(WrongHead, match="読めません"):
        SignedHead.of(line)
