"""A town with offices of every kind, and another town beside it; its databases are new for every play."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from kasane_kit.auth import Actor
from kasane_kit.delivery import Post
from kasane_kit.tenancy import HOST
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Workbench, build_workbench
from kasane_plugin_api import LegalKind, MeetingBody, Office, OfficeKind, OutreachAgency

OFFICES = (
    Office("care", "介護の窓口"),
    Office("contracted", "委託先", OfficeKind.CONTRACTED),
    Office("partner", "関係機関", OfficeKind.PARTNER_AGENCY),
    Office("residents", "町内会", OfficeKind.RESIDENTS),
)
KIND_OF_OFFICE = {
    "": "municipal_staff",
    "care": "municipal_staff",
    "coordinator": "municipal_staff",
    "contracted": "contractor",
    "partner": "partner_agency",
    "residents": "resident",
}


class HooksOfThePlay:
    """The national answers, with offices of every kind and a body of every legal kind."""

    def __init__(self, hooks: Any) -> None:
        self._hooks = hooks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hooks, name)

    def organization(self, on: Any) -> tuple[Office, ...]:
        """The offices."""
        return OFFICES

    def meeting_bodies(self, on: Any) -> tuple[MeetingBody, ...]:
        """One body of each legal kind."""
        return tuple(
            MeetingBody(kind.value, f"会議 {kind.value}", (kind,), host="市町村")
            for kind in LegalKind
        )

    def outreach_agencies(self, area: str, need: Any) -> tuple[OutreachAgency, ...]:
        """The offices, and the coordinator's own unit."""
        return (
            OutreachAgency("coordinator", "調整"),
            *(OutreachAgency(one.code, one.label) for one in OFFICES),
        )


class TownOfThePlay:
    """One bench for many plays: each begins with empty databases of both towns."""

    def __init__(self, folder: Path) -> None:
        (point,) = entry_points(group="kasane.services", name="cases")
        self.here: Workbench = build_workbench(point.load(), folder)
        self.there: Workbench = replace(self.here, municipality=OTHER_TOWN)
        self.hooks = HooksOfThePlay(self.here.hooks)
        self.post = Post(self.here.service, self.here.house)
        self._files = [folder / town / "cases.sqlite" for town in (HOST, TOWN, OTHER_TOWN)]
        self._empty = self._files[0].read_bytes()
        self._sql = text("SELECT name FROM sqlite_master WHERE type = 'table'")
        self._people()
        self.here.house.databases.dispose()
        self._peopled = [self._settled(file) for file in self._files]

    def begin(self) -> None:
        """Puts the databases back to how they were before the first play."""
        self.here.house.databases.dispose()
        self.here._sequences.clear()
        for file, content in zip(self._files, self._peopled, strict=True):
            for old in file.parent.glob("cases.sqlite*"):
                old.unlink()
            file.write_bytes(content)

    def end(self) -> None:
        """Closes the databases."""
        self.here.house.databases.dispose()

    def do(self, handler: Callable[..., Any], command: Any, actor: Actor) -> Any:
        """Runs a handler of the first town."""
        with self.here.unit(actor) as uow:
            code = handler.__code__
            if "hooks" in code.co_varnames[: code.co_argcount]:
                return handler(command, uow, self.hooks)
            return handler(command, uow)

    def do_there(self, handler: Callable[..., Any], command: Any) -> Any:
        """Runs a handler of the other town."""
        with self.there.unit(self.officer_there) as uow:
            return handler(command, uow)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads the first town."""
        with self.here.reading() as connection:
            yield connection

    def everything_there(self) -> str:
        """All that the other town's database holds, in plain letters."""
        with self.there.reading() as connection:
            return "\n".join(
                repr(tuple(row))
                for name in list(connection.scalars(self._sql))
                for row in connection.execute(text(f'SELECT * FROM "{name}"'))
            )

    def _people(self) -> None:
        staff = self.here.staff
        self.coordinator = staff("coordinator", account_id="coordinator", name="調整 花子")
        self.head = staff("coordinator", account_id="head", name="課長 次子")
        self.contracted = staff(
            "coordinator", account_id="contracted-lead", office="contracted", name="委託 三子"
        )
        self.workers = tuple(
            staff("contact", account_id=f"of-{office.code}", office=office.code, name=office.code)
            for office in OFFICES
        )
        self.officer_there = self.there.staff(
            "coordinator", account_id="officer-there", name="先方 四子", municipality=OTHER_TOWN
        )

    def _settled(self, file: Path) -> bytes:
        import sqlite3

        connection = sqlite3.connect(file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return file.read_bytes()
