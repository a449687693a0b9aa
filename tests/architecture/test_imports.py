"""Runs the import rules over the real tree, and shows that each of them fails when it is broken."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]
CONTRACTS = [contract["name"] for contract in SETTINGS["contracts"]]

# One deliberate violation of each contract: a module of the tree and the line that must not be in it.
VIOLATIONS = {
    "The house: runtime, services, kit, published languages": (
        "kasane_contracts/glossary.py",
        "import kasane_kit.clock",
    ),
    "The runtime finds services by entry point, never by import": (
        "kasane_runtime/compose.py",
        "import kasane_intake.app",
    ),
    "Services are strangers": ("kasane_cases/commands.py", "import kasane_intake.commands"),
    "Plugins are strangers": ("kasane_ikoma/plugin.py", "import kasane_eniwa.plugin"),
    "A plugin sees the plugin API and nothing else of ours": (
        "kasane_eniwa/plugin.py",
        "import sqlalchemy",
    ),
    "Nobody imports a plugin": ("kasane_kit/plugins/questions.py", "import kasane_ikoma.plugin"),
    "Every service has the same floors": (
        "kasane_intake/queries.py",
        "import kasane_intake.handlers",
    ),
    "Tables are touched by the floors that own them": (
        "kasane_intake/pages/forms.py",
        "import kasane_intake.tables",
    ),
    "Domain is plain Python": ("kasane_intake/domain/folding.py", "import marshmallow"),
    "Flask stays at the doors": ("kasane_intake/handlers.py", "import flask"),
    "The published languages are leaves": ("kasane_plugin_api/metadata.py", "import flask"),
    "The kit is a closed list": ("kasane_kit/clock.py", "import kasane_kit.tenancy"),
    "Brokers are known in one place": ("kasane_kit/delivery/__init__.py", "import pika"),
}


@pytest.fixture(scope="module")
def real_tree() -> str:
    """What lint-imports says of the tree as it is."""
    sources = sorted(str(path) for path in ROOT.glob("*/*/src"))
    return _lint(ROOT, sources)


@pytest.fixture(scope="module")
def broken_tree(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What lint-imports says of a copy in which every contract is broken once."""
    folder = tmp_path_factory.mktemp("broken")
    _copy_sources(folder)
    for module, line in VIOLATIONS.values():
        _append(folder / "src" / module, line)
    return _lint(folder, [str(folder / "src")])


def test_the_tree_keeps_every_import_rule(real_tree: str) -> None:
    assert _verdicts(real_tree) == dict.fromkeys(CONTRACTS, "KEPT"), real_tree


def test_every_rule_has_a_deliberate_violation_here() -> None:
    assert sorted(VIOLATIONS) == sorted(CONTRACTS)


def test_every_rule_has_been_seen_to_fail(broken_tree: str) -> None:
    assert _verdicts(broken_tree) == dict.fromkeys(CONTRACTS, "BROKEN"), broken_tree


@pytest.mark.parametrize(
    "package",
    ["kasane_intake", "kasane_kit"],
)
def test_a_room_that_is_not_on_the_list_is_refused(tmp_path: Path, package: str) -> None:
    _copy_sources(tmp_path)
    (tmp_path / "src" / package / "attic.py").write_text('"""An attic."""\n')

    said = _lint(tmp_path, [str(tmp_path / "src")])

    assert "attic" in said
    assert set(_verdicts(said).values()) <= {"KEPT", "BROKEN"}
    assert _verdicts(said) != dict.fromkeys(CONTRACTS, "KEPT")


def test_the_lists_of_the_rules_are_the_folders_of_the_tree() -> None:
    packages, services, plugins = (_imports(kind) for kind in ("packages", "services", "plugins"))
    named = {contract["name"]: contract for contract in SETTINGS["contracts"]}

    assert set(SETTINGS["root_packages"]) == packages | services | plugins
    assert set(named["Services are strangers"]["modules"]) == services
    assert set(named["Plugins are strangers"]["modules"]) == plugins
    assert set(named["Nobody imports a plugin"]["protected_modules"]) == plugins
    assert set(named["Every service has the same floors"]["containers"]) == services
    only_api = named["A plugin sees the plugin API and nothing else of ours"]
    assert set(only_api["source_modules"]) == plugins
    assert set(only_api["forbidden_modules"]) >= services | packages - {"kasane_plugin_api"}
    runtime = named["The runtime finds services by entry point, never by import"]
    assert set(runtime["forbidden_modules"]) == services | plugins
    house = named["The house: runtime, services, kit, published languages"]["layers"]
    assert {part for layer in house for part in layer.split(" | ")} == packages | services
    for name, part in (("Tables are touched by the floors that own them", "tables"),):
        assert set(named[name]["protected_modules"]) == {
            f"{service}.{part}" for service in services
        }
    assert set(named["Domain is plain Python"]["source_modules"]) == {
        f"{service}.domain" for service in services
    }
    assert set(named["Flask stays at the doors"]["source_modules"]) == {
        f"{service}.{floor}"
        for service in services
        for floor in ("handlers", "queries", "repository", "subscribers")
    }


def test_nothing_is_excused_from_the_rules() -> None:
    excuses = {
        (contract["name"], key)
        for contract in SETTINGS["contracts"]
        for key in contract
        if key.startswith("ignore") or key.startswith("exhaustive_ignores")
    }

    assert excuses == {("Every service has the same floors", "exhaustive_ignores")}


def _imports(kind: str) -> set[str]:
    return {
        f"kasane_{folder.name.replace('-', '_')}"
        for folder in (ROOT / kind).iterdir()
        if (folder / "pyproject.toml").exists()
    }


def _copy_sources(folder: Path) -> None:
    for source in ROOT.glob("*/*/src/kasane_*"):
        shutil.copytree(
            source,
            folder / "src" / source.name,
            ignore=lambda _folder, names: [
                name for name in names if not (name.endswith(".py") or "." not in name)
            ],
        )
    shutil.copy(ROOT / "pyproject.toml", folder)


def _append(path: Path, line: str) -> None:
    if not path.exists():
        path = path.with_suffix("") / "__init__.py"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\n{line}  # noqa\n", "utf-8")


def _lint(folder: Path, sources: list[str]) -> str:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sources),
            "NO_COLOR": "1",
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _verdicts(said: str) -> dict[str, str]:
    return {
        name: verdict
        for name, verdict in re.findall(r"^(.+?) (KEPT|BROKEN)\s*(?:\(.*\))?$", said, re.MULTILINE)
    }
