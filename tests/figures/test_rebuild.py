"""The portal's read models are made again from the logs, while the house goes on, and come out the same."""

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update

from kasane_contracts import cases, intake, outreach, registry
from kasane_kit.bus import dead_letters, tables
from kasane_kit.config import Settings
from kasane_kit.delivery import replaying
from kasane_kit.tenancy import municipality_scope
from kasane_portal.tables import counted_fact, measured_fact, stated_figure, task
from kasane_runtime import cli, databases, rebuild
from kasane_runtime.compose import Composition, compose
from kasane_runtime.rebuild import RebuildRefused
from tests.faults.conftest import drop_our_databases
from tests.faults.running_house import write_town_files
from tests.figures.towns import YEARS
from tests.support.private_postgres import PrivatePostgres
from tests.support.published_years import PublishedYears
from tests.support.said_events import hear, number, read_models, say

TOWN = "292095"
SEED = 11
APRIL = date(2026, 4, 1)


def house_in(folder: Path) -> Composition:
    return compose(Settings.from_env(environment(folder)))


def environment(folder: Path) -> dict[str, str]:
    return {
        "KASANE_VAR": str(folder / "var"),
        "KASANE_TOWN_FILES": str(folder / "towns"),
        "KASANE_TOWNS": f"host,{TOWN}",
    }


def live_through_a_year(house: Composition) -> None:
    """A generated year that the portal hears while it is said, in pieces, as on the bus."""
    years = PublishedYears(SEED)
    YEARS["kasugai"](years)
    said = list(years.events())
    for start in range(0, len(said), 150):
        say(house, TOWN, said[start : start + 150])
        hear(house, TOWN)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a house that lived through a year."""
    folder = tmp_path_factory.mktemp("lived")
    write_town_files(folder / "towns")
    house = house_in(folder)
    databases.migrate(house)
    live_through_a_year(house)
    house.house.databases.dispose()
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lived, tmp_path / "house"))


@pytest.fixture
def house(folder: Path) -> Iterator[Composition]:
    composition = house_in(folder)
    yield composition
    composition.house.databases.dispose()


def damage(house: Composition) -> None:
    """Takes rows away, changes some, and adds one that nobody said."""
    with municipality_scope(TOWN), house.house.databases.writing("portal") as connection:
        connection.execute(delete(counted_fact))
        connection.execute(update(measured_fact).values(quantity=7))
        connection.execute(
            insert(task).values(
                kind="outreach", subject_id="x", consultation_id="", case_id="", urgent=False
            )
        )
        connection.commit()


def rebuilt(house: Composition) -> rebuild.Rebuilt:
    return rebuild.rebuild(house, "portal", TOWN)


def test_rebuilt_figures_equal_the_live_ones(house: Composition) -> None:
    live = read_models(house, TOWN)

    done = rebuilt(house)

    assert len(live["portal_measured_fact"]) == 364
    assert (done.rows, read_models(house, TOWN)) == (0, live)


def test_what_was_lost_or_wrong_is_as_it_was_said(house: Composition) -> None:
    live = read_models(house, TOWN)
    damage(house)
    wrong = len(live["portal_counted_fact"]) + len(live["portal_measured_fact"]) + 1

    done = rebuilt(house)

    assert (done.rows, read_models(house, TOWN)) == (wrong, live)


def test_tasks_that_followed_persons_into_another_case_come_out_the_same(
    house: Composition,
) -> None:
    say(house, TOWN, [cases.OutreachRequested("o1", "k1", "p1", "見守り", APRIL)])
    hear(house, TOWN)
    say(house, TOWN, [outreach.VisitsAskedFor("o2", "k1", "w1", APRIL, "p1")])
    hear(house, TOWN)
    said = (
        cases.PersonsMovedCase("k1", "k2", "R8-0002", ("p1",)),
        cases.CaseClosed("k1", "", "joined", APRIL),
    )
    say(house, TOWN, said)
    hear(house, TOWN)
    live = read_models(house, TOWN)

    damage(house)
    rebuilt(house)

    assert read_models(house, TOWN) == live
    with municipality_scope(TOWN), house.house.databases.reading("portal") as connection:
        waiting = select(task.c.subject_id).where(
            task.c.case_id == "k2", task.c.closed_at.is_(None)
        )
        assert sorted(connection.scalars(waiting)) == ["o1", "o2"]


def test_what_the_town_itself_wrote_is_not_touched(house: Composition) -> None:
    with municipality_scope(TOWN), house.house.databases.writing("portal") as connection:
        connection.execute(
            text(
                "INSERT INTO portal_stated_figure VALUES "
                "('s', 'desks', '2023', '23', '', '調整 たけし', '2023-06-01 00:00:00')"
            )
        )
        connection.commit()

    rebuilt(house)

    with municipality_scope(TOWN), house.house.databases.reading("portal") as connection:
        assert connection.scalars(select(stated_figure.c.value)).all() == ["23"]


def test_what_comes_while_it_is_rebuilt_is_neither_lost_nor_counted_twice(
    house: Composition, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(house)
    compared = rebuild._Rebuild._differing

    def busy(self: rebuild._Rebuild) -> rebuild.Keys:
        found = compared(self)
        say(house, TOWN, [cases.CaseOpened("late", "L-1", "", "home", APRIL, 1, "")])
        hear(house, TOWN)
        return found

    monkeypatch.setattr(rebuild._Rebuild, "_differing", busy)
    rebuilt(house)
    monkeypatch.undo()

    after = read_models(house, TOWN)
    late = [row for row in after["portal_counted_fact"] if row[1] == "late"]
    assert late == [("case_opened", "late", "2026-04")]
    say(house, TOWN, [cases.CaseOpened("later", "L-2", "", "home", APRIL, 1, "")])
    hear(house, TOWN)
    live = read_models(house, TOWN)
    assert len(live["portal_counted_fact"]) == len(after["portal_counted_fact"]) + 1
    assert (rebuilt(house).rows, read_models(house, TOWN)) == (0, live)


def killed_after(folder: Path, events: int) -> int:
    """A process of its own rebuilds and is killed after so many events; how it ended."""
    child = os.fork()
    if child == 0:
        replaying.KEPT_EVERY = events

        def die(_line: str) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        rebuild.rebuild(house_in(folder), "portal", TOWN, say=die)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def test_killed_in_the_middle_nothing_is_touched_and_the_next_run_goes_on(
    folder: Path, house: Composition
) -> None:
    live = read_models(house, TOWN)
    damage(house)
    damaged = read_models(house, TOWN)

    assert killed_after(folder, 200) == -signal.SIGKILL

    assert read_models(house, TOWN) == damaged
    assert (folder / "var" / TOWN / "portal.rebuild").stat().st_mode & 0o777 == 0o600
    whole = sum(len(rows) for rows in live.values())
    assert 0 < rebuilt(house).events < whole
    assert read_models(house, TOWN) == live
    assert not (folder / "var" / TOWN / "portal.rebuild").exists()


@pytest.mark.parametrize("lost", ["first", "middle", "all"])
def test_with_a_log_that_is_not_whole_nothing_is_rebuilt(
    house: Composition, lost: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(house)
    damaged = read_models(house, TOWN)
    log = tables.event_log
    which = {"first": log.c.sequence == 1, "middle": log.c.sequence == 20, "all": text("1 = 1")}
    with municipality_scope(TOWN), house.house.databases.writing("intake") as connection:
        # The log refuses to lose anything: only a file put back from elsewhere can.
        for name in connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(delete(log).where(which[lost]))
        connection.commit()

    good = rebuild.rebuild_each(house, "portal", "", start_over=False, say=print)

    assert not good
    said = capsys.readouterr().out
    assert f"✗ {TOWN}: the log of intake in {TOWN} holds 0 of the " in said
    assert "nothing was changed; restore that log from its backup and try again" in said
    assert "○ host: " in said
    assert read_models(house, TOWN) == damaged


def test_two_rebuilds_at_once_are_one(house: Composition, monkeypatch: pytest.MonkeyPatch) -> None:
    compared, refused = rebuild._Rebuild._differing, []

    def again(self: rebuild._Rebuild) -> rebuild.Keys:
        with pytest.raises(RebuildRefused) as second:
            rebuilt(house)
        refused.append(str(second.value))
        return compared(self)

    monkeypatch.setattr(rebuild._Rebuild, "_differing", again)

    assert rebuilt(house).rows == 0
    assert refused == [
        "portal is being rebuilt there already; nothing was begun; wait until that ends"
    ]


def test_an_event_that_is_parked_stays_out_until_it_is_given_back(house: Composition) -> None:
    broken = house.services["portal"].hears[cases.CaseOpened]

    def fail(event: cases.CaseOpened, *rest: object) -> None:
        raise LookupError("the shelf is empty")

    delivery = house.deliveries["portal"]
    name = registry.type_of(cases.CaseOpened).type
    delivery._applying._handlers[name] = fail
    say(house, TOWN, [cases.CaseOpened("parked", "P-1", "", "home", APRIL, 1, "")])
    hear(house, TOWN)
    delivery._applying._handlers[name] = broken
    live = read_models(house, TOWN)

    assert (rebuilt(house).rows, read_models(house, TOWN)) == (0, live)

    with municipality_scope(TOWN):
        with house.house.databases.reading("portal") as connection:
            letter = dead_letters.list_letters(connection)[0]
        assert delivery.requeue(letter.id) == 1
    number(house, TOWN)
    hear(house, TOWN)
    given_back = read_models(house, TOWN)
    assert given_back != live
    assert (rebuilt(house).rows, read_models(house, TOWN)) == (0, given_back)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("intake",), "✗ 292095: intake has no read models: all its tables hold what it was told"),
        (("portal", "--town", "131016"), "131016 is not served here; nothing was changed"),
        (("kitchen",), "kitchen is no service; nothing was done; name one of cases, intake, "),
    ],
)
def test_what_cannot_be_rebuilt_is_said_in_a_sentence(
    folder: Path,
    arguments: tuple[str, ...],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment(folder).items():
        monkeypatch.setenv(name, value)

    status = cli.main(["rebuild", *arguments])

    said = capsys.readouterr()
    assert status in (1, 2)
    assert sentence in said.out + said.err


def test_on_postgresql_it_is_rebuilt_with_the_login_that_reads_logs(
    tmp_path: Path, private_postgres: PrivatePostgres
) -> None:
    drop_our_databases(private_postgres)
    house = compose(
        Settings.from_env(
            {
                **environment(tmp_path),
                "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
                "KASANE_MODE": "distributed",
                "KASANE_KEYS": str(tmp_path / "keys"),
                "KASANE_DATABASE_URL": private_postgres.dsn,
                "KASANE_ADMIN_DATABASE_URL": private_postgres.dsn,
                "KASANE_BROKER_URL": "amqp://127.0.0.1:1",
            }
        )
    )
    try:
        databases.migrate(house)
        years = PublishedYears(SEED)
        YEARS["eniwa"](years)
        say(house, TOWN, [*years.events(), intake.PersonsMergeRequested("m", "me")])
        hear(house, TOWN)
        live = read_models(house, TOWN)
        damage(house)

        assert rebuilt(house).rows > 0
        assert read_models(house, TOWN) == live
    finally:
        house.house.databases.dispose()
