"""Marks questions and answers: what a hook promises by machine, and the pluggy markers that carry it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, cast, overload

import pluggy

NAME = "kasane"
DECLARED = "kasane_declared"

F = TypeVar("F", bound=Callable[..., Any])


class _Marker(Protocol):
    @overload
    def __call__(self, function: F) -> F: ...
    @overload
    def __call__(self, function: None = None, **options: Any) -> "_Marker": ...


hookspec = cast(_Marker, pluggy.HookspecMarker(NAME))
hookimpl = cast(_Marker, pluggy.HookimplMarker(NAME))


@dataclass(frozen=True)
class Declared:
    """What a question promises beside its signature.

    ``since`` is the version of this distribution that first had it, ``argument_since`` the same of every argument
    that came later. ``budget_ms`` are the milliseconds of computing that one call may take. ``deprecated`` says what
    to use instead, in Japanese; ``deprecated_arguments`` the same of one argument. Both are still asked and handed
    over until the next major version.
    """

    since: str
    budget_ms: int
    argument_since: Mapping[str, str] = field(default_factory=dict)
    deprecated: str = ""
    deprecated_arguments: Mapping[str, str] = field(default_factory=dict)


def question(
    *,
    since: str,
    decides: bool = False,
    budget_ms: int = 100,
    argument_since: Mapping[str, str] | None = None,
    deprecated: str = "",
    deprecated_arguments: Mapping[str, str] | None = None,
) -> Callable[[F], F]:
    """Declares a hook. With ``decides`` the first answer counts, otherwise every answer contributes."""
    declared = Declared(
        since, budget_ms, argument_since or {}, deprecated, deprecated_arguments or {}
    )

    def mark(function: F) -> F:
        setattr(function, DECLARED, declared)
        return hookspec(firstresult=decides)(function)

    return mark
