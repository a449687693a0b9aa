"""Checks that a new plugin can be started from the template, and the template from itself."""

from pathlib import Path

import pytest

from kasane_kit.plugins import WrongName, catalogue, new_plugin

FILES = [
    "README.md",
    "pyproject.toml",
    "src/kasane_my_town/__init__.py",
    "src/kasane_my_town/plugin.py",
    "src/kasane_my_town/py.typed",
    "src/kasane_my_town/strings/en.toml",
    "src/kasane_my_town/strings/ja.toml",
    "src/kasane_my_town/structure.toml",
    "tests/test_plugin.py",
]


def test_a_new_plugin_has_all_its_files_under_its_own_name(tmp_path: Path) -> None:
    written = new_plugin("my-town", tmp_path)

    places = sorted(path.relative_to(tmp_path / "my-town").as_posix() for path in written)
    text = "\n".join(path.read_text("utf-8") for path in written)

    assert places == FILES
    assert "town-template" not in text
    assert "town_template" not in text
    assert 'my-town = "kasane_my_town.plugin:Plugin"' in text


def test_the_template_copied_under_its_own_name_is_itself(tmp_path: Path) -> None:
    home = catalogue()["town-template"].folder().parents[1]

    written = new_plugin("town-template", tmp_path)

    different = [
        path.name
        for path in written
        if path.read_text("utf-8")
        != (home / path.relative_to(tmp_path / "town-template")).read_text("utf-8")
    ]
    assert different == []


@pytest.mark.parametrize("name", ["", "My-Town", "1town", "my_town", "my--town", "../town", "町"])
def test_a_name_that_does_not_fit_writes_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(WrongName, match="名前に使えません"):
        new_plugin(name, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "my-town").mkdir()

    with pytest.raises(WrongName, match="もうあります"):
        new_plugin("my-town", tmp_path)

    assert list((tmp_path / "my-town").iterdir()) == []


def test_the_name_of_an_installed_plugin_is_taken(tmp_path: Path) -> None:
    with pytest.raises(WrongName, match="「ikoma」はもう入っています"):
        new_plugin("ikoma", tmp_path)

    assert list(tmp_path.iterdir()) == []
