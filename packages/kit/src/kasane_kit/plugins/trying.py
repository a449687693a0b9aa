"""Tries a plugin's hooks with samples: which questions it answers, and the codes it hands out itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, is_dataclass

import pluggy

from kasane_kit.plugins.questions import Question, questions
from kasane_plugin_api.samples import sample_arguments


@dataclass(frozen=True)
class Answered:
    """One question with the function of a plugin that answers it and the arguments that this takes."""

    question: Question
    function: Callable[..., object]
    arguments: Sequence[str]


def answered_by(manager: pluggy.PluginManager, name: str) -> list[Answered]:
    """Every question that the registered plugin answers, in the order of docs/hooks.md."""
    return [
        Answered(question, implementation.function, implementation.argnames)
        for question in questions().values()
        for implementation in getattr(manager.hook, question.name).get_hookimpls()
        if implementation.plugin_name == name
    ]


def codes_of(
    answered: Sequence[Answered],
    around: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> tuple[str, ...]:
    """The codes that the plugin itself answers, to be handed back to it; a hook that raises gives none."""
    found: dict[str, None] = {}
    for one in answered:
        for sample in sample_arguments(one.arguments):
            try:
                with around():
                    answer = one.function(**sample)
            except Exception:  # told with its reason where the hook itself is checked
                break
            for part in parts_of(answer):
                for key in ("code", "feature"):
                    text = getattr(part, key, "")
                    if isinstance(text, str) and text:
                        found[text] = None
    return tuple(found)


def parts_of(answer: object) -> Iterator[object]:
    """Every dataclass inside an answer, the answer itself included."""
    if is_dataclass(answer) and not isinstance(answer, type):
        yield answer
        for field in fields(answer):
            yield from parts_of(getattr(answer, field.name))
    elif isinstance(answer, Mapping):
        for item in answer.values():
            yield from parts_of(item)
    elif isinstance(answer, Sequence) and not isinstance(answer, str):
        for item in answer:
            yield from parts_of(item)
