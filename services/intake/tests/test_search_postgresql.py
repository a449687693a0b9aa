"""The same search on PostgreSQL, with its index of neighbouring characters and the rights of the service's login."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kasane_intake import queries
from kasane_intake.app import service
from kasane_intake.commands import ReceiveConsultation
from kasane_intake.domain.consultation import Channel, ContactPerson, PersonConcerned
from kasane_intake.domain.same_person.traits import PersonTraits
from kasane_intake.handlers import receive_consultation
from kasane_intake.queries import searching
from kasane_kit.auth import Actor, sessions
from kasane_kit.db import Databases, MigrationSource
from kasane_kit.db.engine import PostgresAddresses, logins_key
from kasane_kit.ids import new_id
from kasane_kit.keys import KeyRing
from kasane_kit.plugins import PluginHouse
from kasane_kit.tenancy import HOST, Town, municipality_scope
from kasane_kit.testing.workbench import TOWN, GivenTowns
from kasane_kit.unit_of_work import House, UnitOfWork
from kasane_runtime.postgres import Server
from tests.support.private_postgres import PrivatePostgres

COORDINATOR = Actor(
    "account-coordinator", "調整 花子", TOWN, ("coordinator",), frozenset({"coordinator"}), ""
)


@pytest.fixture
def house(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[House]:
    """Intake's database of one town, made as an installation makes it."""
    keys = KeyRing(tmp_path / "keys")
    keys.ensure("signing", HOST, TOWN, logins_key(TOWN))
    base = f"{private_postgres.host}:{private_postgres.port}"
    addresses = PostgresAddresses(f"postgresql+psycopg://{base}/", keys)
    private_postgres.psql(f'DROP DATABASE IF EXISTS "kasane_{TOWN}"')
    with Server(f"postgresql+psycopg://postgres@{base}/postgres", addresses, ["intake"]) as server:
        server.make_owner()
        server.make_municipality(TOWN)
        server.upgrade(TOWN, "intake", MigrationSource(service.migrations))
        server.upgrade(TOWN, sessions.SCHEMA, sessions.MIGRATIONS)
        server.grant(TOWN)
        assert server.deviations(TOWN) == []
    directory = GivenTowns(Town(TOWN, "生駒市", "290009", ()))
    databases = Databases(addresses, keys)
    yield House(databases, keys, directory, PluginHouse(directory))
    databases.dispose()
    private_postgres.psql(f'DROP DATABASE "kasane_{TOWN}"')


def received(house: House, story: str, *persons: PersonConcerned) -> str:
    with UnitOfWork(house, "intake", COORDINATOR) as uow:
        return receive_consultation(
            ReceiveConsultation(
                new_id(), "zei", Channel.WINDOW, story, (), "", ContactPerson(), persons
            ),
            uow,
            house.plugins.hooks_for(TOWN),
        ).id


@pytest.mark.parametrize("newest_read", [searching.NEWEST_READ, 0], ids=["newest", "by index"])
def test_search_and_candidates_on_postgresql(
    house: House, monkeypatch: pytest.MonkeyPatch, newest_read: int
) -> None:
    monkeypatch.setattr(searching, "NEWEST_READ", newest_read)
    born = date(1985, 4, 2)
    emi = PersonConcerned(new_id(), "髙橋 惠美", "たかはし えみ", born, phone="0743-12-3456")
    with municipality_scope(TOWN):
        first = received(house, "税が 100% 払えない。", emi)
        other = received(house, "家賃の話", PersonConcerned(new_id(), "辻\ue000 花"))
        expected = {
            "高橋恵美": [first],
            "ﾀｶﾊｼ": [first],
            "橋": [first],
            "税": [first],
            "払え": [first],
            "%": [first],
            "_": [],
            "S60.4.2": [first],
            "3456": [first],
            "\ue000": [other],
            "家賃 話": [other],
            "家賃 税": [],
        }

        with house.databases.reading("intake") as connection:
            found = {
                typed: [one.line.id for one in queries.search(connection, COORDINATOR, typed).found]
                for typed in expected
            }
            ((candidate,), nobody) = queries.same_person_candidates(
                connection,
                COORDINATOR,
                [(PersonTraits("高橋 恵美", "", born), ()), (PersonTraits("誰 でもない"), ())],
            )

    assert found == expected
    assert nobody == ()
    assert (candidate.name, candidate.level) == ("髙橋 惠美", "same")
