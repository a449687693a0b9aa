"""Holds the project name and the two pluggy markers that specs and implementations share."""

from typing import Any, Protocol, TypeVar, cast, overload

import pluggy

NAME = "kasane"

F = TypeVar("F")


class _Marker(Protocol):
    @overload
    def __call__(self, function: F) -> F: ...
    @overload
    def __call__(self, function: None = None, **options: Any) -> "_Marker": ...


hookspec = cast(_Marker, pluggy.HookspecMarker(NAME))
hookimpl = cast(_Marker, pluggy.HookimplMarker(NAME))
