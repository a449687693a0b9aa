"""Choosing what could meet a need on PostgreSQL: by indexes, without reading every entry."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, event, text

from kasane_kit.db.migrate import MigrationSource, upgrade
from kasane_resources.app import service
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.need import Need
from kasane_resources.repository import candidates
from kasane_resources.repository.human_services import HumanServices
from tests.support.private_postgres import PrivatePostgres

SCHEMA = "resources_candidates"
HOME = Position(34.69, 135.70)
FAR_AWAY = 20_000


@pytest.fixture
def connection(private_postgres: PrivatePostgres) -> Iterator[Connection]:
    """A directory of one entry near the home and 20,000 of the far north."""
    private_postgres.psql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    engine = create_engine(
        private_postgres.dsn.replace("postgresql://", "postgresql+psycopg://", 1),
        connect_args={"options": f"-c search_path={SCHEMA}"},
    )
    with engine.begin() as opened:
        upgrade(opened, MigrationSource(service.migrations))
        entry = HumanServiceEntry(name="相談室", location=Location("", "", "292095", HOME))
        HumanServices(opened).add([HumanService("near", entry)])
        columns = list(
            opened.scalars(
                text(
                    "SELECT column_name FROM information_schema.columns WHERE table_schema ="
                    f" '{SCHEMA}' AND table_name = 'resources_finding'"
                )
            )
        )
        moved = {
            "number": "n + 100",
            "human_service_id": "'far-' || n",
            "municipality": "'012025'",
            "latitude": "43.0 + n * 0.0001",
        }
        values = ", ".join(moved.get(name, name) for name in columns)
        opened.execute(
            text(
                f"INSERT INTO resources_finding ({', '.join(columns)}) SELECT {values}"
                f" FROM resources_finding, generate_series(1, {FAR_AWAY}) AS n"
            )
        )
        opened.execute(text("ANALYZE"))
        yield opened
    engine.dispose()
    private_postgres.psql(f"DROP SCHEMA {SCHEMA} CASCADE")


def test_candidates_are_chosen_by_indexes_and_the_table_is_not_read_through(
    connection: Connection,
) -> None:
    need = Need("income", ("income",), "292095", town_name="生駒市", ages=(40,), position=HOME)
    seen: list[tuple[str, object]] = []

    def remember(_on: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        seen.append((statement, values))

    event.listen(connection, "before_cursor_execute", remember)
    shelf = candidates(connection, need)
    event.remove(connection, "before_cursor_execute", remember)
    statement, values = next(one for one in seen if "UNION ALL" in one[0])
    plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]

    assert [shelf.columns.ids[row] for row in shelf.rows] == ["near"]
    assert any("Index" in step and "resources_finding" in step for step in plan)
    assert [step for step in plan if "Seq Scan on resources_finding " in step] == []
