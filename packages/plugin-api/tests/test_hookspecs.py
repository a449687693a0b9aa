"""Checks that pluggy takes the specifications as they are, and that each can be tried out."""

from collections.abc import Callable
from inspect import signature
from typing import Any

import pluggy
import pytest

from kasane_plugin_api import DECLARED, NAME, hookimpl, hookspecs
from kasane_plugin_api.samples import sample_arguments

HOOKS: dict[str, Callable[..., Any]] = {
    name: function
    for subject in hookspecs.SUBJECTS
    for name, function in vars(subject).items()
    if hasattr(function, DECLARED)
}


def test_there_are_forty_five_questions() -> None:
    assert len(HOOKS) == 45


def test_pluggy_takes_every_specification() -> None:
    manager = pluggy.PluginManager(NAME)

    for subject in hookspecs.SUBJECTS:
        manager.add_hookspecs(subject)

    assert [name for name in HOOKS if not getattr(manager.hook, name).has_spec()] == []


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_every_question_has_samples(name: str) -> None:
    arguments = tuple(signature(HOOKS[name]).parameters)

    samples = list(sample_arguments(arguments))

    assert samples != []
    assert {tuple(sample) for sample in samples} == {arguments}


def test_a_plugins_own_codes_are_among_the_samples() -> None:
    bodies = [sample["body"] for sample in sample_arguments(("body",), ("own",))]
    features = [sample["feature"] for sample in sample_arguments(("feature",), ("own",))]

    assert bodies[-1] == "own"
    assert features == ["unknown", "own"]


def test_an_argument_without_samples_is_refused() -> None:
    with pytest.raises(KeyError, match="weather"):
        list(sample_arguments(("weather",)))


def test_an_implementation_may_take_fewer_arguments() -> None:
    class Short:
        @hookimpl
        def cadence(self, body: str) -> list[str]:
            return [body]

    manager = pluggy.PluginManager(NAME)
    for subject in hookspecs.SUBJECTS:
        manager.add_hookspecs(subject)

    manager.register(Short())
    manager.check_pending()

    assert manager.hook.cadence(body="panel", year=2026) == [["panel"]]
