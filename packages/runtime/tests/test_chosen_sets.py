"""Which service's copy of a town's chosen plugins a process reads."""

from datetime import date
from pathlib import Path

from kasane_kit.config import Settings
from kasane_kit.db import Databases, MigrationSource, upgrade
from kasane_kit.db.engine import SqliteAddresses
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import ChosenSet, chosen, municipality_scope
from kasane_runtime.compose import compose

TOWN = "292095"
FILE = 'code = "292095"\nname = "生駒市"\nprefecture = "290009"\nplugins = ["ikoma"]\n'


def test_a_process_of_one_service_reads_that_service_s_copy(tmp_path: Path) -> None:
    towns = tmp_path / "towns"
    towns.mkdir()
    (towns / "292095-ikoma.toml").write_text(FILE, "utf-8")
    heard = Databases(SqliteAddresses(tmp_path / "var"), KeyRing(tmp_path))
    with municipality_scope(TOWN), heard.writing("cases") as connection:
        upgrade(connection, MigrationSource(tmp_path / "none"))
        chosen.remember(connection, ChosenSet(1, (), {}, date(2026, 11, 1)))
        connection.commit()

    found = {}
    for target in ("cases", "all"):
        composition = compose(Settings(var=tmp_path / "var", towns=towns, target=target))
        found[target] = composition.house.plugins.town(TOWN).plugins
        composition.house.databases.dispose()
    heard.dispose()

    assert found == {"cases": (), "all": ("ikoma",)}
