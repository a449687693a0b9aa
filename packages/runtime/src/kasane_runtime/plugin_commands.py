"""What ``kasane plugins`` says: the list, a new plugin's next steps, and what a plugin lacks."""

from collections.abc import Iterator
from pathlib import Path

from kasane_kit.plugins import catalogue, new_plugin
from kasane_kit.testing.conformance import check_plugin, notes_on_plugin


def listed() -> Iterator[str]:
    """Every installed plugin with its version."""
    for name, plugin in catalogue().items():
        yield f"{name} {plugin.version}"


def made(name: str, folder: Path) -> Iterator[str]:
    """Makes a plugin and says what to do next; raises WrongName."""
    new_plugin(name, folder)
    home = folder / name
    yield f"{home} を作りました。 / Made {home}."
    yield "次にすること / next:"
    yield f"  1. python -m pip install --no-deps --no-build-isolation --editable {home}"
    yield f"  2. kasane plugins check {name}"
    yield f"  3. python -m pytest {home}"
    yield f"そのあと {home}/README.md の表を、町の資料を読みながら埋めます（docs/how-to/add-a-town.md）。"


def checked(name: str) -> tuple[list[str], bool]:
    """What the plugin lacks (✗) and should leave behind (△), line by line, and whether it lacks nothing."""
    problems = check_plugin(name)
    if problems:
        lines = [f"✗ {problem}" for problem in problems]
        return [*lines, f"{name}: {len(problems)}件を直してください。"], False
    return [
        *(f"△ {note}" for note in notes_on_plugin(name)),
        f"○ {name}: 足りないものはありません。",
    ], True
