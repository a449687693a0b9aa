"""What a version of the plugin API promised: nothing is taken away, and the shipped plugins serve the one before."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import pytest

from kasane_kit.plugins import (
    PluginHouse,
    answered_by,
    build_manager,
    catalogue,
    codes_of,
    deprecations_of,
    later_than,
    misfit,
    previous_minor,
    questions,
    questions_at,
)
from kasane_kit.tenancy import Town, UnknownTown
from kasane_plugin_api import (
    API_VERSION,
    NAME,
    Declared,
    Office,
    PluginKind,
    PluginMetadata,
    hookimpl,
    hookspec,
)
from kasane_plugin_api.samples import sample_arguments
from tests.benchmarks.strangers import AtHand

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOTS = ROOT / "packages" / "plugin-api" / "snapshots"
BEFORE = previous_minor()
SHIPPED = sorted(name for name in catalogue() if ROOT in catalogue()[name].folder().parents)


def snapshot(version: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((SNAPSHOTS / f"{version}.json").read_text())
    return found


def specs_of(version: str) -> ModuleType:
    """A module with the questions as they stood in a version, made from its snapshot alone."""
    module = ModuleType(f"hookspecs_{version}")
    for name, facts in snapshot(version).items():
        lines = f"def {name}({', '.join(facts['arguments'])}): ...\n"
        made: dict[str, Any] = {}
        exec(lines, made)
        setattr(module, name, hookspec(firstresult=facts["decides"])(made[name]))
    return module


def test_the_version_before_is_kept_as_a_snapshot() -> None:
    assert (API_VERSION, BEFORE) == ("0.2", "0.1")
    assert len(snapshot(BEFORE)) == 28


def test_nothing_of_the_version_before_is_taken_away_and_since_says_what_came() -> None:
    before = snapshot(BEFORE)

    now = {
        name: {"arguments": list(one.arguments_at(BEFORE)), "decides": one.decision}
        for name, one in questions_at(BEFORE).items()
    }
    came = {name for name, one in questions().items() if later_than(one.declared.since, BEFORE)}

    assert now == before
    assert came == set(questions()) - set(before)
    assert [
        (name, argument)
        for name, one in questions().items()
        for argument in set(one.declared.argument_since) | set(one.declared.deprecated_arguments)
        if argument not in one.arguments
    ] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_plugin_serves_the_version_before(name: str) -> None:
    made = build_manager(Town("000000", "町", "000000", (name,)), catalogue()).get_plugin(name)
    before = pluggy.PluginManager(NAME)
    specs = specs_of(BEFORE)
    before.add_hookspecs(specs)

    before.register(made, name)
    later = {hook for hook in questions() if hasattr(made, hook) and hook not in snapshot(BEFORE)}
    answered = answered_by_of(before, name)
    codes = codes_of(answered)
    misfits = [
        (one.question.name, problem)
        for one in answered
        for sample in sample_arguments(snapshot(BEFORE)[one.question.name]["arguments"], codes)
        for given in [{key: sample[key] for key in one.arguments}]
        for answer in [one.function(**given)]
        if answer is not None
        for problem in [misfit(answer, one.question.answer)]
        if problem
    ]

    assert misfits == []
    assert all(questions()[hook].declared.since == "0.2" for hook in later)


def answered_by_of(manager: pluggy.PluginManager, name: str) -> list[Any]:
    return [
        one
        for one in answered_by(_WithAll(manager), name)  # type: ignore[arg-type]
        if one.question.name in snapshot(BEFORE)
    ]


class _WithAll:
    """A manager of an older version, asked for every question: what it does not know nobody answers."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager

    @property
    def hook(self) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        known = getattr(self._manager.hook, name, None)
        if known is None or name not in snapshot(BEFORE):
            return _Nobody()
        return known


class _Nobody:
    def get_hookimpls(self) -> list[Any]:
        return []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_plugin_leaves_nothing_behind(name: str) -> None:
    manager = build_manager(Town("000000", "町", "000000", (name,)), catalogue())

    assert deprecations_of(manager, (name,)) == ()


class Old:
    """A plugin as it was written for the version before: it declares no scopes."""

    metadata = PluginMetadata("old", "前の版の町", "Old town", PluginKind.TOWN)

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @hookimpl
    def organization(self, on: Any) -> Any:
        return (Office("a", "窓口"),)

    @hookimpl
    def escalation(self, consultation: Any) -> None:
        return None


class Towns:
    def get(self, code: str) -> Town:
        if code != "292095":
            raise UnknownTown(code)
        return Town("292095", "生駒市", "290009", ("old",))

    def towns(self) -> tuple[Town, ...]:
        return (self.get("292095"),)

    def serves(self, code: str) -> bool:
        return code == "292095"


def test_a_plugin_made_for_the_version_before_works_and_is_told_what_to_do() -> None:
    installed = {"old": AtHand("old", "x", "0", next(iter(catalogue().values())).entry_point, Old)}
    hooks = PluginHouse(Towns(), installed=lambda: installed).hooks_for("292095")

    assert hooks.organization(on=None) == (Office("a", "窓口"),)
    assert hooks.deprecations == (
        "プラグイン「old」は plugin-api 0.1 用です。0.2 に合わせ、見るものを metadata.scopes に書いてください。",
    )


def test_a_deprecated_question_and_argument_are_told_and_still_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = dict(questions())
    declared = Declared(
        "0.1", 50, {}, "organizations を使ってください。", {"on": "day を使ってください。"}
    )
    was = found["organization"]
    found["organization"] = type(was)(**{**vars(was), "declared": declared})
    from kasane_kit.plugins import manager

    class Older(Old):
        """A class of its own, so that nothing read before is used."""

    monkeypatch.setattr(manager, "questions", lambda: found)
    installed = {
        "old": AtHand("old", "x", "0", next(iter(catalogue().values())).entry_point, Older)
    }
    hooks = PluginHouse(Towns(), installed=lambda: installed).hooks_for("292095")

    assert hooks.organization(on=None) == (Office("a", "窓口"),)
    assert hooks.deprecations[1:] == (
        "プラグイン「old」の「organization」はやめる予定の質問です。organizations を使ってください。",
        "プラグイン「old」の「organization」の引数「on」はやめる予定です。day を使ってください。",
    )
