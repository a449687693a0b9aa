"""A town's chosen set of plugins is read beside its file, kept for a moment, and never loosens what the file allows."""

import threading
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kasane_kit.db import Databases, MigrationSource, choices_in, upgrade
from kasane_kit.db.engine import SqliteAddresses
from kasane_kit.keys import KeyRing
from kasane_kit.plugins import MisconfiguredTown, PluginHouse
from kasane_kit.tenancy import (
    HOST,
    ChosenSet,
    ProjectedTownDirectory,
    Town,
    UnknownTown,
    chosen,
    municipality_scope,
    settings_text,
    with_choice,
)
from kasane_kit.testing.workbench import GivenTowns

TOWN = "292095"
BASE = Town(TOWN, "生駒市", "290009", ("ikoma",), {"ikoma": {"support_conference": False}})
CHOICE = ChosenSet(3, ("town-template",), {}, date(2026, 11, 1))


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Choices:
    """What a test lets towns choose; counts how often it was read."""

    def __init__(self, found: ChosenSet | None = None) -> None:
        self.found, self.read, self.broken = found, 0, False

    def __call__(self, _code: str) -> ChosenSet | None:
        self.read += 1
        if self.broken:
            raise OSError("the database is away")
        return self.found


def directory_of(choices: Callable[[str], ChosenSet | None], seconds: Seconds) -> Any:
    return ProjectedTownDirectory(GivenTowns(BASE), choices, seconds=seconds, fresh_for=2)


def test_a_town_that_never_chose_is_as_its_file_says() -> None:
    assert directory_of(Choices(), Seconds()).get(TOWN) is BASE


def test_a_choice_stands_in_the_place_of_the_file_s_set_and_is_seen_after_a_moment() -> None:
    choices, seconds = Choices(), Seconds()
    directory = directory_of(choices, seconds)

    before = directory.get(TOWN)
    choices.found = CHOICE
    meanwhile = directory.get(TOWN)
    seconds.now = 2.1
    after = directory.get(TOWN)

    assert (before.plugins, meanwhile.plugins) == (("ikoma",), ("ikoma",))
    assert (after.plugins, after.settings, after.installed) == (("town-template",), {}, ("ikoma",))
    assert after.revision != before.revision
    assert choices.read == 2


def test_who_is_told_to_look_again_sees_it_at_once() -> None:
    choices = Choices()
    directory = directory_of(choices, Seconds())
    directory.get(TOWN)
    choices.found = CHOICE

    directory.look_again(TOWN)

    assert directory.get(TOWN).plugins == ("town-template",)


def test_the_towns_and_whether_there_is_one_are_told_without_reading_a_choice() -> None:
    choices = Choices(CHOICE)
    directory = directory_of(choices, Seconds())

    assert [town.plugins for town in directory.towns()] == [("ikoma",)]
    assert (directory.serves(TOWN), directory.serves("012319")) == (True, False)
    with pytest.raises(UnknownTown):
        directory.get("012319")
    assert choices.read == 0


def test_while_a_choice_cannot_be_read_the_one_known_stands_and_unknown_fails() -> None:
    choices, seconds = Choices(CHOICE), Seconds()
    directory = directory_of(choices, seconds)
    directory.get(TOWN)
    choices.broken, seconds.now = True, 10

    assert directory.get(TOWN).plugins == ("town-template",)
    with pytest.raises(OSError, match="away"):
        directory_of(choices, seconds).get(TOWN)


def test_who_finds_somebody_reading_takes_what_was_known() -> None:
    reading, go_on = threading.Event(), threading.Event()
    seconds, calls = Seconds(), []

    def slow(_code: str) -> ChosenSet | None:
        calls.append(1)
        if len(calls) == 2:
            reading.set()
            assert go_on.wait(10)
            return CHOICE
        return None

    directory = directory_of(slow, seconds)
    directory.get(TOWN)
    seconds.now = 10
    reader = threading.Thread(target=lambda: directory.get(TOWN))
    reader.start()
    assert reading.wait(10)

    meanwhile = directory.get(TOWN)
    go_on.set()
    reader.join(10)

    assert meanwhile is BASE
    assert directory.get(TOWN).plugins == ("town-template",)


def test_a_file_that_begins_after_the_choice_takes_over() -> None:
    next_year = replace(BASE, revision=date(2027, 4, 1).toordinal())

    assert with_choice(BASE, CHOICE).plugins == ("town-template",)
    assert with_choice(next_year, CHOICE) is next_year
    later = replace(CHOICE, revision=4, chosen_on=date(2027, 4, 1))
    assert with_choice(next_year, later).plugins == ("town-template",)


def test_a_choice_moves_the_manager_of_its_town_alone() -> None:
    other = Town("012319", "恵庭市", "010006", ("eniwa",))
    choices: dict[str, ChosenSet] = {}
    directory = ProjectedTownDirectory(GivenTowns(BASE, other), choices.get)
    house = PluginHouse(directory)
    before, neighbour = house.hooks_for(TOWN), house.hooks_for("012319")

    choices[TOWN] = ChosenSet(1, ("ikoma",), {"ikoma": {"support_conference": True}})
    directory.look_again(TOWN)

    assert house.hooks_for(TOWN) is not before
    assert house.hooks_for(TOWN) is house.hooks_for(TOWN)
    assert house.hooks_for("012319") is neighbour


@pytest.mark.parametrize(
    ("plugins", "allowed", "said"),
    [
        (("kasugai",), None, "この町のものではありません"),
        (("tottori",), None, "都道府県のもの"),
        (("carer-support", "ikoma"), ("household-survey",), "許されていません"),
    ],
)
def test_a_choice_stays_within_the_town_s_file(
    plugins: tuple[str, ...], allowed: tuple[str, ...] | None, said: str
) -> None:
    choice = ChosenSet(1, plugins, {}, date(2026, 11, 1))
    directory = ProjectedTownDirectory(
        GivenTowns(replace(BASE, allowed=allowed)), lambda _code: choice
    )

    with pytest.raises(MisconfiguredTown, match=said):
        PluginHouse(directory).hooks_for(TOWN)


def test_settings_come_back_as_they_were_written() -> None:
    settings = {
        "postal-survey": {
            "label": 'いわゆる"かぎ"と\\と\n改行\x7f',
            "days": 3,
            "share": 0.5,
            "on": True,
            "since": date(2026, 4, 1),
            "codes": ["a", "b"],
            "areas": {"第1 区": "x", "第2区": "y"},
            "none": {},
        },
        "ikoma": {},
    }

    assert tomllib.loads(settings_text(settings)) == settings


def test_a_town_s_copy_keeps_the_newest_revision_whatever_scope_is_open(tmp_path: Path) -> None:
    databases = Databases(SqliteAddresses(tmp_path), KeyRing(tmp_path))
    read = choices_in(databases, "portal")

    nothing = read(TOWN)  # the tables are not made yet
    with municipality_scope(TOWN), databases.writing("portal") as connection:
        upgrade(connection, MigrationSource(tmp_path / "none"))
        chosen.remember(connection, CHOICE)
        chosen.remember(connection, replace(CHOICE, revision=2, plugins=("ikoma",)))
        connection.commit()
    with municipality_scope(HOST):
        found = read(TOWN)
    databases.dispose()

    assert nothing is None
    assert found == CHOICE
