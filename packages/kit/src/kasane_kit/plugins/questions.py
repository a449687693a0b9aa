"""Reads the hook specifications once: each question with its arguments, kind and type of answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from inspect import getdoc, signature
from types import MappingProxyType, NoneType
from typing import Any, get_args, get_type_hints

import pluggy

from kasane_plugin_api import NAME, hookspecs


@dataclass(frozen=True)
class Question:
    """One hook as declared.

    ``decision`` says that the first answer counts; otherwise every answer contributes. ``answer``
    is the declared type without the None that means no answer.
    """

    name: str
    arguments: tuple[str, ...]
    decision: bool
    answer: Any
    document: str


@cache
def questions() -> Mapping[str, Question]:
    """Every question in the order in which it is declared."""
    reader = pluggy.PluginManager(NAME)
    found: dict[str, Question] = {}
    for name, function in vars(hookspecs).items():
        options = reader.parse_hookspec_opts(hookspecs, name)
        if options is None:
            continue
        declared = get_type_hints(function)["return"]
        (answer,) = (part for part in get_args(declared) if part is not NoneType)
        found[name] = Question(
            name=name,
            arguments=tuple(signature(function).parameters),
            decision=bool(options.get("firstresult")),
            answer=answer,
            document=getdoc(function) or "",
        )
    return MappingProxyType(found)
