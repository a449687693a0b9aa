"""The coordinator's list on PostgreSQL: its first page and the next are read in the order of an index."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from kasane_cases import queries
from kasane_cases.app import service
from kasane_kit.auth import Actor
from kasane_kit.db import Databases, MigrationSource
from kasane_kit.db.engine import PostgresAddresses, logins_key
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_kit.testing.workbench import TOWN
from kasane_runtime.postgres import Server
from tests.support.private_postgres import PrivatePostgres

TODAY = date(2026, 11, 21)
COORDINATOR = Actor(
    "account-coordinator", "調整 花子", TOWN, ("coordinator",), frozenset({"coordinator"}), ""
)


@pytest.fixture
def connection(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Connection]:
    """A town with 4,000 cases: one of two closed, one of fifty urgent, one of five without a day of review."""
    keys = KeyRing(tmp_path / "keys")
    keys.ensure("signing", HOST, TOWN, logins_key(TOWN))
    base = f"{private_postgres.host}:{private_postgres.port}"
    addresses = PostgresAddresses(f"postgresql+psycopg://{base}/", keys)
    private_postgres.psql(f'DROP DATABASE IF EXISTS "kasane_{TOWN}"')
    with Server(f"postgresql+psycopg://postgres@{base}/postgres", addresses, ["cases"]) as server:
        server.make_owner()
        server.make_municipality(TOWN)
        server.upgrade(TOWN, "cases", MigrationSource(service.migrations))
        server.grant(TOWN)
    private_postgres.psql(
        """SET search_path = cases;
        INSERT INTO cases_case (id, number, consultation_id, household_id, opened_on, opened_by, status, area,
            urgent, categories, story, support_reason, review_on, evaluation, next_contact, closing_outcome,
            restricted, lead, episode, version)
        SELECT 'case-' || lpad(n::text, 5, '0'), 'C' || n, '', 'household-' || n, date '2026-04-01', 'staff',
            CASE WHEN n % 2 = 0 THEN 'closed' ELSE 'in_support' END, '', n % 50 = 1, '[]', '', '',
            CASE WHEN n % 5 = 0 THEN NULL ELSE date '2026-04-01' + n % 700 END, '', '', '', false, '', 1, 1
        FROM generate_series(1, 4000) AS n;
        INSERT INTO cases_session (id, body, body_label, legal_kind, planned_for, planned_by, place, status,
            minutes, version)
        SELECT 'session-' || n, 'body', '会議', 'multi_agency_conference', date '2026-04-01', 'staff', '',
            CASE WHEN n % 500 = 0 THEN 'planned' ELSE 'held' END, '', 1
        FROM generate_series(1, 4000) AS n;
        INSERT INTO cases_agenda_item (id, session_id, position, topic, case_id, person_id, reason, consent_state)
        SELECT 'item-' || n, 'session-' || n, 0, '', 'case-' || lpad(n::text, 5, '0'), '', '', ''
        FROM generate_series(1, 4000) AS n;
        ANALYZE;""",
        database=f"kasane_{TOWN}",
    )
    databases = Databases(addresses, keys)
    with municipality_scope(TOWN), databases.reading("cases") as opened:
        yield opened
    databases.dispose()
    private_postgres.psql(f'DROP DATABASE "kasane_{TOWN}"')


def test_the_list_by_attention_is_read_by_its_index_and_not_sorted(connection: Connection) -> None:
    wanted = queries.CaseFilter(attention=True)
    seen: list[str] = []
    plans: list[str] = []
    of_sessions: list[str] = []

    def explain(on: Connection, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        listed = "FROM cases_case" in statement and "LIMIT" in statement
        if listed or "JOIN cases_session" in statement:
            with on.connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + statement, values)
                (plans if listed else of_sessions).append(
                    "\n".join(row[0] for row in cursor.fetchall())
                )

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        for _page in range(3):
            lines = queries.case_lines(
                connection,
                COORDINATOR,
                TODAY,
                after=seen[-1] if seen else "",
                limit=50,
                narrowed=wanted,
            )
            seen += [line.id for line in lines]
    finally:
        event.remove(Engine, "before_cursor_execute", explain)

    ranked = connection.scalars(
        text(
            "SELECT id FROM cases_case WHERE status <> 'closed' "
            "ORDER BY urgent DESC, review_on NULLS LAST, id LIMIT 150"
        )
    ).all()
    assert seen == list(ranked)
    assert len(plans) == 3
    for plan in plans:
        assert "cases_case_attention" in plan, plan
        assert "Sort" not in plan, plan
    assert len(of_sessions) == 3
    assert not [plan for plan in of_sessions if "Seq Scan on cases_session" in plan], of_sessions
