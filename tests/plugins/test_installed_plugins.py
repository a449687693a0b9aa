"""Checks every installed plugin, and that every town file under deploy/towns can be used."""

from pathlib import Path

import pytest

from kasane_kit.plugins import PluginHouse, catalogue
from kasane_kit.tenancy import FileTownDirectory
from kasane_kit.testing.conformance import check_plugin

ROOT = Path(__file__).resolve().parents[2]
TOWNS = ROOT / "deploy" / "towns"


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_installed_plugin_conforms(name: str) -> None:
    assert check_plugin(name) == []


def test_every_plugin_folder_is_installed() -> None:
    folders = {path.parent.name for path in (ROOT / "plugins").glob("*/pyproject.toml")}

    installed = {plugin.name for plugin in catalogue().values() if ROOT in plugin.folder().parents}

    assert installed == folders


def test_every_town_file_can_be_read() -> None:
    directory = FileTownDirectory(TOWNS)

    assert directory.problems == ()
    assert len(directory.towns()) == len(list(TOWNS.glob("*.toml")))


def test_every_town_file_builds_a_manager() -> None:
    directory = FileTownDirectory(TOWNS)
    house = PluginHouse(directory)

    problems = [problem.sentence for problem in house.misconfigured()]
    enabled = {town.code: town.plugins for town in directory.towns()}
    registered = {
        code: tuple(
            name
            for name, _ in house.hooks_for(code).manager.list_name_plugin()
            if name not in ("default", "platform")
        )
        for code in enabled
    }

    assert problems == []
    assert registered == enabled
