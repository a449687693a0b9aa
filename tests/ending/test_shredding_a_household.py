"""Ends a household of the demonstration in the whole house: every service, every file, an older backup, the numbers."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kasane_cases import commands, handlers
from kasane_cases.domain.case import ClosingOutcome
from kasane_cases.domain.retention import CountedFrom, RetainedKind, ShreddingStatus
from kasane_cases.repository import Cases, Shreddings
from kasane_contracts import registry
from kasane_contracts.envelope import Envelope
from kasane_intake.queries.statistics import reception_counts
from kasane_kit import audit, clock
from kasane_kit.auth import Actor
from kasane_kit.config import Settings
from kasane_kit.ids import new_id
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_kit.web.kept_drafts import KeptDrafts, RecordIsOver
from kasane_runtime import demo, rebuild
from kasane_runtime.backups import Backups
from kasane_runtime.cli import main
from kasane_runtime.compose import Composition, compose
from kasane_runtime.processes import settle
from kasane_runtime.retention import brought_back, left_over, swept, without_tombstone
from tests.support.said_events import read_models

TOWN = "292095"
CANARY = (
    "岡本",
    "おかもと",
    "オカモト",
    "岡本 すみ",
    "さとる",
    "1949-06-30",
    "1977-12-05",
    "000-0000-0012",
    "母の足が弱り",
    "夕方なら長男も居間に",
)
"""Names, days of birth, telephone, address and words of the household that ends."""
NEIGHBOUR = ("林 ひとみ", "家賃を払えなくなりそう", "森田 あきら", "小川 ゆり")

NEIGHBOURS_DRAFT = "neighbour".ljust(20, "0")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]


class Town:
    """The demonstration's first town, and the people who end a household in it."""

    def __init__(self, folder: Path, days: int = 0) -> None:
        self.folder = folder
        self.settings = Settings(var=folder / "var", served_towns=(HOST, *demo.towns()))
        self.composition = compose(self.settings)
        self.days = days

    def close(self) -> None:
        """Lets go of the files."""
        self.composition.house.databases.dispose()

    def clock(self) -> Any:
        """A clock that stands as many days ahead as were let pass."""
        moment = clock.now() + timedelta(days=self.days)
        return clock.fixed(partial(_same, moment))

    def actor(self, function: str) -> Actor:
        """Somebody with one function."""
        return Actor(f"who-{function}", "職員 架空", TOWN, (), frozenset({function}))

    def do(self, function: str, handler: Callable[..., Any], command: Any) -> None:
        """One step by somebody, and everything that follows from it in all services."""
        house = self.composition.house
        with self.clock():
            with (
                municipality_scope(TOWN),
                UnitOfWork(house, "cases", self.actor(function)) as uow,
            ):
                wants_hooks = (
                    "hooks" in handler.__code__.co_varnames[: handler.__code__.co_argcount]
                )
                more = (house.plugins.hooks_for(TOWN),) if wants_hooks else ()
                handler(command, uow, *more)
            settle(self.composition)

    def ids(self, service: str, question: str, *given: str) -> list[str]:
        """Ids that a service's database answers with."""
        house = self.composition.house
        with municipality_scope(TOWN), house.databases.reading(service) as connection:
            return [str(row[0]) for row in connection.exec_driver_sql(question, given)]

    def type_about(self, case_id: str, word: str) -> dict[str, str]:
        """Two people type into a page of the household in every service and send nothing; what lies there, by draft."""
        (consultation,) = self.ids(
            "cases", "SELECT consultation_id FROM cases_case WHERE id = ?", case_id
        )
        (need, *_) = self.ids(
            "cases", "SELECT id FROM cases_support_need WHERE case_id = ?", case_id
        )
        (request, *_) = self.ids(
            "outreach", "SELECT id FROM outreach_household_to_reach WHERE case_id = ?", case_id
        )
        pages = {
            "cases": (f"/cases/{TOWN}/cases/{case_id}/close", f"/cases/{TOWN}/needs/{need}"),
            "intake": (f"/intake/{TOWN}/consultations/{consultation}/sheets/new",),
            "outreach": (f"/outreach/{TOWN}/households/{request}/visits/new",),
            "resources": (f"/resources/{TOWN}/gaps/new need_id={need}",),
            "portal": (f"/portal/{TOWN}/audit?object={case_id}",),
        }
        found = {}
        for service, forms in pages.items():
            for number, form in enumerate(forms):
                draft = f"{word}-{service}-{number}".ljust(20, "0")
                found[draft] = self.type_into(service, form, draft)
        return found

    def type_into(self, service: str, form: str, draft: str) -> str:
        """Somebody types the household's words into a form; returns what lies in the database of it."""
        house, account = self.composition.house, "who-types"
        typed = [("note", "".join(CANARY))]
        with (
            self.clock(),
            municipality_scope(TOWN),
            house.databases.writing(service) as connection,
        ):
            assert KeptDrafts(connection, account).keep(draft, form, typed, 1)
            connection.commit()
        (sealed,) = self.ids(service, "SELECT sealed FROM kept_draft WHERE id = ?", draft)
        return sealed

    def drafts(self) -> set[str]:
        """The drafts that are still there, in all services."""
        return {
            one
            for name in self.composition.services
            for one in self.ids(name, "SELECT id FROM kept_draft")
        }

    def case(self) -> Any:
        """The household's case."""
        with (
            municipality_scope(TOWN),
            self.composition.house.databases.reading("cases") as connection,
        ):
            found = [
                Cases(connection).get(row[0])
                for row in connection.exec_driver_sql("SELECT id FROM cases_case").all()
            ]
        return next(one for one in found if any(p.name == "岡本 すみ" for p in one.persons))

    def end(self) -> tuple[str, str]:
        """Closes the household's case, lets the term pass, and two people decide; returns case and shredding."""
        case = self.case()
        self.do(
            "coordinator",
            handlers.close_case,
            commands.CloseCase(
                case.id,
                ClosingOutcome.ROLES_SETTLED,
                "岡本さんは落ち着いた",
                case.version,
                "福祉課",
                review_on=clock.today() + timedelta(30),
            ),
        )
        self.do(
            "town_administrator",
            handlers.set_retention,
            commands.SetRetention(
                new_id(),
                RetainedKind.CASE,
                1,
                CountedFrom.END,
                "架空市文書管理規程",
                "別表第一",
                date(2020, 4, 1),
                14,
            ),
        )
        self.days = 400
        shredding_id = new_id()
        self.do(
            "coordinator",
            handlers.propose_shredding,
            commands.ProposeShredding(shredding_id, RetainedKind.CASE, case.id),
        )
        self.do("responsible", handlers.confirm_shredding, commands.ConfirmShredding(shredding_id))
        self.days += 14
        return case.id, shredding_id

    def work(self) -> None:
        """The job of cases and everything that follows."""
        with self.clock():
            with municipality_scope(TOWN):
                handlers.carry_out_shreddings(self.composition.house, TOWN)
            settle(self.composition)
            assert list(swept(self.composition, TOWN))

    def shredding(self, shredding_id: str) -> Any:
        """Where it stands."""
        with (
            municipality_scope(TOWN),
            self.composition.house.databases.reading("cases") as connection,
        ):
            return Shreddings(connection).get(shredding_id)

    def found(self, words: tuple[str, ...]) -> dict[str, list[str]]:
        """Which of the words can be read: in the bytes of any file, or in what any row or event opens to."""
        self.close()
        seen: dict[str, list[str]] = {}
        for path in sorted(self.folder.joinpath("var").rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                unescaped = _unescaped(content)
                for word in words:
                    if word.encode() in content or word in unescaped:
                        seen.setdefault(path.name, []).append(word)
        for place, text in self.opened():
            for word in words:
                if word in text:
                    seen.setdefault(place, []).append(word)
        return seen

    def opened(self) -> Iterator[tuple[str, str]]:
        """Every row of every table and every event, opened, as text."""
        house = self.composition.house
        with municipality_scope(TOWN):
            for name, service in self.composition.services.items():
                with house.databases.reading(name) as connection:
                    for table in service.columns.sorted_tables if service.columns else ():
                        for row in connection.execute(table.select()):
                            yield table.name, repr(tuple(row))
                    for (body,) in connection.exec_driver_sql(
                        "SELECT body FROM event_log UNION ALL SELECT body FROM outbox"
                    ):
                        one = Envelope.from_json(body)
                        data = house.sealer.open(TOWN, one.type, one.id, one.data)
                        yield one.type, repr(registry.load(one.type, data))

    def numbers(self) -> dict[str, Any]:
        """What the reports count: the portal's copies, the months of intake, the numbers of the log."""
        house = self.composition.house
        found: dict[str, Any] = {}
        with municipality_scope(TOWN):
            with house.databases.reading("portal") as connection:
                for table in ("counted_fact", "measured_fact", "measured_mark", "number_copy"):
                    found[table] = sorted(
                        map(repr, connection.exec_driver_sql(f"SELECT * FROM portal_{table}").all())
                    )
            with house.databases.reading("intake") as connection:
                first = clock.today() - timedelta(days=400)
                found["intake"] = reception_counts(connection, first, clock.today())
        return found


def _same(moment: Any) -> Any:
    return moment


def _unescaped(content: bytes) -> str:
    return re.sub(
        r"\\+u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), content.decode("latin-1", "ignore")
    )


@dataclass(frozen=True)
class Ended:
    """A folder in which the household has ended, and what was there before."""

    folder: Path
    days: int
    case_id: str
    shredding_id: str
    canaries: set[str]
    neighbours: set[str]
    numbers: dict[str, Any]
    parts: set[str]
    typed: dict[str, str]
    seen: set[str]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The demonstration, a backup of it, and then the end of one household."""
    folder = tmp_path_factory.mktemp("ended")
    town = Town(folder)
    demo.prepare(town.composition, lambda _words: None)
    early = town.type_about(town.case().id, "before")
    Backups(town.composition).create(TOWN, folder / "backups")
    canaries = {word for words in town.found(CANARY).values() for word in words}
    neighbours = set(town.found(NEIGHBOUR))
    case_id, shredding_id = town.end()
    typed = {**early, **town.type_about(case_id, "waiting")}
    town.type_into("cases", f"/cases/{TOWN}/cases/{new_id()}/close", NEIGHBOURS_DRAFT)
    seen = {word for words in town.found(tuple(typed.values())).values() for word in words}
    numbers = town.numbers()
    town.work()
    parts = {one.service for one in town.shredding(shredding_id).parts}
    town.close()
    return Ended(
        folder, town.days, case_id, shredding_id, canaries, neighbours, numbers, parts, typed, seen
    )


@pytest.fixture
def town(ended: Ended, tmp_path: Path) -> Iterator[Town]:
    """The same in a folder of its own."""
    shutil.copytree(ended.folder / "var", tmp_path / "var")
    one = Town(tmp_path, ended.days)
    yield one
    one.close()


@pytest.fixture
def backup(ended: Ended) -> Path:
    """The backup from before the end."""
    (found,) = (ended.folder / "backups").iterdir()
    return found


def test_a_household_ends_in_every_service_and_only_its_numbers_stay(
    town: Town, ended: Ended
) -> None:
    assert ended.canaries == set(CANARY)

    assert town.found(CANARY) == {}
    assert town.found(NEIGHBOUR).keys() >= ended.neighbours
    assert town.shredding(ended.shredding_id).status is ShreddingStatus.DONE
    assert ended.parts == set(handlers.ANSWERING)
    assert town.numbers() == ended.numbers
    assert list(left_over(town.composition, TOWN)) == []
    assert without_tombstone(town.composition, TOWN) == []
    with closing(sqlite3.connect(town.folder / "var" / TOWN / "cases.sqlite")) as cases:
        (number,) = cases.execute(
            "SELECT number FROM cases_case WHERE id = ?", [ended.case_id]
        ).fetchone()
    assert re.fullmatch(r"C20\d\d-\d{4}", number)


def test_what_anybody_typed_about_it_and_never_sent_is_gone_from_rows_and_files(
    town: Town, ended: Ended
) -> None:
    assert (len(ended.typed), ended.seen) == (12, set(ended.typed.values()))

    assert town.found(tuple(ended.typed.values())) == {}
    assert town.drafts() == {NEIGHBOURS_DRAFT}
    with pytest.raises(RecordIsOver):
        town.type_into("cases", f"/cases/{TOWN}/cases/{ended.case_id}/close", "late".ljust(20, "0"))


def test_the_trail_still_verifies_and_the_portal_is_rebuilt_from_the_blanked_logs(
    town: Town,
) -> None:
    house = town.composition.house

    with municipality_scope(TOWN):
        for name in town.composition.services:
            with house.databases.reading(name) as connection:
                assert audit.verify(connection, house.keys.derived(TOWN, "audit")) is None
    live = read_models(town.composition, TOWN)
    rebuild.rebuild(town.composition, "portal", TOWN)

    assert read_models(town.composition, TOWN) == live


def test_an_older_backup_brings_nothing_back(town: Town, ended: Ended, backup: Path) -> None:
    manifest = Backups(town.composition).verify(backup)
    assert brought_back(town.composition.house.tombstones.all(TOWN), manifest.made_at) == 1

    with town.clock():
        done = Backups(town.composition).restore(backup, TOWN)
    assert any(ended.shredding_id in line for line in done.settled.services)
    assert Backups(town.composition).clear(TOWN)

    assert town.found((*CANARY, *ended.typed.values())) == {}
    assert town.drafts() == set()
    assert town.found(NEIGHBOUR) != {}
    assert town.shredding(ended.shredding_id).status is ShreddingStatus.DONE
    assert town.shredding(ended.shredding_id).record_id == ended.case_id
    assert list(left_over(town.composition, TOWN)) == []


def test_a_tombstone_that_was_changed_stops_the_restore_before_anything_moves(
    town: Town, backup: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    town.close()
    monkeypatch.setenv("KASANE_VAR", str(town.settings.var))
    monkeypatch.delenv("KASANE_MODE", raising=False)
    made: list[Composition] = []

    def composed(settings: Settings) -> Composition:
        made.append(compose(settings))
        return made[-1]

    monkeypatch.setattr("kasane_runtime.commands.compose", composed)
    assert main(["retention", "verify", TOWN]) == 0
    assert main(["backup", "verify", str(backup)]) == 0
    said = capsys.readouterr().out
    assert "消した記録 1 件、どのサービスにも読める言葉はありません" in said
    assert "そのあと消した記録 1 件が入っています" in said
    file = town.composition.house.tombstones.folder / f"{TOWN}.jsonl"
    written = file.read_bytes()
    file.write_bytes(written.replace(b'"kind": "case"', b'"kind": "cake"'))

    status = main(["backup", "restore", TOWN, str(backup)])

    assert (status, "was changed" in capsys.readouterr().err) == (2, True)
    assert town.found(CANARY) == {}
    file.write_bytes(b"")
    assert main(["retention", "verify", TOWN]) == 1
    assert "に書かれていません" in capsys.readouterr().out
    # Each command is a process of its own, which leaves nothing open.
    for one in (town.composition, *made):
        one.house.databases.dispose()
    assert main(["backup", "restore", TOWN, str(backup)]) == 2
    assert "or they would come back" in capsys.readouterr().err
    assert town.found(CANARY) == {}
