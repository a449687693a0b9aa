"""Reads the hook specifications once: each question with its arguments, kind, budget and type of answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from inspect import getdoc, signature
from types import MappingProxyType, ModuleType, NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pluggy

from kasane_plugin_api import (
    API_VERSION,
    DECLARED,
    NAME,
    DataScope,
    Declared,
    hookspecs,
    scope_of,
)


@dataclass(frozen=True)
class Question:
    """One hook as declared.

    ``decision`` says that the first answer counts; otherwise every answer contributes. ``answer``
    is the declared type without the None that means no answer. ``scopes`` are by argument what it is
    shown beside days and codes; ``budget_ms`` the milliseconds of computing that one call may take.
    """

    name: str
    arguments: tuple[str, ...]
    decision: bool
    answer: Any
    document: str
    declared: Declared
    scopes: Mapping[str, DataScope] = field(default_factory=dict)
    merges: bool = False

    @property
    def budget_ms(self) -> int:
        """The milliseconds of computing that one call may take."""
        return self.declared.budget_ms

    def arguments_at(self, version: str) -> tuple[str, ...]:
        """The arguments that the question had in a version of the plugin API."""
        return tuple(
            name
            for name in self.arguments
            if not later_than(self.declared.argument_since.get(name, self.declared.since), version)
        )


def version_of(text: str) -> tuple[int, int]:
    """``0.2`` as numbers; raises ValueError for anything else."""
    major, minor = (int(part) for part in text.split("."))
    return major, minor


def later_than(version: str, other: str) -> bool:
    """Whether one version of the plugin API came after the other."""
    return version_of(version) > version_of(other)


def previous_minor(version: str = API_VERSION) -> str:
    """The minor version before; of a first minor version itself."""
    major, minor = version_of(version)
    return f"{major}.{max(minor - 1, 0)}"


def declared_functions(module: ModuleType) -> Mapping[str, Callable[..., Any]]:
    """The questions of one module in the order in which it declares them."""
    return {name: one for name, one in vars(module).items() if hasattr(one, DECLARED)}


@cache
def questions() -> Mapping[str, Question]:
    """Every question in the order in which it is declared."""
    found: dict[str, Question] = {}
    for module in hookspecs.SUBJECTS:
        reader = pluggy.PluginManager(NAME)
        for name, function in declared_functions(module).items():
            options = reader.parse_hookspec_opts(module, name)
            assert options is not None
            found[name] = _read(name, function, bool(options.get("firstresult")))
    return MappingProxyType(found)


@cache
def questions_at(version: str) -> Mapping[str, Question]:
    """The questions that a version of the plugin API had."""
    return MappingProxyType(
        {
            name: one
            for name, one in questions().items()
            if not later_than(one.declared.since, version)
        }
    )


def _read(name: str, function: Callable[..., Any], decision: bool) -> Question:
    types = get_type_hints(function)
    (answer,) = (part for part in get_args(types["return"]) if part is not NoneType)
    scopes = {argument: scope_of(kind) for argument, kind in types.items() if argument != "return"}
    origin = get_origin(answer)
    return Question(
        name=name,
        arguments=tuple(signature(function).parameters),
        decision=decision,
        answer=answer,
        document=getdoc(function) or "",
        declared=getattr(function, DECLARED),
        scopes={argument: scope for argument, scope in scopes.items() if scope is not None},
        merges=isinstance(origin, type) and issubclass(origin, Mapping),
    )
