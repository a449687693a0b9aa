"""What was written before the search was made anew is found after it, and its people as candidates."""

from datetime import UTC, date, datetime
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, MetaData, create_engine, select

from kasane_intake import queries, tables
from kasane_intake.app import service
from kasane_intake.domain.folding import fold
from kasane_intake.domain.same_person.traits import PersonTraits
from kasane_kit.auth import Actor
from kasane_kit.db import Databases, FieldSeals, migrate
from kasane_kit.db.engine import SqliteAddresses
from kasane_kit.db.resealing import seal_plain, standing, tag_anew
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN

COORDINATOR = Actor("account-1", "調整 花子", TOWN, (), frozenset({"coordinator"}), "")


def up_to(connection: Connection, revision: str) -> None:
    """Runs the migrations up to a revision."""
    script = migrate._script(migrate.MigrationSource(service.migrations))
    with EnvironmentContext(
        Config(), script, fn=lambda current, _: script._upgrade_revs(revision, current)
    ) as environment:
        environment.configure(connection=connection, version_table=migrate.VERSION_TABLE)
        environment.run_migrations()


def put(connection: Connection, old: MetaData, table: str, **values: object) -> None:
    """Writes a row of an older table; columns that are not named are empty."""
    columns = old.tables[table].columns
    empty = {
        c.name: {"BOOLEAN": False, "INTEGER": 1, "JSON": []}.get(str(c.type), "")
        for c in columns
        if not c.nullable
    }
    connection.execute(old.tables[table].insert().values(**{**empty, **values}))


def test_consultations_of_before_are_found_and_hidden_complainants_are_not(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'before.sqlite'}")
    keys = KeyRing(tmp_path / "keys")
    keys.ensure(TOWN)
    FieldSeals(keys, TOWN).install(engine)
    with engine.begin() as connection:
        up_to(connection, "i0007")
        old = MetaData()
        old.reflect(connection)
        put(
            connection,
            old,
            "intake_consultation",
            id="consultation-1",
            number="2025-000007",
            received_at=datetime(2025, 5, 1, tzinfo=UTC),
            story="内緒花子さんから。家賃が払えない。",
            contact_name="内緒 花子",
            contact_hidden=True,
            status="received",
            channel="window",
            search_text="内緒花子",
        )
        put(
            connection,
            old,
            "intake_person_concerned",
            id="person-1",
            consultation_id="consultation-1",
            name="髙橋 惠美",
            birth_date=date(1985, 4, 2),
            address="生駒市東生駒3-5-2",
        )

        up_to(connection, "heads")

        found = {
            typed: [one.line.id for one in queries.search(connection, COORDINATOR, typed).found]
            for typed in ("高橋恵美", "家賃", "2025-000007", "内緒", "東生駒")
        }
        candidates, at_home = queries.same_person_candidates(
            connection,
            COORDINATOR,
            [
                (PersonTraits("高橋 恵美", "", date(1985, 4, 2)), ()),
                (PersonTraits("高橋 一", address="生駒市東生駒3丁目5番地2"), ()),
            ],
        )
        assert "search_text" not in tables.consultation.c
        assert connection.execute(select(tables.consultation.c.number)).scalars().all() == [
            "2025-000007"
        ]
    engine.dispose()

    one = ["consultation-1"]
    assert found == {"高橋恵美": one, "家賃": one, "2025-000007": one, "内緒": [], "東生駒": []}
    assert [(c.person_id, c.level) for c in candidates] == [("person-1", "same")]
    assert [(c.person_id, c.level) for c in at_home] == [("person-1", "same_household")]


def test_a_story_of_before_is_sealed_and_tagged_and_found_all_the_while(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path / "keys")
    keys.ensure(TOWN)
    databases = Databases(SqliteAddresses(tmp_path), keys)
    stories = {f"consultation-{n:03}": f"家賃が{n}か月払えない。" for n in range(450)}

    def found(typed: str) -> set[str]:
        with databases.reading("intake") as connection:
            answer = queries.search(connection, COORDINATOR, typed, most=500)
            return {one.line.id for one in answer.found}

    with municipality_scope(TOWN):
        with databases.writing("intake") as connection:
            migrate.upgrade(
                connection, migrate.MigrationSource(service.migrations), expand_only=True
            )
            old = MetaData()
            old.reflect(connection)
            for number, (consultation_id, story) in enumerate(stories.items()):
                at = datetime(2025, 5, 1, tzinfo=UTC)
                put(
                    connection,
                    old,
                    "intake_consultation",
                    id=consultation_id,
                    number=f"2025-{number:06}",
                    received_at=at,
                    story=story,
                    status="received",
                    channel="window",
                    extensions={},
                )
                # The release before writes beside this one until it is replaced.
                put(
                    connection,
                    old,
                    "intake_search_text",
                    consultation_id=consultation_id,
                    received_at=at,
                    text=fold(story),
                    tag_version=0,
                )
            connection.commit()
        before = found("家賃"), found("か月払え 家"), found("449か"), found("賃家")

        with databases.writing("intake") as connection:
            up_to(connection, "heads")
            connection.commit()
        assert found("家賃") == set(stories)
        sealed = seal_plain(databases, "intake", service.sealed_tables)
        tagged = tag_anew(databases, "intake", service.tagged)
        again = (
            seal_plain(databases, "intake", service.sealed_tables),
            tag_anew(databases, "intake", service.tagged),
        )
        after = found("家賃"), found("か月払え 家"), found("449か"), found("賃家")
        with databases.reading("intake") as connection:
            left = standing(connection, service.sealed_tables).plain
            raw = connection.exec_driver_sql(
                "SELECT story FROM intake_consultation UNION ALL SELECT text FROM intake_search_text"
            ).scalars()
            assert [one for one in raw if "家" in one] == []
    databases.dispose()

    assert before == (set(stories), set(stories), {"consultation-449"}, set())
    assert after == before
    assert (sealed, tagged, again, left) == (900, 450, (0, 0), 0)
