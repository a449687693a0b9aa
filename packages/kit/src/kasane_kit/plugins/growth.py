"""Measures how much memory a plugin holds for a town: what can be reached from its object and its own modules."""

import gc
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

_FOLLOWED = ("builtins", "collections", "functools", "kasane_plugin_api")


def held_bytes(plugin: object, most: int) -> int:
    """The bytes reachable from the object and from the modules of its package; counting stops beyond ``most``.

    Followed are containers, the plugin's own objects and those of the plugin API. What other packages hold is not
    counted, nor what a plugin hides in them or inside a C library.
    """
    package = type(plugin).__module__.partition(".")[0]
    waiting: list[object] = [vars(plugin) if hasattr(plugin, "__dict__") else plugin]
    waiting += [vars(module) for module in _own_modules(package)]
    seen: set[int] = set()
    total = 0
    while waiting and total <= most:
        one = waiting.pop()
        if id(one) in seen or _of_somebody_else(one, package):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one, 0)
        if type(one).__module__.partition(".")[0] in {package, *_FOLLOWED}:
            waiting.extend(gc.get_referents(one))
    return total


def _own_modules(package: str) -> Iterator[ModuleType]:
    for name, module in list(sys.modules.items()):
        if (name == package or name.startswith(f"{package}.")) and isinstance(module, ModuleType):
            yield module


def _of_somebody_else(one: object, package: str) -> bool:
    if isinstance(one, ModuleType | BuiltinFunctionType):
        return True
    if isinstance(one, type | FunctionType):
        home = getattr(one, "__module__", "") or ""
        return home.partition(".")[0] != package
    return isinstance(one, MethodType) and _of_somebody_else(one.__func__, package)
